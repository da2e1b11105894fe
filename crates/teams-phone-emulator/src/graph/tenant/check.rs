//! Owns the check of a tenant: defaults filled in, references resolved, the member named that is wrong.
//! Refuses to know where the tenant came from.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{
    GraphNumber, GraphUser, ResourceAccount, Sku, Tenant, normalised, number::UNASSIGNED,
    person::Person,
};

/// The department that every resource account has in the directory.
const DEPARTMENT: &str = "Microsoft Communication Application Instance";

pub(crate) const NUMBER_TYPES: &[&str] = &["directRouting", "callingPlan", "operatorConnect"];
pub(crate) const CATEGORIES: &[&str] = &["primary", "private", "alternate"];
pub(crate) const LOOKUP_OPTIONS: &[&str] = &["skipInternalVoip"];
const ACTIVATION: &[&str] = &[
    "activated",
    "assignmentPending",
    "assignmentFailed",
    "updatePending",
    "updateFailed",
];
const STATUSES: &[&str] = &[
    UNASSIGNED,
    "internalError",
    "userAssigned",
    "conferenceAssigned",
    "voiceApplicationAssigned",
    "thirdPartyAppAssigned",
    "policyAssigned",
];
const CAPABILITIES: &[&str] = &[
    "conferenceAssignment",
    "voiceApplicationAssignment",
    "userAssignment",
    "teamsPhoneMobile",
];
const SOURCES: &[&str] = &["online", "onPremises"];

/// How many users, accounts and numbers were there before, so that errors count those that are new.
pub(super) type Before = [usize; 3];

pub(super) fn settled(mut tenant: Tenant, before: Before) -> Result<Tenant, String> {
    tenant.skus.iter_mut().for_each(Sku::settle);
    let skus = tenant.skus.clone();
    let sku = |text: &str| {
        let is = |sku: &&Sku| sku.is_called(text) || text.parse() == Ok(sku.id());
        skus.iter().find(is).map(Sku::id)
    };
    for (place, user) in tenant.users.iter_mut().enumerate() {
        let place = place.saturating_sub(before[0]);
        settle_user(user, &sku).map_err(|why| format!("users[{place}].{why}"))?;
    }
    for (place, account) in tenant.resource_accounts.iter_mut().enumerate() {
        let place = place.saturating_sub(before[1]);
        let at = |why| format!("resourceAccounts[{place}].{why}");
        settle_account(account, &sku).map_err(at)?;
    }
    let mut numbers = std::mem::take(&mut tenant.numbers);
    for (place, number) in numbers.iter_mut().enumerate() {
        let place = place.saturating_sub(before[2]);
        settle_number(number, &tenant).map_err(|why| format!("numbers[{place}].{why}"))?;
    }
    tenant.numbers = numbers;
    distinct(&tenant)?;
    Ok(tenant)
}

/// Refuses a tenant that has something twice.
pub(super) fn distinct(tenant: &Tenant) -> Result<(), String> {
    let skus = tenant
        .skus
        .iter()
        .map(|sku| sku.part_number().to_uppercase());
    unique("skus", "skuPartNumber", skus)?;
    let people = || tenant.people().map(|(_, person)| person);
    let names = people().map(|person| person.user_principal_name.to_lowercase());
    unique("users and resourceAccounts", "userPrincipalName", names)?;
    let ids = people().filter_map(|person| person.id);
    unique("users and resourceAccounts", "id", ids)?;
    let numbers = tenant.numbers.iter().map(|number| &number.telephone_number);
    unique("numbers", "telephoneNumber", numbers)
}

fn settle_user(user: &mut GraphUser, sku: &impl Fn(&str) -> Option<Uuid>) -> Result<(), String> {
    person(&mut user.person, sku)?;
    if user.person.app_id.is_some() || user.person.acs_resource_id.is_some() {
        return Err("appId, acsResourceId: only resourceAccounts have them".to_owned());
    }
    Ok(())
}

fn settle_account(
    account: &mut ResourceAccount,
    sku: &impl Fn(&str) -> Option<Uuid>,
) -> Result<(), String> {
    let known = &mut account.person;
    person(known, sku)?;
    known.department = Some(DEPARTMENT.to_owned());
    guid("appId", known.app_id.as_mut())?;
    guid("acsResourceId", known.acs_resource_id.as_mut())
}

fn person(person: &mut Person, sku: &impl Fn(&str) -> Option<Uuid>) -> Result<(), String> {
    if let Some(text) = &person.bad_id {
        return Err(format!("id: `{}` is not a GUID", shown(text)));
    }
    person.id.get_or_insert_with(Uuid::new_v4);
    let name = &person.user_principal_name;
    if !name.contains('@') || name.contains(char::is_whitespace) {
        return Err(format!(
            "userPrincipalName: `{}` is not of the form name@domain",
            shown(name)
        ));
    }
    if let Some(country) = &person.usage_location
        && !is_country(country)
    {
        return Err(format!(
            "usageLocation: `{}` is not two capital letters",
            shown(country)
        ));
    }
    for (place, text) in person.licences.iter_mut().enumerate() {
        let id = sku(text).ok_or_else(|| {
            format!(
                "licences[{place}]: `{}` is neither part number nor id of one of the skus",
                shown(text)
            )
        })?;
        *text = id.to_string();
    }
    Ok(())
}

pub(crate) fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn settle_number(number: &mut GraphNumber, tenant: &Tenant) -> Result<(), String> {
    number.telephone_number = normalised(&number.telephone_number).ok_or_else(|| {
        format!(
            "telephoneNumber: `{}` is not a number such as +12065550100",
            shown(&number.telephone_number)
        )
    })?;
    member("numberType", &number.number_type, NUMBER_TYPES)?;
    member("activationState", &number.activation_state, ACTIVATION)?;
    member("assignmentStatus", &number.assignment_status, STATUSES)?;
    member("numberSource", &number.number_source, SOURCES)?;
    if let Some(category) = &number.assignment_category {
        member("assignmentCategory", category, CATEGORIES)?;
    }
    for (place, text) in number.capabilities.iter().enumerate() {
        member(&format!("capabilities[{place}]"), text, CAPABILITIES)?;
    }
    for (place, text) in number.reverse_number_lookup_options.iter().enumerate() {
        member(
            &format!("reverseNumberLookupOptions[{place}]"),
            text,
            LOOKUP_OPTIONS,
        )?;
    }
    guid("assignmentTargetId", number.assignment_target_id.as_mut())?;
    if let Some(text) = number.assigned_to.take() {
        let id = tenant.id_of(&text).ok_or_else(|| {
            format!(
                "assignedTo: `{}` is none of the users and resourceAccounts",
                shown(&text)
            )
        })?;
        let category = number
            .assignment_category
            .clone()
            .unwrap_or_else(|| "primary".to_owned());
        number.give(id, tenant.status_for(id), &category);
    }
    Ok(())
}

impl Tenant {
    /// The status of a number that somebody has.
    pub(crate) fn status_for(&self, id: Uuid) -> &'static str {
        match self.person(id) {
            Some((super::Kind::Account, _)) => "voiceApplicationAssigned",
            _ => "userAssigned",
        }
    }
}

fn member(name: &str, text: &str, known: &[&str]) -> Result<(), String> {
    if known.contains(&text) {
        return Ok(());
    }
    Err(format!(
        "{name}: `{}` is none of {}",
        shown(text),
        known.join(", ")
    ))
}

fn guid(name: &str, text: Option<&mut String>) -> Result<(), String> {
    let Some(text) = text else { return Ok(()) };
    let id: Uuid = text
        .parse()
        .map_err(|_| format!("{name}: `{}` is not a GUID", shown(text)))?;
    *text = id.to_string();
    Ok(())
}

fn unique<T: Ord + std::fmt::Display>(
    list: &str,
    name: &str,
    values: impl Iterator<Item = T>,
) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for value in values {
        let text = value.to_string();
        if !seen.insert(value) {
            return Err(format!("{list}: {name} `{}` appears twice", shown(&text)));
        }
    }
    Ok(())
}

fn shown(text: &str) -> String {
    text.chars().take(64).collect()
}
