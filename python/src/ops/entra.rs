//! Entra assignments: who of Entra may get tokens of the resource.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use teams_phone::entra::{BulkReport, EntraAccess, EntraAssignment, EntraGranted};
use teams_phone::{EntraPrincipalType, ObjectId};

use crate::args::{one_of, options, parse, parse_all, whole};
use crate::bulk::rate_limits;
use crate::call::{Answer, Call};
use crate::client::Client;
use crate::convert::{Value, class, models, text};
use crate::fork::Lasting;
use crate::pages::Pages;

text!(EntraPrincipalType);

models! { "teams_phone.models.entra":
    EntraAccess => EntraAccess { tenant_id, principal_type, client_ids }
    EntraAssignment => EntraAssignment { object_id, access }
    EntraGranted => EntraGranted { assignment, created }
}

/// Tenant, principal type and applications, as Python passes them.
type Access = (String, String, Vec<String>);

/// What is to become of each object; `None` removes.
type Changes = BTreeMap<ObjectId, Option<EntraAccess>>;

fn access(py: Python<'_>, (tenant, principal, client_ids): &Access) -> PyResult<EntraAccess> {
    let known = EntraPrincipalType::KNOWN;
    Ok(EntraAccess {
        tenant_id: parse(py, tenant)?,
        principal_type: one_of(py, "principal_type", principal, known)?,
        client_ids: parse_all(py, client_ids)?,
    })
}

fn changes(py: Python<'_>, given: &[(String, Option<Access>)]) -> PyResult<Changes> {
    let change = |(object, wanted): &(String, Option<Access>)| {
        let wanted = wanted.as_ref().map(|wanted| access(py, wanted));
        Ok((parse(py, object)?, wanted.transpose()?))
    };
    given.iter().map(change).collect()
}

impl<A: Value, B: Value> Value for (A, B) {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        let parts = [self.0.into_python(py)?, self.1.into_python(py)?];
        Ok(PyTuple::new(py, parts)?.into_any())
    }
}

/// What was done of the changes, and which are left.
fn report(py: Python<'_>, report: BulkReport, mut changes: Changes) -> PyResult<Py<PyAny>> {
    static CLASS: Lasting<Py<PyAny>> = Lasting::new();
    let class = class(py, &CLASS, "teams_phone.models.entra", "BulkReport")?;
    let refused = report.refused.iter().map(|(object, _)| object);
    for object in report.done.iter().chain(refused) {
        changes.remove(object);
    }
    let rest: Vec<_> = changes.into_iter().collect();
    let stopped = report.stopped.map(|(error, _)| error);
    let fields = [
        report.done.into_python(py)?,
        report.refused.into_python(py)?,
        stopped.into_python(py)?,
        rest.into_python(py)?,
    ];
    Ok(class.call1(PyTuple::new(py, fields)?)?.unbind())
}

#[pymethods]
impl Client {
    #[pyo3(signature = (object, access_, options_=None))]
    fn entra_assignments_grant(
        &self,
        py: Python<'_>,
        object: &str,
        access_: Access,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let object: ObjectId = parse(py, object)?;
        let access = access(py, &access_)?;
        let options = options(options_)?;
        Ok(Call::of_resource(self.client(py)?, move |client| {
            let grant = client.entra_assignments().grant(&object, access);
            grant.options(options)
        }))
    }

    #[pyo3(signature = (object, options_=None))]
    fn entra_assignments_get(
        &self,
        py: Python<'_>,
        object: &str,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let object: ObjectId = parse(py, object)?;
        let options = options(options_)?;
        Ok(Call::of_resource(self.client(py)?, move |client| {
            client.entra_assignments().get(&object).options(options)
        }))
    }

    #[pyo3(signature = (object, options_=None))]
    fn entra_assignments_revoke(
        &self,
        py: Python<'_>,
        object: &str,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let object: ObjectId = parse(py, object)?;
        let options = options(options_)?;
        Ok(Call::of_resource(self.client(py)?, move |client| {
            client.entra_assignments().revoke(&object).options(options)
        }))
    }

    #[pyo3(signature = (options_=None))]
    fn entra_assignments_list(
        &self,
        py: Python<'_>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Pages> {
        let list = self.client(py)?.entra_assignments().list();
        Ok(Pages::new(list.options(options(options_)?).pages()))
    }

    /// Without `limits` it keeps to the published ones, unless it is `unlimited`.
    #[pyo3(signature = (changes_, batch_size=None, limits=None, unlimited=false, options_=None))]
    fn entra_assignments_update(
        &self,
        py: Python<'_>,
        changes_: Vec<(String, Option<Access>)>,
        batch_size: Option<&Bound<'_, PyAny>>,
        limits: Option<&Bound<'_, PyAny>>,
        unlimited: bool,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let changes = changes(py, &changes_)?;
        let client = self.client(py)?;
        let mut update = client.entra_assignments().update();
        for (object, wanted) in changes.clone() {
            update = match wanted {
                Some(access) => update.set(object, access),
                None => update.remove(object),
            };
        }
        if let Some(size) = batch_size {
            update = update.batch_size(whole("batch_size", size, 1..=i64::MAX)?);
        }
        if unlimited {
            update = update.rate_limits(None);
        } else if let Some(limits) = limits {
            update = update.rate_limits(rate_limits(limits)?);
        }
        let update = update.options(options(options_)?);
        let pending = Box::pin(async move {
            let done = update.await?;
            Ok(Box::new(move |py: Python<'_>| report(py, done, changes)) as Answer)
        });
        Ok(Call::whole(client, pending))
    }
}
