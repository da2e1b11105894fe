//! Owns the emulated Microsoft Graph: which paths are its, who may call, what answers.
//! Refuses to know the Communication Services operations; they only share a port and the authority.

mod accounts;
mod body;
mod desk;
mod failure;
mod filter;
mod licences;
mod numbers;
pub(crate) mod operation;
pub(crate) mod options;
mod query;
mod route;
pub(crate) mod tenant;
mod users;

use http::{Method, StatusCode};

use crate::{
    bearer::{Claims, Purpose},
    call::{Context, bearer_token},
    operation::OperationName,
    reply::Reply,
    request::Received,
};

use desk::Desk;
use failure::{Failure, Ids};
use route::{Action, Lost, Routed, Since};

pub(crate) use failure::dress;
pub(crate) use route::ALL_PERMISSIONS;

/// Whether a path is Graph's.
pub(crate) fn owns(path: &str) -> bool {
    route::version(path).is_some()
}

/// The operation a request is for, if any.
pub(crate) fn operation_of(request: &Received) -> Option<OperationName> {
    let routed = route::find(&request.method, request.path()).ok()?;
    Some(name_of(routed.action))
}

/// The names of every operation, for fault rules.
pub(crate) fn operations() -> impl Iterator<Item = OperationName> {
    Action::ALL.iter().copied().map(name_of)
}

/// An operation as the admin routes show it.
pub(crate) struct Described {
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) versions: &'static [&'static str],
    pub(crate) permissions: &'static [&'static str],
}

/// Every operation.
pub(crate) fn described() -> impl Iterator<Item = Described> {
    Action::ALL.iter().map(|action| Described {
        id: action.name(),
        method: action.method(),
        path: action.path(),
        versions: match action.since() {
            Since::Both => &["v1.0", "beta"],
            Since::BetaOnly => &["beta"],
        },
        permissions: action.permissions(),
    })
}

fn name_of(action: Action) -> OperationName {
    OperationName {
        id: action.name(),
        other: action.upstream_name(),
    }
}

/// Answers a request.
pub(crate) fn answer(request: &Received, context: &mut Context<'_>) -> Reply {
    let ids = Ids::of(request, context.now);
    let style = context.settings.graph.errors;
    let reply =
        authorized(request, context).unwrap_or_else(|failure| failure.into_reply(&ids, style));
    if std::mem::take(&mut context.state.graph.dirty) {
        context.state.touch();
    }
    ids.stamp(reply)
}

fn authorized(request: &Received, context: &mut Context<'_>) -> Result<Reply, Failure> {
    let claims = claims(request, context)?;
    let routed = match route::find(&request.method, request.path()) {
        Ok(routed) => routed,
        Err(Lost::Segment(segment)) => {
            return Err(Failure::bad(format!(
                "Resource not found for the segment '{segment}'."
            )));
        }
        Err(Lost::Method) => {
            let message = format!("The path has no {}.", request.method);
            let status = StatusCode::METHOD_NOT_ALLOWED;
            return Err(Failure::new(status, "MethodNotAllowed", message));
        }
    };
    if let Some(claims) = claims {
        check_permission(&claims, routed.action)?;
    }
    run(request, routed, context)
}

/// The claims of the token, if they are to be looked at.
fn claims(request: &Received, context: &Context<'_>) -> Result<Option<Claims>, Failure> {
    if !context.settings.verify_credentials {
        return Ok(None);
    }
    let refuse = |why: String| Failure::unauthorized(why, &context.origin);
    let header = request.header("authorization");
    let token = header
        .and_then(bearer_token)
        .filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| refuse("Access token is empty.".to_owned()))?;
    let failed = |why: String| refuse(format!("Access token validation failure: {why}."));
    let claims = context.judge().claims(token).map_err(failed)?;
    claims.check_audience(Purpose::Graph).map_err(failed)?;
    Ok(claims.signed.then_some(claims))
}

fn check_permission(claims: &Claims, action: Action) -> Result<(), Failure> {
    let accepted = action.permissions();
    let has = |permission: &&str| claims.permits(permission) || claims.has_role(permission);
    if accepted.is_empty() || accepted.iter().any(has) {
        return Ok(());
    }
    if action.is_of_directory() {
        let message = "Insufficient privileges to complete the operation.";
        let code = "Authorization_RequestDenied";
        return Err(Failure::new(StatusCode::FORBIDDEN, code, message));
    }
    let with_nulls = action.path().contains("/telephoneNumberManagement");
    Err(Failure::missing_permission(accepted, with_nulls))
}

fn run(request: &Received, routed: Routed, context: &mut Context<'_>) -> Result<Reply, Failure> {
    let home = context
        .state
        .directory
        .resource_tenant()
        .unwrap_or_default();
    let mut desk = Desk {
        request,
        id: routed.id,
        version: routed.version,
        tenant: &mut context.state.graph,
        settings: &context.settings.graph,
        origin: &context.origin,
        now: context.now,
        home,
    };
    match routed.action {
        Action::AdminRoot => Err(Failure::not_addressable("TeamsAdminGateway")),
        Action::NumbersRoot => Err(Failure::not_addressable("TelephoneNumberManagement")),
        Action::ListNumbers => numbers::list(&mut desk),
        Action::GetNumber => numbers::get(&mut desk),
        Action::AssignNumber => numbers::actions::assign(&mut desk),
        Action::UnassignNumber => numbers::actions::unassign(&mut desk),
        Action::UpdateNumber => numbers::actions::update(&mut desk),
        Action::ListOperations => numbers::list_operations(&mut desk),
        Action::GetOperation => numbers::get_operation(&mut desk),
        Action::ListConfigurations => accounts::list_configurations(&mut desk),
        Action::GetConfiguration => accounts::get_configuration(&mut desk),
        Action::PolicyAssignments => {
            Err(Failure::not_found("The policy assignments of users cannot be read.").in_gateway())
        }
        Action::ListAccounts => accounts::list(&mut desk),
        Action::GetAccount => accounts::get(&mut desk),
        Action::ListUsers => users::list(&mut desk),
        Action::GetUser => users::get(&mut desk),
        Action::UpdateUser => users::update(&mut desk),
        Action::ListLicences => licences::list(&mut desk),
        Action::AssignLicence => licences::assign(&mut desk),
        Action::ListSkus => licences::list_skus(&mut desk),
    }
}
