//! Owns who answers the calls of the contract, and with which names; knows no call.

use std::env;
use std::ops::Deref;

use teams_phone::{GraphClient, ObjectId, PhoneNumber};
use teams_phone_emulator::Emulator;
use teams_phone_tests::{graph_client, graph_client_with};
use tokio::sync::{Mutex, MutexGuard};

/// All that the calls ask for.
pub(crate) const PERMISSIONS: [&str; 7] = [
    "TeamsTelephoneNumber.ReadWrite.All",
    "TeamsUserConfiguration.Read.All",
    "TeamsResourceAccount.Read.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "LicenseAssignment.ReadWrite.All",
    "Organization.Read.All",
];

/// Names in the emulator's small tenant.
pub(crate) const ACCOUNT: &str = "ivr@teams-phone-emulator.invalid";
pub(crate) const ACCOUNT_ID: &str = "c0000000-0000-4000-8000-000000000001";
pub(crate) const USER: &str = "alex@teams-phone-emulator.invalid";
pub(crate) const USER_ID: &str = "b0000000-0000-4000-8000-000000000002";
pub(crate) const NUMBER: &str = "+12065550100";
pub(crate) const USER_NUMBER: &str = "+12065550102";
pub(crate) const SKU: &str = "PHONESYSTEM_VIRTUALUSER";

pub(crate) fn number(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

pub(crate) fn object(text: &str) -> ObjectId {
    text.parse().unwrap()
}

/// The emulator with its small tenant.
pub(crate) async fn demo() -> Emulator {
    let builder = Emulator::builder().graph_demo_tenant();
    builder.start().await.unwrap()
}

/// Somebody who answers the calls.
pub(crate) trait Target: Sized {
    /// Gets ready; `None` if there is nobody.
    async fn start() -> Option<Self>;

    /// The client and the names to use.
    fn parts(&self) -> &Parts;
}

/// What a case works with.
pub(crate) struct Parts {
    pub(crate) client: GraphClient,
    /// A service number; free before and after each case.
    pub(crate) number: PhoneNumber,
    /// The user principal name of a resource account that is ready for a number.
    pub(crate) account: String,
    /// The user principal name of a user of Teams with a usage location.
    pub(crate) user: String,
    /// A product with a free licence.
    pub(crate) sku: String,
}

/// The emulator, called with an application's token.
pub(crate) struct AppTarget {
    emulator: Emulator,
    parts: Parts,
}

impl AppTarget {
    fn with(emulator: Emulator, token: &str) -> Self {
        let parts = Parts {
            client: graph_client(emulator.url(), token).0,
            number: number(NUMBER),
            account: ACCOUNT.to_owned(),
            user: USER.to_owned(),
            sku: SKU.to_owned(),
        };
        Self { emulator, parts }
    }
}

impl Target for AppTarget {
    async fn start() -> Option<Self> {
        let emulator = demo().await;
        let token = emulator.graph().token_with(&PERMISSIONS);
        Some(Self::with(emulator, &token))
    }

    fn parts(&self) -> &Parts {
        &self.parts
    }
}

impl Deref for AppTarget {
    type Target = Emulator;

    fn deref(&self) -> &Emulator {
        &self.emulator
    }
}

/// The emulator, called with a token of a user's.
pub(crate) struct DelegatedTarget(AppTarget);

impl Target for DelegatedTarget {
    async fn start() -> Option<Self> {
        let emulator = demo().await;
        let token = emulator.graph().user_token_with(&PERMISSIONS);
        Some(Self(AppTarget::with(emulator, &token)))
    }

    fn parts(&self) -> &Parts {
        self.0.parts()
    }
}

/// The service itself. Its cases share a number and thus take turns.
pub(crate) struct LiveTarget {
    parts: Parts,
    _turn: MutexGuard<'static, ()>,
}

static TURN: Mutex<()> = Mutex::const_new(());

impl Target for LiveTarget {
    async fn start() -> Option<Self> {
        let set = |name: &str| env::var(format!("TEAMS_PHONE_LIVE_GRAPH_{name}")).ok();
        let Some(token) = set("TOKEN") else {
            eprintln!("SKIPPED: TEAMS_PHONE_LIVE_GRAPH_TOKEN is not set");
            return None;
        };
        let wanted = |name: &str| {
            set(name).unwrap_or_else(|| panic!("TEAMS_PHONE_LIVE_GRAPH_{name} is not set either"))
        };
        let global = "https://graph.microsoft.com";
        let parts = Parts {
            client: graph_client_with(global, &token, |builder| builder),
            number: number(&wanted("NUMBER")),
            account: wanted("ACCOUNT"),
            user: wanted("USER"),
            sku: wanted("SKU"),
        };
        let _turn = TURN.lock().await;
        Some(Self { parts, _turn })
    }

    fn parts(&self) -> &Parts {
        &self.parts
    }
}
