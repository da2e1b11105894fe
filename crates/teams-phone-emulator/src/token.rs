//! Owns the making of access tokens that look like the service's and cannot be taken for them.
//! Refuses to know which call asked for one.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{access_key::hmac, clock};

/// The issuer in every token; `.invalid` can never resolve.
pub(crate) const ISSUER: &str = "https://teams-phone-emulator.invalid/";

/// Signs tokens with a secret of its own, made anew at each start.
#[derive(Clone)]
pub(crate) struct Minter {
    secret: [u8; 16],
}

/// A token and its expiry.
pub(crate) struct Minted {
    pub(crate) token: String,
    pub(crate) expires_on: Timestamp,
}

impl Minter {
    pub(crate) fn new() -> Self {
        Self {
            secret: Uuid::new_v4().into_bytes(),
        }
    }

    /// A token for an identity. The expiry keeps 100 ns, as the service's does.
    pub(crate) fn mint(
        &self,
        identity: &str,
        scopes: &[String],
        now: Timestamp,
        life: SignedDuration,
    ) -> Minted {
        let expires_on = now.checked_add(life).unwrap_or(Timestamp::MAX);
        let subject = identity.strip_prefix("8:").unwrap_or(identity);
        let resource = subject
            .strip_prefix("acs:")
            .and_then(|rest| rest.split('_').next())
            .unwrap_or_default();
        let claims = json!({
            "iss": ISSUER,
            "aud": "teams-phone-emulator",
            "skypeid": subject,
            "acsScope": scopes.join(","),
            "resourceId": resource,
            "iat": now.as_second(),
            "exp": expires_on.as_second(),
            "jti": Uuid::new_v4(),
        });
        let header = json!({ "alg": "HS256", "kid": "teams-phone-emulator", "typ": "JWT" });
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = URL_SAFE_NO_PAD.encode(hmac(&self.secret, &signed));
        Minted {
            token: format!("{signed}.{signature}"),
            expires_on,
        }
    }
}

impl Minted {
    pub(crate) fn to_json(&self) -> Value {
        json!({ "token": self.token, "expiresOn": clock::seven_digits(self.expires_on) })
    }
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
