//! Owns the creation of identities, with its rules about what may be repeated.

use std::time::Duration;

use acs_identity_rest::v2025_03_02_preview::types;
use teams_phone_core::hooks::Repeat;
use teams_phone_core::{Error, RequestOptions, Result};

use super::{AccessToken, Identity};
use crate::request::{minutes, request};
use crate::{Client, CustomId, Scope};

const OPERATION: &str = "identity_create";

/// A new identity, or the one that the custom id already had.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreatedIdentity {
    /// The identity.
    pub identity: Identity,
    /// Its token, if one was asked for.
    pub access_token: Option<AccessToken>,
}

/// A request to create an identity; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct CreateIdentity {
    client: Client,
    custom_id: Option<CustomId>,
    scopes: Option<Vec<Scope>>,
    valid_for: Option<Duration>,
    options: RequestOptions,
}

request!(CreateIdentity => CreatedIdentity);

impl CreateIdentity {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            custom_id: None,
            scopes: None,
            valid_for: None,
            options: RequestOptions::default(),
        }
    }

    /// Files the identity under an id of the caller's.
    pub fn custom_id(mut self, id: CustomId) -> Self {
        self.custom_id = Some(id);
        self
    }

    /// Issues a token along with the identity.
    pub fn with_token(mut self, scopes: impl IntoIterator<Item = Scope>) -> Self {
        self.scopes = Some(scopes.into_iter().collect());
        self
    }

    /// How long the token is valid: whole minutes, from 60 minutes to 24 hours; default 24 hours.
    pub fn valid_for(mut self, valid_for: Duration) -> Self {
        self.valid_for = Some(valid_for);
        self
    }

    async fn send(self) -> Result<CreatedIdentity> {
        let named = |error: Error| error.with_operation(OPERATION);
        self.check().map_err(named)?;
        let expires_in_minutes = self.valid_for.map(minutes).transpose().map_err(named)?;
        let fields: &'static [&'static str] =
            match (self.custom_id.is_some(), expires_in_minutes.is_some()) {
                (true, true) => &["customId", "expiresInMinutes"],
                (true, false) => &["customId"],
                (false, true) => &["expiresInMinutes"],
                (false, false) => &[],
            };
        let repeat = match self.custom_id {
            Some(_) => Repeat::Always,
            None => Repeat::Unprocessed,
        };
        let body = types::CommunicationIdentityCreateRequest {
            custom_id: self.custom_id.map(|id| id.as_str().to_owned()),
            create_token_with_scopes: self.scopes,
            expires_in_minutes,
        };
        let answer = self
            .client
            .call(
                OPERATION,
                self.options,
                |inner| inner.with_fields(fields).with_repeat(repeat),
                async |rest| rest.identity_create(&body).await,
            )
            .await?;
        Ok(CreatedIdentity {
            identity: answer.value.identity.into(),
            access_token: answer.value.access_token.map(Into::into),
        })
    }

    fn check(&self) -> Result<()> {
        match &self.scopes {
            Some(scopes) if scopes.is_empty() => Err(Error::config(
                "with_token got no scope; name at least one, such as voip",
            )),
            None if self.valid_for.is_some() => Err(Error::config(
                "valid_for is about a token, and none is asked for; call with_token",
            )),
            _ => Ok(()),
        }
    }
}
