//! What the suites share: a raw socket fake, a signature check of its own, a log catcher, a clock to hold on to.
//!
//! It decides nothing about what is right; the suites do.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up fails by panicking"
)]

mod clock;
mod fake;
mod graph;
mod log;
mod signature;
mod upstream;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use teams_phone::{Client, ClientBuilder, ConnectionString};

pub use clock::HeldClock;
pub use fake::{Fake, Received, Step, answer, json, raw};
pub use graph::{ActingClock, graph_client, graph_client_with};
pub use log::Log;
pub use signature::check_signature;
pub use upstream::{read_json, upstream};

/// The access key of all fakes. Decoded it reads `a key that must not be seen`.
pub const KEY: &str = "YSBrZXkgdGhhdCBtdXN0IG5vdCBiZSBzZWVu";

/// A Teams tenant.
pub const TENANT: &str = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";

/// An object of that tenant.
pub const OBJECT: &str = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111";

/// An application.
pub const APPLICATION: &str = "1bfa671a-dc6b-47f3-8940-45c0f1af0fa6";

/// The time at which held clocks start: Mon, 14 Apr 2025 15:32:25 GMT.
#[must_use]
pub fn start() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_744_644_745)
}

/// The connection string of a server with [`KEY`].
///
/// # Panics
/// If the address cannot be used.
#[must_use]
pub fn connection_string(url: &str) -> ConnectionString {
    format!("endpoint={url}/;accesskey={KEY}")
        .parse()
        .expect("the address of a fake is a valid endpoint")
}

/// A bare HTTP client with the settings of ours, for requests written by hand.
///
/// # Panics
/// If it cannot be built.
#[must_use]
pub fn http_client() -> reqwest::Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the default versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(Duration::from_secs(10))
        .user_agent(concat!("teams-phone/", env!("CARGO_PKG_VERSION")))
        .no_proxy()
        .build()
        .expect("the settings fit together")
}

/// A client of a server with [`KEY`], and the clock it runs by.
#[must_use]
pub fn client(url: &str) -> (Client, HeldClock) {
    client_with(url, |builder| builder)
}

/// The same, with settings of the test's own.
///
/// # Panics
/// If the settings are refused.
#[must_use]
pub fn client_with(
    url: &str,
    configure: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> (Client, HeldClock) {
    let clock = HeldClock::starting(start());
    let builder = Client::builder()
        .connection_string(&connection_string(url))
        .clock(clock.clone());
    let client = configure(builder)
        .build()
        .expect("the settings of the test are accepted");
    (client, clock)
}
