//! An emulator of the Azure Communication Services identity and Teams Phone access APIs. Owns the crate's public face.
//! Refuses to share code with any client: it verifies what clients send instead of agreeing with them.

mod access;
mod access_key;
mod admin;
mod bearer;
mod builder;
mod call;
mod clock;
mod emulator;
mod error;
mod exchange;
mod failure;
mod faults;
mod identity;
mod inspect;
mod limits;
mod operation;
mod reply;
mod request;
mod server;
mod settings;
mod shared;
mod snapshot;
mod state;
mod tls;
mod token;
mod verify;

pub use builder::Builder;
pub use emulator::Emulator;
pub use error::StartError;
pub use faults::Fault;
pub use inspect::RecordedRequest;
pub use snapshot::SnapshotError;
