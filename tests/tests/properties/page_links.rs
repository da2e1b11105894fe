//! Links to the next page: to the endpoint they are followed as they are, to anywhere else never.

use proptest::prelude::*;
use teams_phone::{Endpoint, ErrorKind};

use crate::invariants::page_link;

const HOST: &str = "contoso.unitedstates.communication.azure.com";

fn endpoint() -> Endpoint {
    format!("https://{HOST}").parse().unwrap()
}

/// A path with a query, as services write them: everything unusual is escaped.
fn target() -> impl Strategy<Value = String> {
    let segment = "[A-Za-z0-9_~:-]{1,12}";
    let escaped = "([A-Za-z0-9_~:$-]|%2[1-9A-CF]|%C3%A9){0,24}";
    let path = prop::collection::vec(segment, 1..5)
        .prop_map(|segments| format!("/{}", segments.join("/")));
    (path, prop::option::of(escaped)).prop_map(|(path, query)| match query {
        Some(query) => format!("{path}?api-version=1&skipToken={query}"),
        None => path,
    })
}

/// Origins that look like the endpoint's, and are not.
fn elsewhere() -> impl Strategy<Value = String> {
    let label = "[a-z]{1,8}";
    prop_oneof![
        label.prop_map(|label| format!("https://{HOST}.{label}")),
        label.prop_map(|label| format!("https://{label}{HOST}")),
        label.prop_map(|label| format!("https://{HOST}@{label}.example")),
        label.prop_map(|label| format!("https://{label}@{HOST}")),
        label.prop_map(|label| format!("https://{label}:{HOST}@{label}.example")),
        label.prop_map(|label| format!("//{label}.example")),
        label.prop_map(|label| format!("\\\\{label}.example")),
        label.prop_map(|label| format!("/\\{label}.example")),
        label.prop_map(|label| format!("\t/\n/{label}.example")),
        label.prop_map(|label| format!("https:\\\\{label}.example")),
        (1_u16..)
            .prop_filter("https's own port", |port| *port != 443)
            .prop_map(|port| format!("https://{HOST}:{port}")),
        "(http|ftp|ws|wss|file|gopher)".prop_map(|scheme| format!("{scheme}://{HOST}")),
    ]
}

proptest! {
    #[test]
    fn links_to_the_endpoint_are_followed_as_they_are(
        target in target(),
        origin in prop::sample::select(&["", "https://{}", "https://{}:443", "HTTPS://{}"][..]),
    ) {
        let link = format!("{}{target}", origin.replace("{}", HOST));
        prop_assert_eq!(page_link::check(link.as_bytes()), "followed");
        let url = endpoint().join(&link).unwrap();
        prop_assert_eq!(url.as_str(), format!("https://{HOST}{target}"));
    }

    #[test]
    fn links_to_anywhere_else_are_refused(origin in elsewhere(), target in target()) {
        let link = format!("{origin}{target}");
        prop_assert_eq!(page_link::check(link.as_bytes()), "refused", "{}", link);
        let error = endpoint().join(&link).unwrap_err();
        prop_assert_eq!(error.kind(), ErrorKind::Decode);
    }

    #[test]
    fn what_stands_before_and_behind_a_link_does_not_move_it(
        blanks in "[ \t\r\n]{0,4}", target in target(), fragment in "[a-z]{0,4}",
    ) {
        let link = format!("{blanks}https://{HOST}{target}#{fragment}{blanks}");
        prop_assert_eq!(page_link::check(link.as_bytes()), "followed");
        let url = endpoint().join(&link).unwrap();
        let expected = format!("https://{HOST}{target}");
        prop_assert!(url.as_str().starts_with(&expected));
    }
}
