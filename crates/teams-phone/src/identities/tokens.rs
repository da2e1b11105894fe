//! Owns issuing and revoking the tokens of an identity.

use std::time::Duration;

use acs_identity_rest::v2025_03_02_preview::types;
use teams_phone_core::{Error, RequestOptions, Result};

use super::AccessToken;
use crate::request::{minutes, request};
use crate::{Client, IdentityId, Scope};

/// A request to issue a token; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct IssueToken {
    client: Client,
    id: IdentityId,
    scopes: Vec<Scope>,
    valid_for: Option<Duration>,
    options: RequestOptions,
}

request!(IssueToken => AccessToken);

impl IssueToken {
    const OPERATION: &'static str = "identity_issue_token";

    pub(super) fn new(
        client: Client,
        id: &IdentityId,
        scopes: impl IntoIterator<Item = Scope>,
    ) -> Self {
        Self {
            client,
            id: id.clone(),
            scopes: scopes.into_iter().collect(),
            valid_for: None,
            options: RequestOptions::default(),
        }
    }

    /// How long the token is valid: whole minutes, from 60 minutes to 24 hours; default 24 hours.
    pub fn valid_for(mut self, valid_for: Duration) -> Self {
        self.valid_for = Some(valid_for);
        self
    }

    async fn send(self) -> Result<AccessToken> {
        let named = |error: Error| error.with_operation(Self::OPERATION);
        if self.scopes.is_empty() {
            return Err(named(Error::config(
                "a token needs a scope; name at least one, such as voip",
            )));
        }
        let expires_in_minutes = self.valid_for.map(minutes).transpose().map_err(named)?;
        let fields: &'static [&'static str] = match expires_in_minutes {
            Some(_) => &["expiresInMinutes"],
            None => &[],
        };
        let body = types::CommunicationIdentityAccessTokenRequest {
            scopes: self.scopes,
            expires_in_minutes,
        };
        let answer = self
            .client
            .call(
                Self::OPERATION,
                self.options,
                |inner| inner.with_fields(fields),
                async |rest| rest.identity_issue_token(self.id.as_str(), &body).await,
            )
            .await?;
        Ok(answer.value.into())
    }
}

/// A request to revoke all tokens of an identity; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct RevokeTokens {
    client: Client,
    id: IdentityId,
    options: RequestOptions,
}

request!(RevokeTokens => ());

impl RevokeTokens {
    pub(super) fn new(client: Client, id: &IdentityId) -> Self {
        Self {
            client,
            id: id.clone(),
            options: RequestOptions::default(),
        }
    }

    async fn send(self) -> Result<()> {
        self.client
            .call(
                "identity_revoke_tokens",
                self.options,
                |inner| inner,
                async |rest| rest.identity_revoke_tokens(self.id.as_str()).await,
            )
            .await?;
        Ok(())
    }
}
