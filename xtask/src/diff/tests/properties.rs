//! What holds for every document: it equals itself in any order, and no field changes unseen.

use std::path::PathBuf;
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::diff::{documents, locate, read};
use crate::specs::Registry;

/// Lists whose order says nothing.
const UNORDERED: [&str; 6] = [
    "required",
    "enum",
    "tags",
    "parameters",
    "allOf",
    "security",
];

/// Our documents.
fn ours() -> Vec<(PathBuf, Value)> {
    let registry = Registry::load().unwrap();
    let files = registry
        .specs
        .iter()
        .filter(|spec| spec.api == "acs-identity")
        .map(crate::specs::Spec::path);
    files
        .map(|file| (file.clone(), read(&file).unwrap()))
        .collect()
}

/// Our documents and, where they are, upstream's.
fn all() -> Vec<(PathBuf, Value)> {
    let mut files = Vec::new();
    if let Some(folder) = crate::root::upstream() {
        for state in ["stable", "preview"] {
            let versions =
                std::fs::read_dir(folder.join("data-plane/Identity").join(state)).unwrap();
            files.extend(
                versions.map(|version| version.unwrap().path().join("CommunicationIdentity.json")),
            );
        }
    }
    let upstream = files
        .into_iter()
        .map(|file| (file.clone(), read(&file).unwrap()));
    ours().into_iter().chain(upstream).collect()
}

/// The same document in another order.
fn shuffled(value: &Value, key: &str, seed: &mut u64) -> Value {
    let mut draw = |below: usize| {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(*seed >> 33).unwrap() % below
    };
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            for index in (1..entries.len()).rev() {
                entries.swap(index, draw(index + 1));
            }
            Value::Object(
                entries
                    .into_iter()
                    .map(|(key, value)| (key.clone(), shuffled(value, key, seed)))
                    .collect(),
            )
        }
        Value::Array(items) => {
            let mut items: Vec<_> = items.iter().collect();
            if UNORDERED.contains(&key) {
                for index in (1..items.len()).rev() {
                    items.swap(index, draw(index + 1));
                }
            }
            items
                .into_iter()
                .map(|item| shuffled(item, "", seed))
                .collect()
        }
        other => other.clone(),
    }
}

/// Calls `visit` with the pointer of every object of fields below `value`.
fn fields(value: &Value, pointer: &str, visit: &mut impl FnMut(&str, &Map<String, Value>)) {
    let Some(map) = value.as_object() else { return };
    for (key, child) in map {
        let pointer = format!("{pointer}/{key}");
        if let ("properties", Some(fields)) = (key.as_str(), child.as_object()) {
            visit(&pointer, fields);
        }
        fields(child, &pointer, visit);
    }
}

#[test]
fn a_document_equals_itself() {
    for (file, document) in all() {
        let report = documents(&document, &document);
        assert!(report.changes().is_empty(), "{}\n{report}", file.display());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn order_says_nothing(seed: u64) {
        static ALL: LazyLock<Vec<(PathBuf, Value)>> = LazyLock::new(all);
        for (file, document) in ALL.iter() {
            let report = documents(document, &shuffled(document, "", &mut seed.clone()));
            prop_assert!(report.changes().is_empty(), "{}\n{report}", file.display());
        }
    }
}

/// Changes the named one of some fields.
type Edit = fn(&mut Map<String, Value>, &str);

/// Each field of each type, changed in each of these ways, must be named.
#[test]
fn no_field_changes_unseen() {
    let changes: [(&str, Edit); 3] = [
        ("removed", |fields, name| {
            fields.remove(name);
        }),
        ("renamed", |fields, name| {
            let field = fields.remove(name).unwrap();
            fields.insert(format!("{name}X"), field);
        }),
        ("of another type", |fields, name| {
            let readonly = fields[name]["readOnly"].clone();
            fields.insert(
                name.to_owned(),
                json!({"type": "boolean", "readOnly": readonly}),
            );
        }),
    ];
    for (file, document) in ours() {
        let schemas = &document["components"]["schemas"];
        let mut targets = Vec::new();
        fields(schemas, "/components/schemas", &mut |pointer, fields| {
            targets.extend(fields.keys().map(|name| (pointer.to_owned(), name.clone())));
        });
        assert!(!targets.is_empty(), "{}", file.display());
        for (pointer, name) in targets {
            for (what, change) in changes {
                let mut changed = document.clone();
                change(
                    changed
                        .pointer_mut(&pointer)
                        .unwrap()
                        .as_object_mut()
                        .unwrap(),
                    &name,
                );
                let report = documents(&document, &changed);
                let named =
                    |path: &String| path.rsplit('.').next().is_some_and(|last| last == name);
                assert!(
                    report.breaking()
                        && report
                            .changes()
                            .iter()
                            .any(|change| change.paths.iter().any(named)),
                    "{}: {pointer}/{name} was {what}\n{report}",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn the_json_form_holds_what_the_text_says() {
    let documents_of = all();
    let (_, old) = &documents_of[0];
    let mut new = old.clone();
    let path = new["paths"]
        .as_object()
        .unwrap()
        .keys()
        .next()
        .unwrap()
        .clone();
    new["paths"].as_object_mut().unwrap().remove(&path);
    let report = documents(old, &new);
    let json = report.to_json();
    assert_eq!(json["version"], 1);
    assert_eq!(json["breaking"], true);
    assert_eq!(json["old"]["version"], old["info"]["version"]);
    let changes = json["changes"].as_array().unwrap();
    assert_eq!(changes.len(), report.changes().len());
    let keys = [
        "kind",
        "group",
        "operations",
        "location",
        "schema",
        "path",
        "paths",
        "side",
        "breaking",
        "wire",
        "detail",
        "old",
        "new",
    ];
    let text = report.to_string();
    for change in changes {
        assert_eq!(change.as_object().unwrap().keys().collect::<Vec<_>>(), keys);
        let start = format!("{:<29} ", change["kind"].as_str().unwrap());
        assert!(text.lines().any(|line| line.starts_with(&start)), "{text}");
    }
}

#[test]
fn help_names_every_kind_once() {
    let help = crate::diff::long_help();
    for kind in crate::diff::kind::Kind::ALL {
        let start = format!("  {:<30} ", kind.name());
        assert_eq!(
            help.lines().filter(|line| line.starts_with(&start)).count(),
            1,
            "{}",
            kind.name()
        );
    }
}

#[test]
fn files_that_cannot_be_compared_are_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("spec.json");
    for (text, reason) in [
        ("\u{feff}{}", "neither Swagger 2.0 nor OpenAPI 3.0"),
        ("{", "is not JSON"),
        ("{}", "neither Swagger 2.0 nor OpenAPI 3.0"),
        (
            r#"{"openapi": "3.1.0"}"#,
            "is OpenAPI 3.1.0; only 3.0 can be compared",
        ),
        (
            r##"{"openapi": "3.0.3", "paths": {"/a": {"$ref": "#/components/x"}}}"##,
            "the reference #/components/x at #/paths//a leads nowhere",
        ),
        (
            r#"{"openapi": "3.0.3", "paths": {"/a": {"$ref": "other.json"}}}"#,
            "the reference other.json at #/paths//a leads nowhere",
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        let error = format!("{:#}", read(&file).unwrap_err());
        assert!(error.contains(reason), "{error}");
        assert!(error.contains("spec.json"), "{error}");
    }
}

#[test]
fn versions_and_apis_that_are_not_registered_are_refused_with_those_that_are() {
    for (argument, api, reason) in [
        (
            "1999-01-01",
            Some("acs-identity"),
            "versions are 2021-03-07, ",
        ),
        (
            "2025-06-30",
            Some("acs-nothing"),
            "no API acs-nothing is registered",
        ),
    ] {
        let error = locate(argument, api).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
    assert!(
        locate("2025-06-30", Some("acs-identity"))
            .unwrap()
            .is_file()
    );
}
