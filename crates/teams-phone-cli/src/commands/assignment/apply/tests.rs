//! The rate at which rows become requests, on a clock that nobody waits for.

use std::io::Cursor;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use clap::Parser as _;
use futures::stream;
use teams_phone::ConnectionString;
use teams_phone::clock::{Clock as _, ManualClock};
use teams_phone_emulator::Emulator;

use super::*;
use crate::args::{AssignmentCommand, Cli, Command, OutputFormat};
use crate::commands::bulk::WINDOW;
use crate::rows::Rows;

const TENANT: &str = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";

/// The arguments as they are given.
fn arguments(options: &str) -> ApplyArgs {
    let line = format!("teams-phone assignment apply rows.csv {options}");
    let cli = Cli::try_parse_from(line.split_whitespace()).unwrap();
    match cli.command {
        Command::Assignment(AssignmentCommand::Apply(args)) => args,
        other => panic!("{other:?}"),
    }
}

/// Applies rows for assignments that are not there; answers how long that took on the client's clock, and
/// when in seconds each kind of request was sent.
async fn applied(rows: usize, options: &str) -> (Duration, [Vec<u64>; 2]) {
    let emulator = Emulator::builder().start().await.unwrap();
    let text: ConnectionString = emulator.connection_string().parse().unwrap();
    let begin = SystemTime::now();
    let clock = Arc::new(ManualClock::new(begin));
    let client = Client::builder()
        .connection_string(&text)
        .clock(Arc::clone(&clock))
        .build()
        .unwrap();
    let lines = (0..rows).map(|number| {
        let object = format!("00000000-0000-4000-8000-{number:012}");
        format!("{TENANT},{object},resource_account\n")
    });
    let text: String = std::iter::once("tenant_id,object_id,principal_type\n".to_owned())
        .chain(lines)
        .collect();
    let rows = Rows::read("rows", Box::new(Cursor::new(text)), None).unwrap();
    let items: Vec<_> = rows.map(|row| item(row, false)).collect();
    let args = arguments(options);
    let mut work = Work::new(Printer::new(OutputFormat::Json), None, false);
    apply(&client, &args, stream::iter(items), &mut work).await;
    work.finish().unwrap();
    let sent = ["GET", "PUT"].map(|method| {
        let requests = emulator.requests();
        let requests = requests.iter().filter(|request| request.method == method);
        let dates = requests.map(|request| request.header("x-ms-date").unwrap().to_owned());
        let moments = dates.map(|date| httpdate::parse_http_date(&date).unwrap());
        let seconds = moments.map(|moment| moment.duration_since(SystemTime::UNIX_EPOCH));
        seconds.map(|seconds| seconds.unwrap().as_secs()).collect()
    });
    (clock.elapsed(), sent)
}

#[tokio::test]
async fn no_window_has_more_requests_of_a_kind_than_the_rate_allows() {
    for (options, rate) in [("--rate 10", 10), ("--rate 7 --concurrency 1", 7)] {
        let (took, sent) = applied(25, options).await;
        // Three windows at least, the last one not waited out.
        assert!(took >= 2 * WINDOW, "{options}: {took:?}");
        for moments in sent {
            assert_eq!(moments.len(), 25);
            for end in &moments {
                let window = end.saturating_sub(WINDOW.as_secs() - 1)..=*end;
                let there = moments.iter().filter(|moment| window.contains(moment));
                assert!(there.count() <= rate, "{options}: {moments:?}");
            }
        }
    }
}

#[tokio::test]
async fn nothing_waits_below_the_rate_or_without_one() {
    for options in ["", "--rate 25", "--rate unlimited"] {
        let (took, _) = applied(25, options).await;
        assert_eq!(took, Duration::ZERO, "{options}");
    }
}
