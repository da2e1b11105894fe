//! Owns a number as the tenant has it, and the reading of whom it belongs to.

use graph_teams_rest::v1_0::types;

use super::{
    ActivationState, AssignmentCategory, AssignmentStatus, CustomerAction, NumberCapability,
    NumberSource, NumberType, PortInStatus, ReverseNumberLookupOption,
};
use crate::{NumberId, ObjectId, PhoneNumber};

/// What stands where no id is.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// A number of the tenant and its assignment.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NumberAssignment {
    /// The id of this entry.
    pub id: NumberId,
    /// The number.
    pub telephone_number: PhoneNumber,
    /// Who provides it.
    pub number_type: NumberType,
    /// How far the last change has come.
    pub activation_state: ActivationState,
    /// What it may be used for.
    pub capabilities: Vec<NumberCapability>,
    /// Whether it is in use, and by what; see [`NumberAssignment::holding`].
    pub assignment_status: Option<AssignmentStatus>,
    /// The user or resource account that has it; see [`NumberAssignment::holding`].
    pub assignment_target_id: Option<ObjectId>,
    /// The part it plays for its holder.
    pub assignment_category: Option<AssignmentCategory>,
    /// The operator that provides it.
    pub operator_id: Option<String>,
    /// The emergency location.
    pub location_id: Option<String>,
    /// The civic address of that location.
    pub civic_address_id: Option<String>,
    /// Reserved by the service.
    pub network_site_id: Option<String>,
    /// The country, as two letters of ISO 3166-1.
    pub iso_country_code: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The directory it was entered in.
    pub number_source: Option<NumberSource>,
    /// The state of an order to bring it over from another operator.
    pub port_in_status: Option<PortInStatus>,
    /// What an administrator may do with it.
    pub supported_customer_actions: Vec<CustomerAction>,
    /// How calls inside of the tenant use it.
    pub reverse_number_lookup_options: Vec<ReverseNumberLookupOption>,
}

/// Whom a number belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Holding<'a> {
    /// Nobody.
    Free,
    /// A user or resource account.
    By(&'a ObjectId),
    /// Something without an object id of its own, such as a conference bridge or a policy.
    Other(&'a AssignmentStatus),
    /// Status and target contradict each other, as the service is known to answer at times: neither free
    /// nor anybody's. Reading again later may show one or the other.
    Unclear,
}

impl NumberAssignment {
    /// Whom the number belongs to. It counts as somebody's only if status and target agree.
    #[must_use]
    pub fn holding(&self) -> Holding<'_> {
        let target = self.assignment_target_id.as_ref();
        let target = target.filter(|target| target.as_str() != NOBODY);
        match (&self.assignment_status, target) {
            (None | Some(AssignmentStatus::Unassigned), None) => Holding::Free,
            (
                Some(
                    AssignmentStatus::UserAssigned
                    | AssignmentStatus::VoiceApplicationAssigned
                    | AssignmentStatus::ThirdPartyAppAssigned
                    | AssignmentStatus::ConferenceAssigned
                    | AssignmentStatus::PolicyAssigned,
                ),
                Some(target),
            ) => Holding::By(target),
            (
                Some(
                    status @ (AssignmentStatus::ConferenceAssigned
                    | AssignmentStatus::ThirdPartyAppAssigned
                    | AssignmentStatus::PolicyAssigned),
                ),
                None,
            ) => Holding::Other(status),
            _ => Holding::Unclear,
        }
    }

    /// Whether this user or resource account has the number.
    #[must_use]
    pub fn is_held_by(&self, target: &ObjectId) -> bool {
        self.holding() == Holding::By(target)
    }
}

impl From<types::NumberAssignment> for NumberAssignment {
    fn from(answer: types::NumberAssignment) -> Self {
        Self {
            id: NumberId::from_service(answer.id),
            telephone_number: PhoneNumber::from_service(&answer.telephone_number),
            number_type: answer.number_type,
            activation_state: answer.activation_state,
            capabilities: answer.capabilities.unwrap_or_default(),
            assignment_status: answer.assignment_status,
            assignment_target_id: answer
                .assignment_target_id
                .filter(|id| !id.is_empty())
                .map(ObjectId::from_service),
            assignment_category: answer.assignment_category,
            operator_id: answer.operator_id,
            location_id: answer.location_id,
            civic_address_id: answer.civic_address_id,
            network_site_id: answer.network_site_id,
            iso_country_code: answer.iso_country_code,
            city: answer.city,
            number_source: answer.number_source,
            port_in_status: answer.port_in_status,
            supported_customer_actions: answer.supported_customer_actions.unwrap_or_default(),
            reverse_number_lookup_options: answer.reverse_number_lookup_options.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(status: &str, target: &str) -> NumberAssignment {
        let mut json = serde_json::json!({
            "id": "x", "telephoneNumber": "+12065550100", "operatorId": "o",
            "numberType": "directRouting", "activationState": "activated", "capabilities": [],
            "supportedCustomerActions": [], "reverseNumberLookupOptions": [],
        });
        if !status.is_empty() {
            json["assignmentStatus"] = status.into();
        }
        if target != "-" {
            json["assignmentTargetId"] = target.into();
        }
        let answer: types::NumberAssignment = serde_json::from_value(json).unwrap();
        answer.into()
    }

    #[test]
    fn a_number_is_somebodys_only_if_status_and_target_agree() {
        let id = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111";
        let holder: ObjectId = id.parse().unwrap();
        for (status, target, expected) in [
            ("unassigned", "-", Holding::Free),
            ("unassigned", NOBODY, Holding::Free),
            ("", "-", Holding::Free),
            ("userAssigned", id, Holding::By(&holder)),
            (
                "voiceApplicationAssigned",
                &id.to_uppercase(),
                Holding::By(&holder),
            ),
            ("userAssigned", "-", Holding::Unclear),
            ("voiceApplicationAssigned", NOBODY, Holding::Unclear),
            ("unassigned", id, Holding::Unclear),
            ("internalError", id, Holding::Unclear),
            ("newStatus", id, Holding::Unclear),
            ("newStatus", "-", Holding::Unclear),
        ] {
            assert_eq!(
                number(status, target).holding(),
                expected,
                "{status} {target}"
            );
        }
        let conference = number("conferenceAssigned", "-");
        assert_eq!(
            conference.holding(),
            Holding::Other(&AssignmentStatus::ConferenceAssigned)
        );
    }
}
