//! Owns listing resource accounts over all pages.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use graph_teams_rest::beta::{self, types};
use teams_phone_core::{RequestOptions, Result};

use super::ResourceAccount;
use crate::numbers::quoted;
use crate::pages::{self, Page, Paged, Place};
use crate::{ClientId, GraphClient, ImmutableResourceId};

/// A list of resource accounts; nothing is sent before its stream is consumed.
#[derive(Clone, Debug)]
#[must_use = "a list does nothing until its stream is consumed"]
pub struct ListResourceAccounts {
    client: GraphClient,
    conditions: Vec<String>,
    page_size: Option<u16>,
    options: RequestOptions,
}

impl ListResourceAccounts {
    pub(super) fn new(client: GraphClient) -> Self {
        Self {
            client,
            conditions: Vec::new(),
            page_size: None,
            options: RequestOptions::default(),
        }
    }

    /// Only those that stand for this application.
    pub fn app_id(mut self, app: &ClientId) -> Self {
        self.conditions.push(format!("appId eq {}", quoted(app)));
        self
    }

    /// Only those bound to this Communication Services resource.
    pub fn acs_resource_id(mut self, resource: &ImmutableResourceId) -> Self {
        let resource = quoted(resource);
        self.conditions.push(format!("acsResourceId eq {resource}"));
        self
    }

    /// How many accounts a page has at most; default: as the service likes.
    pub fn page_size(mut self, size: u16) -> Self {
        self.page_size = Some(size);
        self
    }

    /// What each page's request does differently: timeout, retry, API version, request id.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.options = options;
        self
    }

    /// The accounts one by one; ends after the first error.
    pub fn stream(self) -> BoxStream<'static, Result<ResourceAccount>> {
        pages::items(self)
    }

    /// The accounts page by page, as the service cuts them; a page may be empty.
    pub fn pages(self) -> BoxStream<'static, Result<Vec<ResourceAccount>>> {
        pages::pages(self)
    }

    async fn get(&self, place: Place) -> Result<Page<ResourceAccount>> {
        let options = self.options.clone();
        let answer: types::ResourceAccountCollectionResponse = match place {
            Place::Link(link) => self.client.follow(Self::OPERATION, options, &link).await?,
            Place::First | Place::After(..) => {
                let filter = self.conditions.join(" and ");
                let filter = Some(filter.as_str()).filter(|filter| !filter.is_empty());
                let top = self.page_size.map(i64::from);
                let call = self.client.call(
                    Self::OPERATION,
                    options,
                    |inner| inner,
                    async |inner| beta::client(inner).resource_account_list(filter, top).await,
                );
                call.await?.value
            }
        };
        let accounts = answer.value.into_iter().map(Into::into).collect();
        Ok((accounts, pages::linked(answer.odata_next_link)))
    }
}

impl Paged for ListResourceAccounts {
    type Item = ResourceAccount;
    const OPERATION: &'static str = "resource_account_list";

    fn page(&self, place: Place) -> BoxFuture<'_, Result<Page<ResourceAccount>>> {
        self.get(place).boxed()
    }
}
