//! Owns dry runs: the SDK makes its real requests to an emulator of this process, which shows what they are.
//!
//! So a dry run cannot differ from the run: it is the same code, pointed elsewhere.

use serde::Serialize;
use serde_json::{Value, json};
use teams_phone::assignments::Assignment;
use teams_phone::{Client, ConnectionString, Error};
use teams_phone_emulator::{Emulator, Fault};

use crate::args::{ConnectionArgs, PlaceArgs, PrincipalArgs};
use crate::connection;
use crate::failure::Failure;

/// A request as it would be sent, without what authorises it.
#[derive(Debug, Serialize)]
pub(super) struct PlannedRequest {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) body: Option<Value>,
}

/// A stage for calls that must not reach the service.
pub(super) struct Rehearsal {
    emulator: Emulator,
    client: Client,
    endpoint: String,
}

impl Rehearsal {
    /// Sets the stage: a client like `real`, of an emulator.
    pub(super) async fn start(real: &Client, args: &ConnectionArgs) -> Result<Self, Failure> {
        const BROKEN: &str = "the dry run cannot be prepared";
        let emulator = Emulator::start()
            .await
            .map_err(|error| Failure::local(BROKEN, error))?;
        let stage: ConnectionString = emulator
            .connection_string()
            .parse()
            .map_err(|error: Error| Failure::local(BROKEN, error))?;
        let builder = connection::configured(args)?.connection_string(&stage);
        let client = builder
            .build()
            .map_err(|error| Failure::call(error, real))?;
        Ok(Self {
            emulator,
            client,
            endpoint: real.endpoint().to_string(),
        })
    }

    /// The client whose requests are shown and go nowhere.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Answers a read with what the service has.
    pub(super) fn answer_reads_with(&self, found: &Assignment) {
        let answer = json!({
            "tenantId": found.tenant_id,
            "objectId": found.object_id,
            "principalType": found.principal_type,
            "clientIds": found.client_ids,
        });
        self.emulator
            .inject(Fault::respond_body(200, answer).method("GET"));
    }

    /// Answers a deletion as the service would, and reads thereafter.
    pub(super) fn answer_as_if_deleted(&self) {
        self.emulator.inject(Fault::empty(204).method("DELETE"));
        self.answer_reads_with_nothing();
    }

    fn answer_reads_with_nothing(&self) {
        self.emulator
            .inject(Fault::respond(404, "NotFound").method("GET"));
    }

    /// Answers a write as the service would where there is nothing yet.
    pub(super) fn answer_as_if_created(&self, place: &PlaceArgs, principal: &PrincipalArgs) {
        self.answer_reads_with_nothing();
        self.answer_writes(201, place, principal);
    }

    /// Answers a write as the service would where something is replaced.
    pub(super) fn answer_as_if_replaced(&self, place: &PlaceArgs, principal: &PrincipalArgs) {
        self.answer_writes(200, place, principal);
    }

    fn answer_writes(&self, status: u16, place: &PlaceArgs, principal: &PrincipalArgs) {
        let answer = json!({
            "tenantId": place.tenant,
            "objectId": place.object,
            "principalType": principal.principal_type(),
            "clientIds": principal.client_ids,
        });
        self.emulator
            .inject(Fault::respond_body(status, answer).method("PUT"));
    }

    /// What was sent, as it would go to the service.
    pub(super) fn requests<T>(
        &self,
        outcome: Result<T, Error>,
    ) -> Result<Vec<PlannedRequest>, Failure> {
        if let Err(error) = outcome {
            return Err(Failure::Call {
                error: Box::new(error),
                endpoint: Some(self.endpoint.clone()),
            });
        }
        let requests = self.emulator.requests().into_iter();
        Ok(requests
            .map(|request| PlannedRequest {
                url: format!("{}{}", self.endpoint, request.target),
                body: request
                    .body
                    .filter(|body| !body.is_empty())
                    .map(|body| serde_json::from_str(&body).unwrap_or(Value::String(body))),
                method: request.method,
            })
            .collect())
    }
}
