//! Owns walking through the pages of a list; knows no list.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use teams_phone_core::{Error, ErrorKind, Result};

/// Where a page is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    First,
    /// Where the page before it says.
    Link(String),
    /// After this many items, where no page says more; with the key of the first item of the page before.
    After(usize, Option<String>),
}

/// One page and where the next one is.
pub(crate) type Page<T> = (Vec<T>, Option<Place>);

/// A list that the service gives page by page.
pub(crate) trait Paged: Clone + Send + Sync + 'static {
    type Item: Send + 'static;

    /// The operation that lists.
    const OPERATION: &'static str;

    /// Gets one page.
    fn page(&self, place: Place) -> BoxFuture<'_, Result<Page<Self::Item>>>;
}

/// The pages as the service cuts them; ends after the first error.
pub(crate) fn pages<L: Paged>(list: L) -> BoxStream<'static, Result<Vec<L::Item>>> {
    let start = Some((Place::First, HashSet::new()));
    stream::try_unfold(start, move |state| {
        let list = list.clone();
        async move {
            let Some((place, mut seen)) = state else {
                return Ok(None);
            };
            // A service that links in a circle would be listed for ever; hashes keep the memory small.
            if !seen.insert(hash(&place)) {
                return Err(Error::new(
                    ErrorKind::Decode,
                    "the links between pages lead in a circle",
                )
                .with_operation(L::OPERATION));
            }
            let (page, next) = list.page(place).await?;
            Ok(Some((page, next.map(|next| (next, seen)))))
        }
    })
    .boxed()
}

/// The items one by one; ends after the first error.
pub(crate) fn items<L: Paged>(list: L) -> BoxStream<'static, Result<L::Item>> {
    pages(list)
        .map_ok(|page| stream::iter(page.into_iter().map(Ok)))
        .try_flatten()
        .boxed()
}

/// The place that a link names, if there is one.
pub(crate) fn linked(link: Option<String>) -> Option<Place> {
    link.filter(|link| !link.is_empty()).map(Place::Link)
}

fn hash(place: &Place) -> u64 {
    let mut hasher = DefaultHasher::new();
    place.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers from 0, two a page, linked as the table says.
    #[derive(Clone)]
    struct Numbers(&'static [(&'static str, Option<&'static str>)]);

    impl Paged for Numbers {
        type Item = usize;
        const OPERATION: &'static str = "numbers";

        fn page(&self, place: Place) -> BoxFuture<'_, Result<Page<usize>>> {
            let here = match &place {
                Place::Link(link) => link.as_str(),
                _ => "",
            };
            let index = self.0.iter().position(|(name, _)| *name == here);
            let answer = index
                .map(|index| {
                    let next = self.0[index].1.map(str::to_owned);
                    (vec![2 * index, 2 * index + 1], linked(next))
                })
                .ok_or_else(|| Error::config("no such page"));
            Box::pin(std::future::ready(answer))
        }
    }

    async fn all(list: Numbers) -> (Vec<usize>, Option<String>) {
        let mut items = items(list);
        let mut found = Vec::new();
        while let Some(item) = items.next().await {
            match item {
                Ok(item) => found.push(item),
                Err(error) => {
                    assert!(items.next().await.is_none(), "an error ends the list");
                    return (found, Some(error.to_string()));
                }
            }
        }
        (found, None)
    }

    #[tokio::test]
    async fn every_page_is_visited_once() {
        let list = Numbers(&[("", Some("b")), ("b", Some("c")), ("c", None)]);
        assert_eq!(all(list).await, (vec![0, 1, 2, 3, 4, 5], None));
        let list = Numbers(&[("", Some(""))]);
        assert_eq!(all(list).await, (vec![0, 1], None));
    }

    #[tokio::test]
    async fn a_circle_of_links_and_a_failure_end_the_list() {
        let list = Numbers(&[("", Some("b")), ("b", Some("c")), ("c", Some("b"))]);
        let (found, error) = all(list).await;
        assert_eq!(found, [0, 1, 2, 3, 4, 5]);
        assert!(error.unwrap().contains("circle"));
        let (found, error) = all(Numbers(&[("", Some("x"))])).await;
        assert_eq!(
            (found, error.unwrap().as_str()),
            (vec![0, 1], "no such page")
        );
    }
}
