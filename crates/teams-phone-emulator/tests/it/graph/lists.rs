//! Owns the proof of what lists find, how they are cut into pages, and how their bodies can be bent.

use serde_json::{Value, json};
use teams_phone_emulator::{
    Emulator, Envelope, GraphNumber, ListShape, LocationStyle, ResourceAccount,
};

use super::{
    ACCOUNT, ACCOUNTS, FIRST, FOR_USER, NUMBERS, OPERATIONS, SECOND, assign, demo, get, message,
};

/// The demonstration tenant with the first number assigned and one of Direct Routing.
fn mixed() -> Emulator {
    let direct = GraphNumber::new("+12065550103")
        .number_type("directRouting")
        .capabilities(["userAssignment", "voiceApplicationAssignment"])
        .country("US")
        .city("Seattle");
    Emulator::builder()
        .graph_demo_tenant()
        .graph_number(GraphNumber::service(FIRST).assigned_to(ACCOUNT))
        .graph_number(direct)
        .spawn()
        .unwrap()
}

fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(one).collect()
}

/// The last two digits of the numbers found.
fn found(body: &Value) -> Vec<String> {
    let text = |item: &Value| item["telephoneNumber"].as_str().unwrap()[10..].to_owned();
    let mut found: Vec<String> = body["value"].as_array().unwrap().iter().map(text).collect();
    found.sort();
    found
}

#[test]
fn filters_find_numbers_by_every_documented_property() {
    let emulator = mixed();
    let cases: [(&str, &[&str]); 14] = [
        ("telephoneNumber eq '+12065550101'", &["01"]),
        ("telephoneNumber eq '12065550101'", &[]),
        ("numberType eq 'DirectRouting'", &["03"]),
        ("numberType ne 'directRouting'", &["00", "01", "02"]),
        (
            "assignmentStatus eq 'unassigned' and capabilities/any(c:c eq 'userAssignment')",
            &["02", "03"],
        ),
        (
            "capabilities/any(c:c eq 'voiceApplicationAssignment') and assignmentStatus eq 'unassigned'",
            &["01", "03"],
        ),
        (&format!("assignmentTargetId eq '{ACCOUNT}'"), &["00"]),
        ("assignmentTargetId eq null", &["01", "02", "03"]),
        (
            "not (assignmentTargetId ne null or numberType eq 'directRouting')",
            &["01", "02"],
        ),
        ("isoCountryCode eq 'US'", &["03"]),
        (
            "activationState eq 'activated' and numberSource eq 'online'",
            &["00", "01", "02", "03"],
        ),
        ("assignmentCategory eq 'primary'", &["00"]),
        ("supportedCustomerActions/any(a:a eq 'release')", &[]),
        ("reverseNumberLookupOptions/any()", &[]),
    ];
    for (filter, expected) in cases {
        let answer = get(&emulator, &format!("{NUMBERS}?$filter={}", encoded(filter)));
        assert_eq!(answer.status, 200, "{filter}: {}", message(&answer));
        assert_eq!(found(&answer.json()), expected, "{filter}");
    }
    // A plus sign that was not encoded is a space, and finds nothing.
    let raw = get(
        &emulator,
        &format!("{NUMBERS}?$filter=telephoneNumber%20eq%20'+12065550101'"),
    );
    assert_eq!(found(&raw.json()), [""; 0]);
}

#[test]
fn what_cannot_be_filtered_or_asked_is_a_bad_request() {
    let emulator = mixed();
    let cases = [
        (
            format!("{NUMBERS}?$filter={}", encoded("id eq 'x'")),
            "'id' is not a property",
        ),
        (
            format!("{NUMBERS}?$filter={}", encoded("city eq 'Seattle'")),
            "'city' is not a property",
        ),
        (
            format!(
                "{NUMBERS}?$filter={}",
                encoded("startswith(telephoneNumber,'+1')")
            ),
            "function 'startswith'",
        ),
        (format!("{NUMBERS}?$filter="), "it ends where"),
        (format!("{NUMBERS}?$top=1001"), "from 1 to 1000"),
        (format!("{NUMBERS}?$top=0"), "from 1 to 1000"),
        (format!("{NUMBERS}?$skip=-1"), "at least 0"),
        (
            format!("{NUMBERS}?$orderby=telephoneNumber"),
            "'$orderby' is not supported",
        ),
        (format!("{NUMBERS}?$top=1&%24top=2"), "'$top' appears twice"),
        (
            format!("{OPERATIONS}/x?$select=id"),
            "'$select' is not supported",
        ),
        (
            format!("{ACCOUNTS}?$filter={}", encoded("displayName eq 'x'")),
            "'displayName' is not",
        ),
        (format!("{ACCOUNTS}?$skiptoken=x"), "skip token"),
        ("/v1.0/users?$select=shoeSize".to_owned(), "'shoeSize'"),
    ];
    for (target, words) in cases {
        let answer = get(&emulator, &target);
        let text = message(&answer);
        let got = (answer.status, answer.code());
        assert_eq!(got, (400, "BadRequest".to_owned()), "{target}: {text}");
        assert!(text.contains(words), "{target}: {text}");
    }
}

/// Follows next links from a target and returns how many items each page has.
fn pages(emulator: &Emulator, target: &str) -> Vec<usize> {
    let (mut sizes, mut target) = (Vec::new(), target.to_owned());
    loop {
        let body = get(emulator, &target).json();
        sizes.push(body["value"].as_array().unwrap().len());
        let Some(next) = body["@odata.nextLink"].as_str() else {
            return sizes;
        };
        target = next.strip_prefix(emulator.url()).unwrap().to_owned();
    }
}

#[test]
fn pages_lead_on_by_link_and_end() {
    let emulator = mixed();
    let graph = emulator.graph();
    assert_eq!(pages(&emulator, NUMBERS), [4]);
    assert_eq!(pages(&emulator, &format!("{NUMBERS}?$top=3")), [3, 1]);
    assert_eq!(
        pages(&emulator, &format!("{NUMBERS}?$skip=1&$top=2")),
        [2, 1]
    );
    let filter = encoded("assignmentStatus eq 'unassigned'");
    assert_eq!(
        pages(&emulator, &format!("{NUMBERS}?$top=2&$filter={filter}")),
        [2, 1]
    );
    graph.configure(|graph| graph.page_size = Some(1));
    assert_eq!(pages(&emulator, &format!("{NUMBERS}?$top=3")), [1, 1, 1, 1]);
    for number in 0..3 {
        let name = format!("ra{number}@x.invalid");
        graph
            .add_resource_account(ResourceAccount::new(&name))
            .unwrap();
    }
    assert_eq!(
        pages(&emulator, &format!("{ACCOUNTS}?$top=5")),
        [1, 1, 1, 1]
    );
    let link = get(&emulator, &format!("{ACCOUNTS}?$top=5")).json()["@odata.nextLink"].clone();
    assert!(
        link.as_str()
            .unwrap()
            .contains("/beta/admin/teams/resourceAccounts?$top=5&$skiptoken="),
        "{link}"
    );
}

#[test]
fn without_links_a_short_page_is_the_last() {
    let emulator = mixed();
    emulator.graph().configure(|graph| {
        graph.next_link = false;
        graph.page_size = Some(3);
    });
    let page = |query: &str| {
        let body = get(&emulator, &format!("{NUMBERS}{query}")).json();
        assert_eq!(body.get("@odata.nextLink"), None);
        body["value"].as_array().unwrap().len()
    };
    let sizes = ["", "?$skip=3", "?$top=4", "?$top=2", "?$top=2&$skip=4"].map(page);
    assert_eq!(sizes, [3, 1, 4, 2, 0]);
}

#[test]
fn accounts_are_found_by_application_and_by_resource() {
    let emulator = mixed();
    let other = ResourceAccount::new("other@x.invalid")
        .app_id("a0000000-0000-4000-8000-000000000009")
        .acs_resource_id("D0000000-0000-4000-8000-000000000009");
    let other = emulator.graph().add_resource_account(other).unwrap();
    let cases: [(&str, &[&str]); 5] = [
        (
            "appid eq 'a0000000-0000-4000-8000-000000000001'",
            &[ACCOUNT],
        ),
        ("appId eq 'A0000000-0000-4000-8000-000000000009'", &[&other]),
        (
            "acsResourceId eq 'd0000000-0000-4000-8000-000000000009'",
            &[&other],
        ),
        (
            "acsResourceId eq 'd0000000-0000-4000-8000-000000000002'",
            &[],
        ),
        (
            "appId eq 'a0000000-0000-4000-8000-000000000009' and acsResourceId ne null",
            &[&other],
        ),
    ];
    for (filter, expected) in cases {
        let body = get(
            &emulator,
            &format!("{ACCOUNTS}?$top=5&$filter={}", encoded(filter)),
        )
        .json();
        let ids: Vec<&str> = body["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, expected, "{filter}");
    }
    let one = get(&emulator, &format!("{ACCOUNTS}/{ACCOUNT}")).json();
    assert_eq!(one["phoneNumber"], format!("tel:{FIRST}"));
    let missing = get(&emulator, &format!("{ACCOUNTS}/{}", super::USER));
    assert_eq!((missing.status, missing.code().as_str()), (404, "NotFound"));
    let first_version = get(&emulator, &ACCOUNTS.replace("/beta/", "/v1.0/"));
    assert_eq!(first_version.status, 400);
    assert_eq!(
        message(&first_version),
        "Resource not found for the segment 'resourceAccounts'."
    );
}

#[test]
fn an_account_shows_its_number_once_the_operation_is_done() {
    let emulator = demo();
    let number =
        || get(&emulator, &format!("{ACCOUNTS}('{ACCOUNT}')")).json()["phoneNumber"].clone();
    assert_eq!(number(), Value::Null);
    assign(&emulator, SECOND);
    assert_eq!(number(), Value::Null);
    super::poll(&emulator);
    super::poll(&emulator);
    assert_eq!(number(), format!("tel:{SECOND}"));
}

#[test]
fn configurations_are_of_users_only() {
    let emulator = demo();
    let target = "/v1.0/admin/teams/userConfigurations";
    let number = GraphNumber::new(FOR_USER).assigned_to("alex@teams-phone-emulator.invalid");
    emulator.graph().add_number(number).unwrap();
    for target in [target.to_owned(), target.replace("v1.0", "beta")] {
        let body = get(&emulator, &target).json();
        assert_eq!(body["value"].as_array().unwrap().len(), 1, "{body}");
        let numbers = json!([{ "telephoneNumber": FOR_USER, "assignmentCategory": "primary" }]);
        assert_eq!(body["value"][0]["telephoneNumbers"], numbers);
        assert_eq!(
            get(&emulator, &format!("{target}/{}", super::USER)).json()["accountType"],
            "user"
        );
        assert_eq!(get(&emulator, &format!("{target}/{ACCOUNT}")).status, 404);
    }
}

#[test]
fn bodies_take_the_shapes_of_the_documentation() {
    let emulator = mixed();
    let graph = emulator.graph();
    graph.configure(|graph| graph.envelope = Envelope::Wrapped);
    let id = graph.number(FIRST).unwrap().id();
    let wrapped = get(&emulator, &format!("{NUMBERS}/{id}")).json();
    assert_eq!(wrapped["value"]["telephoneNumber"], FIRST);
    assert_eq!(wrapped.as_object().unwrap().len(), 1);
    let user = get(&emulator, &format!("/v1.0/users/{ACCOUNT}")).json();
    assert_eq!(user["id"], ACCOUNT);

    graph.configure(|graph| graph.lists = ListShape::Object);
    let one = get(&emulator, &format!("{NUMBERS}?$top=1")).json();
    assert_eq!(one["value"]["telephoneNumber"], SECOND);
    assert!(get(&emulator, NUMBERS).json()["value"].is_array());
}

#[test]
fn locations_take_the_form_that_is_set() {
    let cases = [
        (LocationStyle::Key, Some(("URL", "('ID')"))),
        (LocationStyle::Segment, Some(("URL", "/ID"))),
        (LocationStyle::Relative, Some(("", "('ID')"))),
        (
            LocationStyle::Foreign("https://graph.example/".into()),
            Some(("https://graph.example", "('ID')")),
        ),
        (LocationStyle::Missing, None),
    ];
    for (style, expected) in cases {
        let emulator = demo();
        emulator
            .graph()
            .configure(|graph| graph.location = style.clone());
        let answer = assign(&emulator, FIRST);
        let id = emulator.graph().operations().pop().unwrap();
        let expected = expected.map(|(origin, key)| {
            let origin = origin.replace("URL", emulator.url());
            format!("{origin}{OPERATIONS}{}", key.replace("ID", &id))
        });
        assert_eq!(answer.header("location"), expected.as_deref(), "{style:?}");
    }
}
