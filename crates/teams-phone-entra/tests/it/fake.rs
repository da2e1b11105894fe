//! A sign-in service that answers from a script and keeps what it was asked.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use teams_phone_core::clock::ManualClock;

pub(crate) const TENANT: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const CLIENT: &str = "22222222-2222-4222-8222-222222222222";
pub(crate) const SCOPES: &[&str] = &["https://communication.azure.com//.default"];

/// Texts that must never be shown.
pub(crate) const SECRETS: [&str; 6] = [
    "hunter2-access",
    "hunter2-refresh",
    "hunter2-device",
    "hunter2-secret",
    "hunter2-code",
    "hunter2-verifier",
];

pub(crate) struct Fake {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// Answers one request after the other: status and body; hangs up for status 0.
    pub(crate) fn start(script: Vec<(u16, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        thread::spawn(move || {
            for (status, body) in script {
                let (mut stream, _) = listener.accept().unwrap();
                kept.lock().unwrap().push(read(&mut stream));
                if status == 0 {
                    continue;
                }
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
                     Connection: close\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        Self { url, requests }
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The request lines' paths.
    pub(crate) fn paths(&self) -> Vec<String> {
        let line = |request: &String| request.split(' ').nth(1).unwrap().to_owned();
        self.requests().iter().map(line).collect()
    }

    /// A field of a form that was sent.
    pub(crate) fn field(&self, request: usize, name: &str) -> Option<String> {
        let request = self.requests()[request].clone();
        let body = request.split_once("\r\n\r\n").unwrap().1.to_owned();
        url::form_urlencoded::parse(body.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }
}

fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let count = stream.read(&mut chunk).unwrap();
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head.split_once("content-length: ").map_or(0, |(_, rest)| {
                rest.split("\r\n").next().unwrap().parse().unwrap()
            });
            if body.len() >= length {
                return text;
            }
        }
        assert_ne!(count, 0, "the request broke off");
    }
}

pub(crate) fn token(refresh: bool) -> (u16, String) {
    let refresh = if refresh {
        r#","refresh_token":"hunter2-refresh""#
    } else {
        ""
    };
    let body = format!(
        r#"{{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"hunter2-access"{refresh}}}"#
    );
    (200, body)
}

pub(crate) fn refusal(word: &str, code: u32) -> (u16, String) {
    let description = format!(
        "AADSTS{code}: Said no. Trace ID: 0000aaaa-11bb-cccc-dd22-eeeeee333333 \
         Correlation ID: aaaa0000-bb11-2222-33cc-444444dddddd Timestamp: 2026-01-09 02:02:12Z"
    );
    let body = format!(
        r#"{{"error":"{word}","error_description":"{description}","error_codes":[{code}]}}"#
    );
    (400, body)
}

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600),
    ))
}

pub(crate) fn assert_no_secret(shown: &str) {
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret} is shown: {shown}");
    }
}
