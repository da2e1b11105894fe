//! Owns how a command gets to Microsoft Graph: the sign-in and the client it makes. Sends nothing.

use teams_phone::{Error, GraphClient};

use super::{OPTION, login};
use crate::args::{AuthCloud, AuthMethod, ConnectionArgs};
use crate::failure::Failure;
use crate::{env_vars, files};

/// Makes the client of Microsoft Graph that the options describe.
pub(crate) fn graph(args: &ConnectionArgs) -> Result<GraphClient, Failure> {
    check(args)?;
    let roots = match &args.ca_file {
        Some(path) => Some(files::read_bytes(path, "--ca-file")?),
        None => None,
    };
    let mut builder = GraphClient::builder().retry(super::retry(args));
    builder = match (
        &args.graph_endpoint,
        env_vars::text(env_vars::GRAPH_ENDPOINT)?,
    ) {
        (Some(endpoint), _) => builder.endpoint(endpoint.clone()),
        (None, Some(text)) => builder.endpoint(login::parsed(&text, env_vars::GRAPH_ENDPOINT)?),
        (None, None) => builder,
    };
    builder = builder.credential(login::credential(&args.auth, roots.clone())?);
    if let Some(pem) = roots {
        builder = builder.root_certificates(pem);
    }
    builder
        .build()
        .map_err(|error| Failure::usage(error.message()))
}

/// A failed call of Microsoft Graph.
pub(crate) fn failed(error: Error, client: &GraphClient) -> Failure {
    Failure::Call {
        error: Box::new(error),
        endpoint: Some(client.endpoint().to_string()),
    }
}

/// Refuses what is of the other service, rather than ignoring it.
fn check(args: &ConnectionArgs) -> Result<(), Failure> {
    let foreign = [
        (OPTION, args.connection_string_file.is_some()),
        ("--api-version", args.api_version.is_some()),
        ("--endpoint", args.auth.endpoint.is_some()),
    ];
    if let Some((name, _)) = foreign.into_iter().find(|(_, is_given)| *is_given) {
        return Err(Failure::usage(format!(
            "{name} has no effect on Microsoft Graph, which this command goes to"
        ))
        .with_hint(
            "sign in with --auth; --graph-endpoint names another address of Microsoft Graph",
        ));
    }
    if args.auth.method() == AuthMethod::ConnectionString {
        return Err(Failure::usage(
            "the access key in a connection string does not open Microsoft Graph, which this command goes to",
        )
        .with_hint(
            "choose with --auth how to sign in to the Teams tenant, such as --auth cli; `teams-phone help` lists the ways",
        ));
    }
    if args.auth.auth_cloud == Some(AuthCloud::UsGovernment) {
        return Err(Failure::usage(
            "Microsoft Graph of the US government's cloud has no Teams Phone administration",
        )
        .with_hint("tenants of GCC are in the public cloud; elsewhere use Teams PowerShell"));
    }
    login::check(&args.auth)
}
