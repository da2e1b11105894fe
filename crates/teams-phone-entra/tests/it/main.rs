//! The credentials against a fake sign-in service on the loopback interface.
#![cfg(all(feature = "interactive", feature = "azure-identity"))]

mod application;
mod browser;
mod device_code;
mod fake;
