//! What the calls of `GraphClient` do: the contract with whoever answers, every sample of the documentation, and what
//! comes of orders whose answers get lost.
//!
//! A live tenant is named by `TEAMS_PHONE_LIVE_GRAPH_TOKEN`, `.._GRAPH_NUMBER`, `.._GRAPH_ACCOUNT`, `.._GRAPH_USER` and
//! `.._GRAPH_SKU`. The suite assigns that number, which has to be free, to that resource account and takes it back, and
//! gives the user a licence of that product.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod assured;
mod bodies;
mod contract;
mod faults;
mod licences;
mod moving;
mod orders;
mod paging;
mod polls;
mod refusals;
mod samples;
mod sent;
mod target;
