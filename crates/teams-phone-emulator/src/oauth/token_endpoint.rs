//! Owns the token endpoint: each grant from its parameters to the tokens.
//! Refuses to know how a client proves itself.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{directory::User, request::Received};

use super::{
    Authority, Tenant, authorize,
    client_auth::{self, Client},
    device,
    form::Form,
    grants::SignIn,
    mint::Occasion,
    refusal::Refusal,
    scopes::Asked,
};

/// `POST /{tenant}/oauth2/v2.0/token`.
pub(crate) fn answer(
    form: &Form,
    tenant: Tenant,
    segment: &str,
    request: &Received,
    authority: &mut Authority<'_>,
) -> Result<Value, Refusal> {
    let grant = form.required("grant_type")?;
    let client = client_auth::authenticate(form, segment, request, authority)?;
    let sign_in = match grant {
        "client_credentials" => return client_credentials(form, tenant, &client, authority),
        "authorization_code" => authorize::redeem(form, &client, authority)?,
        "refresh_token" => refresh(form, &client, authority)?,
        device::GRANT => device::redeem(form, &client, authority)?,
        other => {
            let shown: String = other.chars().take(64).collect();
            let text = format!("The emulator has no grant '{shown}'.");
            return Err(Refusal::new("unsupported_grant_type", 70_003, text));
        }
    };
    for_user(form, sign_in, tenant, &client, authority)
}

fn client_credentials(
    form: &Form,
    tenant: Tenant,
    client: &Client<'_>,
    authority: &Authority<'_>,
) -> Result<Value, Refusal> {
    client_auth::must_be_proven(client)?;
    let Tenant::One(tenant) = tenant else {
        let text = "Without a user the authority's URL must name the tenant, not 'common' or 'organizations'.";
        return Err(Refusal::new("invalid_request", 50_059, text));
    };
    let asked = Asked::parse(form.required("scope")?)?;
    if !asked.is_default() {
        let text = "Without a user the scope must be one resource followed by '/.default'.";
        return Err(Refusal::new("invalid_scope", 1_002_012, text));
    }
    let occasion = occasion(form, tenant, client, authority)?;
    let claims = occasion.for_application(&asked);
    Ok(json!({
        "token_type": "Bearer",
        "expires_in": occasion.life,
        "ext_expires_in": occasion.life,
        "access_token": authority.signer.sign(&claims),
    }))
}

fn refresh(form: &Form, client: &Client<'_>, authority: &Authority<'_>) -> Result<SignIn, Refusal> {
    client_auth::may_be_public(client)?;
    let known = authority.grants.refreshed(form.required("refresh_token")?);
    let sign_in = known.filter(|sign_in| sign_in.client == client.id).ok_or_else(|| {
        let text = "The refresh token is not one that this emulator gave to this client since its start.";
        Refusal::invalid_grant(70_000, text)
    })?;
    Ok(SignIn {
        scope: form.value("scope").unwrap_or(&sign_in.scope).to_owned(),
        ..sign_in.clone()
    })
}

/// The tokens of someone who has signed in.
fn for_user(
    form: &Form,
    sign_in: SignIn,
    tenant: Tenant,
    client: &Client<'_>,
    authority: &mut Authority<'_>,
) -> Result<Value, Refusal> {
    let asked = Asked::parse(&sign_in.scope)?;
    let (user, home) = user_of(sign_in.user, tenant, authority)?;
    let granted = asked.granted(client.application)?;
    let occasion = occasion(form, home, client, authority)?;
    let access = occasion.for_user(&asked, &granted, sign_in.user, user);
    let mut answer = json!({
        "token_type": "Bearer",
        "scope": asked.shown(&granted),
        "expires_in": occasion.life,
        "ext_expires_in": occasion.life,
        "access_token": authority.signer.sign(&access),
    });
    if asked.signs_in() {
        let identity = occasion.identity(sign_in.user, user, sign_in.nonce.as_deref());
        answer["id_token"] = authority.signer.sign(&identity).into();
    }
    if form.value("client_info") == Some("1") {
        let info = json!({ "uid": sign_in.user, "utid": home });
        answer["client_info"] = URL_SAFE_NO_PAD.encode(info.to_string()).into();
    }
    if asked.wants_refresh() {
        answer["refresh_token"] = authority.grants.refreshable(sign_in).into();
    }
    Ok(answer)
}

/// A user and their tenant, if the path's tenant admits it.
pub(crate) fn user_of<'a>(
    id: Uuid,
    tenant: Tenant,
    authority: &Authority<'a>,
) -> Result<(&'a User, Uuid), Refusal> {
    let user = authority.directory.user(id);
    let home = user.and_then(User::tenant_id);
    user.zip(home)
        .filter(|(_, home)| tenant.admits(*home))
        .ok_or_else(|| {
            let text = format!("User '{id}' does not exist in the tenant of the authority's URL.");
            Refusal::invalid_grant(50_020, text)
        })
}

fn occasion<'a>(
    form: &Form,
    tenant: Uuid,
    client: &Client<'a>,
    authority: &'a Authority<'_>,
) -> Result<Occasion<'a>, Refusal> {
    Ok(Occasion {
        origin: &authority.origin,
        tenant,
        client: client.id,
        application: client.application,
        proof: client.proof,
        now: authority.now,
        life: authority.settings.access_token_lifetime,
        takes_challenges: takes_challenges(form)?,
    })
}

/// Whether the `claims` parameter announces the capability `cp1`, as clients that answer challenges do.
fn takes_challenges(form: &Form) -> Result<bool, Refusal> {
    let Some(text) = form.value("claims") else {
        return Ok(false);
    };
    let claims: Value = serde_json::from_str(text)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| {
            Refusal::new(
                "invalid_request",
                9_002_313,
                "'claims' is not a JSON object.",
            )
        })?;
    let capabilities = claims
        .pointer("/access_token/xms_cc/values")
        .and_then(Value::as_array);
    Ok(capabilities.is_some_and(|all| {
        all.iter().any(|one| {
            one.as_str()
                .is_some_and(|one| one.eq_ignore_ascii_case("cp1"))
        })
    }))
}
