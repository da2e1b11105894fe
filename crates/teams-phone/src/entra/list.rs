//! Owns listing Entra assignments over all pages.

use acs_identity_rest::v2025_03_02_preview::types;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use teams_phone_core::{Error, ErrorKind, RequestOptions, Result};

use super::EntraAssignment;
use crate::Client;

const OPERATION: &str = "entra_assignment_list";

/// A list of Entra assignments; nothing is sent before its stream is consumed.
#[derive(Clone, Debug)]
#[must_use = "a list does nothing until its stream is consumed"]
pub struct ListEntraAssignments {
    client: Client,
    options: RequestOptions,
}

/// Where the next page is.
enum Next {
    First,
    Link(String),
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
        self.pages()
            .map_ok(|page| stream::iter(page.into_iter().map(Ok)))
            .try_flatten()
            .boxed()
    }

    /// The assignments page by page, as the service cuts them; a page may be empty.
    pub fn pages(self) -> BoxStream<'static, Result<Vec<EntraAssignment>>> {
        stream::try_unfold(Some(Next::First), move |next| {
            let list = self.clone();
            async move {
                let Some(next) = next else { return Ok(None) };
                list.page(next).await.map(Some)
            }
        })
        .boxed()
    }

    async fn page(&self, next: Next) -> Result<(Vec<EntraAssignment>, Option<Next>)> {
        let options = self.options.clone();
        let (answer, here): (types::EntraAssignmentsResponse, _) = match next {
            Next::First => {
                let call = self.client.call(
                    OPERATION,
                    options,
                    |inner| inner,
                    async |rest| rest.entra_assignment_list().await,
                );
                (call.await?.value, None)
            }
            Next::Link(link) => (
                self.client.follow(OPERATION, options, &link).await?,
                Some(link),
            ),
        };
        let link = answer.next_link.filter(|link| !link.is_empty());
        if link.is_some() && link == here {
            return Err(Error::new(
                ErrorKind::Decode,
                "the link to the next page leads to the same page again",
            )
            .with_operation(OPERATION));
        }
        let page = answer.value.into_iter().map(Into::into).collect();
        Ok((page, link.map(Next::Link)))
    }
}
