//! Owns the official SDK for Microsoft Graph, unmodified: what it reads and changes, and what the tenant is afterwards.
//! Refuses to know our own client.

use std::collections::BTreeSet;

use teams_phone_emulator::{Application, Emulator, GraphNumber};

use crate::{
    Server,
    python::{GRAPH, Script},
};

const ACCOUNT: &str = "c0000000-0000-4000-8000-000000000001";
/// An application that may read numbers and nothing else.
const READER: &str = "a0000000-0000-4000-8000-000000000009";
const READERS_SECRET: &str = "the secret of the reader";

#[tokio::test(flavor = "multi_thread")]
async fn the_official_python_graph_sdk_works_against_the_emulator() {
    let reader = Application::new(READER)
        .secret(READERS_SECRET)
        .graph_permissions(["TeamsTelephoneNumber.Read.All"]);
    let number = GraphNumber::new("+12065550103")
        .number_type("directRouting")
        .city("Redmond")
        .country("US");
    let builder = Emulator::builder().graph_demo_tenant();
    let server = Server::start(builder.graph_number(number).application(reader)).await;
    let mut settings = server.sign_in();
    settings.push(("READER_CLIENT_ID", READER.to_owned()));
    settings.push(("READER_CLIENT_SECRET", READERS_SECRET.to_owned()));
    let script = Script {
        file: "msgraph_sdk.py",
        packages: &GRAPH,
        cases: 15,
    };
    script.pass(&server, &settings).await;
    assert_left_as_the_script_leaves_it(&server.emulator);
    assert!(server.all_are_from("kiota-python/1.16.0", |path| path.starts_with("/v1.0/")));
    let is_action = |path: &str| path.ends_with(".teamsAdministration.assignNumber");
    assert!(server.all_are_from("kiota-python", is_action));
}

/// Each of the two runs ends with assigning one number.
fn assert_left_as_the_script_leaves_it(emulator: &Emulator) {
    let graph = emulator.graph();
    let holder = |text: &str| {
        let number = graph.number(text).unwrap();
        let target = number.assignment_target_id().map(str::to_owned);
        (number.assignment_status().to_owned(), target)
    };
    let assigned = (
        "voiceApplicationAssigned".to_owned(),
        Some(ACCOUNT.to_owned()),
    );
    let free = ("unassigned".to_owned(), None);
    for (number, wanted) in [
        ("+12065550100", &assigned),
        ("+12065550101", &assigned),
        ("+12065550102", &free),
        ("+12065550103", &free),
    ] {
        assert_eq!(&holder(number), wanted, "{number}");
    }
    let operations = graph.operations();
    let status = |id: &String| graph.operation_status(id).unwrap();
    let statuses: BTreeSet<String> = operations.iter().map(status).collect();
    let wanted = ["failed", "skipped", "succeeded"].map(str::to_owned);
    assert_eq!(statuses, BTreeSet::from(wanted));
    assert_eq!(
        graph.usage_location("alex@teams-phone-emulator.invalid"),
        Some("US".to_owned())
    );
}
