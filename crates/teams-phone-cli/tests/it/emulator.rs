//! `emulator` as a process of its own: what it prints, how it ends, why it does not start.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Stdio};

use crate::support::{OBJECT, Ran, TENANT, VARIABLE, teams_phone};

/// An emulator in a process of its own; it is killed when dropped.
struct Running {
    child: Child,
    facts: serde_json::Value,
}

impl Running {
    fn new(args: &[&str]) -> Self {
        let mut command = teams_phone();
        command
            .args(["emulator", "--port", "0", "--output", "json"])
            .args(args);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let facts = serde_json::from_str(&line).unwrap();
        Self { child, facts }
    }

    fn text(&self, name: &str) -> &str {
        self.facts[name].as_str().unwrap()
    }

    fn run(&self, args: &[&str]) -> Ran {
        let mut command = teams_phone();
        command
            .args(args)
            .env(VARIABLE, self.text("connection_string"));
        Ran::of(command.output().unwrap())
    }

    fn assignment(&self, verb: &str, rest: &[&str]) -> Ran {
        let place = ["assignment", verb, "--tenant", TENANT, "--object", OBJECT];
        self.run(&[&place, rest].concat())
    }

    /// Ends it with a signal, as a service manager would.
    #[cfg(unix)]
    fn signalled(mut self, signal: &str) -> Ran {
        let pid = self.child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args([signal, &pid])
            .status()
            .unwrap();
        assert!(sent.success());
        let status = self.child.wait().unwrap();
        let mut stderr = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        Ran {
            code: status.code().unwrap(),
            stdout: String::new(),
            stderr,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn prints_a_connection_string_that_works() {
    let running = Running::new(&[]);
    let (url, text) = (running.text("url"), running.text("connection_string"));
    assert!(
        text.starts_with(&format!("endpoint={url}/;accesskey=")),
        "{text}"
    );
    assert_eq!(running.assignment("grant", &["--resource-account"]).code, 0);
    assert_eq!(running.assignment("get", &[]).code, 0);
}

/// Signs in with what the emulator printed, as an application.
fn signed_in(running: &Running, more: &[&str]) -> Ran {
    let entra = |name: &str| running.facts["entra"][name].as_str().unwrap();
    let mut command = teams_phone();
    command
        .args(["assignment", "get", "--tenant", TENANT, "--object", OBJECT])
        .args(["--auth", "client-secret", "--endpoint", running.text("url")])
        .args(["--auth-authority", entra("authority")])
        .args(["--auth-tenant", entra("tenant_id")])
        .args(["--auth-client-id", entra("client_id")])
        .args(more)
        .env("AZURE_CLIENT_SECRET", entra("client_secret"));
    Ran::of(command.output().unwrap())
}

#[test]
fn prints_what_an_application_signs_in_with() {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    let ca = ["--ca-file", ca.to_str().unwrap()];
    let mut key = tempfile::NamedTempFile::new().unwrap();
    key.write_all(b"b3duIGtleQ==").unwrap();
    let (plain, tls) = (
        Running::new(&[]),
        Running::new(&[&["--tls"], &ca[..]].concat()),
    );
    let own = Running::new(&["--access-key-file", key.path().to_str().unwrap()]);
    for (running, more) in [(&plain, &[][..]), (&own, &[]), (&tls, &ca)] {
        let ran = signed_in(running, more);
        assert_eq!(ran.code, 4, "{}", ran.stderr);
    }
    let secret = |running: &Running| running.facts["entra"]["client_secret"].clone();
    assert_eq!(secret(&plain), secret(&tls));
    assert_ne!(secret(&plain), secret(&own));
}

#[test]
fn tells_people_all_that_programs_are_told() {
    let mut child = teams_phone()
        .args(["emulator", "--port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let rows: Vec<String> = lines.take(8).map(Result::unwrap).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let row = |number: usize| rows[number].split_once("  ").unwrap();
    let values = [0, 1, 2, 3, 4, 5, 6, 7].map(|number| row(number).1.trim_start());
    let url = values[0];
    assert!(values[1].starts_with(&format!("endpoint={url}/;accesskey=")));
    assert_eq!(values[2], format!("--graph-endpoint {url}"));
    assert_eq!(values[3], url);
    let names = [0, 1, 2, 3, 4, 5, 6, 7].map(|number| row(number).0);
    assert_eq!(
        names,
        [
            "url",
            "connection string",
            "microsoft graph",
            "sign-in authority",
            "tenant",
            "client id",
            "client secret",
            "user"
        ]
    );
}

/// The numbers that Microsoft Graph shows.
fn numbers(running: &Running) -> Vec<String> {
    let entra = |name: &str| running.facts["entra"][name].as_str().unwrap();
    let mut command = teams_phone();
    command
        .args(["number", "list", "--output", "json"])
        .args([
            "--auth",
            "client-secret",
            "--graph-endpoint",
            running.text("url"),
        ])
        .args(["--auth-authority", entra("authority")])
        .args(["--auth-tenant", entra("tenant_id")])
        .args(["--auth-client-id", entra("client_id")])
        .env("AZURE_CLIENT_SECRET", entra("client_secret"));
    let ran = Ran::of(command.output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let found = quoted_numbers(&ran.stdout);
    found.into_iter().map(str::to_owned).collect()
}

/// The values of `telephoneNumber` in any JSON, whatever is around them.
fn quoted_numbers(text: &str) -> Vec<&str> {
    let after = text.split("\"+").skip(1);
    after.filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn shows_the_tenant_that_files_describe() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(br#"{"numbers": [{"telephoneNumber": "+12065550199"}]}"#)
        .unwrap();
    let path = file.path().to_str().unwrap();
    assert_eq!(numbers(&Running::new(&[])), [""; 0]);
    let one = Running::new(&["--graph-tenant", path]);
    assert_eq!(numbers(&one), ["12065550199"]);
    let both = Running::new(&["--graph-tenant", "demo", "--graph-tenant", path]);
    assert_eq!(numbers(&both).len(), 4);
}

#[cfg(unix)]
#[test]
fn stops_in_order_on_either_signal_and_keeps_its_state() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = folder.path().join("state.json");
    let args = ["--snapshot", snapshot.to_str().unwrap()];
    let first = Running::new(&args);
    assert_eq!(first.assignment("grant", &["--resource-account"]).code, 0);
    let ended = first.signalled("-TERM");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    let second = Running::new(&args);
    assert_eq!(second.assignment("get", &[]).code, 0);
    assert_eq!(second.signalled("-INT").code, 0);
}

#[test]
fn the_key_is_public_and_always_the_same_unless_a_file_names_another() {
    let key = |running: &Running| {
        running
            .text("connection_string")
            .split_once("accesskey=")
            .unwrap()
            .1
            .to_owned()
    };
    let (one, two) = (Running::new(&[]), Running::new(&[]));
    assert_eq!(key(&one), key(&two));
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"b3duIGtleQ==\n").unwrap();
    let own = Running::new(&["--access-key-file", file.path().to_str().unwrap()]);
    assert_eq!(key(&own), "b3duIGtleQ==");
    assert_eq!(own.assignment("get", &[]).code, 4);
}

#[test]
fn speaks_tls_and_writes_what_to_trust() {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    let ca = ca.to_str().unwrap();
    let running = Running::new(&["--tls", "--ca-file", ca]);
    assert!(running.text("url").starts_with("https://"));
    assert_eq!(running.text("ca_pem"), std::fs::read_to_string(ca).unwrap());
    assert_eq!(running.assignment("get", &["--ca-file", ca]).code, 4);
}

#[cfg(unix)]
#[test]
fn the_authority_is_in_a_temporary_file_unless_another_is_named() {
    let running = Running::new(&["--tls"]);
    let path = running.text("ca_file").to_owned();
    assert_eq!(
        running.text("ca_pem"),
        std::fs::read_to_string(&path).unwrap()
    );
    assert_eq!(running.assignment("get", &["--ca-file", &path]).code, 4);
    assert_eq!(running.signalled("-TERM").code, 0);
    assert!(!std::path::Path::new(&path).exists());
}

#[test]
fn says_why_it_does_not_start() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"aHVudGVyMg").unwrap();
    let unpadded = file.path().to_str().unwrap();
    for (args, code, said) in [
        (vec!["--port", &port], 1, "--port 0"),
        (vec!["--port", "99999"], 2, "99999"),
        (
            vec!["--port", "0", "--host", "no.such.host.invalid"],
            1,
            "cannot listen on no.such.host.invalid",
        ),
        (
            vec!["--port", "0", "--access-key-file", unpadded],
            1,
            "not padded standard base64",
        ),
        (
            vec!["--port", "0", "--snapshot", unpadded],
            1,
            "the snapshot cannot be loaded",
        ),
        (
            vec!["--port", "0", "--graph-tenant", unpadded],
            1,
            "--graph-tenant demo",
        ),
        (
            vec!["--port", "0", "--access-key-file", "no-such-file"],
            2,
            "cannot be read",
        ),
    ] {
        let ran = Ran::of(teams_phone().arg("emulator").args(&args).output().unwrap());
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (code, ""),
            "{args:?}: {}",
            ran.stderr
        );
        assert!(ran.stderr.contains(said), "{args:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("aHVudGVyMg"), "{}", ran.stderr);
    }
}

#[test]
fn an_emulator_that_others_can_reach_with_a_public_key_is_warned_about() {
    let mut running = Running::new(&["--host", "0.0.0.0"]);
    assert!(running.text("url").starts_with("http://127.0.0.1:"));
    let _ = running.child.kill();
    let mut stderr = String::new();
    running
        .child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    assert!(stderr.contains("its key is public"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_the_wait_for_open_requests() {
    let mut command = teams_phone();
    command.args(["emulator", "--port", "0"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let address = first.rsplit('/').next().unwrap();
    let mut open = std::net::TcpStream::connect(address).unwrap();
    open.write_all(b"GET /half HTTP/1.1\r\nHost: x\r\n")
        .unwrap();
    let pid = child.id().to_string();
    let signal = || {
        std::process::Command::new("kill")
            .arg(&pid)
            .status()
            .unwrap()
    };
    assert!(signal().success());
    let mut talk = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(talk.any(|line| line.unwrap().starts_with("stopping")));
    assert!(signal().success());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(talk.any(|line| line.unwrap().contains("without waiting")));
}
