//! What goes over the wire and what comes of what comes back: the exact bytes, and every way in which an answer can be odd.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod calls;
mod failures;
mod flows;
mod limits;
mod requests;
mod retries;
mod routes;
mod secrets;
mod servers;
mod signatures;
