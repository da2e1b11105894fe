//! Tests of bundling, on files in a temporary folder.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Bundle, Pointer};

struct Files(TempDir);

impl Files {
    fn new(files: &[(&str, Value)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, value) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, value.to_string()).unwrap();
        }
        Self(folder)
    }

    fn bundle(&self) -> anyhow::Result<Bundle> {
        Bundle::read(&self.0.path().join("main.json"))
    }

    #[track_caller]
    fn document(&self) -> Value {
        self.bundle()
            .unwrap_or_else(|error| panic!("{error:#}"))
            .document
    }

    #[track_caller]
    fn refusal(&self) -> String {
        let folder = format!("{}/", self.0.path().display());
        match self.bundle() {
            Ok(bundle) => panic!("was bundled: {:#}", bundle.document),
            Err(error) => format!("{error:#}").replace(&folder, ""),
        }
    }
}

fn reference(text: &str) -> Value {
    json!({ "$ref": text })
}

fn names(document: &Value, section: &str) -> Vec<String> {
    document[section]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

#[test]
fn pulls_in_what_lies_in_other_files() {
    let files = Files::new(&[
        (
            "v1/main.json",
            json!({
                "paths": { "/p": { "get": {
                    "parameters": [reference("../common/c.json#/parameters/Version")],
                    "responses": { "200": { "schema": reference("../common/c.json#/definitions/Outer") }, "404": reference("../common/c.json#/responses/Missing") },
                } } },
            }),
        ),
        (
            "common/c.json",
            json!({
                "definitions": {
                    "Outer": { "properties": { "inner": reference("#/definitions/Inner"), "far": reference("./deep/d.json#/definitions/Far"), "back": reference("../v1/main.json#/definitions/Mine") } },
                    "Inner": { "items": reference("#/definitions/Outer") },
                    "Unused": {},
                },
                "parameters": { "Version": { "name": "v" } },
                "responses": { "Missing": { "schema": reference("#/definitions/Inner") } },
            }),
        ),
        (
            "common/deep/d.json",
            json!({ "definitions": { "Far": { "type": "string" } } }),
        ),
    ]);
    let main = files.0.path().join("v1/main.json");
    let mut value: Value = serde_json::from_str(&fs::read_to_string(&main).unwrap()).unwrap();
    value["definitions"] = json!({ "Mine": {} });
    fs::write(&main, value.to_string()).unwrap();

    let bundle = Bundle::read(&main).unwrap();
    let document = &bundle.document;
    assert_eq!(
        names(document, "definitions"),
        ["Mine", "Outer", "Inner", "Far"]
    );
    assert_eq!(
        document["definitions"]["Outer"]["properties"],
        json!({
            "inner": reference("#/definitions/Inner"), "far": reference("#/definitions/Far"), "back": reference("#/definitions/Mine"),
        })
    );
    let get = &document["paths"]["/p"]["get"];
    assert_eq!(get["parameters"][0], reference("#/parameters/Version"));
    assert_eq!(get["responses"]["404"], reference("#/responses/Missing"));
    assert_eq!(
        document["responses"]["Missing"]["schema"],
        reference("#/definitions/Inner")
    );
    assert!(bundle.notes.is_empty());

    let place = |keys: &[&str]| {
        let at = keys.iter().fold(Pointer::root(), |at, key| at.key(key));
        bundle
            .place(&at)
            .replace(&format!("{}/", files.0.path().display()), "")
    };
    assert_eq!(
        place(&["definitions", "Far", "type"]),
        "common/deep/d.json#/definitions/Far/type"
    );
    assert_eq!(
        place(&["definitions", "Mine"]),
        "v1/main.json#/definitions/Mine"
    );
    assert_eq!(place(&["paths", "/p"]), "v1/main.json#/paths/~1p");
}

#[test]
fn reads_whole_files_escapes_and_the_own_name() {
    let files = Files::new(&[
        (
            "main.json",
            json!({ "definitions": {
            "A": { "allOf": [reference("./my%20schema.json"), reference("my schema.json#"), reference("main.json#/definitions/a~1b"), reference("#/definitions/a%7E1b")] },
            "a/b": {},
            "B": reference("#/definitions/A/allOf/0"),
            "C": { "items": reference("#/definitions/A/properties/x/items") },
        } }),
        ),
        ("my schema.json", json!({ "type": "string" })),
    ]);
    let refusal = files.refusal();
    assert!(refusal.starts_with("main.json#/definitions/C/items/$ref: refers to `#/definitions/A/properties/x/items`, but main.json#/definitions/A/properties/x/items does not exist"), "{refusal}");

    let main = files.0.path().join("main.json");
    let text = fs::read_to_string(&main)
        .unwrap()
        .replace("/A/properties/x/items", "/A/allOf/2");
    fs::write(&main, text).unwrap();
    let document = files.document();
    let all = &document["definitions"]["A"]["allOf"];
    assert_eq!(
        (&all[0], &all[1]),
        (
            &reference("#/definitions/my schema"),
            &reference("#/definitions/my schema")
        )
    );
    assert_eq!(
        (&all[2], &all[3]),
        (
            &reference("#/definitions/a~1b"),
            &reference("#/definitions/a~1b")
        )
    );
    // A pointer below a definition makes a part of its own.
    assert_eq!(
        document["definitions"]["C"]["items"],
        reference("#/definitions/A_allOf_2")
    );
    assert_eq!(
        document["definitions"]["A_allOf_2"],
        reference("#/definitions/a~1b")
    );
}

#[test]
fn shares_equal_parts_and_renames_different_ones() {
    let list = |description: &str| {
        json!({ "definitions": {
        "Error": { "properties": { "details": { "items": reference("#/definitions/Error") }, "code": reference("#/definitions/Code") } },
        "Code": { "type": "string", "description": description },
    } })
    };
    let files = Files::new(&[
        (
            "main.json",
            json!({ "definitions": {
            "A": reference("a.json#/definitions/Error"), "B": reference("b.json#/definitions/Error"), "C": reference("c/a.json#/definitions/Error"),
            "D": reference("d/a.json#/definitions/Error"),
        } }),
        ),
        ("a.json", list("one")),
        ("b.json", list("one")),
        ("c/a.json", list("two")),
        ("d/a.json", list("three")),
    ]);
    let bundle = files.bundle().unwrap();
    let definitions = &bundle.document["definitions"];
    assert_eq!(definitions["A"], reference("#/definitions/Error"));
    assert_eq!(definitions["B"], reference("#/definitions/Error"));
    assert_eq!(definitions["C"], reference("#/definitions/Error_a"));
    assert_eq!(definitions["D"], reference("#/definitions/Error_a_2"));
    assert_eq!(
        definitions["Error_a"]["properties"]["code"],
        reference("#/definitions/Code_a")
    );
    assert_eq!(definitions["Code_a"]["description"], "two");
    assert_eq!(definitions["Code_a_2"]["description"], "three");
    assert_eq!(bundle.notes.len(), 4);
    let note = bundle.notes[0].replace(&format!("{}/", files.0.path().display()), "");
    assert_eq!(
        note,
        "c/a.json#/definitions/Error: is called `Error_a`, because `Error` is taken by a.json#/definitions/Error"
    );
}

#[test]
fn an_alias_of_its_namesake_becomes_that_part() {
    let files = Files::new(&[
        (
            "main.json",
            json!({ "definitions": { "Error": reference("mid.json#/definitions/Error"), "Use": { "items": reference("end.json#/definitions/Error") } },
            "parameters": { "V": reference("end.json#/parameters/V") } }),
        ),
        (
            "mid.json",
            json!({ "definitions": { "Error": reference("end.json#/definitions/Error") } }),
        ),
        (
            "end.json",
            json!({ "definitions": { "Error": { "properties": { "e": reference("#/definitions/Error") } } }, "parameters": { "V": { "name": "v" } } }),
        ),
    ]);
    let bundle = files.bundle().unwrap();
    assert_eq!(
        bundle.document,
        json!({
            "definitions": { "Error": { "properties": { "e": reference("#/definitions/Error") } }, "Use": { "items": reference("#/definitions/Error") } },
            "parameters": { "V": { "name": "v" } },
        })
    );
    let place = bundle.place(
        &Pointer::root()
            .key("definitions")
            .key("Error")
            .key("properties"),
    );
    assert!(
        place.ends_with("end.json#/definitions/Error/properties"),
        "{place}"
    );
}

#[test]
fn brings_the_children_of_a_polymorphic_base_along() {
    let child = |parent: &str| json!({ "allOf": [reference(parent)] });
    let files = Files::new(&[
        (
            "main.json",
            json!({ "definitions": { "Use": { "items": reference("c.json#/definitions/Base") } } }),
        ),
        (
            "c.json",
            json!({ "definitions": {
            "Base": { "discriminator": "kind" }, "Grandchild": child("#/definitions/Child"), "Child": child("#/definitions/Base"),
            "Plain": {}, "PlainChild": child("#/definitions/Plain"),
            "Other": { "discriminator": "kind" }, "OtherChild": child("#/definitions/Other"),
            "Friend": { "allOf": [reference("#/definitions/Base")], "properties": { "other": reference("#/definitions/Other") } },
        } }),
        ),
    ]);
    let mut names = names(&files.document(), "definitions");
    names.sort();
    assert_eq!(
        names,
        [
            "Base",
            "Child",
            "Friend",
            "Grandchild",
            "Other",
            "OtherChild",
            "Use"
        ]
    );
}

#[test]
fn copies_path_items_and_remembers_where_they_come_from() {
    let files = Files::new(&[
        (
            "main.json",
            json!({ "paths": { "/a": reference("paths.json#/paths/~1other"), "/b": reference("item.json") } }),
        ),
        (
            "paths.json",
            json!({ "paths": { "/other": { "get": { "responses": { "200": { "schema": reference("#/definitions/A") } } } } }, "definitions": { "A": {} } }),
        ),
        ("item.json", json!({ "get": {} })),
    ]);
    let bundle = files.bundle().unwrap();
    assert_eq!(
        bundle.document["paths"]["/a"]["get"]["responses"]["200"]["schema"],
        reference("#/definitions/A")
    );
    let place = bundle.place(&Pointer::root().key("paths").key("/a").key("get"));
    assert!(place.ends_with("paths.json#/paths/~1other/get"), "{place}");
}

#[test]
fn leaves_examples_and_data_alone() {
    let data = json!({
        "paths": { "/p": { "get": {
            "x-ms-examples": { "e": reference("./examples/none.json") },
            "responses": { "200": { "examples": { "application/json": reference("none.json") } } },
        } } },
        "definitions": { "A": {
            "example": reference("none.json"), "default": reference("none.json"), "enum": [reference("none.json")],
            "properties": { "$ref": { "type": "string" }, "example": reference("#/definitions/B"), "x-ms-examples": reference("#/definitions/B") },
        }, "B": {} },
    });
    assert_eq!(Files::new(&[("main.json", data.clone())]).document(), data);
}

#[test]
fn follows_references_inside_extensions() {
    let files = Files::new(&[
        (
            "main.json",
            json!({
                "x-ms-parameterized-host": { "parameters": [reference("c.json#/parameters/Endpoint")] },
                "x-ms-paths": { "/p?a": { "get": {
                    "x-ms-odata": "c.json#/definitions/Filter",
                    "x-ms-long-running-operation-options": { "final-state-schema": "c.json#/definitions/State" },
                    "x-thing": { "a": [reference("c.json#/definitions/Thing")] },
                } } },
            }),
        ),
        (
            "c.json",
            json!({ "definitions": { "Filter": {}, "State": {}, "Thing": {} }, "parameters": { "Endpoint": {} } }),
        ),
    ]);
    let document = files.document();
    assert_eq!(
        names(&document, "definitions"),
        ["Filter", "State", "Thing"]
    );
    assert_eq!(
        document["x-ms-parameterized-host"]["parameters"][0],
        reference("#/parameters/Endpoint")
    );
    let get = &document["x-ms-paths"]["/p?a"]["get"];
    assert_eq!(get["x-ms-odata"], "#/definitions/Filter");
    assert_eq!(
        get["x-ms-long-running-operation-options"]["final-state-schema"],
        "#/definitions/State"
    );
    assert_eq!(get["x-thing"]["a"][0], reference("#/definitions/Thing"));
}

#[test]
fn refuses_references_that_lead_nowhere() {
    let definition = |text: &str| json!({ "definitions": { "A": { "items": reference(text) } }, "parameters": { "P": {} } });
    for (main, message) in [
        (
            definition("none.json#/definitions/X"),
            "main.json#/definitions/A/items/$ref: refers to `none.json#/definitions/X`, but there is no file none.json; fetch it or correct the reference",
        ),
        (
            definition("other.json#/definitions/X"),
            "main.json#/definitions/A/items/$ref: refers to `other.json#/definitions/X`, but other.json#/definitions/X does not exist; correct the reference",
        ),
        (
            definition("https://example.com/a.json"),
            "main.json#/definitions/A/items/$ref: refers to `https://example.com/a.json`, which is not a relative path",
        ),
        (
            definition("#/parameters/P"),
            "main.json#/definitions/A/items/$ref: refers to `#/parameters/P`, but only definitions can be referred to here",
        ),
        (
            definition("broken.json#/definitions/X"),
            "broken.json#: is not JSON",
        ),
        (
            json!({ "definitions": { "A": reference("#/definitions/B"), "B": reference("#/definitions/A") } }),
            "main.json#/definitions/A: refers to itself",
        ),
        (
            json!({ "paths": { "/p": { "$ref": "other.json#/paths/~1p", "get": {} } } }),
            "main.json#/paths/~1p/get: stands beside `$ref` of a path item",
        ),
        (
            json!({ "paths": { "/p": reference("#/paths/~1p") } }),
            "main.json#/paths/~1p: refers to itself",
        ),
        (
            json!({ "x-thing": reference("other.json#/info") }),
            "main.json#/x-thing/$ref: refers to `other.json#/info` from inside an extension",
        ),
        (json!([]), "main.json#: is not an object"),
    ] {
        let files = Files::new(&[
            ("main.json", main),
            ("other.json", json!({ "parameters": {}, "info": {} })),
            ("broken.json", json!("")),
        ]);
        fs::write(files.0.path().join("broken.json"), "{").unwrap();
        let refusal = files.refusal();
        assert!(refusal.starts_with(message), "{refusal}");
    }
    let missing = Bundle::read(Path::new("no/such/file.json")).err().unwrap();
    assert!(
        format!("{missing:#}").starts_with("no/such/file.json#: cannot be read"),
        "{missing:#}"
    );
}
