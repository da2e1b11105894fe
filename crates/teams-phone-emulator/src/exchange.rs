//! Owns the way of one HTTP request to its response: body, faults, answer, log, common headers.
//! Refuses to know what operations do and how connections are accepted.

use std::{future::poll_fn, net::SocketAddr, pin::Pin, time::Instant};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::body::{Body, Incoming};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    admin,
    call::{self, Context},
    failure::Failure,
    faults::{self, Fault, Verdict},
    graph,
    oauth::{self, Authority},
    operation::OperationName,
    reply::{Payload, Reply, WireBody},
    request::Received,
    shared::Shared,
};

/// The connection is to end without an answer.
#[derive(Debug)]
pub(crate) struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection was dropped by a scripted fault")
    }
}

impl std::error::Error for Dropped {}

/// Answers one request.
pub(crate) async fn serve(
    shared: &Shared,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<WireBody>, Dropped> {
    let started = Instant::now();
    let (head, incoming) = request.into_parts();
    let target = head
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str())
        .to_owned();
    let mut received = Received {
        method: head.method,
        target,
        headers: head.headers,
        body: Bytes::new(),
        peer,
    };
    let (reply, changes) = match read_body(incoming, shared).await {
        Err(failure) => {
            let reply = failure
                .into_reply()
                .with_header(header::CONNECTION, "close");
            (reply, None)
        }
        Ok(body) => {
            received.body = body;
            if admin::owns(received.path()) {
                (admin::answer(&received, shared), None)
            } else {
                answer(shared, &received).await?
            }
        }
    };
    let mut response = into_response(reply, &received, shared, started);
    for (name, value) in changes.iter().flat_map(Fault::header_changes) {
        match value {
            Some(value) => response.headers_mut().insert(name, value),
            None => response.headers_mut().remove(name),
        };
    }
    Ok(response)
}

/// Runs a service request through the fault that meets it, and notes it.
async fn answer(shared: &Shared, received: &Received) -> Result<(Reply, Option<Fault>), Dropped> {
    let operation = call::operation_of(received);
    let met = shared.rules.get().take(received, operation);
    let number = met.as_ref().map(|(number, _)| *number);
    let fault = met.map(|(_, fault)| fault);
    if let Some(fault) = &fault
        && !fault.wait().is_zero()
    {
        tokio::time::sleep(fault.wait()).await;
    }
    let now = shared.clock.now();
    let reply = match fault
        .as_ref()
        .map_or(Verdict::Process, |fault| faults::intercept(fault, now))
    {
        Verdict::Drop => None,
        Verdict::Answer(reply) => Some(scripted(reply, received, now)),
        Verdict::Process => {
            let reply = process(shared, received, now);
            match &fault {
                None => Some(reply),
                Some(fault) if fault.is_answer() => {
                    faults::finish(fault, reply, now).map(|reply| scripted(reply, received, now))
                }
                Some(fault) => faults::finish(fault, reply, now),
            }
        }
    };
    note(shared, received, operation, reply.as_ref(), number);
    reply.map(|reply| (reply, fault)).ok_or(Dropped)
}

/// A scripted answer in the shape of the API that was asked.
fn scripted(reply: Reply, received: &Received, now: Timestamp) -> Reply {
    if !graph::owns(received.path()) {
        return reply;
    }
    // Bodies of a script's own are sized; the emulator's errors are not.
    let is_generic = matches!(reply.payload, Payload::Chunked(_));
    graph::dress(reply, received, now, is_generic)
}

fn process(shared: &Shared, received: &Received, now: Timestamp) -> Reply {
    let settings = shared.settings.get().clone();
    let scheme = if shared.tls { "https" } else { "http" };
    let origin = format!(
        "{scheme}://{}",
        received.header("host").unwrap_or("localhost")
    );
    let mut state = shared.state.get();
    if oauth::owns(received.path()) {
        let mut authority = Authority {
            directory: &state.directory,
            grants: &mut shared.grants.get(),
            settings: &settings,
            signer: shared.signer,
            standard_secret: &shared.client_secret,
            now,
            origin,
        };
        return oauth::answer(received, &mut authority);
    }
    let before = state.revision;
    let mut context = Context {
        state: &mut state,
        settings: &settings,
        key: &shared.key,
        minter: &shared.minter,
        signer: shared.signer,
        now,
        origin,
    };
    let reply = if graph::owns(received.path()) {
        graph::answer(received, &mut context)
    } else {
        call::answer(received, &mut context)
    };
    if state.revision != before {
        shared.changed.notify_one();
    }
    reply
}

fn note(
    shared: &Shared,
    received: &Received,
    operation: Option<OperationName>,
    reply: Option<&Reply>,
    fault: Option<u64>,
) {
    let status = reply.map(|reply| reply.status.as_u16());
    shared.log.get().note(received, operation, status, fault);
}

/// Reads the whole body within the bounds.
async fn read_body(mut incoming: Incoming, shared: &Shared) -> Result<Bytes, Failure> {
    let limit = shared.limits.body;
    let too_large = || {
        let message = format!("The request body is larger than {limit} bytes.");
        Failure::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestBodyTooLarge",
            message,
        )
    };
    if incoming.size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    let read = async {
        let mut body = BytesMut::new();
        while let Some(frame) = poll_fn(|context| Pin::new(&mut incoming).poll_frame(context)).await
        {
            let frame = frame.map_err(|error| {
                let message = format!("The request body could not be read: {error}.");
                Failure::new(StatusCode::BAD_REQUEST, "RequestBodyUnreadable", message)
            })?;
            if let Ok(data) = frame.into_data() {
                if body.len() + data.len() > limit {
                    return Err(too_large());
                }
                body.extend_from_slice(&data);
            }
        }
        Ok(body.freeze())
    };
    tokio::time::timeout(shared.limits.read, read)
        .await
        .unwrap_or_else(|_| {
            let message = "The request body did not arrive in time.";
            Err(Failure::new(
                StatusCode::REQUEST_TIMEOUT,
                "RequestTimeout",
                message,
            ))
        })
}

/// The headers that every answer of Communication Services has, as recorded.
fn add_service_headers(add: &mut impl FnMut(&'static str, String), started: Instant) {
    let vector = STANDARD_NO_PAD.encode(Uuid::new_v4().as_bytes());
    add("ms-cv", format!("{vector}.0"));
    add("request-context", "appId=".to_owned());
    add("x-azure-ref", Uuid::new_v4().simple().to_string());
    add("x-cache", "CONFIG_NOCACHE".to_owned());
    let elapsed = started.elapsed().as_millis();
    add("x-processing-time", format!("{elapsed}ms"));
}

/// Adds the headers every answer has and frames the body.
fn into_response(
    mut reply: Reply,
    received: &Received,
    shared: &Shared,
    started: Instant,
) -> Response<WireBody> {
    let is_graph = graph::owns(received.path());
    let headers = &mut reply.headers;
    let mut add = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    add("date", crate::clock::http_date(shared.clock.now()));
    if is_graph {
        add("cache-control", "no-cache".to_owned());
    } else {
        add_service_headers(&mut add, started);
    }
    if shared.tls {
        add(
            "strict-transport-security",
            "max-age=31536000;includeSubDomains".to_owned(),
        );
    }
    if !is_graph && received.method == Method::GET && reply.status == StatusCode::OK {
        add("accept-ranges", "bytes".to_owned());
    }
    if let Some(id) = received.headers.get("x-ms-client-request-id") {
        headers.insert(
            HeaderName::from_static("x-ms-client-request-id"),
            id.clone(),
        );
    }
    let mut response = Response::new(WireBody::empty());
    *response.status_mut() = reply.status;
    *response.headers_mut() = std::mem::take(&mut reply.headers);
    *response.body_mut() = reply.into_wire_body();
    response
}
