//! Owns `assignment apply`: many assignments, as the rows of a file say, within limits, reported as they end.

mod row;
mod turns;

use std::time::Duration;

use futures::{Stream, StreamExt as _};
use teams_phone::{Bulk, Client, Error, ErrorKind, RateLimits};

use super::Change;
use crate::args::{ApplyArgs, ConnectionArgs, Rate};
use crate::commands::bulk::{self, NEEDS_YES, RowReport, Work};
use crate::failure::Failure;
use crate::output::Printer;
use crate::rows::Row;
use row::Wanted;
use turns::Turns;

/// The window over which the service counts requests.
const WINDOW: Duration = Duration::from_secs(30);

/// What became of a row whose calls did not fail.
enum Ended {
    Done(&'static str, Vec<Change>),
    /// It cannot be read or must not be done; nothing was sent.
    Invalid(String),
}

/// What a row is known by while its calls are under way.
struct Key {
    report: RowReport,
    read: u64,
}

/// Works through the rows.
pub(super) async fn run(
    args: &ApplyArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let (client, rows, mut work) = bulk::begin(&args.rows, args.dry_run, connection, printer)?;
    let yes = args.rows.yes;
    let items = rows.stream().map(move |row| item(row, yes));
    let stop = apply(limited(&client, args), items, args.dry_run, &mut work).await?;
    work.finish(stop.map(|error| Failure::call(error, &client)))
}

/// Whether a row says what is wanted.
pub(in crate::commands) fn is_readable(row: &Row) -> bool {
    let fields = row.fields.as_ref();
    fields.is_ok_and(|fields| Wanted::new(fields).is_ok())
}

fn limited(client: &Client, args: &ApplyArgs) -> Bulk {
    let bulk = client.bulk().concurrency(usize::from(args.concurrency));
    match args.rate {
        None => bulk,
        Some(Rate::Unlimited) => bulk.rate_limits(None),
        Some(Rate::PerWindow(requests)) => bulk.rate_limits(RateLimits::new(WINDOW, requests)),
    }
}

/// A row as an item of a bulk run: what is told of it, and what is wanted if it may be done.
fn item(row: Row, yes: bool) -> (Key, Result<Wanted, String>) {
    let report = RowReport::new(row.line);
    let wanted = row.fields.and_then(|fields| Wanted::new(&fields));
    let (report, wanted) = match wanted {
        Err(why) => (report, Err(why)),
        Ok(wanted) => {
            let report = wanted.describe(report);
            let refused = wanted.is_revocation() && !yes;
            let wanted = if refused {
                Err(NEEDS_YES.to_owned())
            } else {
                Ok(wanted)
            };
            (report, wanted)
        }
    };
    let read = row.read;
    (Key { report, read }, wanted)
}

/// Makes the calls and tells what came of them; answers what stopped it before the end.
async fn apply(
    bulk: Bulk,
    items: impl Stream<Item = (Key, Result<Wanted, String>)> + Send + 'static,
    dry_run: bool,
    work: &mut Work,
) -> Result<Option<Error>, Failure> {
    let turns = Turns::default();
    let mut results = bulk.run(items, move |client, wanted| {
        // Rows about the same assignment are done one after the other, in the order of the file.
        let turn = wanted.as_ref().ok().map(|wanted| turns.take(&wanted.place));
        async move {
            match (wanted, turn) {
                (Ok(wanted), Some(turn)) => {
                    let _mine = turn.come().await;
                    wanted.bring_about(&client, dry_run).await
                }
                (Err(why), _) => Ok(Ended::Invalid(why)),
                (Ok(_), None) => Ok(Ended::Invalid("it has no turn".to_owned())),
            }
        }
    });
    while let Some((Key { report, read }, result)) = results.next().await {
        match result {
            Ok(Ended::Done(outcome, changes)) => work.tell(report.done(outcome, changes), read)?,
            Ok(Ended::Invalid(why)) => work.tell(report.invalid(why), read)?,
            Err(error) => {
                work.tell(report.failed(&error), read)?;
                if is_hopeless(&error) {
                    return Ok(Some(error));
                }
            }
        }
    }
    Ok(None)
}

/// Whether every other row would meet the error too, because nobody accepts the credential.
fn is_hopeless(error: &Error) -> bool {
    error.status() == Some(401) || error.kind() == ErrorKind::Credential
}

#[cfg(test)]
mod tests;
