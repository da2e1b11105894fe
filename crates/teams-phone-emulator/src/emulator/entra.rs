//! Owns the view of the emulated Entra authority: its ids and secret, tokens for tests, decisions on device codes.
//! Refuses to know HTTP.

use std::fmt;

use serde_json::Value;

use crate::{
    directory::{CLIENT, Directory, TENANT, USER, USER_NAME},
    oauth::{
        grants::Decision,
        mint::{Occasion, Proof},
        scopes::Asked,
    },
};

use super::Parts;

/// The Entra authority of an emulator: the standard tenant, application and user, and tokens without asking over HTTP.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use teams_phone_emulator::{Emulator, User};
///
/// let emulator = Emulator::builder().spawn()?;
/// let entra = emulator.entra();
/// let token = entra.user_token("https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls");
/// assert_eq!(token.split('.').count(), 3);
///
/// let mut claims = entra.app_claims("https://communication.azure.com//.default");
/// claims["exp"] = 0.into();
/// let expired = entra.sign(&claims);
/// # let _ = expired;
/// # Ok(()) }
/// ```
#[derive(Clone, Copy)]
pub struct Entra<'a> {
    parts: &'a Parts,
}

impl fmt::Debug for Entra<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entra")
            .field("authority", &self.authority())
            .finish_non_exhaustive()
    }
}

impl<'a> Entra<'a> {
    pub(super) fn of(parts: &'a Parts) -> Self {
        Self { parts }
    }

    /// The URL of the authority for the standard tenant: `<url>/<tenant id>`.
    #[must_use]
    pub fn authority(&self) -> String {
        format!("{}/{TENANT}", self.parts.url)
    }

    /// The host that clients put the tenant behind: the emulator's URL.
    #[must_use]
    pub fn authority_host(&self) -> &'a str {
        &self.parts.url
    }

    /// The token endpoint of the standard tenant.
    #[must_use]
    pub fn token_endpoint(&self) -> String {
        format!("{}/oauth2/v2.0/token", self.authority())
    }

    /// The standard tenant; the resource belongs to it.
    #[must_use]
    pub fn tenant_id(&self) -> &'static str {
        TENANT
    }

    /// The standard application: consent for everything, a role on the resource.
    #[must_use]
    pub fn client_id(&self) -> &'static str {
        CLIENT
    }

    /// The secret of the standard application. A secret of the emulator only, but clients treat it as one.
    #[must_use]
    pub fn client_secret(&self) -> &'a str {
        &self.parts.shared.client_secret
    }

    /// The object id of the standard user, who has a role on the resource.
    #[must_use]
    pub fn user_id(&self) -> &'static str {
        USER
    }

    /// The sign-in name of the standard user.
    #[must_use]
    pub fn user_name(&self) -> &'static str {
        USER_NAME
    }

    /// A token of the standard application without a user, as client credentials get it; empty if the scope is none.
    #[must_use]
    pub fn app_token(&self, scope: &str) -> String {
        self.token(&self.app_claims(scope))
    }

    /// A token of the standard user through the standard application; empty if the scopes cannot be granted.
    #[must_use]
    pub fn user_token(&self, scopes: &str) -> String {
        self.token(&self.user_claims(scopes))
    }

    /// The claims of [`Entra::app_token`], to be changed and signed; null if the scope is none.
    #[must_use]
    pub fn app_claims(&self, scope: &str) -> Value {
        self.claims(scope, |occasion, asked, _| {
            Some(occasion.for_application(asked))
        })
    }

    /// The claims of [`Entra::user_token`], to be changed and signed; null if the scopes cannot be granted.
    #[must_use]
    pub fn user_claims(&self, scopes: &str) -> Value {
        self.claims(scopes, |occasion, asked, directory| {
            let granted = asked.granted(occasion.application).ok()?;
            let (id, user) = directory.user_called(USER)?;
            Some(occasion.for_user(asked, &granted, id, user))
        })
    }

    /// A token with exactly these claims, signed with the authority's key.
    #[must_use]
    pub fn sign(&self, claims: &Value) -> String {
        self.parts.shared.signer.sign(claims)
    }

    /// Lets the user a code was shown to approve it, as the standard user; false if no such code is pending.
    #[must_use]
    pub fn approve_device_code(&self, user_code: &str) -> bool {
        USER.parse()
            .is_ok_and(|user| self.decide(user_code, Decision::Approved(user)))
    }

    /// Lets the user a code was shown to refuse it; false if no such code is pending.
    #[must_use]
    pub fn decline_device_code(&self, user_code: &str) -> bool {
        self.decide(user_code, Decision::Declined)
    }

    fn decide(&self, user_code: &str, decision: Decision) -> bool {
        let mut grants = self.parts.shared.grants.get();
        match grants.device_by_user_code(user_code) {
            Some(device) if device.decision == Decision::Pending => {
                device.decision = decision;
                true
            }
            _ => false,
        }
    }

    fn token(&self, claims: &Value) -> String {
        if claims.is_null() {
            String::new()
        } else {
            self.sign(claims)
        }
    }

    fn claims(
        &self,
        scope: &str,
        of: impl Fn(&Occasion<'_>, &Asked, &Directory) -> Option<Value>,
    ) -> Value {
        let shared = &self.parts.shared;
        let state = shared.state.get();
        let find = || {
            let (tenant, client) = (TENANT.parse().ok()?, CLIENT.parse().ok()?);
            let occasion = Occasion {
                origin: &self.parts.url,
                tenant,
                client,
                application: state.directory.application(client)?,
                proof: Proof::Secret,
                now: shared.clock.now(),
                life: shared.settings.get().access_token_lifetime,
                takes_challenges: false,
            };
            of(&occasion, &Asked::parse(scope).ok()?, &state.directory)
        };
        find().unwrap_or_default()
    }
}
