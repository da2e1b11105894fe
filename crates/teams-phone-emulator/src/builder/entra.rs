//! Owns the options of the emulated Entra authority.
//! Refuses to know how it uses them.

use std::time::Duration;

use crate::directory::{Application, User};

use super::Builder;

impl Builder {
    /// The secret of the standard application. Default: a new random one.
    pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
        self.client_secret = Some(secret.into());
        self
    }

    /// Adds a tenant by id; the resource stays in the standard one.
    pub fn tenant(mut self, id: impl Into<String>) -> Self {
        self.directory.tenants.push(id.into());
        self
    }

    /// Adds an application, or replaces the one of that client id.
    pub fn application(mut self, application: Application) -> Self {
        self.directory.applications.push(application);
        self
    }

    /// Adds a user, or replaces the one of that object id.
    pub fn user(mut self, user: User) -> Self {
        self.directory.users.push(user);
        self
    }

    /// Whom browsers are signed in as, by object id or sign-in name. Default: the standard user.
    pub fn signed_in_user(mut self, user: impl Into<String>) -> Self {
        self.settings.signed_in_user = Some(user.into());
        self
    }

    /// Whether bearer tokens without a signature (`alg` of `none`) pass, their claims believed: for tests that make
    /// tokens up. Neither role nor permission is asked of them. Default: no.
    pub fn accept_unsigned_tokens(mut self, accept: bool) -> Self {
        self.settings.accept_unsigned_tokens = accept;
        self
    }

    /// How long tokens of the authority live, in whole seconds; zero makes expired ones. Default: 3599 s.
    pub fn access_token_lifetime(mut self, life: Duration) -> Self {
        self.settings.access_token_lifetime = seconds(life);
        self
    }

    /// How long a client has to wait between polls of a device code, in whole seconds. Default: 5 s.
    pub fn device_code_interval(mut self, interval: Duration) -> Self {
        self.settings.device_code_interval = seconds(interval);
        self
    }

    /// How long a device code lives, in whole seconds. Default: 15 min.
    pub fn device_code_lifetime(mut self, life: Duration) -> Self {
        self.settings.device_code_lifetime = seconds(life);
        self
    }
}

fn seconds(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}
