//! Owns changing the settings of a number: three things can be said of each, and all three differ.

use graph_teams_rest::v1_0::{self, types};
use teams_phone_core::{Error, RequestOptions, Result};

use super::ReverseNumberLookupOption;
use crate::request::request;
use crate::{GraphClient, PhoneNumber};

/// What to do with one setting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Setting {
    /// Leave it out of the request, which keeps it as it is.
    #[default]
    Keep,
    /// Send `null`, which by the documentation keeps it as well.
    Null,
    /// Send an empty text, which removes the value.
    Clear,
    /// Give it this value.
    To(String),
}

impl<T: Into<String>> From<T> for Setting {
    fn from(value: T) -> Self {
        let value = value.into();
        if value.is_empty() {
            Self::Clear
        } else {
            Self::To(value)
        }
    }
}

impl Setting {
    fn into_field(self) -> Option<Option<String>> {
        match self {
            Self::Keep => None,
            Self::Null => Some(None),
            Self::Clear => Some(Some(String::new())),
            Self::To(value) => Some(Some(value)),
        }
    }
}

/// A request to change the settings of a number; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct UpdateNumber {
    client: GraphClient,
    number: PhoneNumber,
    location: Setting,
    network_site: Setting,
    lookup: Option<Vec<ReverseNumberLookupOption>>,
    options: RequestOptions,
}

request!(UpdateNumber => ());

impl UpdateNumber {
    pub(super) fn new(client: GraphClient, number: &PhoneNumber) -> Self {
        Self {
            client,
            number: number.clone(),
            location: Setting::Keep,
            network_site: Setting::Keep,
            lookup: None,
            options: RequestOptions::default(),
        }
    }

    /// The emergency location; an empty text removes it.
    pub fn location_id(mut self, location: impl Into<Setting>) -> Self {
        self.location = location.into();
        self
    }

    /// The network site; an empty text removes it.
    pub fn network_site_id(mut self, site: impl Into<Setting>) -> Self {
        self.network_site = site.into();
        self
    }

    /// How calls inside of the tenant use the number; an empty list removes all options.
    pub fn reverse_number_lookup_options(
        mut self,
        options: impl IntoIterator<Item = ReverseNumberLookupOption>,
    ) -> Self {
        self.lookup = Some(options.into_iter().collect());
        self
    }

    async fn send(self) -> Result<()> {
        const OPERATION: &str = "number_update";
        let nothing = self.location == Setting::Keep
            && self.network_site == Setting::Keep
            && self.lookup.is_none();
        if nothing {
            return Err(Error::config(
                "there is nothing to change; set location_id, network_site_id or reverse_number_lookup_options",
            )
            .with_operation(OPERATION));
        }
        let body = types::UpdateNumberRequest {
            telephone_number: self.number.to_string(),
            location_id: self.location.into_field(),
            network_site_id: self.network_site.into_field(),
            reverse_number_lookup_options: self
                .lookup
                .map(|options| options.iter().map(ToString::to_string).collect()),
        };
        let call = self.client.call(
            OPERATION,
            self.options,
            |inner| inner,
            async |inner| v1_0::client(inner).number_update(&body).await,
        );
        call.await?;
        Ok(())
    }
}
