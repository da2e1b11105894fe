//! Owns the check of Entra access tokens: shape, signature, issuer, times, and what each kind of call asks of one.
//! Refuses to know operations; who issued the tokens is `oauth`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    directory::Directory,
    oauth::{
        key::Signer,
        scopes::{CALLING_URIS, CLIENT_URIS, GRAPH, GRAPH_ID, MANAGEMENT_URIS, SERVICE},
    },
    settings::Settings,
};

/// The claims the emulator looks at.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Claims {
    pub(crate) aud: Value,
    /// Seconds since 1970, like the next; a fraction is allowed (RFC 7519, 2).
    pub(crate) exp: Option<f64>,
    pub(crate) nbf: Option<f64>,
    pub(crate) iss: Option<String>,
    pub(crate) tid: Option<String>,
    pub(crate) oid: Option<String>,
    pub(crate) appid: Option<String>,
    pub(crate) azp: Option<String>,
    pub(crate) scp: Option<String>,
    /// Application permissions.
    pub(crate) roles: Vec<String>,
    pub(crate) groups: Vec<String>,
    /// Whether the emulated authority signed them; otherwise a switch lets them pass as they are.
    #[serde(skip)]
    pub(crate) signed: bool,
}

/// What a token is judged by.
pub(crate) struct Judge<'a> {
    pub(crate) signer: &'a Signer,
    pub(crate) directory: &'a Directory,
    pub(crate) settings: &'a Settings,
    pub(crate) now: Timestamp,
    /// Scheme and authority of the request.
    pub(crate) origin: &'a str,
}

/// What a call wants a token for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Managing the resource.
    Management,
    /// Teams calling, as a Teams user or through an assignment.
    Calling,
    /// Calling as an Entra user.
    Clients,
    /// Microsoft Graph.
    Graph,
}

impl Purpose {
    fn audiences(self) -> Vec<&'static str> {
        if self == Self::Graph {
            return vec![GRAPH, GRAPH_ID];
        }
        let also: &[&str] = if self == Self::Clients {
            MANAGEMENT_URIS
        } else {
            &[]
        };
        let uris = match self {
            Self::Management => MANAGEMENT_URIS,
            Self::Calling => CALLING_URIS,
            Self::Clients | Self::Graph => CLIENT_URIS,
        };
        [uris, also, &[SERVICE]].concat()
    }
}

impl Judge<'_> {
    /// The claims of a token that is good by itself; the error is fit for an explanation, without the token.
    pub(crate) fn claims(&self, token: &str) -> Result<Claims, String> {
        let mut claims = Claims::read(token, self.now)?;
        if !self.settings.verify_credentials {
            return Ok(claims);
        }
        let (signed, signature) = token.rsplit_once('.').unwrap_or_default();
        let header: Value = signed
            .split('.')
            .next()
            .and_then(decode)
            .unwrap_or_default();
        match header.get("alg").and_then(Value::as_str) {
            Some("RS256") => {}
            Some("none") if self.settings.accept_unsigned_tokens => return Ok(claims),
            other => {
                return Err(format!(
                    "its algorithm is {}, not RS256; take a token from this emulator's authority, or let it accept \
                     unsigned tokens (`none`)",
                    other.unwrap_or("missing")
                ));
            }
        }
        let key_id = header
            .get("kid")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if !self.signer.is_called(key_id) {
            return Err(
                "it was signed with another key than this emulator's authority has".to_owned(),
            );
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        if !self.signer.signed(signed, &signature) {
            return Err("its signature does not fit".to_owned());
        }
        self.check_issuer(&claims)?;
        claims.signed = true;
        Ok(claims)
    }

    fn check_issuer(&self, claims: &Claims) -> Result<(), String> {
        let tenant = claims.tenant().ok_or("the claim `tid` is not a GUID")?;
        if !self.directory.has_tenant(tenant) {
            return Err(format!("its tenant {tenant} is not registered"));
        }
        let issuer = claims.iss.as_deref().unwrap_or_default();
        let place = [format!("/{tenant}/"), format!("/{tenant}/v2.0")]
            .iter()
            .find_map(|path| issuer.strip_suffix(path.as_str()));
        if place.is_some_and(|place| is_same_place(place, self.origin)) {
            return Ok(());
        }
        Err(format!(
            "its issuer `{issuer}` is not this emulator for tenant {tenant}"
        ))
    }
}

impl Claims {
    /// Decodes a token and checks its times; nothing more.
    fn read(token: &str, now: Timestamp) -> Result<Self, String> {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, payload, _signature] = parts.as_slice() else {
            return Err(format!(
                "a JSON web token has three parts separated by dots, this has {}",
                parts.len()
            ));
        };
        decode::<Value>(header).ok_or("the header is not base64url of JSON")?;
        let claims: Self =
            decode(payload).ok_or("the payload is not base64url of a JSON object of claims")?;
        // Five minutes, as is usual between clocks that are kept.
        if claims
            .nbf
            .is_some_and(|nbf| nbf > now.as_duration().as_secs_f64() + 300.0)
        {
            return Err("it is not valid yet (`nbf`)".to_owned());
        }
        match claims.expiry() {
            None => Err("the claim `exp` is missing".to_owned()),
            Some(expiry) if expiry <= now => Err(format!("it expired at {expiry}")),
            Some(_) => Ok(claims),
        }
    }

    pub(crate) fn expiry(&self) -> Option<Timestamp> {
        let since = SignedDuration::try_from_secs_f64(self.exp?).ok()?;
        Timestamp::from_duration(since).ok()
    }

    /// The client id of the application that obtained the token (`appid` in version 1, `azp` in version 2).
    pub(crate) fn application(&self) -> Option<&str> {
        self.appid.as_deref().or(self.azp.as_deref())
    }

    pub(crate) fn tenant(&self) -> Option<Uuid> {
        self.tid.as_deref()?.parse().ok()
    }

    /// Whether a delegated permission is among its scopes.
    pub(crate) fn permits(&self, permission: &str) -> bool {
        let scopes = self.scp.as_deref().unwrap_or_default();
        scopes
            .split(' ')
            .any(|scope| scope.eq_ignore_ascii_case(permission))
    }

    /// Whether an application permission is among its roles.
    pub(crate) fn has_role(&self, permission: &str) -> bool {
        self.roles
            .iter()
            .any(|role| role.eq_ignore_ascii_case(permission))
    }

    /// Whether it stands for a user; a token of the application itself has no scopes.
    pub(crate) fn is_of_user(&self) -> bool {
        self.scp.as_deref().is_some_and(|scopes| !scopes.is_empty())
    }

    /// Refuses a token for another audience, any number of slashes at its end aside.
    pub(crate) fn check_audience(&self, purpose: Purpose) -> Result<(), String> {
        let known = purpose.audiences();
        let sent = self.aud.as_str().unwrap_or_default().trim_end_matches('/');
        if known.contains(&sent) {
            return Ok(());
        }
        Err(format!("the audience is {}, not {}", self.aud, known[0]))
    }
}

/// Whether two origins are the same server: equal, or loopback names with the same scheme and port.
fn is_same_place(one: &str, other: &str) -> bool {
    let parts = |origin: &str| {
        let (scheme, host) = origin.split_once("://")?;
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port),
            _ => (host, ""),
        };
        let loopback = ["localhost", "127.0.0.1", "[::1]"].contains(&name);
        let name = if loopback {
            "loopback".to_owned()
        } else {
            name.to_ascii_lowercase()
        };
        Some((scheme.to_owned(), name, port.to_owned()))
    };
    parts(one).is_some() && parts(one) == parts(other)
}

fn decode<T: serde::de::DeserializeOwned>(part: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
    // By way of an object, because a derived reader would take an array for a struct as well.
    let object: Map<String, Value> = serde_json::from_slice(&bytes).ok()?;
    serde_json::from_value(Value::Object(object)).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn token(claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.sig", part(&json!({"alg": "none"})), part(claims))
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_000).unwrap()
    }

    #[test]
    fn reads_claims_of_a_live_token() {
        let claims = json!({"exp": 1_001, "azp": "app", "aud": "https://communication.azure.com//", "scp": "A B"});
        let claims = Claims::read(&token(&claims), now()).unwrap();
        assert_eq!(claims.application(), Some("app"));
        assert!(claims.check_audience(Purpose::Management).is_ok());
        assert!(claims.check_audience(Purpose::Calling).is_err());
        assert!(claims.permits("b") && !claims.permits("C"));
    }

    #[test]
    fn dates_may_have_a_fraction_and_be_beyond_all_time() {
        let expiry = |exp: Value| {
            let claims = Claims::read(&token(&json!({ "exp": exp })), now());
            claims.map(|claims| claims.expiry().unwrap().as_millisecond())
        };
        assert_eq!(expiry(json!(2_000.5)), Ok(2_000_500));
        for exp in [json!(1e300), json!(-1e300), json!(u64::MAX), json!("1")] {
            assert!(expiry(exp.clone()).is_err(), "{exp}");
        }
    }

    #[test]
    fn says_why_a_token_is_refused() {
        let cases = [
            ("", "three parts"),
            ("a.b", "three parts"),
            ("a.b.c", "header is not base64url"),
            (&token(&json!([])), "payload is not base64url"),
            (&token(&json!({})), "`exp` is missing"),
            (
                &token(&json!({"exp": 5_000, "nbf": 1_400})),
                "not valid yet",
            ),
            (
                &token(&json!({"exp": 1_000})),
                "expired at 1970-01-01T00:16:40Z",
            ),
        ];
        for (text, reason) in cases {
            let error = Claims::read(text, now()).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn every_loopback_name_of_a_port_is_the_same_server() {
        let same = [
            ("http://127.0.0.1:1", "http://localhost:1"),
            ("https://[::1]:1", "https://localhost:1"),
            ("http://Host.example", "http://host.example"),
            ("http://[::1]", "http://localhost"),
        ];
        assert!(same.iter().all(|(one, other)| is_same_place(one, other)));
        let others = [
            ("http://127.0.0.1:1", "http://127.0.0.1:2"),
            ("http://127.0.0.1:1", "https://127.0.0.1:1"),
            ("http://localhost.example:1", "http://localhost:1"),
            ("", ""),
        ];
        assert!(!others.iter().any(|(one, other)| is_same_place(one, other)));
    }
}
