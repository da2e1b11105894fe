//! Owns listing numbers over all pages.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use graph_teams_rest::v1_0::{self, types};
use teams_phone_core::{Error, ErrorKind, RequestOptions, Result};

use super::{NumberAssignment, NumberFilter};
use crate::GraphClient;
use crate::pages::{self, Page, Paged, Place};

/// The service's own page size, and the largest that it takes.
const PAGE: usize = 500;
const LARGEST_PAGE: usize = 1000;

/// A list of numbers; nothing is sent before its stream is consumed.
#[derive(Clone, Debug)]
#[must_use = "a list does nothing until its stream is consumed"]
pub struct ListNumbers {
    client: GraphClient,
    filter: NumberFilter,
    page_size: usize,
    options: RequestOptions,
}

impl ListNumbers {
    pub(super) fn new(client: GraphClient) -> Self {
        Self {
            client,
            filter: NumberFilter::new(),
            page_size: PAGE,
            options: RequestOptions::default(),
        }
    }

    /// What the numbers have to be like; default: all numbers.
    pub fn filter(mut self, filter: NumberFilter) -> Self {
        self.filter = filter;
        self
    }

    /// How many numbers a page has, 1 to 1000; default 500.
    pub fn page_size(mut self, size: usize) -> Self {
        self.page_size = size;
        self
    }

    /// What each page's request does differently: timeout, retry, API version, request id.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.options = options;
        self
    }

    /// The numbers one by one; ends after the first error.
    pub fn stream(self) -> BoxStream<'static, Result<NumberAssignment>> {
        pages::items(self)
    }

    /// The numbers page by page, as the service cuts them; a page may be empty.
    pub fn pages(self) -> BoxStream<'static, Result<Vec<NumberAssignment>>> {
        pages::pages(self)
    }

    /// The page at a place. The service's link is followed if there is one; it is not documented whether
    /// there is, so that otherwise the next page is asked for until one is not full.
    async fn get(&self, place: Place) -> Result<Page<NumberAssignment>> {
        if !(1..=LARGEST_PAGE).contains(&self.page_size) {
            return Err(Error::config(format!(
                "page_size is {}; give 1 to {LARGEST_PAGE}",
                self.page_size
            ))
            .with_operation(Self::OPERATION));
        }
        let options = self.options.clone();
        let (skipped, answer) = match &place {
            Place::Link(link) => {
                let answer: types::NumberAssignmentCollectionResponse =
                    self.client.follow(Self::OPERATION, options, link).await?;
                (None, answer)
            }
            Place::First => (Some(0), self.request(0, options).await?),
            Place::After(skipped, _) => (Some(*skipped), self.request(*skipped, options).await?),
        };
        let numbers: Vec<NumberAssignment> = answer.value.into_iter().map(Into::into).collect();
        let first = numbers.first().map(|number| number.id.to_string());
        let next = pages::linked(answer.odata_next_link).or_else(|| {
            let is_full = numbers.len() >= self.page_size;
            let skipped = skipped.filter(|_| is_full)?;
            Some(Place::After(skipped + numbers.len(), first.clone()))
        });
        // A service that does not know `$skip` would give the first page for ever.
        if let (Place::After(_, before), Some(_)) = (&place, &first)
            && *before == first
        {
            return Err(Error::new(
                ErrorKind::Decode,
                "the page after the first is the first page again",
            )
            .with_operation(Self::OPERATION));
        }
        Ok((numbers, next))
    }

    async fn request(
        &self,
        skip: usize,
        options: RequestOptions,
    ) -> Result<types::NumberAssignmentCollectionResponse> {
        let filter = Some(self.filter.to_string()).filter(|filter| !filter.is_empty());
        let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let (skip, top) = (
            Some(skip).filter(|skip| *skip > 0).map(number),
            number(self.page_size),
        );
        let call = self.client.call(
            Self::OPERATION,
            options,
            |inner| inner,
            async |inner| {
                v1_0::client(inner)
                    .number_list(filter.as_deref(), skip, Some(top))
                    .await
            },
        );
        Ok(call.await?.value)
    }
}

impl Paged for ListNumbers {
    type Item = NumberAssignment;
    const OPERATION: &'static str = "number_list";

    fn page(&self, place: Place) -> BoxFuture<'_, Result<Page<NumberAssignment>>> {
        self.get(place).boxed()
    }
}
