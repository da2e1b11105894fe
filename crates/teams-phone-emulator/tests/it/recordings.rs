//! Owns the replay of recorded sessions of the service: sent to the emulator, answered alike.
//! Refuses to invent what the recordings' authors removed; it fills in tokens and ids of its own in their places.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Map, Value, json};
use teams_phone_emulator::Emulator;

use crate::{
    client::{Answer, CALLING, Request, emulator, entra_token},
    upstream,
};

const USER: &str = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111";
const APP: &str = "1bfa671a-dc6b-47f3-8940-45c0f1af0fa6";
/// Versions the service advertised and the emulator leaves out on purpose.
const LEFT_OUT: [&str; 2] = ["2020-07-20-preview2", "2021-02-22-preview1"];
/// Headers of the connection or of TLS, not of the answer.
const NOT_COMPARED: [&str; 5] = [
    "connection",
    "strict-transport-security",
    "content-length",
    "transfer-encoding",
    "api-supported-versions",
];

/// One recorded request and its answer.
struct Entry {
    method: String,
    uri: String,
    request_body: Value,
    client_request_id: bool,
    status: u16,
    headers: Map<String, Value>,
    body: Value,
}

#[test]
fn recorded_sessions_are_answered_alike() {
    let Some(folder) = upstream::folder("recorded sessions were not replayed") else {
        return;
    };
    let mut names: Vec<_> = fs::read_dir(folder.join("recordings"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.file_name().is_some_and(|name| name != "INDEX.json"))
        .collect();
    names.sort();
    assert!(names.len() >= 11, "only {} recordings", names.len());
    for path in names {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let emulator = emulator();
        prepare(&emulator, &name);
        let mut id = None;
        for entry in entries(&path) {
            let answer = entry.replay(&emulator, &name, id.as_deref());
            entry.compare(&answer, &name);
            if let Some(created) = answer.json()["identity"]["id"].as_str() {
                id = Some(created.to_owned());
            }
        }
    }
}

/// What the resource knew before the session.
fn prepare(emulator: &Emulator, name: &str) {
    if name.contains("gets_a_user_with_customid") {
        let document = json!({
            "version": 1,
            "resourceId": "c2b5f0a2-3f2e-4b0e-9d6b-5f3f8f5a1c11",
            "identities": [{
                "id": "8:acs:c2b5f0a2-3f2e-4b0e-9d6b-5f3f8f5a1c11_0000001f-3f3b-2a1c-28c5-593a0d00aa01",
                "customId": "alice@contoso.com",
                "createdAt": "2025-04-14T15:32:35Z",
                "lastTokenIssuedAt": "2025-04-14T15:32:35.25Z",
            }],
        });
        emulator.set_state(&document.to_string()).unwrap();
    }
}

impl Entry {
    fn replay(&self, emulator: &Emulator, name: &str, id: Option<&str>) -> Answer {
        let target = self.uri.splitn(4, '/').nth(3).unwrap();
        let mut target = format!("/{target}");
        if let Some(id) = id {
            target = target
                .replace("/sanitized", &format!("/{id}"))
                .replace("/Sanitized", &format!("/{id}"));
        }
        let mut request = Request::new(&self.method, &target);
        if self.client_request_id {
            request = request.header("x-ms-client-request-id", "replayed");
        }
        if self.request_body.is_object() {
            request = request.json(&fill_in(self.request_body.clone(), name, emulator));
        }
        request.send(emulator)
    }

    fn compare(&self, answer: &Answer, name: &str) {
        let what = format!("{name}: {} {}", self.method, self.uri);
        assert_eq!(
            answer.status,
            self.status,
            "{what}: {}",
            String::from_utf8_lossy(&answer.body)
        );
        let mut body = answer.json();
        if let Some(error) = body.get_mut("error").and_then(Value::as_object_mut) {
            // The emulator's own explanation, which the service never fills in.
            error.remove("innererror");
            error.remove("details");
        }
        assert_eq!(comparable(&body), comparable(&self.body), "{what}");
        for (header, value) in &self.headers {
            let header = header.to_lowercase();
            if NOT_COMPARED.contains(&header.as_str()) {
                continue;
            }
            let ours = answer
                .header(&header)
                .unwrap_or_else(|| panic!("{what}: {header} is missing"));
            if [
                "content-type",
                "request-context",
                "x-cache",
                "accept-ranges",
            ]
            .contains(&header.as_str())
            {
                assert_eq!(Some(ours), value.as_str(), "{what}: {header}");
            }
        }
        for header in [
            "content-type",
            "transfer-encoding",
            "accept-ranges",
            "api-supported-versions",
        ] {
            let recorded = self.header(header);
            assert_eq!(
                answer.header(header).is_some(),
                recorded.is_some(),
                "{what}: {header}"
            );
        }
        let versions = |list: Option<&str>| -> BTreeSet<String> {
            list.unwrap_or_default()
                .split(", ")
                .map(str::to_owned)
                .collect()
        };
        let ours = versions(answer.header("api-supported-versions"));
        for version in versions(self.header("api-supported-versions")) {
            assert!(
                ours.contains(&version) || LEFT_OUT.contains(&version.as_str()),
                "{what}: {version}"
            );
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .and_then(|(_, value)| value.as_str())
    }
}

/// Puts a token and ids in the places where the authors removed them.
fn fill_in(mut body: Value, name: &str, emulator: &Emulator) -> Value {
    let removed = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| text.eq_ignore_ascii_case("sanitized"))
    };
    if removed(&body["token"]) {
        let life = if name.to_lowercase().contains("expired") {
            -60
        } else {
            3600
        };
        body["token"] = entra_token(
            emulator,
            CALLING,
            json!({ "oid": USER, "appid": APP }),
            life,
        )
        .into();
    }
    if removed(&body["userId"]) {
        body["userId"] = USER.into();
    }
    // The session with an invalid client id had something there that is not a GUID.
    if removed(&body["appId"]) && !name.contains("InvalidClientId") {
        body["appId"] = APP.into();
    }
    body
}

/// A body with ids, tokens and times replaced by their shapes; a `lastTokenIssuedAt` set up beforehand stays equal.
fn comparable(body: &Value) -> Value {
    match body {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let shape = match (name.as_str(), value) {
                    ("id" | "token", Value::String(_)) => json!("text"),
                    ("expiresOn" | "lastTokenIssuedAt", Value::String(time)) => time
                        .chars()
                        .map(|c| if c.is_ascii_digit() { '0' } else { c })
                        .collect::<String>()
                        .into(),
                    _ => comparable(value),
                };
                (name.clone(), shape)
            })
            .collect(),
        other => other.clone(),
    }
}

fn entries(path: &Path) -> Vec<Entry> {
    if path
        .extension()
        .is_some_and(|extension| extension == "yaml")
    {
        return vec![yaml_entry(&fs::read_to_string(path).unwrap())];
    }
    let document = upstream::json(&path.to_path_buf());
    document["Entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(json_entry)
        .collect()
}

fn json_entry(entry: &Value) -> Entry {
    Entry {
        method: entry["RequestMethod"].as_str().unwrap().to_owned(),
        uri: entry["RequestUri"].as_str().unwrap().to_owned(),
        request_body: entry["RequestBody"].clone(),
        client_request_id: entry["RequestHeaders"]
            .get("x-ms-client-request-id")
            .is_some(),
        status: u16::try_from(entry["StatusCode"].as_u64().unwrap()).unwrap(),
        headers: entry["ResponseHeaders"].as_object().unwrap().clone(),
        body: entry["ResponseBody"].clone(),
    }
}

/// Reads the one recording in VCR's YAML: enough of it for flat headers and quoted bodies.
fn yaml_entry(text: &str) -> Entry {
    let words: Vec<&str> = text.lines().map(str::trim).collect();
    let after = |prefix: &str| {
        let line = words
            .iter()
            .find(|line| line.starts_with(prefix))
            .unwrap_or_else(|| panic!("no {prefix}"));
        line[prefix.len()..].trim().to_owned()
    };
    let joined = words.join(" ");
    let quoted = |prefix: &str| -> Value {
        let rest = joined
            .split_once(prefix)
            .unwrap()
            .1
            .split_once('\'')
            .unwrap()
            .1;
        serde_json::from_str(rest.split_once('\'').unwrap().0).unwrap()
    };
    let response = text.split_once("response:").unwrap().1;
    let headers = response
        .split_once("headers:")
        .unwrap()
        .1
        .split_once("status:")
        .unwrap()
        .0;
    let lines: Vec<&str> = headers
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let headers = lines
        .chunks(2)
        .map(|pair| {
            (
                pair[0].trim_end_matches(':').to_owned(),
                json!(pair[1].trim_start_matches("- ")),
            )
        })
        .collect();
    Entry {
        method: after("method:"),
        uri: after("uri:"),
        request_body: quoted("body:"),
        client_request_id: false,
        status: after("code:").parse().unwrap(),
        headers,
        body: quoted("string:"),
    }
}
