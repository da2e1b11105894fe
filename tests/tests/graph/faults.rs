//! Owns the property that a number never ends up with the wrong holder because of us, whatever goes wrong and whoever
//! else is at work.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use serde_json::Value;
use teams_phone::numbers::NumberAssignment;
use teams_phone_emulator::{
    Delay, Emulator, Fault, GraphNumber, LocationStyle, OperationPlan, ResourceAccount,
};
use teams_phone_tests::{ActingClock, graph_client_with};

use crate::target::{ACCOUNT_ID, NUMBER, SKU, number, object};

const OTHER: &str = "queue@teams-phone-emulator.invalid";
const OTHER_ID: &str = "c0000000-0000-4000-8000-000000000002";

/// Who has the number that is moved.
const FORMER: &str = "former@teams-phone-emulator.invalid";
const FORMER_ID: &str = "c0000000-0000-4000-8000-000000000003";

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Do {
    Ensure,
    Move,
}

/// What goes wrong in one run.
#[derive(Clone, Debug)]
struct Trouble {
    /// Kind, method, requests let through before, requests met.
    faults: Vec<(usize, usize, u64, u64)>,
    plan: usize,
    polls: u32,
    location: usize,
    /// At which looks at the clock somebody else takes the number if it is free, or gives back what they took.
    others: Vec<(usize, bool)>,
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let fault = (0..11usize, 0..2usize, 0..4u64, 1..4u64);
    let faults = prop::collection::vec(fault, 0..4);
    let others = prop::collection::vec((0..60usize, any::<bool>()), 0..4);
    let shape = (faults, 0..9usize, 0..4u32, 0..5usize, others);
    shape.prop_map(|(faults, plan, polls, location, others)| Trouble {
        faults,
        // The emulator's phantoms come over whoever has the number by then.
        plan: if others.is_empty() { plan } else { plan % 4 },
        polls,
        location,
        others,
    })
}

fn fault(kind: usize) -> Fault {
    match kind {
        0 => Fault::respond(503, "busy"),
        1 => Fault::respond(503, "busy").header("Retry-After", "2"),
        2 => Fault::empty(504),
        3 => Fault::html(502),
        4 => Fault::empty(500),
        5 => Fault::throttle(1),
        6 => Fault::drop_before(),
        7 => Fault::drop_after(),
        8 => Fault::respond(503, "busy").processed(),
        9 => Fault::respond(504, "late").processed(),
        _ => Fault::truncate(10),
    }
}

fn plan(kind: usize) -> OperationPlan {
    match kind {
        0 => OperationPlan::succeed(),
        1 => OperationPlan::fail("no seat left"),
        2 => OperationPlan::partial([("+12065550101", "busy")]),
        3 => OperationPlan::stuck(),
        4 => OperationPlan::skip(),
        5 => OperationPlan::end_with("rolledBack"),
        6 => OperationPlan::phantom_status(),
        7 => OperationPlan::phantom_target(),
        _ => OperationPlan::succeed(),
    }
}

fn location(kind: usize) -> LocationStyle {
    match kind {
        0 => LocationStyle::Key,
        1 => LocationStyle::Segment,
        2 => LocationStyle::Relative,
        3 => LocationStyle::Foreign("https://evil.example".to_owned()),
        _ => LocationStyle::Missing,
    }
}

impl Trouble {
    fn begin(&self, emulator: &Emulator, what: Do) {
        emulator.reset();
        let graph = emulator.graph();
        for (name, id) in [(OTHER, OTHER_ID), (FORMER, FORMER_ID)] {
            let account = ResourceAccount::new(name).id(id);
            let account = account.usage_location("US").licence(SKU);
            graph.add_resource_account(account).unwrap();
        }
        if what == Do::Move {
            let held = GraphNumber::service(NUMBER).assigned_to(FORMER);
            graph.add_number(held).unwrap();
        }
        graph.plan(plan(self.plan));
        graph.configure(|graph| {
            graph.operations = Delay::Polls(self.polls);
            graph.location = location(self.location);
        });
        for (kind, method, skip, times) in &self.faults {
            let fault = fault(*kind).method(["GET", "POST"][*method]);
            emulator.inject(fault.skip(*skip).times(*times));
        }
    }
}

fn holder(emulator: &Emulator) -> Option<String> {
    let found = emulator.graph().number(NUMBER).unwrap();
    let is_held = found.assignment_status() != "unassigned";
    found
        .assignment_target_id()
        .filter(|_| is_held)
        .map(str::to_owned)
}

/// The others: they take what is free and give back what is theirs, as the service would let them.
struct Others {
    emulator: Arc<Emulator>,
    plan: Vec<(usize, bool)>,
    looks: Mutex<usize>,
    has: Mutex<bool>,
}

impl Others {
    fn act(&self) {
        let mut looks = self.looks.lock().unwrap();
        *looks += 1;
        for (_, takes) in self.plan.iter().filter(|(look, _)| look == &*looks) {
            let status = self.emulator.graph().number(NUMBER).unwrap();
            let is_free = status.assignment_status() == "unassigned"
                && status.assignment_target_id().is_none();
            let mut has = self.has.lock().unwrap();
            let new = match (takes, is_free, *has) {
                (true, true, _) => GraphNumber::service(NUMBER).assigned_to(OTHER),
                (false, _, true) => GraphNumber::service(NUMBER),
                _ => continue,
            };
            self.emulator.graph().add_number(new).unwrap();
            *has = *takes;
        }
    }
}

async fn run(emulator: &Arc<Emulator>, what: Do, trouble: &Trouble) -> Result<(), TestCaseError> {
    trouble.begin(emulator, what);
    let others = Arc::new(Others {
        emulator: emulator.clone(),
        plan: trouble.others.clone(),
        looks: Mutex::new(0),
        has: Mutex::new(false),
    });
    let acting = others.clone();
    let clock = ActingClock::new(move || acting.act());
    let token = emulator.graph().app_token();
    let client = graph_client_with(emulator.url(), &token, |builder| builder.clock(clock));
    let numbers = client.numbers();
    let target = object(ACCOUNT_ID);
    let done = match what {
        Do::Ensure => {
            let ensured = numbers.ensure_assigned(&number(NUMBER), target).await;
            ensured.ok().map(|ensured| ensured.number)
        }
        Do::Move => {
            let moved = numbers.move_to(&number(NUMBER), target).await;
            moved.ok().map(|moved| moved.number)
        }
    };
    let others_have = *others.has.lock().unwrap();
    judge(emulator, what, done, others_have)
}

fn judge(
    emulator: &Emulator,
    what: Do,
    done: Option<NumberAssignment>,
    others_have: bool,
) -> Result<(), TestCaseError> {
    let holder = holder(emulator);
    for sent in emulator
        .requests()
        .iter()
        .filter(|sent| sent.method == "POST")
    {
        if !sent.path().ends_with("/assignNumber") {
            prop_assert_eq!(what, Do::Move, "{}", sent.path());
            continue;
        }
        let body: Value = serde_json::from_str(sent.body.as_deref().unwrap()).unwrap();
        prop_assert_eq!(&body["assignmentTargetId"], ACCOUNT_ID);
    }
    // What others have they keep, and nobody has it but for them and the one it is meant for.
    prop_assert_eq!(holder.as_deref() == Some(OTHER_ID), others_have);
    let meant = [None, Some(ACCOUNT_ID), Some(OTHER_ID)];
    let is_untouched = what == Do::Move && holder.as_deref() == Some(FORMER_ID);
    prop_assert!(
        is_untouched || meant.contains(&holder.as_deref()),
        "{:?}",
        holder
    );
    if let Some(number) = done {
        prop_assert!(number.is_held_by(&object(ACCOUNT_ID)));
        prop_assert_eq!(holder.as_deref(), Some(ACCOUNT_ID));
    }
    Ok(())
}

fn emulator() -> (tokio::runtime::Runtime, Arc<Emulator>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let builder = Emulator::builder().graph_demo_tenant();
    let emulator = Arc::new(runtime.block_on(builder.start()).unwrap());
    (runtime, emulator)
}

fn holds(what: Do) {
    let (runtime, emulator) = emulator();
    let config = ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(trouble in trouble())| {
        runtime.block_on(run(&emulator, what, &trouble))?;
    });
}

#[test]
fn whatever_goes_wrong_the_number_gets_no_wrong_holder() {
    holds(Do::Ensure);
}

#[test]
fn whatever_goes_wrong_a_move_takes_the_number_from_nobody_else() {
    holds(Do::Move);
}

#[test]
fn without_trouble_the_number_gets_its_holder() {
    let (runtime, emulator) = emulator();
    let calm = Trouble {
        faults: Vec::new(),
        plan: 0,
        polls: 1,
        location: 0,
        others: Vec::new(),
    };
    for what in [Do::Ensure, Do::Move] {
        runtime.block_on(run(&emulator, what, &calm)).unwrap();
        assert_eq!(holder(&emulator).as_deref(), Some(ACCOUNT_ID));
    }
}
