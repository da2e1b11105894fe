//! Owns the reading of one upstream Swagger 2.0 document and the validators of its responses.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value, json};

use crate::{client::Answer, upstream};

/// One version's document with everything it refers to.
pub(crate) struct Spec {
    document: Value,
    definitions: Map<String, Value>,
}

impl Spec {
    pub(crate) fn load(path: &Path) -> Self {
        let document = upstream::json(&path.to_path_buf());
        let mut definitions = Map::new();
        collect(path, &document, &mut definitions);
        Self {
            document,
            definitions,
        }
    }

    /// `METHOD /path` of every operation.
    pub(crate) fn operations(&self) -> BTreeSet<String> {
        self.each()
            .map(|(method, path, _)| format!("{} {path}", method.to_uppercase()))
            .collect()
    }

    /// `METHOD /path status` of every declared response; errors are `default`.
    pub(crate) fn declared(&self) -> BTreeSet<String> {
        self.each()
            .flat_map(|(method, path, operation)| {
                let responses = operation["responses"].as_object().unwrap();
                responses
                    .keys()
                    .map(move |status| format!("{} {path} {status}", method.to_uppercase()))
            })
            .collect()
    }

    /// Checks an answer and returns the response it was taken for.
    pub(crate) fn check(&self, method: &str, template: &str, answer: &Answer) -> String {
        let what = format!("{method} {template} {}", answer.status);
        let operation = &self.document["paths"][template][method.to_lowercase()];
        let responses = operation["responses"]
            .as_object()
            .unwrap_or_else(|| panic!("{what}: no such operation"));
        let status = answer.status.to_string();
        let (name, response) = match responses.get(&status) {
            Some(response) => (status, response),
            None if answer.status >= 400 => ("default".to_owned(), &responses["default"]),
            None => panic!("{what}: this status is not declared"),
        };
        match response.get("schema") {
            None => {
                assert!(
                    answer.body.is_empty(),
                    "{what}: a body where none is declared"
                );
                assert!(
                    answer.header("content-type").is_none(),
                    "{what}: a content type without a body"
                );
            }
            Some(schema) => self.validate(schema, &answer.json(), &what),
        }
        format!("{method} {template} {name}")
    }

    fn validate(&self, schema: &Value, body: &Value, what: &str) {
        let mut root = localise(schema);
        root["definitions"] = Value::Object(self.definitions.clone());
        let validator = jsonschema::draft4::options()
            .should_validate_formats(true)
            .build(&root)
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        let errors: Vec<String> = validator
            .iter_errors(body)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{what}: {errors:?} in {body}");
    }

    fn each(&self) -> impl Iterator<Item = (&String, &String, &Value)> {
        let paths = self.document["paths"].as_object().unwrap();
        paths.iter().flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .iter()
                .filter(|(method, _)| *method != "parameters")
                .map(move |(method, operation)| (method, path, operation))
        })
    }
}

/// Gathers the definitions of a document and of the documents it refers to, by their bare names.
fn collect(path: &Path, document: &Value, into: &mut Map<String, Value>) {
    for (name, schema) in document["definitions"].as_object().unwrap() {
        into.insert(name.clone(), localise(schema));
    }
    let mut files = BTreeSet::new();
    external_files(document, &mut files);
    for file in files {
        let other: PathBuf = path.parent().unwrap().join(&file);
        let other_document = upstream::json(&other);
        for (name, schema) in other_document["definitions"].as_object().unwrap() {
            into.entry(name.clone()).or_insert_with(|| localise(schema));
        }
    }
}

fn external_files(value: &Value, files: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref")
                && let Some((file, "")) | Some((file, _)) = reference.split_once('#')
                && file.ends_with("common.json")
            {
                files.insert(file.to_owned());
            }
            members
                .values()
                .for_each(|member| external_files(member, files));
        }
        Value::Array(items) => items.iter().for_each(|item| external_files(item, files)),
        _ => {}
    }
}

/// Makes references local, lets open enums be open, and forbids members that are not declared.
fn localise(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                let name = reference.rsplit('/').next().unwrap();
                return json!({ "$ref": format!("#/definitions/{name}") });
            }
            let mut local: Map<String, Value> = members
                .iter()
                .map(|(name, member)| (name.clone(), localise(member)))
                .collect();
            if members
                .get("x-ms-enum")
                .is_some_and(|options| options["modelAsString"] == true)
            {
                local.remove("enum");
            }
            if members.get("properties").is_some_and(Value::is_object)
                && members.contains_key("type")
            {
                local.entry("additionalProperties").or_insert(json!(false));
            }
            local.remove("example");
            Value::Object(local)
        }
        Value::Array(items) => items.iter().map(localise).collect(),
        other => other.clone(),
    }
}
