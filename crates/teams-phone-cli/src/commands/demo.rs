//! Owns `demo`: the walk through granting, changing and revoking access, as a check of itself.

mod report;
mod steps;
mod teams;

use teams_phone::{Client, ConnectionString, Error, Secret};
use teams_phone_emulator::Emulator;

use super::emulator::{DEVELOPMENT_KEY, Signals, not_started, until_stopped};
use crate::args::DemoArgs;
use crate::failure::Failure;
use crate::output::Printer;
use report::{Ending, Introduction, Request, StepReport};
use steps::Outcome;

/// Starts an emulator, takes every step, and says how to go on.
pub(super) async fn run(args: &DemoArgs, program: &str, printer: Printer) -> Result<(), Failure> {
    let signals = args.keep.then(Signals::new).transpose()?;
    let builder = Emulator::builder()
        .port(args.port)
        .access_key(DEVELOPMENT_KEY)
        .graph_demo_tenant();
    let emulator = builder.start().await.map_err(not_started)?;
    let mut walk = Walk::new(emulator, printer)?;
    printer.show(&Introduction::new(walk.emulator.url()))?;
    steps::all(&mut walk).await?;
    let Walk {
        emulator,
        taken,
        well,
        ..
    } = walk;
    let stays = args.keep.then(|| emulator.connection_string());
    printer.show(&Ending::new(program, taken, well, stays.map(Secret::from)))?;
    if let Some(signals) = signals {
        until_stopped(emulator, signals, printer).await?;
    }
    if taken == well {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "{} of {taken} steps did not do what they should",
        taken - well
    )))
}

/// The walk so far.
struct Walk {
    emulator: Emulator,
    client: Client,
    printer: Printer,
    /// Steps taken, and those of them that did what they should.
    taken: usize,
    well: usize,
    /// Requests of earlier steps.
    told: usize,
}

impl Walk {
    fn new(emulator: Emulator, printer: Printer) -> Result<Self, Failure> {
        let client = client(&emulator.connection_string())?;
        Ok(Self {
            emulator,
            client,
            printer,
            taken: 0,
            well: 0,
            told: 0,
        })
    }

    /// Shows a step: the requests it sent, and what came of it.
    fn tell(&mut self, title: &'static str, outcome: Outcome) -> Result<(), Failure> {
        self.taken += 1;
        self.well += usize::from(outcome.is_ok());
        let requests = self.emulator.requests();
        let new: Vec<Request> = requests[self.told.min(requests.len())..]
            .iter()
            .map(Request::new)
            .collect();
        self.told = requests.len();
        self.printer
            .show(&StepReport::new(self.taken, title, new, outcome))
    }
}

/// A client of the emulator.
fn client(connection_string: &str) -> Result<Client, Failure> {
    let made = connection_string
        .parse()
        .and_then(|text: ConnectionString| Client::builder().connection_string(&text).build());
    made.map_err(|error: Error| Failure::Call {
        error: Box::new(error),
        endpoint: None,
    })
}

#[cfg(test)]
mod tests {
    use teams_phone_emulator::Fault;

    use super::*;
    use crate::args::OutputFormat;

    async fn walked(fault: Option<Fault>) -> (usize, usize) {
        let emulator = Emulator::builder()
            .access_key(DEVELOPMENT_KEY)
            .graph_demo_tenant()
            .start()
            .await
            .unwrap();
        if let Some(fault) = fault {
            emulator.inject(fault);
        }
        let mut walk = Walk::new(emulator, Printer::new(OutputFormat::Json)).unwrap();
        steps::all(&mut walk).await.unwrap();
        (walk.taken, walk.well)
    }

    #[tokio::test]
    async fn every_step_does_what_it_should() {
        assert_eq!(walked(None).await, (10, 10));
    }

    #[tokio::test]
    async fn a_service_that_does_not_do_its_part_is_noticed() {
        let forgets = Fault::edit("/principalType", "user").method("PUT");
        let (taken, well) = walked(Some(forgets)).await;
        assert_eq!(taken, 10);
        assert!(well < taken);
        let trusts_anyone = Fault::empty(401);
        assert!(walked(Some(trusts_anyone)).await.1 < 10);
    }
}
