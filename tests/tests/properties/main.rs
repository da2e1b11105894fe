//! What holds for every input that looks right and is not, or looks wrong and is: error bodies, page links, rows.
//!
//! The invariants are those of the fuzz targets; the inputs here come near enough to get past the first check.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod anything;
mod error_bodies;
mod page_links;
mod rows;

#[path = "../../fuzz/src/lib.rs"]
pub mod invariants;
