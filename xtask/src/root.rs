//! Where things are in the workspace; knows nothing of what is in them.

use std::path::{Path, PathBuf};

/// The folder that holds the workspace's `Cargo.toml`.
pub(crate) fn workspace() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// The folder of the real upstream documents: `TEAMS_PHONE_UPSTREAM`, else a checkout beside the workspace.
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "only tests look for upstream documents unasked")
)]
pub(crate) fn upstream() -> Option<PathBuf> {
    let folder = std::env::var_os("TEAMS_PHONE_UPSTREAM")
        .map_or_else(|| workspace().join("../shared/upstream"), PathBuf::from);
    let found = folder.is_dir();
    assert!(
        found || std::env::var_os("TEAMS_PHONE_REQUIRE_UPSTREAM").is_none(),
        "the upstream documents are required but {} is not a folder",
        folder.display()
    );
    if !found {
        eprintln!("SKIPPED: no upstream documents at {}", folder.display());
    }
    found.then_some(folder)
}
