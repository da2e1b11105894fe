//! Owns the names of environment variables and the reading of them; nothing else reads the environment.

use std::env;

use teams_phone::Secret;

use crate::failure::Failure;

/// Where the connection string is looked for, in this order.
pub(crate) const CONNECTION_STRING: [&str; 2] = [
    "AZURE_COMMUNICATION_CONNECTION_STRING",
    "COMMUNICATION_SERVICES_CONNECTION_STRING",
];

/// The environment variables as a text for help.
pub(crate) const HELP: &str = "\
Environment:
  AZURE_COMMUNICATION_CONNECTION_STRING     connection string of the resource
  COMMUNICATION_SERVICES_CONNECTION_STRING  the same, looked at if the first is not set
  NO_COLOR                                  if set, output has no colour";

/// The first connection string that is set, and by which variable.
pub(crate) fn connection_string() -> Result<Option<(&'static str, Secret)>, Failure> {
    for name in CONNECTION_STRING {
        match env::var(name) {
            Ok(text) if text.trim().is_empty() => {}
            Ok(text) => return Ok(Some((name, Secret::new(text)))),
            Err(env::VarError::NotPresent) => {}
            Err(env::VarError::NotUnicode(_)) => {
                return Err(Failure::usage(format!("{name} is not UTF-8 text")));
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    #[test]
    fn help_names_every_variable() {
        for name in super::CONNECTION_STRING {
            assert!(super::HELP.contains(name));
        }
    }
}
