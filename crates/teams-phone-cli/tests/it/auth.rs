//! `--auth`: who signs in, what is missing, and that no secret is shown.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use teams_phone_emulator::{Emulator, Fault};

use crate::support::{OBJECT, Ran, Resource, TENANT, teams_phone, with_input};

/// Reads an assignment that is not there, which takes a credential that is accepted.
fn get(resource: &Resource, method: &str) -> Command {
    let mut command = teams_phone();
    command
        .args(["assignment", "get", "--tenant", TENANT, "--object", OBJECT])
        .args(["--auth", method, "--endpoint", resource.emulator.url()]);
    command
}

fn signing_in(resource: &Resource, method: &str) -> Command {
    let entra = resource.emulator.entra();
    let mut command = get(resource, method);
    command
        .args(["--auth-authority", entra.authority_host()])
        .args(["--auth-tenant", entra.tenant_id()])
        .args(["--auth-client-id", entra.client_id()]);
    command
}

#[test]
fn an_application_signs_in_with_a_secret_from_file_or_environment() {
    let resource = Resource::new();
    let secret = resource.emulator.entra().client_secret();
    let mut piped = signing_in(&resource, "client-secret");
    let piped = with_input(piped.args(["--auth-secret-file", "-"]), secret.as_bytes());
    let mut by_variables = get(&resource, "client-secret");
    let entra = resource.emulator.entra();
    by_variables
        .args(["--auth-authority", entra.authority_host(), "--verbose"])
        .env("AZURE_TENANT_ID", entra.tenant_id())
        .env("AZURE_CLIENT_ID", entra.client_id())
        .env("AZURE_CLIENT_SECRET", secret);
    for output in [piped, by_variables.output().unwrap()] {
        let ran = Ran::of(output);
        assert_eq!(ran.code, 4, "{}", ran.stderr);
        resource.watch(&ran);
        assert!(!ran.stderr.contains(secret), "{}", ran.stderr);
    }
    let requests = resource.emulator.requests();
    let last = requests
        .last()
        .unwrap()
        .header("authorization")
        .unwrap()
        .to_owned();
    assert!(last.starts_with("Bearer "), "{last}");
}

#[test]
fn a_wrong_secret_is_told_and_not_shown() {
    let resource = Resource::new();
    let mut command = signing_in(&resource, "client-secret");
    let ran = Ran::of(
        command
            .env("AZURE_CLIENT_SECRET", "not-the-secret-at-all")
            .output()
            .unwrap(),
    );
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("AADSTS"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("not-the-secret-at-all"));
}

#[test]
fn a_refusal_tells_who_signed_in_and_to_which_tenant() {
    let resource = Resource::new();
    let entra = resource.emulator.entra();
    for status in [401, 403] {
        resource.emulator.clear_faults();
        let refused = Fault::respond(status, "Refused").method("GET");
        resource.emulator.inject(refused);
        let run = |more: &[&str]| {
            let mut command = signing_in(&resource, "client-secret");
            command
                .args(more)
                .env("AZURE_CLIENT_SECRET", entra.client_secret());
            Ran::of(command.output().unwrap())
        };
        let ran = run(&["--output", "json"]);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        let who = ran.error()["signed_in"].clone();
        assert_eq!(who["tenant_id"], entra.tenant_id());
        assert_eq!(who["client_id"], entra.client_id());
        let told = format!(
            "signed in as object {} of tenant {}, application {}\n",
            who["object_id"].as_str().unwrap(),
            entra.tenant_id(),
            entra.client_id()
        );
        let ran = run(&[]);
        assert!(ran.stderr.contains(&told), "{}", ran.stderr);
        let by_key = resource.run("identity get 8:acs:x --output json");
        assert!(by_key.error()["signed_in"].is_null());
    }
    resource.emulator.clear_faults();
    let mut command = signing_in(&resource, "client-secret");
    command.env("AZURE_CLIENT_SECRET", entra.client_secret());
    let ran = Ran::of(command.output().unwrap());
    assert_eq!(ran.code, 4);
    assert!(!ran.stderr.contains("signed in"), "{}", ran.stderr);
}

#[test]
fn a_person_signs_in_with_a_code() {
    let emulator = Emulator::builder().device_code_interval(Duration::from_secs(1));
    let resource = Resource {
        emulator: emulator.spawn().unwrap(),
    };
    let mut child = signing_in(&resource, "device-code")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut talk = BufReader::new(child.stderr.take().unwrap());
    let mut seen = String::new();
    while !seen
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .any(|word| !word.is_empty() && resource.emulator.entra().approve_device_code(word))
    {
        assert_ne!(talk.read_line(&mut seen).unwrap(), 0, "{seen}");
    }
    talk.read_to_string(&mut seen).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(4), "{seen}");
    assert!(seen.contains("NotFound"), "{seen}");
}

#[test]
fn what_is_missing_or_has_no_effect_is_said() {
    let resource = Resource::new();
    let url = resource.emulator.url().to_owned();
    for (words, said) in [
        (
            format!("--endpoint {url}"),
            "--endpoint has no effect with --auth connection-string",
        ),
        ("--auth cli".to_owned(), "--auth cli needs --endpoint"),
        (
            format!("--auth cli --endpoint {url} --auth-secret-file x"),
            "--auth-secret-file has no effect with --auth cli",
        ),
        (
            format!("--auth managed-identity --endpoint {url} --auth-tenant x"),
            "--auth-tenant has no effect",
        ),
        (
            format!("--auth browser --endpoint {url}"),
            "--auth browser needs --auth-tenant",
        ),
        (
            format!("--auth device-code --endpoint {url} --auth-tenant {TENANT}"),
            "--auth device-code needs --auth-client-id",
        ),
        (
            format!(
                "--auth client-secret --endpoint {url} --auth-tenant {TENANT} --auth-client-id {OBJECT}"
            ),
            "--auth client-secret needs --auth-secret-file",
        ),
        (
            format!("--auth cli --endpoint {url} --connection-string-file x"),
            "--connection-string-file has no effect with --auth cli",
        ),
        (
            "--auth cli --endpoint http://x.example".to_owned(),
            "uses http",
        ),
    ] {
        refuses(&words, said);
    }
    let ran = resource.run("id parse 4:1 --auth cli");
    assert!(
        ran.stderr.contains("--auth has no effect on `id parse`"),
        "{}",
        ran.stderr
    );
    assert!(resource.emulator.requests().is_empty());
}

#[test]
fn files_and_clouds_that_are_missing_or_have_no_effect_are_said() {
    let resource = Resource::new();
    let url = resource.emulator.url().to_owned();
    for (words, said) in [
        (
            format!("--auth developer-tools --endpoint {url} --auth-tenant x"),
            "--auth-tenant has no effect with --auth developer-tools",
        ),
        (
            format!("--auth client-secret --endpoint {url} --auth-certificate-file x"),
            "--auth-certificate-file has no effect with --auth client-secret",
        ),
        (
            format!(
                "--auth client-certificate --endpoint {url} --auth-tenant {TENANT} --auth-client-id {OBJECT}"
            ),
            "--auth client-certificate needs --auth-certificate-file",
        ),
        (
            format!(
                "--auth client-certificate --endpoint {url} --auth-tenant {TENANT} --auth-client-id {OBJECT} --auth-certificate-file no-such-file"
            ),
            "the file named by --auth-certificate-file cannot be read",
        ),
        (
            format!(
                "--auth workload-identity --endpoint {url} --auth-tenant {TENANT} --auth-client-id {OBJECT}"
            ),
            "or set AZURE_FEDERATED_TOKEN_FILE",
        ),
        (
            "--auth-cloud us-government".to_owned(),
            "--auth-cloud has no effect with --auth connection-string",
        ),
        (
            format!("--auth cli --endpoint {url} --auth-cloud china"),
            "possible values: public, us-government",
        ),
    ] {
        refuses(&words, said);
    }
    assert!(resource.emulator.requests().is_empty());
}

#[test]
fn a_secret_in_place_of_the_client_id_is_not_repeated() {
    const SECRET: &str = "hunter2~secret";
    for method in ["client-secret", "managed-identity", "browser"] {
        for by_option in [true, false] {
            for format in ["human", "json"] {
                let mut command = teams_phone();
                command
                    .args(["entra-assignment", "list", "--auth", method])
                    .args(["--endpoint", "http://127.0.0.1:1", "--output", format])
                    .env("AZURE_TENANT_ID", TENANT)
                    .env("AZURE_CLIENT_SECRET", SECRET);
                if by_option {
                    command.args(["--auth-client-id", SECRET]);
                } else {
                    command.env("AZURE_CLIENT_ID", SECRET);
                }
                let ran = Ran::of(command.output().unwrap());
                assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
                assert!(ran.stderr.contains("is not a GUID"), "{}", ran.stderr);
                assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
            }
        }
    }
}

/// Refuses the arguments with this message.
#[track_caller]
fn refuses(words: &str, said: &str) {
    let mut command = teams_phone();
    command
        .args(["entra-assignment", "list"])
        .args(words.split_whitespace());
    let ran = Ran::of(command.output().unwrap());
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (2, ""),
        "{words}: {}",
        ran.stderr
    );
    assert!(ran.stderr.contains(said), "{words}: {}", ran.stderr);
}
