//! Owns the proof that answers have the shape of the documented and recorded ones: the same members of the same types.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};
use teams_phone_emulator::{
    Emulator, Envelope, ErrorStyle, Fault, GraphNumber, GraphUser, ResourceAccount, Sku,
};

use crate::{
    client::{Answer, Request},
    upstream,
};

use super::{ACCOUNT, ACCOUNTS, FIRST, FOR_USER, NUMBERS, USER, assign, demo, get, post, unassign};

const CONFIGURATIONS: &str = "/v1.0/admin/teams/userConfigurations";

fn samples(kind: &str) -> Vec<(String, Value)> {
    let Some(folder) = upstream::folder("Graph samples") else {
        return Vec::new();
    };
    let folder: PathBuf = folder.join("graph/samples").join(kind);
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let named = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    files
        .iter()
        .map(|path| (named(path), upstream::json(path)))
        .collect()
}

/// Refuses an answer that lacks a member of the sample, or has it with another type; null fits everything, and every
/// item of a list fits one of the sample's.
fn assert_shape(what: &str, sample: &Value, ours: &Value) {
    match (sample, ours) {
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::Object(sample), Value::Object(ours)) => {
            for (name, value) in sample.iter().filter(|(name, _)| *name != "@odata.context") {
                let mine = ours
                    .get(name)
                    .unwrap_or_else(|| panic!("{what}: {name} is missing in {ours:?}"));
                assert_shape(&format!("{what}.{name}"), value, mine);
            }
        }
        (Value::Array(sample), Value::Array(ours)) => {
            assert_eq!(
                sample.is_empty(),
                ours.is_empty(),
                "{what}: a list is empty"
            );
            for mine in ours {
                assert_shape(what, &sample[0], mine);
            }
        }
        _ => assert_eq!(
            std::mem::discriminant(sample),
            std::mem::discriminant(ours),
            "{what}: {ours}"
        ),
    }
}

/// The members of an object that are objects or texts, by path.
fn members(value: &Value, at: &str, into: &mut Vec<String>) {
    if let Value::Object(all) = value {
        for (name, inner) in all {
            into.push(format!("{at}/{name}"));
            members(inner, &format!("{at}/{name}"), into);
        }
    }
}

fn tenant() -> Emulator {
    let all = [
        "conferenceAssignment",
        "voiceApplicationAssignment",
        "userAssignment",
    ];
    let account = ResourceAccount::new("ra@x.invalid")
        .id(ACCOUNT)
        .display_name("My account")
        .app_id("a0000000-0000-4000-8000-000000000001")
        .acs_resource_id("d0000000-0000-4000-8000-000000000001");
    Emulator::builder()
        .graph_sku(Sku::virtual_user())
        .graph_user(GraphUser::new("u@x.invalid").id(USER))
        .graph_resource_account(account)
        .graph_resource_account(ResourceAccount::new("second@x.invalid"))
        .graph_number(
            GraphNumber::new(FIRST)
                .capabilities(all)
                .assigned_to(ACCOUNT),
        )
        .graph_number(
            GraphNumber::new(FOR_USER)
                .capabilities(all)
                .assigned_to(USER),
        )
        .graph_number(GraphNumber::new("+12052582895").capabilities(all))
        .spawn()
        .unwrap()
}

fn answer_to(emulator: &Emulator, name: &str) -> Answer {
    let number = emulator.graph().number(FIRST).unwrap().id();
    let wrapped = |target: &str| {
        emulator
            .graph()
            .configure(|graph| graph.envelope = Envelope::Wrapped);
        get(emulator, target)
    };
    let filtered =
        |target: &str, filter: &str| get(emulator, &format!("{target}?$filter={filter}"));
    match name.split(".200").next().unwrap_or_default() {
        "list-numberAssignments" => get(emulator, NUMBERS),
        "list-numberAssignments.filter-number" => {
            filtered(NUMBERS, "telephoneNumber%20eq%20'%2B12052582895'")
        }
        "list-numberAssignments.filter-unassigned-user" => filtered(
            NUMBERS,
            "assignmentStatus%20eq%20'unassigned'%20and%20capabilities/any(c:c%20eq%20'userAssignment')",
        ),
        "get-numberAssignment" => wrapped(&format!("{NUMBERS}/{number}")),
        "get-operation" => {
            let location = unassign(emulator, FIRST)
                .header("location")
                .unwrap()
                .to_owned();
            wrapped(location.strip_prefix(emulator.url()).unwrap())
        }
        "get-userConfiguration" => wrapped(&format!("{CONFIGURATIONS}/{USER}")),
        "list-userConfigurations" => get(emulator, CONFIGURATIONS),
        "list-resourceAccounts.top" => get(emulator, &format!("{ACCOUNTS}?$top=1")),
        "list-resourceAccounts.filter-appId" => filtered(
            ACCOUNTS,
            "appid%20eq%20'a0000000-0000-4000-8000-000000000001'",
        ),
        "list-resourceAccounts.filter-acsResourceId" => filtered(
            ACCOUNTS,
            "acsResourceId%20eq%20'd0000000-0000-4000-8000-000000000001'",
        ),
        "updateNumber" => post(
            emulator,
            &format!("{NUMBERS}/updateNumber"),
            &json!({ "telephoneNumber": FIRST }),
        ),
        "assignNumber.202.json" => assign(&demo(), FIRST),
        "unassignNumber.202.json" => unassign(emulator, FIRST),
        other => panic!("no request is known for the sample {other}"),
    }
}

#[test]
fn documented_answers_and_ours_have_the_same_members() {
    for (name, sample) in samples("responses") {
        let emulator = tenant();
        let answer = answer_to(&emulator, &name);
        assert_eq!(json!(answer.status), sample["status"], "{name}");
        for (header, _) in sample["headers"].as_object().unwrap() {
            assert!(answer.header(header).is_some(), "{name}: {header}");
        }
        let body = answer.json();
        assert_eq!(sample["body"].is_null(), body.is_null(), "{name}: {body}");
        assert_shape(&name, &sample["body"], &body);
    }
}

#[test]
fn recorded_errors_and_ours_have_the_same_members_and_words() {
    for (name, sample) in samples("errors") {
        let emulator = demo();
        if name.starts_with("429") {
            emulator.inject(Fault::throttle(1));
        }
        let graph = emulator.graph();
        if name.contains("nested-json") {
            graph.configure(|graph| graph.errors = ErrorStyle::Nested);
        }
        let token = if name.starts_with("403") {
            graph.token_with(&[])
        } else {
            graph.app_token()
        };
        let url = sample["url"]
            .as_str()
            .unwrap_or("https://graph.microsoft.com/v1.0/users");
        let target = url.strip_prefix("https://graph.microsoft.com").unwrap();
        let answer = Request::new("GET", target).bearer(&token).send(&emulator);
        assert_eq!(json!(answer.status), sample["status"], "{name}");
        let ours = answer.json();
        let (mut wanted, mut got) = (Vec::new(), Vec::new());
        members(&sample["body"], "", &mut wanted);
        members(&ours, "", &mut got);
        // The documented sample of 429 is older than the client's id in bodies.
        got.retain(|member| wanted.contains(member) || !name.starts_with("429"));
        wanted.sort();
        got.sort();
        assert_eq!(got, wanted, "{name}");
        for member in ["code", "message"] {
            let (mine, theirs) = (&ours["error"][member], &sample["body"]["error"][member]);
            let inside = |value: &Value| {
                serde_json::from_str(value.as_str().unwrap()).unwrap_or(value.clone())
            };
            assert_eq!(inside(mine), inside(theirs), "{name}");
        }
    }
}
