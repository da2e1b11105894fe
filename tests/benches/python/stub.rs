//! Owns a server with one operation, issuing a token, whose answer is always the same. It asks for the headers of a
//! signed request but does not check what is in them, so that it costs little beside what is measured.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io::Read as _;
use std::pin::Pin;

use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

/// The length of a token of the service, about.
const TOKEN: usize = 920;

/// What a signed request has.
const SIGNED: [&str; 3] = ["authorization", "x-ms-content-sha256", "x-ms-date"];

/// Serves on one thread, prints the address, and ends with its input.
pub(crate) fn serve_until_input_ends() {
    println!("{}", in_background());
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// Serves on a thread that lives as long as the process; returns the address.
pub(crate) fn in_background() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .unwrap();
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)));
    let listener = listener.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || runtime.block_on(accept(listener)));
    url
}

async fn accept(listener: TcpListener) {
    let token = "t".repeat(TOKEN);
    let answer = format!(r#"{{"token":"{token}","expiresOn":"2035-04-15T15:32:25.728013+00:00"}}"#);
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        tokio::spawn(converse(stream, answer.clone()));
    }
}

/// A connection that breaks off concerns its client only.
async fn converse(stream: TcpStream, answer: String) {
    let service = service_fn(|request| reply(request, &answer));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let _ = connection.await;
}

async fn reply(
    mut request: Request<Incoming>,
    answer: &str,
) -> Result<Response<String>, Infallible> {
    let mut length = 0;
    let body = request.body_mut();
    while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
        length += frame.data_ref().map_or(0, |data| data.len());
    }
    let known = request.method() == Method::POST
        && request.uri().path().ends_with("/:issueAccessToken")
        && length > 0;
    let signed = SIGNED
        .iter()
        .all(|name| request.headers().contains_key(*name));
    let (status, body) = match (known, signed) {
        (true, true) => (200, answer),
        (true, false) => (401, r#"{"error":{"code":"Denied","message":"not signed"}}"#),
        (false, _) => (
            404,
            r#"{"error":{"code":"NotFound","message":"no such call"}}"#,
        ),
    };
    let response = Response::builder()
        .status(status)
        .header("content-type", "application/json; charset=utf-8")
        .header("ms-cv", "1bZf2jh/g0SLs1VZZKD9UQ.0")
        .header("request-context", "appId=")
        .header(
            "api-supported-versions",
            "2022-10-01, 2023-10-01, 2025-06-30",
        )
        .header("x-processing-time", "12ms")
        .body(body.to_owned());
    Ok(response.unwrap())
}
