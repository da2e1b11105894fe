//! Checks that the types of one version can carry what every other version sends and receives.
//!
//! Hand-written crates bind to that version's module and choose the `api-version` at run time, operation by
//! operation; that is honest only while this holds.

use anyhow::{Context, Result, bail};

use super::Version;

/// Fails with what the superset lacks.
pub(crate) fn check(versions: &[Version], superset: &str) -> Result<()> {
    let all = || versions.iter();
    let superset = all().find(|version| version.spec.version == superset);
    let superset =
        superset.context("the version that hand-written code binds to is not registered")?;
    for version in all().filter(|version| version.spec.version != superset.spec.version) {
        // As rewritten, because that is what the types are made from.
        let report = crate::diff::documents(&version.rewritten, &superset.rewritten);
        if report.breaking() {
            let text = report.to_string();
            let lines: Vec<&str> = text
                .lines()
                .filter(|line| line.contains(" breaking "))
                .collect();
            bail!(
                "the types of {} cannot carry {}; bind hand-written code to another version or merge documents:\n{}",
                superset.spec.version,
                version.spec.version,
                lines.join("\n")
            );
        }
    }
    Ok(())
}
