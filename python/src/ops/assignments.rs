//! Assignments of Teams Phone extensibility.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use teams_phone::assignments::{Assignment, Change, EnsureOutcome, Ensured, Granted, Revoked};
use teams_phone::{ClientId, ObjectId, PrincipalType, TenantId};

use crate::args::{duration, one_of, options, parse, parse_all};
use crate::call::Call;
use crate::client::Client;
use crate::convert::{Value, class, models};
use crate::fork::Lasting;

models! { "teams_phone.models.assignments":
    Assignment => Assignment { tenant_id, object_id, principal_type, client_ids }
    Granted => Granted { assignment, created }
    Change => Change { field, from, to }
    Revoked => Revoked { checks }
}

impl Value for Ensured {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        static CLASS: Lasting<Py<PyAny>> = Lasting::new();
        let class = class(py, &CLASS, "teams_phone.models.assignments", "Ensured")?;
        let (outcome, changes) = match self.outcome {
            EnsureOutcome::Unchanged => ("unchanged", Vec::new()),
            EnsureOutcome::Created => ("created", Vec::new()),
            EnsureOutcome::Replaced { changes } => ("replaced", changes),
            _ => ("unknown", Vec::new()),
        };
        class.call1((
            self.assignment.into_python(py)?,
            PyString::new(py, outcome),
            changes.into_python(py)?,
        ))
    }
}

/// Who an assignment is for.
fn place(py: Python<'_>, tenant: &str, object: &str) -> PyResult<(TenantId, ObjectId)> {
    Ok((parse(py, tenant)?, parse(py, object)?))
}

fn principal(py: Python<'_>, text: &str) -> PyResult<PrincipalType> {
    one_of(py, "principal_type", text, PrincipalType::KNOWN)
}

#[pymethods]
impl Client {
    #[pyo3(signature = (tenant, object, principal_type, client_ids, options_=None))]
    fn assignments_grant(
        &self,
        py: Python<'_>,
        tenant: &str,
        object: &str,
        principal_type: &str,
        client_ids: Vec<String>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let (tenant, object) = place(py, tenant, object)?;
        let principal_type = principal(py, principal_type)?;
        let client_ids: Vec<ClientId> = parse_all(py, &client_ids)?;
        let options = options(options_)?;
        Ok(Call::of_resource(self.client(py)?, move |client| {
            let grant = client.assignments().grant(&tenant, &object, principal_type);
            grant.client_ids(client_ids).options(options)
        }))
    }

    #[pyo3(signature = (tenant, object, options_=None))]
    fn assignments_get(
        &self,
        py: Python<'_>,
        tenant: &str,
        object: &str,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let (tenant, object) = place(py, tenant, object)?;
        let options = options(options_)?;
        Ok(Call::of_resource(self.client(py)?, move |client| {
            client.assignments().get(&tenant, &object).options(options)
        }))
    }

    #[pyo3(signature = (tenant, object, options_=None))]
    fn assignments_revoke(
        &self,
        py: Python<'_>,
        tenant: &str,
        object: &str,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let (tenant, object) = place(py, tenant, object)?;
        let options = options(options_)?;
        Ok(Call::of_resource(self.client(py)?, move |client| {
            client
                .assignments()
                .revoke(&tenant, &object)
                .options(options)
        }))
    }

    #[pyo3(signature = (tenant, object, within=None, options_=None))]
    fn assignments_revoke_and_verify(
        &self,
        py: Python<'_>,
        tenant: &str,
        object: &str,
        within: Option<&Bound<'_, PyAny>>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let (tenant, object) = place(py, tenant, object)?;
        let within = within
            .map(|within| duration("within", within))
            .transpose()?;
        let options = options(options_)?;
        Ok(Call::of_resource(self.client(py)?, move |client| {
            let revoke = client.assignments().revoke_and_verify(&tenant, &object);
            let revoke = revoke.options(options);
            match within {
                Some(within) => revoke.within(within),
                None => revoke,
            }
        }))
    }

    #[pyo3(signature = (tenant, object, principal_type, client_ids, options_=None))]
    fn assignments_ensure(
        &self,
        py: Python<'_>,
        tenant: &str,
        object: &str,
        principal_type: &str,
        client_ids: Vec<String>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let (tenant, object) = place(py, tenant, object)?;
        let principal_type = principal(py, principal_type)?;
        let client_ids: Vec<ClientId> = parse_all(py, &client_ids)?;
        let options = options(options_)?;
        Ok(Call::of_resource(self.client(py)?, move |client| {
            let ensure = client
                .assignments()
                .ensure(&tenant, &object, principal_type);
            ensure.client_ids(client_ids).options(options)
        }))
    }
}
