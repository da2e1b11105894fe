//! Owns what can be said of an order besides which number it is about; gives none.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use teams_phone::numbers::{AssignmentCategory, Check};
use teams_phone::poll::PollPolicy;
use teams_phone::{ObjectId, RequestOptions};

use crate::args::{duration, factor, member, one_of, options, parse, text, texts};
use crate::ops::numbers::checks;

/// A `PollPolicy` of the Python half; what is `None` there stays as it is by default.
pub(super) fn poll_policy(policy: &Bound<'_, PyAny>) -> PyResult<PollPolicy> {
    let field = |name: &str| member(policy, name, "poll_policy", "a teams_phone.PollPolicy");
    let mut wanted = PollPolicy::default();
    if let Some(wait) = field("first_wait")? {
        wanted = wanted.first_wait(duration("first_wait", &wait)?);
    }
    if let Some(longer) = field("factor")? {
        wanted = wanted.factor(factor("factor", &longer)?);
    }
    if let Some(wait) = field("longest_wait")? {
        wanted = wanted.longest_wait(duration("longest_wait", &wait)?);
    }
    if let Some(within) = field("within")? {
        wanted = wanted.within(duration("within", &within)?);
    }
    Ok(wanted)
}

/// What can be said of an order besides which number it is about.
#[derive(Default)]
pub(super) struct Terms {
    pub(super) category: Option<AssignmentCategory>,
    pub(super) location: Option<String>,
    pub(super) held_by: Option<ObjectId>,
    pub(super) confirm: bool,
    pub(super) skip: Vec<Check>,
    pub(super) poll: PollPolicy,
    pub(super) options: RequestOptions,
}

impl Terms {
    pub(super) fn read(
        given: &Bound<'_, PyDict>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let py = given.py();
        let mut terms = Self {
            options: options(options_)?,
            ..Self::default()
        };
        for (name, value) in given {
            if value.is_none() {
                continue;
            }
            let name: String = name.extract()?;
            match name.as_str() {
                "assignment_category" => {
                    let category = text(&name, &value)?;
                    let category = one_of(py, &name, &category, AssignmentCategory::KNOWN)?;
                    terms.category = Some(category);
                }
                "location_id" => terms.location = Some(text(&name, &value)?),
                "held_by" => terms.held_by = Some(parse(py, &text(&name, &value)?)?),
                "confirm" => terms.confirm = value.is_truthy()?,
                "skip" => terms.skip = checks(py, &texts(&name, &value)?)?,
                _ => terms.poll = poll_policy(&value)?,
            }
        }
        Ok(terms)
    }
}
