//! Owns the arguments about signing in with Entra ID, for those who do not use a connection string.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use teams_phone::Endpoint;
use teams_phone_entra::{Authority, Cloud};

use super::values;
use crate::connection::Seen;

/// How calls are authorised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuthMethod {
    /// The access key in a connection string.
    #[default]
    ConnectionString,
    /// Whoever is signed in to the Azure CLI (`az login`).
    Cli,
    /// Whoever is signed in to the Azure CLI, or else to the Azure Developer CLI (`azd auth login`).
    DeveloperTools,
    /// The managed identity of the machine or container; --auth-client-id names a user-assigned one.
    ManagedIdentity,
    /// The workload identity of a Kubernetes pod; the cluster sets the environment variables.
    WorkloadIdentity,
    /// An application with a secret.
    ClientSecret,
    /// An application with a certificate.
    ClientCertificate,
    /// You sign in on any device, with a code.
    DeviceCode,
    /// You sign in with the browser of this machine.
    Browser,
}

/// A cloud of Microsoft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuthCloud {
    /// The public cloud.
    Public,
    /// The cloud of the United States government.
    UsGovernment,
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
    /// need not be the Teams tenant; for Microsoft Graph it is the Teams tenant. Default: environment.
    #[arg(long, global = true, display_order = 912, value_name = "TENANT", value_parser = values::text)]
    pub(crate) auth_tenant: Option<String>,
    /// The application to sign in as or through. Default: environment.
    // A text: what is given in its place may be a secret, which no message may repeat.
    #[arg(long, global = true, display_order = 913, value_name = "GUID", value_parser = values::text)]
    pub(crate) auth_client_id: Option<String>,
    /// File with the application's secret; `-` reads it from standard input. Default: environment.
    #[arg(long, global = true, display_order = 914, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) auth_secret_file: Option<PathBuf>,
    /// PEM file with the application's certificate and its private key, not encrypted; `-` reads it from
    /// standard input. Default: environment.
    #[arg(long, global = true, display_order = 915, value_name = "PEM", value_hint = ValueHint::FilePath)]
    pub(crate) auth_certificate_file: Option<PathBuf>,
    /// File with the token that the cluster gives the pod. Default: environment.
    #[arg(long, global = true, display_order = 916, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) auth_token_file: Option<PathBuf>,
    /// The cloud: where to sign in, and for which scope. Default: the one that the resource's address is in.
    #[arg(
        long,
        global = true,
        display_order = 917,
        value_enum,
        value_name = "CLOUD"
    )]
    pub(crate) auth_cloud: Option<AuthCloud>,
    /// The sign-in service. Default: environment, then the cloud's, such as
    /// https://login.microsoftonline.com.
    #[arg(long, global = true, display_order = 918, value_name = "URL")]
    pub(crate) auth_authority: Option<Authority>,
    /// What is noticed on the way.
    #[arg(skip)]
    pub(crate) seen: Seen,
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
            (
                "--auth-certificate-file",
                self.auth_certificate_file.is_some(),
            ),
            ("--auth-token-file", self.auth_token_file.is_some()),
            ("--auth-cloud", self.auth_cloud.is_some()),
            ("--auth-authority", self.auth_authority.is_some()),
        ];
        let given = options.into_iter().filter(|(_, is_given)| *is_given);
        given.map(|(name, _)| name)
    }
}

impl From<AuthCloud> for Cloud {
    fn from(cloud: AuthCloud) -> Self {
        match cloud {
            AuthCloud::Public => Self::Public,
            AuthCloud::UsGovernment => Self::UsGovernment,
        }
    }
}

impl AuthMethod {
    /// The name, as it is given.
    pub(crate) fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Whether an option means something to it.
    pub(crate) fn takes(self, option: &str) -> bool {
        let own: &[&str] = match self {
            Self::ConnectionString => return false,
            Self::Cli => &["--auth-tenant"],
            Self::DeveloperTools => &[],
            Self::ManagedIdentity => &["--auth-client-id"],
            Self::WorkloadIdentity => &["--auth-token-file"],
            Self::ClientSecret => &["--auth-secret-file"],
            Self::ClientCertificate => &["--auth-certificate-file"],
            Self::DeviceCode | Self::Browser => &[],
        };
        let application = ["--auth-tenant", "--auth-client-id", "--auth-authority"];
        ["--endpoint", "--auth-cloud"].contains(&option)
            || own.contains(&option)
            || (self.is_application() && application.contains(&option))
    }

    /// Whether an application is named, and the sign-in service is asked directly.
    fn is_application(self) -> bool {
        matches!(
            self,
            Self::WorkloadIdentity
                | Self::ClientSecret
                | Self::ClientCertificate
                | Self::DeviceCode
                | Self::Browser
        )
    }
}
