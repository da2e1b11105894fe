//! Owns `sign`: signs a request that somebody else will send, and shows what was signed.

mod explain;
mod url;

use std::path::Path;
use std::time::SystemTime;

use serde::Serialize;
use serde_json::{Map, Value};
use teams_phone::AccessKey;
use teams_phone::sign::{self, Signed};

use crate::args::{ConnectionArgs, SignArgs};
use crate::connection;
use crate::failure::Failure;
use crate::files;
use crate::output::{self, Printer, Report};

const KEY_OPTION: &str = "--access-key-file";

/// Signs, prints, sends nothing.
pub(super) fn run(
    args: &SignArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let target = url::on_the_wire(&args.url).map_err(Failure::usage)?;
    let reads_key = args.access_key_file.as_deref();
    let reads_key = reads_key.or(connection.connection_string_file.as_deref());
    let from_stdin = |path: Option<&Path>| path.is_some_and(files::is_stdin);
    if from_stdin(reads_key) && from_stdin(args.body_file.as_deref()) {
        return Err(Failure::usage(
            "key and body cannot both come from standard input; put one of them into a file",
        ));
    }
    let key = access_key(args, connection, target.authority(), printer)?;
    let body = match &args.body_file {
        Some(path) => files::read_bytes(path, "--body-file")?,
        None => Vec::new(),
    };
    let at = args.date.unwrap_or_else(SystemTime::now);
    let signed = sign::sign(&key, &args.method, &target, &body, at);
    if args.explain && !printer.is_json() {
        output::talk(&explain::explain(
            &signed,
            &args.method,
            &target,
            body.len(),
        ));
    }
    printer.show(&SignedRequest::new(args, &signed))
}

fn access_key(
    args: &SignArgs,
    connection: &ConnectionArgs,
    authority: &str,
    printer: Printer,
) -> Result<AccessKey, Failure> {
    if let Some(path) = &args.access_key_file {
        let text = files::read_secret(path, KEY_OPTION)?;
        return AccessKey::from_base64(text.expose()).map_err(|error| {
            let failure = Failure::usage(format!("{KEY_OPTION}: {}", error.message()));
            if text.expose().contains(';') {
                return failure
                    .with_hint("it looks like a connection string: use --connection-string-file");
            }
            failure
        });
    }
    let connection_string = connection::connection_string(connection)?;
    let endpoint = connection_string.endpoint();
    if endpoint.authority() != authority {
        printer.warn(&format!(
            "the URL is of {authority}, the connection string of {}: the service will answer 401 unless both are the same resource",
            endpoint.authority()
        ));
    }
    Ok(connection_string.access_key().clone())
}

#[derive(Serialize)]
struct SignedRequest {
    method: String,
    url: String,
    headers: Map<String, Value>,
    string_to_sign: String,
    content_sha256: String,
    signature: String,
}

impl SignedRequest {
    fn new(args: &SignArgs, signed: &Signed) -> Self {
        let headers = [
            ("Host", &signed.host),
            ("x-ms-date", &signed.date),
            ("x-ms-content-sha256", &signed.content_sha256),
            ("Authorization", &signed.authorization),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), Value::from(value.as_str())));
        Self {
            method: args.method.to_ascii_uppercase(),
            url: args.url.clone(),
            headers: headers.into_iter().collect(),
            string_to_sign: signed.string_to_sign.clone(),
            content_sha256: signed.content_sha256.clone(),
            signature: signed.signature.clone(),
        }
    }
}

impl Report for SignedRequest {
    fn human(&self) -> String {
        let header = |name: &str| {
            self.headers
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        ["Host", "x-ms-date", "x-ms-content-sha256", "Authorization"]
            .iter()
            .map(|name| format!("{name}: {}\n", header(name)))
            .collect()
    }
}
