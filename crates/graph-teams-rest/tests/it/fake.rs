//! A server that keeps the exact bytes it gets and answers what it is told. Knows no API.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::SystemTime;

use graph_teams_rest::Inner;
use serde_json::Value;
use teams_phone_core::{
    BearerToken, Credential, Endpoint, Pipeline, RetryPolicy, Secret, StaticToken,
};

/// One request as it was on the wire.
pub(crate) struct Received {
    /// Method, path and query, without the protocol.
    pub(crate) target: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(found, _)| found == name);
        let first = found.next();
        assert!(found.next().is_none(), "header {name} was sent twice");
        first.map(|(_, value)| value.as_str())
    }

    /// The body, `null` if there is none.
    pub(crate) fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A running server with one answer for every request.
pub(crate) struct Fake {
    endpoint: String,
    received: Receiver<Received>,
}

impl Fake {
    pub(crate) fn answering(status: u16, body: &str) -> Self {
        Self::answering_with(status, "", body)
    }

    /// `headers` are whole lines, each with its line end.
    pub(crate) fn answering_with(status: u16, headers: &str, body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (send, received) = channel();
        let length = match status {
            204 => String::new(),
            _ => format!("content-length: {}\r\n", body.len()),
        };
        let answer =
            format!("HTTP/1.1 {status} Status\r\nconnection: close\r\n{headers}{length}\r\n{body}");
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                // Kept before the answer goes out: a client that has its answer finds its request here.
                if send.send(read(&stream)).is_err() {
                    return;
                }
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        Self { endpoint, received }
    }

    /// What a client is made from.
    pub(crate) fn inner(&self) -> Inner {
        let endpoint: Endpoint = self.endpoint.parse().unwrap();
        let token = BearerToken::new(Secret::new("token"), SystemTime::UNIX_EPOCH);
        let credential = Credential::token(StaticToken::new(token));
        let pipeline = Pipeline::builder(endpoint, credential).retry(RetryPolicy::none());
        Inner::new(pipeline.build().unwrap(), None)
    }

    pub(crate) fn request(&self) -> Received {
        self.received.try_recv().expect("no request came")
    }

    pub(crate) fn got_nothing(&self) -> bool {
        self.received.try_recv().is_err()
    }
}

fn read(stream: &TcpStream) -> Received {
    let mut reader = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let target = line().trim_end_matches(" HTTP/1.1").to_owned();
    let mut headers = Vec::new();
    while let Some((name, value)) = line().split_once(": ") {
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    Received {
        target,
        headers,
        body,
    }
}
