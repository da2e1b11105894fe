//! Owns the emulated Entra authority: which paths are its, and what answers them.
//! Refuses to know the service's operations; they only share a port.

mod authorize;
mod client_auth;
mod device;
mod discovery;
mod form;
pub(crate) mod grants;
pub(crate) mod key;
pub(crate) mod mint;
mod refusal;
pub(crate) mod scopes;
mod token_endpoint;

use http::{HeaderName, Method, StatusCode, header};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    directory::Directory,
    reply::{Payload, Reply},
    request::Received,
    settings::Settings,
};

use form::Form;
use grants::Grants;
use key::Signer;
use refusal::Refusal;

pub(crate) use form::decode;

/// What a request to the authority may look at and change.
pub(crate) struct Authority<'a> {
    pub(crate) directory: &'a Directory,
    pub(crate) grants: &'a mut Grants,
    pub(crate) settings: &'a Settings,
    pub(crate) signer: &'a Signer,
    /// The secret of the standard application, which the directory does not hold.
    pub(crate) standard_secret: &'a str,
    pub(crate) now: Timestamp,
    /// Scheme and authority of the request.
    pub(crate) origin: String,
}

/// The tenant a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tenant {
    /// `common` or `organizations`: that of whoever signs in.
    Any,
    One(Uuid),
}

impl Tenant {
    /// Whether a user of that tenant may sign in.
    fn admits(self, tenant: Uuid) -> bool {
        match self {
            Self::Any => true,
            Self::One(one) => one == tenant,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    Configuration,
    Keys,
    Token,
    DeviceCode,
    Authorize,
    Instance,
    DevicePage,
}

/// The route of a path and its tenant segment.
fn route(path: &str) -> Option<(Route, &str)> {
    match path {
        "/common/discovery/instance" => return Some((Route::Instance, "common")),
        "/devicelogin" => return Some((Route::DevicePage, "common")),
        _ => {}
    }
    let (tenant, rest) = path.strip_prefix('/')?.split_once('/')?;
    let route = match rest {
        "v2.0/.well-known/openid-configuration" => Route::Configuration,
        "discovery/v2.0/keys" => Route::Keys,
        "oauth2/v2.0/token" => Route::Token,
        "oauth2/v2.0/devicecode" => Route::DeviceCode,
        "oauth2/v2.0/authorize" => Route::Authorize,
        _ => return None,
    };
    Some((route, tenant))
}

/// Whether a path is the authority's; no path of the service has its form.
pub(crate) fn owns(path: &str) -> bool {
    route(path).is_some()
}

/// Answers a request to the authority.
pub(crate) fn answer(request: &Received, authority: &mut Authority<'_>) -> Reply {
    let reply = match route(request.path()) {
        None => Reply::empty(StatusCode::NOT_FOUND),
        Some((Route::DevicePage, _)) => device::page(),
        Some((Route::Instance, _)) => {
            Reply::json(StatusCode::OK, &discovery::instance(&authority.origin))
        }
        Some((Route::Authorize, segment)) => {
            let tenant = tenant(segment, authority);
            parameters(request)
                .and_then(|form| tenant.map(|tenant| (form, tenant)))
                .map_or_else(
                    |refusal| authorize::refused(&refusal),
                    |(form, tenant)| authorize::answer(&form, tenant, authority),
                )
        }
        Some((route, segment)) => respond(route, segment, request, authority)
            .unwrap_or_else(|refusal| refusal.into_reply(request, authority.now)),
    };
    reply
        .with_header(header::CACHE_CONTROL, "no-store, no-cache")
        .with_header(header::PRAGMA, "no-cache")
        .with_header(
            HeaderName::from_static("x-ms-request-id"),
            &Uuid::new_v4().to_string(),
        )
}

fn respond(
    route: Route,
    segment: &str,
    request: &Received,
    authority: &mut Authority<'_>,
) -> Result<Reply, Refusal> {
    let tenant = tenant(segment, authority)?;
    let posts = matches!(route, Route::Token | Route::DeviceCode);
    if posts != (request.method == Method::POST) {
        let only = if posts { "POST" } else { "GET" };
        let text = format!(
            "The endpoint takes {only} requests only; this was a {} request.",
            request.method
        );
        return Err(Refusal::new("invalid_request", 900_561, text));
    }
    let answer = match route {
        Route::Configuration => discovery::configuration(&authority.origin, segment, tenant),
        Route::Keys => authority.signer.key_set(),
        Route::Token => {
            token_endpoint::answer(&parameters(request)?, tenant, segment, request, authority)?
        }
        Route::DeviceCode => device::begin(&parameters(request)?, authority)?,
        Route::Authorize | Route::Instance | Route::DevicePage => {
            return Ok(Reply::empty(StatusCode::NOT_FOUND));
        }
    };
    Ok(Reply::json(StatusCode::OK, &answer))
}

fn tenant(segment: &str, authority: &Authority<'_>) -> Result<Tenant, Refusal> {
    if ["common", "organizations"].contains(&segment) {
        return Ok(Tenant::Any);
    }
    let known = segment
        .parse()
        .ok()
        .filter(|id| authority.directory.has_tenant(*id));
    known.map(Tenant::One).ok_or_else(|| {
        let shown: String = form::decode(segment).chars().take(64).collect();
        let text =
            format!("There is no tenant '{shown}'; register it, or check the authority's URL.");
        Refusal::new("invalid_request", 90_002, text)
    })
}

/// The form of a POST, the query of anything else.
fn parameters(request: &Received) -> Result<Form, Refusal> {
    if request.method != Method::POST {
        return Form::parse(request.query());
    }
    let sent = request.header("content-type").unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let text = "The body must be a form: send Content-Type application/x-www-form-urlencoded.";
        return Err(Refusal::new("invalid_request", 900_144, text));
    }
    let body = std::str::from_utf8(&request.body)
        .map_err(|_| Refusal::new("invalid_request", 9_002_313, "The body is not UTF-8."))?;
    Form::parse(body)
}

/// A page with text of the emulator's own; what comes from outside must be escaped already.
fn page(status: StatusCode, body: &str) -> Reply {
    let text = format!("<!doctype html><meta charset=\"utf-8\"><title>Emulator</title>{body}\n");
    Reply {
        payload: Payload::Sized(text.into()),
        ..Reply::empty(status)
    }
    .with_header(header::CONTENT_TYPE, "text/html; charset=utf-8")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
