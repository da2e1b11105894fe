//! Owns the promise that the examples of the service's own description hold: we send their requests and read their answers.

use std::path::Path;

use serde_json::{Map, Value};
use teams_phone_tests::{Fake, answer, json, read_json, start, upstream};

use crate::calls::{Wanted, high_level, low_level};
use crate::same::assert_same;

/// The descriptions, and how many of their operations have examples.
const DOCUMENTS: [(&str, usize); 3] = [
    ("preview/2025-03-02-preview", 16),
    ("stable/2025-06-30", 9),
    ("stable/2026-09-23", 9),
];

/// An example of an operation.
struct Example {
    name: String,
    method: String,
    /// With the values filled in, not escaped.
    path: String,
    version: String,
    body: Value,
    /// Status and body of each documented answer.
    answers: Vec<(u16, Value)>,
}

#[tokio::test]
async fn documented_examples_work_in_both_levels_of_the_client() {
    for (document, operations) in DOCUMENTS {
        let Some(folder) = upstream(&format!("data-plane/Identity/{document}")) else {
            return;
        };
        let examples = examples(&folder);
        assert_eq!(examples.len(), operations, "{document}");
        for example in &examples {
            for (status, body) in &example.answers {
                check(example, *status, body).await;
            }
        }
    }
}

async fn check(example: &Example, status: u16, body: &Value) {
    let place = format!("{} {status}", example.name);
    let wanted = Wanted {
        method: &example.method,
        path: &example.path,
        version: &example.version,
        body: &example.body,
        at: start(),
    };
    let step = || match body {
        Value::Null => answer(status, &[], ""),
        body => json(status, &body.to_string()),
    };
    let fake = Fake::script([step()]);
    let outcome = low_level(&fake.url(), &wanted).await;
    assert!(outcome.ok, "{place}: {outcome:?}");
    assert_eq!(outcome.status, status, "{place}");
    assert_same(body, &outcome.value, &place);
    assert_sent(example, &fake, &place);
    let fake = Fake::script([step()]);
    if let Some(outcome) = high_level(&fake.url(), &wanted).await {
        assert!(outcome.ok, "{place}: {outcome:?}");
        assert_eq!(outcome.status, status, "{place}");
        assert_same(body, &outcome.value, &place);
        assert_sent(example, &fake, &place);
    }
}

fn assert_sent(example: &Example, fake: &Fake, place: &str) {
    let request = fake.request();
    assert_eq!(request.method, example.method, "{place}");
    assert_eq!(request.version(), example.version, "{place}");
    let ids = |path: &str| path.replace("%3A", ":");
    assert_eq!(ids(request.path()), example.path, "{place}");
    let media_type = match (&example.body, &*example.method) {
        (Value::Null, _) => None,
        (_, "PATCH") => Some("application/merge-patch+json"),
        _ => Some("application/json"),
    };
    assert_eq!(request.header("content-type"), media_type, "{place}");
    let sent = serde_json::from_slice(&request.body).unwrap_or_default();
    assert_same(&example.body, &sent, place);
}

fn examples(folder: &Path) -> Vec<Example> {
    let document = read_json(&folder.join("CommunicationIdentity.json"));
    let mut examples = Vec::new();
    for (template, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(listed) = operation["x-ms-examples"].as_object() else {
                continue;
            };
            for (title, reference) in listed {
                let file = folder.join(reference["$ref"].as_str().unwrap());
                let id = operation["operationId"].as_str().unwrap();
                let name = format!("{id} ({title})");
                examples.push(example(name, method, template, &read_json(&file)));
            }
        }
    }
    examples
}

fn example(name: String, method: &str, template: &str, file: &Value) -> Example {
    let parameters: &Map<String, Value> = file["parameters"].as_object().unwrap();
    let mut path = template.to_owned();
    for (name, value) in parameters {
        path = path.replace(&format!("{{{name}}}"), value.as_str().unwrap_or_default());
    }
    let answers = file["responses"].as_object().unwrap().iter();
    Example {
        name,
        method: method.to_ascii_uppercase(),
        path,
        version: parameters["api-version"].as_str().unwrap().to_owned(),
        body: parameters.get("body").cloned().unwrap_or_default(),
        answers: answers
            .map(|(status, answer)| (status.parse().unwrap(), answer["body"].clone()))
            .collect(),
    }
}
