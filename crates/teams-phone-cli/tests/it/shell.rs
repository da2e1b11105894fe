//! Help, completions and manual pages.

use crate::support::{Ran, teams_phone};

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = Ran::of(teams_phone().args(["completions", shell]).output().unwrap());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{shell}");
        assert!(
            ran.stdout.contains("assignment") && ran.stdout.contains("ensure"),
            "{shell}"
        );
    }
    assert_eq!(
        Ran::of(teams_phone().args(["completions", "dos"]).output().unwrap()).code,
        2
    );
}

#[test]
fn man_writes_a_page_per_command() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("share/man1");
    let ran = Ran::of(teams_phone().arg("man").arg(&target).output().unwrap());
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    for page in [
        "teams-phone.1",
        "teams-phone-demo.1",
        "teams-phone-assignment-ensure.1",
    ] {
        let text = std::fs::read_to_string(target.join(page)).unwrap();
        assert!(text.starts_with(".ie"), "{page}: {text}");
    }
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let ran = Ran::of(
        teams_phone()
            .arg("man")
            .arg(file.join("below"))
            .output()
            .unwrap(),
    );
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("cannot be written"), "{}", ran.stderr);
}

#[test]
fn help_and_version_are_data() {
    let ran = Ran::of(teams_phone().arg("--version").output().unwrap());
    ran.expect(
        0,
        &format!("teams-phone {}\n", env!("CARGO_PKG_VERSION")),
        "",
    );
    let ran = Ran::of(teams_phone().arg("--help").output().unwrap());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    for said in [
        "Exit codes:",
        "AZURE_COMMUNICATION_CONNECTION_STRING",
        "teams-phone demo",
    ] {
        assert!(ran.stdout.contains(said), "{said}");
    }
    let ran = Ran::of(teams_phone().output().unwrap());
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
}

#[test]
fn every_command_explains_itself() {
    for command in [
        "demo",
        "emulator",
        "assignment grant",
        "assignment get",
        "assignment revoke",
        "assignment ensure",
        "identity create",
        "identity get",
        "identity delete",
        "token issue",
        "token revoke",
        "number list",
        "number assign",
        "number update",
        "number ensure",
        "operation wait",
        "resource-account list",
        "user set-usage-location",
        "licence assign",
        "sign",
        "completions",
        "man",
    ] {
        let mut run = teams_phone();
        let ran = Ran::of(run.args(command.split(' ')).arg("--help").output().unwrap());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{command}");
        assert!(
            ran.stdout
                .contains(&format!("Usage: teams-phone {command}")),
            "{command}"
        );
    }
}
