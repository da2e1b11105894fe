//! Owns the proof of how an emulator starts and ends, on and off a runtime.

use std::net::TcpStream;

use jiff::SignedDuration;
use teams_phone_emulator::{Emulator, StartError};

use crate::client::{Request, emulator};

#[tokio::test(flavor = "current_thread")]
async fn starts_serves_and_stops_on_a_current_thread_runtime() {
    let emulator = Emulator::start().await.unwrap();
    let (address, key) = (emulator.address(), emulator.access_key().to_owned());
    let bytes = Request::new("POST", "/identities?api-version=2025-06-30")
        .bytes(&address.to_string(), &key);
    let served = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        std::io::Write::write_all(&mut stream, &bytes).unwrap();
        crate::client::read_answer(&mut stream).unwrap().status
    });
    assert_eq!(served.await.unwrap(), 201);
    emulator.stop().await.unwrap();
    assert!(
        TcpStream::connect(address).is_err(),
        "the port is still open"
    );
}

#[tokio::test(flavor = "current_thread")]
async fn may_be_dropped_on_a_current_thread_runtime() {
    let emulator = Emulator::start().await.unwrap();
    let mut stop = Box::pin(async {
        let other = Emulator::start().await.unwrap();
        drop(other);
    });
    stop.as_mut().await;
    drop(emulator);
}

#[test]
fn stops_when_asked_to_over_the_admin_route() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let emulator = emulator();
    assert_eq!(
        Request::new("POST", "/_emulator/stop")
            .unsigned()
            .send(&emulator)
            .status,
        202
    );
    runtime.block_on(async {
        emulator.stopped().await;
        emulator.stop().await.unwrap();
    });
}

#[test]
fn the_connection_string_is_the_portals_form() {
    let emulator = Emulator::builder().access_key("QUJD").spawn().unwrap();
    let expected = format!(
        "endpoint=http://127.0.0.1:{}/;accesskey=QUJD",
        emulator.address().port()
    );
    assert_eq!(emulator.connection_string(), expected);
    assert_eq!(emulator.access_key(), "QUJD");
    assert!(!format!("{emulator:?}").contains("QUJD"));
    assert!(emulator.ca_pem().is_none());
}

#[test]
fn a_start_that_cannot_be_says_why() {
    let taken = emulator();
    let port = taken.address().port();
    let cases = [
        (
            Emulator::builder().access_key("not base64"),
            "the access key is not padded standard base64",
        ),
        (
            Emulator::builder().port(port),
            &*format!("cannot listen on 127.0.0.1:{port}"),
        ),
        (
            Emulator::builder().page_size(0),
            "pageSize must be at least 1",
        ),
        (
            Emulator::builder().max_connections(0),
            "max_connections must be at least 1",
        ),
        (
            Emulator::builder()
                .tls(true)
                .ca_file("/nonexistent-folder/ca.pem"),
            "/nonexistent-folder/ca.pem",
        ),
    ];
    for (builder, words) in cases {
        let error: StartError = builder.spawn().unwrap_err();
        let text = error.to_string();
        assert!(text.contains(words), "{text}");
        assert!(!text.contains("not base64"), "the key was shown: {text}");
    }
}

#[test]
fn listens_on_the_ipv6_loopback() {
    let Ok(emulator) = Emulator::builder().host("::1").spawn() else {
        eprintln!("SKIPPED: this machine has no IPv6 loopback");
        return;
    };
    assert_eq!(
        emulator.url(),
        format!("http://[::1]:{}", emulator.address().port())
    );
    assert_eq!(
        Request::new("GET", "/_emulator")
            .unsigned()
            .send(&emulator)
            .status,
        200
    );
}

#[test]
fn a_skewed_clock_refuses_what_the_machines_clock_signs() {
    let emulator = Emulator::builder()
        .clock_offset(SignedDuration::from_hours(1))
        .spawn()
        .unwrap();
    let answer = Request::new("POST", "/identities?api-version=2025-06-30").send(&emulator);
    assert_eq!(
        (answer.status, answer.explanation().as_str()),
        (401, "DateOutsideWindow")
    );
    let date = httpdate::parse_http_date(answer.header("date").unwrap()).unwrap();
    assert!(date > std::time::SystemTime::now() + std::time::Duration::from_secs(3500));
}

#[test]
fn credentials_may_be_left_unchecked() {
    let emulator = Emulator::builder()
        .verify_credentials(false)
        .spawn()
        .unwrap();
    let answer = Request::new("POST", "/identities?api-version=2025-06-30")
        .unsigned()
        .send(&emulator);
    assert_eq!(answer.status, 201);
}
