//! Owns how numbers, and what became of them, are told; decides nothing.

use serde::Serialize;
use teams_phone::numbers::{Finding, Holding, NumberAssignment, OperationReport, Verdict};
use teams_phone::{ObjectId, PhoneNumber};

use crate::commands::order::Told;
use crate::commands::rehearsal::PlannedRequest;
use crate::output::table::{Column, Row};
use crate::output::{self, BAD, BOLD, DIM, GOOD, Report, printable};

/// A number as it is told.
#[derive(Serialize)]
pub(super) struct Number {
    telephone_number: String,
    number_type: String,
    assignment_status: Option<String>,
    holding: &'static str,
    assignment_target_id: Option<String>,
    assignment_category: Option<String>,
    capabilities: Vec<String>,
    activation_state: String,
    iso_country_code: Option<String>,
    city: Option<String>,
    location_id: Option<String>,
    civic_address_id: Option<String>,
    network_site_id: Option<String>,
    operator_id: Option<String>,
    number_source: Option<String>,
    port_in_status: Option<String>,
    supported_customer_actions: Vec<String>,
    reverse_number_lookup_options: Vec<String>,
    id: String,
}

fn text<T: ToString>(value: Option<&T>) -> Option<String> {
    value.map(ToString::to_string)
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

impl Number {
    pub(super) fn new(from: &NumberAssignment) -> Self {
        Self {
            telephone_number: from.telephone_number.to_string(),
            number_type: from.number_type.to_string(),
            assignment_status: text(from.assignment_status.as_ref()),
            holding: match from.holding() {
                Holding::Free => "free",
                Holding::By(_) => "held",
                Holding::Other(_) => "other",
                _ => "unclear",
            },
            assignment_target_id: text(from.assignment_target_id.as_ref()),
            assignment_category: text(from.assignment_category.as_ref()),
            capabilities: texts(&from.capabilities),
            activation_state: from.activation_state.to_string(),
            iso_country_code: from.iso_country_code.clone(),
            city: from.city.clone(),
            location_id: from.location_id.clone(),
            civic_address_id: from.civic_address_id.clone(),
            network_site_id: from.network_site_id.clone(),
            operator_id: from.operator_id.clone(),
            number_source: text(from.number_source.as_ref()),
            port_in_status: text(from.port_in_status.as_ref()),
            supported_customer_actions: texts(&from.supported_customer_actions),
            reverse_number_lookup_options: texts(&from.reverse_number_lookup_options),
            id: from.id.to_string(),
        }
    }

    /// The rows for people; what is not there is left out.
    fn rows(&self) -> Vec<(&'static str, String)> {
        let joined = |texts: &[String]| Some(texts.join(", ")).filter(|text| !text.is_empty());
        let status = self.assignment_status.as_deref().unwrap_or("none");
        let status = match self.holding {
            "unclear" => format!("{status} (it contradicts the target; read again later)"),
            _ => status.to_owned(),
        };
        let rows = [
            ("number", Some(self.telephone_number.clone())),
            ("type", Some(self.number_type.clone())),
            ("status", Some(status)),
            ("target", self.assignment_target_id.clone()),
            ("category", self.assignment_category.clone()),
            ("capabilities", joined(&self.capabilities)),
            ("activation", Some(self.activation_state.clone())),
            ("country", self.iso_country_code.clone()),
            ("city", self.city.clone()),
            ("location", self.location_id.clone()),
            ("network site", self.network_site_id.clone()),
            ("port-in", self.port_in_status.clone()),
            (
                "reverse lookup",
                joined(&self.reverse_number_lookup_options),
            ),
        ];
        let filled = rows.into_iter();
        filled
            .filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }
}

impl Row for Number {
    const COLUMNS: &'static [Column] = &[
        Column::shown("telephone_number", "number"),
        Column::extra("number_type", "type"),
        Column::shown("assignment_status", "status"),
        Column::hidden("holding"),
        Column::shown("assignment_target_id", "target"),
        Column::hidden("assignment_category"),
        Column::cut("capabilities", "capabilities"),
        Column::hidden("activation_state"),
        Column::extra("iso_country_code", "country"),
        Column::extra("city", "city"),
        Column::hidden("location_id"),
        Column::hidden("civic_address_id"),
        Column::hidden("network_site_id"),
        Column::hidden("operator_id"),
        Column::hidden("number_source"),
        Column::hidden("port_in_status"),
        Column::hidden("supported_customer_actions"),
        Column::hidden("reverse_number_lookup_options"),
        Column::hidden("id"),
    ];

    fn cells(&self) -> Vec<String> {
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            self.telephone_number.clone(),
            self.number_type.clone(),
            or_empty(&self.assignment_status),
            self.holding.to_owned(),
            or_empty(&self.assignment_target_id),
            or_empty(&self.assignment_category),
            self.capabilities.join(" "),
            self.activation_state.clone(),
            or_empty(&self.iso_country_code),
            or_empty(&self.city),
            or_empty(&self.location_id),
            or_empty(&self.civic_address_id),
            or_empty(&self.network_site_id),
            or_empty(&self.operator_id),
            or_empty(&self.number_source),
            or_empty(&self.port_in_status),
            self.supported_customer_actions.join(" "),
            self.reverse_number_lookup_options.join(" "),
            self.id.clone(),
        ]
    }
}

/// Outcome of `number get`.
#[derive(Serialize)]
pub(super) struct Found {
    number: Number,
}

impl Found {
    pub(super) fn new(number: &NumberAssignment) -> Self {
        Self {
            number: Number::new(number),
        }
    }
}

impl Report for Found {
    fn human(&self) -> String {
        output::rows(self.number.rows())
    }
}

/// What became of an order.
#[derive(Serialize)]
pub(super) struct Ordered {
    outcome: &'static str,
    telephone_number: String,
    target_id: Option<String>,
    operation_id: Option<String>,
    confirmed: bool,
    operation: Option<Told>,
}

impl Ordered {
    pub(super) fn new(
        outcome: &'static str,
        number: &PhoneNumber,
        target: Option<&ObjectId>,
    ) -> Self {
        Self {
            outcome,
            telephone_number: number.to_string(),
            target_id: text(target),
            operation_id: None,
            confirmed: false,
            operation: None,
        }
    }

    pub(super) fn with_id(mut self, id: Option<String>) -> Self {
        self.operation_id = id;
        self
    }

    pub(super) fn with_operation(self, report: &OperationReport) -> Self {
        let id = text(report.id.as_ref());
        Self {
            operation: Some(Told::new(report)),
            ..self.with_id(id)
        }
    }

    pub(super) fn confirmed(mut self) -> Self {
        self.confirmed = true;
        self
    }
}

impl Report for Ordered {
    fn human(&self) -> String {
        let mut rows = vec![
            ("outcome", self.outcome.to_owned()),
            ("number", self.telephone_number.clone()),
        ];
        rows.extend(self.target_id.clone().map(|target| ("target", target)));
        match &self.operation {
            Some(told) => rows.extend(told.rows()),
            None => rows.extend(self.operation_id.clone().map(|id| ("operation", id))),
        }
        output::rows(rows)
    }
}

/// Outcome of `number ensure` and `number move`.
#[derive(Serialize)]
pub(super) struct Settled {
    pub(super) outcome: &'static str,
    pub(super) changed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<Option<String>>,
    pub(super) number: Number,
    pub(super) operations: Vec<Told>,
}

impl Report for Settled {
    fn human(&self) -> String {
        let mut rows = vec![("outcome", self.outcome.to_owned())];
        let from = self.from.clone().flatten();
        rows.extend(from.map(|holder| ("from", holder)));
        rows.extend(self.number.rows());
        let ids = self.operations.iter();
        rows.extend(ids.filter_map(|told| Some(("operation", told.operation_id.clone()?))));
        output::rows(rows)
    }
}

/// Outcome of `number update`.
#[derive(Serialize)]
pub(super) struct Updated {
    pub(super) outcome: &'static str,
    pub(super) telephone_number: String,
}

impl Report for Updated {
    fn human(&self) -> String {
        output::rows([
            ("outcome", self.outcome.to_owned()),
            ("number", self.telephone_number.clone()),
        ])
    }
}

/// What checks found, and what would be sent.
#[derive(Serialize)]
pub(super) struct Plan {
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    ready: bool,
    findings: Vec<Judgement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requests: Option<Vec<PlannedRequest>>,
}

#[derive(Serialize)]
struct Judgement {
    check: &'static str,
    verdict: &'static str,
    message: String,
}

impl Plan {
    /// What checks found, by themselves.
    pub(super) fn checked(findings: &[Finding]) -> Self {
        let failed = |finding: &Finding| finding.verdict == Verdict::Failed;
        Self {
            dry_run: None,
            outcome: None,
            ready: !findings.iter().any(failed),
            findings: findings.iter().map(Judgement::new).collect(),
            requests: None,
        }
    }

    /// A dry run: the outcome that it would have, and what would be sent for it.
    pub(super) fn with(mut self, outcome: &'static str, requests: Vec<PlannedRequest>) -> Self {
        self.dry_run = Some(true);
        self.outcome = Some(outcome);
        self.requests = Some(requests);
        self
    }
}

impl Judgement {
    fn new(finding: &Finding) -> Self {
        Self {
            check: super::check::name(finding.check),
            verdict: match finding.verdict {
                Verdict::Passed => "passed",
                Verdict::Failed => "failed",
                _ => "not_checked",
            },
            message: finding.message.clone(),
        }
    }
}

impl Report for Plan {
    fn human(&self) -> String {
        let line = |finding: &Judgement| {
            let (style, word) = match finding.verdict {
                "passed" => (GOOD, "ok"),
                "failed" => (BAD, "failed"),
                _ => (DIM, "unknown"),
            };
            let message = printable(&finding.message);
            format!(
                "{style}{word:7}{style:#}  {:14}  {message}\n",
                finding.check
            )
        };
        let mut text: String = self.findings.iter().map(line).collect();
        let Some(requests) = &self.requests else {
            return text;
        };
        text.push_str(match self.outcome {
            Some("unchanged") => "nothing would be sent: it is so already\n",
            _ if !self.ready => "nothing would be sent: it would fail\n",
            _ => "nothing was sent; it would be:\n",
        });
        for request in requests {
            let body = request.body.as_ref().map(ToString::to_string);
            let body = printable(&body.unwrap_or_default());
            text.push_str(&format!(
                "{BOLD}{}{BOLD:#} {}\n  {body}\n",
                request.method, request.url
            ));
        }
        text
    }
}
