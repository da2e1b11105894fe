//! Owns the look at the claims of an Entra token before it is sent: which of the ids given is wrong.
//!
//! It is a help, not a defence: signatures are not checked, and what cannot be read is left to the service.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value};
use teams_phone_core::{Error, ErrorKind, Result};

use crate::{ClientId, ObjectId, TenantId};

/// The hosts that name Communication Services as the audience of a token, in both clouds.
const AUDIENCE_HOSTS: [&str; 4] = [
    "auth.msft.communication.azure.com",
    "auth.msft.communication.azure.us",
    "communication.azure.com",
    "communication.azure.us",
];

/// The application id of Communication Services, the audience of version 2 tokens.
const AUDIENCE_ID: &str = "1fd5118e-2576-4263-8130-9503064c837a";

/// What to ask Entra for.
const SCOPE: &str = "https://auth.msft.communication.azure.com/Teams.ManageCalls";

/// The claims that the service compares, as far as they are there.
#[derive(Clone, Default)]
pub(super) struct Claims {
    audiences: Vec<String>,
    expires_on: Option<Timestamp>,
    tenant: Option<String>,
    object: Option<String>,
    application: Option<(&'static str, String)>,
}

/// What the caller says about the token.
pub(super) struct Expected<'a> {
    pub(super) user: &'a ObjectId,
    pub(super) client_id: &'a ClientId,
    pub(super) tenant: Option<&'a TenantId>,
}

impl Claims {
    /// Reads a signed token; `None` for one that is opaque or encrypted.
    pub(super) fn read(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let (header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        object(header)?;
        let claims = object(payload)?;
        let text = |name: &str| claims.get(name)?.as_str().map(str::to_owned);
        Some(Self {
            audiences: audiences(claims.get("aud")),
            expires_on: claims.get("exp").and_then(moment),
            tenant: text("tid"),
            object: text("oid"),
            application: text("appid")
                .map(|id| ("appid", id))
                .or_else(|| text("azp").map(|id| ("azp", id))),
        })
    }

    /// Says everything that is wrong at once, so that nobody has to try four times.
    pub(super) fn check(&self, expected: &Expected<'_>, now: Timestamp) -> Result<()> {
        let ids: Vec<String> = [
            self.wrong_user(expected),
            self.wrong_application(expected),
            self.wrong_tenant(expected),
        ]
        .into_iter()
        .flatten()
        .collect();
        let kind = if ids.is_empty() {
            ErrorKind::Credential
        } else {
            ErrorKind::Config
        };
        let token = [self.wrong_audience(expected), self.expired(now)];
        let problems: Vec<String> = ids.into_iter().chain(token.into_iter().flatten()).collect();
        if problems.is_empty() {
            return Ok(());
        }
        Err(Error::new(kind, problems.join("; also, ")))
    }

    fn wrong_user(&self, expected: &Expected<'_>) -> Option<String> {
        let claim = self.object.as_deref()?;
        let user = expected.user.as_str();
        if same(claim, user) {
            return None;
        }
        let mixed_up = self.mixed_up(user, "oid");
        Some(format!(
            "user {user} is {mixed_up}not the user of the token; give the object id of its claim `oid`, {}",
            shown(claim)
        ))
    }

    fn wrong_application(&self, expected: &Expected<'_>) -> Option<String> {
        let (name, claim) = self.application.as_ref()?;
        let id = expected.client_id.as_str();
        if same(claim, id) {
            return None;
        }
        let mixed_up = self.mixed_up(id, name);
        Some(format!(
            "client id {id} is {mixed_up}not the application that the token was issued to; give the one of its claim `{name}`, {}, or sign the user in with {id}",
            shown(claim)
        ))
    }

    fn wrong_tenant(&self, expected: &Expected<'_>) -> Option<String> {
        let claim = self.tenant.as_deref()?;
        let tenant = expected.tenant?.as_str();
        if same(claim, tenant) {
            return None;
        }
        let mixed_up = self.mixed_up(tenant, "tid");
        Some(format!(
            "tenant {tenant} is {mixed_up}not the tenant of the token; give the one of its claim `tid`, {}, or sign the user in to {tenant}",
            shown(claim)
        ))
    }

    fn wrong_audience(&self, expected: &Expected<'_>) -> Option<String> {
        if self.audiences.is_empty() || self.audiences.iter().any(|audience| is_ours(audience)) {
            return None;
        }
        let shown: Vec<String> = self
            .audiences
            .iter()
            .take(3)
            .map(|one| shown(one))
            .collect();
        let id_token = self
            .audiences
            .iter()
            .any(|one| same(one, expected.client_id.as_str()));
        let what = if id_token {
            "is an id token of the application"
        } else {
            "is for another service"
        };
        Some(format!(
            "the token {what}: its claim `aud` is {}; get an access token for the scope {SCOPE}",
            shown.join(", ")
        ))
    }

    fn expired(&self, now: Timestamp) -> Option<String> {
        let expires_on = self.expires_on.filter(|expires_on| *expires_on <= now)?;
        Some(format!(
            "the token expired at {expires_on} (claim `exp`), and it is {now:.0} now; get a new one"
        ))
    }

    /// Whether an id that does not fit its claim is the value of another one.
    fn mixed_up(&self, id: &str, but: &str) -> &'static str {
        let is = |claim: Option<&str>| claim.is_some_and(|claim| same(claim, id));
        let application = self.application.as_ref();
        if but != "tid" && is(self.tenant.as_deref()) {
            "the id of the tenant, "
        } else if but != "oid" && is(self.object.as_deref()) {
            "the id of the user, "
        } else if !but.starts_with("a") && is(application.map(|(_, id)| id.as_str())) {
            "the id of the application, "
        } else {
            ""
        }
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn audiences(claim: Option<&Value>) -> Vec<String> {
    let list = match claim {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let texts = list.iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// Seconds since 1970; RFC 7519 allows a fraction.
fn moment(claim: &Value) -> Option<Timestamp> {
    let seconds = claim
        .as_i64()
        .or_else(|| claim.as_f64().map(|seconds| seconds as i64))?;
    Timestamp::from_second(seconds).ok()
}

fn is_ours(audience: &str) -> bool {
    let host = audience.strip_prefix("https://").map(|rest| {
        let end = rest.find('/').unwrap_or(rest.len());
        &rest[..end]
    });
    same(audience, AUDIENCE_ID) || host.is_some_and(|host| AUDIENCE_HOSTS.contains(&host))
}

fn same(claim: &str, id: &str) -> bool {
    let claim = claim.parse::<uuid::Uuid>();
    claim.is_ok_and(|claim| id.parse() == Ok(claim))
}

/// A claim fit for a message: whoever made the token wrote it.
fn shown(claim: &str) -> String {
    if claim.parse::<uuid::Uuid>().is_ok() {
        return claim.to_owned();
    }
    match claim.char_indices().nth(64) {
        Some((end, _)) => format!("{:?}…", &claim[..end]),
        None => format!("{claim:?}"),
    }
}
