//! Bytes of all kinds for every way in, among them pieces that mean something there.

use proptest::prelude::*;

use crate::invariants::{Check, TARGETS};

/// Pieces that take an input past the first check of some reader.
const PIECES: &[&str] = &[
    "endpoint=",
    "accesskey=",
    ";",
    "https://",
    "http://127.0.0.1",
    "x.example",
    "c2VlZA==",
    "400\n",
    "{\"error\":{\"code\":\"",
    "\",\"message\":\"b",
    "\"}}",
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    "null",
    "/access/entra/assignments",
    "?",
    "#",
    "@",
    "\\",
    "//",
    "..",
    "%2e",
    ":444",
    "4:",
    "8:acs:",
    "8:dod-acs:",
    "8:orgid:",
    "28:gcch:",
    "_",
    "anonymous",
    "-",
    "object_id",
    "tenant_id,",
    "\n",
    "\r\n",
    "\t",
    "\u{feff}",
    "user",
    "87d349ed-44d7-43e1-9a83-5f2406dee5bd",
    "https://communication.azure.com/clients/",
    "https://auth.msft.communication.azure.com/",
    ".default",
    " ",
    "\0",
    "é",
    "\u{2028}",
    "\u{1b}[31m",
];

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..9),
        1 => "\\PC{0,9}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

fn holds(target: &str, bytes: &[u8]) {
    let (_, check): &(_, Check) = TARGETS.iter().find(|(name, _)| *name == target).unwrap();
    check(bytes);
}

proptest! {
    #[test]
    fn no_connection_string_breaks_an_invariant(bytes in bytes()) {
        holds("connection_string", &bytes);
    }

    #[test]
    fn no_error_body_breaks_an_invariant(bytes in bytes()) {
        holds("error_body", &bytes);
    }

    #[test]
    fn no_page_link_breaks_an_invariant(bytes in bytes()) {
        holds("page_link", &bytes);
    }

    #[test]
    fn no_raw_id_breaks_an_invariant(bytes in bytes()) {
        holds("raw_id", &bytes);
    }

    #[test]
    fn no_file_of_rows_breaks_an_invariant(bytes in bytes()) {
        holds("rows", &bytes);
    }

    #[test]
    fn no_list_of_scopes_breaks_an_invariant(bytes in bytes()) {
        holds("scopes", &bytes);
    }
}
