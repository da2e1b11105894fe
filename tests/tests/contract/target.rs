//! Owns who answers the calls of the contract, and with which ids; knows no call.

use std::env;
use std::ops::Deref;
use std::time::{Duration, SystemTime};

use teams_phone::{
    BearerToken, Client, ClientId, ConnectionString, Credential, CustomId, ObjectId, StaticToken,
    TenantId,
};
use teams_phone_emulator::Emulator;
use teams_phone_tests::{APPLICATION, OBJECT, TENANT};
use tokio::sync::{Mutex, MutexGuard};

/// The scope of a token that manages the resource.
const MANAGEMENT: &str = "https://communication.azure.com//.default";

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

impl EmulatorTarget {
    fn with(emulator: Emulator, client: Client) -> Self {
        let parts = Parts {
            client,
            tenant: TENANT.parse().unwrap(),
            resource_account: OBJECT.parse().unwrap(),
            user: "b27b64b9-39d2-44a3-869d-67700b74e805".parse().unwrap(),
            application: APPLICATION.parse().unwrap(),
            custom_id: "agent-17".parse().unwrap(),
        };
        Self { emulator, parts }
    }
}

impl Target for EmulatorTarget {
    async fn start() -> Option<Self> {
        let emulator = Emulator::start().await.unwrap();
        let client = Client::from_connection_string(&emulator.connection_string()).unwrap();
        Some(Self::with(emulator, client))
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

/// The emulator, called with a bearer token of its Entra authority instead of an access key.
pub(crate) struct BearerTarget(EmulatorTarget);

impl Target for BearerTarget {
    async fn start() -> Option<Self> {
        let emulator = Emulator::start().await.unwrap();
        let token = emulator.entra().app_token(MANAGEMENT);
        let expires_on = SystemTime::now() + Duration::from_secs(600);
        let token = StaticToken::new(BearerToken::new(token, expires_on));
        let client = Client::builder()
            .endpoint(emulator.url().parse().unwrap())
            .credential(Credential::token(token))
            .build()
            .unwrap();
        Some(Self(EmulatorTarget::with(emulator, client)))
    }

    fn parts(&self) -> &Parts {
        self.0.parts()
    }

    fn received(&self) -> Option<usize> {
        self.0.received()
    }
}

impl Deref for BearerTarget {
    type Target = EmulatorTarget;

    fn deref(&self) -> &EmulatorTarget {
        &self.0
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
