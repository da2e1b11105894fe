//! What the real service said, said again: to our client, which must understand it, and by our emulator, which must say
//! the same. The data is not part of this repository; without it each test says so and passes.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod calls;
mod emulator;
mod examples;
mod recorded;
mod recordings;
mod same;
