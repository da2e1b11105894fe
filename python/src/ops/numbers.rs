//! Telephone numbers of a Teams tenant: listing, reading and changing them, and the checks before an order.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use teams_phone::numbers::{
    ActivationState, AssignmentCategory, AssignmentStatus, Check, CustomerAction, Finding, Holding,
    NumberAssignment, NumberCapability, NumberFilter, NumberSource, NumberType, PortInStatus,
    Preflight, ReverseNumberLookupOption, TargetKind, Verdict,
};
use teams_phone::users::UserRef;
use teams_phone::{Error, NumberId, ObjectId, PhoneNumber};

use crate::args::{one_of, options, parse, text, texts, whole};
use crate::call::Call;
use crate::client::GraphClient;
use crate::convert::{Value, models, text};
use crate::errors::raise;
use crate::pages::Pages;

const LARGEST_PAGE: u16 = 1000;

text!(
    ActivationState,
    AssignmentCategory,
    AssignmentStatus,
    CustomerAction,
    NumberCapability,
    NumberId,
    NumberSource,
    NumberType,
    PhoneNumber,
    PortInStatus,
    ReverseNumberLookupOption,
);

models! { "teams_phone.models.numbers":
    NumberAssignment => NumberAssignment {
        id, telephone_number, number_type, activation_state, capabilities, assignment_status,
        assignment_target_id, assignment_category, operator_id, location_id, civic_address_id,
        network_site_id, iso_country_code, city, number_source, port_in_status,
        supported_customer_actions, reverse_number_lookup_options,
    } + { holding }
    Finding => Finding { check, verdict, message }
    Preflight => Preflight { number, target, target_kind, findings } + { error }
}

impl Value for Holding<'_> {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        let word = match self {
            Self::Free => "free",
            Self::By(_) => "held",
            Self::Other(_) => "other",
            _ => "unclear",
        };
        word.into_python(py)
    }
}

const CHECKS: [(&str, Check); 6] = [
    ("number_exists", Check::NumberExists),
    ("unassigned", Check::Unassigned),
    ("target_exists", Check::TargetExists),
    ("capability", Check::Capability),
    ("license", Check::License),
    ("usage_location", Check::UsageLocation),
];

impl Value for Check {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        let known = CHECKS.iter().find(|(_, check)| *check == self);
        known.map_or("unknown", |(name, _)| name).into_python(py)
    }
}

impl Value for Verdict {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        let word = match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            _ => "not_checked",
        };
        word.into_python(py)
    }
}

impl Value for TargetKind {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        let word = match self {
            Self::User => "user",
            Self::ResourceAccount => "resource_account",
            _ => "unknown",
        };
        word.into_python(py)
    }
}

/// Results that say by themselves why they are no success.
pub(super) trait Judged {
    fn error(&self) -> Option<Error>;
}

impl Judged for Preflight {
    fn error(&self) -> Option<Error> {
        self.clone().into_result().err()
    }
}

impl Value for Error {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(raise(py, self).into_value(py).into_bound(py).into_any())
    }
}

/// The checks of these names.
pub(super) fn checks(py: Python<'_>, names: &[String]) -> PyResult<Vec<Check>> {
    let check = |name: &String| {
        let known = CHECKS.iter().find(|(known, _)| known == name);
        known.map(|(_, check)| *check).ok_or_else(|| {
            let known: Vec<String> = CHECKS.iter().map(|(name, _)| format!("{name:?}")).collect();
            let message = format!("skip has {name:?}; give {}", known.join(" or "));
            raise(py, Error::config(message))
        })
    };
    names.iter().map(check).collect()
}

/// How many items a page is to have.
pub(super) fn page_size(size: &Bound<'_, PyAny>, most: u16) -> PyResult<u16> {
    whole("page_size", size, 1..=most.into())
}

/// What numbers have to be like, by the names of the conditions.
fn filter(conditions: &Bound<'_, PyDict>) -> PyResult<NumberFilter> {
    let py = conditions.py();
    let mut filter = NumberFilter::new();
    for (name, value) in conditions {
        if value.is_none() {
            continue;
        }
        let name: String = name.extract()?;
        if name == "capability" {
            for wanted in texts(&name, &value)? {
                filter = filter.capability(one_of(py, &name, &wanted, NumberCapability::KNOWN)?);
            }
            continue;
        }
        let text = text(&name, &value)?;
        filter = match name.as_str() {
            "telephone_number" => filter.telephone_number(&parse::<PhoneNumber>(py, &text)?),
            "number_type" => filter.number_type(one_of(py, &name, &text, NumberType::KNOWN)?),
            "status" => filter.status(one_of(py, &name, &text, AssignmentStatus::KNOWN)?),
            "target" => filter.target(&parse::<ObjectId>(py, &text)?),
            "category" => filter.category(one_of(py, &name, &text, AssignmentCategory::KNOWN)?),
            "activation_state" => {
                filter.activation_state(one_of(py, &name, &text, ActivationState::KNOWN)?)
            }
            "source" => filter.source(one_of(py, &name, &text, NumberSource::KNOWN)?),
            "iso_country_code" => filter.iso_country_code(&text),
            "operator_id" => filter.operator_id(&text),
            "location_id" => filter.location_id(&text),
            _ => filter.odata(&text),
        };
    }
    Ok(filter)
}

#[pymethods]
impl GraphClient {
    #[pyo3(signature = (conditions, page_size_=None, options_=None))]
    fn numbers_list(
        &self,
        py: Python<'_>,
        conditions: &Bound<'_, PyDict>,
        page_size_: Option<&Bound<'_, PyAny>>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Pages> {
        let list = self.client(py)?.numbers().list();
        let mut list = list.filter(filter(conditions)?).options(options(options_)?);
        if let Some(size) = page_size_ {
            list = list.page_size(page_size(size, LARGEST_PAGE)?.into());
        }
        Ok(Pages::new(list.pages()))
    }

    #[pyo3(signature = (number, options_=None))]
    fn numbers_get(
        &self,
        py: Python<'_>,
        number: &str,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let get = self.client(py)?.numbers().get(&parse(py, number)?);
        Ok(Call::other(get.options(options(options_)?)))
    }

    #[pyo3(signature = (id, options_=None))]
    fn numbers_get_by_id(
        &self,
        py: Python<'_>,
        id: &str,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let get = self.client(py)?.numbers().get_by_id(&parse(py, id)?);
        Ok(Call::other(get.options(options(options_)?)))
    }

    #[pyo3(signature = (
        number, location_id=None, network_site_id=None, reverse_number_lookup_options=None, options_=None
    ))]
    fn numbers_update(
        &self,
        py: Python<'_>,
        number: &str,
        location_id: Option<String>,
        network_site_id: Option<String>,
        reverse_number_lookup_options: Option<&Bound<'_, PyAny>>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        const LOOKUP: &str = "reverse_number_lookup_options";
        let update = self.client(py)?.numbers().update(&parse(py, number)?);
        let mut update = update.options(options(options_)?);
        if let Some(location) = location_id {
            update = update.location_id(location);
        }
        if let Some(site) = network_site_id {
            update = update.network_site_id(site);
        }
        if let Some(names) = reverse_number_lookup_options {
            let known = ReverseNumberLookupOption::KNOWN;
            let lookups: Vec<_> = texts(LOOKUP, names)?
                .iter()
                .map(|name| one_of(py, LOOKUP, name, known))
                .collect::<PyResult<_>>()?;
            update = update.reverse_number_lookup_options(lookups);
        }
        Ok(Call::other(update))
    }

    #[pyo3(signature = (number, target, skip, options_=None))]
    fn numbers_preflight(
        &self,
        py: Python<'_>,
        number: &str,
        target: &str,
        skip: &Bound<'_, PyAny>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let target: UserRef = parse(py, target)?;
        let numbers = self.client(py)?.numbers();
        let mut check = numbers.preflight(&parse(py, number)?, target);
        for skipped in checks(py, &texts("skip", skip)?)? {
            check = check.skip(skipped);
        }
        Ok(Call::other(check.options(options(options_)?)))
    }
}
