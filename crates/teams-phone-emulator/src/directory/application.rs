//! Owns one registered application: how it proves itself and what it may do.
//! Refuses to keep a client secret, only its digest.

use base64::{Engine, engine::general_purpose::STANDARD};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::graph::ALL_PERMISSIONS;

use super::{CLIENT, guid};

/// Permissions of the service that a new application has consent for.
const CONSENTED: [&str; 9] = [
    "TeamsExtension.ManageCalls",
    "Teams.ManageCalls",
    "Teams.ManageChats",
    "user_impersonation",
    "VoIP",
    "VoIP.Join",
    "Chat",
    "Chat.Join",
    "Chat.Join.Limited",
];

/// An application of the emulated directory. Also its JSON form on the admin route and in snapshots, where a `secret`
/// given is kept as `secretSha256`.
///
/// ```
/// use teams_phone_emulator::{Application, Emulator};
///
/// let other = Application::new("a0000000-0000-4000-8000-000000000002").secret("s3cret").consent(["VoIP"]);
/// let builder = Emulator::builder().application(other);
/// # let _ = builder;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[must_use = "an application does nothing until an emulator is given it"]
pub struct Application {
    client_id: String,
    /// Already a digest when it gets here; moved to the others by `settled`.
    #[serde(
        default,
        rename = "secret",
        skip_serializing,
        deserialize_with = "digest_of_text"
    )]
    new_secret: Option<String>,
    /// Base64 of the SHA-256 of each client secret.
    #[serde(default)]
    secret_sha256: Vec<String>,
    /// PEM certificates whose keys sign client assertions.
    #[serde(default)]
    certificates: Vec<String>,
    /// Application permissions, as tokens without a user name them.
    #[serde(default)]
    roles: Vec<String>,
    /// Delegated permissions that consent was given for.
    #[serde(default = "consented_by_default")]
    consented: Vec<String>,
    /// Permissions for Microsoft Graph, with and without a user; the standard application has all that are emulated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    graph_permissions: Option<Vec<String>>,
    /// Whether it has a role on the resource in Azure.
    #[serde(default)]
    manages_resource: bool,
    /// Whether it may sign users in without proving itself.
    #[serde(default = "yes")]
    public_client: bool,
    /// The version of its access tokens, 1 or 2.
    #[serde(default = "first_version")]
    token_version: u8,
}

impl Application {
    /// An application with consent for every permission of the service, but without secret and without role.
    pub fn new(client_id: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            new_secret: None,
            secret_sha256: Vec::new(),
            certificates: Vec::new(),
            roles: Vec::new(),
            consented: consented_by_default(),
            graph_permissions: None,
            manages_resource: false,
            public_client: true,
            token_version: 1,
        }
    }

    /// Adds a client secret.
    pub fn secret(mut self, secret: &str) -> Self {
        self.secret_sha256.push(digest(secret));
        self
    }

    /// Adds a certificate (PEM) for signed client assertions, RS256 or PS256.
    pub fn certificate(mut self, pem: &str) -> Self {
        self.certificates.push(pem.to_owned());
        self
    }

    /// Adds an application permission, shown in `roles` of tokens without a user.
    pub fn role(mut self, role: &str) -> Self {
        self.roles.push(role.to_owned());
        self
    }

    /// The delegated permissions that consent was given for, in place of all of the service.
    pub fn consent<'a>(mut self, permissions: impl IntoIterator<Item = &'a str>) -> Self {
        self.consented = permissions.into_iter().map(str::to_owned).collect();
        self
    }

    /// The permissions for Microsoft Graph that an administrator has consented to, with and without a user. Default:
    /// none, except for the standard application, which has all that are emulated.
    pub fn graph_permissions<'a>(mut self, permissions: impl IntoIterator<Item = &'a str>) -> Self {
        self.graph_permissions = Some(permissions.into_iter().map(str::to_owned).collect());
        self
    }

    /// Whether the application has a role on the resource in Azure. Default: no.
    pub fn manages_resource(mut self, manages: bool) -> Self {
        self.manages_resource = manages;
        self
    }

    /// Whether the application may sign users in without proving itself. Default: yes.
    pub fn public_client(mut self, public: bool) -> Self {
        self.public_client = public;
        self
    }

    /// Whether its access tokens are of version 2 (`azp`, GUID as audience). Default: version 1 (`appid`, URI).
    pub fn second_token_version(mut self, second: bool) -> Self {
        self.token_version = if second { 2 } else { 1 };
        self
    }

    /// The id and the application with everything checked.
    pub(crate) fn settled(mut self) -> Result<(Uuid, Self), String> {
        let id = guid(&self.client_id, "clientId")?;
        self.client_id = id.to_string();
        self.secret_sha256.extend(self.new_secret.take());
        if self.client_id == CLIENT && self.graph_permissions.is_none() {
            self.graph_permissions = Some(ALL_PERMISSIONS.map(str::to_owned).to_vec());
        }
        if !matches!(self.token_version, 1 | 2) {
            return Err(format!(
                "tokenVersion of {id} is {}, not 1 or 2",
                self.token_version
            ));
        }
        let certificates = self.certificates();
        let usable = certificates
            .iter()
            .filter(|der| webpki::EndEntityCert::try_from(*der).is_ok());
        if usable.count() != self.certificates.len() {
            return Err(format!(
                "certificates: not a certificate in PEM form (application {id})"
            ));
        }
        Ok((id, self))
    }

    pub(crate) fn has_secret(&self, secret: &str) -> bool {
        let sent = digest(secret);
        self.secret_sha256
            .iter()
            .any(|known| known.as_bytes().ct_eq(sent.as_bytes()).into())
    }

    pub(crate) fn certificates(&self) -> Vec<CertificateDer<'static>> {
        self.certificates
            .iter()
            .filter_map(|pem| CertificateDer::from_pem_slice(pem.as_bytes()).ok())
            .collect()
    }

    pub(crate) fn roles(&self) -> &[String] {
        &self.roles
    }

    pub(crate) fn consented(&self) -> &[String] {
        &self.consented
    }

    pub(crate) fn permits_of_graph(&self) -> &[String] {
        self.graph_permissions.as_deref().unwrap_or_default()
    }

    pub(crate) fn may_manage_resource(&self) -> bool {
        self.manages_resource
    }

    pub(crate) fn is_public(&self) -> bool {
        self.public_client
    }

    pub(crate) fn is_of_second_version(&self) -> bool {
        self.token_version == 2
    }
}

fn digest(secret: &str) -> String {
    STANDARD.encode(Sha256::digest(secret.as_bytes()))
}

fn digest_of_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::<String>::deserialize(deserializer).map(|secret| secret.as_deref().map(digest))
}

fn consented_by_default() -> Vec<String> {
    CONSENTED.map(str::to_owned).to_vec()
}

fn yes() -> bool {
    true
}

fn first_version() -> u8 {
    1
}
