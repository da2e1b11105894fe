//! Owns what a list of numbers is narrowed by, and how OData writes it; sends nothing.

use std::fmt::{self, Display, Write as _};

use super::{
    ActivationState, AssignmentCategory, AssignmentStatus, NumberCapability, NumberSource,
    NumberType,
};
use crate::{ObjectId, PhoneNumber};

/// What numbers have to be like; each setter narrows further.
///
/// ```
/// use teams_phone::numbers::{AssignmentStatus, NumberCapability, NumberFilter};
///
/// let free = NumberFilter::new()
///     .status(AssignmentStatus::Unassigned)
///     .capability(NumberCapability::VoiceApplicationAssignment);
/// assert_eq!(
///     free.to_string(),
///     "assignmentStatus eq 'unassigned' and capabilities/any(c:c eq 'voiceApplicationAssignment')"
/// );
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberFilter(Vec<Condition>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    Own(String),
    /// Of the caller, who may have written an `or`.
    Raw(String),
}

impl NumberFilter {
    /// Takes every number.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The number itself.
    #[must_use]
    pub fn telephone_number(self, number: &PhoneNumber) -> Self {
        self.eq("telephoneNumber", number)
    }

    /// Who provides it.
    #[must_use]
    pub fn number_type(self, number_type: NumberType) -> Self {
        self.eq("numberType", number_type)
    }

    /// Whether it is in use, and by what.
    #[must_use]
    pub fn status(self, status: AssignmentStatus) -> Self {
        self.eq("assignmentStatus", status)
    }

    /// What it may be used for; once per capability that it must have.
    #[must_use]
    pub fn capability(self, capability: NumberCapability) -> Self {
        let capability = quoted(capability);
        self.and(format!("capabilities/any(c:c eq {capability})"))
    }

    /// The user or resource account that has it.
    #[must_use]
    pub fn target(self, target: &ObjectId) -> Self {
        self.eq("assignmentTargetId", target)
    }

    /// The part it plays for its holder.
    #[must_use]
    pub fn category(self, category: AssignmentCategory) -> Self {
        self.eq("assignmentCategory", category)
    }

    /// How far the last change has come.
    #[must_use]
    pub fn activation_state(self, state: ActivationState) -> Self {
        self.eq("activationState", state)
    }

    /// The directory it was entered in.
    #[must_use]
    pub fn source(self, source: NumberSource) -> Self {
        self.eq("numberSource", source)
    }

    /// The country, as two letters of ISO 3166-1.
    #[must_use]
    pub fn iso_country_code(self, country: &str) -> Self {
        self.eq("isoCountryCode", country)
    }

    /// The operator that provides it.
    #[must_use]
    pub fn operator_id(self, operator: &str) -> Self {
        self.eq("operatorId", operator)
    }

    /// The emergency location.
    #[must_use]
    pub fn location_id(self, location: &str) -> Self {
        self.eq("locationId", location)
    }

    /// A condition in OData's own words, such as `city ne null`; sent as it is, in parentheses if there are
    /// others. A blank one is none.
    #[must_use]
    pub fn odata(mut self, condition: &str) -> Self {
        let condition = condition.trim();
        if !condition.is_empty() {
            self.0.push(Condition::Raw(condition.to_owned()));
        }
        self
    }

    /// Whether nothing was set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn eq(self, field: &str, value: impl Display) -> Self {
        let value = quoted(value);
        self.and(format!("{field} eq {value}"))
    }

    fn and(mut self, condition: String) -> Self {
        self.0.push(Condition::Own(condition));
        self
    }
}

impl Display for NumberFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, condition) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" and ")?;
            }
            match condition {
                Condition::Raw(text) if self.0.len() > 1 => write!(f, "({text})")?,
                Condition::Own(text) | Condition::Raw(text) => f.write_str(text)?,
            }
        }
        Ok(())
    }
}

/// A text as OData writes it: in single quotes, those inside doubled.
pub(crate) fn quoted(value: impl Display) -> String {
    let mut text = String::new();
    let _ = write!(text, "{value}");
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_joined_and_quoted() {
        let number: PhoneNumber = "+12065550100".parse().unwrap();
        let filter = NumberFilter::new()
            .telephone_number(&number)
            .number_type(NumberType::DirectRouting)
            .operator_id("O'Neil")
            .odata("city eq 'a' or city eq 'b'");
        assert_eq!(
            filter.to_string(),
            "telephoneNumber eq '+12065550100' and numberType eq 'directRouting' and operatorId eq 'O''Neil' and (city eq 'a' or city eq 'b')"
        );
    }

    #[test]
    fn one_condition_of_the_callers_own_stands_as_it_is() {
        let filter = NumberFilter::new().odata("city eq 'a' or city eq 'b'");
        assert_eq!(filter.to_string(), "city eq 'a' or city eq 'b'");
        let narrowed = filter.status(AssignmentStatus::Unassigned);
        assert_eq!(
            narrowed.to_string(),
            "(city eq 'a' or city eq 'b') and assignmentStatus eq 'unassigned'"
        );
        assert!(NumberFilter::new().odata(" ").is_empty());
    }
}
