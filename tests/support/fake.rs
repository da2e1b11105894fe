//! Owns a server that answers with scripted bytes and keeps the bytes it got; it understands no operation.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What the fake does with one request.
#[derive(Clone, Debug)]
pub enum Step {
    /// Sends these bytes; ends the connection if they announce it, or if they are not a whole answer.
    Send(Vec<u8>),
    /// Ends the connection without a word.
    Close,
    /// Says nothing until the client leaves.
    Hang,
}

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub struct Received {
    /// The method.
    pub method: String,
    /// Path and query, not decoded.
    pub target: String,
    /// The headers in order, names as sent.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// The only header of this name, in any case; `None` if there is none.
    ///
    /// # Panics
    /// If it was sent more than once.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self
            .headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name));
        let (_, value) = values.next()?;
        assert!(values.next().is_none(), "{name} was sent more than once");
        Some(value)
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Path without the query, not decoded.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The API version in the query.
    #[must_use]
    pub fn version(&self) -> &str {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .find(|(name, _)| *name == "api-version")
            .map_or("", |(_, version)| version)
    }
}

/// A whole answer that ends its connection.
#[must_use]
pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Step {
    let mut head = format!(
        "HTTP/1.1 {status} Scripted\r\nContent-Length: {}\r\nConnection: close\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    Step::Send(format!("{head}\r\n{body}").into_bytes())
}

/// A JSON answer that ends its connection.
#[must_use]
pub fn json(status: u16, body: &str) -> Step {
    answer(
        status,
        &[("Content-Type", "application/json; charset=utf-8")],
        body,
    )
}

/// These bytes and nothing else.
#[must_use]
pub fn raw(bytes: &str) -> Step {
    Step::Send(bytes.as_bytes().to_vec())
}

/// A scripted server on a port of its own; dropping it stops it.
#[derive(Debug)]
pub struct Fake {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    script: Mutex<VecDeque<Step>>,
    /// What is done once the script is over.
    rest: Option<Step>,
    seen: Mutex<Vec<Received>>,
    connections: Mutex<usize>,
    stopped: AtomicBool,
}

impl Fake {
    /// Does one step per request; a request after the last step is answered 418, which no client repeats.
    #[must_use]
    pub fn script(steps: impl IntoIterator<Item = Step>) -> Self {
        Self::start(steps.into_iter().collect(), None)
    }

    /// Does the same with every request.
    #[must_use]
    pub fn always(step: Step) -> Self {
        Self::start(VecDeque::new(), Some(step))
    }

    fn start(script: VecDeque<Step>, rest: Option<Step>) -> Self {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::new(Shared {
            script: Mutex::new(script),
            rest,
            ..Shared::default()
        });
        let serving = Arc::clone(&shared);
        thread::spawn(move || accept(&listener, &serving));
        Self { address, shared }
    }

    /// The address, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Host and port.
    #[must_use]
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// The requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        lock(&self.shared.seen).clone()
    }

    /// The only request.
    ///
    /// # Panics
    /// If there was none, or more than one.
    #[must_use]
    pub fn request(&self) -> Received {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:#?}");
        requests.remove(0)
    }

    /// How many connections were made.
    #[must_use]
    pub fn connections(&self) -> usize {
        *lock(&self.shared.connections)
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts; that it is gone already is fine.
        let _ = TcpStream::connect(self.address);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming().map_while(Result::ok) {
        if shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        *lock(&shared.connections) += 1;
        let shared = Arc::clone(shared);
        thread::spawn(move || serve(stream, &shared));
    }
}

fn serve(stream: TcpStream, shared: &Shared) {
    let Ok(mut writer) = stream.try_clone() else {
        return;
    };
    let mut reader = BufReader::new(stream);
    while let Some(request) = receive(&mut reader) {
        lock(&shared.seen).push(request);
        let next = lock(&shared.script).pop_front();
        let over = || answer(418, &[], "the script is over");
        match next.or_else(|| shared.rest.clone()).unwrap_or_else(over) {
            Step::Send(bytes) => {
                if writer.write_all(&bytes).is_err() || !stays_open(&bytes) {
                    return;
                }
            }
            Step::Close => return,
            Step::Hang => {
                let mut rest = Vec::new();
                let _ = reader.read_to_end(&mut rest);
                return;
            }
        }
    }
}

/// Whether the bytes are a whole answer after which another request may come.
fn stays_open(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, _)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let body = bytes.len() - head.len() - 4;
    let head = head.to_ascii_lowercase();
    let announced = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.parse().ok());
    !head.contains("connection: close") && announced == Some(body)
}

fn receive(reader: &mut BufReader<TcpStream>) -> Option<Received> {
    let line = line(reader)?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let line = self::line(reader)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':')?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Received {
        method,
        target,
        headers,
        body,
    })
}

fn line(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut bytes = Vec::new();
    let read = reader.read_until(b'\n', &mut bytes).ok()?;
    let line = String::from_utf8_lossy(&bytes);
    (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}
