//! Owns signing in with Entra ID: which credential the options describe, and what it needs. Sends nothing.

use teams_phone::{ClientBuilder, ClientId, Credential, Endpoint, Error, Secret};
use teams_phone_entra::{
    Authority, AzureIdentity, AzureIdentityBuilder, Browser, BrowserBuilder, Cloud, DeviceCode,
    DeviceCodeBuilder, UserAssigned, open_in_browser,
};
use url::Url;

use crate::args::{AuthArgs, AuthMethod};
use crate::failure::Failure;
use crate::{env_vars, files, output};

/// Refuses options that mean nothing to the method, rather than ignoring them.
pub(super) fn check(args: &AuthArgs) -> Result<(), Failure> {
    let method = args.method();
    match args.given().find(|name| !method.takes(name)) {
        None => Ok(()),
        Some(name) => Err(Failure::usage(format!(
            "{name} has no effect with --auth {}",
            method.name()
        ))
        .with_hint("choose how to sign in with --auth; `teams-phone help` lists the ways")),
    }
}

/// Gives a client builder the endpoint, the credential that the options describe, and its scope.
pub(super) fn sign_in(
    builder: ClientBuilder,
    args: &AuthArgs,
    roots: Option<Vec<u8>>,
) -> Result<ClientBuilder, Failure> {
    let endpoint = endpoint(args)?;
    let cloud = args
        .auth_cloud
        .map_or_else(|| Cloud::of(&endpoint), Cloud::from);
    let way = Way {
        args,
        authority: authority(args, cloud)?,
        roots,
    };
    Ok(builder
        .scopes(cloud.resource_scopes())
        .credential(way.credential()?)
        .endpoint(endpoint))
}

/// The credential that the options describe, for Microsoft Graph.
pub(super) fn credential(args: &AuthArgs, roots: Option<Vec<u8>>) -> Result<Credential, Failure> {
    let way = Way {
        args,
        authority: authority(args, Cloud::Public)?,
        roots,
    };
    way.credential()
}

/// Where the resource is.
fn endpoint(args: &AuthArgs) -> Result<Endpoint, Failure> {
    match &args.endpoint {
        Some(endpoint) => Ok(endpoint.clone()),
        None => parsed(
            &required(None, "--endpoint", env_vars::ENDPOINT, args)?,
            env_vars::ENDPOINT,
        ),
    }
}

/// Where people and applications sign in.
fn authority(args: &AuthArgs, cloud: Cloud) -> Result<Authority, Failure> {
    if let Some(authority) = &args.auth_authority {
        return Ok(authority.clone());
    }
    let variable = env_vars::AUTHORITY;
    match env_vars::text(variable)? {
        Some(text) if args.method().takes("--auth-authority") => parsed(&text, variable),
        _ => Ok(cloud.authority()),
    }
}

pub(super) fn parsed<T: std::str::FromStr<Err = Error>>(
    text: &str,
    variable: &str,
) -> Result<T, Failure> {
    let wrong = |error: Error| Failure::usage(format!("{} (from {variable})", error.message()));
    text.parse().map_err(wrong)
}

/// A way to sign in: the options, and what all builders of credentials are told.
struct Way<'a> {
    args: &'a AuthArgs,
    authority: Authority,
    roots: Option<Vec<u8>>,
}

impl Way<'_> {
    fn credential(self) -> Result<Credential, Failure> {
        let built = match self.args.method() {
            AuthMethod::ConnectionString => {
                return Err(Failure::failed("a connection string does not sign in"));
            }
            AuthMethod::Cli => {
                let tenant = given(self.args.auth_tenant.clone(), env_vars::TENANT)?.into_iter();
                let builder = AzureIdentity::azure_cli();
                self.azure(tenant.fold(builder, AzureIdentityBuilder::tenant))
            }
            AuthMethod::DeveloperTools => self.azure(AzureIdentity::developer_tools()),
            AuthMethod::ManagedIdentity => {
                let id = self.client_id()?.into_iter();
                let id = id.map(UserAssigned::ClientId);
                let builder = AzureIdentity::managed_identity();
                self.azure(id.fold(builder, AzureIdentityBuilder::user_assigned))
            }
            AuthMethod::WorkloadIdentity => {
                let builder = AzureIdentity::workload_identity()
                    .tenant(self.tenant()?)
                    .client_id(self.client()?)
                    .token_file(self.token_file()?);
                self.azure(builder)
            }
            AuthMethod::ClientSecret => {
                let (tenant, client) = (self.tenant()?, self.client()?);
                let secret = self.secret()?;
                self.azure(AzureIdentity::client_secret(tenant, client, secret))
            }
            AuthMethod::ClientCertificate => {
                let (tenant, client) = (self.tenant()?, self.client()?);
                let pem = self.certificate()?;
                self.azure(AzureIdentity::client_certificate(tenant, client, pem))
            }
            AuthMethod::DeviceCode => {
                let builder = DeviceCode::builder(self.tenant()?, self.client()?);
                self.device_code(builder)
            }
            AuthMethod::Browser => {
                let builder = Browser::builder(self.tenant()?, self.client()?);
                self.browser(builder)
            }
        };
        built.map_err(|error| Failure::usage(error.message()))
    }

    fn azure(self, builder: AzureIdentityBuilder) -> Result<Credential, Error> {
        let seen = &self.args.seen;
        let builder = builder.authority(self.authority);
        let roots = self.roots.into_iter();
        let builder = roots.fold(builder, AzureIdentityBuilder::root_certificates);
        builder.build().map(|built| seen.watch(built))
    }

    fn device_code(self, builder: DeviceCodeBuilder) -> Result<Credential, Error> {
        let seen = &self.args.seen;
        let builder = builder.authority(self.authority).prompt(|prompt| {
            output::talk(&format!("{}\n", output::printable(&prompt.to_string())));
        });
        let roots = self.roots.into_iter();
        let builder = roots.fold(builder, DeviceCodeBuilder::root_certificates);
        builder.build().map(|built| seen.watch(built))
    }

    fn browser(self, builder: BrowserBuilder) -> Result<Credential, Error> {
        let seen = &self.args.seen;
        let builder = builder.authority(self.authority).open(open);
        let roots = self.roots.into_iter();
        let builder = roots.fold(builder, BrowserBuilder::root_certificates);
        builder.build().map(|built| seen.watch(built))
    }

    fn tenant(&self) -> Result<String, Failure> {
        let given = self.args.auth_tenant.clone();
        required(given, "--auth-tenant", env_vars::TENANT, self.args)
    }

    fn client(&self) -> Result<String, Failure> {
        required(
            self.client_id()?,
            "--auth-client-id",
            env_vars::CLIENT,
            self.args,
        )
    }

    fn client_id(&self) -> Result<Option<String>, Failure> {
        let Some(text) = given(self.args.auth_client_id.clone(), env_vars::CLIENT)? else {
            return Ok(None);
        };
        // What it is instead is not said: it may be the secret.
        let id: Result<ClientId, _> = text.parse();
        let id = id.map_err(|_| {
            Failure::usage("the application (client) id is not a GUID").with_hint(format!(
                "check --auth-client-id, or {}; the portal shows the id on the application's Overview page",
                env_vars::CLIENT
            ))
        })?;
        Ok(Some(id.to_string()))
    }

    fn secret(&self) -> Result<Secret, Failure> {
        const OPTION: &str = "--auth-secret-file";
        match &self.args.auth_secret_file {
            Some(path) => files::read_secret(path, OPTION),
            None => required(None, OPTION, env_vars::CLIENT_SECRET, self.args).map(Secret::new),
        }
    }

    fn certificate(&self) -> Result<Secret, Failure> {
        const OPTION: &str = "--auth-certificate-file";
        let path = match &self.args.auth_certificate_file {
            Some(path) => path.clone(),
            None => required(None, OPTION, env_vars::CERTIFICATE, self.args)?.into(),
        };
        files::read_secret(&path, OPTION).map_err(|failure| {
            failure.or_hint(
                "it must hold the certificate and its RSA private key as PEM text; \
                 `openssl pkcs12 -in app.pfx -nodes -out app.pem` makes that of a PFX file",
            )
        })
    }

    fn token_file(&self) -> Result<String, Failure> {
        const OPTION: &str = "--auth-token-file";
        let given = self.args.auth_token_file.as_ref();
        let given = given.map(|path| path.to_string_lossy().into_owned());
        required(given, OPTION, env_vars::TOKEN_FILE, self.args)
    }
}

/// Opens the sign-in page, and tells its address in case nothing is seen.
fn open(url: &Url) {
    let opened = open_in_browser(url).is_ok();
    let what = if opened {
        "a browser was opened; if you see none, sign in at"
    } else {
        "no browser could be opened; sign in at"
    };
    output::talk(&format!("{what} {url}\n"));
}

/// What is given by an option, or else by an environment variable.
fn given(option: Option<String>, variable: &'static str) -> Result<Option<String>, Failure> {
    match option {
        Some(text) => Ok(Some(text)),
        None => env_vars::text(variable),
    }
}

/// What has to be given by an option, or else by an environment variable.
fn required(
    value: Option<String>,
    option: &str,
    variable: &'static str,
    args: &AuthArgs,
) -> Result<String, Failure> {
    given(value, variable)?.ok_or_else(|| {
        Failure::usage(format!("--auth {} needs {option}", args.method().name()))
            .with_hint(format!("or set {variable}"))
    })
}
