//! Owns dry runs of orders: the SDK makes its real requests to an emulator of this process, which has the
//! number, and shows what would be sent. The service is only read.

use std::time::{Duration, SystemTime};

use serde_json::json;
use teams_phone::numbers::{NumberAssignment, NumberType};
use teams_phone::users::UserRef;
use teams_phone::{
    BearerToken, Credential, Error, GraphClient, ObjectId, PhoneNumber, StaticToken,
};
use teams_phone_emulator::{Builder, Delay, Emulator, GraphNumber, GraphUser, Sku};

use crate::commands::rehearsal::PlannedRequest;
use crate::failure::Failure;

const BROKEN: &str = "the dry run cannot be prepared";

const HOLDER: &str = "holder@rehearsal.invalid";

/// A stage with one number.
pub(super) struct Rehearsal {
    emulator: Emulator,
    client: GraphClient,
    endpoint: String,
}

impl Rehearsal {
    /// Sets the stage for an order that is given: a number that is free.
    pub(super) async fn of_order(
        real: &GraphClient,
        number: &PhoneNumber,
        number_type: &NumberType,
    ) -> Result<Self, Failure> {
        let prop = GraphNumber::new(number.as_str()).number_type(number_type.as_str());
        Self::start(real, Emulator::builder().graph_number(prop)).await
    }

    /// Sets the stage for a change that reads first: the number as it is, who has it, and who is to have it. What the
    /// checks ask for is there, since they were run on the real ones.
    pub(super) async fn of_change(
        real: &GraphClient,
        number: &NumberAssignment,
        target: &UserRef,
        target_id: &ObjectId,
    ) -> Result<Self, Failure> {
        let name = match target {
            UserRef::PrincipalName(name) => name,
            _ => "target@rehearsal.invalid",
        };
        let holder = number.assignment_target_id.as_ref();
        let holder = holder.filter(|holder| *holder != target_id);
        let people = [Some((name, target_id)), holder.map(|id| (HOLDER, id))];
        let people = people.into_iter().flatten();
        let mut builder = Emulator::builder()
            .graph(|graph| graph.operations = Delay::Polls(0))
            .graph_sku(Sku::virtual_user());
        for (name, id) in people {
            let user = GraphUser::new(name).id(id.as_str()).usage_location("US");
            builder = builder.graph_user(user.licence("PHONESYSTEM_VIRTUALUSER"));
        }
        let prop = json!({ "numbers": [{
            "telephoneNumber": number.telephone_number,
            "numberType": number.number_type,
            "capabilities": ["userAssignment", "voiceApplicationAssignment"],
            "assignmentStatus": number.assignment_status.as_ref().map_or("unassigned", |s| s.as_str()),
            "assignmentTargetId": number.assignment_target_id,
            "assignmentCategory": number.assignment_category,
            "locationId": number.location_id,
        }] });
        Self::start(real, builder.graph_tenant_json(prop.to_string())).await
    }

    async fn start(real: &GraphClient, builder: Builder) -> Result<Self, Failure> {
        let emulator = builder.verify_credentials(false).start().await;
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
