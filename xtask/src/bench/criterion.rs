//! Owns the running of the Rust benchmarks and the reading of what criterion stored.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::SystemTime;

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::PACKAGE;

/// Runs one file of benchmarks or those whose names fit, or all; prints the medians that criterion has.
pub(super) fn run(filter: Option<&str>) -> anyhow::Result<()> {
    let folder = crate::root::workspace().join("tests/benches");
    let mut command = crate::cargo::command();
    command.args(["bench", "--package", PACKAGE]);
    if let Some(filter) = filter {
        if folder.join(filter).with_extension("rs").is_file() {
            command.args(["--bench", filter]);
        } else {
            command.args(["--", filter]);
        }
    }
    let started = SystemTime::now();
    let status = command.stdin(Stdio::null()).status();
    if !status.context("cannot run cargo")?.success() {
        bail!("the benchmarks failed; what they said is above");
    }
    let medians = medians(&crate::cargo::target()?.join("criterion"), started)?;
    if !medians.is_empty() {
        println!("\nMedians of this run:");
    }
    for (name, nanoseconds) in medians {
        println!("  {:>10.3} µs  {name}", nanoseconds / 1000.0);
    }
    Ok(())
}

/// What criterion stored since then: measurement and median in nanoseconds.
fn medians(folder: &Path, since: SystemTime) -> anyhow::Result<BTreeMap<String, f64>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            }
        }
        let estimates = folder.join("estimates.json");
        let fresh = fs::metadata(&estimates)
            .and_then(|file| file.modified())
            .is_ok_and(|modified| modified >= since);
        if !fresh || !folder.ends_with("new") {
            continue;
        }
        let read = |name: &str| -> anyhow::Result<Value> {
            let path = folder.join(name);
            let text = fs::read(&path).with_context(|| path.display().to_string())?;
            serde_json::from_slice(&text).with_context(|| path.display().to_string())
        };
        let (benchmark, estimates) = (read("benchmark.json")?, read("estimates.json")?);
        if let (Some(name), Some(median)) = (
            benchmark["full_id"].as_str(),
            estimates["median"]["point_estimate"].as_f64(),
        ) {
            found.insert(name.to_owned(), median);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_up_what_criterion_stored_in_this_run() {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("sign/2/new");
        fs::create_dir_all(&new).unwrap();
        fs::write(new.join("benchmark.json"), r#"{"full_id":"sign/2"}"#).unwrap();
        let estimates = r#"{"median":{"point_estimate":1234.5}}"#;
        fs::write(new.join("estimates.json"), estimates).unwrap();
        let all = medians(folder.path(), SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(all, BTreeMap::from([("sign/2".to_owned(), 1234.5)]));
        let later = SystemTime::now() + std::time::Duration::from_secs(3600);
        assert!(medians(folder.path(), later).unwrap().is_empty());
    }
}
