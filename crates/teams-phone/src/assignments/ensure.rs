//! Owns bringing an assignment to a wanted state, writing only what differs.

use std::collections::BTreeSet;

use teams_phone_core::{Error, ErrorKind, RequestOptions, Result};

use super::{Assignment, GetAssignment, GrantAssignment};
use crate::request::request;
use crate::{ClientId, PrincipalType};

/// What a call to ensure an assignment found and did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Ensured {
    /// The assignment as it is now.
    pub assignment: Assignment,
    /// What was done.
    #[serde(flatten)]
    pub outcome: EnsureOutcome,
}

/// What it took to bring an assignment to the wanted state.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase", tag = "outcome")]
#[non_exhaustive]
pub enum EnsureOutcome {
    /// It was as wanted; nothing was written.
    Unchanged,
    /// There was none.
    Created,
    /// It differed.
    Replaced {
        /// What differed; empty if another caller created it in between.
        changes: Vec<Change>,
    },
}

/// One field that differed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The field's name on the wire.
    pub field: &'static str,
    /// The value before.
    pub from: String,
    /// The value now.
    pub to: String,
}

/// A request to bring an assignment to a state; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct EnsureAssignment {
    grant: GrantAssignment,
    options: RequestOptions,
}

request!(EnsureAssignment => Ensured);

impl EnsureAssignment {
    pub(super) fn new(grant: GrantAssignment) -> Self {
        Self {
            grant,
            options: RequestOptions::default(),
        }
    }

    /// The applications through which a user may sign in.
    pub fn client_ids(mut self, ids: impl IntoIterator<Item = ClientId>) -> Self {
        self.grant = self.grant.client_ids(ids);
        self
    }

    async fn send(self) -> Result<Ensured> {
        let principal_type = self.grant.principal_type.clone();
        let client_ids = self.grant.client_ids.clone();
        let changes = |from: &Assignment| changes(from, &principal_type, &client_ids);
        let get = GetAssignment {
            place: self.grant.place.clone(),
            options: self.options.clone(),
        };
        let before = match get.await {
            Ok(found) if changes(&found).is_empty() => {
                return Ok(Ensured {
                    assignment: found,
                    outcome: EnsureOutcome::Unchanged,
                });
            }
            Ok(found) => Some(found),
            Err(error) if error.is_not_found() => None,
            Err(error) => return Err(error),
        };
        let granted = self.grant.options(self.options).await?;
        let wrong = changes(&granted.assignment);
        if !wrong.is_empty() {
            return Err(stored_otherwise(&wrong));
        }
        let outcome = if granted.created {
            EnsureOutcome::Created
        } else {
            EnsureOutcome::Replaced {
                changes: before.as_ref().map(changes).unwrap_or_default(),
            }
        };
        Ok(Ensured {
            assignment: granted.assignment,
            outcome,
        })
    }
}

/// What has to change in `from`; client ids are compared as a set, principal types by their meaning.
fn changes(
    from: &Assignment,
    principal_type: &PrincipalType,
    client_ids: &[ClientId],
) -> Vec<Change> {
    let mut changes = Vec::new();
    let meant = PrincipalType::from(principal_type.as_str());
    if from.principal_type != meant {
        changes.push(Change {
            field: "principalType",
            from: from.principal_type.to_string(),
            to: principal_type.to_string(),
        });
    }
    let set =
        |ids: &[ClientId]| -> BTreeSet<String> { ids.iter().map(ToString::to_string).collect() };
    let (old, new) = (set(&from.client_ids), set(client_ids));
    if old != new {
        let text = |ids: BTreeSet<String>| ids.into_iter().collect::<Vec<_>>().join(",");
        changes.push(Change {
            field: "clientIds",
            from: text(old),
            to: text(new),
        });
    }
    changes
}

fn stored_otherwise(wrong: &[Change]) -> Error {
    let list: Vec<String> = wrong
        .iter()
        .map(|change| {
            format!(
                "{} is {:?} instead of {:?}",
                change.field, change.from, change.to
            )
        })
        .collect();
    Error::new(
        ErrorKind::Operation,
        format!("the service stored something else: {}", list.join(", ")),
    )
    .with_operation("ensure_assignment")
}
