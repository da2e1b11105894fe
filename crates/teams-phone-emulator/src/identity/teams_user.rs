//! Owns the exchange of a Teams user's Entra token for a token of the service.
//! Refuses to judge that token by itself; `bearer` does.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    bearer::{Claims, Purpose},
    call::{Call, Context, member},
    failure::Failure,
    reply::Reply,
};

/// Since this version the body also names application and user; before it the token alone.
const NAMES_SINCE: &str = "2022-06-01";
/// One of them must be in the token.
const PERMISSIONS: [&str; 2] = ["Teams.ManageCalls", "Teams.ManageChats"];
const SCOPES: [&str; 2] = ["chat", "voip"];

/// `POST /teamsUser/:exchangeAccessToken`: the new token lives about as long as the one given.
pub(crate) fn exchange(call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    let body = call.body("application/json")?;
    let names = if call.version.as_str() >= NAMES_SINCE {
        Some((filled(&body, "AppId")?, filled(&body, "UserId")?))
    } else {
        None
    };
    let token = text(&body, "token")?.unwrap_or_default();
    let claims = context
        .judge()
        .claims(token)
        .map_err(Failure::invalid_access_token)?;
    if claims.signed {
        check_purpose(&claims)?;
    }
    if let Some((app, user)) = &names {
        check_names(&claims, app, user)?;
    }
    let user = claims
        .oid
        .clone()
        .ok_or_else(|| Failure::invalid_access_token("the claim `oid` is missing"))?;
    let life = claims
        .expiry()
        .map_or(SignedDuration::from_hours(1), |expiry| {
            expiry.duration_since(context.now)
        })
        .min(SignedDuration::from_hours(24));
    let scopes = SCOPES.map(str::to_owned);
    let token = context
        .minter
        .mint(&format!("8:orgid:{user}"), &scopes, context.now, life);
    Ok(Reply::json(StatusCode::OK, &token.to_json()))
}

/// A member that must be there and not empty; the service names it in Pascal case.
fn filled(body: &Map<String, Value>, field: &str) -> Result<String, Failure> {
    text(body, field)?
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .ok_or_else(|| Failure::required(field))
}

fn text<'a>(body: &'a Map<String, Value>, field: &str) -> Result<Option<&'a str>, Failure> {
    let wrong = || Failure::unreadable_body(format!("`{field}` is not a string"));
    member(body, field)
        .map(|value| value.as_str().ok_or_else(wrong))
        .transpose()
}

/// Refuses a token for something else than Teams calling, or of no user.
fn check_purpose(claims: &Claims) -> Result<(), Failure> {
    claims
        .check_audience(Purpose::Calling)
        .map_err(Failure::invalid_access_token)?;
    if PERMISSIONS
        .iter()
        .any(|permission| claims.permits(permission))
    {
        return Ok(());
    }
    let why = format!("`scp` of the token has none of {}", PERMISSIONS.join(", "));
    Err(Failure::invalid_access_token(why))
}

fn check_names(claims: &Claims, app: &str, user: &str) -> Result<(), Failure> {
    let app: Uuid = app
        .parse()
        .map_err(|_| Failure::validation("Provided AppId has invalid format.", "appId"))?;
    let user: Uuid = user
        .parse()
        .map_err(|_| Failure::validation("Provided UserId has invalid format.", "userId"))?;
    if !is(claims.application(), app) {
        return Err(Failure::validation(
            "AAD application is not the expected one.",
            "appId",
        ));
    }
    if !is(claims.oid.as_deref(), user) {
        return Err(Failure::validation(
            "Provided AAD token issued for unexpected user.",
            "userId",
        ));
    }
    Ok(())
}

fn is(claim: Option<&str>, expected: Uuid) -> bool {
    claim.and_then(|text| text.parse().ok()) == Some(expected)
}
