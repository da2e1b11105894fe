//! Tests of the generated clients over a socket, against published samples, and of the generated types.
//!
//! They need both versions, as the default features give them.
#![cfg(all(feature = "beta", feature = "v1.0"))]

#[cfg(test)]
mod call;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod types;
#[cfg(test)]
mod wire;
