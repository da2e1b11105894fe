//! Tests of the generated clients over a socket and of the generated types.
//!
//! They need the default feature; each other one adds the examples of its version.
#![cfg(feature = "v2025-03-02-preview")]

#[cfg(test)]
mod examples;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod types;
#[cfg(test)]
mod wire;
