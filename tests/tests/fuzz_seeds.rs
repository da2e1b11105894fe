//! The seeds of the fuzz targets, each through the invariants of its target: what fuzzing has found stays mended.
//!
//! The name of a seed begins with how it is to be taken.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "../fuzz/src/lib.rs"]
pub mod invariants;

use invariants::{Check, TARGETS};

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/seeds")
        .join(target)
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// Runs every seed of a target, and tells of all that fail at once.
fn replay(target: &str) {
    let (_, check): &(_, Check) = TARGETS.iter().find(|(name, _)| *name == target).unwrap();
    let folder = folder(target);
    let names = names(&folder);
    let taken: BTreeSet<&str> = names
        .iter()
        .filter_map(|name| name.split('-').next())
        .collect();
    assert!(
        taken.len() > 1,
        "all seeds of {target} are taken in the same way"
    );
    let failed: Vec<&String> = names
        .iter()
        .filter(|name| {
            let bytes = fs::read(folder.join(name)).unwrap();
            let verdict = std::panic::catch_unwind(|| check(&bytes));
            let expected = name.split('-').next();
            if let Ok(verdict) = &verdict
                && Some(*verdict) != expected
            {
                eprintln!("{target}/{name} is {verdict}");
            }
            verdict.ok() != expected
        })
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn connection_strings_are_read_or_refused_with_a_reason() {
    replay("connection_string");
}

#[test]
fn error_bodies_become_errors_of_one_line() {
    replay("error_body");
}

#[test]
fn page_links_stay_on_the_endpoint() {
    replay("page_link");
}

#[test]
fn raw_ids_keep_their_text_and_show_their_parts() {
    replay("raw_id");
}

#[test]
fn rows_are_good_or_bad_each_by_itself() {
    replay("rows");
}

#[test]
fn scopes_choose_one_exchange_or_are_refused_with_a_reason() {
    replay("scopes");
}

#[test]
fn every_target_has_seeds_and_a_test() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let files = names(&fuzz.join("targets"));
    let files: BTreeSet<String> = files.iter().map(|name| name.replace(".rs", "")).collect();
    assert_eq!(files, targets);
    assert_eq!(names(&fuzz.join("seeds")), targets);
    let tests = include_str!("fuzz_seeds.rs");
    for target in targets {
        assert!(
            tests.contains(&format!("replay(\"{target}\")")),
            "{target} is not replayed"
        );
    }
}
