//! Owns the steps of the demo: what each does, and what it must find. Prints nothing.

use teams_phone::assignments::{Change, EnsureOutcome};
use teams_phone::{Client, ClientId, Error, ObjectId, PrincipalType, TenantId, sign};
use teams_phone_emulator::{Emulator, RecordedRequest};

use super::{Walk, client as client_of, teams};
use crate::failure::Failure;

/// The Teams tenant of the demo, and who gets access.
pub(super) const TENANT: &str = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";
pub(super) const RESOURCE_ACCOUNT: &str = "c4d2b8a6-0f1e-4c3d-9b7a-5e6f708192a3";
const USER: &str = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111";
/// Two applications that the user may sign in through.
const FIRST_APPLICATION: &str = "1bfa671a-dc6b-47f3-8940-45c0f1af0fa6";
const SECOND_APPLICATION: &str = "2c0b782b-ed7c-4804-9a51-56d102b010b7";

/// A key that is not the emulator's.
const WRONG_KEY: &str = "bm90IHRoZSBrZXkgb2YgdGhlIGVtdWxhdG9y";

/// What a step did, in lines; or why it did not do what it should.
pub(super) type Outcome = Result<Vec<String>, String>;

/// Who is who in the demo.
struct Cast {
    tenant: TenantId,
    resource_account: ObjectId,
    user: ObjectId,
    first: ClientId,
    second: ClientId,
}

impl Cast {
    fn new() -> Result<Self, Error> {
        Ok(Self {
            tenant: TENANT.parse()?,
            resource_account: RESOURCE_ACCOUNT.parse()?,
            user: USER.parse()?,
            first: FIRST_APPLICATION.parse()?,
            second: SECOND_APPLICATION.parse()?,
        })
    }
}

/// Takes every step, whether or not the one before went well.
pub(super) async fn all(walk: &mut Walk) -> Result<(), Failure> {
    let cast = Cast::new().map_err(|error| Failure::local("the demo's ids are wrong", error))?;
    let client = walk.client.clone();
    walk.tell(
        "Consent for a resource account: the resource may take its calls",
        consent(&client, &cast).await,
    )?;
    walk.tell(
        "Access for a user, who may sign in through one application",
        access(&client, &cast).await,
    )?;
    walk.tell("Read back what is stored", read_back(&client, &cast).await)?;
    walk.tell(
        "Ensure the same again: nothing is written",
        ensure_same(&client, &cast).await,
    )?;
    walk.tell(
        "Ensure another application instead: written once, with what changed",
        ensure_other(&client, &cast).await,
    )?;
    walk.tell(
        "Take the user's access away, and read until it is gone",
        revoke(&client, &cast.tenant, &cast.user).await,
    )?;
    walk.tell(
        "Take the resource account's consent away likewise",
        revoke(&client, &cast.tenant, &cast.resource_account).await,
    )?;
    let wrong = format!("endpoint={};accesskey={WRONG_KEY}", walk.emulator.url());
    walk.tell(
        "Try it with a wrong key: refused, and explained",
        refused(&client_of(&wrong)?, &cast, &walk.emulator).await,
    )?;
    let graph = teams::client(&walk.emulator)
        .map_err(|error| Failure::local("the emulator's Graph cannot be spoken to", error))?;
    walk.tell(
        "In Teams, find the resource account and the resource it is bound to",
        teams::find(&graph).await,
    )?;
    walk.tell(
        "Give it a number: checked, ordered, waited for, and read",
        teams::assign(&graph).await,
    )
}

async fn consent(client: &Client, cast: &Cast) -> Outcome {
    let kind = PrincipalType::ResourceAccount;
    let granted = client
        .assignments()
        .grant(&cast.tenant, &cast.resource_account, kind.clone())
        .await
        .map_err(told)?;
    let stored = &granted.assignment;
    expect(
        granted.created,
        "it replaced something that should not be there",
    )?;
    expect(
        stored.object_id == cast.resource_account,
        "another object id was stored",
    )?;
    expect(
        stored.principal_type == kind,
        "another principal type was stored",
    )?;
    Ok(vec![format!(
        "created: {} {}",
        stored.principal_type, stored.object_id
    )])
}

async fn access(client: &Client, cast: &Cast) -> Outcome {
    let granted = client
        .assignments()
        .grant(&cast.tenant, &cast.user, PrincipalType::User)
        .client_ids([cast.first.clone()])
        .await
        .map_err(told)?;
    expect(
        granted.created,
        "it replaced something that should not be there",
    )?;
    Ok(vec![format!(
        "created: {} {} through {}",
        granted.assignment.principal_type, granted.assignment.object_id, cast.first
    )])
}

async fn read_back(client: &Client, cast: &Cast) -> Outcome {
    let found = client
        .assignments()
        .get(&cast.tenant, &cast.user)
        .await
        .map_err(told)?;
    let as_granted = found.tenant_id == cast.tenant
        && found.object_id == cast.user
        && found.principal_type == PrincipalType::User
        && found.client_ids == [cast.first.clone()];
    expect(as_granted, "it is not what was granted")?;
    Ok(vec![format!(
        "as granted: {} {} through {}",
        found.principal_type, found.object_id, cast.first
    )])
}

async fn ensure_same(client: &Client, cast: &Cast) -> Outcome {
    match ensure(client, cast, &cast.first).await? {
        EnsureOutcome::Unchanged => Ok(vec!["unchanged: one read, no write".to_owned()]),
        other => Err(format!("it should be unchanged, and was {other:?}")),
    }
}

async fn ensure_other(client: &Client, cast: &Cast) -> Outcome {
    let EnsureOutcome::Replaced { changes } = ensure(client, cast, &cast.second).await? else {
        return Err("it should be replaced, and was not".to_owned());
    };
    let [
        Change {
            field, from, to, ..
        },
    ] = changes.as_slice()
    else {
        return Err(format!("one field should differ, not {}", changes.len()));
    };
    let right =
        *field == "clientIds" && *from == cast.first.as_str() && *to == cast.second.as_str();
    expect(right, "another difference was found")?;
    Ok(vec![format!("replaced: {field}: {from} -> {to}")])
}

async fn ensure(
    client: &Client,
    cast: &Cast,
    application: &ClientId,
) -> Result<EnsureOutcome, String> {
    client
        .assignments()
        .ensure(&cast.tenant, &cast.user, PrincipalType::User)
        .client_ids([application.clone()])
        .await
        .map(|ensured| ensured.outcome)
        .map_err(told)
}

async fn revoke(client: &Client, tenant: &TenantId, object: &ObjectId) -> Outcome {
    let revoked = client
        .assignments()
        .revoke_and_verify(tenant, object)
        .await
        .map_err(told)?;
    let reads = if revoked.checks == 1 { "read" } else { "reads" };
    Ok(vec![format!("gone: 404 after {} {reads}", revoked.checks)])
}

async fn refused(client: &Client, cast: &Cast, emulator: &Emulator) -> Outcome {
    let Err(error) = client.assignments().get(&cast.tenant, &cast.user).await else {
        return Err("the wrong key was accepted".to_owned());
    };
    expect(
        error.is_permission() && error.code() == Some("Denied"),
        &format!("it should be refused as `Denied`, and was: {error}"),
    )?;
    let detail = |code: &str| {
        let details = error.details().iter();
        details
            .clone()
            .find(|detail| detail.code == code)
            .map(|detail| detail.message.as_str())
    };
    let explained = detail("KeyOrStringToSignDiffers").zip(detail("StringToSign"));
    let (why, theirs) = explained.ok_or("the emulator did not explain itself")?;
    let requests = emulator.requests();
    let ours = requests.last().map(signed_here).unwrap_or_default();
    // The SDK tells what others say in one line.
    expect(
        ours.replace('\n', " ") == theirs,
        "the emulator computed another string to sign than the client",
    )?;
    let mut lines = vec![
        format!("refused: {}", error.message()),
        format!("the emulator says: {why}"),
        format!("its string to sign: {}", ours.replace('\n', "\\n")),
        "the client's is the same, so it is the key that differs".to_owned(),
    ];
    lines.extend(error.hint().map(|hint| format!("hint: {hint}")));
    Ok(lines)
}

/// The string that the client signed for a request without a body.
fn signed_here(request: &RecordedRequest) -> String {
    let header = |name: &str| request.header(name).unwrap_or_default();
    sign::string_to_sign(
        &request.method,
        &request.target,
        header("x-ms-date"),
        header("host"),
        &sign::content_sha256(b""),
    )
}

pub(super) fn told(error: Error) -> String {
    error.to_string()
}

pub(super) fn expect(condition: bool, otherwise: &str) -> Result<(), String> {
    if condition {
        Ok(())
    } else {
        Err(otherwise.to_owned())
    }
}
