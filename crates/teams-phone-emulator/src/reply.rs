//! Owns one answer as plain data and the body type that puts it on the wire.
//! Knows HTTP framing (sized, chunked, cut short), not why an answer was given.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE};
use hyper::body::{Body, Frame, SizeHint};
use serde_json::Value;

/// An answer before the common headers are added.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Payload,
    /// Sends this many body bytes of the announced length, then cuts the connection.
    pub(crate) cut_after: Option<usize>,
}

/// The body and how its length is announced.
#[derive(Debug, Clone)]
pub(crate) enum Payload {
    /// No body.
    Empty,
    /// With `Content-Length`, as the service sends successes.
    Sized(Bytes),
    /// With `Transfer-Encoding: chunked`, as the service sends errors.
    Chunked(Bytes),
}

impl Reply {
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            payload: Payload::Empty,
            cut_after: None,
        }
    }

    /// A success: sized, with the charset the service adds.
    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        let payload = Payload::Sized(body.to_string().into());
        Self {
            payload,
            ..Self::empty(status)
        }
        .with_header(CONTENT_TYPE, "application/json; charset=utf-8")
    }

    /// An error: chunked, without a charset, as the service sends it.
    pub(crate) fn error_json(status: StatusCode, body: &Value) -> Self {
        let payload = Payload::Chunked(body.to_string().into());
        Self {
            payload,
            ..Self::empty(status)
        }
        .with_header(CONTENT_TYPE, "application/json")
    }

    /// Adds or replaces a header; a value that cannot be sent is left out.
    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(crate) fn body(&self) -> &[u8] {
        match &self.payload {
            Payload::Empty => &[],
            Payload::Sized(bytes) | Payload::Chunked(bytes) => bytes,
        }
    }

    /// Replaces the bytes and keeps the framing.
    pub(crate) fn replace_body(&mut self, bytes: Bytes) {
        self.payload = match self.payload {
            Payload::Chunked(_) => Payload::Chunked(bytes),
            Payload::Empty | Payload::Sized(_) => Payload::Sized(bytes),
        };
    }

    pub(crate) fn into_wire_body(self) -> WireBody {
        let (bytes, announced) = match self.payload {
            Payload::Empty => (Bytes::new(), Some(0)),
            Payload::Sized(bytes) => {
                let length = bytes.len();
                (bytes, Some(length))
            }
            Payload::Chunked(bytes) => (bytes, None),
        };
        let next = match self.cut_after {
            None if bytes.is_empty() => Step::Done,
            None => Step::Send {
                bytes,
                then_cut: false,
            },
            Some(kept) => Step::Send {
                bytes: bytes.slice(..kept.min(bytes.len())),
                then_cut: true,
            },
        };
        WireBody { next, announced }
    }
}

/// The body type given to hyper.
#[derive(Debug)]
pub(crate) struct WireBody {
    next: Step,
    announced: Option<usize>,
}

impl WireBody {
    pub(crate) fn empty() -> Self {
        Self {
            next: Step::Done,
            announced: Some(0),
        }
    }
}

#[derive(Debug)]
enum Step {
    Send {
        bytes: Bytes,
        then_cut: bool,
    },
    /// One pause, so that what was sent is flushed before the connection is cut.
    Flush,
    Cut,
    Done,
}

/// The scripted end of a truncated body.
#[derive(Debug)]
pub(crate) struct BodyCut;

impl fmt::Display for BodyCut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body was cut short by a scripted fault")
    }
}

impl std::error::Error for BodyCut {}

impl Body for WireBody {
    type Data = Bytes;
    type Error = BodyCut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyCut>>> {
        match std::mem::replace(&mut self.next, Step::Done) {
            Step::Send { bytes, then_cut } => {
                if then_cut {
                    self.next = Step::Flush;
                }
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Step::Flush => {
                self.next = Step::Cut;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Step::Cut => Poll::Ready(Some(Err(BodyCut))),
            Step::Done => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.next, Step::Done)
    }

    fn size_hint(&self) -> SizeHint {
        self.announced
            .map_or_else(SizeHint::new, |length| SizeHint::with_exact(length as u64))
    }
}
