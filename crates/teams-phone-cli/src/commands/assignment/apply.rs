//! Owns `assignment apply`: many assignments, as the rows of a file say, within limits, reported as they end.

mod row;
mod turns;

use futures::{Stream, StreamExt as _};
use teams_phone::{Bulk, Client, Error, ErrorKind};

use super::Change;
use crate::args::{ApplyArgs, ConnectionArgs};
use crate::commands::bulk::{self, NEEDS_YES, RowReport, Work};
use crate::failure::Failure;
use crate::output::Printer;
use crate::rows::Row;
use row::Wanted;
use turns::Turns;

/// What became of a row whose calls did not fail.
enum Ended {
    Done(&'static str, Vec<Change>),
    /// It cannot be read or must not be done; nothing was sent.
    Invalid(String),
    /// The work had stopped before.
    NotTried,
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
    let items = rows.map(move |row| item(row, yes));
    apply(&client, args, items, &mut work).await;
    work.finish()
}

/// Whether a row says what is wanted.
pub(in crate::commands) fn is_readable(row: &Row) -> bool {
    let fields = row.fields.as_ref();
    fields.is_ok_and(|fields| Wanted::new(fields).is_ok())
}

fn limited(client: &Client, args: &ApplyArgs) -> Bulk {
    let bulk = client.bulk().concurrency(usize::from(args.concurrency));
    bulk::at_rate(bulk, args.rate)
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

/// Makes the calls and tells what came of them.
async fn apply(
    client: &Client,
    args: &ApplyArgs,
    items: impl Stream<Item = (Key, Result<Wanted, String>)> + Send + 'static,
    work: &mut Work,
) {
    let (turns, halt, dry_run) = (Turns::default(), work.halt(), args.dry_run);
    let mut results = limited(client, args).run(items, move |client, wanted| {
        // Rows about the same assignment are done one after the other, in the order of the file.
        let turn = wanted.as_ref().ok().map(|wanted| turns.take(&wanted.place));
        let halt = halt.clone();
        async move {
            let _mine = match &turn {
                Some(turn) => Some(turn.come().await),
                None => None,
            };
            if halt.is_called() {
                return Ok(Ended::NotTried);
            }
            match wanted {
                Ok(wanted) => wanted.bring_about(&client, dry_run).await,
                Err(why) => Ok(Ended::Invalid(why)),
            }
        }
    });
    while let Some((Key { report, read }, result)) = results.next().await {
        match result {
            Ok(Ended::Done(outcome, changes)) => work.tell(report.done(outcome, changes), read),
            Ok(Ended::Invalid(why)) => work.tell(report.invalid(why), read),
            Ok(Ended::NotTried) => work.skip(),
            Err(error) => {
                work.tell(report.failed(&error), read);
                if is_hopeless(&error) || work.is_forbidden() {
                    work.stop(Failure::call(error, client));
                }
            }
        }
    }
}

/// Whether every other row would meet the error too, because the credential is not accepted.
fn is_hopeless(error: &Error) -> bool {
    error.status() == Some(401) || error.kind() == ErrorKind::Credential
}

#[cfg(test)]
mod tests;
