//! Owns how operations are told: the operation, and what became of each of its numbers.

use serde::Serialize;
use teams_phone::numbers::{NumberResult, OperationReport, OperationStatus, Outcome};

use crate::output::table::{Column, Row};
use crate::output::{self, Report};

/// An operation as it is told.
#[derive(Serialize)]
pub(in crate::commands) struct Told {
    pub(in crate::commands) operation_id: Option<String>,
    status: OperationStatus,
    outcome: &'static str,
    created_at: Option<String>,
    numbers: Vec<OfNumber>,
}

/// What became of one number.
#[derive(Serialize)]
struct OfNumber {
    telephone_number: Option<String>,
    number_id: Option<String>,
    status: OperationStatus,
    status_detail: Option<String>,
}

impl Told {
    pub(in crate::commands) fn new(report: &OperationReport) -> Self {
        Self {
            operation_id: report.id.as_ref().map(ToString::to_string),
            status: report.status.clone(),
            outcome: word(report.outcome()),
            created_at: report.created_date_time.clone(),
            numbers: report.numbers.iter().map(OfNumber::new).collect(),
        }
    }

    /// The rows for people: the operation, then each of its numbers.
    pub(in crate::commands) fn rows(&self) -> Vec<(&str, String)> {
        let id = self.operation_id.clone();
        let mut rows = vec![
            ("operation", id.unwrap_or_else(|| "not named".to_owned())),
            ("status", self.status.to_string()),
        ];
        rows.extend(self.created_at.clone().map(|at| ("created", at)));
        rows.extend(self.numbers.iter().map(OfNumber::row));
        rows
    }
}

impl Report for Told {
    fn human(&self) -> String {
        output::rows(self.rows())
    }
}

impl OfNumber {
    fn new(result: &NumberResult) -> Self {
        Self {
            telephone_number: result.telephone_number.as_ref().map(ToString::to_string),
            number_id: result.number_id.as_ref().map(ToString::to_string),
            status: result.status.clone(),
            status_detail: result.status_detail.clone(),
        }
    }

    fn row(&self) -> (&str, String) {
        let number = self.telephone_number.as_deref().unwrap_or("a number");
        let status = match &self.status_detail {
            Some(detail) => format!("{}: {detail}", self.status),
            None => self.status.to_string(),
        };
        (number, status)
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pending => "pending",
        Outcome::Succeeded => "succeeded",
        Outcome::Partial => "partial",
        _ => "failed",
    }
}

/// A number of an operation, as a row of CSV.
#[derive(Serialize)]
pub(in crate::commands) struct ResultRow {
    cells: Vec<String>,
}

impl ResultRow {
    /// One row per number; one without a number if the operation names none.
    pub(in crate::commands) fn all(told: &Told) -> Vec<Self> {
        let head = [
            told.operation_id.clone().unwrap_or_default(),
            told.status.to_string(),
            told.outcome.to_owned(),
            told.created_at.clone().unwrap_or_default(),
        ];
        let of = |result: &OfNumber| {
            let own = [
                result.telephone_number.clone().unwrap_or_default(),
                result.number_id.clone().unwrap_or_default(),
                result.status.to_string(),
                result.status_detail.clone().unwrap_or_default(),
            ];
            Self {
                cells: head.iter().cloned().chain(own).collect(),
            }
        };
        if told.numbers.is_empty() {
            let none = std::iter::repeat_n(String::new(), 4);
            let cells = head.iter().cloned().chain(none).collect();
            return vec![Self { cells }];
        }
        told.numbers.iter().map(of).collect()
    }
}

impl Row for ResultRow {
    const COLUMNS: &'static [Column] = &[
        Column::hidden("operation_id"),
        Column::hidden("operation_status"),
        Column::hidden("outcome"),
        Column::hidden("created_at"),
        Column::shown("telephone_number", "number"),
        Column::hidden("number_id"),
        Column::shown("status", "status"),
        Column::cut("status_detail", "detail"),
    ];

    fn cells(&self) -> Vec<String> {
        self.cells.clone()
    }
}
