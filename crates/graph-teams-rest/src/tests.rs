use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use teams_phone_core::hooks::{Shape, VersionPlace};

use crate::OPERATIONS;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn ids(wanted: impl Fn(&crate::Operation) -> bool) -> Vec<&'static str> {
    let rows = OPERATIONS.iter().filter(|row| wanted(row));
    rows.map(|row| row.id).collect()
}

/// The client finds its row by this id, and trusts that it is there.
#[test]
fn the_table_has_exactly_the_operations_of_each_generated_client() {
    for (version, module) in [("beta", "beta"), ("v1.0", "v1_0")] {
        let code = read(&format!("src/generated/{module}.rs"));
        let code: String = code.split_whitespace().collect();
        let generated: BTreeSet<&str> = code
            .split("request,\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let table: BTreeSet<&str> = ids(|row| row.versions == [version]).into_iter().collect();
        assert_eq!(generated, table, "{version}");
    }
    assert!(OPERATIONS.iter().all(|row| row.versions.len() == 1));
    assert_eq!(OPERATIONS.len(), 15);
}

#[test]
fn every_operation_goes_to_the_version_that_has_it() {
    for row in &OPERATIONS {
        assert_eq!(
            row.version(None, &[]).unwrap(),
            row.versions[0],
            "{}",
            row.id
        );
        assert_eq!(row.service.version, VersionPlace::Path);
        assert!(!row.template.contains(row.versions[0]), "{}", row.template);
    }
}

#[test]
fn orders_and_licences_are_not_repeated_blindly() {
    assert_eq!(
        ids(|row| !row.idempotent),
        ["number_assign", "number_unassign", "user_assign_license"]
    );
}

#[test]
fn answers_of_the_teams_administration_are_read_in_envelopes() {
    assert_eq!(
        ids(|row| row.shape == Shape::Entity),
        [
            "number_get",
            "operation_get",
            "user_configuration_get",
            "resource_account_get"
        ]
    );
    assert_eq!(
        ids(|row| row.shape == Shape::Collection),
        [
            "number_list",
            "user_configuration_list",
            "resource_account_list"
        ]
    );
}
