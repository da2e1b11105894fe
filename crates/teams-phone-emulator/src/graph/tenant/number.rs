//! Owns one number of the tenant's inventory: what it is, what it can do, whose it is.
//! Refuses to assign itself; operations do.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// The status of a number nobody has.
pub(crate) const UNASSIGNED: &str = "unassigned";

/// A number of the tenant's inventory. Also its JSON form on the admin routes and in tenant files.
///
/// ```
/// use teams_phone_emulator::GraphNumber;
///
/// let number = GraphNumber::service("+12065550100").number_type("operatorConnect").country("US");
/// # let _ = number;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[must_use = "a number does nothing until an emulator is given it"]
pub struct GraphNumber {
    pub(crate) telephone_number: String,
    /// The first part of its id.
    #[serde(default = "Uuid::new_v4")]
    pub(crate) inventory_id: Uuid,
    #[serde(default = "operator")]
    pub(crate) operator_id: String,
    #[serde(default = "calling_plan")]
    pub(crate) number_type: String,
    #[serde(default = "activated")]
    pub(crate) activation_state: String,
    #[serde(default = "for_users")]
    pub(crate) capabilities: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) location_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) civic_address_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) network_site_id: Option<String>,
    /// Object id or user principal name; stands for target, status and category.
    #[serde(default, skip_serializing)]
    pub(crate) assigned_to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) assignment_target_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) assignment_category: Option<String>,
    #[serde(default = "unassigned")]
    pub(crate) assignment_status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) port_in_status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) iso_country_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) city: Option<String>,
    #[serde(default = "online")]
    pub(crate) number_source: String,
    #[serde(default = "location_update")]
    pub(crate) supported_customer_actions: Vec<String>,
    #[serde(default)]
    pub(crate) reverse_number_lookup_options: Vec<String>,
}

impl GraphNumber {
    /// An unassigned Calling Plan number for users.
    pub fn new(telephone_number: &str) -> Self {
        Self {
            telephone_number: telephone_number.to_owned(),
            inventory_id: Uuid::new_v4(),
            operator_id: operator(),
            number_type: calling_plan(),
            activation_state: activated(),
            capabilities: for_users(),
            location_id: None,
            civic_address_id: None,
            network_site_id: None,
            assigned_to: None,
            assignment_target_id: None,
            assignment_category: None,
            assignment_status: unassigned(),
            port_in_status: None,
            iso_country_code: None,
            city: None,
            number_source: online(),
            supported_customer_actions: location_update(),
            reverse_number_lookup_options: Vec::new(),
        }
    }

    /// An unassigned Calling Plan number for resource accounts and conferences.
    pub fn service(telephone_number: &str) -> Self {
        Self::new(telephone_number)
            .capabilities(["conferenceAssignment", "voiceApplicationAssignment"])
    }

    /// `callingPlan` (the default), `directRouting` or `operatorConnect`.
    pub fn number_type(mut self, text: &str) -> Self {
        text.clone_into(&mut self.number_type);
        self
    }

    /// What it can be assigned to, such as `userAssignment` and `voiceApplicationAssignment`.
    pub fn capabilities<'a>(mut self, all: impl IntoIterator<Item = &'a str>) -> Self {
        self.capabilities = all.into_iter().map(str::to_owned).collect();
        self
    }

    /// Gives it to a user or resource account, by object id or user principal name, as its primary number.
    pub fn assigned_to(mut self, target: &str) -> Self {
        self.assigned_to = Some(target.to_owned());
        self
    }

    /// The assignment status alone: without a target, a phantom.
    pub fn status(mut self, text: &str) -> Self {
        text.clone_into(&mut self.assignment_status);
        self
    }

    /// The assignment target alone: with the status `unassigned`, a phantom of the other kind.
    pub fn target_id(mut self, id: &str) -> Self {
        self.assignment_target_id = Some(id.to_owned());
        self
    }

    /// Its activation state. Default: `activated`.
    pub fn activation_state(mut self, text: &str) -> Self {
        text.clone_into(&mut self.activation_state);
        self
    }

    /// Its emergency location.
    pub fn location_id(mut self, id: &str) -> Self {
        self.location_id = Some(id.to_owned());
        self
    }

    /// Its city.
    pub fn city(mut self, name: &str) -> Self {
        self.city = Some(name.to_owned());
        self
    }

    /// Its country, as two letters.
    pub fn country(mut self, code: &str) -> Self {
        self.iso_country_code = Some(code.to_owned());
        self
    }

    /// The number, with its plus sign.
    #[must_use]
    pub fn telephone_number(&self) -> &str {
        &self.telephone_number
    }

    /// The id Graph gives it.
    #[must_use]
    pub fn id(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}|{}", self.inventory_id, self.telephone_number))
    }

    /// Whose it is, as an object id.
    #[must_use]
    pub fn assignment_target_id(&self) -> Option<&str> {
        self.assignment_target_id.as_deref()
    }

    /// Its assignment status.
    #[must_use]
    pub fn assignment_status(&self) -> &str {
        &self.assignment_status
    }

    /// Its assignment category.
    #[must_use]
    pub fn assignment_category(&self) -> Option<&str> {
        self.assignment_category.as_deref()
    }

    /// Its emergency location.
    #[must_use]
    pub fn emergency_location(&self) -> Option<&str> {
        self.location_id.as_deref()
    }

    /// Its network site.
    #[must_use]
    pub fn network_site(&self) -> Option<&str> {
        self.network_site_id.as_deref()
    }

    /// How it is looked up in reverse.
    #[must_use]
    pub fn reverse_number_lookup_options(&self) -> &[String] {
        &self.reverse_number_lookup_options
    }

    pub(crate) fn target(&self) -> Option<Uuid> {
        self.assignment_target_id.as_deref()?.parse().ok()
    }

    /// Whether its status says that somebody has it.
    pub(crate) fn is_assigned(&self) -> bool {
        self.assignment_status != UNASSIGNED
    }

    pub(crate) fn can(&self, capability: &str) -> bool {
        self.capabilities
            .iter()
            .any(|has| has.eq_ignore_ascii_case(capability))
    }

    pub(crate) fn give(&mut self, target: Uuid, status: &str, category: &str) {
        self.assignment_target_id = Some(target.to_string());
        status.clone_into(&mut self.assignment_status);
        self.assignment_category = Some(category.to_owned());
    }

    pub(crate) fn take_back(&mut self) {
        self.assignment_target_id = None;
        self.assignment_category = None;
        self.assignment_status = unassigned();
    }

    /// The entity as Graph shows it.
    pub(crate) fn entity(&self) -> Value {
        json!({
            "@odata.type": "#microsoft.graph.teamsAdministration.numberAssignment",
            "id": self.id(),
            "telephoneNumber": self.telephone_number,
            "operatorId": self.operator_id,
            "numberType": self.number_type,
            "activationState": self.activation_state,
            "capabilities": self.capabilities,
            "locationId": self.location_id,
            "civicAddressId": self.civic_address_id,
            "networkSiteId": self.network_site_id,
            "assignmentTargetId": self.assignment_target_id,
            "assignmentCategory": self.assignment_category,
            "portInStatus": self.port_in_status,
            "assignmentStatus": self.assignment_status,
            "isoCountryCode": self.iso_country_code,
            "city": self.city,
            "numberSource": self.number_source,
            "supportedCustomerActions": self.supported_customer_actions,
            "reverseNumberLookupOptions": self.reverse_number_lookup_options,
        })
    }
}

/// A number with its plus sign, if the text is one, with or without an extension.
pub(crate) fn normalised(text: &str) -> Option<String> {
    let (number, extension) = text.split_once(";ext=").unwrap_or((text, "0"));
    let digits = number.strip_prefix('+').unwrap_or(number);
    let all_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(digits) || !all_digits(extension) || !(2..=20).contains(&digits.len()) {
        return None;
    }
    Some(format!("+{}", text.strip_prefix('+').unwrap_or(text)))
}

fn operator() -> String {
    "7a205197-8e59-487d-b9fa-3fc1b108f1e5".to_owned()
}

fn calling_plan() -> String {
    "callingPlan".to_owned()
}

fn activated() -> String {
    "activated".to_owned()
}

fn for_users() -> Vec<String> {
    vec!["userAssignment".to_owned()]
}

fn unassigned() -> String {
    UNASSIGNED.to_owned()
}

fn online() -> String {
    "online".to_owned()
}

fn location_update() -> Vec<String> {
    vec!["locationUpdate".to_owned()]
}
