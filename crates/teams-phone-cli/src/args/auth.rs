//! Owns the arguments about signing in with Entra ID, for those who do not use a connection string.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use teams_phone::{ClientId, Endpoint};
use teams_phone_entra::Authority;

use super::values;

/// How calls are authorised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuthMethod {
    /// The access key in a connection string.
    #[default]
    ConnectionString,
    /// Whoever is signed in to the Azure CLI (`az login`).
    Cli,
    /// The managed identity of the machine or container; --auth-client-id names a user-assigned one.
    ManagedIdentity,
    /// An application with a secret.
    ClientSecret,
    /// You sign in on any device, with a code.
    DeviceCode,
    /// You sign in with the browser of this machine.
    Browser,
}

/// Who signs in with Entra ID, and where.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Sign-in options, instead of a connection string")]
pub(crate) struct AuthArgs {
    /// How calls are authorised. Default: connection-string.
    #[arg(
        long,
        global = true,
        display_order = 910,
        value_enum,
        value_name = "METHOD"
    )]
    pub(crate) auth: Option<AuthMethod>,
    /// The resource's address, such as https://name.communication.azure.com. Default: environment.
    #[arg(long, global = true, display_order = 911, value_name = "URL")]
    pub(crate) endpoint: Option<Endpoint>,
    /// The tenant to sign in to: its GUID or a domain of it. It is the one of the Azure subscription, which
    /// need not be the Teams tenant. Default: environment.
    #[arg(long, global = true, display_order = 912, value_name = "TENANT", value_parser = values::text)]
    pub(crate) auth_tenant: Option<String>,
    /// The application to sign in as or through. Default: environment.
    #[arg(long, global = true, display_order = 913, value_name = "GUID")]
    pub(crate) auth_client_id: Option<ClientId>,
    /// File with the application's secret; `-` reads it from standard input. Default: environment.
    #[arg(long, global = true, display_order = 914, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) auth_secret_file: Option<PathBuf>,
    /// The sign-in service. Default: https://login.microsoftonline.com.
    #[arg(long, global = true, display_order = 915, value_name = "URL")]
    pub(crate) auth_authority: Option<Authority>,
}

impl AuthArgs {
    /// The method.
    pub(crate) fn method(&self) -> AuthMethod {
        self.auth.unwrap_or_default()
    }

    /// The options that are given besides the method.
    pub(crate) fn given(&self) -> impl Iterator<Item = &'static str> {
        let options = [
            ("--endpoint", self.endpoint.is_some()),
            ("--auth-tenant", self.auth_tenant.is_some()),
            ("--auth-client-id", self.auth_client_id.is_some()),
            ("--auth-secret-file", self.auth_secret_file.is_some()),
            ("--auth-authority", self.auth_authority.is_some()),
        ];
        let given = options.into_iter().filter(|(_, is_given)| *is_given);
        given.map(|(name, _)| name)
    }
}

impl AuthMethod {
    /// The name, as it is given.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ConnectionString => "connection-string",
            Self::Cli => "cli",
            Self::ManagedIdentity => "managed-identity",
            Self::ClientSecret => "client-secret",
            Self::DeviceCode => "device-code",
            Self::Browser => "browser",
        }
    }

    /// The options that mean something to it.
    pub(crate) fn takes(self) -> &'static [&'static str] {
        match self {
            Self::ConnectionString => &[],
            Self::Cli => &["--endpoint", "--auth-tenant"],
            Self::ManagedIdentity => &["--endpoint", "--auth-client-id"],
            Self::ClientSecret => &[
                "--endpoint",
                "--auth-tenant",
                "--auth-client-id",
                "--auth-secret-file",
                "--auth-authority",
            ],
            Self::DeviceCode | Self::Browser => &[
                "--endpoint",
                "--auth-tenant",
                "--auth-client-id",
                "--auth-authority",
            ],
        }
    }
}
