//! Owns the port that a browser is sent back to; knows HTTP just well enough, and no OAuth beyond `state`.

use std::collections::VecDeque;
use std::io;
use std::net::Ipv4Addr;

use futures::future::{BoxFuture, Either, select, select_all};
use teams_phone_core::Secret;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// Codes are long, but not that long.
const MAX_REQUEST: usize = 32 * 1024;
/// Browsers open connections ahead of need; of more than this many the oldest is closed.
const MAX_CONNECTIONS: usize = 16;

/// A port of this machine, open until dropped.
pub(super) struct Listener {
    socket: TcpListener,
    port: u16,
}

/// What the sign-in page sent the browser back with.
pub(super) enum Answer {
    Code(Secret),
    Refused { word: String, description: String },
}

impl Listener {
    /// Listens at a random port of the loopback interface.
    pub(super) async fn bind() -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = socket.local_addr()?.port();
        Ok(Self { socket, port })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the one request that has the state; all others are turned away.
    pub(super) async fn receive(&self, state: &Secret) -> io::Result<Answer> {
        let mut open: VecDeque<BoxFuture<'_, Option<Answer>>> = VecDeque::new();
        loop {
            let accept = Box::pin(self.socket.accept());
            let next = if open.is_empty() {
                Either::Left(accept.await?)
            } else {
                match select(accept, select_all(open.iter_mut())).await {
                    Either::Left((accepted, _)) => Either::Left(accepted?),
                    Either::Right(((answer, index, _), _)) => Either::Right((answer, index)),
                }
            };
            match next {
                Either::Left((stream, _)) => {
                    if open.len() >= MAX_CONNECTIONS {
                        open.pop_front();
                    }
                    open.push_back(Box::pin(serve(stream, state)));
                }
                Either::Right((Some(answer), _)) => return Ok(answer),
                Either::Right((None, index)) => drop(open.remove(index)),
            }
        }
    }
}

/// Answers one connection; a broken one is no answer.
async fn serve(mut stream: TcpStream, state: &Secret) -> Option<Answer> {
    let target = read_target(&mut stream).await?;
    let verdict = judge(&target, state);
    let (status, text) = match &verdict {
        // Whether the code is accepted shows later.
        Ok(Answer::Code(_)) => (
            "200 OK",
            "You can close this page and go back to the program.",
        ),
        Ok(Answer::Refused { .. }) => (
            "200 OK",
            "The sign-in did not succeed. The program that asked for it says why. You can close this page.",
        ),
        Err(refusal) => *refusal,
    };
    respond(&mut stream, status, text).await.ok();
    verdict.ok()
}

/// The path and query of a GET.
async fn read_target(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut chunk).await.ok()?;
        if read == 0 || request.len() + read > MAX_REQUEST {
            return None;
        }
        request.extend_from_slice(chunk.get(..read)?);
    }
    let line = request.split(|&byte| byte == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    Some(if method == "GET" {
        target.to_owned()
    } else {
        String::new()
    })
}

fn judge(target: &str, state: &Secret) -> Result<Answer, (&'static str, &'static str)> {
    const UNKNOWN: (&str, &str) = ("404 Not Found", "There is nothing here.");
    let url = Url::parse("http://localhost").and_then(|base| base.join(target));
    let url = url.map_err(|_| UNKNOWN)?;
    if target.is_empty() || url.path() != "/" || url.query().is_none() {
        return Err(UNKNOWN);
    }
    let find = |wanted: &str| {
        let mut pairs = url.query_pairs();
        pairs
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    if find("state").map(Secret::new).as_ref() != Some(state) {
        return Err((
            "400 Bad Request",
            "This answer belongs to another sign-in. Go back to the page that was opened last.",
        ));
    }
    match (find("code"), find("error")) {
        (Some(code), None) => Ok(Answer::Code(Secret::new(code))),
        (_, Some(word)) => Ok(Answer::Refused {
            word,
            description: find("error_description").unwrap_or_default(),
        }),
        (None, None) => Err(("400 Bad Request", "This answer has no code.")),
    }
}

async fn respond(stream: &mut TcpStream, status: &str, text: &str) -> io::Result<()> {
    let page =
        format!("<!doctype html><meta charset=utf-8><title>teams-phone</title><p>{text}</p>\n");
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
         Content-Security-Policy: default-src 'none'\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}
