//! Identities of the resource and their access tokens.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use teams_phone::identities::{AccessToken, CreatedIdentity, Identity};
use teams_phone::{CustomId, IdentityId, Scope};

use crate::args::{duration, one_of, options, parse, texts};
use crate::call::Call;
use crate::client::Client;
use crate::convert::models;

models! { "teams_phone.models.identities":
    Identity => Identity { id, custom_id, last_token_issued_at }
    AccessToken => AccessToken { token, expires_on }
    CreatedIdentity => CreatedIdentity { identity, access_token }
}

fn scopes(what: &str, names: &Bound<'_, PyAny>) -> PyResult<Vec<Scope>> {
    let scope = |name: &String| one_of(names.py(), what, name, Scope::KNOWN);
    texts(what, names)?.iter().map(scope).collect()
}

#[pymethods]
impl Client {
    #[pyo3(signature = (custom_id=None, with_token=None, valid_for=None, options_=None))]
    fn identities_create(
        &self,
        py: Python<'_>,
        custom_id: Option<&str>,
        with_token: Option<&Bound<'_, PyAny>>,
        valid_for: Option<&Bound<'_, PyAny>>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let custom_id: Option<CustomId> = custom_id.map(|id| parse(py, id)).transpose()?;
        let with_token = with_token
            .map(|names| scopes("with_token", names))
            .transpose()?;
        let valid_for = valid_for
            .map(|time| duration("valid_for", time))
            .transpose()?;
        let options = options(options_)?;
        Ok(Call::of_resource(self.client(py)?, move |client| {
            let mut create = client.identities().create().options(options);
            if let Some(id) = custom_id {
                create = create.custom_id(id);
            }
            if let Some(scopes) = with_token {
                create = create.with_token(scopes);
            }
            match valid_for {
                Some(valid_for) => create.valid_for(valid_for),
                None => create,
            }
        }))
    }

    #[pyo3(signature = (identity, options_=None))]
    fn identities_get(
        &self,
        py: Python<'_>,
        identity: &str,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let id: IdentityId = parse(py, identity)?;
        let options = options(options_)?;
        Ok(Call::of_resource(self.client(py)?, move |client| {
            client.identities().get(&id).options(options)
        }))
    }

    #[pyo3(signature = (identity, options_=None))]
    fn identities_delete(
        &self,
        py: Python<'_>,
        identity: &str,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let id: IdentityId = parse(py, identity)?;
        let options = options(options_)?;
        Ok(Call::of_resource(self.client(py)?, move |client| {
            client.identities().delete(&id).options(options)
        }))
    }

    #[pyo3(signature = (identity, scopes_, valid_for=None, options_=None))]
    fn identities_issue_token(
        &self,
        py: Python<'_>,
        identity: &str,
        scopes_: &Bound<'_, PyAny>,
        valid_for: Option<&Bound<'_, PyAny>>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let id: IdentityId = parse(py, identity)?;
        let scopes = scopes("scopes", scopes_)?;
        let valid_for = valid_for
            .map(|time| duration("valid_for", time))
            .transpose()?;
        let options = options(options_)?;
        Ok(Call::of_resource(self.client(py)?, move |client| {
            let issue = client.identities().issue_token(&id, scopes);
            let issue = issue.options(options);
            match valid_for {
                Some(valid_for) => issue.valid_for(valid_for),
                None => issue,
            }
        }))
    }

    #[pyo3(signature = (identity, options_=None))]
    fn identities_revoke_tokens(
        &self,
        py: Python<'_>,
        identity: &str,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let id: IdentityId = parse(py, identity)?;
        let options = options(options_)?;
        Ok(Call::of_resource(self.client(py)?, move |client| {
            client.identities().revoke_tokens(&id).options(options)
        }))
    }
}
