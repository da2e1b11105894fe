//! Compares the conversion with that of `swagger2openapi`, which knows nothing of this one.
//!
//! Runs only when asked: `TEAMS_PHONE_ORACLE=1` uses `npx --no-install swagger2openapi` (version 7.0.8), any other
//! value is the path of its executable. `TEAMS_PHONE_ORACLE_SPECS` names a folder of more documents to compare.
//! What the two do differently on purpose is listed in [`explained`]; anything else fails.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

use super::super::{Bundle, convert};
use crate::root;

/// The differences that are meant, by what the oracle does.
fn explained(path: &[String], ours: Option<&Value>, theirs: Option<&Value>) -> bool {
    let last = path.last().map_or("", String::as_str);
    let parent = path
        .len()
        .checked_sub(2)
        .map_or("", |index| path[index].as_str());
    match (ours, theirs) {
        // It shares bodies of its own choice; the operations, which refer to them, are compared.
        _ if path.len() == 3 && path[1] == "requestBodies" => true,
        (None, Some(_)) if path.len() == 2 && last == "requestBodies" => true,
        // It writes 3.0.0.
        (Some(_), Some(_)) if path.len() == 1 && last == "openapi" => true,
        // It has no default for a server variable either, and writes the word.
        (Some(ours), Some(theirs))
            if last == "default" && path.contains(&"variables".to_owned()) =>
        {
            ours == "" && theirs == "none"
        }
        (Some(Value::Object(ours)), Some(Value::Object(theirs))) => explained_objects(ours, theirs),
        // Our own extensions, and what it drops: the carried host, mappings, null, `required: false`.
        (Some(ours), None) => {
            let dropped = [
                "mapping",
                "encoding",
                "requestBodies",
                "format",
                "style",
                "explode",
                "nullable",
            ];
            last.starts_with("x-")
                || ours.is_null()
                || (last == "required" && ours == false)
                || dropped.contains(&last)
        }
        (Some(Value::Array(values)), Some(Value::Array(theirs))) if last == "enum" => {
            let without_null: Vec<_> = values.iter().filter(|value| !value.is_null()).collect();
            without_null == theirs.iter().collect::<Vec<_>>()
        }
        // It keeps the extensions of a host's parameter and of a value where they were.
        (None, Some(theirs)) => {
            last.starts_with("x-")
                || (last == "required" && theirs == false)
                || (parent == "endpoint" && last == "format")
        }
        // It leaves files in arrays and `format: file` as they are.
        (Some(ours), Some(theirs)) => {
            (last == "type" && ours == "string" && (theirs == "file" || theirs == "object"))
                || (last == "format" && ours == "binary" && theirs == "file")
        }
        (None, None) => true,
    }
}

/// It drops what stands beside `$ref`, says `*/*` for an unknown media type, and keeps paths with a query in `paths`.
fn explained_objects(ours: &Map<String, Value>, theirs: &Map<String, Value>) -> bool {
    let reference = theirs.get("$ref").filter(|_| theirs.len() == 1);
    if let Some(reference) = reference {
        return ours.get("allOf") == Some(&json!([{ "$ref": reference }]));
    }
    false
}

struct Comparison {
    ours: Value,
    theirs: Value,
    differences: Vec<String>,
}

impl Comparison {
    fn run(ours: Value, theirs: Value) -> Vec<String> {
        let mut comparison = Self {
            ours,
            theirs,
            differences: Vec::new(),
        };
        let (mut ours, theirs) = (comparison.ours.clone(), comparison.theirs.clone());
        // It leaves a path with a query where it was.
        if theirs.get("x-ms-paths").is_none() {
            let querying = ours
                .as_object_mut()
                .and_then(|all| all.remove("x-ms-paths"));
            let paths = ours.get_mut("paths").and_then(Value::as_object_mut);
            if let (Some(Value::Object(querying)), Some(paths)) = (querying, paths) {
                paths.extend(querying);
            }
        }
        // It keeps a host beside the parameterised one that replaces it.
        let mut theirs = theirs;
        let servers = theirs.get_mut("servers").and_then(Value::as_array_mut);
        if let (Some(_), Some(servers)) = (ours.get("x-host"), servers) {
            servers.remove(0);
        }
        comparison.compare(&mut Vec::new(), Some(&ours), Some(&theirs));
        comparison.differences
    }

    fn compare(&mut self, path: &mut Vec<String>, ours: Option<&Value>, theirs: Option<&Value>) {
        if ours == theirs {
            return;
        }
        let ours = ours.map(|value| self.body(path, value, &self.ours));
        let theirs = theirs.map(|value| self.body(path, value, &self.theirs));
        match (&ours, &theirs) {
            (ours, theirs) if explained(path, ours.as_ref(), theirs.as_ref()) => {}
            (Some(Value::Object(ours)), Some(Value::Object(theirs))) => {
                self.objects(path, ours, theirs)
            }
            (Some(Value::Array(ours)), Some(Value::Array(theirs)))
                if ours.len() == theirs.len() =>
            {
                for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                    path.push(index.to_string());
                    self.compare(path, Some(ours), Some(theirs));
                    path.pop();
                }
            }
            _ => self.differences.push(format!(
                "/{}: {} but {}",
                path.join("/"),
                shown(ours.as_ref()),
                shown(theirs.as_ref())
            )),
        }
    }

    fn objects(
        &mut self,
        path: &mut Vec<String>,
        ours: &Map<String, Value>,
        theirs: &Map<String, Value>,
    ) {
        let mut keys: Vec<_> = ours.keys().chain(theirs.keys()).collect();
        keys.sort();
        keys.dedup();
        let any = theirs
            .get("*/*")
            .filter(|_| path.last().is_some_and(|last| last == "content"));
        for key in keys {
            let (mine, other) = (ours.get(key), theirs.get(key));
            if any.is_some() && ours.len() == 1 && theirs.len() == 1 {
                if mine.is_some() {
                    self.compare(path, mine, any);
                }
                continue;
            }
            path.push(key.clone());
            self.compare(path, mine, other);
            path.pop();
        }
    }

    /// It shares equal bodies under names of its own; ours share those that Swagger shares.
    fn body(&self, path: &[String], value: &Value, document: &Value) -> Value {
        let shared = path.last().is_some_and(|last| last == "requestBody");
        let reference = value.get("$ref").and_then(Value::as_str).filter(|_| shared);
        let target = reference.and_then(|text| document.pointer(text.trim_start_matches('#')));
        target.unwrap_or(value).clone()
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(
        || "nothing".to_owned(),
        |value| value.to_string().chars().take(160).collect(),
    )
}

fn oracle(input: &Path, output: &Path) {
    let choice = env::var("TEAMS_PHONE_ORACLE").unwrap();
    let mut command = if choice == "1" {
        let mut command = Command::new("npx");
        command.args(["--no-install", "swagger2openapi"]);
        command
    } else {
        Command::new(choice)
    };
    let run = command
        .arg("--patch")
        .arg("--outfile")
        .arg(output)
        .arg(input)
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "the oracle failed on {}: {}",
        input.display(),
        String::from_utf8_lossy(&run.stderr)
    );
}

fn without_examples(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.remove("x-ms-examples");
            map.values_mut().for_each(without_examples);
        }
        Value::Array(items) => items.iter_mut().for_each(without_examples),
        _ => {}
    }
}

fn documents(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("examples") {
            documents(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "json") {
            out.push(path);
        }
    }
    out.sort();
}

#[test]
fn agrees_with_another_converter() {
    if env::var_os("TEAMS_PHONE_ORACLE").is_none() {
        eprintln!("SKIPPED: TEAMS_PHONE_ORACLE is not set, the other converter was not asked");
        return;
    }
    let mut files = Vec::new();
    documents(&root::workspace().join("specs"), &mut files);
    if let Some(upstream) = root::upstream() {
        documents(&upstream.join("data-plane"), &mut files);
    }
    if let Some(more) = env::var_os("TEAMS_PHONE_ORACLE_SPECS") {
        documents(Path::new(&more), &mut files);
    }
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (
        folder.path().join("in.json"),
        folder.path().join("out.json"),
    );
    let (mut compared, mut report) = (0, Vec::new());
    for path in files
        .iter()
        .filter(|path| fs::read_to_string(path).unwrap().contains("\"swagger\""))
    {
        let mut bundle = Bundle::read(path).unwrap();
        // It fails on a parameterised host without schemes.
        if bundle.document.get("x-ms-parameterized-host").is_some()
            && bundle.document.get("schemes").is_none()
        {
            bundle.document["schemes"] = json!(["https"]);
        }
        let mut swagger = bundle.document.clone();
        let ours = match convert(bundle) {
            Ok(conversion) => conversion.document,
            Err(error) => {
                eprintln!("not compared: {error:#}");
                continue;
            }
        };
        without_examples(&mut swagger);
        fs::write(&input, swagger.to_string()).unwrap();
        oracle(&input, &output);
        let theirs = serde_json::from_str(&fs::read_to_string(&output).unwrap()).unwrap();
        compared += 1;
        report.extend(
            Comparison::run(ours, theirs)
                .into_iter()
                .map(|line| format!("{}#{line}", path.display())),
        );
    }
    eprintln!("compared {compared} documents");
    assert!(
        report.is_empty(),
        "{} differences:\n{}",
        report.len(),
        report.join("\n")
    );
}
