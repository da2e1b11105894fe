//! `assignment apply`: many assignments from a file, what is reported, and what happens after a kill.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use serde_json::Value;
use teams_phone_emulator::{Emulator, Fault};
use tempfile::TempDir;

use crate::support::{CLIENT, OBJECT, OTHER_CLIENT, Ran, Resource, TENANT, WRONG_KEY, with_input};

const HEAD: &str = "tenant_id,object_id,principal_type,client_ids,action\n";

struct File {
    folder: TempDir,
    name: &'static str,
}

impl File {
    fn new(name: &'static str, text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), text).unwrap();
        Self { folder, name }
    }

    fn apply(&self, resource: &Resource, rest: &str) -> std::process::Command {
        let mut command = resource.command(["assignment", "apply"]);
        command
            .arg(self.folder.path().join(self.name))
            .args(rest.split_whitespace());
        command
    }

    fn run(&self, resource: &Resource, rest: &str) -> Ran {
        resource.outcome(&mut self.apply(resource, rest))
    }
}

fn object(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn csv(rows: usize) -> String {
    let mut text = HEAD.to_owned();
    for number in 0..rows {
        let _ = match number % 2 {
            0 => writeln!(text, "{TENANT},{},resource_account,,", object(number)),
            _ => writeln!(
                text,
                "{TENANT},{},user,{CLIENT} {OTHER_CLIENT},grant",
                object(number)
            ),
        };
    }
    text
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn outcomes(ran: &Ran) -> Value {
    lines(&ran.stdout).last().unwrap()["outcomes"].clone()
}

fn writes(resource: &Resource) -> usize {
    let requests = resource.emulator.requests();
    requests.iter().filter(|r| r.method != "GET").count()
}

#[test]
fn rows_are_made_so_and_again_changes_nothing() {
    let resource = Resource::new();
    let file = File::new("rows.csv", &csv(40));
    let ran = file.run(&resource, "--output json");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(outcomes(&ran), serde_json::json!({"created": 40}));
    let rows = lines(&ran.stdout);
    let row = rows.iter().find(|row| row["line"] == 3).unwrap();
    assert_eq!(
        (
            &row["action"],
            &row["tenant_id"],
            &row["object_id"],
            &row["outcome"]
        ),
        (
            &"grant".into(),
            &TENANT.into(),
            &object(1).into(),
            &"created".into()
        )
    );
    assert_eq!(writes(&resource), 40);
    let ran = file.run(&resource, "--output json");
    assert_eq!(outcomes(&ran), serde_json::json!({"unchanged": 40}));
    assert_eq!(writes(&resource), 40);
}

#[test]
fn bad_rows_are_told_with_their_lines_and_the_others_are_done() {
    let resource = Resource::new();
    let rows = [
        format!(
            "{{\"tenant_id\":\"{TENANT}\",\"object_id\":\"{OBJECT}\",\"principal_type\":\"user\",\"client_ids\":[\"{CLIENT}\"]}}"
        ),
        "{\"tenant_id\":".to_owned(),
        format!(
            "{{\"tenant_id\":\"contoso.com\",\"object_id\":\"{OBJECT}\",\"principal_type\":\"resourceAccount\"}}"
        ),
        format!(
            "{{\"tenant_id\":\"{TENANT}\",\"object_id\":\"{OBJECT}\",\"principal_type\":\"user\"}}"
        ),
        format!(
            "{{\"tenant_id\":\"{TENANT}\",\"object_id\":\"{OBJECT}\",\"principal_type\":\"resource_account\",\"client_ids\":[\"{CLIENT}\"]}}"
        ),
        format!(
            "{{\"tenant_id\":\"{TENANT}\",\"object_id\":\"{TENANT}\",\"principal_type\":\"resource_account\"}}"
        ),
        format!(
            "{{\"tenant_id\":\"{TENANT}\",\"object_id\":\"{}\",\"action\":\"revoke\"}}",
            object(1)
        ),
    ];
    let file = File::new("rows.ndjson", &rows.join("\n"));
    let ran = file.run(&resource, "--output json");
    assert_eq!(ran.code, 7);
    let told = lines(&ran.stdout);
    for (line, said) in [
        (2, "not a JSON object in one line"),
        (3, "tenant id \"contoso.com\" is not a GUID"),
        (4, "client_ids is empty"),
        (5, "client_ids is for users"),
        (6, "are the same GUID"),
        (7, "needs --yes"),
    ] {
        let row = told.iter().find(|row| row["line"] == line).unwrap();
        assert_eq!(row["outcome"], "invalid", "{row}");
        let why = row["error"]["message"].as_str().unwrap();
        assert!(why.contains(said), "{line}: {why}");
    }
    assert_eq!(ran.error()["message"], "6 of 7 rows were not done");
    assert_eq!(writes(&resource), 1);
    assert_eq!(file.run(&resource, "--dry-run").code, 2);
}

#[test]
fn a_json_array_is_read_however_it_is_laid_out() {
    let rows: Vec<Value> = (0..500)
        .map(|number| {
            serde_json::json!({
                "tenant_id": TENANT, "object_id": object(number), "principal_type": "user", "client_ids": [CLIENT],
            })
        })
        .collect();
    let pretty = serde_json::to_string_pretty(&rows[..3]).unwrap();
    let dense = serde_json::to_string(&rows).unwrap();
    assert!(dense.len() > 65536);
    for (name, text, options, wanted) in [
        ("rows.json", &pretty, "", 3),
        ("rows.json", &dense, "", 500),
        ("rows", &dense, "", 500),
        ("rows", &pretty, "--format json", 3),
    ] {
        let resource = Resource::new();
        let ran = File::new(name, text).run(&resource, &format!("{options} --output json"));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(outcomes(&ran), serde_json::json!({"created": wanted}));
    }
    let resource = Resource::new();
    let bad = format!("[\n5,\n{},\n{{\"tenant_id\":", rows[0]);
    let ran = File::new("rows.json", &bad).run(&resource, "--output json");
    assert_eq!(ran.code, 7);
    let told = lines(&ran.stdout);
    for (line, said) in [
        (2, "it is not a JSON object: "),
        (4, "the file ends within the row"),
    ] {
        let row = told.iter().find(|row| row["line"] == line).unwrap();
        let why = row["error"]["message"].as_str().unwrap();
        assert!(why.contains(said), "{why}");
    }
}

#[test]
fn a_failed_call_spoils_its_row_only() {
    let resource = Resource::new();
    let file = File::new("rows.csv", &csv(3));
    let fault = Fault::respond(409, "Conflict").method("PUT").times(1);
    resource.emulator.inject(fault);
    let ran = file.run(&resource, "--concurrency 1 --output json");
    assert_eq!(ran.code, 7);
    assert_eq!(
        outcomes(&ran),
        serde_json::json!({"created": 2, "failed": 1})
    );
    let row = lines(&ran.stdout)[0].clone();
    assert_eq!(
        (&row["line"], &row["error"]["status"]),
        (&2.into(), &409.into())
    );
    assert_eq!(file.run(&resource, "").code, 0);
}

#[test]
fn a_refused_credential_ends_the_run_at_once() {
    let resource = Resource::new();
    let file = File::new("rows.csv", &csv(500));
    let text = format!(
        "endpoint={}/;accesskey={WRONG_KEY}",
        resource.emulator.url()
    );
    let mut command = file.apply(&resource, "--output json");
    let ran = Ran::of(
        command
            .env(crate::support::VARIABLE, text)
            .output()
            .unwrap(),
    );
    resource.watch(&ran);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stdout.lines().count() < 20, "{}", ran.stdout);
    assert_eq!(ran.error()["status"], 401);
}

#[test]
fn failures_of_one_kind_without_any_change_give_their_exit_code() {
    for (faults, code, said) in [
        (vec![Fault::respond(403, "Forbidden")], 3, "403"),
        (
            vec![Fault::respond(404, "NotFound").method("PUT")],
            4,
            "404",
        ),
        (vec![Fault::respond(409, "Conflict")], 5, "409"),
        (vec![Fault::throttle(600)], 6, "429"),
        (vec![Fault::drop_before()], 1, "; the last one: "),
        (
            vec![
                Fault::respond(409, "Conflict").times(1),
                Fault::throttle(600),
            ],
            1,
            "3 of 3 rows were not done",
        ),
    ] {
        let resource = Resource::new();
        faults.into_iter().for_each(|fault| {
            resource.emulator.inject(fault);
        });
        let file = File::new("rows.csv", &csv(3));
        let ran = file.run(&resource, "--max-attempts 1 --output json");
        assert_eq!(ran.code, code, "{}", ran.stderr);
        assert_eq!(outcomes(&ran), serde_json::json!({"failed": 3}));
        let message = ran.error()["message"].to_string();
        assert!(message.contains("3 of 3 rows were not done"), "{message}");
        assert!(message.contains(said), "{message}");
    }
}

#[test]
fn rows_that_were_right_already_are_not_changes() {
    let resource = Resource::new();
    let rows = csv(3);
    assert_eq!(File::new("rows.csv", &rows).run(&resource, "").code, 0);
    let file = File::new("rows.csv", &format!("{rows}x\n"));
    let ran = file.run(&resource, "");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("1 of 4 rows cannot be done"));
    resource
        .emulator
        .inject(Fault::respond(401, "Denied").skip(2));
    let ran = File::new("rows.csv", &csv(3)).run(&resource, "--concurrency 1");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(!ran.stderr.contains("but then"), "{}", ran.stderr);
}

#[test]
fn a_missing_role_ends_the_run_soon() {
    let resource = Resource::new();
    resource.emulator.inject(Fault::respond(403, "Forbidden"));
    let file = File::new("rows.csv", &csv(500));
    let ran = file.run(&resource, "--output json");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let tried = outcomes(&ran)["failed"].as_u64().unwrap();
    assert!((20..60).contains(&tried), "{tried}");
    assert_eq!(outcomes(&ran)["not_tried"], 500 - tried);
}

#[test]
fn rows_under_way_are_told_when_the_run_stops_and_the_others_counted() {
    let resource = Resource::new();
    // No row ends before the one that is denied.
    let slow = Fault::latency(std::time::Duration::from_secs(3));
    resource.emulator.inject(slow.method("PUT"));
    let denied = Fault::respond(401, "Denied").method("GET");
    resource.emulator.inject(denied.skip(5).times(1));
    let file = File::new("rows.csv", &csv(500));
    let ran = file.run(&resource, "--concurrency 6 --output json");
    assert_eq!(ran.code, 7, "{}", ran.stderr);
    assert_eq!(writes(&resource), 5);
    assert_eq!(
        outcomes(&ran),
        serde_json::json!({"created": 5, "failed": 1, "not_tried": 494})
    );
    assert_eq!(lines(&ran.stdout).last().unwrap()["rows"], 500);
    assert_eq!(ran.stdout.lines().count(), 7);
    assert_eq!(ran.error()["status"], 401);
}

#[test]
fn who_feeds_a_pipe_is_not_waited_for_when_the_run_stops() {
    let resource = Resource::new();
    resource.emulator.inject(Fault::respond(401, "Denied"));
    let mut child = resource
        .command(["assignment", "apply", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(csv(3).as_bytes()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3));
    drop(stdin);
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_whose_report_cannot_be_written_stops_in_order() {
    let resource = Resource::new();
    let file = File::new("rows.csv", &csv(500));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let mut command = file.apply(&resource, "");
    let child = command.stdout(full.unwrap()).stderr(Stdio::piped()).spawn();
    let ran = Ran::of(child.unwrap().wait_with_output().unwrap());
    assert_eq!(ran.code, 7);
    let written = writes(&resource);
    assert!(written < 100, "{written}");
    let said = format!("{written} rows were changed, but then standard output cannot be written");
    assert!(ran.stderr.contains(&said), "{}", ran.stderr);
}

#[test]
fn rows_are_done_to_the_end_though_nobody_reads_along() {
    let resource = Resource::new();
    let file = File::new("rows.csv", &csv(40));
    let unread = |rest: &str| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let child = file
            .apply(&resource, rest)
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Ran::of(child.wait_with_output().unwrap())
    };
    // Of a dry run nothing is left to do.
    unread("--dry-run").expect(0, "", "");
    assert!(resource.emulator.requests().len() < 40);
    let fault = Fault::respond(409, "Conflict").method("PUT").times(1);
    resource.emulator.inject(fault);
    let ran = unread("");
    assert_eq!(ran.code, 7);
    assert!(
        ran.stderr.contains("1 of 40 rows were not done"),
        "{}",
        ran.stderr
    );
    assert_eq!(writes(&resource), 40);
    unread("").expect(0, "", "");
    assert_eq!(file.run(&resource, "--output json").code, 0);
    assert_eq!(writes(&resource), 41);
}

#[test]
fn a_dry_run_reads_and_says_what_would_be_written() {
    let resource = Resource::new();
    assert_eq!(resource.assignment("grant", "--resource-account").code, 0);
    let text = format!(
        "{HEAD}{TENANT},{OBJECT},user,{CLIENT},\n{TENANT},{OBJECT},resource_account,,\n{TENANT},{OBJECT},,,revoke\n{TENANT},{},user,{CLIENT},\n{TENANT},{},,,revoke\n",
        object(1),
        object(2),
    );
    let file = File::new("rows.csv", &text);
    file.run(&resource, "--dry-run --yes --concurrency 1").expect(
        0,
        &format!(
            "line 2  would be replaced  {OBJECT}  principalType: teamsResourceAccount -> user  clientIds: none -> {CLIENT}\n\
             line 3  would be unchanged  {OBJECT}\n\
             line 4  would be revoked  {OBJECT}\n\
             line 5  would be created  {}\n\
             line 6  would be unchanged  {}\n\
             5 rows: 1 created, 1 replaced, 1 revoked, 2 unchanged; nothing was written\n",
            object(1),
            object(2)
        ),
        "",
    );
    assert_eq!(writes(&resource), 1);
    let ran = file.run(&resource, "--yes --concurrency 1 --output json");
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    let told = lines(&ran.stdout);
    let done: Vec<_> = told
        .iter()
        .filter_map(|row| row["outcome"].as_str())
        .collect();
    assert_eq!(
        done,
        ["replaced", "replaced", "revoked", "created", "unchanged"]
    );
    assert_eq!(told[0]["changes"][0]["field"], "principalType");
}

#[test]
fn a_dry_run_says_of_a_row_what_the_run_then_does() {
    let clients = [CLIENT, OTHER_CLIENT].join(" ");
    let reversed = [OTHER_CLIENT, CLIENT, OTHER_CLIENT].join(" ");
    let states = [
        "resource_account,,grant".to_owned(),
        format!("user,{CLIENT},grant"),
        format!("user,{clients},grant"),
        format!("user,{reversed},grant"),
        ",,revoke".to_owned(),
    ];
    let told = |ran: &Ran| {
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let row = lines(&ran.stdout)[0].clone();
        (row["outcome"].clone(), row["changes"].clone())
    };
    for before in &states {
        for after in &states {
            let resource = Resource::new();
            let row = |state| format!("{HEAD}{TENANT},{OBJECT},{state}\n");
            let prepared = File::new("rows.csv", &row(before)).run(&resource, "--yes");
            assert_eq!(prepared.code, 0);
            let file = File::new("rows.csv", &row(after));
            let planned = file.run(&resource, "--yes --output json --dry-run");
            let done = file.run(&resource, "--yes --output json");
            assert_eq!(told(&planned), told(&done), "{before} -> {after}");
        }
    }
}

#[test]
fn rows_about_one_assignment_are_done_in_the_order_of_the_file() {
    let resource = Resource::new();
    let mut text = HEAD.to_owned();
    for _ in 0..20 {
        let _ = writeln!(text, "{TENANT},{OBJECT},user,{CLIENT},");
        let _ = writeln!(text, "{TENANT},{OBJECT},,,revoke");
    }
    let _ = writeln!(text, "{TENANT},{OBJECT},user,{OTHER_CLIENT},");
    let ran = File::new("rows.csv", &text).run(&resource, "--yes --concurrency 64 --output json");
    assert_eq!(
        (ran.code, outcomes(&ran)),
        (0, serde_json::json!({"created": 21, "revoked": 20}))
    );
    let told = lines(&ran.stdout);
    let order: Vec<_> = told.iter().filter_map(|row| row["line"].as_u64()).collect();
    assert_eq!(order, (2..=42).collect::<Vec<_>>());
}

#[test]
fn rows_come_from_a_pipe_and_the_rate_is_kept() {
    let resource = Resource::new();
    let mut command = resource.command(["assignment", "apply", "-", "--rate", "1000"]);
    let ran = Ran::of(with_input(&mut command, csv(5).as_bytes()));
    assert_eq!(
        (ran.code, ran.stdout.lines().count()),
        (0, 6),
        "{}",
        ran.stderr
    );
    for (option, value) in [("--rate", "0"), ("--rate", "fast"), ("--concurrency", "0")] {
        let ran = Ran::of(
            resource
                .command(["assignment", "apply", "-", option, value])
                .output()
                .unwrap(),
        );
        assert_eq!(ran.code, 2, "{option} {value}");
    }
}

#[test]
fn a_run_that_was_killed_is_finished_by_the_next_without_writing_twice() {
    const ROWS: usize = 10_000;
    const IN_FLIGHT: usize = 16;
    let resource = Resource {
        emulator: Emulator::builder().request_log(4 * ROWS).spawn().unwrap(),
    };
    let file = File::new("rows.csv", &csv(ROWS));
    let options = "--rate unlimited --output json";
    let mut child = file
        .apply(&resource, options)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let told = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(told.take(ROWS / 2).count(), ROWS / 2);
    // SIGKILL where there are signals.
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success());
    let before = writes(&resource);
    assert!((ROWS / 2..ROWS).contains(&before), "{before}");

    let ran = file.run(&resource, options);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let done = outcomes(&ran);
    let count = |outcome: &str| done[outcome].as_u64().unwrap_or_default() as usize;
    assert_eq!(
        count("created") + count("unchanged") + count("replaced"),
        ROWS
    );
    assert!(count("unchanged") >= ROWS / 2, "{done}");
    let mut times: HashMap<String, usize> = HashMap::new();
    for request in resource.emulator.requests() {
        if request.method == "PUT" {
            *times.entry(request.target).or_default() += 1;
        }
    }
    assert_eq!(times.len(), ROWS);
    let twice = times.values().filter(|times| **times > 1).count();
    assert!(
        twice <= IN_FLIGHT,
        "{twice} rows were written more than once"
    );
    assert_eq!(stored(&resource), ROWS);
}

/// How many assignments there are; each must be as its row says.
fn stored(resource: &Resource) -> usize {
    let state: Value = serde_json::from_str(&resource.emulator.state()).unwrap();
    let assignments = state["teamsExtensionAssignments"].as_array().unwrap();
    for (number, assignment) in assignments.iter().enumerate() {
        assert_eq!(assignment["objectId"], object(number));
        let (kind, clients) = match number % 2 {
            0 => ("teamsResourceAccount", None),
            _ => ("user", Some(serde_json::json!([CLIENT, OTHER_CLIENT]))),
        };
        assert_eq!(assignment["principalType"], kind);
        assert_eq!(assignment.get("clientIds"), clients.as_ref());
    }
    assignments.len()
}
