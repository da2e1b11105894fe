//! Owns `entra-assignment bulk`: rows become batches, and what became of a batch is told row by row.

use std::collections::HashMap;

use futures::{Stream, StreamExt as _, stream};
use teams_phone::entra::{EntraAccess, UpdateEntraAssignments};
use teams_phone::{Client, EntraPrincipalType, ObjectId};

use crate::args::{BulkEntraArgs, ConnectionArgs, Rate};
use crate::commands::bulk::{self, NEEDS_YES, RowReport, Work};
use crate::failure::Failure;
use crate::output::Printer;
use crate::rows::{Fields, Row, shortened};

/// A row that can be done.
struct Change {
    line: u64,
    read: u64,
    object: ObjectId,
    /// Absent to remove.
    access: Option<EntraAccess>,
}

/// Changes that go into one request; no object is in it twice.
#[derive(Default)]
struct Batch {
    changes: HashMap<ObjectId, Change>,
}

/// Works through the rows.
pub(super) async fn run(
    args: &BulkEntraArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let (client, rows, mut work) = bulk::begin(&args.rows, args.dry_run, connection, printer)?;
    changes(args, &client, rows, &mut work).await;
    work.finish()
}

/// Whether a row says what is wanted.
pub(in crate::commands) fn is_readable(row: &Row) -> bool {
    let fields = row.fields.as_ref();
    fields.is_ok_and(|fields| Change::new(row.line, row.read, fields).is_ok())
}

/// The client within the limits, which all batches share; bulk work is what makes one.
async fn limited(client: &Client, rate: Option<Rate>) -> Client {
    let bulk = bulk::at_rate(client.bulk(), rate);
    let mut clients = bulk.run(stream::iter([((), ())]), async |client, ()| Ok(client));
    match clients.next().await {
        Some((_, Ok(limited))) => limited,
        _ => client.clone(),
    }
}

/// Sends batch after batch.
async fn changes(
    args: &BulkEntraArgs,
    client: &Client,
    rows: impl Stream<Item = Row>,
    work: &mut Work,
) {
    let client = &limited(client, args.rate).await;
    let (size, halt) = (usize::from(args.batch_size), work.halt());
    let mut rows = std::pin::pin!(rows);
    let mut batch = Batch::default();
    while let Some(row) = rows.next().await {
        if halt.is_called() {
            work.skip();
            continue;
        }
        let (line, read) = (row.line, row.read);
        let change = match row
            .fields
            .and_then(|fields| Change::new(line, read, &fields))
        {
            Ok(change) if change.access.is_none() && !args.rows.yes => {
                work.tell(change.report().invalid(NEEDS_YES.to_owned()), read);
                continue;
            }
            Ok(change) if args.dry_run => {
                work.tell(change.report().done(change.outcome(), Vec::new()), read);
                continue;
            }
            Ok(change) => change,
            Err(why) => {
                work.tell(RowReport::new(line).invalid(why), read);
                continue;
            }
        };
        // A later row about the same object must not overtake the earlier one.
        if batch.changes.len() >= size || batch.changes.contains_key(&change.object) {
            batch.send(client, size, work).await;
        }
        batch.changes.insert(change.object.clone(), change);
    }
    batch.send(client, size, work).await;
}

impl Batch {
    /// Sends the changes and tells what became of each.
    async fn send(&mut self, client: &Client, size: usize, work: &mut Work) {
        let mut changes = std::mem::take(&mut self.changes);
        if changes.is_empty() {
            return;
        }
        if work.halt().is_called() {
            changes.values().for_each(|_| work.skip());
            return;
        }
        // No limits of its own: those of the client are shared with the other batches.
        let update = client.entra_assignments().update().rate_limits(None);
        let update = update.batch_size(size);
        let update = changes
            .values()
            .fold(update, |update, change| change.put(update));
        let report = match update.await {
            Ok(report) => report,
            Err(error) => {
                changes.values().for_each(|_| work.skip());
                return work.stop(Failure::call(error, client));
            }
        };
        let done = report.done.iter().map(|object| (object, None));
        let refused = report.refused.iter();
        let refused = refused.map(|(object, error)| (object, Some(error)));
        let mut told: Vec<(Change, _)> = done
            .chain(refused)
            .filter_map(|(object, error)| Some((changes.remove(object)?, error)))
            .collect();
        let stop = report.stopped.as_ref().map(|(error, _)| error);
        told.extend(changes.into_values().map(|change| (change, stop)));
        told.sort_by_key(|(change, _)| change.line);
        for (change, error) in told {
            let row = change.report();
            let row = match error {
                None => row.done(change.outcome(), Vec::new()),
                Some(error) => row.failed(error),
            };
            work.tell(row, change.read);
        }
        if let Some((error, _)) = report.stopped {
            work.stop(Failure::call(error, client));
        }
    }
}

impl Change {
    /// Reads what a row asks for.
    fn new(line: u64, read: u64, fields: &Fields) -> Result<Self, String> {
        let access = match fields.takes_away("set", "remove")? {
            false => Some(access(fields)?),
            true => None,
        };
        Ok(Self {
            line,
            read,
            object: fields.object()?,
            access,
        })
    }

    fn put(&self, update: UpdateEntraAssignments) -> UpdateEntraAssignments {
        let object = self.object.clone();
        match &self.access {
            Some(access) => update.set(object, access.clone()),
            None => update.remove(object),
        }
    }

    fn outcome(&self) -> &'static str {
        match self.access {
            Some(_) => "set",
            None => "removed",
        }
    }

    fn report(&self) -> RowReport {
        let (action, tenant) = match &self.access {
            Some(access) => ("set", Some(access.tenant_id.to_string())),
            None => ("remove", None),
        };
        RowReport::new(self.line).about(action, tenant, self.object.to_string())
    }
}

fn access(fields: &Fields) -> Result<EntraAccess, String> {
    const TYPES: &str = "give user, group or tenant";
    let text = fields.principal_type.as_deref();
    let text = text.ok_or_else(|| format!("principal_type is missing; {TYPES}"))?;
    let principal_type = EntraPrincipalType::from(text);
    if let EntraPrincipalType::Unknown(other) = &principal_type {
        return Err(format!(
            "principal_type {:?} is not known; {TYPES}",
            shortened(other)
        ));
    }
    let client_ids = fields.client_ids()?;
    if client_ids.is_empty() {
        return Err("client_ids is empty: nobody could sign in through any application".to_owned());
    }
    Ok(EntraAccess {
        tenant_id: fields.tenant()?,
        principal_type,
        client_ids,
    })
}

#[cfg(test)]
mod tests;
