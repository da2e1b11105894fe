//! Owns the tests that talk to a running emulator over a socket, with a client of their own.
//! Refuse to use any client crate of this workspace.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of a test fail it by panicking"
)]

mod admin;
mod bearer;
mod client;
mod faults;
mod graph;
mod lifecycle;
mod limits;
mod oauth;
mod paging;
mod recordings;
mod refusals;
mod schemas;
mod snapshots;
mod tls;
mod upstream;
