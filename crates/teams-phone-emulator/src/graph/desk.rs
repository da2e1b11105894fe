//! Owns what every Graph operation has at hand, and the bodies and links of its answers.
//! Refuses to know what an operation does.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{reply::Reply, request::Received};

use super::{
    options::{Envelope, GraphSettings, ListShape, LocationStyle},
    query::{Page, Query},
    tenant::Tenant,
};

const NUMBERS: &str = "admin/teams/telephoneNumberManagement";

/// An operation's view of the emulator.
pub(crate) struct Desk<'a> {
    pub(crate) request: &'a Received,
    /// The key in the path.
    pub(crate) id: String,
    pub(crate) version: &'static str,
    pub(crate) tenant: &'a mut Tenant,
    pub(crate) settings: &'a GraphSettings,
    /// Scheme and authority of the request.
    pub(crate) origin: &'a str,
    pub(crate) now: Timestamp,
    /// The id of the tenant.
    pub(crate) home: Uuid,
}

impl Desk<'_> {
    fn context(&self, what: &str) -> String {
        format!("{}/{}/$metadata#{what}", self.origin, self.version)
    }

    /// The absolute URL of a number, null if it is not in the inventory.
    pub(crate) fn link(&self, telephone_number: &str) -> Value {
        let number = self.tenant.number(telephone_number);
        number.map_or(Value::Null, |number| {
            let (origin, version) = (self.origin, self.version);
            format!(
                "{origin}/{version}/{NUMBERS}/numberAssignments/{}",
                number.id()
            )
            .into()
        })
    }

    /// The `Location` of an operation, as the settings want it.
    pub(crate) fn location(&self, id: &str) -> Option<String> {
        let path = format!("/{}/{NUMBERS}/operations", self.version);
        let key = format!("{path}('{id}')");
        match &self.settings.location {
            LocationStyle::Key => Some(format!("{}{key}", self.origin)),
            LocationStyle::Segment => Some(format!("{}{path}/{id}", self.origin)),
            LocationStyle::Relative => Some(key),
            LocationStyle::Foreign(origin) => {
                Some(format!("{}{key}", origin.trim_end_matches('/')))
            }
            LocationStyle::Missing => None,
        }
    }

    /// One entity of the Teams administration.
    pub(crate) fn entity(&self, what: &str, entity: Value) -> Reply {
        let body = match self.settings.envelope {
            Envelope::Wrapped => json!({ "value": entity }),
            Envelope::Bare => self.with_context(what, entity),
        };
        Reply::json(StatusCode::OK, &body)
    }

    /// One entity of the directory, which never wraps it.
    pub(crate) fn bare_entity(&self, what: &str, entity: Value) -> Reply {
        Reply::json(StatusCode::OK, &self.with_context(what, entity))
    }

    fn with_context(&self, what: &str, mut entity: Value) -> Value {
        let context = self.context(&format!("{what}/$entity"));
        if let Value::Object(members) = &mut entity {
            members.insert("@odata.context".into(), context.into());
        }
        entity
    }

    /// One page of a list of the Teams administration.
    pub(crate) fn page(&self, what: &str, items: Vec<Value>, query: &Query, page: Page) -> Reply {
        let shape = self.settings.lists;
        self.page_of(what, items, query, page, shape)
    }

    /// One page of a list of the directory, always an array.
    pub(crate) fn directory_page(&self, what: &str, items: Vec<Value>, query: &Query) -> Reply {
        self.page_of(what, items, query, Page::Token(100, 999), ListShape::Array)
    }

    fn page_of(
        &self,
        what: &str,
        mut items: Vec<Value>,
        query: &Query,
        page: Page,
        shape: ListShape,
    ) -> Reply {
        let cut = query.cut(items.len(), page, self.settings);
        let rest = items.split_off(cut.end);
        let mut shown = items.split_off(cut.start);
        let value = if shape == ListShape::Object && shown.len() == 1 {
            shown.remove(0)
        } else {
            Value::Array(shown)
        };
        let mut body = json!({ "@odata.context": self.context(what), "value": value });
        if !rest.is_empty() && cut.links {
            let path = self.request.path();
            let next = query.next(self.request.query(), cut.end, page);
            body["@odata.nextLink"] = format!("{}{path}?{next}", self.origin).into();
        }
        Reply::json(StatusCode::OK, &body)
    }
}
