//! Owns listing Entra assignments over all pages.

use acs_identity_rest::v2025_03_02_preview::types;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use teams_phone_core::{RequestOptions, Result};

use super::EntraAssignment;
use crate::Client;
use crate::pages::{self, Page, Paged, Place};

/// A list of Entra assignments; nothing is sent before its stream is consumed.
#[derive(Clone, Debug)]
#[must_use = "a list does nothing until its stream is consumed"]
pub struct ListEntraAssignments {
    client: Client,
    options: RequestOptions,
}

impl ListEntraAssignments {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            options: RequestOptions::default(),
        }
    }

    /// What each page's request does differently: timeout, retry, API version, request id.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.options = options;
        self
    }

    /// The assignments one by one; ends after the first error.
    pub fn stream(self) -> BoxStream<'static, Result<EntraAssignment>> {
        pages::items(self)
    }

    /// The assignments page by page, as the service cuts them; a page may be empty.
    pub fn pages(self) -> BoxStream<'static, Result<Vec<EntraAssignment>>> {
        pages::pages(self)
    }

    async fn get(&self, place: Place) -> Result<Page<EntraAssignment>> {
        let options = self.options.clone();
        let answer: types::EntraAssignmentsResponse = match place {
            Place::Link(link) => self.client.follow(Self::OPERATION, options, &link).await?,
            Place::First | Place::After(..) => {
                let call = self.client.call(
                    Self::OPERATION,
                    options,
                    |inner| inner,
                    async |rest| rest.entra_assignment_list().await,
                );
                call.await?.value
            }
        };
        let page = answer.value.into_iter().map(Into::into).collect();
        Ok((page, pages::linked(answer.next_link)))
    }
}

impl Paged for ListEntraAssignments {
    type Item = EntraAssignment;
    const OPERATION: &'static str = "entra_assignment_list";

    fn page(&self, place: Place) -> BoxFuture<'_, Result<Page<EntraAssignment>>> {
        self.get(place).boxed()
    }
}
