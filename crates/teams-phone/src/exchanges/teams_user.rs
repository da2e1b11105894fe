//! Owns the exchange of a Teams user's token; knows the claims only as something to check.

use acs_identity_rest::v2025_03_02_preview::types;
use teams_phone_core::{Error, RequestOptions, Result, Secret};

use super::claims::{Claims, Expected};
use super::user_token::check_text;
use crate::identities::AccessToken;
use crate::request::request;
use crate::{Client, ClientId, ObjectId, TenantId};

const OPERATION: &str = "teams_user_exchange_token";

/// A request to exchange a Teams user's token; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct ExchangeTeamsUser {
    client: Client,
    token: Secret,
    client_id: ClientId,
    user: ObjectId,
    tenant: Option<TenantId>,
    checked: bool,
    options: RequestOptions,
}

request!(ExchangeTeamsUser => AccessToken);

impl ExchangeTeamsUser {
    pub(super) fn new(
        client: Client,
        token: Secret,
        client_id: &ClientId,
        user: &ObjectId,
    ) -> Self {
        Self {
            client,
            token,
            client_id: client_id.clone(),
            user: user.clone(),
            tenant: None,
            checked: true,
            options: RequestOptions::default(),
        }
    }

    /// Also checks that the token is of this tenant; the service is not told of it.
    pub fn tenant(mut self, tenant: &TenantId) -> Self {
        self.tenant = Some(tenant.clone());
        self
    }

    /// Sends the token without a look at its claims, for one that this release would misjudge.
    pub fn unchecked(mut self) -> Self {
        self.checked = false;
        self
    }

    async fn send(self) -> Result<AccessToken> {
        self.check()
            .map_err(|error| error.with_operation(OPERATION))?;
        let body = types::TeamsUserExchangeTokenRequest {
            app_id: self.client_id.to_string(),
            token: self.token,
            user_id: self.user.to_string(),
        };
        let answer = self
            .client
            .call(
                OPERATION,
                self.options,
                |inner| inner,
                async |rest| rest.teams_user_exchange_token(&body).await,
            )
            .await?;
        Ok(answer.value.into())
    }

    fn check(&self) -> Result<(), Error> {
        check_text(&self.token)?;
        let claims = self.checked.then(|| Claims::read(self.token.expose()));
        let Some(claims) = claims.flatten() else {
            return Ok(());
        };
        let expected = Expected {
            user: &self.user,
            client_id: &self.client_id,
            tenant: self.tenant.as_ref(),
        };
        claims.check(&expected, self.client.now())
    }
}
