//! Runs the real command against an emulator in this process: exit code, standard output, standard error.

mod assignment;
mod connection;
mod demo;
mod emulator;
mod failures;
mod identity;
mod shell;
mod sign;
mod support;
mod token;
