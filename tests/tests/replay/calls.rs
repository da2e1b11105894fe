//! Owns the way from a method, a path and a body to a call of the client, of both levels; judges no outcome.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use acs_identity_rest::v2025_03_02_preview as rest;
use progenitor_client::Error as LowError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use teams_phone::identities::AccessToken;
use teams_phone::{ApiVersion, Client, PrincipalType, RequestOptions, Result, Scope};
use teams_phone_core::Pipeline;
use teams_phone_core::hooks::Inner;
use teams_phone_tests::{HeldClock, KEY, client_with};

/// A call that is to be made.
pub(crate) struct Wanted<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) version: &'a str,
    pub(crate) body: &'a Value,
    /// The time of the call; a client that finds the service's clock elsewhere asks again with the service's time.
    pub(crate) at: SystemTime,
}

/// What came of a call: a status and the decoded answer, or a status and the error in the service's shape.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) ok: bool,
    pub(crate) status: u16,
    pub(crate) value: Value,
}

fn read<T: DeserializeOwned>(body: &Value) -> T {
    let empty = json!({});
    let body = if body.is_null() { &empty } else { body };
    serde_json::from_value(body.clone()).unwrap()
}

fn low_outcome<T: Serialize>(
    result: std::result::Result<
        rest_result::Value<T>,
        LowError<acs_identity_rest::errors::CommunicationErrorResponse>,
    >,
) -> Outcome {
    let (ok, status, value) = match result {
        Ok(answer) => (
            true,
            answer.status(),
            serde_json::to_value(answer.into_inner()),
        ),
        Err(LowError::ErrorResponse(answer)) => (
            false,
            answer.status(),
            serde_json::to_value(answer.into_inner()),
        ),
        Err(_) => panic!("the answer is not understood"),
    };
    Outcome {
        ok,
        status: status.as_u16(),
        value: value.unwrap(),
    }
}

mod rest_result {
    pub(crate) use acs_identity_rest::ResponseValue as Value;
}

/// Makes the call with the generated client.
pub(crate) async fn low_level(url: &str, wanted: &Wanted<'_>) -> Outcome {
    let key = teams_phone::AccessKey::from_base64(KEY).unwrap();
    let clock = Arc::new(HeldClock::starting(wanted.at));
    let pipeline = Pipeline::builder(url.parse().unwrap(), key.into())
        .clock(clock)
        .build()
        .unwrap();
    let version = ApiVersion::unchecked(wanted.version).unwrap();
    let client = rest::client(Inner::new(pipeline, Some(version)));
    let segments: Vec<&str> = wanted.path.trim_start_matches('/').split('/').collect();
    let body = wanted.body;
    match (wanted.method, &segments[..]) {
        ("POST", ["identities"]) => low_outcome(client.identity_create(&read(body)).await),
        ("GET", ["identities", id]) => low_outcome(client.identity_get(id).await),
        ("DELETE", ["identities", id]) => low_outcome(client.identity_delete(id).await),
        ("POST", ["identities", id, ":revokeAccessTokens"]) => {
            low_outcome(client.identity_revoke_tokens(id).await)
        }
        ("POST", ["identities", id, ":issueAccessToken"]) => {
            low_outcome(client.identity_issue_token(id, &read(body)).await)
        }
        ("POST", ["teamsUser", _]) => {
            low_outcome(client.teams_user_exchange_token(&read(body)).await)
        }
        ("POST", ["access", "teamsExtension", _]) => {
            low_outcome(client.teams_extension_exchange_token(&read(body)).await)
        }
        ("POST", ["access", "entra", _]) => {
            low_outcome(client.entra_exchange_token(&read(body)).await)
        }
        (
            method,
            [
                "access",
                "teamsExtension",
                "tenants",
                tenant,
                "assignments",
                object,
            ],
        ) => match method {
            "GET" => low_outcome(client.teams_extension_assignment_get(tenant, object).await),
            "PUT" => {
                let body = read(body);
                low_outcome(
                    client
                        .teams_extension_assignment_put(tenant, object, &body)
                        .await,
                )
            }
            _ => low_outcome(
                client
                    .teams_extension_assignment_delete(tenant, object)
                    .await,
            ),
        },
        ("GET", ["access", "entra", "assignments"]) => {
            low_outcome(client.entra_assignment_list().await)
        }
        ("PATCH", ["access", "entra", "assignments"]) => {
            low_outcome(client.entra_assignment_update(&read(body)).await)
        }
        (method, ["access", "entra", "assignments", object]) => match method {
            "GET" => low_outcome(client.entra_assignment_get(object).await),
            "PUT" => low_outcome(client.entra_assignment_put(object, &read(body)).await),
            _ => low_outcome(client.entra_assignment_delete(object).await),
        },
        (method, path) => panic!("{method} {path:?} is no operation"),
    }
}

/// Makes the call with the crate people use; `None` if it has no such call, or refuses these values itself.
pub(crate) async fn high_level(url: &str, wanted: &Wanted<'_>) -> Option<Outcome> {
    let (client, _) = client_with(url, |builder| builder.clock(HeldClock::starting(wanted.at)));
    let version = ApiVersion::unchecked(wanted.version).unwrap();
    let options = RequestOptions::new().api_version(version);
    let segments: Vec<&str> = wanted.path.trim_start_matches('/').split('/').collect();
    let result = match &segments[..] {
        ["identities"] => create(&client, wanted.body, options).await,
        ["identities", rest @ ..] => identity(&client, wanted, rest, options).await,
        [
            "access",
            "teamsExtension",
            "tenants",
            tenant,
            "assignments",
            object,
        ] => {
            let place = (tenant.parse().unwrap(), object.parse().unwrap());
            assignment(&client, wanted, place, options).await
        }
        _ => return None,
    };
    match result {
        Ok((status, value)) => Some(Outcome {
            ok: true,
            status,
            value,
        }),
        Err(error) => Some(Outcome {
            ok: false,
            status: error.status()?,
            value: json!({ "error": {
                "code": error.code(), "message": error.message(), "target": error.target(),
            }}),
        }),
    }
}

fn scopes(body: &Value) -> Option<Vec<Scope>> {
    let scopes = body.as_array()?.iter();
    Some(
        scopes
            .map(|scope| Scope::from(scope.as_str().unwrap()))
            .collect(),
    )
}

fn minutes(body: &Value) -> Option<Duration> {
    let minutes = body["expiresInMinutes"].as_u64()?;
    Some(Duration::from_secs(minutes * 60))
}

fn token(token: &AccessToken) -> Value {
    json!({ "token": token.token.expose(), "expiresOn": token.expires_on })
}

async fn create(client: &Client, body: &Value, options: RequestOptions) -> Result<(u16, Value)> {
    let mut create = client.identities().create().options(options);
    if let Some(id) = body["customId"].as_str() {
        create = create.custom_id(id.parse()?);
    }
    if let Some(scopes) = scopes(&body["createTokenWithScopes"]) {
        create = create.with_token(scopes);
    }
    if let Some(valid_for) = minutes(body) {
        create = create.valid_for(valid_for);
    }
    let created = create.await?;
    let token = created.access_token.as_ref().map(token);
    Ok((
        201,
        json!({ "identity": created.identity, "accessToken": token }),
    ))
}

async fn identity(
    client: &Client,
    wanted: &Wanted<'_>,
    rest: &[&str],
    options: RequestOptions,
) -> Result<(u16, Value)> {
    let identities = client.identities();
    let id = rest[0].parse()?;
    match (wanted.method, rest.get(1)) {
        ("GET", _) => {
            let identity = identities.get(&id).options(options).await?;
            Ok((200, serde_json::to_value(identity).unwrap()))
        }
        ("DELETE", _) => {
            identities.delete(&id).options(options).await?;
            Ok((204, Value::Null))
        }
        (_, Some(&":revokeAccessTokens")) => {
            identities.revoke_tokens(&id).options(options).await?;
            Ok((204, Value::Null))
        }
        _ => {
            let scopes = scopes(&wanted.body["scopes"]).unwrap_or_default();
            let mut issue = identities.issue_token(&id, scopes).options(options);
            if let Some(valid_for) = minutes(wanted.body) {
                issue = issue.valid_for(valid_for);
            }
            Ok((200, token(&issue.await?)))
        }
    }
}

async fn assignment(
    client: &Client,
    wanted: &Wanted<'_>,
    (tenant, object): (teams_phone::TenantId, teams_phone::ObjectId),
    options: RequestOptions,
) -> Result<(u16, Value)> {
    let assignments = client.assignments();
    let value = |assignment| {
        serde_json::to_value::<teams_phone::assignments::Assignment>(assignment).unwrap()
    };
    match wanted.method {
        "GET" => {
            let assignment = assignments.get(&tenant, &object).options(options).await?;
            Ok((200, value(assignment)))
        }
        "DELETE" => {
            assignments
                .revoke(&tenant, &object)
                .options(options)
                .await?;
            Ok((204, Value::Null))
        }
        _ => {
            let kind = PrincipalType::from(wanted.body["principalType"].as_str().unwrap());
            let granted = assignments
                .grant(&tenant, &object, kind)
                .options(options)
                .await?;
            Ok((
                if granted.created { 201 } else { 200 },
                value(granted.assignment),
            ))
        }
    }
}
