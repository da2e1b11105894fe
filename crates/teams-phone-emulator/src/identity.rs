//! Owns the six operations on identities and their tokens.
//! Refuses to know assignments.

mod teams_user;
mod token_request;

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::{
    call::{Call, Context, member},
    clock,
    failure::Failure,
    operation::PREVIEW_2025,
    reply::Reply,
    state::Identity,
    token::Minted,
};

pub(crate) use teams_user::exchange as exchange_teams_user;
use token_request::TokenRequest;

/// The longest custom id; upstream says so in prose only.
const MAX_CUSTOM_ID: usize = 256;

/// `POST /identities`: 201 also when the custom id is known already.
pub(crate) fn create(call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    let body: Map<String, Value> = if call.request.body.is_empty() {
        Map::new()
    } else {
        call.body("application/json")?
    };
    let wanted = match member(&body, "createTokenWithScopes") {
        None => None,
        Some(Value::Array(scopes)) if scopes.is_empty() => None,
        Some(scopes) => Some(TokenRequest::read(
            scopes,
            "CreateTokenWithScopes",
            &body,
            &call.version,
        )?),
    };
    if wanted.is_none() {
        token_request::minutes(&body, &call.version)?;
    }
    let id = context
        .state
        .identity_for(custom_id(&body, &call.version)?, context.now);
    let token = wanted.map(|wanted| issue(&id, &wanted, context));
    let identity = context
        .state
        .identities
        .get(&id)
        .ok_or_else(Failure::identity_not_owned)?;
    let mut result = json!({ "identity": describe(&id, identity, &call.version) });
    if let Some(token) = token {
        result["accessToken"] = token.to_json();
    }
    Ok(Reply::json(StatusCode::CREATED, &result))
}

/// `GET /identities/{id}`.
pub(crate) fn get(call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    let id = call.params.value("id");
    let identity = context
        .state
        .identities
        .get(id)
        .ok_or_else(Failure::identity_not_owned)?;
    Ok(Reply::json(
        StatusCode::OK,
        &describe(id, identity, &call.version),
    ))
}

/// `DELETE /identities/{id}`: a second time the identity is nobody's.
pub(crate) fn delete(call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    if context.state.remove_identity(call.params.value("id")) {
        Ok(Reply::empty(StatusCode::NO_CONTENT))
    } else {
        Err(Failure::identity_not_owned())
    }
}

/// `POST /identities/{id}/:revokeAccessTokens`.
pub(crate) fn revoke_tokens(call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    let identity = context
        .state
        .identities
        .get_mut(call.params.value("id"))
        .ok_or_else(Failure::identity_not_owned)?;
    identity.tokens_revoked_at = Some(context.now);
    context.state.touch();
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// `POST /identities/{id}/:issueAccessToken`.
pub(crate) fn issue_token(call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    let body = call.body("application/json")?;
    let scopes = member(&body, "scopes").ok_or_else(|| Failure::required("Scopes"))?;
    let wanted = TokenRequest::read(scopes, "Scopes", &body, &call.version)?;
    let id = call.params.value("id");
    if !context.state.identities.contains_key(id) {
        return Err(Failure::identity_not_owned());
    }
    let token = issue(id, &wanted, context);
    Ok(Reply::json(StatusCode::OK, &token.to_json()))
}

fn issue(id: &str, wanted: &TokenRequest, context: &mut Context<'_>) -> Minted {
    if let Some(identity) = context.state.identities.get_mut(id) {
        identity.last_token_issued_at = Some(context.now);
        context.state.touch();
    }
    context
        .minter
        .mint(id, &wanted.scopes, context.now, wanted.life)
}

/// The identity as the version shows it; optional members are left out, never null.
fn describe(id: &str, identity: &Identity, version: &str) -> Value {
    let mut shown = Map::new();
    if version == PREVIEW_2025 {
        if let Some(custom) = &identity.custom_id {
            shown.insert("customId".into(), custom.clone().into());
        }
        if let Some(at) = identity.last_token_issued_at {
            shown.insert("lastTokenIssuedAt".into(), clock::whole_seconds(at).into());
        }
    }
    shown.insert("id".into(), id.into());
    Value::Object(shown)
}

/// The custom id; versions without it ignore the member, as they do every unknown one.
fn custom_id(body: &Map<String, Value>, version: &str) -> Result<Option<String>, Failure> {
    if version != PREVIEW_2025 {
        return Ok(None);
    }
    let invalid = |why: String| Err(Failure::validation(format!("CustomId: {why}"), "CustomId"));
    match member(body, "customId") {
        None => Ok(None),
        Some(Value::String(text)) if text.is_empty() => {
            invalid("the value must not be empty.".into())
        }
        Some(Value::String(text)) if text.chars().count() > MAX_CUSTOM_ID => invalid(format!(
            "the value must not be longer than {MAX_CUSTOM_ID} characters."
        )),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Failure::unreadable_body("`customId` is not a string")),
    }
}
