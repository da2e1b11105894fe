//! Owns where the data of the real service is found, and what happens where there is none.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// A folder or file of the upstream data, or `None` after saying loudly that the test is skipped.
///
/// # Panics
/// If the data is missing although `TEAMS_PHONE_REQUIRE_UPSTREAM` is `1`.
#[must_use]
pub fn upstream(relative: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("TEAMS_PHONE_UPSTREAM") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/upstream"),
    };
    let path = root.join(relative);
    if path.exists() {
        return Some(path);
    }
    let missing = format!(
        "{} is not there; set TEAMS_PHONE_UPSTREAM to the folder with the upstream data",
        path.display()
    );
    let required = std::env::var("TEAMS_PHONE_REQUIRE_UPSTREAM").is_ok_and(|value| value == "1");
    assert!(!required, "{missing}");
    eprintln!("SKIPPED: {missing}");
    None
}

/// Reads a JSON file.
///
/// # Panics
/// If it cannot be read, or is not JSON.
#[must_use]
pub fn read_json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path)
        .unwrap_or_else(|why| panic!("{} cannot be read: {why}", path.display()));
    serde_json::from_str(&text)
        .unwrap_or_else(|why| panic!("{} is not JSON: {why}", path.display()))
}
