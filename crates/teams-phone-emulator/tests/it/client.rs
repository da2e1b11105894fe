//! Owns a blocking HTTP/1.1 client over a plain socket that signs requests by itself.
//! Refuses to hide anything: what was sent and what came back is plain data.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::{Duration, SystemTime},
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};
use teams_phone_emulator::Emulator;

/// A request to send.
#[derive(Clone)]
pub(crate) struct Request {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    signed: bool,
}

/// What came back; `complete` is false if the connection ended before the announced end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) complete: bool,
}

impl Request {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.into(),
            target: target.into(),
            headers: Vec::new(),
            body: Vec::new(),
            signed: true,
        }
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.typed("application/json", &body.to_string())
    }

    pub(crate) fn typed(self, media_type: &str, body: &str) -> Self {
        let mut with = self.header("Content-Type", media_type);
        with.body = body.as_bytes().to_vec();
        with
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.unsigned()
            .header("Authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn unsigned(mut self) -> Self {
        self.signed = false;
        self
    }

    /// The bytes on the wire.
    pub(crate) fn bytes(&self, host: &str, key: &str) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        if !self
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("host"))
        {
            head.push_str(&format!("Host: {host}\r\n"));
        }
        if self.signed {
            let date = httpdate::fmt_http_date(SystemTime::now());
            let hash = STANDARD.encode(Sha256::digest(&self.body));
            let text = format!("{}\n{}\n{date};{host};{hash}", self.method, self.target);
            let mut mac = Hmac::<Sha256>::new_from_slice(&STANDARD.decode(key).unwrap()).unwrap();
            mac.update(text.as_bytes());
            let signature = STANDARD.encode(mac.finalize().into_bytes());
            head.push_str(&format!(
                "x-ms-date: {date}\r\nx-ms-content-sha256: {hash}\r\n"
            ));
            head.push_str("Authorization: HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=");
            head.push_str(&format!("{signature}\r\n"));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!(
            "Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.body.len()
        ));
        [head.as_bytes(), &self.body].concat()
    }

    /// Sends the request on a connection of its own. An error means that no answer came.
    pub(crate) fn try_send(&self, emulator: &Emulator) -> io::Result<Answer> {
        let host = emulator.address().to_string();
        let mut stream = connect(emulator)?;
        stream.write_all(&self.bytes(&host, emulator.access_key()))?;
        read_answer(&mut stream)
    }

    pub(crate) fn send(&self, emulator: &Emulator) -> Answer {
        self.try_send(emulator)
            .unwrap_or_else(|error| panic!("{} {}: {error}", self.method, self.target))
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null if it is empty.
    pub(crate) fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The error code of the body.
    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The code of the emulator's own explanation.
    pub(crate) fn explanation(&self) -> String {
        self.json()["error"]["innererror"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

pub(crate) fn connect(emulator: &Emulator) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(emulator.address())?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    Ok(stream)
}

/// Reads until the connection ends.
pub(crate) fn read_answer(stream: &mut impl Read) -> io::Result<Answer> {
    let mut bytes = Vec::new();
    let ended = stream.read_to_end(&mut bytes);
    parse(&bytes).ok_or_else(|| {
        ended.err().unwrap_or_else(|| {
            io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "no complete head was received",
            )
        })
    })
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    let rest = &bytes[end + 4..];
    let mut answer = Answer {
        status,
        headers,
        body: Vec::new(),
        complete: true,
    };
    if answer.header("transfer-encoding") == Some("chunked") {
        (answer.body, answer.complete) = unchunk(rest);
    } else {
        let announced = answer
            .header("content-length")
            .map_or(Some(0), |length| length.parse().ok())?;
        answer.body = rest[..rest.len().min(announced)].to_vec();
        answer.complete = rest.len() == announced;
    }
    Some(answer)
}

fn unchunk(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|window| window == b"\r\n") else {
            return (body, false);
        };
        let size = std::str::from_utf8(&rest[..end])
            .ok()
            .and_then(|text| usize::from_str_radix(text, 16).ok());
        let Some(size) = size else {
            return (body, false);
        };
        rest = &rest[end + 2..];
        if size == 0 {
            return (body, true);
        }
        if rest.len() < size + 2 {
            body.extend_from_slice(rest);
            return (body, false);
        }
        body.extend_from_slice(&rest[..size]);
        rest = &rest[size + 2..];
    }
}

/// What Teams users sign in for before they exchange their token.
pub(crate) const CALLING: &str = "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls \
     https://auth.msft.communication.azure.com/Teams.ManageCalls";
/// What Entra users sign in for before they exchange their token.
pub(crate) const CLIENTS: &str = "https://communication.azure.com/clients/.default";
/// What tokens for managing the resource are asked for with.
pub(crate) const MANAGEMENT: &str = "https://communication.azure.com//.default";

/// Seconds since 1970.
pub(crate) fn unix_now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}

/// A signed token of the standard user with other claims (null removes one) and an expiry so many seconds ahead.
pub(crate) fn entra_token(
    emulator: &Emulator,
    scopes: &str,
    changes: Value,
    expires_in: i64,
) -> String {
    let mut claims = emulator.entra().user_claims(scopes);
    if let Some(tenant) = changes["tid"].as_str() {
        claims["iss"] = format!("{}/{tenant}/", emulator.url()).into();
    }
    claims["exp"] = (unix_now() + expires_in).into();
    let members = claims.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        members.insert(name.clone(), value.clone());
    }
    members.retain(|_, value| !value.is_null());
    emulator.entra().sign(&claims)
}

/// A token with these claims and an expiry so many seconds ahead; nobody signed it.
pub(crate) fn unsigned_token(mut claims: Value, expires_in: i64) -> String {
    claims["exp"] = (unix_now() + expires_in).into();
    let part = |text: String| URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.unsigned",
        part(r#"{"alg":"none"}"#.into()),
        part(claims.to_string())
    )
}

/// An emulator on a thread of its own.
pub(crate) fn emulator() -> Emulator {
    Emulator::builder().spawn().unwrap()
}
