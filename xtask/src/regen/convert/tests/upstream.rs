//! Every real document at hand converts.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::file;
use super::sound;
use crate::root;

fn documents(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() && path.file_name().is_some_and(|name| name != "examples") {
            documents(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "json")
            && fs::read_to_string(&path).unwrap().contains("\"swagger\"")
        {
            out.push(path);
        }
    }
}

#[track_caller]
fn converts_all(folder: &Path) {
    let mut files = Vec::new();
    documents(folder, &mut files);
    assert!(
        !files.is_empty(),
        "no Swagger document below {}",
        folder.display()
    );
    for path in files {
        let out = file(&path).unwrap_or_else(|error| panic!("{error:#}"));
        sound(&out);
    }
}

#[test]
fn converts_every_document_of_this_repository() {
    converts_all(&root::workspace().join("specs"));
}

#[test]
fn converts_every_upstream_document() {
    let Some(upstream) = root::upstream() else {
        return;
    };
    converts_all(&upstream.join("data-plane"));
}
