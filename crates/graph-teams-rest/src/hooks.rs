//! Hands the requests of the generated clients to the runtime; knows nothing else.

use teams_phone_core::hooks::{Draft, Inner, Received, find};

use crate::OPERATIONS;

/// Sends a request with everything the runtime adds.
#[expect(
    clippy::expect_used,
    reason = "clients and table are generated from the same documents; a test compares them"
)]
pub(crate) fn execute(
    inner: &Inner,
    request: Draft,
    id: &'static str,
) -> impl Future<Output = Received> {
    let operation = find(&OPERATIONS, id).expect("every operation is in the table");
    inner.execute(request, operation)
}
