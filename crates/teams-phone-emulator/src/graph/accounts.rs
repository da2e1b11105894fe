//! Owns reading resource accounts and user configurations.
//! Refuses to make accounts: Graph cannot.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::reply::Reply;

use super::{
    desk::Desk,
    failure::Failure,
    filter::Schema,
    numbers::number_of,
    query::{Page, Query},
    tenant::{GraphUser, Place, Sku, Tenant},
};

const ACCOUNTS: &str = "admin/teams/resourceAccounts";
const CONFIGURATIONS: &str = "admin/teams/userConfigurations";
const PAGE: Page = Page::Token(100, 1000);
/// When every account was made and changed, as far as configurations tell.
const MADE: &str = "2026-01-05T09:00:00.0000000Z";

const ACCOUNT_SCHEMA: Schema = Schema {
    scalars: &["appId", "acsResourceId"],
    collections: &[],
};
const CONFIGURATION_SCHEMA: Schema = Schema {
    scalars: &[
        "id",
        "userPrincipalName",
        "tenantId",
        "accountType",
        "isEnterpriseVoiceEnabled",
    ],
    collections: &["featureTypes"],
};

/// `GET .../resourceAccounts`.
pub(crate) fn list(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    let query = Query::read(
        desk.request,
        &["$filter", "$top", "$skiptoken"],
        PAGE.most(),
    )?;
    desk.tenant.advance(desk.now, |_| false);
    let all: Vec<Uuid> = ids(desk.tenant);
    let now = desk.now;
    let mut items = Vec::new();
    for id in all {
        if desk.tenant.sees(id, Place::ResourceAccounts, now) {
            items.extend(account(desk.tenant, id));
        }
    }
    let items = query.filtered(items, ACCOUNT_SCHEMA)?;
    Ok(desk.page(ACCOUNTS, items, &query, PAGE))
}

/// `GET .../resourceAccounts/{id}`.
pub(crate) fn get(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    Query::read(desk.request, &[], 0)?;
    desk.tenant.advance(desk.now, |_| false);
    let missing = || Failure::not_found("There is no resource account with this id.");
    let id: Uuid = desk.id.parse().map_err(|_| missing())?;
    if !desk.tenant.sees(id, Place::ResourceAccounts, desk.now) {
        return Err(missing());
    }
    let entity = account(desk.tenant, id).ok_or_else(missing)?;
    Ok(desk.entity(ACCOUNTS, entity))
}

fn ids(tenant: &Tenant) -> Vec<Uuid> {
    let accounts = tenant.resource_accounts.iter();
    accounts.filter_map(|account| account.person.id).collect()
}

fn account(tenant: &Tenant, id: Uuid) -> Option<Value> {
    let mut accounts = tenant.resource_accounts.iter();
    let account = accounts.find(|account| account.person.id == Some(id))?;
    Some(account.entity(number_of(tenant, id).as_deref()))
}

/// `GET .../userConfigurations`: users only, whatever `accountType` can say.
pub(crate) fn list_configurations(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    let allowed = ["$select", "$filter", "$top", "$skiptoken"];
    let query = Query::read(desk.request, &allowed, PAGE.most())?;
    desk.tenant.advance(desk.now, |_| false);
    let users = desk.tenant.users.iter();
    let all = users.map(|user| configuration(desk, user)).collect();
    let items = query.filtered(all, CONFIGURATION_SCHEMA)?;
    let items = items.into_iter().map(|item| query.selected(item, &[]));
    let items = items.collect::<Result<Vec<Value>, Failure>>()?;
    Ok(desk.page(CONFIGURATIONS, items, &query, PAGE))
}

/// `GET .../userConfigurations/{id}`.
pub(crate) fn get_configuration(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    let query = Query::read(desk.request, &["$select"], 0)?;
    desk.tenant.advance(desk.now, |_| false);
    let id: Option<Uuid> = desk.id.parse().ok();
    let mut users = desk.tenant.users.iter();
    let user = users.find(|user| id.is_some() && user.person.id == id);
    let user =
        user.ok_or_else(|| Failure::not_found("There is no user configuration with this id."))?;
    let entity = query.selected(configuration(desk, user), &[])?;
    Ok(desk.entity(CONFIGURATIONS, entity))
}

fn configuration(desk: &Desk<'_>, user: &GraphUser) -> Value {
    let id = user.person.id.unwrap_or_default();
    let numbers: Vec<Value> = desk
        .tenant
        .numbers_of(id)
        .map(|number| {
            json!({
                "telephoneNumber": number.telephone_number(),
                "assignmentCategory": number.assignment_category().unwrap_or("primary"),
            })
        })
        .collect();
    let mut skus = user.person.skus().filter_map(|sku| desk.tenant.sku(sku));
    let has_voice = skus.any(Sku::has_telephony);
    let features: &[&str] = if has_voice {
        &["Teams", "PhoneSystem"]
    } else {
        &["Teams"]
    };
    json!({
        "id": id,
        "userPrincipalName": user.person.user_principal_name,
        "tenantId": desk.home,
        "effectivePolicyAssignments": [{
            "policyType": "TeamsCallingPolicy",
            "policyAssignment": {
                "displayName": "AllowCalling",
                "assignmentType": "direct",
                "policyId": "QWxsb3dDYWxsaW5n",
                "groupId": null,
            },
        }],
        "telephoneNumbers": numbers,
        "isEnterpriseVoiceEnabled": has_voice,
        "featureTypes": features,
        "accountType": "user",
        "createdDateTime": MADE,
        "modifiedDateTime": MADE,
    })
}
