//! Owns reading an answer, bounded in size, and naming what broke when there is none.

use bytes::{Bytes, BytesMut};

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
    let answered = match sent {
        Ok(response) => read(response).await,
        Err(error) => Err(broken(error)),
    };
    answered.map_err(|broken| broken.error)
}

/// Reads an answer to its end.
pub(super) async fn read(mut response: reqwest::Response) -> std::result::Result<Reply, Broken> {
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let too_large = || Broken {
        cause: None,
        error: Error::new(
            ErrorKind::Decode,
            format!("the answer is larger than {MAX_BODY} bytes"),
        )
        .with_status(status.as_u16()),
    };
    let announced = response.content_length().unwrap_or(0);
    if announced > MAX_BODY as u64 {
        return Err(too_large());
    }
    let mut body = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
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
        status,
        headers,
        body,
        wait: None,
        attempts: 0,
        skew: 0,
    })
}

/// Says what a failed exchange means.
pub(super) fn broken(error: reqwest::Error) -> Broken {
    let (cause, kind, message) = if error.is_connect() {
        (
            Cause::Connect,
            ErrorKind::Connect,
            "no connection to the service",
        )
    } else if error.is_timeout() {
        (
            Cause::Timeout,
            ErrorKind::Timeout,
            "the service did not answer in time",
        )
    } else {
        (
            Cause::Lost,
            ErrorKind::Connect,
            "the connection broke before the whole answer came",
        )
    };
    Broken {
        cause: Some(cause),
        error: Error::new(kind, message).with_source(error.without_url()),
    }
}
