//! Owns the two exchanges of a user's Entra token for a token of the service.
//! That a missing assignment, a client id it does not list and a missing permission are answered by 403 is an
//! assumption; no recording shows it. Unsigned tokens, where they pass, are not asked for audience and permission.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    bearer::{Claims, Purpose},
    call::{Call, Context},
    failure::Failure,
    oauth::scopes::MANAGE_CALLS,
    reply::Reply,
    state::State,
};

const LONGEST: SignedDuration = SignedDuration::from_hours(24);
const SCOPES: [&str; 2] = ["chat", "voip"];

/// The person and application of an Entra token.
struct Caller {
    tenant: Uuid,
    user: Uuid,
    application: String,
    groups: Vec<Uuid>,
}

/// `POST /access/teamsExtension/:exchangeAccessToken`.
pub(crate) fn teams_extension(
    call: &Call<'_>,
    context: &mut Context<'_>,
) -> Result<Reply, Failure> {
    let caller = caller(call, Purpose::Calling)?;
    if context.settings.exchange_requires_assignment {
        let assignment = context
            .state
            .teams_extension
            .get(&(caller.tenant, caller.user));
        let ids = assignment
            .filter(|assignment| assignment.principal_type.eq_ignore_ascii_case("user"))
            .map(|assignment| assignment.client_ids.as_deref().unwrap_or_default());
        check_client(ids.into_iter(), &caller)?;
    }
    let id = format!(
        "8:acs:{}_{}_{}",
        context.state.resource_id, caller.tenant, caller.user
    );
    Ok(exchanged(&id, call, context))
}

/// `POST /access/entra/:exchangeAccessToken`.
pub(crate) fn entra(call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    let caller = caller(call, Purpose::Clients)?;
    if context.settings.exchange_requires_assignment {
        check_client(entra_grants(context.state, &caller), &caller)?;
    }
    let id = format!(
        "8:acs:{}_wf_{}_{}",
        context.state.resource_id, caller.tenant, caller.user
    );
    Ok(exchanged(&id, call, context))
}

fn caller(call: &Call<'_>, purpose: Purpose) -> Result<Caller, Failure> {
    let _: Map<String, Value> = call.body("application/json")?;
    let nobody = Claims::default();
    let claims = call.claims.as_ref().unwrap_or(&nobody);
    if claims.signed {
        check_token(claims, purpose)?;
    }
    let guid = |claim: &Option<String>, name: &str| {
        claim
            .as_deref()
            .and_then(|text| text.parse::<Uuid>().ok())
            .ok_or_else(|| {
                Failure::invalid_access_token(format!("the claim `{name}` is not a GUID"))
            })
    };
    Ok(Caller {
        tenant: guid(&claims.tid, "tid")?,
        user: guid(&claims.oid, "oid")?,
        application: claims
            .application()
            .ok_or_else(|| {
                Failure::invalid_access_token("neither claim `appid` nor `azp` is present")
            })?
            .to_owned(),
        groups: claims
            .groups
            .iter()
            .filter_map(|group| group.parse().ok())
            .collect(),
    })
}

/// Refuses a token for something else, of no user, or without the permission that consent would have put into it.
fn check_token(claims: &Claims, purpose: Purpose) -> Result<(), Failure> {
    let refuse = |why: String| Failure::invalid_access_token(why).challenging();
    claims.check_audience(purpose).map_err(refuse)?;
    if !claims.is_of_user() {
        return Err(refuse(
            "it is of an application, not of a user (no `scp`)".to_owned(),
        ));
    }
    if purpose == Purpose::Calling && !claims.permits(MANAGE_CALLS) {
        let message = "The application has no consent to manage calls for the user.";
        let why =
            format!("`scp` of the token lacks {MANAGE_CALLS}; give the application consent for it");
        return Err(Failure::new(StatusCode::FORBIDDEN, "Forbidden", message)
            .explained("ConsentMissing", why));
    }
    Ok(())
}

/// The client ids of every Entra assignment that covers the caller: their own, their groups', their tenant's.
fn entra_grants<'a>(state: &'a State, caller: &Caller) -> impl Iterator<Item = &'a [String]> {
    let mut principals = vec![(caller.user, "user"), (caller.tenant, "tenant")];
    principals.extend(caller.groups.iter().map(|group| (*group, "group")));
    let tenant = caller.tenant;
    principals.into_iter().filter_map(move |(id, kind)| {
        let assignment = state.entra.get(&id)?;
        let covers =
            assignment.tenant_id == tenant && assignment.principal_type.eq_ignore_ascii_case(kind);
        covers.then_some(assignment.client_ids.as_slice())
    })
}

fn check_client<'a>(
    grants: impl Iterator<Item = &'a [String]>,
    caller: &Caller,
) -> Result<(), Failure> {
    let mut assigned = false;
    for ids in grants {
        assigned = true;
        if ids
            .iter()
            .any(|id| id.eq_ignore_ascii_case(&caller.application))
        {
            return Ok(());
        }
    }
    let (code, why) = if assigned {
        let why = format!(
            "the assignment does not list the client id {}",
            caller.application
        );
        ("ClientNotAssigned", why)
    } else {
        let why = format!(
            "there is no assignment for object {} of tenant {}",
            caller.user, caller.tenant
        );
        ("AssignmentMissing", why)
    };
    let message = "The user is not allowed to access the resource through this application.";
    Err(Failure::new(StatusCode::FORBIDDEN, "Forbidden", message).explained(code, why))
}

fn exchanged(id: &str, call: &Call<'_>, context: &Context<'_>) -> Reply {
    let life = call
        .claims
        .as_ref()
        .and_then(Claims::expiry)
        .map_or(LONGEST, |expiry| expiry.duration_since(context.now))
        .min(LONGEST);
    let token = context
        .minter
        .mint(id, &SCOPES.map(str::to_owned), context.now, life);
    Reply::json(
        StatusCode::OK,
        &json!({ "identity": { "id": id }, "accessToken": token.to_json() }),
    )
}
