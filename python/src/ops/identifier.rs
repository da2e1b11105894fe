//! Raw ids of callers and callees, and telephone numbers: text in, its parts out.

use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use teams_phone::PhoneNumber;
use teams_phone::identifier::{Cloud, Identifier};

use crate::args::parse;
use crate::convert::{Value, class};
use crate::fork::Lasting;

/// Module, class and fields of what is made here.
pub(crate) const FIELDS: &[(&str, &str, &[&str])] = &[
    (
        IDENTIFIER,
        "PhoneNumberId",
        &["raw_id", "number", "is_anonymous", "asserted_id"],
    ),
    (
        IDENTIFIER,
        "TeamsExtensionUser",
        &[
            "raw_id",
            "cloud",
            "resource",
            "tenant",
            "user",
            "tenant_id",
            "object_id",
        ],
    ),
    (IDENTIFIER, "CommunicationUser", &["raw_id"]),
    (
        IDENTIFIER,
        "TeamsUser",
        &["raw_id", "cloud", "user", "is_anonymous"],
    ),
    (IDENTIFIER, "TeamsApp", &["raw_id", "cloud", "app"]),
    (IDENTIFIER, "Unknown", &["raw_id"]),
    (
        "teams_phone.phone_number",
        "PhoneNumber",
        &["text", "e164", "extension"],
    ),
];

const IDENTIFIER: &str = "teams_phone.identifier";

/// Recognises a raw id.
#[pyfunction]
pub(crate) fn identifier(py: Python<'_>, raw_id: &str) -> PyResult<Py<PyAny>> {
    let id = Identifier::parse(raw_id);
    let text = |text: &str| PyString::new(py, text).into_any();
    let (name, parts) = match &id {
        Identifier::PhoneNumber(number) => (
            "PhoneNumberId",
            vec![
                text(number.number()),
                number.is_anonymous().into_python(py)?,
                number.asserted_id().map(str::to_owned).into_python(py)?,
            ],
        ),
        Identifier::TeamsExtensionUser(user) => (
            "TeamsExtensionUser",
            vec![
                cloud(py, user.cloud()),
                text(user.resource()),
                text(user.tenant()),
                text(user.user()),
                user.tenant_id().into_python(py)?,
                user.object_id().into_python(py)?,
            ],
        ),
        Identifier::CommunicationUser(_) => ("CommunicationUser", Vec::new()),
        Identifier::TeamsUser(user) => (
            "TeamsUser",
            vec![
                cloud(py, user.cloud()),
                text(user.user()),
                user.is_anonymous().into_python(py)?,
            ],
        ),
        Identifier::TeamsApp(app) => ("TeamsApp", vec![cloud(py, app.cloud()), text(app.app())]),
        _ => ("Unknown", Vec::new()),
    };
    let fields = std::iter::once(text(raw_id)).chain(parts);
    let class = py.import(IDENTIFIER)?.getattr(name)?;
    Ok(class
        .call1(PyTuple::new(py, fields.collect::<Vec<_>>())?)?
        .unbind())
}

/// The service's JSON form of a raw id.
#[pyfunction]
pub(crate) fn identifier_json(raw_id: &str) -> PyResult<String> {
    serde_json::to_string(&Identifier::parse(raw_id))
        .map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))
}

/// Reads a telephone number.
#[pyfunction]
pub(crate) fn phone_number(py: Python<'_>, text: &str) -> PyResult<Py<PyAny>> {
    static CLASS: Lasting<Py<PyAny>> = Lasting::new();
    let number: PhoneNumber = parse(py, text)?;
    let class = class(py, &CLASS, "teams_phone.phone_number", "PhoneNumber")?;
    let fields = (number.as_str(), number.e164(), number.extension());
    Ok(class.call1(fields)?.unbind())
}

fn cloud(py: Python<'_>, cloud: Cloud) -> Bound<'_, PyAny> {
    let name = match cloud {
        Cloud::Dod => "dod",
        Cloud::Gcch => "gcch",
        _ => "public",
    };
    PyString::new(py, name).into_any()
}
