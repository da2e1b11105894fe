//! Owns the bounds that keep a misbehaving client from taking the emulator down.
//! Refuses to enforce them; the server does.

use std::time::Duration;

/// Bounds of one emulator.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes of a request body; more is answered 413.
    pub(crate) body: usize,
    /// Bytes of request line and headers; more is answered 431.
    pub(crate) head: usize,
    /// Headers of a request; more is answered 431.
    pub(crate) headers: usize,
    /// Connections served at once; further ones wait.
    pub(crate) connections: usize,
    /// For the head, and again for the body, of one request.
    pub(crate) read: Duration,
    /// For requests in flight when the emulator stops.
    pub(crate) stop: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 4 * 1024 * 1024,
            head: 64 * 1024,
            headers: 100,
            connections: 1024,
            read: Duration::from_secs(30),
            stop: Duration::from_secs(5),
        }
    }
}
