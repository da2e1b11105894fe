//! Owns reading an answer, bounded in size, and naming what broke when there is none.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;

use super::Reply;
use crate::retry::Cause;
use crate::{Error, ErrorKind};

/// An answer larger than this is refused.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// A failure that left no answer.
pub(super) struct Broken {
    pub(super) cause: Option<Cause>,
    pub(super) error: Error,
}

/// Reads the answer to a request that was sent outside of the pipeline.
pub(crate) async fn read_response(
    sent: std::result::Result<reqwest::Response, reqwest::Error>,
) -> crate::Result<Reply> {
    let broken = |why: reqwest::Error| {
        let cause = if why.is_connect() {
            Cause::Connect
        } else if why.is_timeout() {
            Cause::Timeout
        } else {
            Cause::Lost
        };
        broken(cause).because(why.without_url())
    };
    let answered = match sent {
        Ok(response) => read(response.into(), broken).await,
        Err(why) => Err(broken(why)),
    };
    answered.map_err(|broken| broken.error)
}

/// Reads an answer to its end.
pub(super) async fn read<B>(
    response: http::Response<B>,
    broken: impl FnOnce(B::Error) -> Broken,
) -> std::result::Result<Reply, Broken>
where
    B: http_body::Body<Data = Bytes> + Unpin,
{
    let (head, mut stream) = response.into_parts();
    let too_large = || Broken {
        cause: None,
        error: Error::new(
            ErrorKind::Decode,
            format!("the answer is larger than {MAX_BODY} bytes"),
        )
        .with_status(head.status.as_u16()),
    };
    if stream.size_hint().lower() > MAX_BODY as u64 {
        return Err(too_large());
    }
    let mut body = Bytes::new();
    let mut joined = BytesMut::new();
    while !stream.is_end_stream() {
        let chunk = match stream.frame().await {
            None => break,
            Some(Err(why)) => return Err(broken(why)),
            // Trailers are nobody's.
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
        };
        if body.len() + joined.len() + chunk.len() > MAX_BODY {
            return Err(too_large());
        }
        if body.is_empty() && joined.is_empty() {
            body = chunk;
        } else {
            joined.extend_from_slice(&std::mem::take(&mut body));
            joined.extend_from_slice(&chunk);
        }
    }
    if !joined.is_empty() {
        body = joined.freeze();
    }
    Ok(Reply {
        status: head.status,
        headers: head.headers,
        body,
        wait: None,
        attempts: 0,
        skew: 0,
    })
}

/// Says what a failed exchange means.
pub(super) fn unsent(why: hyper_util::client::legacy::Error) -> Broken {
    let cause = if why.is_connect() {
        Cause::Connect
    } else {
        ended(&why)
    };
    broken(cause).because(why)
}

/// Says what an answer that ends too early means.
pub(super) fn cut(why: impl std::error::Error + Send + Sync + 'static) -> Broken {
    broken(ended(&why)).because(why)
}

/// Tells a connection that fell silent from one that was closed.
fn ended(why: &(dyn std::error::Error + 'static)) -> Cause {
    let mut sources = std::iter::successors(Some(why), |why| why.source());
    let silent = sources.any(|why| {
        let io = why.downcast_ref::<std::io::Error>();
        io.is_some_and(|io| io.kind() == std::io::ErrorKind::TimedOut)
    });
    if silent { Cause::Timeout } else { Cause::Lost }
}

/// A failure of which the cause is known.
pub(super) fn broken(cause: Cause) -> Broken {
    let (kind, message) = match cause {
        Cause::Connect => (ErrorKind::Connect, "no connection to the service"),
        Cause::Timeout => (ErrorKind::Timeout, "the service did not answer in time"),
        Cause::Lost | Cause::Status(..) => (
            ErrorKind::Connect,
            "the connection broke before the whole answer came",
        ),
    };
    Broken {
        cause: Some(cause),
        error: Error::new(kind, message),
    }
}

impl Broken {
    fn because(self, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            cause: self.cause,
            error: self.error.with_source(why),
        }
    }
}
