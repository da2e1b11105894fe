//! Runs the real command against an emulator in this process: exit code, standard output, standard error.
//!
//! The modules say `cfg(test)` because that is how the lints know helpers of tests from other code.

#[cfg(test)]
mod apply;
#[cfg(test)]
mod assignment;
#[cfg(test)]
mod auth;
#[cfg(test)]
mod connection;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod directory;
#[cfg(test)]
mod emulator;
#[cfg(test)]
mod entra_assignment;
#[cfg(test)]
mod exchange;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod graph;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod number;
#[cfg(test)]
mod order;
#[cfg(test)]
mod shell;
#[cfg(test)]
mod sign;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod support;
#[cfg(test)]
mod token;
