//! Owns the options of an emulator by their Python names.
//! Refuses to have defaults: those are the builder's.

use std::{path::PathBuf, time::Duration};

use jiff::SignedDuration;
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
    types::{PyDelta, PyDict},
};
use teams_phone_emulator::{Application, Builder, Emulator, User};

use super::{changed, parsed};
use crate::args::whole;

/// The builder with every option that is given and not `None`.
pub(super) fn builder(options: Option<&Bound<'_, PyDict>>) -> PyResult<Builder> {
    let mut builder = Emulator::builder();
    for (name, value) in options.into_iter().flatten() {
        let name: String = name.extract()?;
        if !value.is_none() {
            builder = set(builder, &name, &value).map_err(|error| about(&name, &value, error))?;
        }
    }
    Ok(builder)
}

fn set(builder: Builder, name: &str, value: &Bound<'_, PyAny>) -> PyResult<Builder> {
    Ok(match name {
        "access_key" => builder.access_key(value.extract::<String>()?),
        "client_secret" => builder.client_secret(value.extract::<String>()?),
        "host" => builder.host(value.extract::<String>()?),
        "port" => builder.port(whole(name, value, 0..=65_535)?),
        "tls" => builder.tls(value.extract()?),
        "ca_file" => builder.ca_file(value.extract::<PathBuf>()?),
        "snapshot" => builder.snapshot(value.extract::<PathBuf>()?),
        "resource_id" => builder.resource_id(value.extract()?),
        "page_size" => builder.page_size(whole(name, value, 1..=i64::MAX)?),
        "request_log" => builder.request_log(whole(name, value, 0..=i64::MAX)?),
        "clock_offset" => builder.clock_offset(signed(value)?),
        "max_body" => builder.max_body(whole(name, value, 0..=i64::MAX)?),
        "max_connections" => builder.max_connections(whole(name, value, 0..=i64::MAX)?),
        "verify_credentials" => builder.verify_credentials(value.extract()?),
        "accept_unsigned_tokens" => builder.accept_unsigned_tokens(value.extract()?),
        "subscription_allowed" => builder.subscription_allowed(value.extract()?),
        "exchange_requires_assignment" => builder.exchange_requires_assignment(value.extract()?),
        "signed_in_user" => builder.signed_in_user(value.extract::<String>()?),
        "access_token_lifetime" => builder.access_token_lifetime(value.extract::<Duration>()?),
        "device_code_interval" => builder.device_code_interval(value.extract::<Duration>()?),
        "device_code_lifetime" => builder.device_code_lifetime(value.extract::<Duration>()?),
        _ => return set_documents(builder, name, value),
    })
}

/// The options that are JSON texts, or lists of texts.
fn set_documents(builder: Builder, name: &str, value: &Bound<'_, PyAny>) -> PyResult<Builder> {
    match name {
        "tenants" => {
            let tenants: Vec<String> = value.extract()?;
            Ok(tenants.into_iter().fold(builder, Builder::tenant))
        }
        "applications" => {
            let all: Vec<Application> = parsed(name, value.extract()?)?;
            Ok(all.into_iter().fold(builder, Builder::application))
        }
        "users" => {
            let all: Vec<User> = parsed(name, value.extract()?)?;
            Ok(all.into_iter().fold(builder, Builder::user))
        }
        "graph_tenant" => {
            let parts: Vec<(String, Bound<'_, PyAny>)> = value.extract()?;
            parts.iter().try_fold(builder, tenant_part)
        }
        "graph_settings" => {
            let wanted = changed(&Default::default(), value.extract()?)
                .map_err(|why| PyValueError::new_err(format!("{name}: {why}")))?;
            Ok(builder.graph(|settings| *settings = wanted))
        }
        _ => Err(PyTypeError::new_err(format!(
            "an emulator has no option {name}"
        ))),
    }
}

/// One part of Graph's tenant: what it is, and the path or text of it.
fn tenant_part(builder: Builder, part: &(String, Bound<'_, PyAny>)) -> PyResult<Builder> {
    let (what, value) = part;
    Ok(match what.as_str() {
        "file" => builder.graph_tenant_file(value.extract::<PathBuf>()?),
        "json" => builder.graph_tenant_json(value.extract::<String>()?),
        _ => builder.graph_demo_tenant(),
    })
}

/// A `timedelta`, which may be negative.
fn signed(value: &Bound<'_, PyAny>) -> PyResult<SignedDuration> {
    let seconds: f64 = value
        .cast::<PyDelta>()?
        .call_method0("total_seconds")?
        .extract()?;
    SignedDuration::try_from_secs_f64(seconds)
        .map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Says which option an error is about, if it is one of a conversion.
fn about(name: &str, value: &Bound<'_, PyAny>, error: PyErr) -> PyErr {
    let py = value.py();
    let text = error.value(py).to_string();
    if text.starts_with(&format!("{name}:")) || text.starts_with(&format!("{name} is ")) {
        return error;
    }
    let text = format!("{name}: {text}");
    if error.is_instance_of::<PyTypeError>(py) {
        PyTypeError::new_err(text)
    } else {
        PyValueError::new_err(text)
    }
}
