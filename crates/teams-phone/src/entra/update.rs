//! Owns changing Entra assignments in bulk: batches, the search for entries at fault, and what is left.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use acs_identity_rest::v2025_03_02_preview::types;
use teams_phone_core::{Error, ErrorKind, RateLimits, RequestOptions, Result};

use super::{EntraAccess, EntraAssignment, EntraPrincipalType, ListEntraAssignments};
use crate::pages::{Paged as _, Place, linked};
use crate::request::request;
use crate::{Client, ObjectId};

const OPERATION: &str = "entra_assignment_update";
const BATCH: usize = 100;
const LARGEST_BATCH: usize = 1000;
/// When so many entries were refused for one reason and none was written, it is not the entries.
const HOPELESS: usize = 100;

/// A change by object id; `None` removes.
type Changes = Vec<(ObjectId, Option<EntraAccess>)>;

/// What the service says that it wrote; `None` if it says nothing.
type Stored = Option<BTreeMap<ObjectId, EntraAccess>>;

/// A request to change many assignments; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct UpdateEntraAssignments {
    client: Client,
    changes: BTreeMap<ObjectId, Option<EntraAccess>>,
    batch_size: usize,
    limits: Option<Arc<RateLimits>>,
    options: RequestOptions,
}

request!(UpdateEntraAssignments => BulkReport);

/// What a bulk change did, object by object.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct BulkReport {
    /// What is written or deleted.
    pub done: Vec<ObjectId>,
    /// What the service refused as invalid or stored otherwise, each with its reason.
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

    /// Notes a batch that was written, entry by entry.
    fn written(&mut self, batch: Changes, stored: &Stored) {
        for (object, wanted) in batch {
            let wrong = match (wanted, stored) {
                (Some(wanted), Some(stored)) => wrong(&wanted, stored.get(&object)),
                _ => None,
            };
            match wrong {
                Some(error) => self.refused.push((object, error)),
                None => self.done.push(object),
            }
        }
    }

    /// Whether a refusal of a batch may be about one of its entries.
    fn may_be_about_entries(&self, error: &Error) -> bool {
        let code = error.code().unwrap_or_default();
        let hopeless = self.done.is_empty()
            && self.refused.len() >= HOPELESS
            && self
                .refused
                .iter()
                .all(|(_, one)| one.code() == error.code());
        error.status() == Some(400) && !code.contains("ApiVersion") && !hopeless
    }
}

impl UpdateEntraAssignments {
    pub(super) fn new(client: Client) -> Self {
        Self {
            limits: Some(client.default_limits()),
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

    /// How many requests may be sent, retries included.
    ///
    /// Default: 500 per 30 s, which the client's other bulk work counts towards. `None` sends as fast as it can.
    pub fn rate_limits(mut self, limits: impl Into<Option<RateLimits>>) -> Self {
        self.limits = limits.into().map(Arc::new);
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
        let client = match &self.limits {
            Some(limits) => self.client.with_rate_limits(Arc::clone(limits)),
            None => self.client.clone(),
        };
        let mut report = BulkReport::default();
        let mut batches = self.batches();
        while let Some(mut batch) = batches.pop() {
            let error = match self.patch(&client, &batch).await {
                Ok(stored) => {
                    report.written(batch, &stored);
                    continue;
                }
                Err(error) => error,
            };
            if !report.may_be_about_entries(&error) {
                let rest = batch.into_iter().chain(batches.into_iter().flatten());
                let changes = rest.collect();
                report.stopped = Some((error, Self { changes, ..self }));
                break;
            }
            if batch.len() > 1 {
                let second = batch.split_off(batch.len() / 2);
                batches.extend([second, batch]);
            } else if let Some((object, _)) = batch.pop() {
                report.refused.push((object, error));
            }
        }
        Ok(report)
    }

    /// All changes in batches, the first one last.
    fn batches(&self) -> Vec<Changes> {
        let changes: Changes = self.changes.clone().into_iter().collect();
        let batches = changes.chunks(self.batch_size).rev();
        batches.map(<[_]>::to_vec).collect()
    }

    /// Sends one batch and reads what was written, over all pages of the answer.
    async fn patch(
        &self,
        client: &Client,
        batch: &[(ObjectId, Option<EntraAccess>)],
    ) -> Result<Stored> {
        let entries = batch
            .iter()
            .map(|(object, access)| (object.to_string(), access.clone().map(Into::into)));
        let body = types::EntraAssignmentUpdateBulkRequest(entries.collect());
        let call = client.call(
            OPERATION,
            self.options.clone(),
            |inner| inner,
            async |rest| rest.entra_assignment_update(&body).await,
        );
        let Some(mut page) = call.await?.value else {
            return Ok(None);
        };
        let mut stored = BTreeMap::new();
        loop {
            let before = stored.len();
            let entries = page.value.into_iter().map(EntraAssignment::from);
            stored.extend(entries.map(|entry| (entry.object_id, entry.access)));
            match linked(page.next_link) {
                // A page that brings nothing new leads nowhere.
                Some(Place::Link(link)) if stored.len() > before => {
                    let list = ListEntraAssignments::OPERATION;
                    page = client.follow(list, self.options.clone(), &link).await?;
                }
                _ => return Ok(Some(stored).filter(|stored| !stored.is_empty())),
            }
        }
    }
}

/// What is wrong with an entry that the service says it wrote.
fn wrong(wanted: &EntraAccess, stored: Option<&EntraAccess>) -> Option<Error> {
    let error = |message: &str| {
        Error::new(ErrorKind::Operation, message)
            .with_operation(OPERATION)
            .with_hint("read the assignment to see what is stored, and set it by itself")
    };
    let Some(stored) = stored else {
        return Some(error(
            "the service answered success, but does not list this entry as written",
        ));
    };
    let meaning = |access: &EntraAccess| EntraPrincipalType::from(access.principal_type.as_str());
    let applications =
        |access: &EntraAccess| -> BTreeSet<_> { access.client_ids.iter().cloned().collect() };
    let field = if stored.tenant_id != wanted.tenant_id {
        "tenantId"
    } else if meaning(stored) != meaning(wanted) {
        "principalType"
    } else if applications(stored) != applications(wanted) {
        "clientIds"
    } else {
        return None;
    };
    Some(error(&format!("the service stored another {field}")))
}
