//! Owns the proof that state survives through the snapshot file and the admin route.

use serde_json::{Value, json};
use teams_phone_emulator::{Emulator, SnapshotError, StartError};

use crate::client::{Request, emulator};

const CREATE: &str = "/identities?api-version=2025-03-02-preview";

fn create(emulator: &Emulator, custom: &str) -> Value {
    Request::new("POST", CREATE)
        .json(&json!({ "customId": custom }))
        .send(emulator)
        .json()
}

#[test]
fn a_restarted_emulator_knows_what_it_knew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let start = || Emulator::builder().snapshot(&path).spawn().unwrap();
    let first = start();
    let known = create(&first, "alice");
    drop(first);
    let second = start();
    assert_eq!(create(&second, "alice"), known);
    let shown = Request::new("GET", "/_emulator")
        .unsigned()
        .send(&second)
        .json();
    assert_eq!(shown["snapshot"]["lastError"], Value::Null);
    drop(second);
    let saved = std::fs::read_to_string(&path).unwrap();
    let saved: Value = serde_json::from_str(&saved).unwrap();
    assert_eq!(
        (
            &saved["version"],
            saved["identities"].as_array().unwrap().len()
        ),
        (&json!(1), 1)
    );
}

#[test]
fn the_access_key_is_never_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let emulator = Emulator::builder()
        .snapshot(&path)
        .access_key("c2VjcmV0LXNlY3JldA==")
        .spawn()
        .unwrap();
    create(&emulator, "alice");
    drop(emulator);
    let saved = std::fs::read_to_string(&path).unwrap();
    assert!(!saved.contains("c2VjcmV0"), "{saved}");
}

#[test]
fn a_file_that_is_no_snapshot_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let document = r#"{"version": 9, "resourceId": "c2b5f0a2-3f2e-4b0e-9d6b-5f3f8f5a1c11"}"#;
    std::fs::write(&path, document).unwrap();
    let error = Emulator::builder().snapshot(&path).spawn().unwrap_err();
    assert!(
        matches!(error, StartError::Snapshot(SnapshotError::Invalid { .. })),
        "{error}"
    );
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        document,
        "the file was touched"
    );
}

#[test]
fn state_moves_between_emulators_over_the_admin_route() {
    let (one, two) = (emulator(), emulator());
    let known = create(&one, "alice");
    let state = Request::new("GET", "/_emulator/state")
        .unsigned()
        .send(&one)
        .json();
    assert_eq!(serde_json::from_str::<Value>(&one.state()).unwrap(), state);
    let put = |body: &Value| {
        Request::new("PUT", "/_emulator/state")
            .unsigned()
            .json(body)
            .send(&two)
    };
    assert_eq!(put(&state).status, 204);
    assert_eq!(create(&two, "alice"), known);
    let refused = put(&json!({ "version": 1 }));
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (400, "BadAdminRequest")
    );
    assert_eq!(create(&two, "alice"), known);
}

#[tokio::test(flavor = "current_thread")]
async fn stop_reports_that_the_state_could_not_be_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gone").join("state.json");
    let emulator = Emulator::builder().snapshot(&path).start().await.unwrap();
    let document = json!({ "version": 1, "resourceId": "c2b5f0a2-3f2e-4b0e-9d6b-5f3f8f5a1c11" });
    emulator.set_state(&document.to_string()).unwrap();
    let error = emulator.stop().await.unwrap_err();
    assert!(matches!(error, SnapshotError::Io { .. }), "{error}");
}
