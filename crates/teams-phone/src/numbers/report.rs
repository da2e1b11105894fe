//! Owns what is known of an order at one moment, and the verdict on it; sends nothing.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use graph_teams_rest::v1_0::types;
use teams_phone_core::hooks::one_line;
use teams_phone_core::{Error, ErrorDetail, ErrorKind, Result};

use super::OperationStatus;
use crate::{NumberId, PhoneNumber};

/// Longer ids are not the service's.
const MAX_ID: usize = 512;

/// The id of an order to assign or unassign a number. It outlives the process: print it, store it, and
/// wait for it again with [`Numbers::operation`](super::Numbers::operation).
///
/// It is read from the bare id and from the whole address of the operation, in both of the spellings in
/// use: `…/operations/ID` and `…/operations('ID')`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationId(String);

impl OperationId {
    /// The bare id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OperationId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = |why: &str| {
            let shown: String = text.chars().take(80).collect();
            Error::config(format!("operation id {shown:?} {why}"))
        };
        let text = text.trim();
        let id = last_key(text);
        if id.is_empty() {
            return Err(refuse("is empty; give the id that the assignment printed"));
        }
        if text.contains('/') && !text.contains("operations") {
            return Err(refuse("is the address of something else than an operation"));
        }
        if id.len() > MAX_ID || !id.bytes().all(is_plain) {
            return Err(refuse(
                "is no id of an operation; give it as it was printed, or its whole address",
            ));
        }
        Ok(Self(id.to_owned()))
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for OperationId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl serde::Serialize for OperationId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~=|+".contains(&byte)
}

/// A state that is not known may be any text.
fn on_one_line(status: OperationStatus) -> OperationStatus {
    match status {
        OperationStatus::Unknown(text) => OperationStatus::Unknown(one_line(&text)),
        known => known,
    }
}

/// The key at the end of an address: `…/things/KEY`, `…/things('KEY')`; of anything else, all of it.
fn last_key(text: &str) -> &str {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let segment = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let inside = segment
        .split_once("('")
        .or_else(|| segment.split_once("(%27"))
        .map(|(_, rest)| rest)
        .and_then(|rest| {
            rest.strip_suffix("')")
                .or_else(|| rest.strip_suffix("%27)"))
        });
    inside.unwrap_or(segment)
}

/// An order at one moment.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OperationReport {
    /// Its id; absent if the answer that had it was lost, and the number itself was read instead.
    pub id: Option<OperationId>,
    /// How far it is, in the service's word.
    pub status: OperationStatus,
    /// When it was given, as the service writes it.
    pub created_date_time: Option<String>,
    /// What became of each number.
    pub numbers: Vec<NumberResult>,
}

/// What became of one number of an order.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NumberResult {
    /// The number, where the id of its assignment tells it.
    pub telephone_number: Option<PhoneNumber>,
    /// The id of its assignment.
    pub number_id: Option<NumberId>,
    /// How far it is, in the service's word.
    pub status: OperationStatus,
    /// The service's words about it, the only explanation of a failure.
    pub status_detail: Option<String>,
}

/// The verdict on an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Outcome {
    /// The order, or one of its numbers, is under way.
    Pending,
    /// The order and all of its numbers succeeded.
    Succeeded,
    /// Some numbers succeeded and others did not.
    Partial,
    /// Nothing succeeded. A state that is not known counts as this.
    Failed,
}

impl OperationReport {
    /// The verdict: `succeeded` alone is success, `skipped` and states that are not known are failures.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let each = || self.numbers.iter().map(|number| verdict(&number.status));
        match verdict(&self.status) {
            Outcome::Pending => Outcome::Pending,
            Outcome::Succeeded if each().any(|each| each == Outcome::Pending) => Outcome::Pending,
            of_order => {
                let failed = each().any(|each| each != Outcome::Succeeded);
                let succeeded = each().any(|each| each == Outcome::Succeeded);
                match (of_order == Outcome::Succeeded, failed, succeeded) {
                    (true, false, _) => Outcome::Succeeded,
                    (_, true, true) => Outcome::Partial,
                    _ => Outcome::Failed,
                }
            }
        }
    }

    /// The report if all of it succeeded, else an error that names each number that did not.
    ///
    /// # Errors
    /// [`ErrorKind::Operation`] with the state and the service's words; its
    /// [`details`](Error::details) have one entry per number, and [`Error::target`] is the operation's id.
    pub fn into_result(self) -> Result<Self> {
        let what = match self.outcome() {
            Outcome::Succeeded => return Ok(self),
            Outcome::Pending => "is not over",
            Outcome::Partial => "failed for some of the numbers",
            Outcome::Failed => "failed",
        };
        let mut message = format!("the operation {what} (state `{}`)", self.status);
        let failed = self.numbers.iter();
        let failed = failed.filter(|number| verdict(&number.status) != Outcome::Succeeded);
        let words: Vec<String> = failed.map(NumberResult::in_words).collect();
        if !words.is_empty() {
            message = format!("{message}: {}", words.join("; "));
        }
        let details = self.numbers.iter().map(|number| {
            let detail = ErrorDetail::new(
                number.status.as_str(),
                number.status_detail.clone().unwrap_or_default(),
            );
            match &number.telephone_number {
                Some(telephone_number) => detail.about(telephone_number.as_str()),
                None => detail,
            }
        });
        let error = Error::new(ErrorKind::Operation, message).with_details(details.collect());
        Err(match self.id {
            Some(id) => error.with_target(id.0),
            None => error,
        })
    }
}

impl NumberResult {
    fn in_words(&self) -> String {
        let number = self
            .telephone_number
            .as_ref()
            .map_or("a number", PhoneNumber::as_str);
        match &self.status_detail {
            Some(detail) => format!("{number}: {} ({detail})", self.status),
            None => format!("{number}: {}", self.status),
        }
    }
}

fn verdict(status: &OperationStatus) -> Outcome {
    let is = |word: &str| status.as_str().eq_ignore_ascii_case(word);
    if is("notStarted") || is("running") {
        Outcome::Pending
    } else if is("succeeded") {
        Outcome::Succeeded
    } else {
        Outcome::Failed
    }
}

impl From<types::TelephoneNumberLongRunningOperation> for OperationReport {
    fn from(answer: types::TelephoneNumberLongRunningOperation) -> Self {
        let numbers = answer.numbers.unwrap_or_default().into_iter();
        let status = on_one_line(answer.status);
        Self {
            id: answer.id.parse().ok(),
            created_date_time: answer.created_date_time.as_deref().map(one_line),
            numbers: numbers
                .map(|number| NumberResult::read(number, &status))
                .collect(),
            status,
        }
    }
}

impl NumberResult {
    /// A number without a state of its own has that of the order.
    fn read(
        answer: types::TelephoneNumberLongRunningOperationDetails,
        of_order: &OperationStatus,
    ) -> Self {
        let id = answer.resource_location.as_deref().map(last_key);
        let id = id.filter(|id| !id.is_empty() && id.len() <= MAX_ID && id.bytes().all(is_plain));
        Self {
            telephone_number: id.and_then(number_inside),
            number_id: id.map(|id| NumberId::from_service(id.to_owned())),
            status: answer.status.map_or_else(|| of_order.clone(), on_one_line),
            status_detail: answer
                .status_detail
                .as_deref()
                .map(one_line)
                .filter(|detail| !detail.is_empty()),
        }
    }
}

/// The number in the id of an assignment. The id is opaque; all known ones are `operator|number` in base64.
fn number_inside(id: &str) -> Option<PhoneNumber> {
    let decoded = URL_SAFE_NO_PAD.decode(id.trim_end_matches('=')).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.rsplit_once('|')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(status: &str, numbers: &[&str]) -> OperationReport {
        let numbers: Vec<_> = numbers
            .iter()
            .map(|status| serde_json::json!({"status": status, "statusDetail": "why"}))
            .collect();
        let json = serde_json::json!({"id": "op", "status": status, "numbers": numbers});
        let answer: types::TelephoneNumberLongRunningOperation =
            serde_json::from_value(json).unwrap();
        answer.into()
    }

    #[test]
    fn only_succeeded_is_success() {
        for (status, numbers, outcome) in [
            ("notStarted", &[][..], Outcome::Pending),
            ("running", &["succeeded"], Outcome::Pending),
            ("succeeded", &[], Outcome::Succeeded),
            ("Succeeded", &["Succeeded"], Outcome::Succeeded),
            ("succeeded", &["succeeded", "running"], Outcome::Pending),
            ("succeeded", &["succeeded", "failed"], Outcome::Partial),
            ("succeeded", &["failed"], Outcome::Failed),
            ("succeeded", &["skipped"], Outcome::Failed),
            ("failed", &[], Outcome::Failed),
            ("failed", &["failed", "succeeded"], Outcome::Partial),
            ("failed", &["succeeded"], Outcome::Failed),
            ("failed", &["running"], Outcome::Failed),
            ("skipped", &[], Outcome::Failed),
            ("unknownFutureValue", &[], Outcome::Failed),
            ("cancelled", &["succeeded"], Outcome::Failed),
        ] {
            assert_eq!(
                report(status, numbers).outcome(),
                outcome,
                "{status} {numbers:?}"
            );
        }
    }

    #[test]
    fn a_failure_keeps_the_raw_state_and_each_numbers_words() {
        let error = report("cancelled", &["failed", "succeeded"])
            .into_result()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Operation);
        let text = error.to_string();
        assert!(
            text.contains("state `cancelled`") && text.contains("failed (why)"),
            "{text}"
        );
        assert_eq!(error.details().len(), 2);
        assert_eq!(error.target(), Some("op"));
        assert!(report("succeeded", &["succeeded"]).into_result().is_ok());
    }

    #[test]
    fn ids_are_read_from_every_spelling() {
        for text in [
            "QXNz-_aWdu",
            " https://graph.microsoft.com/v1.0/admin/teams/telephoneNumberManagement/operations('QXNz-_aWdu') ",
            "https://graph.microsoft.com/v1.0/admin/teams/telephoneNumberManagement/operations(%27QXNz-_aWdu%27)",
            "/v1.0/admin/teams/telephoneNumberManagement/operations/QXNz-_aWdu?x=1",
            "operations/QXNz-_aWdu/",
        ] {
            assert_eq!(
                text.parse::<OperationId>().unwrap().as_str(),
                "QXNz-_aWdu",
                "{text}"
            );
        }
        let long = "a".repeat(1000);
        for text in [
            "",
            "https://x.example/",
            "a b",
            "operations('')",
            "a{b",
            &long,
        ] {
            assert!(text.parse::<OperationId>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_result_names_its_number() {
        let id = URL_SAFE_NO_PAD.encode("7a205197-8e59-487d-b9fa-3fc1b108f1e5|+12065550100");
        let answer: types::TelephoneNumberLongRunningOperationDetails =
            serde_json::from_value(serde_json::json!({
                "resourceLocation": format!("https://graph.microsoft.com/v1.0/x/numberAssignments/{id}"),
                "status": "succeeded",
            }))
            .unwrap();
        let result = NumberResult::read(answer, &OperationStatus::Running);
        assert_eq!(result.telephone_number.unwrap().as_str(), "+12065550100");
        assert_eq!(result.number_id.unwrap().as_str(), id);
        for odd in ["", "!!", "YWJj"] {
            assert_eq!(number_inside(odd), None);
        }
    }
}
