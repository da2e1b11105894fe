//! Owns dry runs of orders: the SDK makes its real requests to an emulator of this process, which has the
//! number, and shows what would be sent. The service is only read.

use std::time::{Duration, SystemTime};

use teams_phone::numbers::NumberType;
use teams_phone::{BearerToken, Credential, Error, GraphClient, PhoneNumber, StaticToken};
use teams_phone_emulator::{Emulator, GraphNumber};

use crate::commands::rehearsal::PlannedRequest;
use crate::failure::Failure;

const BROKEN: &str = "the dry run cannot be prepared";

/// A stage with one number.
pub(super) struct Rehearsal {
    emulator: Emulator,
    client: GraphClient,
    endpoint: String,
}

impl Rehearsal {
    /// Sets the stage: the number, free.
    pub(super) async fn start(
        real: &GraphClient,
        number: &PhoneNumber,
        number_type: &NumberType,
    ) -> Result<Self, Failure> {
        let prop = GraphNumber::new(number.as_str()).number_type(number_type.as_str());
        let builder = Emulator::builder().verify_credentials(false);
        let emulator = builder.graph_number(prop).start().await;
        let emulator = emulator.map_err(|error| Failure::local(BROKEN, error))?;
        let broken = |error: Error| Failure::local(BROKEN, error);
        let expires = SystemTime::now() + Duration::from_secs(600);
        let token = StaticToken::new(BearerToken::new("rehearsal", expires));
        let client = GraphClient::builder()
            .endpoint(emulator.url().parse().map_err(broken)?)
            .credential(Credential::token(token))
            .build()
            .map_err(broken)?;
        Ok(Self {
            emulator,
            client,
            endpoint: real.endpoint().to_string(),
        })
    }

    /// The client whose requests are shown and go nowhere.
    pub(super) fn client(&self) -> &GraphClient {
        &self.client
    }

    /// What would change something, as it would go to the service.
    pub(super) fn requests<T>(
        &self,
        outcome: Result<T, Error>,
    ) -> Result<Vec<PlannedRequest>, Failure> {
        outcome.map_err(|error| Failure::Call {
            error: Box::new(error),
            endpoint: Some(self.endpoint.clone()),
        })?;
        let requests = self.emulator.requests().into_iter();
        let writes = requests.filter(|request| request.method != "GET");
        let planned = writes.map(|request| PlannedRequest {
            url: format!("{}{}", self.endpoint, request.target),
            body: request
                .body
                .and_then(|body| serde_json::from_str(&body).ok()),
            method: request.method,
        });
        Ok(planned.collect())
    }
}
