//! Resource accounts of Teams, as Microsoft Graph's beta version shows them.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use teams_phone::resource_accounts::ResourceAccount;
use teams_phone::{ClientId, ImmutableResourceId};

use super::numbers::page_size;
use crate::args::{options, parse};
use crate::call::Call;
use crate::client::GraphClient;
use crate::convert::{models, text};
use crate::pages::Pages;

text!(ImmutableResourceId);

models! { "teams_phone.models.resource_accounts":
    ResourceAccount => ResourceAccount {
        id, user_principal_name, display_name, app_id, phone_number, acs_resource_id,
    }
}

#[pymethods]
impl GraphClient {
    #[pyo3(signature = (app_id=None, acs_resource_id=None, page_size_=None, options_=None))]
    fn resource_accounts_list(
        &self,
        py: Python<'_>,
        app_id: Option<&str>,
        acs_resource_id: Option<&str>,
        page_size_: Option<&Bound<'_, PyAny>>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Pages> {
        let list = self.client(py)?.resource_accounts().list();
        let mut list = list.options(options(options_)?);
        if let Some(app) = app_id {
            list = list.app_id(&parse::<ClientId>(py, app)?);
        }
        if let Some(resource) = acs_resource_id {
            list = list.acs_resource_id(&parse(py, resource)?);
        }
        if let Some(size) = page_size_ {
            list = list.page_size(page_size(size, u16::MAX)?);
        }
        Ok(Pages::new(list.pages()))
    }

    #[pyo3(signature = (id, options_=None))]
    fn resource_accounts_get(
        &self,
        py: Python<'_>,
        id: &str,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let get = self.client(py)?.resource_accounts().get(&parse(py, id)?);
        Ok(Call::other(get.options(options(options_)?)))
    }
}
