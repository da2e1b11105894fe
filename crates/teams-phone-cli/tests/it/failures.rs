//! Exit codes and words of failures, whatever the command; what holds for all output.

use std::process::Stdio;

use teams_phone_emulator::{Emulator, Fault};

use crate::support::{OBJECT, Ran, Resource, TENANT, VARIABLE, WRONG_KEY, teams_phone};

#[test]
fn a_wrong_key_is_explained_and_no_key_is_shown() {
    let resource = Resource::new();
    let text = format!(
        "endpoint={}/;accesskey={WRONG_KEY}",
        resource.emulator.url()
    );
    for extra in [vec![], vec!["--verbose"], vec!["--output", "json"]] {
        let args = ["assignment", "get", "--tenant", TENANT, "--object", OBJECT];
        let mut command = teams_phone();
        command.args(args).args(&extra).env(VARIABLE, &text);
        let ran = Ran::of(command.output().unwrap());
        resource.watch(&ran);
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{extra:?}");
        for said in [
            "Denied",
            "KeyOrStringToSignDiffers",
            "the access key is another one",
            "sign --explain",
        ] {
            assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
        }
        assert!(!ran.stderr.contains(WRONG_KEY), "{}", ran.stderr);
    }
}

#[test]
fn exit_codes_tell_the_kinds_of_failure_apart() {
    for (fault, code, kind) in [
        (Fault::throttle(600), 6, "throttled"),
        (Fault::respond(409, "Conflict"), 5, "service"),
        (Fault::respond(403, "SubscriptionNotAllowed"), 3, "service"),
        (Fault::empty(401), 3, "service"),
        (Fault::html(502), 1, "service"),
        (Fault::drop_before(), 1, "connect"),
        (Fault::respond_body(200, "no JSON"), 1, "decode"),
    ] {
        let resource = Resource::new();
        let shown = format!("{fault:?}");
        resource.emulator.inject(fault);
        let ran = resource.assignment("get", "--max-attempts 1 --output json");
        assert_eq!(ran.code, code, "{shown}: {}", ran.stderr);
        let error = ran.error();
        assert_eq!(error["kind"], kind, "{shown}");
        if code == 6 {
            assert_eq!(error["retry_after"], 600.0);
        }
    }
}

#[test]
fn a_clock_that_is_off_is_told_even_if_all_went_well() {
    for (ahead, said) in [
        (
            3600,
            "this machine's clock is 60 minutes behind the service's",
        ),
        (
            -3600,
            "this machine's clock is 60 minutes ahead of the service's",
        ),
    ] {
        let offset = jiff::SignedDuration::from_secs(ahead);
        let resource = Resource {
            emulator: Emulator::builder().clock_offset(offset).spawn().unwrap(),
        };
        let ran = resource.assignment("grant", "--resource-account");
        assert_eq!(ran.code, 0);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
        let ran = resource.run(&format!(
            "entra-assignment get --object {OBJECT} --output json"
        ));
        assert_eq!(ran.code, 4);
        assert_eq!(ran.stderr.lines().count(), 2, "{}", ran.stderr);
        assert!(ran.stderr.starts_with("{\"schema_version\":1,\"warning\":"));
    }
}

#[test]
fn time_that_runs_out_is_told() {
    let resource = Resource::new();
    resource
        .emulator
        .inject(Fault::latency(std::time::Duration::from_secs(30)));
    let ran = resource.assignment("get", "--timeout 200ms --output json");
    assert_eq!(ran.code, 1);
    let error = ran.error();
    assert_eq!(error["kind"], "timeout");
    assert!(error["hint"].as_str().unwrap().contains("--timeout"));
}

#[test]
fn arguments_that_cannot_be_read_fail_in_the_chosen_format() {
    let ran = Ran::of(teams_phone().args(["assignment", "grab"]).output().unwrap());
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("grab"), "{}", ran.stderr);
    for json in [vec!["--output", "json"], vec!["--output=json"]] {
        let ran = Ran::of(
            teams_phone()
                .args(json)
                .args(["assignment", "grab"])
                .output()
                .unwrap(),
        );
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        let error = ran.error();
        assert_eq!(error["kind"], "usage");
        assert_eq!(error["message"], "unrecognized subcommand 'grab'");
    }
}

#[test]
fn verbose_tells_what_is_sent_without_secrets() {
    let resource = Resource::new();
    let ran = resource.assignment("grant", "--resource-account --verbose");
    assert_eq!(ran.code, 0);
    assert!(ran.stderr.contains("status=201"), "{}", ran.stderr);
    let ran = resource.run("identity create --scope voip --verbose");
    let token = ran.stdout.trim();
    assert!(
        token.len() > 20 && !ran.stderr.contains(token),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_reader_that_has_gone_away_is_no_panic() {
    let resource = Resource::new();
    for words in [
        "demo",
        "completions bash",
        "--help",
        "assignment grant --tenant 87d349ed-44d7-43e1-9a83-5f2406dee5bd --object e5b7f628-ea94-4fdc-b3d9-1af1fe231111 --resource-account",
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = resource.command(words.split_whitespace());
        let child = command
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(command);
        let ran = Ran::of(child.wait_with_output().unwrap());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{words}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let resource = Resource::new();
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = resource.command(["identity", "create"]);
    let child = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("standard output cannot be written"),
        "{}",
        ran.stderr
    );
}

#[test]
fn there_is_no_colour_where_there_is_no_terminal() {
    let resource = Resource::new();
    for words in [
        "demo",
        "sign --url https://x.example/ --explain",
        "identity get 8:acs:x",
    ] {
        let ran = Ran::of(resource.command(words.split_whitespace()).output().unwrap());
        assert!(
            !ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'),
            "{words}"
        );
    }
    let mut forced = resource.command(["identity", "get", "8:acs:x"]);
    let ran = Ran::of(forced.env("CLICOLOR_FORCE", "1").output().unwrap());
    assert!(ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
    let ran = Ran::of(
        forced
            .env("NO_COLOR", "1")
            .env_remove("CLICOLOR_FORCE")
            .output()
            .unwrap(),
    );
    assert!(!ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
}
