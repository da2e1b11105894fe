//! Owns the arguments of `sign`.

use std::path::PathBuf;
use std::time::SystemTime;

use clap::{Args, ValueHint};

use super::values;

/// Arguments of `sign`.
///
/// Nothing is sent. With curl: `teams-phone sign --url "$URL" | curl -H @- "$URL"`.
#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    /// HTTP method.
    #[arg(long, short = 'X', value_name = "METHOD", default_value = "GET", value_parser = values::method)]
    pub(crate) method: String,
    /// The whole URL exactly as it will be sent, `api-version` included; it is signed as it is written.
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) url: String,
    /// File with the body exactly as it will be sent; `-` reads standard input. Default: no body.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) body_file: Option<PathBuf>,
    /// Date to sign (`x-ms-date`), such as "Mon, 14 Apr 2025 15:32:25 GMT". Default: now.
    #[arg(long, value_name = "RFC1123", value_parser = values::http_date)]
    pub(crate) date: Option<SystemTime>,
    /// File with the access key (base64); `-` reads standard input. Default: that of the connection string.
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        conflicts_with = "connection_string_file"
    )]
    pub(crate) access_key_file: Option<PathBuf>,
    /// Also tell, on standard error, what was signed.
    #[arg(long)]
    pub(crate) explain: bool,
}
