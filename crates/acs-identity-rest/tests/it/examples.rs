//! Replays the service's own examples through the clients of every version, over a socket.

use std::path::{Path, PathBuf};

use acs_identity_rest::errors::CommunicationErrorResponse;
use acs_identity_rest::{Error, Inner, OPERATIONS, ResponseValue};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::fake::Fake;

/// One example of one operation, with one of its responses.
struct Example {
    name: String,
    /// Our name of the operation.
    operation: &'static str,
    target: String,
    parameters: Value,
    status: u16,
    answer: Value,
}

impl Example {
    fn text(&self, name: &str) -> &str {
        self.parameters[name].as_str().unwrap()
    }

    fn body<T: DeserializeOwned>(&self) -> T {
        serde_json::from_value(self.parameters["body"].clone()).unwrap()
    }
}

type Failure = Error<CommunicationErrorResponse>;

/// What came of a call: its status and the result, written as JSON again.
fn answer<T: Serialize>(result: Result<ResponseValue<T>, Failure>) -> (u16, Value) {
    let result = result.unwrap();
    (
        result.status().as_u16(),
        serde_json::to_value(result.into_inner()).unwrap(),
    )
}

/// Declares a test of one version, with the calls of that version.
macro_rules! replay {
    ($feature:literal $module:ident $test:ident $($operation:ident($($argument:ident),*))*) => {
        #[cfg(feature = $feature)]
        #[tokio::test]
        async fn $test() {
            async fn call(inner: Inner, example: &Example) -> (u16, Value) {
                let client = acs_identity_rest::$module::client(inner);
                match example.operation {
                    $(stringify!($operation) => {
                        answer(client.$operation($(argument!(example $argument)),*).await)
                    })*
                    other => panic!("no call for {other}"),
                }
            }
            let version = acs_identity_rest::$module::API_VERSION;
            let expected = [$(stringify!($operation)),*];
            let Some(examples) = examples(version) else { return };
            for operation in expected {
                let has_example = examples.iter().any(|example| example.operation == operation);
                assert!(has_example, "{operation} of {version} has no example");
            }
            for example in &examples {
                let body = if example.answer.is_null() { String::new() } else { example.answer.to_string() };
                let fake = Fake::answering(example.status, &body);
                let got = call(fake.inner(Some(version)), example).await;
                check(example, &fake, got, version);
            }
        }
    };
}

/// One argument of a call.
macro_rules! argument {
    ($example:ident id) => {
        $example.text("id")
    };
    ($example:ident tenant_id) => {
        $example.text("tenantId")
    };
    ($example:ident object_id) => {
        $example.text("objectId")
    };
    ($example:ident body) => {
        &$example.body()
    };
}

replay! { "v2021-03-07" v2021_03_07 examples_of_2021_03_07
    identity_create(body) identity_delete(id) identity_issue_token(id, body) identity_revoke_tokens(id)
}

replay! { "v2022-06-01" v2022_06_01 examples_of_2022_06_01
    identity_create(body) identity_delete(id) identity_issue_token(id, body) identity_revoke_tokens(id)
    teams_user_exchange_token(body)
}

replay! { "v2022-10-01" v2022_10_01 examples_of_2022_10_01
    identity_create(body) identity_delete(id) identity_issue_token(id, body) identity_revoke_tokens(id)
    teams_user_exchange_token(body)
}

replay! { "v2023-10-01" v2023_10_01 examples_of_2023_10_01
    identity_create(body) identity_delete(id) identity_issue_token(id, body) identity_revoke_tokens(id)
    teams_user_exchange_token(body)
}

replay! { "v2025-03-02-preview" v2025_03_02_preview examples_of_2025_03_02_preview
    identity_create(body) identity_get(id) identity_delete(id) identity_issue_token(id, body)
    identity_revoke_tokens(id) teams_user_exchange_token(body)
    teams_extension_exchange_token(body) teams_extension_assignment_get(tenant_id, object_id)
    teams_extension_assignment_put(tenant_id, object_id, body) teams_extension_assignment_delete(tenant_id, object_id)
    entra_exchange_token(body) entra_assignment_list() entra_assignment_update(body) entra_assignment_get(object_id)
    entra_assignment_put(object_id, body) entra_assignment_delete(object_id)
}

replay! { "v2025-06-30" v2025_06_30 examples_of_2025_06_30
    identity_create(body) identity_delete(id) identity_issue_token(id, body) identity_revoke_tokens(id)
    teams_user_exchange_token(body)
    teams_extension_exchange_token(body) teams_extension_assignment_get(tenant_id, object_id)
    teams_extension_assignment_put(tenant_id, object_id, body) teams_extension_assignment_delete(tenant_id, object_id)
}

replay! { "v2026-09-23" v2026_09_23 examples_of_2026_09_23
    identity_create(body) identity_delete(id) identity_issue_token(id, body) identity_revoke_tokens(id)
    teams_user_exchange_token(body)
    teams_extension_exchange_token(body) teams_extension_assignment_get(tenant_id, object_id)
    teams_extension_assignment_put(tenant_id, object_id, body) teams_extension_assignment_delete(tenant_id, object_id)
}

fn check(example: &Example, fake: &Fake, (status, answer): (u16, Value), version: &str) {
    let name = &example.name;
    let request = fake.request();
    assert_eq!(
        request.target,
        format!("{}?api-version={version}", example.target),
        "{name}"
    );
    match &example.parameters["body"] {
        Value::Null => assert_eq!(request.body, "", "{name}"),
        body => assert_eq!(plain(&request.json()), plain(body), "{name}"),
    }
    assert_eq!(status, example.status, "{name}");
    assert_eq!(plain(&answer), plain(&example.answer), "{name}");
}

/// The value with times and the two names of one principal type written in one way.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (key.clone(), plain(value)))
            .collect(),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::String(text) if text == "teamsResourceAccount" => "resourceAccount".into(),
        Value::String(text) => match text.parse::<jiff::Timestamp>() {
            Ok(time) => time.to_string().into(),
            Err(_) => value.clone(),
        },
        other => other.clone(),
    }
}

/// Every example of a version; nothing when the upstream documents are not there.
fn examples(version: &str) -> Option<Vec<Example>> {
    let folder = upstream()?.join("data-plane/Identity");
    let stage = if version.ends_with("-preview") {
        "preview"
    } else {
        "stable"
    };
    let folder = folder.join(stage).join(version);
    let document = read(&folder.join("CommunicationIdentity.json"));
    let mut examples = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let is_ours =
                |row: &&acs_identity_rest::Operation| row.upstream_ids.contains(&(version, id));
            let row = OPERATIONS
                .iter()
                .find(is_ours)
                .unwrap_or_else(|| panic!("{id} of {version} is not in the table"));
            for (title, reference) in operation["x-ms-examples"].as_object().unwrap() {
                let example = read(&folder.join(reference["$ref"].as_str().unwrap()));
                for (status, response) in example["responses"].as_object().unwrap() {
                    examples.push(Example {
                        name: format!("{version} {title} {status}"),
                        operation: row.id,
                        target: format!(
                            "{} {}",
                            method.to_uppercase(),
                            fill(path, &example["parameters"])
                        ),
                        parameters: example["parameters"].clone(),
                        status: status.parse().unwrap(),
                        answer: response["body"].clone(),
                    });
                }
            }
        }
    }
    Some(examples)
}

/// The path with its parameters, escaped as the official SDKs do.
fn fill(path: &str, parameters: &Value) -> String {
    let segments = path.split('/').map(|segment| {
        let name = segment
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'));
        let value = name.map(|name| parameters[name].as_str().unwrap().replace(':', "%3A"));
        value.unwrap_or_else(|| segment.to_owned())
    });
    segments.collect::<Vec<_>>().join("/")
}

fn read(path: &Path) -> Value {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

fn upstream() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/upstream");
    let folder = std::env::var_os("TEAMS_PHONE_UPSTREAM").map_or_else(beside, PathBuf::from);
    let found = folder.is_dir();
    let required =
        std::env::var_os("TEAMS_PHONE_REQUIRE_UPSTREAM").is_some_and(|value| value == "1");
    assert!(
        found || !required,
        "the upstream documents are required but {} is not a folder",
        folder.display()
    );
    if !found {
        eprintln!("SKIPPED: no upstream documents at {}", folder.display());
    }
    found.then_some(folder)
}
