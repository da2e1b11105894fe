//! Owns reading the service's words from arguments: with hyphens as arguments have them, or as the service
//! writes them; knows no option.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};

use teams_phone::numbers::{
    AssignmentCategory, AssignmentStatus, Check, NumberCapability, NumberType,
    ReverseNumberLookupOption,
};

/// Reads one of these words.
#[derive(Clone)]
pub(super) struct Words<T: 'static>(&'static [(&'static str, T)]);

pub(super) const TYPES: Words<NumberType> = Words(&[
    ("direct-routing", NumberType::DirectRouting),
    ("calling-plan", NumberType::CallingPlan),
    ("operator-connect", NumberType::OperatorConnect),
]);

pub(super) const CATEGORIES: Words<AssignmentCategory> = Words(&[
    ("primary", AssignmentCategory::Primary),
    ("private", AssignmentCategory::Private),
    ("alternate", AssignmentCategory::Alternate),
]);

pub(super) const STATUSES: Words<AssignmentStatus> = Words(&[
    ("unassigned", AssignmentStatus::Unassigned),
    ("user-assigned", AssignmentStatus::UserAssigned),
    (
        "voice-application-assigned",
        AssignmentStatus::VoiceApplicationAssigned,
    ),
    ("conference-assigned", AssignmentStatus::ConferenceAssigned),
    (
        "third-party-app-assigned",
        AssignmentStatus::ThirdPartyAppAssigned,
    ),
    ("policy-assigned", AssignmentStatus::PolicyAssigned),
    ("internal-error", AssignmentStatus::InternalError),
]);

pub(super) const CAPABILITIES: Words<NumberCapability> = Words(&[
    ("user-assignment", NumberCapability::UserAssignment),
    (
        "voice-application-assignment",
        NumberCapability::VoiceApplicationAssignment,
    ),
    (
        "conference-assignment",
        NumberCapability::ConferenceAssignment,
    ),
    ("teams-phone-mobile", NumberCapability::TeamsPhoneMobile),
]);

pub(super) const LOOKUPS: Words<ReverseNumberLookupOption> = Words(&[(
    "skip-internal-voip",
    ReverseNumberLookupOption::SkipInternalVoip,
)]);

pub(super) const CHECKS: Words<Check> = Words(&[
    ("capability", Check::Capability),
    ("license", Check::License),
    ("licence", Check::License),
    ("usage-location", Check::UsageLocation),
]);

impl<T: Clone + Send + Sync> TypedValueParser for Words<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        let wanted = plain(&value.to_string_lossy());
        let mut words = self.0.iter();
        if let Some((_, word)) = words.find(|(name, _)| plain(name) == wanted) {
            return Ok(word.clone());
        }
        let names = self.0.iter().map(|(name, _)| *name);
        // The words with hyphens are among these, so this is always an error, in clap's own words.
        match PossibleValuesParser::new(names).parse_ref(command, arg, value) {
            Err(error) => Err(error),
            Ok(_) => Err(Error::new(ErrorKind::InvalidValue).with_cmd(command)),
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names = self.0.iter().map(|(name, _)| PossibleValue::new(*name));
        Some(Box::new(names))
    }
}

/// A word without what distinguishes the two spellings.
fn plain(word: &str) -> String {
    let letters = word.chars().filter(|c| !matches!(c, '-' | '_'));
    letters.collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read() {
        let command = Command::new("x");
        for text in ["direct-routing", "directRouting", "DIRECT_ROUTING"] {
            let read = TYPES.parse_ref(&command, None, OsStr::new(text));
            assert_eq!(read.unwrap(), NumberType::DirectRouting);
        }
        let error = TYPES.parse_ref(&command, None, OsStr::new("landline"));
        assert!(error.unwrap_err().to_string().contains("operator-connect"));
    }

    #[test]
    fn every_word_of_the_service_that_can_be_asked_for_is_known() {
        let known = |words: &[(&str, AssignmentStatus)], status: &AssignmentStatus| {
            let mut words = words.iter();
            words.any(|(name, word)| word == status && plain(name) == plain(status.as_str()))
        };
        for status in AssignmentStatus::KNOWN {
            assert!(known(STATUSES.0, status), "{status}");
        }
        for capability in NumberCapability::KNOWN {
            let mut words = CAPABILITIES.0.iter();
            assert!(words.any(|(name, _)| plain(name) == plain(capability.as_str())));
        }
    }
}
