//! Owns the names of environment variables and the reading of them; nothing else reads the environment.

use std::env;

use teams_phone::Secret;

use crate::failure::Failure;

/// Where the connection string is looked for, in this order.
pub(crate) const CONNECTION_STRING: [&str; 2] = [
    "AZURE_COMMUNICATION_CONNECTION_STRING",
    "COMMUNICATION_SERVICES_CONNECTION_STRING",
];

/// Where the resource is, for those who sign in with Entra ID.
pub(crate) const ENDPOINT: &str = "AZURE_COMMUNICATION_ENDPOINT";
/// The tenant to sign in to.
pub(crate) const TENANT: &str = "AZURE_TENANT_ID";
/// The application to sign in as or through.
pub(crate) const CLIENT: &str = "AZURE_CLIENT_ID";
/// The application's secret.
pub(crate) const CLIENT_SECRET: &str = "AZURE_CLIENT_SECRET";
/// The file with the application's certificate and key.
pub(crate) const CERTIFICATE: &str = "AZURE_CLIENT_CERTIFICATE_PATH";
/// The file with the token of a Kubernetes pod.
pub(crate) const TOKEN_FILE: &str = "AZURE_FEDERATED_TOKEN_FILE";
/// The sign-in service.
pub(crate) const AUTHORITY: &str = "AZURE_AUTHORITY_HOST";

/// Where Microsoft Graph is.
pub(crate) const GRAPH_ENDPOINT: &str = "TEAMS_PHONE_GRAPH_ENDPOINT";

/// The environment variables as a text for help.
pub(crate) const HELP: &str = "\
Environment:
  AZURE_COMMUNICATION_CONNECTION_STRING     connection string of the resource
  COMMUNICATION_SERVICES_CONNECTION_STRING  the same, looked at if the first is not set
  AZURE_COMMUNICATION_ENDPOINT              address of the resource, with --auth
  AZURE_TENANT_ID, AZURE_CLIENT_ID          who signs in, with --auth; also the tenant of --auth cli, and the
                                            user-assigned identity of --auth managed-identity
  AZURE_CLIENT_SECRET                       the application's secret, with --auth client-secret
  AZURE_CLIENT_CERTIFICATE_PATH             file with its certificate and key, with --auth client-certificate
  AZURE_FEDERATED_TOKEN_FILE                file with the pod's token, with --auth workload-identity
  AZURE_AUTHORITY_HOST                      the sign-in service, with --auth
  TEAMS_PHONE_GRAPH_ENDPOINT                address of Microsoft Graph, such as an emulator's
  NO_COLOR                                  if set, output has no colour";

/// The first connection string that is set, and by which variable.
pub(crate) fn connection_string() -> Result<Option<(&'static str, Secret)>, Failure> {
    for name in CONNECTION_STRING {
        if let Some(text) = text(name)? {
            return Ok(Some((name, Secret::new(text))));
        }
    }
    Ok(None)
}

/// What a variable says, unless that is nothing.
pub(crate) fn text(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => {
            Err(Failure::usage(format!("{name} is not UTF-8 text")))
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn help_names_every_variable() {
        let others = [
            super::ENDPOINT,
            super::TENANT,
            super::CLIENT,
            super::CLIENT_SECRET,
            super::CERTIFICATE,
            super::TOKEN_FILE,
            super::AUTHORITY,
            super::GRAPH_ENDPOINT,
        ];
        for name in super::CONNECTION_STRING.into_iter().chain(others) {
            assert!(super::HELP.contains(name));
        }
    }
}
