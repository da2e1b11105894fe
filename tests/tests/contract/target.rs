//! Owns who answers the calls of the contract, and with which ids; knows no call.

use std::env;
use std::ops::Deref;

use teams_phone::{Client, ClientId, ConnectionString, CustomId, ObjectId, TenantId};
use teams_phone_emulator::Emulator;
use teams_phone_tests::{APPLICATION, OBJECT, TENANT};
use tokio::sync::{Mutex, MutexGuard};

/// Somebody who answers the calls.
pub(crate) trait Target: Sized {
    /// Gets ready, with no assignment for the ids; `None` if there is nobody.
    async fn start() -> Option<Self>;

    /// The client and the ids to use.
    fn parts(&self) -> &Parts;

    /// How many requests were received, if that can be known.
    fn received(&self) -> Option<usize>;
}

/// What a case works with.
pub(crate) struct Parts {
    pub(crate) client: Client,
    pub(crate) tenant: TenantId,
    pub(crate) resource_account: ObjectId,
    pub(crate) user: ObjectId,
    pub(crate) application: ClientId,
    /// Not used before.
    pub(crate) custom_id: CustomId,
}

/// The emulator.
pub(crate) struct EmulatorTarget {
    emulator: Emulator,
    parts: Parts,
}

impl Target for EmulatorTarget {
    async fn start() -> Option<Self> {
        let emulator = Emulator::start().await.unwrap();
        let client = Client::from_connection_string(&emulator.connection_string()).unwrap();
        let parts = Parts {
            client,
            tenant: TENANT.parse().unwrap(),
            resource_account: OBJECT.parse().unwrap(),
            user: "b27b64b9-39d2-44a3-869d-67700b74e805".parse().unwrap(),
            application: APPLICATION.parse().unwrap(),
            custom_id: "agent-17".parse().unwrap(),
        };
        Some(Self { emulator, parts })
    }

    fn parts(&self) -> &Parts {
        &self.parts
    }

    fn received(&self) -> Option<usize> {
        Some(self.emulator.requests().len())
    }
}

impl Deref for EmulatorTarget {
    type Target = Emulator;

    fn deref(&self) -> &Emulator {
        &self.emulator
    }
}

/// The service itself. Its cases share ids and thus take turns.
pub(crate) struct LiveTarget {
    parts: Parts,
    _turn: MutexGuard<'static, ()>,
}

static TURN: Mutex<()> = Mutex::const_new(());

impl Target for LiveTarget {
    async fn start() -> Option<Self> {
        let set = |name: &str| env::var(format!("TEAMS_PHONE_LIVE_{name}")).ok();
        let Some(connection_string) = set("CONNECTION_STRING") else {
            eprintln!("SKIPPED: TEAMS_PHONE_LIVE_CONNECTION_STRING is not set");
            return None;
        };
        let wanted = |name: &str| {
            set(name).unwrap_or_else(|| panic!("TEAMS_PHONE_LIVE_{name} is not set either"))
        };
        let connection_string: ConnectionString = connection_string.parse().unwrap();
        let parts = Parts {
            client: Client::builder()
                .connection_string(&connection_string)
                .build()
                .unwrap(),
            tenant: wanted("TENANT_ID").parse().unwrap(),
            resource_account: wanted("RESOURCE_ACCOUNT_ID").parse().unwrap(),
            user: wanted("USER_ID").parse().unwrap(),
            application: wanted("CLIENT_ID").parse().unwrap(),
            custom_id: format!("contract-{}", uuid::Uuid::new_v4())
                .parse()
                .unwrap(),
        };
        let turn = TURN.lock().await;
        for object in [&parts.resource_account, &parts.user] {
            let assignments = parts.client.assignments();
            let gone = assignments.revoke_and_verify(&parts.tenant, object);
            gone.await.unwrap();
        }
        Some(Self { parts, _turn: turn })
    }

    fn parts(&self) -> &Parts {
        &self.parts
    }

    fn received(&self) -> Option<usize> {
        None
    }
}
