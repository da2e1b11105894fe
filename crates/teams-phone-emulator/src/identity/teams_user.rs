//! Owns the exchange of a Teams user's Entra token for a token of the service.
//! Refuses to check that token's signature (see `bearer`).

use http::StatusCode;
use jiff::SignedDuration;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    bearer::Claims,
    call::{Call, Context},
    failure::Failure,
    reply::Reply,
};

/// Since this version the body also names application and user; before it the token alone.
const NAMES_SINCE: &str = "2022-06-01";
const SCOPES: [&str; 2] = ["chat", "voip"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Exchange {
    token: Option<String>,
    app_id: Option<String>,
    user_id: Option<String>,
}

/// `POST /teamsUser/:exchangeAccessToken`: the new token lives about as long as the one given.
pub(crate) fn exchange(call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    let body: Exchange = call.body(&["application/json"])?;
    let names = if call.version.as_str() >= NAMES_SINCE {
        Some((
            filled(body.app_id, "AppId")?,
            filled(body.user_id, "UserId")?,
        ))
    } else {
        None
    };
    let claims = Claims::read(&body.token.unwrap_or_default(), context.now)
        .map_err(Failure::invalid_access_token)?;
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

fn filled(value: Option<String>, field: &str) -> Result<String, Failure> {
    value
        .filter(|text| !text.is_empty())
        .ok_or_else(|| Failure::required(field))
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
