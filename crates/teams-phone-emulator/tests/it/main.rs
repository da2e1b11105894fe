//! Owns the tests that talk to a running emulator over a socket, with a client of their own.
//! Refuse to use any client crate of this workspace.

mod admin;
mod client;
mod faults;
mod lifecycle;
mod limits;
mod paging;
mod recordings;
mod refusals;
mod schemas;
mod snapshots;
mod tls;
mod upstream;
