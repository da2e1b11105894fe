//! Owns `number update`, `number ensure` and `number move`: changes that are safe to run again.

use teams_phone::numbers::{
    Check, EnsureAssigned, Holding, MoveNumber, NumberAssignment, Preflight, UpdateNumber,
};
use teams_phone::{Error, GraphClient, ObjectId};

use super::check;
use super::rehearsal::Rehearsal;
use super::reports::{Number, Plan, Settled, Updated};
use crate::args::{ConnectionArgs, EnsureNumberArgs, MoveNumberArgs, PairArgs, UpdateNumberArgs};
use crate::commands::assignment::Planned;
use crate::commands::order::{self, Patience, Told};
use crate::connection;
use crate::failure::Failure;
use crate::output::Printer;
use crate::terminal;

/// What to do after an interruption.
const AGAIN: &str = "run the command again: it goes on where it stopped";

pub(super) async fn update(
    args: &UpdateNumberArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    if args.dry_run {
        let number_type = teams_phone::numbers::NumberType::CallingPlan;
        let stage = Rehearsal::of_order(&client, &args.number, &number_type).await?;
        let sent = updating(args, stage.client()).await;
        return printer.show(&Planned::new(stage.requests(sent)?));
    }
    updating(args, &client)
        .await
        .map_err(|error| connection::graph_failed(error, &client))?;
    printer.show(&Updated {
        outcome: "updated",
        telephone_number: args.number.to_string(),
    })
}

fn updating(args: &UpdateNumberArgs, client: &GraphClient) -> UpdateNumber {
    let request = client
        .numbers()
        .update(&args.number)
        .location_id(args.location())
        .network_site_id(args.network_site());
    match args.lookup() {
        Some(options) => request.reverse_number_lookup_options(options),
        None => request,
    }
}

pub(super) async fn ensure(
    args: &EnsureNumberArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    if args.dry_run {
        return rehearse_ensure(args, &client, printer).await;
    }
    let mut patience = Patience::new()?;
    let what = format!(
        "ensuring that {} has {}",
        args.pair.target, args.pair.number
    );
    let work = async { ensuring(args, &client).await };
    let ensured = patience.during(what, AGAIN, work).await?;
    let ensured = ensured.map_err(|error| connection::graph_failed(error, &client))?;
    printer.show(&Settled {
        outcome: if ensured.changed {
            "assigned"
        } else {
            "unchanged"
        },
        changed: ensured.changed,
        from: None,
        number: Number::new(&ensured.number),
        operations: ensured.operation.iter().map(Told::new).collect(),
    })
}

fn ensuring(args: &EnsureNumberArgs, client: &GraphClient) -> EnsureAssigned {
    let numbers = client.numbers();
    let target = args.pair.target.clone();
    let request = numbers.ensure_assigned(&args.pair.number, target);
    let skipped = args.checks.skip.iter().copied();
    let request = skipped.fold(request, EnsureAssigned::skip);
    let category = args.category.iter().cloned();
    let request = category.fold(request, EnsureAssigned::assignment_category);
    let location = args.location_id.iter();
    let request = location.fold(request, EnsureAssigned::location_id);
    request.poll_policy(order::poll_policy(args.wait_within))
}

async fn rehearse_ensure(
    args: &EnsureNumberArgs,
    client: &GraphClient,
    printer: Printer,
) -> Result<(), Failure> {
    let preflight = check::preflight(&args.pair, &args.checks, client).await?;
    let plan = Plan::checked(&preflight.findings);
    if holds_already(&preflight, &args.pair) {
        return printer.show(&plan.with("unchanged", Vec::new()));
    }
    let Some((number, target)) = ready(&preflight, &args.pair) else {
        printer.show(&plan.with("refused", Vec::new()))?;
        return check::passed(preflight, client).map(|_| ());
    };
    let stage = Rehearsal::of_change(client, number, &args.pair.target, &target).await?;
    let sent = ensuring(args, stage.client()).await;
    printer.show(&plan.with("assigned", stage.requests(sent)?))
}

pub(super) async fn move_to(
    args: &MoveNumberArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    let PairArgs { number, target } = &args.pair;
    if args.dry_run {
        return rehearse_move(args, &client, printer).await;
    }
    let before = client.numbers().get(number).await;
    let before = before.map_err(|error| connection::graph_failed(error, &client))?;
    let holder = match before.holding() {
        Holding::By(holder) => holder.to_string(),
        _ => "whoever has it".to_owned(),
    };
    let question = format!("Take {number} away from {holder}, and give it to {target}?");
    terminal::confirm(&question, args.yes)?;
    let mut patience = Patience::new()?;
    let what = format!("moving {number} to {target}");
    let work = async { moving(args, &client).await };
    let moved = match patience.during(what, AGAIN, work).await? {
        Ok(moved) => moved,
        Err(error) => return Err(move_failed(&before, error, &client).await),
    };
    printer.show(&Settled {
        outcome: if moved.changed { "moved" } else { "unchanged" },
        changed: moved.changed,
        from: Some(moved.from.as_ref().map(ToString::to_string)),
        number: Number::new(&moved.number),
        operations: moved.operations.iter().map(Told::new).collect(),
    })
}

fn moving(args: &MoveNumberArgs, client: &GraphClient) -> MoveNumber {
    let numbers = client.numbers();
    let request = numbers.move_to(&args.pair.number, args.pair.target.clone());
    let skipped = args.checks.skip.iter().copied();
    let request = skipped.fold(request, MoveNumber::skip);
    request.poll_policy(order::poll_policy(args.wait_within))
}

/// Finds out whether the number was taken away already when the move failed.
async fn move_failed(before: &NumberAssignment, error: Error, client: &GraphClient) -> Failure {
    let found = client.numbers().get(&before.telephone_number).await;
    let is_free = found.is_ok_and(|found| found.holding() == Holding::Free);
    if !is_free || before.holding() == Holding::Free {
        return connection::graph_failed(error, client);
    }
    Failure::Partial {
        done: format!("{} was taken from its old holder", before.telephone_number),
        error: Box::new(error),
        endpoint: Some(client.endpoint().to_string()),
    }
}

async fn rehearse_move(
    args: &MoveNumberArgs,
    client: &GraphClient,
    printer: Printer,
) -> Result<(), Failure> {
    let mut skipped = args.checks.skip.clone();
    skipped.push(Check::Unassigned);
    let checks = crate::args::ChecksArgs { skip: skipped };
    let preflight = check::preflight(&args.pair, &checks, client).await?;
    let plan = Plan::checked(&preflight.findings);
    if holds_already(&preflight, &args.pair) {
        return printer.show(&plan.with("unchanged", Vec::new()));
    }
    let Some((number, target)) = ready(&preflight, &args.pair) else {
        printer.show(&plan.with("refused", Vec::new()))?;
        return check::passed(preflight, client).map(|_| ());
    };
    let stage = Rehearsal::of_change(client, number, &args.pair.target, &target).await?;
    let sent = moving(args, stage.client()).await;
    printer.show(&plan.with("moved", stage.requests(sent)?))
}

fn target_of(preflight: &Preflight, pair: &PairArgs) -> Option<ObjectId> {
    let found = preflight.target.as_ref().map(|user| user.id.clone());
    found.or_else(|| pair.target.id().cloned())
}

fn holds_already(preflight: &Preflight, pair: &PairArgs) -> bool {
    let target = target_of(preflight, pair);
    let number = preflight.number.as_ref();
    number.is_some_and(|number| target.is_some_and(|target| number.is_held_by(&target)))
}

/// The number and who is to have it, if nothing is in the way.
fn ready<'a>(
    preflight: &'a Preflight,
    pair: &PairArgs,
) -> Option<(&'a NumberAssignment, ObjectId)> {
    let number = preflight.number.as_ref().filter(|_| preflight.is_ready())?;
    Some((number, target_of(preflight, pair)?))
}
