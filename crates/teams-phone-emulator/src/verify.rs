//! Owns the check of an HMAC-signed request: header form, body hash, date window, signature.
//! Refuses to know operations and state; the reasons it gives never contain the key or the signature it computed.

mod explain;
mod header;
#[cfg(test)]
mod tests;

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;

use crate::{
    access_key::{AccessKey, content_hash},
    clock,
    failure::Failure,
    request::Received,
};

use header::{Authorization, DateHeader};

/// How far a request's date may be from the emulator's clock, either way. The service's own window is not documented;
/// fifteen minutes is what its sibling services state.
pub(crate) const DATE_WINDOW: SignedDuration = SignedDuration::from_mins(15);

const CONTENT_HASH: &str = "x-ms-content-sha256";

/// Checks a request that carries an `HMAC-SHA256` authorization.
pub(crate) fn check(request: &Received, key: &AccessKey, now: Timestamp) -> Result<(), Failure> {
    let authorization = Authorization::parse(request)?;
    let date = authorization.date_header()?;
    let sent_date = required_header(request, date.name())?;
    let host = required_header(request, "host")?;
    let sent_hash = required_header(request, CONTENT_HASH)?;

    let facts = Facts {
        request,
        date: sent_date,
        host,
        hash: content_hash(&request.body),
        order: &authorization,
    };
    let string_to_sign = facts.string_to_sign();
    let refuse = |failure: Failure| failure.with_detail("StringToSign", string_to_sign.clone());

    if sent_hash != facts.hash {
        return Err(refuse(body_differs(request, &facts, sent_hash, key)));
    }
    check_date(sent_date, date, now).map_err(refuse)?;
    let expected = STANDARD.encode(key.sign(&string_to_sign));
    if bool::from(
        expected
            .as_bytes()
            .ct_eq(authorization.signature.as_bytes()),
    ) {
        return Ok(());
    }
    Err(refuse(explain::signature(&facts, key)))
}

/// What the emulator signs, taken from the bytes on the wire.
pub(crate) struct Facts<'a> {
    request: &'a Received,
    date: &'a str,
    host: &'a str,
    hash: String,
    order: &'a Authorization,
}

impl Facts<'_> {
    fn string_to_sign(&self) -> String {
        let method = self.request.method.as_str().to_ascii_uppercase();
        self.string_for(
            &method,
            &self.request.target,
            self.host,
            "\n",
            &self.order.signed,
        )
    }

    /// The string to sign with other parts, for explaining a mismatch.
    fn string_for(
        &self,
        method: &str,
        target: &str,
        host: &str,
        newline: &str,
        order: &[String],
    ) -> String {
        let values: Vec<&str> = order
            .iter()
            .map(|name| match name.as_str() {
                "host" => host,
                CONTENT_HASH => self.hash.as_str(),
                "date" | "x-ms-date" => self.date,
                other => self.request.header(other).unwrap_or_default(),
            })
            .collect();
        [method, target, &values.join(";")].join(newline)
    }
}

fn required_header<'a>(request: &'a Received, name: &str) -> Result<&'a str, Failure> {
    request.header(name).ok_or_else(|| {
        Failure::denied(format!(
            "Request header '{name}' is named in SignedHeaders but was not sent."
        ))
        .explained(
            "SignedHeaderMissing",
            format!("send `{name}`, or do not sign it"),
        )
    })
}

fn body_differs(
    request: &Received,
    facts: &Facts<'_>,
    sent_hash: &str,
    key: &AccessKey,
) -> Failure {
    let signed = facts.string_to_sign().replace(&facts.hash, sent_hash);
    let signature = STANDARD.encode(key.sign(&signed));
    let rest = if bool::from(signature.as_bytes().ct_eq(facts.order.signature.as_bytes())) {
        "the signature fits the hash that was sent, so key, date, host and path are right"
    } else {
        "the signature does not fit the hash that was sent either"
    };
    let why = format!(
        "{CONTENT_HASH} must be the base64 of the SHA-256 of the {} body bytes as received; {rest}",
        request.body.len()
    );
    Failure::denied("Request 'x-ms-content-sha256' differs from generated content hash.")
        .explained("BodyHashDiffers", why)
        .with_detail("ReceivedContentHash", sent_hash)
        .with_detail("GeneratedContentHash", facts.hash.clone())
}

fn check_date(text: &str, header: DateHeader, now: Timestamp) -> Result<(), Failure> {
    let name = header.name();
    let Some(date) = clock::parse_http_date(text) else {
        let why = format!("`{text}` is not a date such as `{}`", clock::http_date(now));
        return Err(
            Failure::denied(format!("Request '{name}' is not a valid HTTP date."))
                .explained("DateUnreadable", why),
        );
    };
    let skew = date.duration_since(now);
    if skew.abs() <= DATE_WINDOW {
        return Ok(());
    }
    let direction = if skew.is_negative() {
        "behind"
    } else {
        "ahead of"
    };
    let why = format!(
        "the request's clock is {} s {direction} the server's; at most {} s are allowed",
        skew.abs().as_secs(),
        DATE_WINDOW.as_secs()
    );
    Err(Failure::denied(format!(
        "Request '{name}' is outside the allowed time window."
    ))
    .explained("DateOutsideWindow", why)
    .with_detail("ReceivedDate", text)
    .with_detail("ServerDate", clock::http_date(now)))
}
