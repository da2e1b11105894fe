//! Hands the requests of the generated clients to the runtime; knows nothing else.
//!
//! The hook trait must be implemented in the crate of the generated code, so this is here and not in the runtime.

use progenitor_client::OperationInfo;
use teams_phone_core::hooks::{Inner, find};

use crate::OPERATIONS;

/// Sends a request with everything the runtime adds.
#[expect(
    clippy::expect_used,
    reason = "clients and table are generated from the same documents; a test compares them"
)]
pub(crate) async fn execute(
    inner: &Inner,
    request: reqwest::Request,
    info: &OperationInfo,
) -> reqwest::Result<reqwest::Response> {
    let operation = find(&OPERATIONS, info.operation_id).expect("every operation is in the table");
    inner.execute(request, operation).await
}
