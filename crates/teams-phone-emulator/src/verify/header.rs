//! Owns the `Authorization: HMAC-SHA256 SignedHeaders=..&Signature=..` header and which headers it must name.
//! Refuses to check the signature itself.

use crate::{failure::Failure, request::Received};

use super::CONTENT_HASH;

const SCHEME: &str = "HMAC-SHA256";
const SHAPE: &str =
    "the form is `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=<base64>`";

/// A parsed authorization.
#[derive(Debug)]
pub(crate) struct Authorization {
    /// Lower-case header names in the order in which their values are signed.
    pub(crate) signed: Vec<String>,
    pub(crate) signature: String,
}

/// The header that carries the signed date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateHeader {
    XMsDate,
    Date,
}

impl DateHeader {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::XMsDate => "x-ms-date",
            Self::Date => "date",
        }
    }
}

impl Authorization {
    pub(crate) fn parse(request: &Received) -> Result<Self, Failure> {
        let text = request.header("authorization").unwrap_or_default();
        let parameters = text
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME))
            .map(|(_, parameters)| parameters.trim())
            .ok_or_else(|| malformed("the scheme is not HMAC-SHA256"))?;
        let (mut signed, mut signature) = (None, None);
        for part in parameters.split('&') {
            match part.split_once('=') {
                Some(("SignedHeaders", names)) => signed = Some(names.to_ascii_lowercase()),
                Some(("Signature", value)) => signature = Some(value.to_owned()),
                Some(("Credential", _)) => {
                    return Err(malformed(
                        "`Credential` belongs to App Configuration's scheme, not to this service's",
                    ));
                }
                _ => {
                    return Err(malformed(
                        "a part is neither `SignedHeaders` nor `Signature`",
                    ));
                }
            }
        }
        let signed = signed.ok_or_else(|| malformed("`SignedHeaders` is missing"))?;
        let signature = signature.ok_or_else(|| malformed("`Signature` is missing"))?;
        Self {
            signed: signed.split(';').map(str::to_owned).collect(),
            signature,
        }
        .with_needed_headers()
    }

    /// The one date header that is signed; `x-ms-date` wins when both are.
    pub(crate) fn date_header(&self) -> Result<DateHeader, Failure> {
        [DateHeader::XMsDate, DateHeader::Date]
            .into_iter()
            .find(|header| self.names(header.name()))
            .ok_or_else(|| unsigned("x-ms-date"))
    }

    fn with_needed_headers(self) -> Result<Self, Failure> {
        match ["host", CONTENT_HASH]
            .into_iter()
            .find(|name| !self.names(name))
        {
            Some(missing) => Err(unsigned(missing)),
            None => Ok(self),
        }
    }

    fn names(&self, header: &str) -> bool {
        self.signed.iter().any(|name| name == header)
    }
}

fn malformed(why: &str) -> Failure {
    Failure::denied("Request 'Authorization' is not a valid HMAC-SHA256 authorization.")
        .explained("AuthorizationMalformed", format!("{why}; {SHAPE}"))
}

fn unsigned(name: &str) -> Failure {
    Failure::denied(format!("Request header '{name}' must be signed.")).explained(
        "SignedHeaderMissing",
        format!("add `{name}` to SignedHeaders; {SHAPE}"),
    )
}
