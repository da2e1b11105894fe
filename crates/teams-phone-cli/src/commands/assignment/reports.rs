//! Owns how the outcomes of `assignment` are shown; the JSON field names are documented in the README.

use std::fmt::Write as _;

use serde::Serialize;
use teams_phone::ClientId;
use teams_phone::assignments::{self, EnsureOutcome};

use crate::args::PlaceArgs;
use crate::commands::rehearsal::PlannedRequest;
use crate::output::{self, BOLD, Report};

#[derive(Serialize)]
struct Assignment {
    tenant_id: String,
    object_id: String,
    principal_type: String,
    client_ids: Vec<String>,
}

impl Assignment {
    fn new(from: &assignments::Assignment) -> Self {
        Self {
            tenant_id: from.tenant_id.to_string(),
            object_id: from.object_id.to_string(),
            principal_type: from.principal_type.to_string(),
            client_ids: from.client_ids.iter().map(ClientId::to_string).collect(),
        }
    }

    fn rows(&self) -> Vec<(&'static str, String)> {
        let client_ids = if self.client_ids.is_empty() {
            "none".to_owned()
        } else {
            self.client_ids.join(", ")
        };
        vec![
            ("tenant", self.tenant_id.clone()),
            ("object", self.object_id.clone()),
            ("principal type", self.principal_type.clone()),
            ("client ids", client_ids),
        ]
    }

    fn rows_after(&self, first: Vec<(&'static str, String)>) -> String {
        output::rows(first.into_iter().chain(self.rows()))
    }
}

/// `assignment get`.
#[derive(Serialize)]
pub(super) struct Found {
    assignment: Assignment,
}

impl Found {
    pub(super) fn new(assignment: &assignments::Assignment) -> Self {
        Self {
            assignment: Assignment::new(assignment),
        }
    }
}

impl Report for Found {
    fn human(&self) -> String {
        output::rows(self.assignment.rows())
    }
}

/// `assignment grant`.
#[derive(Serialize)]
pub(super) struct Granted {
    outcome: &'static str,
    created: bool,
    assignment: Assignment,
}

impl Granted {
    pub(super) fn new(granted: &assignments::Granted) -> Self {
        Self {
            outcome: if granted.created {
                "created"
            } else {
                "replaced"
            },
            created: granted.created,
            assignment: Assignment::new(&granted.assignment),
        }
    }
}

impl Report for Granted {
    fn human(&self) -> String {
        self.assignment
            .rows_after(vec![("outcome", self.outcome.to_owned())])
    }
}

/// One field that differs.
#[derive(Debug, Serialize)]
pub(in crate::commands) struct Change {
    field: String,
    from: String,
    to: String,
}

impl Change {
    pub(super) fn new(field: &str, from: String, to: String) -> Self {
        let field = field.to_owned();
        Self { field, from, to }
    }

    /// The change in words.
    pub(in crate::commands) fn shown(&self) -> String {
        let or_none = |text: &str| {
            if text.is_empty() {
                "none".to_owned()
            } else {
                text.to_owned()
            }
        };
        format!(
            "{}: {} -> {}",
            self.field,
            or_none(&self.from),
            or_none(&self.to)
        )
    }
}

/// The outcome's name and what differs.
pub(super) fn told(outcome: &EnsureOutcome) -> (&'static str, Vec<Change>) {
    match outcome {
        EnsureOutcome::Unchanged => ("unchanged", Vec::new()),
        EnsureOutcome::Created => ("created", Vec::new()),
        EnsureOutcome::Replaced { changes } => {
            let changes = changes.iter().map(|change| Change {
                field: change.field.to_owned(),
                from: change.from.clone(),
                to: change.to.clone(),
            });
            ("replaced", changes.collect())
        }
        _ => ("other", Vec::new()),
    }
}

/// `assignment ensure`.
#[derive(Serialize)]
pub(super) struct Ensured {
    outcome: &'static str,
    changes: Vec<Change>,
    assignment: Assignment,
}

impl Ensured {
    pub(super) fn new(ensured: &assignments::Ensured) -> Self {
        let (outcome, changes) = told(&ensured.outcome);
        Self {
            outcome,
            changes,
            assignment: Assignment::new(&ensured.assignment),
        }
    }
}

impl Report for Ensured {
    fn human(&self) -> String {
        let changes = self
            .changes
            .iter()
            .map(|change| ("changed", change.shown()));
        let first = [("outcome", self.outcome.to_owned())];
        self.assignment
            .rows_after(first.into_iter().chain(changes).collect())
    }
}

/// `assignment revoke`.
#[derive(Serialize)]
pub(super) struct Revoked {
    outcome: &'static str,
    verified: bool,
    checks: Option<u32>,
    tenant_id: String,
    object_id: String,
}

impl Revoked {
    pub(super) fn new(place: &PlaceArgs, checks: Option<u32>) -> Self {
        Self {
            outcome: "revoked",
            verified: checks.is_some(),
            checks,
            tenant_id: place.tenant.to_string(),
            object_id: place.object.to_string(),
        }
    }
}

impl Report for Revoked {
    fn human(&self) -> String {
        let verified = match self.checks {
            None => "no".to_owned(),
            Some(1) => "gone (404) at the first read".to_owned(),
            Some(checks) => format!("gone (404) after {checks} reads"),
        };
        output::rows([
            ("outcome", self.outcome.to_owned()),
            ("verified", verified),
            ("tenant", self.tenant_id.clone()),
            ("object", self.object_id.clone()),
        ])
    }
}

/// What a dry run would send.
#[derive(Serialize)]
pub(in crate::commands) struct Planned {
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<Change>>,
    requests: Vec<PlannedRequest>,
}

impl Planned {
    pub(in crate::commands) fn new(requests: Vec<PlannedRequest>) -> Self {
        Self {
            dry_run: true,
            outcome: None,
            changes: None,
            requests,
        }
    }

    pub(super) fn with_outcome(mut self, outcome: Option<&EnsureOutcome>) -> Self {
        if let Some(outcome) = outcome {
            let (outcome, changes) = told(outcome);
            self.outcome = Some(outcome);
            self.changes = Some(changes);
        }
        self
    }
}

impl Report for Planned {
    fn human(&self) -> String {
        let mut text = match self.outcome {
            Some("unchanged") => "nothing would be written: it is as described\n".to_owned(),
            Some(outcome) => format!("would be {outcome}; nothing was written\n"),
            None => "nothing was sent; it would be:\n".to_owned(),
        };
        // Writing to a String cannot fail.
        for change in self.changes.iter().flatten() {
            let _ = writeln!(text, "{}", output::printable(&change.shown()));
        }
        for request in &self.requests {
            let _ = writeln!(text, "{BOLD}{}{BOLD:#} {}", request.method, request.url);
            if let Some(body) = &request.body {
                let _ = writeln!(text, "  {}", output::printable(&body.to_string()));
            }
        }
        text
    }
}
