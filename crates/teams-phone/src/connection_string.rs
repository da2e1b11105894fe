//! Owns the reading of connection strings; knows nothing of what is done with them.

use std::fmt;
use std::str::FromStr;

use teams_phone_core::{AccessKey, Endpoint, Error};

const SHAPE: &str = "expected endpoint=https://<resource>.communication.azure.com/;accesskey=<key>";
const MAX_LENGTH: usize = 8192;

/// Where the connection string is looked for, in this order.
const VARIABLES: [&str; 2] = [
    "AZURE_COMMUNICATION_CONNECTION_STRING",
    "COMMUNICATION_SERVICES_CONNECTION_STRING",
];

/// Names that belong to the connection strings of other Azure services; only these are ever repeated.
const FOREIGN: &[&str] = &[
    "accountkey",
    "accountname",
    "defaultendpointsprotocol",
    "endpointsuffix",
    "entitypath",
    "hostname",
    "id",
    "instrumentationkey",
    "port",
    "secret",
    "sharedaccesskey",
    "sharedaccesskeyname",
    "version",
];

/// The connection string of a resource, as its Keys page shows it.
///
/// ```
/// use teams_phone::ConnectionString;
///
/// let text = "AccessKey = c2VjcmV0 ; endpoint=https://contoso.unitedstates.communication.azure.com/";
/// let parsed: ConnectionString = text.parse()?;
/// assert_eq!(parsed.endpoint().as_str(), "https://contoso.unitedstates.communication.azure.com");
/// assert!(!format!("{parsed:?}").contains("c2VjcmV0"));
/// # Ok::<(), teams_phone::Error>(())
/// ```
///
/// Names may be written in any case and order, with blanks around them and a semicolon at the end.
#[derive(Clone)]
pub struct ConnectionString {
    endpoint: Endpoint,
    access_key: AccessKey,
}

impl ConnectionString {
    /// Reads the environment variable `AZURE_COMMUNICATION_CONNECTION_STRING`, else
    /// `COMMUNICATION_SERVICES_CONNECTION_STRING`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if neither is set, or the text is wrong.
    pub fn from_env() -> Result<Self, Error> {
        let set = VARIABLES.iter().find_map(|name| {
            std::env::var(name)
                .ok()
                .filter(|text| !text.trim().is_empty())
        });
        let text = set.ok_or_else(|| {
            Error::config(format!(
                "no connection string: set {} to the one on the resource's Keys page",
                VARIABLES[0]
            ))
        })?;
        text.parse()
    }

    /// The resource's address.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The resource's access key.
    #[must_use]
    pub fn access_key(&self) -> &AccessKey {
        &self.access_key
    }
}

impl FromStr for ConnectionString {
    type Err = Error;

    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) that says which part is missing, repeated, unknown
    /// or unusable; it never shows the key.
    fn from_str(text: &str) -> Result<Self, Error> {
        let (mut endpoint, mut access_key) = (None, None);
        if text.len() > MAX_LENGTH {
            return Err(refuse(format!(
                "is longer than {MAX_LENGTH} characters; {SHAPE}"
            )));
        }
        let pairs = text.split(';').map(str::trim).enumerate();
        for (index, pair) in pairs.filter(|(_, pair)| !pair.is_empty()) {
            let position = index + 1;
            let Some((name, value)) = pair.split_once('=') else {
                return Err(refuse(format!("has no \"=\" in part {position}; {SHAPE}")));
            };
            let name = name.trim().to_ascii_lowercase();
            let (slot, name) = match name.as_str() {
                "endpoint" => (&mut endpoint, "endpoint"),
                "accesskey" => (&mut access_key, "accesskey"),
                _ => return Err(unknown(&name, position)),
            };
            if slot.replace(value.trim()).is_some() {
                return Err(refuse(format!("has {name} twice; keep one")));
            }
        }
        let missing = |name: &str| refuse(format!("lacks {name}; {SHAPE}"));
        let endpoint = endpoint.ok_or_else(|| missing("endpoint"))?;
        let access_key = access_key.ok_or_else(|| missing("accesskey"))?;
        Ok(Self {
            endpoint: endpoint.parse().map_err(|why| inside(&why))?,
            access_key: AccessKey::from_base64(access_key).map_err(|why| inside(&why))?,
        })
    }
}

impl fmt::Debug for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ConnectionString(endpoint={};accesskey=..)",
            self.endpoint
        )
    }
}

fn refuse(why: impl fmt::Display) -> Error {
    Error::config(format!("connection string {why}"))
}

fn inside(why: &Error) -> Error {
    Error::config(format!("connection string: {}", why.message()))
}

/// A name that is not known may be a piece of a key: it is told by its place.
fn unknown(name: &str, position: usize) -> Error {
    if FOREIGN.contains(&name) {
        refuse(format!(
            "has {name:?}, which belongs to another Azure service; {SHAPE}"
        ))
    } else {
        refuse(format!("has an unknown name in part {position}; {SHAPE}"))
    }
}

#[cfg(test)]
mod tests;
