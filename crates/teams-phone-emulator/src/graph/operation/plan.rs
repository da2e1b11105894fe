//! Owns the plan of an operation: what a test wants to become of it.
//! Refuses to carry it out.

use serde::{Deserialize, Serialize};

use crate::graph::options::Delay;

/// What becomes of an operation on a number. Also the JSON form of `POST /_emulator/graph/plans`.
///
/// ```
/// use teams_phone_emulator::{Delay, OperationPlan};
///
/// let slow_failure = OperationPlan::fail("no seat left").after(Delay::Polls(3)).retry_after(2);
/// # let _ = slow_failure;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[must_use = "a plan does nothing until an emulator is given it"]
pub struct OperationPlan {
    #[serde(default)]
    pub(crate) outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) delay: Option<Delay>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<u32>,
}

/// How an operation is to end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub(crate) enum Outcome {
    /// As the state of the tenant lets it.
    #[default]
    Succeed,
    Fail {
        status_detail: String,
    },
    Skip {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status_detail: Option<String>,
    },
    /// Any status text; the number stays as it is.
    Status {
        status: String,
    },
    /// As `Succeed`, with results of further numbers beside it.
    Partial {
        #[serde(default = "failed")]
        status: String,
        numbers: Vec<Entry>,
    },
    /// Never.
    Stuck,
    /// Succeeds, but the number says it is assigned and names no target.
    PhantomStatus,
    /// Succeeds, but the number names the target and says it is unassigned.
    PhantomTarget,
}

/// The result of one number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) telephone_number: String,
    pub(crate) status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status_detail: Option<String>,
}

impl OperationPlan {
    fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            ..Self::default()
        }
    }

    /// Ends as the state of the tenant lets it; for its [`OperationPlan::after`].
    pub fn succeed() -> Self {
        Self::of(Outcome::Succeed)
    }

    /// Fails with this explanation; the number stays as it is.
    pub fn fail(status_detail: &str) -> Self {
        Self::of(Outcome::Fail {
            status_detail: status_detail.to_owned(),
        })
    }

    /// Ends `skipped`; the number stays as it is.
    pub fn skip() -> Self {
        Self::of(Outcome::Skip {
            status_detail: None,
        })
    }

    /// Ends with this status text, known or not; the number stays as it is.
    pub fn end_with(status: &str) -> Self {
        Self::of(Outcome::Status {
            status: status.to_owned(),
        })
    }

    /// Does its work, and reports further numbers that failed, each with an explanation. The operation is `failed`,
    /// unless [`OperationPlan::overall`] says otherwise.
    pub fn partial<'a>(failures: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let entry = |(number, why): (&str, &str)| Entry {
            telephone_number: number.to_owned(),
            status: failed(),
            status_detail: Some(why.to_owned()),
        };
        Self::of(Outcome::Partial {
            status: failed(),
            numbers: failures.into_iter().map(entry).collect(),
        })
    }

    /// The status of the operation as a whole; has an effect on [`OperationPlan::partial`] only.
    pub fn overall(mut self, wanted: &str) -> Self {
        if let Outcome::Partial { status, .. } = &mut self.outcome {
            wanted.clone_into(status);
        }
        self
    }

    /// Stays `running` for ever.
    pub fn stuck() -> Self {
        Self::of(Outcome::Stuck)
    }

    /// Succeeds, but leaves a number that says it is assigned and names no target.
    pub fn phantom_status() -> Self {
        Self::of(Outcome::PhantomStatus)
    }

    /// Succeeds, but leaves a number that names the target and says it is unassigned.
    pub fn phantom_target() -> Self {
        Self::of(Outcome::PhantomTarget)
    }

    /// How long it takes, in place of the setting.
    pub fn after(mut self, delay: Delay) -> Self {
        self.delay = Some(delay);
        self
    }

    /// Seconds in `Retry-After` of the 202 and of polls before the end, in place of the setting.
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

fn failed() -> String {
    "failed".to_owned()
}
