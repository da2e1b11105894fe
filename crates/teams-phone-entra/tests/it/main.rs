//! The credentials against a fake sign-in service on the loopback interface.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod application;
mod browser;
mod device_code;
mod fake;
