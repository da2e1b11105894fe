//! Owns the proof that oversized and surplus traffic is bounded, and that hostile ids stay ids.

use std::io::Write;

use serde_json::json;
use teams_phone_emulator::Emulator;

use crate::client::{Request, connect, emulator, read_answer};

#[test]
fn a_body_over_the_limit_is_413_whether_announced_or_not() {
    let emulator = Emulator::builder().max_body(100).spawn().unwrap();
    let big = Request::new("POST", "/identities?api-version=2025-06-30")
        .json(&json!({ "x": "y".repeat(200) }));
    let answer = big.send(&emulator);
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (413, "RequestBodyTooLarge")
    );

    let mut stream = connect(&emulator).unwrap();
    let head = "POST /identities HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    write!(
        stream,
        "{head}{:x}\r\n{}\r\n0\r\n\r\n",
        200,
        "y".repeat(200)
    )
    .unwrap();
    assert_eq!(read_answer(&mut stream).unwrap().status, 413);
}

#[test]
fn a_head_over_the_limit_is_431() {
    let emulator = emulator();
    let long = Request::new("GET", "/identities/x").header("x-long", &"y".repeat(70 * 1024));
    assert_eq!(long.send(&emulator).status, 431);
    let many = (0..120).fold(Request::new("GET", "/identities/x"), |request, n| {
        request.header(&format!("x-{n}"), "y")
    });
    assert_eq!(many.send(&emulator).status, 431);
}

#[test]
fn surplus_connections_wait_for_their_turn() {
    let emulator = Emulator::builder().max_connections(1).spawn().unwrap();
    let first = connect(&emulator).unwrap();
    let mut second = connect(&emulator).unwrap();
    let request = Request::new("GET", "/_emulator").unsigned();
    second
        .write_all(&request.bytes("localhost", emulator.access_key()))
        .unwrap();
    drop(first);
    assert_eq!(read_answer(&mut second).unwrap().status, 200);
}

#[test]
fn hostile_ids_stay_ids() {
    let emulator = emulator();
    let long = "x".repeat(10 * 1024);
    let ids = [
        "%2E%2E",
        "%5C",
        "a%2Fb",
        "%00",
        "%F0%9F%98%80",
        "a%3Fb",
        "a%23b",
        "a b".replace(' ', "%20").leak(),
        &long,
    ];
    for id in ids {
        let answer = Request::new(
            "DELETE",
            &format!("/identities/{id}?api-version=2025-06-30"),
        )
        .send(&emulator);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (401, "IdentityNotOwned"),
            "{id:.20}"
        );
    }
    for id in ["", ".", "..", "%FF", "a/b"] {
        let answer = Request::new(
            "DELETE",
            &format!("/identities/{id}?api-version=2025-06-30"),
        )
        .send(&emulator);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "NotFound"),
            "{id}"
        );
    }
}

#[test]
fn nonsense_on_the_wire_does_not_stop_the_emulator() {
    let emulator = emulator();
    for bytes in [
        &b"\x16\x03\x01\x00\x05hello\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\0\0\0\0",
    ] {
        let mut stream = connect(&emulator).unwrap();
        stream.write_all(bytes).unwrap();
        drop(stream);
    }
    assert_eq!(
        Request::new("GET", "/_emulator")
            .unsigned()
            .send(&emulator)
            .status,
        200
    );
}
