//! The rate at which batches are sent, on a clock that nobody waits for.

use std::io::Cursor;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use clap::Parser as _;
use teams_phone::ConnectionString;
use teams_phone::clock::{Clock as _, ManualClock};
use teams_phone_emulator::Emulator;

use super::*;
use crate::args::{Cli, Command, EntraAssignmentCommand, OutputFormat};
use crate::commands::bulk::WINDOW;
use crate::rows::Rows;

const GUID: &str = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";

/// The arguments as they are given.
fn arguments(options: &str) -> BulkEntraArgs {
    let line = format!("teams-phone entra-assignment bulk rows.csv {options}");
    let cli = Cli::try_parse_from(line.split_whitespace()).unwrap();
    match cli.command {
        Command::EntraAssignment(EntraAssignmentCommand::Bulk(args)) => args,
        other => panic!("{other:?}"),
    }
}

/// Sends 25 rows; answers how long that took on the client's clock, and how many requests it were.
async fn sent(options: &str) -> (Duration, usize) {
    let emulator = Emulator::builder().start().await.unwrap();
    let text: ConnectionString = emulator.connection_string().parse().unwrap();
    let clock = Arc::new(ManualClock::new(SystemTime::now()));
    let client = Client::builder()
        .connection_string(&text)
        .clock(Arc::clone(&clock))
        .build()
        .unwrap();
    let lines = (0..25).map(|number| {
        let object = format!("00000000-0000-4000-8000-{number:012}");
        format!("{object},{GUID},user,{GUID}\n")
    });
    let text: String =
        std::iter::once("object_id,tenant_id,principal_type,client_ids\n".to_owned())
            .chain(lines)
            .collect();
    let rows = Rows::read("rows", Box::new(Cursor::new(text)), None).unwrap();
    let mut work = Work::new(Printer::new(OutputFormat::Json), None, false);
    changes(&arguments(options), &client, stream::iter(rows), &mut work).await;
    work.finish().unwrap();
    (clock.elapsed(), emulator.requests().len())
}

#[tokio::test]
async fn batches_share_the_rate() {
    let (took, requests) = sent("--batch-size 1 --rate 10").await;
    assert_eq!(requests, 25);
    // The last of three windows is not waited out.
    assert!((2 * WINDOW..3 * WINDOW).contains(&took), "{took:?}");
    for options in ["", "--batch-size 1", "--batch-size 1 --rate unlimited"] {
        assert_eq!(sent(options).await.0, Duration::ZERO, "{options}");
    }
}
