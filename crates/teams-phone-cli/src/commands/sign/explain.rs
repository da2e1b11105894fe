//! Owns the explanation of a signature: which parts were signed, in which order, byte by byte.

use teams_phone::sign::Signed;
use url::{Position, Url};

use crate::output::{BOLD, DIM, rows};

/// What was signed, for people.
pub(super) fn explain(signed: &Signed, method: &str, url: &Url, body_bytes: usize) -> String {
    let body = match body_bytes {
        0 => "no body: the hash of nothing".to_owned(),
        count => format!("SHA-256 of the {count} bytes of the body, base64"),
    };
    let parts = rows([
        ("method", method.to_ascii_uppercase()),
        (
            "path and query",
            url[Position::BeforePath..Position::AfterQuery].to_owned(),
        ),
        ("x-ms-date", signed.date.clone()),
        ("host", signed.host.clone()),
        (
            "content hash",
            format!("{} ({body})", signed.content_sha256),
        ),
    ]);
    let escaped = signed.string_to_sign.replace('\n', "\\n");
    format!(
        "{BOLD}What is signed{BOLD:#}: METHOD \\n path and query \\n date ; host ; content hash\n{parts}\n\
         {BOLD}String to sign{BOLD:#}, line feeds as \\n:\n{escaped}\n\n\
         {BOLD}String to sign{BOLD:#}, as it is:\n{raw}\n\n\
         {DIM}The signature is the base64 of HMAC-SHA256 over it, under the base64-decoded access key. A 401 \
         means that the service saw another method, path, query, date, host or body, or has another key.{DIM:#}\n\n",
        raw = signed.string_to_sign,
    )
}
