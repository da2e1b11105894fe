use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::OPERATIONS;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn versions() -> BTreeSet<&'static str> {
    OPERATIONS
        .iter()
        .flat_map(|row| row.versions)
        .copied()
        .collect()
}

/// The client finds its row by this id, and trusts that it is there.
#[test]
fn the_table_has_exactly_the_operations_of_each_generated_client() {
    for version in versions() {
        let code = read(&format!("src/generated/v{}.rs", version.replace('-', "_")));
        let code: String = code.split_whitespace().collect();
        let generated: BTreeSet<&str> = code
            .split("request,\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let rows = OPERATIONS
            .iter()
            .filter(|row| row.versions.contains(&version));
        let table: BTreeSet<&str> = rows.map(|row| row.id).collect();
        assert_eq!(generated, table, "{version}");
    }
}

#[test]
fn every_version_has_a_feature_and_a_module() {
    let manifest = read("Cargo.toml");
    let code = read("src/lib.rs");
    for version in versions() {
        let feature = format!("v{version} = []");
        assert!(
            manifest.lines().any(|line| line == feature),
            "Cargo.toml lacks the feature {feature}"
        );
        let module = format!(
            "\"v{version}\" v{} \"{version}\"",
            version.replace('-', "_")
        );
        assert!(
            code.lines().any(|line| line.trim() == module),
            "lib.rs lacks {module}"
        );
    }
}

#[test]
fn the_default_version_is_the_preferred_one_where_it_can_be() {
    for row in &OPERATIONS {
        let expected = if row.versions.contains(&"2025-06-30") {
            "2025-06-30"
        } else {
            "2025-03-02-preview"
        };
        assert_eq!(row.default_version, expected, "{}", row.id);
    }
    assert_eq!(OPERATIONS.len(), 16);
}

#[test]
fn only_creating_an_identity_is_not_repeatable() {
    let unsafe_to_repeat: Vec<_> = OPERATIONS
        .iter()
        .filter(|row| !row.idempotent)
        .map(|row| row.id)
        .collect();
    assert_eq!(unsafe_to_repeat, ["identity_create"]);
}

#[test]
fn inputs_that_some_versions_lack_are_known() {
    let fields = |id: &str| {
        let row = OPERATIONS.iter().find(|row| row.id == id).unwrap();
        row.fields
            .iter()
            .map(|field| (field.name, field.versions.to_vec()))
            .collect::<Vec<_>>()
    };
    let recent = vec![
        "2022-10-01",
        "2023-10-01",
        "2025-03-02-preview",
        "2025-06-30",
        "2026-09-23",
    ];
    assert_eq!(
        fields("identity_create"),
        [
            ("customId", vec!["2025-03-02-preview"]),
            ("expiresInMinutes", recent.clone())
        ]
    );
    assert_eq!(
        fields("identity_issue_token"),
        [("expiresInMinutes", recent)]
    );
    assert!(fields("teams_extension_assignment_put").is_empty());
}
