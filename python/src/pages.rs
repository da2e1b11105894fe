//! Owns lists: a page at a time, however many there are.

use std::sync::Arc;

use futures::stream::{BoxStream, StreamExt as _};
use pyo3::prelude::*;
use teams_phone::Result;
use tokio::sync::Mutex;

use crate::call::{Answer, Call, answer};
use crate::convert::{Items, Value};
use crate::fork::Here;

/// The pages of a list, in the order of the service.
#[pyclass(frozen, module = "teams_phone._native")]
pub(crate) struct Pages(Here<Arc<Mutex<BoxStream<'static, Result<Answer>>>>>);

impl Pages {
    pub(crate) fn new<T: Value + Send + 'static>(
        pages: BoxStream<'static, Result<Vec<T>>>,
    ) -> Self {
        let pages = pages.map(|page| page.map(|items| answer(Items(items))));
        Self(Here::new(Arc::new(Mutex::new(pages.boxed()))))
    }
}

#[pymethods]
impl Pages {
    /// The next page as a list, or `None` after the last one.
    fn next(&self) -> PyResult<Call> {
        let pages = Arc::clone(self.0.get()?);
        Ok(Call::answering(Box::pin(async move {
            match pages.lock().await.next().await {
                Some(page) => page,
                None => Ok(answer(())),
            }
        })))
    }
}
