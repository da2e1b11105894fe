//! Owns signing in with Entra ID: which credential the options describe, and what it needs. Sends nothing.

use std::time::Duration;

use teams_phone::{Credential, Endpoint, Error, Secret};
use teams_phone_entra::{
    AzureIdentity, AzureIdentityBuilder, Browser, DeviceCode, UserAssigned, open_in_browser,
};

use crate::args::{AuthArgs, AuthMethod};
use crate::failure::Failure;
use crate::{env_vars, files, output};

/// People take their time; a call that waits for them must not give up first.
pub(super) const PATIENCE: Duration = Duration::from_secs(20 * 60);

/// Whether somebody has to do something.
pub(super) fn is_interactive(args: &AuthArgs) -> bool {
    matches!(args.method(), AuthMethod::DeviceCode | AuthMethod::Browser)
}

/// Refuses options that mean nothing to the method, rather than ignoring them.
pub(super) fn check(args: &AuthArgs) -> Result<(), Failure> {
    let method = args.method();
    let taken = method.takes();
    match args.given().find(|name| !taken.contains(name)) {
        None => Ok(()),
        Some(name) => Err(Failure::usage(format!(
            "{name} has no effect with --auth {}",
            method.name()
        ))
        .with_hint("choose how to sign in with --auth; `teams-phone help` lists the ways")),
    }
}

/// Where the resource is.
pub(super) fn endpoint(args: &AuthArgs) -> Result<Endpoint, Failure> {
    if let Some(endpoint) = &args.endpoint {
        return Ok(endpoint.clone());
    }
    let text = required(None, "--endpoint", env_vars::ENDPOINT, args)?;
    let from = env_vars::ENDPOINT;
    text.parse()
        .map_err(|error: Error| Failure::usage(format!("{} (from {from})", error.message())))
}

/// The credential that the options describe.
pub(super) fn credential(args: &AuthArgs, roots: Option<Vec<u8>>) -> Result<Credential, Failure> {
    let tenant = || {
        let given = args.auth_tenant.clone();
        required(given, "--auth-tenant", env_vars::TENANT, args)
    };
    let client = || {
        let given = args.auth_client_id.as_ref().map(ToString::to_string);
        required(given, "--auth-client-id", env_vars::CLIENT, args)
    };
    let credential = match args.method() {
        AuthMethod::ConnectionString => {
            return Err(Failure::failed("a connection string does not sign in"));
        }
        AuthMethod::Cli => azure(
            args.auth_tenant
                .iter()
                .fold(AzureIdentity::azure_cli(), |builder, tenant| {
                    builder.tenant(tenant)
                }),
            args,
            roots,
        ),
        AuthMethod::ManagedIdentity => {
            let builder = AzureIdentity::managed_identity();
            let builder = match &args.auth_client_id {
                Some(id) => builder.user_assigned(UserAssigned::ClientId(id.to_string())),
                None => builder,
            };
            azure(builder, args, roots)
        }
        AuthMethod::ClientSecret => {
            let builder = AzureIdentity::client_secret(tenant()?, client()?, secret(args)?);
            azure(builder, args, roots)
        }
        AuthMethod::DeviceCode => device_code(tenant()?, client()?, args, roots),
        AuthMethod::Browser => browser(tenant()?, client()?, args, roots),
    };
    credential.map_err(|error| Failure::usage(error.message()))
}

fn azure(
    builder: AzureIdentityBuilder,
    args: &AuthArgs,
    roots: Option<Vec<u8>>,
) -> Result<Credential, Error> {
    let mut builder = builder;
    if let Some(authority) = &args.auth_authority {
        builder = builder.authority(authority.clone());
    }
    if let Some(pem) = roots {
        builder = builder.root_certificates(pem);
    }
    builder.build().map(Credential::token)
}

fn device_code(
    tenant: String,
    client: String,
    args: &AuthArgs,
    roots: Option<Vec<u8>>,
) -> Result<Credential, Error> {
    let mut builder = DeviceCode::builder(tenant, client)
        .prompt(|prompt| output::talk(&format!("{}\n", output::printable(&prompt.to_string()))));
    if let Some(authority) = &args.auth_authority {
        builder = builder.authority(authority.clone());
    }
    if let Some(pem) = roots {
        builder = builder.root_certificates(pem);
    }
    builder.build().map(Credential::token)
}

fn browser(
    tenant: String,
    client: String,
    args: &AuthArgs,
    roots: Option<Vec<u8>>,
) -> Result<Credential, Error> {
    let mut builder = Browser::builder(tenant, client).open(|url| {
        let opened = open_in_browser(url).is_ok();
        let what = if opened {
            "a browser was opened; if you see none, sign in at"
        } else {
            "no browser could be opened; sign in at"
        };
        output::talk(&format!("{what} {url}\n"));
    });
    if let Some(authority) = &args.auth_authority {
        builder = builder.authority(authority.clone());
    }
    if let Some(pem) = roots {
        builder = builder.root_certificates(pem);
    }
    builder.build().map(Credential::token)
}

fn secret(args: &AuthArgs) -> Result<Secret, Failure> {
    const OPTION: &str = "--auth-secret-file";
    match &args.auth_secret_file {
        Some(path) => files::read_secret(path, OPTION),
        None => required(None, OPTION, env_vars::CLIENT_SECRET, args).map(Secret::new),
    }
}

/// What is given by an option, or else by an environment variable.
fn required(
    given: Option<String>,
    option: &str,
    variable: &'static str,
    args: &AuthArgs,
) -> Result<String, Failure> {
    if let Some(text) = given {
        return Ok(text);
    }
    env_vars::text(variable)?.ok_or_else(|| {
        Failure::usage(format!("--auth {} needs {option}", args.method().name()))
            .with_hint(format!("or set {variable}"))
    })
}
