//! Owns long-running operations on numbers: their plan, their states, and what they do when they end.
//! Refuses to know HTTP.

mod plan;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

pub use plan::OperationPlan;
pub(crate) use plan::{Entry, Outcome};

use super::{
    numbers,
    options::Delay,
    tenant::{Tenant, has_passed},
};

/// What an operation is to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(crate) enum Task {
    Assign {
        target: Uuid,
        category: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        location_id: Option<String>,
    },
    Unassign,
}

/// One operation, from the 202 on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Operation {
    pub(crate) id: String,
    created: Timestamp,
    task: Task,
    telephone_number: String,
    plan: OperationPlan,
    delay: Delay,
    pub(crate) retry_after: Option<u32>,
    /// How often it, or one of its numbers, was read.
    #[serde(default)]
    reads: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    result: Option<Ended>,
}

/// How an operation ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Ended {
    status: String,
    numbers: Vec<Entry>,
}

impl Operation {
    /// An operation that was just accepted.
    pub(crate) fn new(
        task: Task,
        telephone_number: &str,
        plan: OperationPlan,
        otherwise: (Delay, Option<u32>),
        now: Timestamp,
    ) -> Self {
        let kind = match task {
            Task::Assign { .. } => "Assignment",
            Task::Unassign => "Unassignment",
        };
        Self {
            id: URL_SAFE_NO_PAD.encode(format!("{kind}|{}", Uuid::new_v4())),
            created: now,
            task,
            telephone_number: telephone_number.to_owned(),
            delay: plan.delay.unwrap_or(otherwise.0),
            retry_after: plan.retry_after.or(otherwise.1),
            plan,
            reads: 0,
            result: None,
        }
    }

    pub(crate) fn is_pending(&self) -> bool {
        self.result.is_none()
    }

    pub(crate) fn is_on(&self, telephone_number: &str) -> bool {
        self.telephone_number == telephone_number
    }

    /// The status as Graph shows it.
    pub(crate) fn status(&self) -> &str {
        match &self.result {
            Some(result) => &result.status,
            None => self.status_so_far(),
        }
    }

    fn status_so_far(&self) -> &'static str {
        // With one read in between, that one sees it running.
        let is_first = self.reads <= 1 && self.delay != Delay::Polls(1);
        if is_first { "notStarted" } else { "running" }
    }

    fn is_due(&self, now: Timestamp) -> bool {
        if self.plan.outcome == Outcome::Stuck {
            return false;
        }
        match self.delay {
            Delay::Polls(0) => true,
            Delay::Polls(reads) => self.reads > reads,
            Delay::Milliseconds(wait) => has_passed(self.created, wait, now),
        }
    }

    /// The entity as Graph shows it; `link` makes the URL of a number.
    pub(crate) fn entity(&self, link: impl Fn(&str) -> Value) -> Value {
        let pending = || {
            vec![Entry {
                telephone_number: self.telephone_number.clone(),
                status: self.status_so_far().to_owned(),
                status_detail: None,
            }]
        };
        let entries = self
            .result
            .as_ref()
            .map_or_else(pending, |result| result.numbers.clone());
        let numbers: Vec<Value> = entries
            .iter()
            .map(|entry| {
                let mut shown = Map::new();
                shown.insert("resourceLocation".into(), link(&entry.telephone_number));
                shown.insert("status".into(), entry.status.clone().into());
                if let Some(detail) = &entry.status_detail {
                    shown.insert("statusDetail".into(), detail.clone().into());
                }
                Value::Object(shown)
            })
            .collect();
        json!({
            "@odata.type": "#microsoft.graph.teamsAdministration.telephoneNumberLongRunningOperation",
            "id": self.id,
            "createdDateTime": self.created.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "status": self.status(),
            "numbers": numbers,
        })
    }

    /// Ends: does what the plan leaves of the task.
    fn end(&mut self, tenant: &mut Tenant, now: Timestamp) {
        let own = |status: &str, detail: Option<String>| Entry {
            telephone_number: self.telephone_number.clone(),
            status: status.to_owned(),
            status_detail: detail,
        };
        let simple = |status: &str, detail: Option<String>| Ended {
            status: status.to_owned(),
            numbers: vec![own(status, detail)],
        };
        let real = |tenant: &mut Tenant| match numbers::carry_out(
            &self.task,
            &self.telephone_number,
            tenant,
            now,
        ) {
            Ok(()) => own("succeeded", None),
            Err((status, why)) => own(status, Some(why)),
        };
        let ended = match &self.plan.outcome {
            Outcome::Fail { status_detail } => simple("failed", Some(status_detail.clone())),
            Outcome::Skip { status_detail } => simple("skipped", status_detail.clone()),
            Outcome::Status { status } => simple(status, None),
            Outcome::Partial { status, numbers } => {
                let mut entries = vec![real(tenant)];
                entries.extend(numbers.iter().cloned());
                Ended {
                    status: status.clone(),
                    numbers: entries,
                }
            }
            Outcome::PhantomStatus | Outcome::PhantomTarget => {
                numbers::leave_phantom(
                    &self.task,
                    &self.telephone_number,
                    tenant,
                    &self.plan.outcome,
                );
                simple("succeeded", None)
            }
            Outcome::Succeed | Outcome::Stuck => {
                let entry = real(tenant);
                Ended {
                    status: entry.status.clone(),
                    numbers: vec![entry],
                }
            }
        };
        self.result = Some(ended);
    }
}

impl Tenant {
    /// Ends what is due. With a read, counts it for every pending operation that it is of.
    pub(crate) fn advance(&mut self, now: Timestamp, is_read: impl Fn(&Operation) -> bool) {
        let mut operations = std::mem::take(&mut self.operations);
        for operation in operations
            .iter_mut()
            .filter(|operation| operation.is_pending())
        {
            if is_read(operation) {
                operation.reads += 1;
                self.dirty = true;
            }
            if operation.is_due(now) {
                operation.end(self, now);
                self.dirty = true;
            }
        }
        self.operations = operations;
    }

    /// The operation that a number waits for.
    pub(crate) fn pending_on(&self, telephone_number: &str) -> Option<&Operation> {
        self.operations
            .iter()
            .find(|operation| operation.is_pending() && operation.is_on(telephone_number))
    }
}
