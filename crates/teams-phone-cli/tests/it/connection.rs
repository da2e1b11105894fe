//! How the connection string is found and refused, and how the service is reached; knows no verb.

use std::io::Write as _;

use crate::support::{
    OBJECT, Ran, Resource, SECOND_VARIABLE, TENANT, VARIABLE, WRONG_KEY, dead_address, teams_phone,
    with_input,
};

fn get() -> [&'static str; 6] {
    ["assignment", "get", "--tenant", TENANT, "--object", OBJECT]
}

fn file(text: impl AsRef<[u8]>) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_ref()).unwrap();
    file
}

#[test]
fn a_connection_string_comes_from_file_input_or_environment() {
    let resource = Resource::new();
    let text = resource.emulator.connection_string();
    let reaches = |ran: Ran| {
        resource.watch(&ran);
        assert_eq!(ran.code, 4, "{}", ran.stderr);
    };
    let lines = file(format!("\u{feff} {text} \r\n"));
    let path = lines.path().to_str().unwrap();
    let option = "--connection-string-file";
    reaches(Ran::of(
        teams_phone()
            .args([option, path])
            .args(get())
            .output()
            .unwrap(),
    ));
    reaches(Ran::of(
        teams_phone()
            .args(get())
            .args([option, path])
            .output()
            .unwrap(),
    ));
    let mut piped = teams_phone();
    reaches(Ran::of(with_input(
        piped.args(get()).args([option, "-"]),
        text.as_bytes(),
    )));
    reaches(Ran::of(
        teams_phone()
            .args(get())
            .env(SECOND_VARIABLE, &text)
            .output()
            .unwrap(),
    ));
    let mut both = teams_phone();
    both.args(get())
        .env(VARIABLE, " ")
        .env(SECOND_VARIABLE, &text);
    reaches(Ran::of(both.output().unwrap()));
    let mut file_wins = teams_phone();
    file_wins
        .args(get())
        .args([option, path])
        .env(VARIABLE, "nonsense");
    reaches(Ran::of(file_wins.output().unwrap()));
}

#[test]
fn without_a_connection_string_it_says_where_it_looks() {
    let ran = Ran::of(teams_phone().args(get()).output().unwrap());
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    for said in [
        "no connection string",
        VARIABLE,
        "--connection-string-file",
        "demo",
    ] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
}

#[test]
fn says_what_is_wrong_with_a_connection_string_and_hides_the_key() {
    let key = "c3VwZXJzZWNyZXRrZXk=";
    for (text, said) in [
        (format!("accesskey={key}"), "lacks endpoint"),
        (
            "endpoint=https://x.communication.azure.com/".to_owned(),
            "lacks accesskey",
        ),
        (
            format!("endpoint=http://x.example;accesskey={key}"),
            "uses http",
        ),
        (
            format!("endpoint=https://x.example/a;accesskey={key}"),
            "has a path",
        ),
        (
            format!("endpoint=https://x.example;accesskey={}", &key[1..]),
            "not base64",
        ),
        (
            format!("endpoint=https://x.example;accesskey={key};accesskey={key}"),
            "twice",
        ),
        (
            format!("endpoint=https://x.example;AccountKey={key}"),
            "another Azure service",
        ),
        (format!("endpoint=https://x.example;{key}"), "part 2"),
        (key.to_owned(), "part 1"),
    ] {
        let mut command = teams_phone();
        let ran = Ran::of(command.args(get()).env(VARIABLE, &text).output().unwrap());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{said}");
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
        assert!(
            ran.stderr.contains(&format!("(from {VARIABLE})")),
            "{}",
            ran.stderr
        );
        assert!(
            !ran.stderr.contains(&key[1..key.len() - 1]),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn says_what_is_wrong_with_the_file_and_hides_a_key_given_instead() {
    let secret = "endpoint=https://x.example;accesskey=c3VwZXJzZWNyZXRrZXk=";
    let empty = file("\n");
    let binary = file([0xff, 0xfe, 0x00]);
    let long = file(vec![b'a'; 100_000]);
    for (path, said) in [
        (secret, "instead of the name of a file"),
        ("no-such-file", "No such file"),
        (".", "cannot be read"),
        (empty.path().to_str().unwrap(), "is empty"),
        (binary.path().to_str().unwrap(), "not UTF-8"),
        (long.path().to_str().unwrap(), "longer than"),
    ] {
        let mut command = teams_phone();
        command.args(get()).args(["--connection-string-file", path]);
        let ran = Ran::of(command.output().unwrap());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{said}");
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
        assert!(!ran.stderr.contains("c3VwZXJz"), "{}", ran.stderr);
    }
    for misplaced in [
        vec![secret],
        vec!["--connection-string", secret],
        vec!["--output", "json", secret],
    ] {
        let ran = Ran::of(teams_phone().args(get()).args(misplaced).output().unwrap());
        assert_eq!(ran.code, 2);
        assert!(!ran.stderr.contains("c3VwZXJz"), "{}", ran.stderr);
    }
}

#[test]
fn a_service_that_is_down_is_named_with_what_to_do() {
    let address = dead_address();
    let text = format!("endpoint={address};accesskey={WRONG_KEY}");
    let run = |extra: &[&str]| {
        let mut command = teams_phone();
        command
            .args(get())
            .args(["--max-attempts", "1"])
            .args(extra)
            .env(VARIABLE, &text);
        Ran::of(command.output().unwrap())
    };
    let ran = run(&[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    let start =
        "error: teams_extension_assignment_get: no connection to the service\n  caused by: ";
    assert!(ran.stderr.starts_with(start), "{}", ran.stderr);
    let end =
        format!("hint: nothing answers at {address}; `teams-phone emulator` starts an emulator\n");
    assert!(ran.stderr.ends_with(&end), "{}", ran.stderr);
    let error = run(&["--output", "json"]).error();
    assert_eq!(
        (&error["kind"], &error["attempts"]),
        (&"connect".into(), &1.into())
    );
    assert_eq!(error["endpoint"], address.as_str());
}

#[test]
fn a_tls_emulator_is_trusted_through_its_authority_only() {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    let emulator = teams_phone_emulator::Emulator::builder()
        .tls(true)
        .ca_file(&ca)
        .spawn()
        .unwrap();
    let run = |extra: &[&str]| {
        let mut command = teams_phone();
        command
            .args(get())
            .args(["--max-attempts", "1"])
            .args(extra);
        Ran::of(
            command
                .env(VARIABLE, emulator.connection_string())
                .output()
                .unwrap(),
        )
    };
    let trusted = run(&["--ca-file", ca.to_str().unwrap()]);
    assert_eq!(trusted.code, 4, "{}", trusted.stderr);
    let untrusted = run(&[]);
    assert_eq!(untrusted.code, 1);
    assert!(
        untrusted.stderr.contains("--ca-file"),
        "{}",
        untrusted.stderr
    );
    let wrong = run(&["--ca-file", file("no certificate").path().to_str().unwrap()]);
    assert_eq!(wrong.code, 2, "{}", wrong.stderr);
    assert_eq!(run(&["--ca-file", "no-such-file"]).code, 2);
}

#[test]
fn options_without_effect_are_refused() {
    for args in [
        vec!["demo", "--api-version", "2025-06-30"],
        vec!["emulator", "--timeout", "3s"],
        vec!["emulator", "--ca-file", "ca.pem"],
        vec!["completions", "bash", "--connection-string-file", "x"],
        vec!["sign", "--url", "https://x.example/", "--max-attempts", "2"],
        vec!["assignment", "get", "--allow-unknown-api-version"],
    ] {
        let ran = Ran::of(teams_phone().args(&args).output().unwrap());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
    }
}

#[test]
fn api_versions_are_checked_by_name_and_call() {
    let resource = Resource::new();
    let unknown = resource.assignment("get", "--api-version 2099-01-01");
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("choose one of 2021-03-07"),
        "{}",
        unknown.stderr
    );
    assert!(
        unknown.stderr.contains("--allow-unknown-api-version"),
        "{}",
        unknown.stderr
    );
    assert_eq!(resource.assignment("get", "--api-version today").code, 2);
    assert!(resource.emulator.requests().is_empty());
    let insisted = resource.assignment(
        "get",
        "--api-version 2099-01-01 --allow-unknown-api-version",
    );
    assert_eq!(insisted.code, 1, "{}", insisted.stderr);
    assert!(
        resource.emulator.requests()[0]
            .target
            .ends_with("?api-version=2099-01-01")
    );
}

#[cfg(unix)]
#[test]
fn certificates_come_from_a_file_of_reasonable_size() {
    let resource = Resource::new();
    for (path, said) in [
        ("-", "--ca-file is not read from standard input"),
        ("/dev/zero", "--ca-file /dev/zero is longer than"),
    ] {
        let mut command = resource.command(["assignment", "apply", "-", "--ca-file", path]);
        let ran = Ran::of(with_input(&mut command, b""));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{path}");
        assert!(ran.stderr.contains(said), "{path}: {}", ran.stderr);
    }
}
