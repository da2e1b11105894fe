//! `sign`: the published vectors, bodies, refused URLs, and that curl can use it.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::support::{OBJECT, Ran, Resource, TENANT, VARIABLE, teams_phone, with_input};

const KEY: &str = "c2VjcmV0";
const DATE: &str = "Mon, 14 Apr 2025 15:32:25 GMT";

fn file(text: impl AsRef<[u8]>) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_ref()).unwrap();
    file
}

/// Runs `sign` with the key in a file.
fn signed(key: &str, args: &[&str]) -> Ran {
    let key = file(key);
    let mut command = teams_phone();
    command
        .arg("sign")
        .arg("--access-key-file")
        .arg(key.path())
        .args(args);
    Ran::of(command.output().unwrap())
}

/// The folder of upstream data, or `None` after a loud line.
fn upstream() -> Option<PathBuf> {
    let folder = std::env::var_os("TEAMS_PHONE_UPSTREAM").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/upstream"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    let required = std::env::var("TEAMS_PHONE_REQUIRE_UPSTREAM").is_ok_and(|value| value == "1");
    assert!(!required, "the upstream data is required");
    eprintln!("SKIPPED: no upstream data at {}", folder.display());
    None
}

#[test]
fn reproduces_the_published_vectors() {
    let Some(folder) = upstream() else { return };
    let text = std::fs::read_to_string(folder.join("hmac-vectors.json")).unwrap();
    let vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
    let vectors = vectors["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 15);
    for vector in vectors {
        let text = |name: &str| vector[name].as_str().unwrap();
        let expected = |name: &str| vector["expected"][name].as_str().unwrap();
        let body = vector["body"].as_str().map(file);
        let mut args = vec![
            "--method",
            text("method"),
            "--url",
            text("url"),
            "--date",
            text("date"),
        ];
        if let Some(body) = &body {
            args.extend(["--body-file", body.path().to_str().unwrap()]);
        }
        let name = text("name");
        let human = signed(text("access_key"), &args);
        let lines = format!(
            "Host: {}\nx-ms-date: {}\nx-ms-content-sha256: {}\nAuthorization: {}\n",
            expected("host"),
            text("date"),
            expected("content_sha256"),
            expected("authorization")
        );
        assert_eq!(
            (human.code, human.stdout, human.stderr.as_str()),
            (0, lines, ""),
            "{name}"
        );
        args.extend(["--output", "json"]);
        let json = signed(text("access_key"), &args).json();
        assert_eq!(json["string_to_sign"], expected("string_to_sign"), "{name}");
        assert_eq!(json["signature"], expected("signature"), "{name}");
        assert_eq!(
            json["headers"]["Authorization"],
            expected("authorization"),
            "{name}"
        );
        assert_eq!(json["headers"]["x-ms-date"], text("date"), "{name}");
        assert_eq!(
            json["headers"]["x-ms-content-sha256"],
            expected("content_sha256"),
            "{name}"
        );
        assert_eq!(json["url"], text("url"), "{name}");
    }
}

#[test]
fn explain_shows_the_string_to_sign_and_the_key_stays_hidden() {
    let url = "https://x.example/identities/8:acs:1?api-version=2025-06-30";
    let ran = signed(KEY, &["--url", url, "--date", DATE, "--explain"]);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.stdout.lines().count(), 4);
    let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let target = "/identities/8:acs:1?api-version=2025-06-30";
    let escaped = format!("GET\\n{target}\\n{DATE};x.example;{hash}\n");
    let raw = format!("GET\n{target}\n{DATE};x.example;{hash}\n");
    assert!(ran.stderr.contains(&escaped), "{}", ran.stderr);
    assert!(ran.stderr.contains(&raw), "{}", ran.stderr);
    assert!(!ran.stderr.contains(KEY) && !ran.stdout.contains(KEY));
    let json = signed(KEY, &["--url", url, "--explain", "--output", "json"]);
    assert_eq!(json.stderr, "");
    json.json();
}

#[test]
fn a_body_is_signed_byte_by_byte() {
    let body = [0xff, 0x00, b'\n', b'\r'];
    let from_file = file(body);
    let url = ["--url", "https://x.example/a", "--date", DATE, "-X", "POST"];
    let path = from_file.path().to_str().unwrap();
    let ran = signed(KEY, &[&url[..], &["--body-file", path]].concat());
    let key = file(KEY);
    let mut command = teams_phone();
    command
        .arg("sign")
        .args(url)
        .arg("--access-key-file")
        .arg(key.path());
    let piped = Ran::of(with_input(command.args(["--body-file", "-"]), &body));
    assert_eq!(piped.stdout, ran.stdout);
    assert_ne!(signed(KEY, &url).stdout, ran.stdout);
}

#[test]
fn a_url_that_would_not_be_sent_as_written_is_refused() {
    for (url, said) in [
        ("https://x.example/a/../b", "goes on the wire as \"/b\""),
        ("https://x.example/a b", "\"/a%20b\""),
        ("x.example/a", "not a URL"),
        ("https://u:hunter2@x.example/a", "user name or password"),
    ] {
        let ran = signed(KEY, &["--url", url]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{url}");
        assert!(ran.stderr.contains(said), "{url}: {}", ran.stderr);
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    }
}

#[test]
fn wrong_input_is_refused_without_repeating_a_key() {
    let url = ["--url", "https://x.example/a"];
    for (key, said) in [
        ("not base64!", "not base64"),
        ("", "is empty"),
        (
            "endpoint=https://x.example;accesskey=c2VjcmV0",
            "--connection-string-file",
        ),
    ] {
        let ran = signed(key, &url);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{said}");
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
        assert!(!ran.stderr.contains("c2Vjcm"), "{}", ran.stderr);
    }
    let mistaken = "c3VwZXJzZWNyZXRrZXk=";
    let mut command = teams_phone();
    let ran = Ran::of(
        command
            .args(["sign", "--access-key-file", mistaken])
            .args(url)
            .output()
            .unwrap(),
    );
    assert_eq!(ran.code, 2);
    assert!(!ran.stderr.contains(mistaken), "{}", ran.stderr);
    for args in [
        vec!["--date", "yesterday"],
        vec!["--date", "2025-04-14T15:32:25Z"],
        vec!["--method", "GE T"],
        vec!["--body-file", "no-such-file"],
    ] {
        let ran = signed(KEY, &[&url[..], &args].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
    }
    let mut command = teams_phone();
    command
        .args(["sign", "--access-key-file", "-", "--body-file", "-"])
        .args(url);
    assert_eq!(Ran::of(with_input(&mut command, KEY.as_bytes())).code, 2);
}

#[test]
fn a_url_of_another_host_than_the_connection_strings_is_warned_about() {
    let run = |url: &str| {
        let mut command = teams_phone();
        command.args(["sign", "--url", url]);
        command.env(
            VARIABLE,
            format!("endpoint=https://x.example/;accesskey={KEY}"),
        );
        Ran::of(command.output().unwrap())
    };
    assert_eq!(run("https://x.example/a").stderr, "");
    let ran = run("https://y.example/a");
    assert_eq!(ran.code, 0);
    assert!(
        ran.stderr.starts_with("warning: the URL is of y.example"),
        "{}",
        ran.stderr
    );
}

#[test]
fn curl_can_send_what_was_signed() {
    let there = Command::new("curl")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if !there.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: no curl on this machine");
        return;
    }
    let resource = Resource::new();
    let url = format!(
        "{}/access/teamsExtension/tenants/{TENANT}/assignments/{OBJECT}?api-version=2025-06-30",
        resource.emulator.url()
    );
    let body = file("{ \"principalType\" : \"user\" }\n");
    let path = body.path().to_str().unwrap();
    let sign = [
        "sign",
        "--method",
        "PUT",
        "--url",
        &url,
        "--body-file",
        path,
    ];
    let headers = resource.command(sign).output().unwrap().stdout;
    let mut curl = Command::new("curl");
    curl.args([
        "--silent",
        "--show-error",
        "--noproxy",
        "*",
        "--request",
        "PUT",
        "--header",
        "@-",
    ])
    .args([
        "--header",
        "Content-Type: application/json",
        "--write-out",
        "%{http_code}",
    ])
    .arg("--data-binary")
    .arg(format!("@{path}"))
    .arg(&url);
    let ran = Ran::of(with_input(&mut curl, &headers));
    assert!(ran.stdout.ends_with("201"), "{ran:?}");
}
