//! Tests of the import, on real documents and on small ones.

use serde_json::json;

use super::*;
use crate::conformance;

/// A `specs` folder in a place of its own, with or without the documents of this workspace.
struct Workspace(tempfile::TempDir);

impl Workspace {
    fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let specs = folder.path().join("specs");
        std::fs::create_dir_all(&specs).unwrap();
        std::fs::write(specs.join("specs.toml"), "# Nothing yet.\n").unwrap();
        Self(folder)
    }

    fn copy() -> Self {
        let workspace = Self::empty();
        copy(&crate::root::workspace().join("specs"), &workspace.specs());
        workspace
    }

    fn specs(&self) -> PathBuf {
        self.0.path().join("specs")
    }

    /// Writes an upstream file.
    fn upstream(&self, path: &str, value: &Value) -> PathBuf {
        let path = self.0.path().join("checkout").join(path);
        write(&path, value).unwrap();
        path
    }

    fn files(&self) -> Vec<(PathBuf, String)> {
        let mut list = Vec::new();
        let mut folders = vec![self.specs()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => {
                        let text = std::fs::read_to_string(&path).unwrap();
                        list.push((path, text));
                    }
                }
            }
        }
        list.sort();
        list
    }

    fn import(
        &self,
        path: &Path,
        api: &str,
        version: &str,
        force: bool,
    ) -> anyhow::Result<Outcome> {
        let args = Args {
            path: path.to_path_buf(),
            api: api.to_owned(),
            version: version.to_owned(),
            repository: "owner/name".to_owned(),
            commit: None,
            force,
        };
        import(&self.specs(), &args)
    }

    fn refusal(&self, path: &Path, version: &str, force: bool) -> String {
        let before = self.files();
        let error = self.import(path, "a", version, force).unwrap_err();
        assert_eq!(before, self.files(), "a refused import must not write");
        format!("{error:#}")
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

fn small(version: &str) -> Value {
    json!({
        "swagger": "2.0",
        "info": {"title": "T", "description": "Theirs.", "version": version, "contact": {"name": "N"}},
        "paths": {"/b": {"get": {
            "summary": "Theirs.",
            "operationId": "B_Get",
            "x-ms-examples": {"one": {"$ref": "./examples/missing.json"}},
            "parameters": [{"name": "id", "in": "query", "type": "string", "description": "Theirs."}],
            "responses": {"200": {"description": "Theirs.", "schema": {"$ref": "../types/t.json#/definitions/T"}}}
        }}},
        "definitions": {"A": {"type": "string", "description": "Theirs."}}
    })
}

fn types() -> Value {
    json!({"definitions": {
        "T": {"properties": {"t": {"$ref": "#/definitions/U"}}},
        "U": {"type": "string", "description": "Theirs.", "enum": ["b", "a"]},
        "Unused": {"type": "string"}
    }})
}

#[test]
fn a_real_document_comes_in_wire_identical_and_without_upstream_prose() {
    let Some(upstream) = crate::root::upstream() else {
        return;
    };
    let folder = upstream.join("data-plane/Identity");
    for path in [
        "stable/2026-09-23",
        "stable/2023-10-01",
        "preview/2025-03-02-preview",
    ] {
        let workspace = Workspace::empty();
        let source = folder.join(path).join("CommunicationIdentity.json");
        let version = path.split_once('/').unwrap().1;
        let outcome = workspace
            .import(&source, "acs-identity", version, false)
            .unwrap();
        let differences = conformance::differences(&outcome.document, &source).unwrap();
        assert_eq!(differences, []);
        for (path, text) in workspace.files() {
            for keyword in [
                "\"summary\"",
                "x-ms-examples",
                "x-typespec-generated",
                "\"description\": \"A",
            ] {
                assert!(!text.contains(keyword), "{keyword} in {}", path.display());
            }
        }
        assert!(outcome.previous.is_none());
        assert!(outcome.missing.len() > 50, "{:#?}", outcome.missing);
    }
}

#[test]
fn importing_what_is_there_again_changes_nothing() {
    let Some(upstream) = crate::root::upstream() else {
        return;
    };
    let workspace = Workspace::copy();
    let before = workspace.files();
    let registry = Registry::load_from(&workspace.specs()).unwrap();
    for spec in registry.api("acs-identity") {
        let below = spec
            .origin
            .path
            .strip_prefix("specification/communication/")
            .unwrap();
        let outcome = workspace
            .import(&upstream.join(below), &spec.api, &spec.version, true)
            .unwrap();
        assert_eq!(outcome.missing, [""; 0]);
    }
    for (before, after) in before.iter().zip(workspace.files()) {
        assert_eq!(*before, after);
    }
}

#[test]
fn a_new_version_takes_our_texts_along_and_is_registered_in_its_place() {
    let Some(upstream) = crate::root::upstream() else {
        return;
    };
    let workspace = Workspace::copy();
    let source = upstream.join("data-plane/Identity/stable/2023-08-01/CommunicationIdentity.json");
    let outcome = workspace
        .import(&source, "acs-identity", "2023-08-01", false)
        .unwrap();
    let missing: Vec<_> = outcome
        .missing
        .iter()
        .map(|text| text.split_once('#').unwrap().1)
        .collect();
    let expected = [
        "/paths/~1identities/post/parameters/1/description",
        "/paths/~1identities/post/parameters/2/description",
        "/paths/~1identities/post/responses/201/headers/Repeatability-Result/description",
    ];
    assert!(
        expected.iter().all(|pointer| missing.contains(pointer)),
        "{missing:#?}"
    );
    assert_eq!(outcome.previous.unwrap().version, "2026-09-23");
    let registry = Registry::load_from(&workspace.specs()).unwrap();
    let versions: Vec<_> = registry
        .api("acs-identity")
        .iter()
        .map(|spec| &*spec.version)
        .collect();
    assert_eq!(versions[2..5], ["2022-10-01", "2023-08-01", "2023-10-01"]);
    let spec = registry.find("acs-identity", "2023-08-01").unwrap();
    assert_eq!(
        (spec.state, &*spec.module, spec.default),
        (State::Ga, "v2023_08_01", false)
    );
    assert_eq!(
        spec.origin.path,
        "data-plane/Identity/stable/2023-08-01/CommunicationIdentity.json"
    );
    assert_eq!(conformance::differences(&spec.path(), &source).unwrap(), []);
}

#[test]
fn a_small_document_is_normalised_and_its_files_are_reduced() {
    let workspace = Workspace::empty();
    workspace.upstream("specification/a/types/t.json", &types());
    let source = workspace.upstream(
        "specification/a/preview/2024-01-01.json",
        &small("2024-01-01-preview"),
    );
    let outcome = workspace
        .import(&source, "a", "2024-01-01-preview", false)
        .unwrap();
    let document = read(&outcome.document).unwrap();
    let expected = json!({
        "swagger": "2.0",
        "info": {"title": "T", "version": "2024-01-01-preview"},
        "paths": {"/b": {"get": {
            "operationId": "B_Get",
            "parameters": [{"name": "id", "in": "query", "type": "string"}],
            "responses": {"200": {"description": "", "schema": {"$ref": "../t/types/t.json#/definitions/T"}}}
        }}},
        "definitions": {"A": {"type": "string"}}
    });
    assert_eq!(document, expected);
    let other = read(&workspace.specs().join("a/t/types/t.json")).unwrap();
    let names: Vec<_> = other["definitions"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["T", "U"]);
    assert_eq!(
        outcome.missing,
        [
            "a/2024-01-01-preview/swagger.json#/info/description",
            "a/2024-01-01-preview/swagger.json#/paths/~1b/get/summary",
            "a/2024-01-01-preview/swagger.json#/paths/~1b/get/description",
            "a/2024-01-01-preview/swagger.json#/paths/~1b/get/parameters/0/description",
            "a/2024-01-01-preview/swagger.json#/paths/~1b/get/responses/200/description",
            "a/2024-01-01-preview/swagger.json#/definitions/A/description",
            "a/t/types/t.json#/definitions/T/description",
            "a/t/types/t.json#/definitions/T/properties/t/description",
            "a/t/types/t.json#/definitions/U/description",
        ]
    );
    let registry = Registry::load_from(&workspace.specs()).unwrap();
    assert_eq!(registry.specs[0].state, State::Preview);
    assert_eq!(
        registry.specs[0].origin.path,
        "specification/a/preview/2024-01-01.json"
    );
    let text = std::fs::read_to_string(workspace.specs().join("specs.toml")).unwrap();
    assert!(text.starts_with("# Nothing yet.\n"), "{text}");
}

#[test]
fn texts_written_for_one_version_serve_the_next_although_things_moved() {
    let workspace = Workspace::empty();
    workspace.upstream("types/t.json", &types());
    let source = workspace.upstream("v/one.json", &small("2024-01-01"));
    let outcome = workspace.import(&source, "a", "2024-01-01", false).unwrap();
    let mut ours = read(&outcome.document).unwrap();
    ours["paths"]["/b"]["get"]["parameters"][0]["description"] = json!("Ours, of the id.");
    ours["paths"]["/b"]["get"]["summary"] = json!("Ours, of the operation.");
    ours["paths"]["/b"]["get"]["responses"]["200"]["description"] = json!("Ours, of the answer.");
    write(&outcome.document, &ours).unwrap();

    let mut next = small("2024-02-01");
    let get = &mut next["paths"]["/b"]["get"];
    get["operationId"] = json!("Renamed");
    get["parameters"] = json!([
        {"name": "more", "in": "query", "type": "string"},
        {"$ref": "#/parameters/TheId"}
    ]);
    next["parameters"] = json!({"TheId": {"name": "id", "in": "query", "type": "string"}});
    let source = workspace.upstream("v/two.json", &next);
    let outcome = workspace.import(&source, "a", "2024-02-01", false).unwrap();
    let text = std::fs::read_to_string(&outcome.document).unwrap();
    assert!(text.contains("Ours, of the operation.") && text.contains("Ours, of the answer."));
    let missing = |end: &str| outcome.missing.iter().any(|pointer| pointer.ends_with(end));
    assert!(missing("/get/parameters/0/description") && !missing("/get/parameters/1/description"));
    assert!(missing("/parameters/TheId/description") && !missing("/get/summary"));
    assert_eq!(outcome.previous.unwrap().version, "2024-01-01");
}

#[test]
fn a_shared_parameter_that_becomes_part_of_an_operation_keeps_its_text() {
    let workspace = Workspace::empty();
    workspace.upstream("types/t.json", &types());
    let mut one = small("2024-01-01");
    let parameter = one["paths"]["/b"]["get"]["parameters"][0].take();
    one["parameters"] = json!({ "TheId": parameter });
    one["paths"]["/b"]["get"]["parameters"][0] = json!({"$ref": "#/parameters/TheId"});
    let source = workspace.upstream("v/one.json", &one);
    let outcome = workspace.import(&source, "a", "2024-01-01", false).unwrap();
    let mut ours = read(&outcome.document).unwrap();
    ours["parameters"]["TheId"]["description"] = json!("Ours.");
    write(&outcome.document, &ours).unwrap();
    let source = workspace.upstream("v/two.json", &small("2024-02-01"));
    let outcome = workspace.import(&source, "a", "2024-02-01", false).unwrap();
    let document = read(&outcome.document).unwrap();
    let parameter = &document["paths"]["/b"]["get"]["parameters"][0];
    assert_eq!(parameter["description"], "Ours.");
}

#[test]
fn refuses_what_it_cannot_import_and_says_why() {
    let workspace = Workspace::empty();
    workspace.upstream("types/t.json", &types());
    let one = workspace.upstream("v/one.json", &small("2024-01-01"));
    let openapi = workspace.upstream("v/three.json", &json!({"openapi": "3.0.3"}));
    let mut dangling = small("2024-01-01");
    dangling["definitions"]["A"] = json!({"items": {"$ref": "../types/t.json#/definitions/No"}});
    let dangling = workspace.upstream("v/dangling.json", &dangling);
    let mut lost = small("2024-01-01");
    lost["definitions"]["A"] = json!({"$ref": "../types/u.json#/definitions/U"});
    let lost = workspace.upstream("v/lost.json", &lost);
    let bare = workspace.upstream("v/bare.json", &json!({"swagger": "2.0"}));
    let absent = workspace.0.path().join("absent.json");
    let table: &[(&Path, &str, &[&str])] = &[
        (
            &one,
            "2024-02-01",
            &["is version 2024-01-01; use --version 2024-01-01"],
        ),
        (&one, "../x", &["`version` is `../x`"]),
        (
            &openapi,
            "2024-01-01",
            &["three.json is not a Swagger 2.0 document"],
        ),
        (
            &dangling,
            "2024-01-01",
            &[
                "dangling.json#/definitions/A/items",
                "t.json#/definitions/No, which does not exist",
            ],
        ),
        (
            &lost,
            "2024-01-01",
            &["lost.json#/definitions/A", "cannot read", "u.json"],
        ),
        (&bare, "2024-01-01", &["bare.json#/info/version is missing"]),
        (&absent, "2024-01-01", &["cannot read", "absent.json"]),
    ];
    for (path, version, expected) in table {
        let message = workspace.refusal(path, version, false);
        for part in *expected {
            assert!(message.contains(part), "expected `{part}` in `{message}`");
        }
    }
}

#[test]
fn refuses_to_replace_a_version_or_a_shared_type_unless_forced() {
    let workspace = Workspace::empty();
    workspace.upstream("types/t.json", &types());
    let one = workspace.upstream("v/one.json", &small("2024-01-01"));
    workspace.import(&one, "a", "2024-01-01", false).unwrap();
    let message = workspace.refusal(&one, "2024-01-01", false);
    assert_eq!(
        message,
        "a 2024-01-01 is there already; --force replaces it"
    );
    let before = workspace.files();
    workspace.import(&one, "a", "2024-01-01", true).unwrap();
    assert_eq!(before, workspace.files());

    let mut changed = types();
    changed["definitions"]["U"]["type"] = json!("integer");
    workspace.upstream("types/t.json", &changed);
    let two = workspace.upstream("v/two.json", &small("2024-02-01"));
    let message = workspace.refusal(&two, "2024-02-01", false);
    assert!(
        message.contains("t.json: `U` in its `definitions` is not what it was"),
        "{message}"
    );
    workspace.import(&two, "a", "2024-02-01", true).unwrap();
}

#[test]
fn two_files_never_become_one() {
    let workspace = Workspace::empty();
    workspace.upstream("x/types/t.json", &types());
    workspace.upstream("y/types/t.json", &types());
    let document = json!({
        "swagger": "2.0",
        "info": {"version": "1"},
        "definitions": {
            "A": {"$ref": "x/types/t.json#/definitions/U"},
            "B": {"$ref": "y/types/t.json#/definitions/U"}
        }
    });
    let source = workspace.upstream("one.json", &document);
    let message = workspace.refusal(&source, "1", false);
    assert!(
        message.contains("would both become a/t/types/t.json"),
        "{message}"
    );
}
