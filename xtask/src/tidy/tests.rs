use std::fs;
use std::path::Path;

use super::*;

const WORKSPACE: &str = r#"
[workspace.package]
version = "0.1.0"
[workspace.dependencies]
teams-phone = { path = "crates/teams-phone", version = "0.1.0" }
serde = "1"
"#;

const README: &str = "
```sh
cargo run demo   # shows it
cargo xtask test
```
```rust
let client = 1;
assert_eq!(client, 1);
```
[the design](ARCHITECTURE.md#layers), [elsewhere](https://example.com), [here](#here)
";

const LIBRARY: &str = "//! Owns it.
//! ```
//! # let hidden = 1;
//! let client = 1;
//! assert_eq!(client, 1);
//! #
//! ```
";

fn manifest(name: &str, dependencies: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\n\
         rust-version.workspace = true\nlicense.workspace = true\n[lints]\nworkspace = true\n{dependencies}"
    )
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A tree that keeps every rule.
fn good() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let files = [
        ("Cargo.toml", WORKSPACE),
        ("README.md", README),
        ("ARCHITECTURE.md", "# Layers\n"),
        ("CHANGELOG.md", "## [Unreleased]\n"),
        ("CONTRIBUTING.md", ""),
        ("SECURITY.md", ""),
        ("LICENSE-MIT", ""),
        ("LICENSE-APACHE", ""),
        (".ci/run", "cargo run demo\nrun cargo xtask test\n"),
        ("deny.toml", ""),
        ("specs/specs.toml", ""),
        ("crates/teams-phone/src/lib.rs", LIBRARY),
    ];
    for (path, text) in files {
        write(root.path(), path, text);
    }
    let dependencies = "[dependencies]\nserde.workspace = true\n";
    for name in ["teams-phone", "teams-phone-emulator"] {
        let path = format!("crates/{name}/Cargo.toml");
        write(root.path(), &path, &manifest(name, dependencies));
    }
    root
}

/// What is told about the good tree with one file changed.
fn told(path: &str, text: &str) -> Vec<String> {
    let root = good();
    write(root.path(), path, text);
    let report = check(&Tree::read(root.path()).unwrap());
    report.problems.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn tells(path: &str, text: &str, start: &str) {
    let all = told(path, text);
    let shown = all.join("\n");
    assert_eq!(all.len(), 1, "{path} should be one breach:\n{shown}");
    assert!(all[0].starts_with(start), "expected {start}\n{shown}");
}

#[test]
fn the_repository_keeps_its_rules() {
    let report = check(&Tree::read(&crate::root::workspace()).unwrap());
    let errors = report.problems.iter().filter(|problem| problem.fails);
    let errors: Vec<String> = errors.map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn a_tree_that_keeps_the_rules_has_nothing_to_tell() {
    assert_eq!(told("docs/note.md", "Text."), Vec::<String>::new());
}

#[test]
fn long_files_are_told_without_their_tests() {
    let lines = |count: usize| format!("//! Owns it.\n{}", "fn f() {}\n".repeat(count - 1));
    let tests = "#[cfg(test)]\nmod tests {\n}\n";
    tells("src/a.rs", &lines(501), "error: src/a.rs:501: 501 lines");
    tells("src/a.rs", &lines(401), "warning: src/a.rs:401: 401 lines");
    for (path, text) in [
        ("src/a.rs", lines(400) + tests + &lines(300)),
        ("src/a/tests.rs", lines(900)),
        ("tests/it/a.rs", lines(900)),
        ("src/generated/a.rs", lines(900)),
    ] {
        assert_eq!(told(path, &text), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn sources_open_with_what_they_own() {
    tells(
        "src/a.rs",
        "fn f() {}\n",
        "error: src/a.rs:1: the file does not open",
    );
    for path in ["src/a/tests.rs", "tests/it/assignment.rs"] {
        assert!(told(path, "use super::*;\n").is_empty(), "{path}");
    }
}

#[test]
fn python_modules_open_with_what_they_own() {
    tells(
        "python/teams_phone/a.py",
        "from __future__ import annotations\n",
        "error: python/teams_phone/a.py:1: the module does not open",
    );
    for path in ["python/tests/test_a.py", "python/teams_phone/blocking/a.py"] {
        assert!(told(path, "import os\n").is_empty(), "{path}");
    }
    for text in [
        "\"\"\"Owns it.\"\"\"\n",
        "# A comment.\nr\"\"\"Owns it.\"\"\"\n",
    ] {
        assert!(told("python/teams_phone/a.py", text).is_empty(), "{text}");
    }
}

#[test]
fn checks_of_types_are_switched_off_by_name() {
    let ignores = |rule: &str| format!("\"\"\"Owns it.\"\"\"\nx = f()  # type: ignore{rule}\n");
    tells(
        "python/teams_phone/a.py",
        &ignores(""),
        "error: python/teams_phone/a.py:2: `# type: ignore` hides",
    );
    assert!(told("python/teams_phone/a.py", &ignores("[attr-defined]")).is_empty());
}

#[test]
fn modules_are_named_after_themselves() {
    tells(
        "src/a/mod.rs",
        "//! Owns it.\n",
        "error: src/a/mod.rs:1: a module file",
    );
}

#[test]
fn lints_are_expected_and_not_allowed() {
    for attribute in ["#[allow(dead_code)]", "#![allow(dead_code)]"] {
        let text = format!("//! Owns it.\n{attribute}\nfn f() {{}}\n");
        tells(
            "src/a.rs",
            &text,
            "error: src/a.rs:2: a lint is switched off",
        );
        assert!(told("src/generated/a.rs", &text).is_empty());
    }
    let template = "//! Owns it.\nfn f() {\n    quote!(\n        #[allow(dead_code)]\n    );\n}\n";
    assert!(told("src/a.rs", template).is_empty());
}

#[test]
fn unfinished_work_is_told() {
    for mark in [["to", "do!()"], ["// FIX", "ME later"], ["// TO", "DO"]] {
        let text = format!("//! Owns it.\n{}\n", mark.concat());
        tells("src/a.rs", &text, "error: src/a.rs:2: `");
    }
}

#[test]
fn tests_run_and_do_not_sleep() {
    let ignored = format!("//! Owns it.\n{}]\n", ["#[ig", "nore"].concat());
    tells(
        "src/a.rs",
        &ignored,
        "error: src/a.rs:2: a test is switched off",
    );
    let nap = ["std::thread::", "sleep(SECOND);\n"].concat();
    let text = format!("//! Owns it.\n{nap}");
    assert!(told("src/a.rs", &text).is_empty());
    tells(
        "tests/it/a.rs",
        &text,
        "error: tests/it/a.rs:2: a test waits",
    );
    let text = format!("//! Owns it.\n#[cfg(test)]\nmod tests {{\n{nap}}}\n");
    tells("src/a.rs", &text, "error: src/a.rs:4: a test waits");
    let nap = ["    time.", "sleep(1)\n"].concat();
    tells(
        "python/tests/test_a.py",
        &nap,
        "error: python/tests/test_a.py:1: a test waits",
    );
}

#[test]
fn crates_inherit_from_the_workspace() {
    let path = "crates/teams-phone/Cargo.toml";
    let good = manifest("teams-phone", "");
    let text = good.replace(
        "version.workspace = true\nedition",
        "version = \"2.0.0\"\nedition",
    );
    tells(
        path,
        &text,
        "error: crates/teams-phone/Cargo.toml:3: `version` is not",
    );
    let text = good.replace("[lints]\nworkspace = true\n", "");
    tells(
        path,
        &text,
        "error: crates/teams-phone/Cargo.toml:1: the crate has lints",
    );
    let text = format!("{good}[dependencies]\nserde = \"1\"\n");
    tells(
        path,
        &text,
        "error: crates/teams-phone/Cargo.toml:10: `serde` names its own",
    );
    tells(
        path,
        "[package",
        "error: crates/teams-phone/Cargo.toml:1: not TOML",
    );
}

#[test]
fn versions_rise_together() {
    let old = WORKSPACE.replace(
        "teams-phone\", version = \"0.1.0",
        "teams-phone\", version = \"0.0.9",
    );
    tells(
        "Cargo.toml",
        &old,
        "error: Cargo.toml:5: `teams-phone` is not required",
    );
    tells(
        "Cargo.toml",
        "[workspace]",
        "error: Cargo.toml:1: the workspace has no version",
    );
    tells(
        "CHANGELOG.md",
        "## [0.0.9]\n",
        "error: CHANGELOG.md:1: no section",
    );
    assert!(told("CHANGELOG.md", "## [0.1.0] - 2026-01-01\n").is_empty());
}

#[test]
fn dependencies_point_down_only() {
    let told_of = |name: &str, section: &str, dependency: &str| {
        let text = manifest(
            name,
            &format!("[{section}]\n{dependency}.workspace = true\n"),
        );
        told(&format!("crates/{name}/Cargo.toml"), &text)
    };
    for (name, section, dependency, breach) in [
        (
            "teams-phone-emulator",
            "dependencies",
            "teams-phone",
            "must not know",
        ),
        (
            "teams-phone-emulator",
            "dev-dependencies",
            "teams-phone",
            "must not know",
        ),
        (
            "teams-phone",
            "dependencies",
            "teams-phone-emulator",
            "must not know",
        ),
        (
            "teams-phone-core",
            "target.'cfg(unix)'.dependencies",
            "teams-phone",
            "must not know",
        ),
        ("teams-phone", "dependencies", "reqwest", "must not send"),
        ("teams-phone-new", "dependencies", "serde", "has no layer"),
    ] {
        let told = told_of(name, section, dependency).join("\n");
        assert!(told.contains(breach), "{name} on {dependency}: {told}");
    }
    for (name, section, dependency) in [
        ("teams-phone", "dev-dependencies", "teams-phone-emulator"),
        ("teams-phone-cli", "dependencies", "teams-phone"),
        ("teams-phone-core", "dependencies", "reqwest"),
        ("teams-phone-tests", "dependencies", "teams-phone-emulator"),
    ] {
        let told = told_of(name, section, dependency);
        assert!(told.is_empty(), "{name} on {dependency}: {told:?}");
    }
}

#[test]
fn the_registry_and_the_documents_agree() {
    tells(
        "specs/a/2025-01-01/swagger.json",
        "{}",
        "error: specs/a/2025-01-01/swagger.json:1: the document is not registered",
    );
    let entry = "[[spec]]\napi = \"a\"\nversion = \"2025-01-01\"\nstate = \"ga\"\n\
                 file = \"a/2025-01-01/swagger.json\"\nmodule = \"v2025_01_01\"\n\
                 [spec.origin]\nrepository = \"o/n\"\npath = \"p\"\n";
    tells("specs/specs.toml", entry, "error: specs/specs.toml:1: in ");
}

#[test]
fn words_of_one_machine_stay_out() {
    for line in [
        ["see /wo", "rk/main"],
        ["cp /tm", "p/results/a ."],
        ["in /ho", "me/alice/src"],
        ["C:\\Us", "ers\\alice\\src"],
        ["a sub", "agent wrote it"],
        ["https://registry.", "npmjs.org"],
        ["files.python", "hosted.org"],
    ] {
        let text = format!("Hello.\n{}\n", line.concat());
        tells("docs/note.md", &text, "error: docs/note.md:2: `");
    }
    for line in ["/tm", "p/$name/x"].chunks(2).map(<[_]>::concat) {
        assert!(told("docs/note.md", &line).is_empty(), "{line}");
    }
}

#[test]
fn links_lead_somewhere() {
    let dead = "Text.\n[gone](gone.md#part)\n";
    tells(
        "docs/note.md",
        dead,
        "error: docs/note.md:2: the link leads to gone.md",
    );
    let good = "[up](../README.md), [folder](../specs/)\n```\n[code](nowhere)\n```\n";
    assert!(told("docs/note.md", good).is_empty());
}

#[test]
fn the_files_people_look_for_are_there() {
    let root = good();
    fs::remove_file(root.path().join("SECURITY.md")).unwrap();
    let report = check(&Tree::read(root.path()).unwrap());
    let first = report.problems[0].to_string();
    assert_eq!(first, "error: SECURITY.md:1: the file is missing; write it");
}

#[test]
fn the_readme_keeps_its_promises() {
    let long = README.to_owned() + &"\n".repeat(150);
    tells("README.md", &long, "error: README.md:160: 160 lines");
    let three = README.replace("cargo xtask test\n", "cargo xtask test\ncargo run demo\n");
    tells("README.md", &three, "error: README.md:2: 3 set-up commands");
    let other = README.replace("cargo xtask test", "cargo test");
    tells(
        "README.md",
        &other,
        "error: README.md:2: .ci/run does not run `cargo test`",
    );
    let untested = README.replace("let client = 1;", "let client = 2;");
    tells(
        "README.md",
        &untested,
        "error: README.md:6: the example is none of",
    );
    tells(
        "README.md",
        "Hello.",
        "error: README.md:1: no set-up commands",
    );
}
