//! Owns the check of a resource's address; knows nothing of what is sent there.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

use crate::{Error, ErrorKind};

const MAX_LENGTH: usize = 2048;
const MAX_LINK: usize = 8192;

/// The address of a resource, such as `https://contoso.unitedstates.communication.azure.com`.
///
/// Only `https` is accepted, and `http` for the local machine (`localhost`, `127.0.0.0/8`, `[::1]`), so
/// that credentials never cross a network in the clear. A trailing slash, blanks around it, a region
/// label and capitals in the scheme are fine. A path, a query, a fragment or a user name is refused.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    url: Url,
    loopback: bool,
}

impl Endpoint {
    /// The address without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let text = self.url.as_str();
        text.strip_suffix('/').unwrap_or(text)
    }

    /// The host, with its port when that is not the scheme's own: what a signature names.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.url.authority()
    }

    /// Whether the address is on the local machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Makes a URL of a link that the service gave, which may be relative.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if it is no URL, longer than 8192 characters, or leads
    /// to another scheme, host or port: a credential would go there.
    pub fn join(&self, link: &str) -> Result<Url, Error> {
        let refuse = |why: &str| Error::new(ErrorKind::Decode, format!("the service's link {why}"));
        if link.len() > MAX_LINK {
            return Err(refuse("is too long"));
        }
        let url = self.url.join(link).map_err(|_| refuse("is not a URL"))?;
        if !self.same_origin(&url) {
            return Err(refuse("leads to another host; it is not followed"));
        }
        Ok(url)
    }

    /// Whether a URL is on this endpoint: same scheme, host and port, and no user name.
    pub(crate) fn same_origin(&self, other: &Url) -> bool {
        other
            .as_str()
            .strip_prefix(self.as_str())
            .is_some_and(|rest| rest.starts_with('/'))
    }
}

impl FromStr for Endpoint {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let refuse = |why: &str| Error::config(format!("endpoint {why}"));
        if text.is_empty() {
            return Err(refuse(
                "is empty; expected an address such as https://<resource>.communication.azure.com",
            ));
        }
        if text.len() > MAX_LENGTH {
            return Err(refuse(&format!("is longer than {MAX_LENGTH} characters")));
        }
        if !text.contains("://") {
            return Err(refuse("has no scheme; put https:// in front of the host"));
        }
        let url = Url::parse(text).map_err(|why| refuse(&format!("is not a URL: {why}")))?;
        let loopback = is_loopback(&url);
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => {
                return Err(refuse(
                    "uses http, which is accepted for this machine only (localhost, 127.0.0.1, [::1]); use https",
                ));
            }
            other if other.len() <= 32 => {
                return Err(refuse(&format!("has scheme {other:?}; use https")));
            }
            _ => return Err(refuse("has an unknown scheme; use https")),
        }
        if !url.domain().is_none_or(is_name) {
            return Err(refuse(
                "has a host with a character that no host name has; give https://<resource>.communication.azure.com",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("carries a user name or password; remove it"));
        }
        if url.path() != "/" {
            return Err(refuse("has a path; give scheme and host only"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("has a query or fragment; give scheme and host only"));
        }
        if url.port() == Some(0) {
            return Err(refuse("has port 0; give the port the service listens on"));
        }
        Ok(Self { url, loopback })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({})", self.as_str())
    }
}

/// Whether a host can be a name: URLs allow quotes and more in it, requests do not.
fn is_name(host: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    host.bytes().all(fits)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_the_portal_and_the_emulator_show() {
        for (given, kept, authority) in [
            (
                "https://x.communication.azure.com/",
                "https://x.communication.azure.com",
                "x.communication.azure.com",
            ),
            (
                " HTTPS://X.unitedstates.communication.azure.com ",
                "https://x.unitedstates.communication.azure.com",
                "x.unitedstates.communication.azure.com",
            ),
            (
                "https://x.communication.azure.com:443",
                "https://x.communication.azure.com",
                "x.communication.azure.com",
            ),
            (
                "http://127.0.0.1:8080/",
                "http://127.0.0.1:8080",
                "127.0.0.1:8080",
            ),
            ("http://[::1]:81", "http://[::1]:81", "[::1]:81"),
            ("http://localhost", "http://localhost", "localhost"),
        ] {
            let endpoint: Endpoint = given.parse().unwrap();
            assert_eq!(
                (endpoint.as_str(), endpoint.authority()),
                (kept, authority),
                "{given}"
            );
        }
    }

    #[test]
    fn says_what_is_wrong_with_an_address() {
        for (given, said) in [
            ("", "is empty"),
            ("x.communication.azure.com", "has no scheme"),
            ("http://x.communication.azure.com", "uses http"),
            ("http://localhost.evil.example", "uses http"),
            ("ftp://x.example", "has scheme \"ftp\""),
            ("https://u:p@x.example", "user name or password"),
            ("https://x.example/identities", "has a path"),
            ("https://x.example//", "has a path"),
            ("https://x.example?a=1", "has a query"),
            ("https://x.example/#a", "has a query or fragment"),
            ("https://", "is not a URL"),
            ("https://x.example:0", "port 0"),
        ] {
            let error = given.parse::<Endpoint>().unwrap_err().to_string();
            assert!(error.contains(said), "{given}: {error}");
        }
        let long = format!("https://{}", "a".repeat(5000));
        assert!(
            long.parse::<Endpoint>()
                .unwrap_err()
                .to_string()
                .contains("longer than")
        );
    }

    #[test]
    fn joins_links_of_its_own_origin_only() {
        let endpoint: Endpoint = "https://a.example".parse().unwrap();
        for (link, url) in [
            ("/x?skip=a%2Fb", "https://a.example/x?skip=a%2Fb"),
            ("https://a.example:443/x", "https://a.example/x"),
            ("?skip=1", "https://a.example/?skip=1"),
        ] {
            assert_eq!(endpoint.join(link).unwrap().as_str(), url);
        }
        for link in [
            "https://b.example/x",
            "//b.example/x",
            "http://a.example/x",
            "https://a.example@b.example/",
            "https://",
            "https://a.example:444/",
        ] {
            let error = endpoint.join(link).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{link}");
        }
        assert!(endpoint.join(&"a".repeat(10_000)).is_err());
    }

    #[test]
    fn a_password_in_an_address_is_not_repeated() {
        let error = "https://user:hunter2@x.example"
            .parse::<Endpoint>()
            .unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
