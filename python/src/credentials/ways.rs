//! Owns the ways to sign in: which settings each has; sends nothing.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use pyo3::prelude::*;
use teams_phone::{BearerToken, Error, Secret, StaticToken};
use teams_phone_entra::{
    Authority, AzureIdentity, AzureIdentityBuilder, Browser, DeviceCode, UserAssigned,
};

use super::elsewhere::{Notice, announce, elsewhere};
use super::{EntraCredential, Shared};
use crate::args::{duration, number, refuse};
use crate::errors::raise;

/// How long a token is taken to live if it does not say so itself.
const ASSUMED_LIFE: Duration = Duration::from_secs(3600);

const NO_PEM: &str = "the certificate is not PEM text; of a PKCS#12 file (.pfx) \
     `openssl pkcs12 -in app.pfx -nodes -out app.pem` makes it";

/// Where tokens are asked for, and whose certificate is trusted there.
struct Place {
    authority: Authority,
    roots: Option<Vec<u8>>,
}

impl Place {
    /// Takes an address, or only its host as `azure.identity.AzureAuthorityHosts` has them.
    fn read(py: Python<'_>, authority: Option<&str>, roots: Option<Vec<u8>>) -> PyResult<Self> {
        let authority = match authority {
            None => Ok(Authority::default()),
            Some(host) if !host.contains("://") => format!("https://{host}").parse(),
            Some(address) => address.parse(),
        };
        let authority = authority.map_err(|error| raise(py, error))?;
        Ok(Self { authority, roots })
    }

    fn asked(&self, builder: AzureIdentityBuilder) -> Result<Shared, Error> {
        let mut builder = builder.authority(self.authority.clone());
        if let Some(pem) = &self.roots {
            builder = builder.root_certificates(pem.clone());
        }
        Ok(elsewhere(builder.build()?, None))
    }
}

/// A setting that there may be.
fn set<B, T>(builder: B, value: Option<&T>, setter: impl FnOnce(B, T) -> B) -> B
where
    T: Clone,
{
    match value {
        Some(value) => setter(builder, value.clone()),
        None => builder,
    }
}

#[pymethods]
impl EntraCredential {
    #[staticmethod]
    #[pyo3(signature = (tenant, client_id, secret, authority=None, roots=None))]
    fn client_secret(
        py: Python<'_>,
        tenant: String,
        client_id: String,
        secret: String,
        authority: Option<&str>,
        roots: Option<Vec<u8>>,
    ) -> PyResult<Self> {
        let place = Place::read(py, authority, roots)?;
        let secret = Secret::from(secret);
        Self::new(py, move || {
            place.asked(AzureIdentity::client_secret(
                &tenant,
                &client_id,
                secret.clone(),
            ))
        })
    }

    #[staticmethod]
    #[pyo3(signature = (tenant, client_id, pem, chain, authority=None, roots=None))]
    fn client_certificate(
        py: Python<'_>,
        tenant: String,
        client_id: String,
        pem: Vec<u8>,
        chain: bool,
        authority: Option<&str>,
        roots: Option<Vec<u8>>,
    ) -> PyResult<Self> {
        let place = Place::read(py, authority, roots)?;
        let pem = String::from_utf8(pem).map_err(|_| raise(py, Error::config(NO_PEM)))?;
        let pem = Secret::from(pem);
        Self::new(py, move || {
            let mut builder = AzureIdentity::client_certificate(&tenant, &client_id, pem.clone());
            if chain {
                builder = builder.send_certificate_chain();
            }
            place.asked(builder)
        })
    }

    #[staticmethod]
    #[pyo3(signature = (tenant=None, client_id=None, token_file=None, authority=None, roots=None))]
    fn workload_identity(
        py: Python<'_>,
        tenant: Option<String>,
        client_id: Option<String>,
        token_file: Option<PathBuf>,
        authority: Option<&str>,
        roots: Option<Vec<u8>>,
    ) -> PyResult<Self> {
        let place = Place::read(py, authority, roots)?;
        Self::new(py, move || {
            let builder = AzureIdentity::workload_identity();
            let builder = set(builder, tenant.as_ref(), AzureIdentityBuilder::tenant);
            let builder = set(builder, client_id.as_ref(), AzureIdentityBuilder::client_id);
            let builder = set(
                builder,
                token_file.as_ref(),
                AzureIdentityBuilder::token_file,
            );
            place.asked(builder)
        })
    }

    /// `user_assigned` is what the identity is named by, and its name.
    #[staticmethod]
    #[pyo3(signature = (user_assigned=None))]
    fn managed_identity(py: Python<'_>, user_assigned: Option<(String, String)>) -> PyResult<Self> {
        let place = Place::read(py, None, None)?;
        let identity = user_assigned.map(|(by, name)| match by.as_str() {
            "client_id" => UserAssigned::ClientId(name),
            "object_id" => UserAssigned::ObjectId(name),
            _ => UserAssigned::ResourceId(name),
        });
        Self::new(py, move || {
            let builder = AzureIdentity::managed_identity();
            place.asked(set(
                builder,
                identity.as_ref(),
                AzureIdentityBuilder::user_assigned,
            ))
        })
    }

    #[staticmethod]
    #[pyo3(signature = (tenant=None, subscription=None))]
    fn azure_cli(
        py: Python<'_>,
        tenant: Option<String>,
        subscription: Option<String>,
    ) -> PyResult<Self> {
        let place = Place::read(py, None, None)?;
        Self::new(py, move || {
            let builder = AzureIdentity::azure_cli();
            let builder = set(builder, tenant.as_ref(), AzureIdentityBuilder::tenant);
            place.asked(set(
                builder,
                subscription.as_ref(),
                AzureIdentityBuilder::subscription,
            ))
        })
    }

    #[staticmethod]
    fn developer_tools(py: Python<'_>) -> PyResult<Self> {
        let place = Place::read(py, None, None)?;
        Self::new(py, move || place.asked(AzureIdentity::developer_tools()))
    }

    #[staticmethod]
    #[pyo3(signature = (tenant, client_id, tell, login_hint=None, timeout=None, authority=None, roots=None))]
    #[expect(clippy::too_many_arguments, reason = "the settings of one credential")]
    fn browser(
        py: Python<'_>,
        tenant: String,
        client_id: String,
        tell: Py<PyAny>,
        login_hint: Option<String>,
        timeout: Option<&Bound<'_, PyAny>>,
        authority: Option<&str>,
        roots: Option<Vec<u8>>,
    ) -> PyResult<Self> {
        let place = Place::read(py, authority, roots)?;
        let timeout = timeout.map(|time| duration("timeout", time)).transpose()?;
        let tell = Arc::new(tell);
        Self::telling(py, Arc::clone(&tell), move || {
            let mut builder = Browser::builder(&tenant, &client_id)
                .authority(place.authority.clone())
                .open(|url| announce(Notice::Page(url.to_string())));
            if let Some(account) = &login_hint {
                builder = builder.login_hint(account);
            }
            if let Some(patience) = timeout {
                builder = builder.timeout(patience);
            }
            if let Some(pem) = &place.roots {
                builder = builder.root_certificates(pem.clone());
            }
            Ok(elsewhere(builder.build()?, Some(&tell)))
        })
    }

    #[staticmethod]
    #[pyo3(signature = (tenant, client_id, tell, authority=None, roots=None))]
    fn device_code(
        py: Python<'_>,
        tenant: String,
        client_id: String,
        tell: Py<PyAny>,
        authority: Option<&str>,
        roots: Option<Vec<u8>>,
    ) -> PyResult<Self> {
        let place = Place::read(py, authority, roots)?;
        let tell = Arc::new(tell);
        Self::telling(py, Arc::clone(&tell), move || {
            let mut builder = DeviceCode::builder(&tenant, &client_id)
                .authority(place.authority.clone())
                .prompt(|prompt| announce(Notice::Code(prompt.clone())));
            if let Some(pem) = &place.roots {
                builder = builder.root_certificates(pem.clone());
            }
            Ok(elsewhere(builder.build()?, Some(&tell)))
        })
    }

    /// A token that there is already; `expires_on` in seconds since 1970, else as the token says itself.
    #[staticmethod]
    #[pyo3(signature = (token, expires_on=None))]
    fn static_token(
        py: Python<'_>,
        token: String,
        expires_on: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let token = crate::ask::token_text(token)
            .map_err(|why| raise(py, Error::config(format!("token is {why}"))))?;
        let told = match expires_on {
            Some(given) => {
                const GIVE: &str = "a datetime with its zone, or seconds since 1970";
                let moment = number(given).and_then(crate::ask::moment);
                Some(moment.ok_or_else(|| refuse("expires_on", given, GIVE))?)
            }
            None => teams_phone_entra::claims(&token).and_then(|claims| claims.expires),
        };
        let expires_on = told.unwrap_or_else(|| SystemTime::now() + ASSUMED_LIFE);
        Self::new(py, move || {
            let token = BearerToken::new(token.clone(), expires_on);
            Ok(Arc::new(StaticToken::new(token)))
        })
    }
}
