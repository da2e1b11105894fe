//! Owns where tokens come from and what they are asked for; sends nothing.

use std::fmt;
use std::str::FromStr;

use teams_phone_core::{Endpoint, Error};

/// A cloud of Microsoft, with its own sign-in service and scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cloud {
    /// The public cloud.
    #[default]
    Public,
    /// The cloud of the United States government.
    UsGovernment,
}

impl Cloud {
    /// The cloud that a resource is in, told from its address; the public one unless that says otherwise.
    #[must_use]
    pub fn of(endpoint: &Endpoint) -> Self {
        let host = endpoint.authority().split(':').next().unwrap_or_default();
        if host.ends_with(".communication.azure.us") {
            Self::UsGovernment
        } else {
            Self::Public
        }
    }

    /// The sign-in service.
    #[must_use]
    pub fn authority(self) -> Authority {
        Authority(Source::Known(self))
    }

    /// The scope for managing a resource: identities, assignments and tokens.
    ///
    /// The two slashes belong there: the audience ends in one. For the government cloud the scope follows
    /// from the public one by its domain; no document that states it has been found.
    #[must_use]
    pub const fn resource_scope(self) -> &'static str {
        self.resource_scopes()[0]
    }

    /// The same as a list, as clients take it.
    #[must_use]
    pub const fn resource_scopes(self) -> &'static [&'static str] {
        match self {
            Self::Public => &["https://communication.azure.com//.default"],
            Self::UsGovernment => &["https://communication.azure.us//.default"],
        }
    }

    /// The scope of a person's token that is exchanged for one to place calls with.
    ///
    /// Official clients accept the government form too; the public one is the documented one.
    #[must_use]
    pub const fn calling_scope(self) -> &'static str {
        match self {
            Self::Public => "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls",
            Self::UsGovernment => {
                "https://auth.msft.communication.azure.us/TeamsExtension.ManageCalls"
            }
        }
    }
}

/// The address of a Microsoft Entra sign-in service, such as `https://login.microsoftonline.com`.
///
/// Any other address is parsed from text: https, or http on the local machine.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Authority(Source);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Source {
    Known(Cloud),
    Custom(Endpoint),
}

impl Authority {
    /// The address without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Source::Known(Cloud::Public) => "https://login.microsoftonline.com",
            Source::Known(Cloud::UsGovernment) => "https://login.microsoftonline.us",
            Source::Custom(endpoint) => endpoint.as_str(),
        }
    }

    /// An endpoint of a tenant, such as `token`.
    #[cfg(any(test, feature = "interactive", feature = "azure-identity"))]
    pub(crate) fn endpoint(&self, tenant: &str, name: &str) -> String {
        format!("{}/{tenant}/oauth2/v2.0/{name}", self.as_str())
    }

    /// The address as a URL.
    #[cfg(feature = "azure-identity")]
    pub(crate) fn url(&self) -> Result<url::Url, Error> {
        url::Url::parse(self.as_str()).map_err(|why| Error::config(format!("authority: {why}")))
    }
}

impl Default for Authority {
    fn default() -> Self {
        Cloud::Public.authority()
    }
}

impl From<Cloud> for Authority {
    fn from(cloud: Cloud) -> Self {
        cloud.authority()
    }
}

impl FromStr for Authority {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        text.parse().map(|url| Self(Source::Custom(url))).map_err(
            |error: Error| {
                let why = error.message().trim_start_matches("endpoint ");
                Error::config(format!(
                    "authority {why} (an authority looks like https://login.microsoftonline.com, without the tenant)"
                ))
            },
        )
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authority({})", self.as_str())
    }
}

/// Checks a tenant: its GUID, one of its domains, or a word such as `organizations`.
#[cfg(any(feature = "interactive", feature = "azure-identity"))]
pub(crate) fn check_tenant(tenant: &str) -> Result<(), Error> {
    let known = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    if tenant.is_empty()
        || tenant.len() > 253
        || !tenant.chars().all(known)
        || tenant == "."
        || tenant == ".."
    {
        return Err(Error::config(format!(
            "tenant {tenant:?} is neither a GUID nor a domain; give the directory (tenant) id of the app registration"
        )));
    }
    Ok(())
}

/// Checks an application's id: always a GUID.
#[cfg(any(feature = "interactive", feature = "azure-identity"))]
pub(crate) fn check_client_id(id: &str) -> Result<(), Error> {
    let lengths = id.split('-').map(str::len);
    let hexadecimal = id.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    if hexadecimal && lengths.eq([8, 4, 4, 4, 12]) {
        return Ok(());
    }
    Err(Error::config(
        "the client id is not a GUID; give the application (client) id of the app registration, \
         not its name, secret or object",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cloud_has_its_own_authority_and_scopes() {
        for (cloud, authority, domain) in [
            (Cloud::Public, "https://login.microsoftonline.com", ".com/"),
            (
                Cloud::UsGovernment,
                "https://login.microsoftonline.us",
                ".us/",
            ),
        ] {
            assert_eq!(cloud.authority().as_str(), authority);
            assert!(cloud.resource_scope().contains(domain));
            assert!(cloud.calling_scope().contains(domain));
            let endpoint = format!(
                "https://name.communication.azure{}",
                domain.replace('/', ":443")
            );
            assert_eq!(Cloud::of(&endpoint.parse().unwrap()), cloud);
        }
        let default = Authority::default();
        assert_eq!(
            default.endpoint("t", "token"),
            "https://login.microsoftonline.com/t/oauth2/v2.0/token"
        );
    }

    #[test]
    fn an_authority_of_ones_own_is_https_or_local() {
        for good in ["https://login.example/", "http://127.0.0.1:5000"] {
            assert!(good.parse::<Authority>().is_ok(), "{good}");
        }
        for (bad, said) in [
            ("http://login.example", "authority uses http"),
            ("https://login.example/tenant", "authority has a path"),
            ("login.example", "authority has no scheme"),
        ] {
            let error = bad.parse::<Authority>().unwrap_err().to_string();
            assert!(error.contains(said), "{bad}: {error}");
        }
    }

    #[cfg(any(feature = "interactive", feature = "azure-identity"))]
    #[test]
    fn odd_tenants_and_client_ids_are_refused() {
        for good in [
            "contoso.onmicrosoft.com",
            "organizations",
            "a1b2c3d4-0000-4000-8000-000000000001",
        ] {
            assert!(check_tenant(good).is_ok(), "{good}");
        }
        for bad in ["", "..", "a/b", "a b", "a?b", "ü"] {
            assert!(check_tenant(bad).is_err(), "{bad}");
        }
        assert!(check_client_id("A1B2C3D4-0000-4000-8000-000000000001").is_ok());
        for bad in [
            "",
            "my app",
            "a1b2c3d4",
            "a1b2c3d4-0000-4000-8000-00000000000g",
        ] {
            let error = check_client_id(bad).unwrap_err().to_string();
            assert!(
                bad.is_empty() || !error.contains(bad),
                "may be a secret: {error}"
            );
        }
    }
}
