//! Owns how a command gets to the service: connection string or sign-in, and the client it makes.

mod graph;
mod login;
mod seen;

use teams_phone::{ApiVersion, Client, ConnectionString, Error, RetryPolicy, Secret};

use crate::args::{AuthMethod, ConnectionArgs};
use crate::failure::Failure;
use crate::{env_vars, files, terminal};
pub(crate) use graph::{failed as graph_failed, graph};
pub(crate) use seen::{Seen, SignedIn};

const OPTION: &str = "--connection-string-file";

/// Finds and reads the connection string: option, environment, prompt.
pub(crate) fn connection_string(args: &ConnectionArgs) -> Result<ConnectionString, Failure> {
    let (origin, text) = find(args)?;
    text.expose()
        .parse()
        .map_err(|error: Error| Failure::usage(format!("{} (from {origin})", error.message())))
}

fn find(args: &ConnectionArgs) -> Result<(String, Secret), Failure> {
    if let Some(path) = &args.connection_string_file {
        let origin = if files::is_stdin(path) {
            "standard input".to_owned()
        } else {
            path.display().to_string()
        };
        return Ok((origin, files::read_secret(path, OPTION)?));
    }
    if let Some((name, text)) = env_vars::connection_string()? {
        return Ok((name.to_owned(), text));
    }
    let asked = terminal::ask_secret("Connection string of the resource (not shown): ")?;
    asked
        .map(|text| ("the prompt".to_owned(), text))
        .ok_or_else(|| {
            Failure::usage("no connection string").with_hint(format!(
                "set {} to the one on the resource's Keys page, or name a file that holds it with {OPTION}; for a try without a resource run `teams-phone demo`",
                env_vars::CONNECTION_STRING[0]
            ))
        })
}

/// Makes the client that the options describe.
pub(crate) fn client(args: &ConnectionArgs) -> Result<Client, Failure> {
    let roots = match &args.ca_file {
        Some(path) => Some(files::read_bytes(path, "--ca-file")?),
        None => None,
    };
    login::check(&args.auth)?;
    if args.graph_endpoint.is_some() {
        return Err(Failure::usage(
            "--graph-endpoint has no effect on this command, which does not go to Microsoft Graph",
        ));
    }
    let mut builder = configured(args)?;
    if args.auth.method() == AuthMethod::ConnectionString {
        builder = builder.connection_string(&connection_string(args)?);
    } else if args.connection_string_file.is_some() {
        return Err(Failure::usage(format!(
            "{OPTION} has no effect with --auth {}",
            args.auth.method().name()
        )));
    } else {
        builder = login::sign_in(builder, &args.auth, roots.clone())?;
    }
    if let Some(pem) = roots {
        builder = builder.root_certificates(pem);
    }
    let client = builder.build().map_err(|error| not_built(&error))?;
    args.auth.seen.client(&client);
    Ok(client)
}

/// A client builder with everything but endpoint, credential and roots.
pub(crate) fn configured(args: &ConnectionArgs) -> Result<teams_phone::ClientBuilder, Failure> {
    let builder = Client::builder().retry(retry(args));
    Ok(match &args.api_version {
        None => builder,
        Some(version) if args.allow_unknown_api_version => {
            builder.api_version(ApiVersion::unchecked(version.as_str()).map_err(config)?)
        }
        Some(version) => builder.api_version(version.clone()),
    })
}

/// How often and how long calls are tried.
fn retry(args: &ConnectionArgs) -> RetryPolicy {
    let mut retry = RetryPolicy::default();
    if let Some(attempts) = args.max_attempts {
        retry = retry.max_attempts(attempts);
    }
    if let Some(timeout) = args.timeout {
        retry = retry.deadline(timeout).attempt_timeout(timeout);
    }
    retry
}

/// Refuses connection options where nothing is connected to, rather than ignoring them.
pub(crate) fn refuse_options(
    args: &ConnectionArgs,
    command: &str,
    used: &[&str],
) -> Result<(), Failure> {
    let given = [
        (OPTION, args.connection_string_file.is_some()),
        ("--api-version", args.api_version.is_some()),
        ("--timeout", args.timeout.is_some()),
        ("--max-attempts", args.max_attempts.is_some()),
        ("--ca-file", args.ca_file.is_some()),
        ("--graph-endpoint", args.graph_endpoint.is_some()),
    ];
    let auth = args.auth.auth.map(|_| "--auth");
    let auth = auth.into_iter().chain(args.auth.given());
    match given
        .into_iter()
        .chain(auth.map(|name| (name, true)))
        .find(|(name, is_given)| *is_given && !used.contains(name))
    {
        None => Ok(()),
        Some((name, _)) => Err(Failure::usage(format!(
            "{name} has no effect on `{command}`"
        ))),
    }
}

/// Says what is wrong with the options, in terms of options.
fn not_built(error: &Error) -> Failure {
    let insist = "insist with --allow-unknown-api-version";
    Failure::usage(
        error
            .message()
            .replace("insist with ApiVersion::unchecked", insist),
    )
}

fn config(error: Error) -> Failure {
    Failure::Call {
        error: Box::new(error),
        endpoint: None,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::args::Cli;

    #[test]
    fn a_call_has_the_same_time_however_somebody_signs_in() {
        let policy = |options: &str| {
            let line = format!("teams-phone identity create {options}");
            let cli = Cli::try_parse_from(line.split_whitespace()).unwrap();
            format!("{:?}", retry(&cli.connection))
        };
        let default = format!("{:?}", RetryPolicy::default());
        for options in ["", "--auth cli", "--auth device-code", "--auth browser"] {
            assert_eq!(policy(options), default, "{options}");
        }
        assert_ne!(policy("--auth browser --timeout 5s"), default);
    }
}
