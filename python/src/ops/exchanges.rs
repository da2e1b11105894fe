//! Exchanges of a user's Entra token for a token of the resource.

use std::sync::Arc;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use teams_phone::calling::Scopes;
use teams_phone::exchanges::{Exchanged, UserToken};
use teams_phone::{ClientId, Credential, ObjectId, Secret, TenantId, TokenCredential};

use crate::args::{options, parse, texts};
use crate::ask::{AskPython, Asked};
use crate::call::Call;
use crate::client::Client;
use crate::convert::models;
use crate::credentials::EntraCredential;
use crate::errors::raise;

models! { "teams_phone.models.exchanges":
    Exchanged => Exchanged { identity, access_token }
}

/// Takes the token itself, a credential of ours, or anything that answers tokens.
fn user_token(py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<UserToken> {
    if let Ok(text) = given.cast::<PyString>() {
        return Ok(Secret::new(text.extract::<String>()?).into());
    }
    let given = Arc::new(given.clone().unbind());
    signs_in(py, "user_token", "the user's Entra token, or ", &given).map(UserToken::from)
}

/// A credential that signs the user in: one of ours, or anything that answers tokens.
pub(super) fn signs_in(
    py: Python<'_>,
    what: &str,
    or: &str,
    asked: &Asked,
) -> PyResult<Arc<dyn TokenCredential>> {
    let given = asked.bind(py);
    let native = given.getattr("_native").unwrap_or_else(|_| given.clone());
    if let Ok(entra) = native.cast::<EntraCredential>() {
        let credential = entra.get().credential();
        if let Credential::Token(token) = credential.map_err(|error| raise(py, error))? {
            return Ok(token);
        }
    }
    if given.hasattr("get_token")? || given.is_callable() {
        return Ok(Arc::new(AskPython::new(py, asked)));
    }
    Err(PyTypeError::new_err(format!(
        "{what} is {}; give {or}a credential that signs the user in, or a function that returns the user's token",
        given.get_type().name()?
    )))
}

pub(super) fn scopes(names: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Scopes>> {
    let Some(names) = names else { return Ok(None) };
    let scopes = Scopes::new(texts("scopes", names)?);
    scopes.map(Some).map_err(|error| raise(names.py(), error))
}

#[pymethods]
impl Client {
    #[pyo3(signature = (token, client_id, user, tenant=None, checked=true, options_=None))]
    #[expect(clippy::too_many_arguments, reason = "they are the call's own")]
    fn exchanges_teams_user(
        &self,
        py: Python<'_>,
        token: String,
        client_id: &str,
        user: &str,
        tenant: Option<&str>,
        checked: bool,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let token = Secret::new(token);
        let (client_id, user): (ClientId, ObjectId) = (parse(py, client_id)?, parse(py, user)?);
        let tenant: Option<TenantId> = tenant.map(|tenant| parse(py, tenant)).transpose()?;
        let options = options(options_)?;
        Ok(Call::of_resource(self.client(py)?, move |client| {
            let exchanges = client.exchanges();
            let mut exchange = exchanges.teams_user(token, &client_id, &user);
            if let Some(tenant) = &tenant {
                exchange = exchange.tenant(tenant);
            }
            if !checked {
                exchange = exchange.unchecked();
            }
            exchange.options(options)
        }))
    }

    #[pyo3(signature = (token, scopes_=None, options_=None))]
    fn exchanges_teams_phone(
        &self,
        py: Python<'_>,
        token: &Bound<'_, PyAny>,
        scopes_: Option<&Bound<'_, PyAny>>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let token = user_token(py, token)?;
        let scopes = scopes(scopes_)?;
        let options = options(options_)?;
        Ok(Call::of_resource(self.client(py)?, move |client| {
            let exchange = client.exchanges().teams_phone(token).options(options);
            match scopes {
                Some(scopes) => exchange.scopes(scopes),
                None => exchange,
            }
        }))
    }

    #[pyo3(signature = (token, scopes_=None, options_=None))]
    fn exchanges_entra(
        &self,
        py: Python<'_>,
        token: &Bound<'_, PyAny>,
        scopes_: Option<&Bound<'_, PyAny>>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let token = user_token(py, token)?;
        let scopes = scopes(scopes_)?;
        let options = options(options_)?;
        Ok(Call::of_resource(self.client(py)?, move |client| {
            let exchange = client.exchanges().entra(token).options(options);
            match scopes {
                Some(scopes) => exchange.scopes(scopes),
                None => exchange,
            }
        }))
    }
}
