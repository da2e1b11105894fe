//! Owns the reading of recorded sessions and the bytes that serve an answer again; judges nothing.

use std::path::Path;
use std::time::SystemTime;

use serde_json::Value;
use teams_phone_tests::{Step, read_json, start, upstream};

/// How many recordings there are.
const FILES: usize = 11;

/// One recorded call.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) sent_request_id: bool,
    /// The request's body; null if there was none.
    pub(crate) request: Value,
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The answer's body; null if there was none.
    pub(crate) answer: Value,
}

impl Exchange {
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub(crate) fn version(&self) -> &str {
        self.target.split_once("api-version=").unwrap().1
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// When it was recorded; any time if that was taken out.
    pub(crate) fn at(&self) -> SystemTime {
        let date = self
            .header("date")
            .and_then(|date| httpdate::parse_http_date(date).ok());
        date.unwrap_or_else(start)
    }

    /// The answer as it was on the wire, with the length or the chunks of the sanitised body.
    pub(crate) fn step(&self) -> Step {
        let body = match &self.answer {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let mut bytes = format!("HTTP/1.1 {} Recorded\r\nConnection: close\r\n", self.status);
        for (name, value) in &self.headers {
            match name.as_str() {
                "connection" => {}
                "content-length" => bytes.push_str(&format!("{name}: {}\r\n", body.len())),
                _ => bytes.push_str(&format!("{name}: {value}\r\n")),
            }
        }
        if self.header("transfer-encoding").is_some() {
            bytes.push_str(&format!("\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len()));
        } else {
            bytes.push_str(&format!("\r\n{body}"));
        }
        Step::Send(bytes.into_bytes())
    }
}

/// The recorded sessions, with their names; empty if the data is not there.
pub(crate) fn sessions() -> Vec<(String, Vec<Exchange>)> {
    let Some(folder) = upstream("recordings") else {
        return Vec::new();
    };
    let index = read_json(&folder.join("INDEX.json"));
    let files = index["files"].as_array().unwrap();
    assert_eq!(files.len(), FILES);
    let names = files
        .iter()
        .map(|file| file["file"].as_str().unwrap().to_owned());
    names
        .map(|name| (name.clone(), session(&folder.join(name))))
        .collect()
}

fn session(path: &Path) -> Vec<Exchange> {
    if path
        .extension()
        .is_some_and(|extension| extension == "yaml")
    {
        return vec![cassette(path)];
    }
    let session = read_json(path);
    session["Entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(entry)
        .collect()
}

fn entry(entry: &Value) -> Exchange {
    let names = |headers: &Value| -> Vec<(String, String)> {
        let headers = headers.as_object().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        headers
            .map(|(name, value)| (name.to_ascii_lowercase(), text(value)))
            .collect()
    };
    let sent = names(&entry["RequestHeaders"]);
    Exchange {
        method: entry["RequestMethod"].as_str().unwrap().to_owned(),
        target: target(entry["RequestUri"].as_str().unwrap()),
        sent_request_id: sent
            .iter()
            .any(|(name, _)| name == "x-ms-client-request-id"),
        request: entry["RequestBody"].clone(),
        status: entry["StatusCode"].as_u64().unwrap().try_into().unwrap(),
        headers: names(&entry["ResponseHeaders"]),
        answer: entry["ResponseBody"].clone(),
    }
}

fn target(uri: &str) -> String {
    let (_, rest) = uri.split_once("://").unwrap();
    rest[rest.find('/').unwrap()..].to_owned()
}

/// Reads the one recording that is a cassette in YAML: one call, quoted texts, lists of one item per header.
fn cassette(path: &Path) -> Exchange {
    let text = std::fs::read_to_string(path).unwrap();
    let (request, response) = text.split_once("\n  response:\n").unwrap();
    let after = |text: &str, label: &str| {
        let (_, rest) = text.split_once(label).unwrap();
        rest.lines().next().unwrap().trim().to_owned()
    };
    let quoted = |text: &str, label: &str| -> Value {
        let (_, rest) = text.split_once(label).unwrap();
        let (quoted, _) = rest.split_once('\'').unwrap();
        let words: Vec<&str> = quoted.split_whitespace().collect();
        serde_json::from_str(&words.join(" ")).unwrap()
    };
    let (_, headers) = response.split_once("    headers:\n").unwrap();
    let (headers, _) = headers.split_once("    status:\n").unwrap();
    let lines: Vec<&str> = headers.lines().map(str::trim).collect();
    let pair = |pair: &[&str]| {
        let value = pair[1].trim_start_matches("- ").trim_matches('\'');
        (pair[0].trim_end_matches(':').to_owned(), value.to_owned())
    };
    Exchange {
        method: after(request, "\n    method:"),
        target: target(&after(request, "\n    uri:")),
        sent_request_id: false,
        request: quoted(request, "body: '"),
        status: after(response, "code:").parse().unwrap(),
        headers: lines.chunks(2).map(pair).collect(),
        answer: quoted(response, "string: '"),
    }
}
