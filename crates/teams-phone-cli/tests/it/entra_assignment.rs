//! `entra-assignment`: single assignments, the list, and changes in bulk from files.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;
use teams_phone_emulator::Fault;
use tempfile::TempDir;

use crate::support::{CLIENT, OBJECT, OTHER_CLIENT, Ran, Resource, TENANT, with_input};

/// A file of rows, gone with the folder that is returned along with it.
fn file(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

fn bulk(resource: &Resource, name: &str, text: &str, rest: &str) -> Ran {
    let (_folder, path) = file(name, text);
    let mut command = resource.command(["entra-assignment", "bulk"]);
    command.arg(path).args(rest.split_whitespace());
    resource.outcome(&mut command)
}

/// The lines of standard output; the last one is the summary.
fn lines(ran: &Ran) -> Vec<Value> {
    let lines = ran.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn object(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn patches(resource: &Resource) -> usize {
    let requests = resource.emulator.requests();
    requests.iter().filter(|r| r.method == "PATCH").count()
}

#[test]
fn set_get_and_remove_one() {
    let resource = Resource::new();
    let rows = format!(
        "object          {OBJECT}\ntenant          {TENANT}\nprincipal type  group\nclient ids      {CLIENT}, {OTHER_CLIENT}\n"
    );
    let set = format!(
        "entra-assignment set --object {OBJECT} --tenant {TENANT} --group --client-id {CLIENT},{OTHER_CLIENT}"
    );
    resource
        .run(&set)
        .expect(0, &format!("outcome         created\n{rows}"), "");
    let json = resource.run(&format!("{set} --output json")).json();
    assert_eq!(json["outcome"], "replaced");
    let get = format!("entra-assignment get --object {OBJECT}");
    resource.run(&get).expect(0, &rows, "");
    let remove = format!("entra-assignment remove --object {OBJECT}");
    assert_eq!(resource.run(&remove).code, 2);
    resource.run(&format!("{remove} --yes")).expect(
        0,
        &format!("outcome  removed\nobject   {OBJECT}\n"),
        "",
    );
    assert_eq!(resource.run(&get).code, 4);
}

#[test]
fn a_whole_tenant_is_its_own_object() {
    let resource = Resource::new();
    let set = format!("entra-assignment set --tenant {TENANT} --client-id {CLIENT}");
    let ran = resource.run(&format!("{set} --whole-tenant --output json"));
    assert_eq!(ran.json()["assignment"]["object_id"], TENANT);
    for (rest, said) in [
        ("--user", "--object <GUID>"),
        ("", "--user|--group|--whole-tenant"),
        ("--user --group", "cannot be used with"),
    ] {
        let ran = resource.run(&format!("{set} {rest}"));
        assert_eq!(ran.code, 2, "{rest}");
        assert!(ran.stderr.contains(said), "{rest}: {}", ran.stderr);
    }
}

#[test]
fn a_dry_run_of_one_shows_its_request() {
    let resource = Resource::new();
    let url =
        format!("http://EMULATOR/access/entra/assignments/{OBJECT}?api-version=2025-03-02-preview");
    let set = format!(
        "entra-assignment set --object {OBJECT} --tenant {TENANT} --user --client-id {CLIENT} --dry-run --output json"
    );
    let planned = resource.run(&set).json()["requests"][0].clone();
    assert_eq!(planned["method"], "PUT");
    assert_eq!(planned["url"], url);
    assert_eq!(planned["body"]["clientIds"][0], CLIENT);
    resource
        .run(&format!(
            "entra-assignment remove --object {OBJECT} --dry-run"
        ))
        .expect(
            0,
            &format!("nothing was sent; it would be:\nDELETE {url}\n"),
            "",
        );
    assert!(resource.emulator.requests().is_empty());
}

#[test]
fn a_list_runs_over_pages_and_can_be_fed_to_bulk() {
    let resource = Resource::new();
    let empty = resource.run("entra-assignment list");
    empty.expect(0, "", "there are no Entra assignments\n");
    let mut csv = "object_id,tenant_id,principal_type,client_ids\n".to_owned();
    for number in 0..250 {
        csv.push_str(&format!(
            "{},{TENANT},user,{CLIENT} {OTHER_CLIENT}\n",
            object(number)
        ));
    }
    assert_eq!(bulk(&resource, "rows.csv", &csv, "").code, 0);
    let listed = resource.run("entra-assignment list --output json");
    assert_eq!(listed.stdout.lines().count(), 250);
    let gets = resource.emulator.requests();
    assert!(gets.iter().filter(|r| r.method == "GET").count() >= 3);
    let human = resource.run("entra-assignment list");
    assert_eq!(human.stdout.lines().count(), 251);
    assert!(human.stdout.starts_with("object "), "{}", human.stdout);

    let other = Resource::new();
    let mut command = other.command(["entra-assignment", "bulk", "-", "--output", "json"]);
    let ran = Ran::of(with_input(&mut command, listed.stdout.as_bytes()));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(lines(&ran).last().unwrap()["outcomes"]["set"], 250);
    assert_eq!(patches(&other), 3);
}

#[test]
fn bulk_does_what_it_can_and_reports_each_row() {
    let resource = Resource::new();
    let (a, b) = (object(1), object(2));
    let csv = format!(
        "action,object_id,tenant_id,principal_type,client_ids\n\
         set,{a},{TENANT},user,{CLIENT};{OTHER_CLIENT}\n\
         \n\
         set,somebody,{TENANT},user,{CLIENT}\n\
         set,{b},{TENANT},robot,{CLIENT}\n\
         set,{b},{TENANT},user,\n\
         paint,{b},{TENANT},user,{CLIENT}\n\
         set,{b}\n\
         remove,{b},,,\n"
    );
    let ran = bulk(&resource, "rows.csv", &csv, "--output json --yes");
    assert_eq!(ran.code, 7);
    let rows = lines(&ran);
    let of = |line: u64| rows.iter().find(|row| row["line"] == line).unwrap();
    assert_eq!(
        (&of(2)["outcome"], &of(2)["object_id"]),
        (&"set".into(), &a.into())
    );
    assert_eq!(of(9)["outcome"], "removed");
    for (line, said) in [
        (4, "object id \"somebody\" is not a GUID"),
        (5, "give user, group or tenant"),
        (6, "client_ids is empty"),
        (7, "give set or remove"),
        (8, "it has 2 fields"),
    ] {
        assert_eq!(of(line)["outcome"], "invalid");
        let why = of(line)["error"]["message"].as_str().unwrap();
        assert!(why.contains(said), "{line}: {why}");
    }
    let summary = rows.last().unwrap();
    assert_eq!(summary["rows"], 7);
    assert_eq!(summary["outcomes"]["invalid"], 5);
    let error = ran.error();
    assert_eq!(error["kind"], "partial");
    assert_eq!(error["message"], "5 of 7 rows were not done");
    assert_eq!(patches(&resource), 1);
}

#[test]
fn bulk_removes_only_with_yes_and_a_later_row_wins() {
    let resource = Resource::new();
    let csv = format!(
        "object_id;action;tenant_id;principal_type;client_ids\n\
         {OBJECT};set;{TENANT};user;{CLIENT}\n\
         {OBJECT};remove;;;\n"
    );
    let ran = bulk(&resource, "rows.csv", &csv, "");
    assert_eq!(ran.code, 7);
    assert!(ran.stdout.contains("needs --yes"), "{}", ran.stdout);
    let get = format!("entra-assignment get --object {OBJECT}");
    assert_eq!(resource.run(&get).code, 0);
    bulk(&resource, "rows.csv", &csv, "-y").expect(
        0,
        &format!("line 2  set  {OBJECT}\nline 3  removed  {OBJECT}\n2 rows: 1 removed, 1 set\n"),
        "",
    );
    assert_eq!(resource.run(&get).code, 4);
}

#[test]
fn bulk_stops_where_the_service_fails_and_says_which_rows_are_left() {
    let resource = Resource::new();
    let mut rows = String::new();
    for number in 0..6 {
        rows.push_str(&format!(
            "{{\"object_id\":\"{}\",\"tenant_id\":\"{TENANT}\",\"principal_type\":\"user\",\"client_ids\":[\"{CLIENT}\"]}}\n",
            object(number)
        ));
    }
    resource
        .emulator
        .inject(Fault::empty(204).method("PATCH").times(1));
    resource
        .emulator
        .inject(Fault::respond(403, "SubscriptionNotAllowed").method("PATCH"));
    let ran = bulk(
        &resource,
        "rows.jsonl",
        &rows,
        "--batch-size 2 --output json",
    );
    assert_eq!(ran.code, 7);
    let told = lines(&ran);
    let outcomes: Vec<_> = told
        .iter()
        .filter_map(|row| row["outcome"].as_str())
        .collect();
    assert_eq!(outcomes, ["set", "set", "failed", "failed"]);
    assert_eq!(told[2]["error"]["code"], "SubscriptionNotAllowed");
    let message = ran.error()["message"].as_str().unwrap().to_owned();
    assert!(
        message.starts_with("2 rows were changed, but then "),
        "{message}"
    );
    resource.emulator.clear_faults();
    let again = bulk(&resource, "rows.jsonl", &rows, "--batch-size 2");
    assert_eq!((again.code, again.stderr.as_str()), (0, ""));
}

#[test]
fn a_dry_run_of_bulk_checks_all_rows_and_sends_nothing() {
    let resource = Resource::new();
    let good =
        format!("object_id,tenant_id,principal_type,client_ids\n{OBJECT},{TENANT},user,{CLIENT}\n");
    bulk(&resource, "rows.csv", &good, "--dry-run").expect(
        0,
        &format!("line 2  would be set  {OBJECT}\n1 row: 1 set; nothing was written\n"),
        "",
    );
    let bad = format!("{good}x,{TENANT},user,{CLIENT}\n");
    let ran = bulk(&resource, "rows.csv", &bad, "--dry-run");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr
            .contains("1 of 2 rows cannot be done as they are")
    );
    assert!(resource.emulator.requests().is_empty());
}

#[test]
fn files_that_are_no_rows_are_refused_before_anything_is_sent() {
    let resource = Resource::new();
    for (name, text, said) in [
        ("rows.csv", "", "is empty"),
        (
            "rows.csv",
            "object_id,colour\n",
            "line 1: \"colour\" is not a column",
        ),
        ("rows.csv", "name\n", "is not a column"),
        (
            "rows.csv",
            "\u{feff}tenant_id,object_id,object_id\n",
            "twice",
        ),
    ] {
        let ran = bulk(&resource, name, text, "");
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{text}");
        assert!(ran.stderr.contains(said), "{text}: {}", ran.stderr);
    }
    let ran = resource.run("entra-assignment bulk /nowhere/rows.csv");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("cannot be read"), "{}", ran.stderr);
    let ran = resource.run("entra-assignment bulk - --connection-string-file -");
    assert!(ran.stderr.contains("cannot both come"), "{}", ran.stderr);
    let ran = bulk(&resource, "rows.csv", "object_id\n", "--batch-size 1001");
    assert_eq!(ran.code, 2);
    let ran = bulk(&resource, "rows.csv", "object_id\n", "");
    ran.expect(0, "no rows\n", "");
    assert!(resource.emulator.requests().is_empty());
}

#[test]
fn a_line_of_any_length_spoils_itself_only() {
    let resource = Resource::new();
    let long = "x".repeat(200_000);
    let csv = format!(
        "object_id,tenant_id,principal_type,client_ids\n{long}\n{OBJECT},{TENANT},user,{CLIENT}"
    );
    let ran = bulk(&resource, "rows.csv", &csv, "--output json");
    assert_eq!(ran.code, 7);
    let rows = lines(&ran);
    let why = rows[0]["error"]["message"].as_str().unwrap();
    assert!(why.contains("longer than 65536 bytes"), "{why}");
    assert_eq!(
        (&rows[1]["line"], &rows[1]["outcome"]),
        (&3.into(), &"set".into())
    );
}

#[test]
fn a_bulk_run_that_was_killed_is_finished_by_the_next() {
    const ROWS: usize = 10_000;
    const BATCH: usize = 100;
    let resource = Resource::new();
    let mut text = "object_id,tenant_id,principal_type,client_ids\n".to_owned();
    for number in 0..ROWS {
        let _ = writeln!(text, "{},{TENANT},user,{CLIENT}", object(number));
    }
    let (_folder, path) = file("rows.csv", &text);
    let run = || {
        let mut command = resource.command(["entra-assignment", "bulk", "--output", "json"]);
        command.arg(&path).stderr(Stdio::null());
        command
    };
    let mut child = run().stdout(Stdio::piped()).spawn().unwrap();
    let told = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(told.take(ROWS / 2).count(), ROWS / 2);
    // SIGKILL where there are signals.
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success());
    let stored = || {
        let state: Value = serde_json::from_str(&resource.emulator.state()).unwrap();
        let assignments = state["entraAssignments"].as_array().unwrap().clone();
        for (number, assignment) in assignments.iter().enumerate() {
            assert_eq!(assignment["objectId"], object(number));
            assert_eq!(assignment["clientIds"], serde_json::json!([CLIENT]));
        }
        assignments.len()
    };
    let before = stored();
    assert!((ROWS / 2..ROWS).contains(&before), "{before}");
    assert_eq!(before % BATCH, 0);

    let ran = resource.outcome(&mut run());
    assert_eq!(ran.code, 0);
    let summary = lines(&ran).pop().unwrap();
    assert_eq!(summary["outcomes"], serde_json::json!({"set": ROWS}));
    assert_eq!(stored(), ROWS);
}
