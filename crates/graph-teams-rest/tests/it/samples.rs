//! Replays every published or recorded sample: requests come out as documented, answers and errors are read.

use std::path::{Path, PathBuf};

use graph_teams_rest::errors::ODataError;
use graph_teams_rest::{Error, OPERATIONS, Operation};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::call::{Inputs, call};
use crate::fake::Fake;

struct Sample {
    /// The file's name without its ending.
    name: String,
    content: Value,
}

/// The samples of one folder; nothing when the upstream data is not there.
fn samples(folder: &str) -> Option<Vec<Sample>> {
    let folder = upstream()?.join("graph/samples").join(folder);
    let mut samples: Vec<Sample> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| sample(&entry.unwrap().path()))
        .collect();
    samples.sort_by(|a, b| a.name.cmp(&b.name));
    Some(samples)
}

fn sample(path: &Path) -> Sample {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let content = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    Sample { name, content }
}

fn upstream() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/upstream");
    let folder = std::env::var_os("TEAMS_PHONE_UPSTREAM").map_or_else(beside, PathBuf::from);
    let found = folder.is_dir();
    let required =
        std::env::var_os("TEAMS_PHONE_REQUIRE_UPSTREAM").is_some_and(|value| value == "1");
    assert!(
        found || !required,
        "the upstream data is required but {} is not a folder",
        folder.display()
    );
    if !found {
        eprintln!("SKIPPED: no upstream data at {}", folder.display());
    }
    found.then_some(folder)
}

/// The operation that a sample is of, from the beginning of its name.
fn operation_of(name: &str) -> &'static str {
    match name.split('.').next().unwrap() {
        "assignNumber" => "number_assign",
        "unassignNumber" => "number_unassign",
        "updateNumber" => "number_update",
        "get-numberAssignment" => "number_get",
        "get-operation" => "operation_get",
        "get-userConfiguration" => "user_configuration_get",
        "list-numberAssignments" => "number_list",
        "list-resourceAccounts" => "resource_account_list",
        "list-userConfigurations" => "user_configuration_list",
        other => panic!("no operation for the sample {other}"),
    }
}

/// A body that the types of this operation can be written from.
fn inputs_of(operation: &str) -> Inputs {
    let order = serde_json::json!({
        "telephoneNumber": "+1", "assignmentTargetId": "o-1", "numberType": "directRouting"
    });
    Inputs {
        id: "i-1".to_owned(),
        body: if operation.starts_with("number_") {
            order
        } else {
            Value::Null
        },
        ..Inputs::default()
    }
}

/// The operation that a URL without its version leads to, and the id in it.
fn routed(method: &str, path: &str) -> (&'static Operation, String) {
    let found = OPERATIONS.iter().find_map(|row| {
        let (before, after) = row
            .template
            .split_once("{id}")
            .unwrap_or((row.template, ""));
        let id = path.strip_prefix(before)?.strip_suffix(after)?;
        let fits = row.template.contains("{id}") != id.is_empty() && !id.contains('/');
        (fits && row.method == method).then(|| (row, id.to_owned()))
    });
    found.unwrap_or_else(|| panic!("no operation for {method} {path}"))
}

#[tokio::test]
async fn every_sample_request_is_what_the_client_sends() {
    let Some(samples) = samples("requests") else {
        return;
    };
    assert!(samples.len() >= 18);
    for Sample { name, content } in &samples {
        let url = content["url"].as_str().unwrap();
        let (url, query) = url.split_once('?').unwrap_or((url, ""));
        let target = url.strip_prefix("https://graph.microsoft.com").unwrap();
        let method = content["method"].as_str().unwrap();
        let path = &target[target[1..].find('/').unwrap() + 1..];
        let (operation, id) = routed(method, path);
        assert_eq!(operation.id, operation_of(name), "{name}");

        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let inputs = Inputs {
            id,
            query: pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
            body: content["body"].clone(),
        };
        // The answer fits no operation, and need not: what counts is the request.
        let fake = Fake::answering(500, "");
        assert!(call(fake.inner(), operation.id, &inputs).await.is_err());
        let request = fake.request();

        let sent = request.target.split_once(' ').unwrap();
        let (sent_path, sent_query) = sent.1.split_once('?').unwrap_or((sent.1, ""));
        assert_eq!((sent.0, sent_path), (method, target), "{name}");
        assert!(!sent_query.contains(['+', ' ']), "{name}: {sent_query}");
        let decode = |text| percent_decode_str(text).decode_utf8().unwrap().into_owned();
        let sent_pairs = sent_query
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        let sent_pairs = sent_pairs.map(|(k, v)| (decode(k), decode(v))).collect();
        assert_eq!(inputs.query, sent_pairs, "{name}");
        assert_eq!(request.json(), content["body"], "{name}");
        assert_eq!(
            request.header("content-type"),
            content["headers"]["Content-Type"].as_str(),
            "{name}"
        );
    }
}

#[tokio::test]
async fn every_sample_answer_is_read() {
    let Some(samples) = samples("responses") else {
        return;
    };
    assert!(samples.len() >= 13);
    for Sample { name, content } in &samples {
        let operation = operation_of(name);
        let headers = content["headers"].as_object().unwrap();
        let headers: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {}\r\n", value.as_str().unwrap()))
            .collect();
        let body = match &content["body"] {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let status = content["status"].as_u64().unwrap();
        let fake = Fake::answering_with(status.try_into().unwrap(), &headers, &body);
        let outcome = call(fake.inner(), operation, &inputs_of(operation)).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(u64::from(outcome.status), status, "{name}");
        assert_eq!(
            outcome.location.as_deref(),
            content["headers"]["Location"].as_str(),
            "{name}"
        );
        let expected = match &content["body"]["value"] {
            wrapped @ Value::Object(_) => wrapped,
            _ => &content["body"],
        };
        assert_eq!(plain(&outcome.value), plain(expected), "{name}");
    }
}

/// The value without what says nothing to us: nulls and annotations about types.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let telling = object.iter().filter(|(key, value)| {
                !value.is_null() && !matches!(key.as_str(), "@odata.type" | "@odata.context")
            });
            telling
                .map(|(key, value)| (key.clone(), plain(value)))
                .collect()
        }
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}

#[tokio::test]
async fn every_sample_error_is_the_typed_error() {
    let Some(samples) = samples("errors") else {
        return;
    };
    assert!(samples.len() >= 9);
    for Sample { name, content } in &samples {
        let status: u16 = content["status"].as_u64().unwrap().try_into().unwrap();
        let said = &content["body"]["error"];
        let inside = said["message"].as_str().unwrap();
        let inside = serde_json::from_str::<Value>(inside).unwrap_or_default();
        let meant = if inside.is_object() { &inside } else { said };

        let fake = Fake::answering(status, &content["body"].to_string());
        let failure = call(fake.inner(), "number_list", &Inputs::default()).await;
        let Err(Error::ErrorResponse(answer)) = failure.map_err(|failure| *failure) else {
            panic!("{name} is no typed error")
        };
        assert_eq!(answer.status().as_u16(), status, "{name}");
        let error = &answer.error;
        assert_eq!(error.code, meant["code"].as_str().unwrap(), "{name}");
        let message = meant["message"].as_str().unwrap();
        assert_eq!(error.message, message.trim_end_matches('.'), "{name}");
    }
}

/// The type alone, without the runtime's reading, keeps all there is.
#[test]
fn the_error_type_keeps_every_member_of_every_sample() {
    let Some(samples) = samples("errors") else {
        return;
    };
    for Sample { name, content } in &samples {
        let error: ODataError = serde_json::from_value(content["body"].clone()).unwrap();
        let inner = error.error.inner_error.as_ref().unwrap();
        assert!(inner.request_id.is_some(), "{name}");
        assert_eq!(
            serde_json::to_value(&error).unwrap(),
            content["body"],
            "{name}"
        );
    }
}
