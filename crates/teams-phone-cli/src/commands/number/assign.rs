//! Owns `number assign` and `number unassign`: the order, the wait for it, and what is told of both.

use teams_phone::numbers::{
    AssignNumber, Holding, NumberAssignment, NumberType, OperationReport, Outcome, UnassignNumber,
};
use teams_phone::{Error, ErrorKind, GraphClient, ObjectId, PhoneNumber, clock::SystemClock};

use super::check;
use super::rehearsal::Rehearsal;
use super::reports::{Ordered, Plan};
use crate::args::{AssignNumberArgs, ChecksArgs, ConnectionArgs, UnassignNumberArgs, WaitArgs};
use crate::commands::order::{self, Patience};
use crate::connection;
use crate::failure::Failure;
use crate::output::Printer;
use crate::terminal;

pub(super) async fn assign(
    args: &AssignNumberArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    if args.dry_run {
        return rehearse_assign(args, &client, printer).await;
    }
    let number = &args.pair.number;
    let number_type = number_type(number, args.number_type.clone(), &client).await?;
    let target = client.users().resolve(args.pair.target.clone()).await;
    let target = target.map_err(|error| connection::graph_failed(error, &client))?;
    let mut patience = Patience::new()?;
    let request = assigning(args, &client, &target, number_type)
        .poll_policy(order::poll_policy(args.waiting.wait_within));
    let operation = patience
        .start(number, printer, &client, request.start())
        .await?;
    let started = Ordered::new("started", number, Some(&target));
    if args.waiting.no_wait {
        return printer.show(&started.with_id(operation.id().map(ToString::to_string)));
    }
    let report = patience.wait(&operation, &client).await?;
    let goal = Goal {
        number,
        target: Some(&target),
        order: "number_assign",
    };
    goal.finish(report, &args.waiting, patience, &client, printer)
        .await
}

fn assigning(
    args: &AssignNumberArgs,
    client: &GraphClient,
    target: &ObjectId,
    number_type: NumberType,
) -> AssignNumber {
    let numbers = client.numbers();
    let request = numbers.assign(&args.pair.number, target, number_type);
    let category = args.category.iter().cloned();
    let request = category.fold(request, AssignNumber::assignment_category);
    let location = args.location_id.iter();
    location.fold(request, AssignNumber::location_id)
}

pub(super) async fn unassign(
    args: &UnassignNumberArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    let number = &args.number;
    if args.dry_run {
        return rehearse_unassign(args, &client, printer).await;
    }
    let found = read(number, &client).await?;
    if found.holding() == Holding::Free {
        return printer.show(&Ordered::new("unchanged", number, None));
    }
    let holder = match found.holding() {
        Holding::By(holder) => Some(holder.clone()),
        _ => None,
    };
    let from = shown(holder.as_ref(), "whoever has it");
    terminal::confirm(&format!("Take {number} away from {from}?"), args.yes)?;
    let mut patience = Patience::new()?;
    let request = unassigning(args, &client, &found)
        .poll_policy(order::poll_policy(args.waiting.wait_within));
    let request = holder.iter().fold(request, UnassignNumber::held_by);
    let operation = patience
        .start(number, printer, &client, request.start())
        .await?;
    if args.waiting.no_wait {
        let started = Ordered::new("started", number, None);
        return printer.show(&started.with_id(operation.id().map(ToString::to_string)));
    }
    let report = patience.wait(&operation, &client).await?;
    let goal = Goal {
        number,
        target: None,
        order: "number_unassign",
    };
    goal.finish(report, &args.waiting, patience, &client, printer)
        .await
}

fn unassigning(
    args: &UnassignNumberArgs,
    client: &GraphClient,
    found: &NumberAssignment,
) -> UnassignNumber {
    let number_type = args.number_type.clone();
    let number_type = number_type.unwrap_or_else(|| found.number_type.clone());
    client.numbers().unassign(&args.number, number_type)
}

/// Who provides a number, as it is given or else as it is.
async fn number_type(
    number: &PhoneNumber,
    given: Option<NumberType>,
    client: &GraphClient,
) -> Result<NumberType, Failure> {
    match given {
        Some(given) => Ok(given),
        None => Ok(read(number, client).await?.number_type),
    }
}

async fn read(number: &PhoneNumber, client: &GraphClient) -> Result<NumberAssignment, Failure> {
    let found = client.numbers().get(number).await;
    found.map_err(|error| connection::graph_failed(error, client))
}

/// What was ordered.
struct Goal<'a> {
    number: &'a PhoneNumber,
    /// Nobody to unassign it.
    target: Option<&'a ObjectId>,
    order: &'static str,
}

impl Goal<'_> {
    /// Tells what became of the order; fails if that is not what was asked for.
    async fn finish(
        &self,
        report: OperationReport,
        waiting: &WaitArgs,
        mut patience: Patience,
        client: &GraphClient,
        printer: Printer,
    ) -> Result<(), Failure> {
        let outcome = match (report.outcome(), self.target) {
            (Outcome::Succeeded, Some(_)) => "assigned",
            (Outcome::Succeeded, None) => "unassigned",
            (Outcome::Partial, _) => "partial",
            _ => "failed",
        };
        let told = Ordered::new(outcome, self.number, self.target).with_operation(&report);
        if !waiting.confirm || report.outcome() != Outcome::Succeeded {
            printer.show(&told)?;
            return order::judge(report, self.order, client);
        }
        let what = format!("reading {} until it shows it", self.number);
        let resume = format!("look with `teams-phone number get {}`", self.number);
        let confirmed = patience
            .during(what, &resume, self.confirm(waiting, client))
            .await?;
        if let Err(error) = confirmed {
            printer.show(&told)?;
            return Err(connection::graph_failed(error, client));
        }
        printer.show(&told.confirmed())
    }

    /// Reads the number until it shows what the operation did.
    async fn confirm(&self, waiting: &WaitArgs, client: &GraphClient) -> Result<(), Error> {
        let clock = SystemClock::default();
        let policy = order::poll_policy(waiting.wait_within);
        let mut polling = policy.start(&clock);
        loop {
            let found = client.numbers().get(self.number).await?;
            let is_shown = match self.target {
                Some(target) => found.is_held_by(target),
                None => found.holding() == Holding::Free,
            };
            if is_shown {
                return Ok(());
            }
            if !polling.wait(None).await {
                let message = format!(
                    "the operation succeeded, but {} does not show it: status {}, target {}",
                    self.number,
                    shown(found.assignment_status.as_ref(), "none"),
                    shown(found.assignment_target_id.as_ref(), "none"),
                );
                return Err(Error::new(ErrorKind::Operation, message).with_operation("number_get"));
            }
        }
    }
}

fn shown<T: ToString>(value: Option<&T>, otherwise: &str) -> String {
    value.map_or_else(|| otherwise.to_owned(), ToString::to_string)
}

async fn rehearse_assign(
    args: &AssignNumberArgs,
    client: &GraphClient,
    printer: Printer,
) -> Result<(), Failure> {
    let all = ChecksArgs { skip: Vec::new() };
    let preflight = check::preflight(&args.pair, &all, client).await?;
    let plan = Plan::checked(&preflight.findings);
    let known = preflight.target.as_ref().map(|user| user.id.clone());
    let target = known.or_else(|| args.pair.target.id().cloned());
    let (Some(number), Some(target), true) = (&preflight.number, target, preflight.is_ready())
    else {
        printer.show(&plan.with("refused", Vec::new()))?;
        return check::passed(preflight, client).map(|_| ());
    };
    let number_type = args.number_type.clone();
    let number_type = number_type.unwrap_or_else(|| number.number_type.clone());
    let stage = Rehearsal::of_order(client, &args.pair.number, &number_type).await?;
    let sent = assigning(args, stage.client(), &target, number_type)
        .start()
        .await;
    printer.show(&plan.with("assigned", stage.requests(sent)?))
}

async fn rehearse_unassign(
    args: &UnassignNumberArgs,
    client: &GraphClient,
    printer: Printer,
) -> Result<(), Failure> {
    let found = read(&args.number, client).await?;
    let plan = Plan::checked(&[]);
    if found.holding() == Holding::Free {
        return printer.show(&plan.with("unchanged", Vec::new()));
    }
    let stage = Rehearsal::of_order(client, &args.number, &found.number_type).await?;
    let sent = unassigning(args, stage.client(), &found).start().await;
    printer.show(&plan.with("unassigned", stage.requests(sent)?))
}
