//! Owns the arguments of `emulator` and `demo`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// The port that `emulator` listens on and `demo` speaks of.
pub(crate) const DEFAULT_PORT: u16 = 8989;

/// Arguments of `emulator`.
#[derive(Debug, Args)]
pub(crate) struct EmulatorArgs {
    /// Address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(crate) host: String,
    /// Port to listen on; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = DEFAULT_PORT)]
    pub(crate) port: u16,
    /// File with the access key (base64) to accept. Default: a public key for development, always the same.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) access_key_file: Option<PathBuf>,
    /// File that keeps the state: read at start if it is there, written on change and at the end.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) snapshot: Option<PathBuf>,
    /// File (JSON) with the Teams tenant that Microsoft Graph shows: resource accounts, users, numbers and
    /// licences; or `demo` for a small one. May be given again. Default: an empty tenant.
    #[arg(long, value_name = "FILE|demo", value_hint = ValueHint::FilePath)]
    pub(crate) graph_tenant: Vec<PathBuf>,
    /// Speak https, with a certificate of an authority made at start; --ca-file says where to write the
    /// authority's certificate, for clients to trust. Default: a temporary file, whose path is printed.
    #[arg(long)]
    pub(crate) tls: bool,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Keep the emulator running afterwards, until Ctrl-C.
    #[arg(long)]
    pub(crate) keep: bool,
    /// Port of the emulator; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(crate) port: u16,
}
