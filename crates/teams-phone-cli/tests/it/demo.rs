//! `demo`: the walk, its JSON, and that what it says to go on with works.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::support::{Ran, VARIABLE, teams_phone};

#[test]
fn walks_every_step_and_says_how_to_go_on() {
    let ran = Ran::of(teams_phone().arg("demo").output().unwrap());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    for said in [
        "1. Consent for a resource account",
        "2. Access for a user",
        "ok created: teamsResourceAccount",
        "ok unchanged: one read, no write",
        "ok replaced: clientIds: ",
        "-> 204\n",
        "-> 404\n   ok gone: 404 after 1 read\n",
        "the access key is another one",
        "so it is the key that differs",
        "ok ivr@teams-phone-emulator.invalid (",
        "the second time: unchanged, nothing was ordered",
        "10 of 10 steps did what they should",
        " emulator\n",
        &format!("export {VARIABLE}='endpoint=http://127.0.0.1:8989/;accesskey="),
    ] {
        assert!(ran.stdout.contains(said), "{said}: {}", ran.stdout);
    }
    assert!(!ran.stdout.contains("FAILED"));
    let wrong_key = "bm90IHRoZSBrZXkgb2YgdGhlIGVtdWxhdG9y";
    assert!(!ran.stdout.contains(wrong_key));
}

#[test]
fn json_is_one_object_per_step() {
    let ran = Ran::of(
        teams_phone()
            .args(["demo", "--output", "json"])
            .output()
            .unwrap(),
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let lines: Vec<serde_json::Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 12);
    assert!(lines.iter().all(|line| line["schema_version"] == 1));
    for (index, step) in lines[1..11].iter().enumerate() {
        assert_eq!(
            (&step["step"], &step["ok"]),
            (&(index + 1).into(), &true.into()),
            "{step}"
        );
        let path = step["requests"][0]["path"].as_str().unwrap();
        let place = if index < 8 { "/access/" } else { "/" };
        assert!(path.starts_with(place), "{path}");
    }
    let methods = |line: &serde_json::Value| -> Vec<(String, u64)> {
        let requests = line["requests"].as_array().unwrap().iter();
        requests
            .map(|r| {
                (
                    r["method"].as_str().unwrap().to_owned(),
                    r["status"].as_u64().unwrap(),
                )
            })
            .collect()
    };
    assert_eq!(methods(&lines[4]), [("GET".to_owned(), 200)]);
    assert_eq!(
        methods(&lines[5]),
        [("GET".to_owned(), 200), ("PUT".to_owned(), 200)]
    );
    assert_eq!(
        methods(&lines[6]),
        [("DELETE".to_owned(), 204), ("GET".to_owned(), 404)]
    );
    assert_eq!(methods(&lines[8]), [("GET".to_owned(), 401)]);
    assert_eq!(
        (&lines[11]["steps"], &lines[11]["ok"]),
        (&10.into(), &10.into())
    );
}

#[test]
fn what_it_says_to_go_on_with_works() {
    let mut command = teams_phone();
    command.args(["demo", "--keep", "--output", "json"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ending = lines.nth(11).unwrap().unwrap();
    let ending: serde_json::Value = serde_json::from_str(&ending).unwrap();
    assert_eq!(ending["kept"], true);
    let next = ending["next"].as_array().unwrap();
    assert_eq!(next.len(), 2);
    assert!(next[0].as_str().unwrap().contains(VARIABLE));
    let words: Vec<&str> = next[1].as_str().unwrap().split(' ').skip(1).collect();
    let mut follow_up = teams_phone();
    follow_up
        .args(words)
        .env(VARIABLE, ending["connection_string"].as_str().unwrap());
    let ran = Ran::of(follow_up.output().unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("created"), "{}", ran.stdout);
}

#[test]
fn a_port_that_is_taken_is_told() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let ran = Ran::of(
        teams_phone()
            .args(["demo", "--port", &port])
            .output()
            .unwrap(),
    );
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(
        ran.stderr
            .contains(&format!("cannot listen on 127.0.0.1:{port}")),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
}
