//! The metadata service of a virtual machine, played on the loopback interface.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use azure_core::credentials::TokenCredential as _;
use azure_core::http::ClientOptions;
use azure_identity as az;
use teams_phone_core::clock::ManualClock;

use super::*;
use crate::azure::explain;

/// Answers every request with a status, and counts them.
fn answering(status: u16) -> (Url, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            counter.fetch_add(1, Ordering::SeqCst);
            let answer =
                format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (url.parse().unwrap(), asked)
}

/// Asks as a virtual machine does; answers the error, and how often it was waited.
async fn ask(metadata: Url) -> (Error, usize) {
    let clock = Arc::new(ManualClock::new(SystemTime::UNIX_EPOCH));
    let carrier = Carrier {
        service: TokenService::new(&[], Arc::clone(&clock) as _).unwrap(),
        claims: None,
        local: Some(("http://169.254.169.254/".parse().unwrap(), metadata)),
    };
    let options = az::ManagedIdentityCredentialOptions {
        client_options: ClientOptions {
            transport: Some(Transport::new(Arc::new(carrier))),
            ..ClientOptions::default()
        },
        ..Default::default()
    };
    let credential = az::ManagedIdentityCredential::new(Some(options)).unwrap();
    let asked = credential.get_token(&["https://x.example/.default"], None);
    let error = asked.await.unwrap_err();
    let error = explain::failed("managed identity", &Authority::default(), error);
    (error, clock.sleeps().len())
}

#[tokio::test]
async fn a_metadata_service_that_fails_is_not_asked_over_and_over() {
    for (status, kind) in [
        (503, teams_phone_core::ErrorKind::Connect),
        (429, teams_phone_core::ErrorKind::Throttled),
    ] {
        let (url, asked) = answering(status);
        let (error, waits) = ask(url).await;
        assert_eq!((asked.load(Ordering::SeqCst), waits), (3, 2));
        assert_eq!(error.kind(), kind);
        let message = "managed identity: no answer from the machine's identity service";
        assert_eq!(error.to_string(), message);
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.to_string(), format!("it answered {status}"));
    }
    let (error, waits) = ask("http://127.0.0.1:1/".parse().unwrap()).await;
    assert_eq!(
        (error.kind(), waits),
        (teams_phone_core::ErrorKind::Connect, 2)
    );
}
