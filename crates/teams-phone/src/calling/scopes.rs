//! Owns the rule by which scopes choose the exchange; knows nothing of tokens.

use std::sync::Arc;

use teams_phone_core::{Endpoint, Error, Result};

use crate::client::is_us_government;
use crate::exchanges::Exchange;

const ENTRA: &str = "https://communication.azure.com/clients/";
const ENTRA_US: &str = "https://communication.azure.us/clients/";
const TEAMS_PHONE: &str = "https://auth.msft.communication.azure.com/";
const TEAMS_PHONE_US: &str = "https://auth.msft.communication.azure.us/";
const MANAGEMENT: &str = "https://communication.azure.com";

/// Every prefix, with the exchange that it chooses.
const PREFIXES: [(&str, Exchange); 4] = [
    (ENTRA, Exchange::Entra),
    (ENTRA_US, Exchange::Entra),
    (TEAMS_PHONE, Exchange::TeamsPhone),
    (TEAMS_PHONE_US, Exchange::TeamsPhone),
];

/// More than any application has; a list that is longer is a mistake.
const MOST: usize = 64;

/// The scopes of a user's Entra token, all for one exchange.
///
/// Scopes that start with `https://communication.azure.com/clients/` choose [`Exchange::Entra`], those that
/// start with `https://auth.msft.communication.azure.com/` choose [`Exchange::TeamsPhone`]; in the US
/// government's cloud both end in `.us`.
///
/// ```
/// use teams_phone::calling::Scopes;
/// use teams_phone::exchanges::Exchange;
///
/// let scopes = Scopes::new(["https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls"])?;
/// assert_eq!(scopes.exchange(), Exchange::TeamsPhone);
/// assert!(Scopes::new(["https://communication.azure.com//.default"]).is_err());
/// # Ok::<(), teams_phone::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes {
    scopes: Arc<[String]>,
    exchange: Exchange,
}

impl Scopes {
    /// Checks that there are scopes and that all are for one exchange.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) that names the scope at fault and the prefixes that
    /// there are.
    pub fn new<S: Into<String>>(scopes: impl IntoIterator<Item = S>) -> Result<Self> {
        let mut chosen: Option<(&'static str, Exchange)> = None;
        let mut kept: Vec<String> = Vec::new();
        for scope in scopes {
            let scope = scope.into();
            let (prefix, exchange) = recognise(&scope)?;
            match chosen {
                Some((first, _)) if first != prefix => {
                    return Err(Error::config(format!(
                        "scopes that start with {first} and with {prefix} are mixed; one credential has one of them: {}",
                        all_prefixes()
                    )));
                }
                _ => chosen = Some((prefix, exchange)),
            }
            if kept.contains(&scope) {
                continue;
            }
            if kept.len() == MOST {
                return Err(Error::config(format!("more than {MOST} scopes are given")));
            }
            kept.push(scope);
        }
        let Some((_, exchange)) = chosen else {
            return Err(Error::config(format!(
                "no scope is given; name at least one that starts with {}",
                all_prefixes()
            )));
        };
        Ok(Self {
            scopes: kept.into(),
            exchange,
        })
    }

    /// The exchange that the scopes choose.
    #[must_use]
    pub fn exchange(&self) -> Exchange {
        self.exchange
    }

    /// The scopes as they were given, each once.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(String::as_str)
    }

    /// What an exchange asks for when nobody says, in the cloud that the endpoint is in.
    pub(crate) fn of(exchange: Exchange, endpoint: &Endpoint) -> Self {
        let (entra, teams_phone) = if is_us_government(endpoint) {
            (ENTRA_US, TEAMS_PHONE_US)
        } else {
            (ENTRA, TEAMS_PHONE)
        };
        let scope = match exchange {
            Exchange::TeamsPhone => format!("{teams_phone}TeamsExtension.ManageCalls"),
            Exchange::Entra => format!("{entra}.default"),
        };
        Self {
            scopes: [scope].into(),
            exchange,
        }
    }

    /// The prefixes that choose an exchange.
    pub(crate) fn prefixes(exchange: Exchange) -> Vec<&'static str> {
        let of_it = PREFIXES.iter().filter(|(_, chosen)| *chosen == exchange);
        of_it.map(|(prefix, _)| *prefix).collect()
    }
}

fn recognise(scope: &str) -> Result<(&'static str, Exchange)> {
    let refuse = |why: &str| Err(Error::config(format!("scope {} {why}", shown(scope))));
    if scope.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return refuse("has a blank; give every scope by itself, without blanks");
    }
    let known = PREFIXES
        .into_iter()
        .find_map(|(prefix, exchange)| Some((scope.strip_prefix(prefix)?, prefix, exchange)));
    match known {
        Some(("", prefix, _)) => refuse(&format!(
            "names no permission after {prefix}; add one, or .default"
        )),
        Some((_, prefix, exchange)) => Ok((prefix, exchange)),
        None if is_for_management(scope) => refuse(&format!(
            "is for managing the resource, not for a user; start it with {}",
            all_prefixes()
        )),
        None => refuse(&format!(
            "cannot be exchanged; start it with {}",
            all_prefixes()
        )),
    }
}

/// Whether it is the scope of those who manage the resource, with the service's two slashes or with one.
fn is_for_management(scope: &str) -> bool {
    let resource = scope.strip_suffix("/.default");
    resource.map(|resource| resource.trim_end_matches('/')) == Some(MANAGEMENT)
}

fn all_prefixes() -> String {
    PREFIXES.map(|(prefix, _)| prefix).join(" or ")
}

fn shown(scope: &str) -> String {
    match scope.char_indices().nth(128) {
        Some((end, _)) => format!("{:?}…", &scope[..end]),
        None => format!("{scope:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(scopes: &[&str]) -> String {
        Scopes::new(scopes.iter().copied()).unwrap_err().to_string()
    }

    #[test]
    fn the_prefix_chooses_the_exchange() {
        for (given, exchange) in [
            (
                &["https://communication.azure.com/clients/.default"][..],
                Exchange::Entra,
            ),
            (
                &[
                    "https://communication.azure.com/clients/VoIP",
                    "https://communication.azure.com/clients/Chat",
                ],
                Exchange::Entra,
            ),
            (
                &["https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls"],
                Exchange::TeamsPhone,
            ),
            (
                &["https://auth.msft.communication.azure.us/TeamsExtension.ManageCalls"],
                Exchange::TeamsPhone,
            ),
        ] {
            let scopes = Scopes::new(given.iter().copied()).unwrap();
            assert_eq!(scopes.exchange(), exchange, "{given:?}");
            assert_eq!(scopes.iter().collect::<Vec<_>>(), given);
        }
    }

    #[test]
    fn the_default_is_that_of_the_endpoints_cloud() {
        for (endpoint, entra, phone) in [
            (
                "https://x.communication.azure.com",
                "https://communication.azure.com/clients/.default",
                "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls",
            ),
            (
                "https://x.communication.azure.us:443/",
                "https://communication.azure.us/clients/.default",
                "https://auth.msft.communication.azure.us/TeamsExtension.ManageCalls",
            ),
        ] {
            let endpoint = endpoint.parse().unwrap();
            for (exchange, expected) in [(Exchange::Entra, entra), (Exchange::TeamsPhone, phone)] {
                let scopes = Scopes::of(exchange, &endpoint);
                assert_eq!(Scopes::new([expected]).unwrap(), scopes);
            }
        }
    }

    #[test]
    fn refuses_scopes_of_which_no_exchange_comes_and_names_the_prefixes() {
        let entra = "https://communication.azure.com/clients/VoIP";
        let phone = "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls";
        let us = "https://auth.msft.communication.azure.us/TeamsExtension.ManageCalls";
        for (given, said) in [
            (&[][..], "no scope is given"),
            (&[entra, phone], "are mixed"),
            (&[phone, us], "are mixed"),
            (
                &["https://communication.azure.com//.default"],
                "managing the resource",
            ),
            (
                &["https://communication.azure.com/.default"],
                "managing the resource",
            ),
            (
                &["https://graph.microsoft.com/.default"],
                "cannot be exchanged",
            ),
            (
                &["https://COMMUNICATION.azure.com/clients/.default"],
                "cannot be exchanged",
            ),
            (
                &["http://communication.azure.com/clients/.default"],
                "cannot be exchanged",
            ),
            (&[entra, ""], "cannot be exchanged"),
        ] {
            let error = refused(given);
            assert!(error.contains(said), "{given:?}: {error}");
            for (prefix, _) in PREFIXES {
                assert!(error.contains(prefix), "{given:?}: {error}");
            }
        }
    }

    #[test]
    fn refuses_what_entra_would_read_as_something_else() {
        assert!(refused(&[ENTRA]).contains("names no permission"));
        let two = format!("{ENTRA}VoIP {ENTRA}Chat");
        assert!(refused(&[&two]).contains("has a blank"));
        let long = format!("{ENTRA}\n{}", "é".repeat(10_000));
        assert!(refused(&[&long]).len() < 500);
        let many = (0..=MOST).map(|n| format!("{ENTRA}{n}"));
        assert!(
            Scopes::new(many)
                .unwrap_err()
                .to_string()
                .contains("more than")
        );
        let same = std::iter::repeat_n(format!("{ENTRA}VoIP"), 1000);
        assert_eq!(Scopes::new(same).unwrap().iter().count(), 1);
    }

    proptest::proptest! {
        #[test]
        fn no_list_of_texts_makes_it_panic(
            given in proptest::collection::vec("\\PC*|https://communication.azure.com/clients/\\PC{0,9}", 0..5)
        ) {
            if let Ok(scopes) = Scopes::new(given.clone()) {
                let prefixes = Scopes::prefixes(scopes.exchange());
                let fits = |scope: &String| prefixes.iter().any(|prefix| scope.starts_with(prefix));
                proptest::prop_assert!(given.iter().all(fits));
            }
        }
    }
}
