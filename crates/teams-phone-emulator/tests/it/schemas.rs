//! Owns the proof that every answer of every operation in every api-version fits the real upstream specification.
//! Refuses to take a schema from anywhere else.

mod conversation;
mod spec;

use std::collections::BTreeSet;

use teams_phone_emulator::Emulator;

use crate::{client::emulator, upstream};

use spec::Spec;

const VERSIONS: [(&str, &str); 8] = [
    ("2021-03-07", "stable/2021-03-07"),
    ("2021-10-31-preview", "preview/2021-10-31-preview"),
    ("2022-06-01", "stable/2022-06-01"),
    ("2022-10-01", "stable/2022-10-01"),
    ("2023-10-01", "stable/2023-10-01"),
    ("2025-03-02-preview", "preview/2025-03-02-preview"),
    ("2025-06-30", "stable/2025-06-30"),
    ("2026-09-23", "stable/2026-09-23"),
];

#[test]
fn every_answer_fits_the_upstream_schema_and_every_declared_answer_is_given() {
    let Some(folder) = upstream::folder("answers were not checked against upstream's schemas")
    else {
        return;
    };
    for (version, path) in VERSIONS {
        let spec = Spec::load(
            &folder
                .join("data-plane/Identity")
                .join(path)
                .join("CommunicationIdentity.json"),
        );
        let emulator = Emulator::builder()
            .tenant(conversation::TENANT)
            .spawn()
            .unwrap();
        let seen = conversation::hold(&emulator, version, &spec);
        let missing: BTreeSet<_> = spec.declared().difference(&seen).cloned().collect();
        assert!(missing.is_empty(), "{version}: never answered: {missing:?}");
    }
}

#[test]
fn the_emulator_has_exactly_the_operations_of_each_version() {
    let Some(folder) = upstream::folder("operations were not compared with upstream's") else {
        return;
    };
    let emulator = emulator();
    let health = crate::client::Request::new("GET", "/_emulator")
        .unsigned()
        .send(&emulator)
        .json();
    for (version, path) in VERSIONS {
        let spec = Spec::load(
            &folder
                .join("data-plane/Identity")
                .join(path)
                .join("CommunicationIdentity.json"),
        );
        let ours: BTreeSet<String> = health["operations"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|operation| {
                operation["apiVersions"]
                    .as_array()
                    .unwrap()
                    .contains(&version.into())
            })
            .map(|operation| {
                format!(
                    "{} {}",
                    operation["method"].as_str().unwrap(),
                    operation["path"].as_str().unwrap()
                )
            })
            .collect();
        assert_eq!(ours, spec.operations(), "{version}");
    }
}
