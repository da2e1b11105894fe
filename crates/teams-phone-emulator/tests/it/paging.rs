//! Owns the proof that lists and bulk answers come in pages that lead to all items, once each.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use teams_phone_emulator::Emulator;

use crate::client::{Request, emulator};

const LIST: &str = "/access/entra/assignments?api-version=2025-03-02-preview";

fn object_id(number: u32) -> String {
    format!("00000000-0000-0000-0000-{number:012}")
}

fn fill(emulator: &Emulator, count: u32) -> Value {
    let entry = json!({
        "tenantId": "87d349ed-44d7-43e1-9a83-5f2406dee5bd", "principalType": "user", "clientIds": []
    });
    let bulk: Map<String, Value> = (0..count)
        .map(|number| (object_id(number), entry.clone()))
        .collect();
    let answer = Request::new("PATCH", LIST)
        .typed(
            "application/merge-patch+json",
            &Value::Object(bulk).to_string(),
        )
        .send(emulator);
    assert_eq!(answer.status, 200);
    answer.json()
}

/// Follows the links; each must lead back to this emulator.
fn follow(emulator: &Emulator, first: Value) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut page = first;
    loop {
        let ids = page["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["objectId"].as_str().unwrap().to_owned());
        pages.push(ids.collect());
        let Some(link) = page.get("nextLink") else {
            return pages;
        };
        let target = link.as_str().unwrap().strip_prefix(emulator.url()).unwrap();
        page = Request::new("GET", target).send(emulator).json();
    }
}

#[test]
fn pages_lead_to_every_item_once() {
    let emulator = Emulator::builder().page_size(3).spawn().unwrap();
    let written = follow(&emulator, fill(&emulator, 8));
    let listed = follow(&emulator, Request::new("GET", LIST).send(&emulator).json());
    for pages in [written, listed] {
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 2]);
        let all: BTreeSet<String> = pages.into_iter().flatten().collect();
        assert_eq!(all, (0..8).map(object_id).collect());
    }
}

#[test]
fn a_full_last_page_has_no_link() {
    let emulator = Emulator::builder().page_size(4).spawn().unwrap();
    fill(&emulator, 4);
    let page = Request::new("GET", LIST).send(&emulator).json();
    assert!(page.get("nextLink").is_none(), "{page}");
}

#[test]
fn removing_an_item_between_pages_loses_no_other() {
    let emulator = Emulator::builder().page_size(2).spawn().unwrap();
    fill(&emulator, 6);
    let first = Request::new("GET", LIST).send(&emulator).json();
    let gone = LIST.replace("assignments?", &format!("assignments/{}?", object_id(1)));
    assert_eq!(Request::new("DELETE", &gone).send(&emulator).status, 204);
    let rest: Vec<String> = follow(&emulator, first).into_iter().flatten().collect();
    assert_eq!(rest, (0..6).map(object_id).collect::<Vec<_>>());
}

#[test]
fn an_unknown_continuation_is_refused() {
    let emulator = emulator();
    for token in ["x", "eyJhZnRlciI6Im5vIn0%3D"] {
        let answer = Request::new("GET", &format!("{LIST}&skipToken={token}")).send(&emulator);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "ValidationError")
        );
    }
}

#[test]
fn the_page_size_is_set_at_run_time() {
    let emulator = emulator();
    fill(&emulator, 3);
    let settings = |body: Value| {
        Request::new("PATCH", "/_emulator/settings")
            .unsigned()
            .json(&body)
            .send(&emulator)
    };
    assert_eq!(settings(json!({ "pageSize": 2 })).json()["pageSize"], 2);
    let page = Request::new("GET", LIST).send(&emulator).json();
    assert_eq!(page["value"].as_array().unwrap().len(), 2);
    for bad in [
        json!({ "pageSize": 0 }),
        json!({ "pagesize": 1 }),
        json!({ "pageSize": "2" }),
    ] {
        assert_eq!(settings(bad).code(), "BadAdminRequest");
    }
    emulator.reset();
    let shown = Request::new("GET", "/_emulator/settings")
        .unsigned()
        .send(&emulator)
        .json();
    assert_eq!(shown["pageSize"], 100);
}
