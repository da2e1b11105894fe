//! Owns one call to an emulated operation: its bound path, api-version, credential check and dispatch.
//! Refuses to know connections, faults and logs.

use http::{HeaderName, StatusCode, header::ALLOW};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{
    access,
    access_key::AccessKey,
    bearer::{Claims, Judge, Purpose},
    directory::{Application, User},
    failure::Failure,
    graph, identity,
    oauth::key::Signer,
    operation::{Caller, Matched, Operation, OperationName, Params, find},
    reply::Reply,
    request::Received,
    settings::Settings,
    state::State,
    token::Minter,
    verify,
};

/// The emulator's explanation of an answer that has no body to put it in.
pub(crate) const HINT: HeaderName = HeaderName::from_static("x-emulator-hint");

/// What a call may look at and change.
pub(crate) struct Context<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) settings: &'a Settings,
    pub(crate) key: &'a AccessKey,
    pub(crate) minter: &'a Minter,
    pub(crate) signer: &'a Signer,
    pub(crate) now: Timestamp,
    /// Scheme and authority of the request, for links back.
    pub(crate) origin: String,
}

impl Context<'_> {
    /// What bearer tokens are judged by.
    pub(crate) fn judge(&self) -> Judge<'_> {
        Judge {
            signer: self.signer,
            directory: &self.state.directory,
            settings: self.settings,
            now: self.now,
            origin: &self.origin,
        }
    }
}

/// A call whose credential and version have been accepted.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Received,
    pub(crate) params: Params,
    pub(crate) version: String,
    /// The claims of the bearer token, if that is what authorized the call.
    pub(crate) claims: Option<Claims>,
}

impl Call<'_> {
    /// Reads the JSON object that every body is; what cannot be bound is answered the way the service does.
    pub(crate) fn body(&self, media_type: &str) -> Result<Map<String, Value>, Failure> {
        self.check_media_type(media_type)?;
        if self.request.body.is_empty() {
            return Err(Failure::unreadable_body("the request has no body"));
        }
        let body: Map<String, Value> =
            serde_json::from_slice(&self.request.body).map_err(|error| {
                Failure::unreadable_body(format!("the body is not a JSON object: {error}"))
            })?;
        if body.len() == 1 && body.contains_key("request") {
            let why = "the body is wrapped in a `request` member; send what is inside it";
            return Err(Failure::unreadable_body(why));
        }
        Ok(body)
    }

    fn check_media_type(&self, wanted: &str) -> Result<(), Failure> {
        let sent = self.request.header("content-type").unwrap_or_default();
        let essence = sent.split(';').next().unwrap_or_default().trim();
        if self.request.body.is_empty() || wanted.eq_ignore_ascii_case(essence) {
            return Ok(());
        }
        let message = format!("Content-Type '{sent}' is not supported; send {wanted}.");
        Err(Failure::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UnsupportedMediaType",
            message,
        ))
    }
}

/// A member of a body that is neither absent nor null; names are compared without regard to case, as the service's
/// JSON binding does.
pub(crate) fn member<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    body.iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
        .filter(|value| !value.is_null())
}

/// The operation a request is for, if any.
pub(crate) fn operation_of(request: &Received) -> Option<OperationName> {
    if graph::owns(request.path()) {
        return graph::operation_of(request);
    }
    match find(&request.method, request.path()) {
        Matched::Operation(operation, _) => Some(operation.into()),
        Matched::OtherMethods(_) | Matched::Nothing => None,
    }
}

/// Answers a request.
pub(crate) fn answer(request: &Received, context: &mut Context<'_>) -> Reply {
    match find(&request.method, request.path()) {
        Matched::Operation(operation, params) => {
            answer_operation(operation, params, request, context)
        }
        Matched::OtherMethods(others) => {
            let allowed: Vec<String> = others
                .iter()
                .map(|operation| operation.method().to_string())
                .collect();
            let message = format!(
                "The path has no {}; it has {}.",
                request.method,
                allowed.join(", ")
            );
            Failure::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
                .into_reply()
                .with_header(ALLOW, &allowed.join(", "))
        }
        Matched::Nothing => {
            Failure::not_found(format!("No operation has the path '{}'.", request.path()))
                .into_reply()
        }
    }
}

fn answer_operation(
    operation: Operation,
    params: Params,
    request: &Received,
    context: &mut Context<'_>,
) -> Reply {
    let outcome = authorize(operation, request, context).and_then(|claims| {
        let version = version(operation, request).map_err(Refused::Explained)?;
        check_subscription(operation, context.settings).map_err(Refused::Explained)?;
        let call = Call {
            request,
            params,
            version,
            claims,
        };
        run(operation, &call, context).map_err(Refused::Explained)
    });
    let (reply, lists_versions) = match outcome {
        Ok(reply) => (reply, true),
        Err(Refused::Explained(failure)) => {
            let lists = failure.lists_versions;
            (failure.into_reply(), lists)
        }
        Err(Refused::Silently(hint)) => (
            Reply::empty(StatusCode::UNAUTHORIZED).with_header(HINT, hint),
            false,
        ),
    };
    if lists_versions {
        let versions = operation.advertised_versions().join(", ");
        reply.with_header(HeaderName::from_static("api-supported-versions"), &versions)
    } else {
        reply
    }
}

enum Refused {
    Explained(Failure),
    /// 401 without a body.
    Silently(&'static str),
}

fn authorize(
    operation: Operation,
    request: &Received,
    context: &Context<'_>,
) -> Result<Option<Claims>, Refused> {
    let bearer = request.header("authorization").and_then(bearer_token);
    let claims = bearer.map(|token| context.judge().claims(token));
    if !context.settings.verify_credentials {
        return Ok(claims.and_then(Result::ok));
    }
    if !request.headers.contains_key("authorization") {
        return Err(Refused::Silently("no Authorization header was sent"));
    }
    match (operation.caller(), claims) {
        (Caller::User, Some(claims)) => claims
            .map(Some)
            .map_err(|why| Failure::invalid_access_token(why).challenging()),
        (Caller::User, None) => Err(Failure::denied(
            "The call must be authorized with the user's Entra access token (Bearer).",
        )
        .explained(
            "BearerTokenWanted",
            "an access key does not say for which user a token is wanted",
        )),
        (Caller::Resource, Some(claims)) => resource_claims(claims, context).map(Some),
        (Caller::Resource, None) => verify::check(request, context.key, context.now).map(|()| None),
    }
    .map_err(Refused::Explained)
}

pub(crate) fn bearer_token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn resource_claims(
    claims: Result<Claims, String>,
    context: &Context<'_>,
) -> Result<Claims, Failure> {
    let refuse = |why: String| {
        Failure::denied("The Entra access token was not accepted.")
            .explained("AccessTokenRejected", why)
            .challenging()
    };
    let claims = claims.map_err(refuse)?;
    claims.check_audience(Purpose::Management).map_err(refuse)?;
    if claims.signed {
        check_role(&claims, context)?;
    }
    Ok(claims)
}

/// Tenant and role of whoever a token stands for: the Azure tenant may be another one than the Teams tenant.
fn check_role(claims: &Claims, context: &Context<'_>) -> Result<(), Failure> {
    let refuse = |code, why| {
        let message = "The caller is not authorized to access the resource.";
        Err(Failure::new(StatusCode::FORBIDDEN, "Forbidden", message).explained(code, why))
    };
    let directory = &context.state.directory;
    let home = directory.resource_tenant();
    if claims.tenant() != home {
        let wanted = home.unwrap_or_default();
        let why =
            format!("the token is of another tenant than the resource, which belongs to {wanted}");
        return refuse("TenantDiffers", why);
    }
    let id = |claim: Option<&str>| claim.and_then(|text| text.parse().ok());
    let may = if claims.is_of_user() {
        id(claims.oid.as_deref())
            .and_then(|id| directory.user(id))
            .is_some_and(User::may_manage_resource)
    } else {
        let application = id(claims.application()).and_then(|id| directory.application(id));
        application.is_some_and(Application::may_manage_resource)
    };
    if may {
        return Ok(());
    }
    let who = if claims.is_of_user() {
        "user"
    } else {
        "application"
    };
    refuse(
        "RoleMissing",
        format!("the {who} has no role on the resource (`managesResource` in the directory)"),
    )
}

fn version(operation: Operation, request: &Received) -> Result<String, Failure> {
    let bad = |code, message: String| Err(Failure::new(StatusCode::BAD_REQUEST, code, message));
    let mut asked = request.query_values("api-version");
    asked.dedup();
    match asked.as_slice() {
        [] => bad(
            "ApiVersionUnspecified",
            "The query parameter 'api-version' is missing.".to_owned(),
        ),
        [version] if operation.versions().contains(&version.as_str()) => Ok(version.clone()),
        [version] => bad(
            "UnsupportedApiVersion",
            format!(
                "{} does not exist in api-version '{version}'; it exists in {}.",
                operation.name(),
                operation.versions().join(", ")
            ),
        ),
        several => bad(
            "AmbiguousApiVersion",
            format!("Several api-versions were sent: {}.", several.join(", ")),
        ),
    }
}

fn check_subscription(operation: Operation, settings: &Settings) -> Result<(), Failure> {
    if settings.subscription_allowed || !operation.path().starts_with("/access/") {
        return Ok(());
    }
    let message = "API is not allowed to be accessed with your subscription.";
    Err(Failure::new(
        StatusCode::FORBIDDEN,
        "SubscriptionNotAllowed",
        message,
    ))
}

fn run(operation: Operation, call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    match operation {
        Operation::CreateIdentity => identity::create(call, context),
        Operation::GetIdentity => identity::get(call, context),
        Operation::DeleteIdentity => identity::delete(call, context),
        Operation::RevokeTokens => identity::revoke_tokens(call, context),
        Operation::IssueToken => identity::issue_token(call, context),
        Operation::ExchangeTeamsUser => identity::exchange_teams_user(call, context),
        Operation::ExchangeTeamsExtension => access::exchange_teams_extension(call, context),
        Operation::GetTeamsExtension => access::teams_extension::get(call, context),
        Operation::PutTeamsExtension => access::teams_extension::put(call, context),
        Operation::DeleteTeamsExtension => access::teams_extension::delete(call, context),
        Operation::ExchangeEntra => access::exchange_entra(call, context),
        Operation::ListEntra => access::entra::list(call, context),
        Operation::UpdateEntra => access::entra::update(call, context),
        Operation::GetEntra => access::entra::get(call, context),
        Operation::PutEntra => access::entra::put(call, context),
        Operation::DeleteEntra => access::entra::delete(call, context),
    }
}
