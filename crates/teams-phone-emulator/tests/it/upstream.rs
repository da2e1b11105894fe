//! Owns the way to the upstream specifications and recordings, which are not part of this repository.

use std::{fs, path::PathBuf};

use serde_json::Value;

/// The folder, or `None` after saying loudly what is left out.
pub(crate) fn folder(what: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("TEAMS_PHONE_UPSTREAM").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/upstream"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    let required =
        std::env::var_os("TEAMS_PHONE_REQUIRE_UPSTREAM").is_some_and(|value| value == "1");
    assert!(
        !required,
        "{} is not there and TEAMS_PHONE_REQUIRE_UPSTREAM is 1",
        folder.display()
    );
    eprintln!(
        "SKIPPED: {what}: {} is not there (set TEAMS_PHONE_UPSTREAM)",
        folder.display()
    );
    None
}

pub(crate) fn json(path: &PathBuf) -> Value {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
