//! Owns the claims of tokens the authority issues, with and without a user.
//! Refuses to decide who gets one.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::directory::{Application, User};

use super::{discovery::issuer, scopes::Asked};

/// How a client proved itself, for `appidacr` and `azpacr`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    None,
    Secret,
    Certificate,
}

/// What every token of one answer has in common.
pub(crate) struct Occasion<'a> {
    pub(crate) origin: &'a str,
    pub(crate) tenant: Uuid,
    pub(crate) client: Uuid,
    pub(crate) application: &'a Application,
    pub(crate) proof: Proof,
    pub(crate) now: Timestamp,
    /// Seconds that the tokens live.
    pub(crate) life: u32,
    /// Whether the client said that it understands claims challenges.
    pub(crate) takes_challenges: bool,
}

impl Occasion<'_> {
    /// The claims of an access token for the application itself.
    pub(crate) fn for_application(&self, asked: &Asked) -> Value {
        let mut claims = self.access(asked);
        let principal = service_principal(self.client, self.tenant).to_string();
        claims.insert("oid".into(), principal.clone().into());
        claims.insert("sub".into(), principal.into());
        claims.insert("idtyp".into(), "app".into());
        let mut roles = self.application.roles().to_vec();
        if asked.is_for_graph() {
            roles.extend_from_slice(self.application.permits_of_graph());
        }
        if !roles.is_empty() {
            claims.insert("roles".into(), json!(roles));
        }
        Value::Object(claims)
    }

    /// The claims of an access token for a user.
    pub(crate) fn for_user(
        &self,
        asked: &Asked,
        granted: &[String],
        id: Uuid,
        user: &User,
    ) -> Value {
        let mut claims = self.access(asked);
        claims.insert("scp".into(), granted.join(" ").into());
        self.about_user(&mut claims, id, user);
        let name = if self.application.is_of_second_version() {
            "preferred_username"
        } else {
            "upn"
        };
        claims.insert(name.into(), user.name().into());
        if !user.groups().is_empty() {
            claims.insert("groups".into(), json!(user.groups()));
        }
        Value::Object(claims)
    }

    /// The claims of an ID token.
    pub(crate) fn identity(&self, id: Uuid, user: &User, nonce: Option<&str>) -> Value {
        let mut claims = self.dated(true);
        claims.insert("aud".into(), self.client.to_string().into());
        self.about_user(&mut claims, id, user);
        claims.insert("preferred_username".into(), user.name().into());
        if let Some(nonce) = nonce {
            claims.insert("nonce".into(), nonce.into());
        }
        Value::Object(claims)
    }

    fn about_user(&self, claims: &mut Map<String, Value>, id: Uuid, user: &User) {
        claims.insert("oid".into(), id.to_string().into());
        claims.insert(
            "sub".into(),
            derived(&[id.as_bytes(), self.client.as_bytes()])
                .simple()
                .to_string()
                .into(),
        );
        claims.insert("name".into(), user.name().into());
    }

    fn access(&self, asked: &Asked) -> Map<String, Value> {
        let second = self.application.is_of_second_version();
        let mut claims = self.dated(second);
        let audience = if second {
            asked.resource.id
        } else {
            &asked.uri
        };
        claims.insert("aud".into(), audience.into());
        let (client, strength) = if second {
            ("azp", "azpacr")
        } else {
            ("appid", "appidacr")
        };
        claims.insert(client.into(), self.client.to_string().into());
        let proof = match self.proof {
            Proof::None => "0",
            Proof::Secret => "1",
            Proof::Certificate => "2",
        };
        claims.insert(strength.into(), proof.into());
        if self.takes_challenges {
            claims.insert("xms_cc".into(), json!(["cp1"]));
        }
        claims
    }

    fn dated(&self, second_version: bool) -> Map<String, Value> {
        let now = self.now.as_second();
        let claims = json!({
            "iss": issuer(self.origin, self.tenant, second_version),
            "iat": now,
            "nbf": now,
            "exp": now + i64::from(self.life),
            "tid": self.tenant,
            "ver": if second_version { "2.0" } else { "1.0" },
            "uti": Uuid::new_v4().simple().to_string(),
        });
        match claims {
            Value::Object(claims) => claims,
            _ => Map::new(),
        }
    }
}

/// The object id of an application's service principal in a tenant: always the same one.
fn service_principal(client: Uuid, tenant: Uuid) -> Uuid {
    derived(&[client.as_bytes(), tenant.as_bytes()])
}

fn derived(parts: &[&[u8; 16]]) -> Uuid {
    let digest = Sha256::digest(
        parts
            .iter()
            .copied()
            .flatten()
            .copied()
            .collect::<Vec<u8>>(),
    );
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
