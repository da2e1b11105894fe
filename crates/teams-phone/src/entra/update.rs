//! Owns changing Entra assignments in bulk: batches, the search for entries at fault, and what is left.

use std::collections::BTreeMap;

use acs_identity_rest::v2025_03_02_preview::types;
use teams_phone_core::{Error, RequestOptions, Result};

use super::EntraAccess;
use crate::request::request;
use crate::{Client, ObjectId};

const OPERATION: &str = "entra_assignment_update";
const BATCH: usize = 100;
const LARGEST_BATCH: usize = 1000;

/// A change by object id; `None` removes.
type Changes = Vec<(ObjectId, Option<EntraAccess>)>;

/// A request to change many assignments; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct UpdateEntraAssignments {
    client: Client,
    changes: BTreeMap<ObjectId, Option<EntraAccess>>,
    batch_size: usize,
    options: RequestOptions,
}

request!(UpdateEntraAssignments => BulkReport);

/// What a bulk change did, object by object.
#[derive(Debug)]
#[non_exhaustive]
pub struct BulkReport {
    /// What is written or deleted.
    pub done: Vec<ObjectId>,
    /// What the service refused as invalid, each with its reason.
    pub refused: Vec<(ObjectId, Error)>,
    /// Why the work stopped, with the request that does the rest.
    pub stopped: Option<(Error, UpdateEntraAssignments)>,
}

impl BulkReport {
    /// Whether every change was made.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.refused.is_empty() && self.stopped.is_none()
    }
}

impl UpdateEntraAssignments {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            changes: BTreeMap::new(),
            batch_size: BATCH,
            options: RequestOptions::default(),
        }
    }

    /// Writes the assignment of an object; the last word about an object counts.
    pub fn set(mut self, object: ObjectId, access: EntraAccess) -> Self {
        self.changes.insert(object, Some(access));
        self
    }

    /// Deletes the assignment of an object.
    pub fn remove(mut self, object: ObjectId) -> Self {
        self.changes.insert(object, None);
        self
    }

    /// How many changes go into one request: 1 to 1,000; default 100.
    pub fn batch_size(mut self, size: usize) -> Self {
        self.batch_size = size;
        self
    }

    /// How many changes are to be made.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether there is nothing to change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    async fn send(self) -> Result<BulkReport> {
        if !(1..=LARGEST_BATCH).contains(&self.batch_size) {
            return Err(Error::config(format!(
                "batch_size is {}; give 1 to {LARGEST_BATCH}",
                self.batch_size
            ))
            .with_operation(OPERATION));
        }
        let mut report = BulkReport {
            done: Vec::new(),
            refused: Vec::new(),
            stopped: None,
        };
        let mut changes: Changes = self.changes.clone().into_iter().collect();
        let mut batches: Vec<Changes> = Vec::new();
        while !changes.is_empty() {
            let from = changes.len().saturating_sub(self.batch_size);
            batches.push(changes.split_off(from));
        }
        while let Some(batch) = batches.pop() {
            match self.patch(&batch).await {
                Ok(()) => report
                    .done
                    .extend(batch.into_iter().map(|(object, _)| object)),
                Err(error) if error.status() == Some(400) && batch.len() > 1 => {
                    let mut first = batch;
                    let second = first.split_off(first.len() / 2);
                    batches.extend([second, first]);
                }
                Err(error) if error.status() == Some(400) => {
                    let objects = batch.into_iter().map(|(object, _)| object);
                    let mut error = Some(error);
                    report
                        .refused
                        .extend(objects.filter_map(|object| Some((object, error.take()?))));
                }
                Err(error) => {
                    let rest = batch.into_iter().chain(batches.into_iter().flatten());
                    let rest = Self {
                        changes: rest.collect(),
                        ..self
                    };
                    report.stopped = Some((error, rest));
                    break;
                }
            }
        }
        Ok(report)
    }

    async fn patch(&self, batch: &[(ObjectId, Option<EntraAccess>)]) -> Result<()> {
        let entries = batch
            .iter()
            .map(|(object, access)| (object.to_string(), access.clone().map(Into::into)));
        let body = types::EntraAssignmentUpdateBulkRequest(entries.collect());
        let call = self.client.call(
            OPERATION,
            self.options.clone(),
            |inner| inner,
            async |rest| rest.entra_assignment_update(&body).await,
        );
        call.await.map(|_| ())
    }
}
