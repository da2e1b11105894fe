//! Owns what the command line accepts and its help; does nothing with it.

mod assignment;
mod auth;
mod emulator;
mod entra_assignment;
mod exchange;
mod identity;
mod licence;
mod number;
mod operation;
mod resource_account;
mod rows;
mod sign;
mod user;
mod values;
mod words;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use teams_phone::{ApiVersion, Endpoint};

pub(crate) use assignment::{
    ApplyArgs, AssignmentCommand, EnsureArgs, GetArgs, GrantArgs, PlaceArgs, PrincipalArgs, Rate,
    RevokeArgs,
};
pub(crate) use auth::{AuthArgs, AuthCloud, AuthMethod};
pub(crate) use emulator::{DEFAULT_PORT, DemoArgs, EmulatorArgs};
pub(crate) use entra_assignment::{
    BulkEntraArgs, EntraAssignmentCommand, GetEntraArgs, RemoveEntraArgs, SetEntraArgs,
};
pub(crate) use exchange::{ExchangeTeamsUserArgs, IdCommand, InspectArgs, UserTokenArgs};
pub(crate) use identity::{
    CreateArgs, DeleteArgs, GetIdentityArgs, IdentityCommand, IssueArgs, RevokeTokensArgs,
    TokenCommand,
};
pub(crate) use licence::{AssignLicenceArgs, LicenceCommand};
pub(crate) use number::{
    AssignNumberArgs, CheckNumberArgs, ChecksArgs, EnsureNumberArgs, GetNumberArgs,
    ListNumbersArgs, MoveNumberArgs, NumberCommand, PairArgs, UnassignNumberArgs, UpdateNumberArgs,
    WaitArgs,
};
pub(crate) use operation::{OperationCommand, ShowOperationArgs, WaitOperationArgs};
pub(crate) use resource_account::{GetAccountArgs, ListAccountsArgs, ResourceAccountCommand};
pub(crate) use rows::{RowFormat, RowsArgs};
pub(crate) use sign::SignArgs;
pub(crate) use user::{ListUsersArgs, SetUsageLocationArgs, ShowUserArgs, UserCommand};

/// Bind Microsoft Teams Phone to an Azure Communication Services resource, and prove that it is bound.
#[derive(Debug, Parser)]
#[command(
    name = "teams-phone",
    version,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Start with `teams-phone demo`: it needs no account and no network.",
    after_long_help = after_long_help()
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Walk through granting, changing and revoking access, on an emulator that it starts itself.
    Demo(DemoArgs),
    /// Run an emulator of the service until Ctrl-C.
    Emulator(EmulatorArgs),
    /// Access of Teams users and resource accounts to the resource.
    #[command(subcommand, subcommand_required = true, arg_required_else_help = true)]
    Assignment(AssignmentCommand),
    /// Access of Entra users, groups and tenants to tokens of the resource.
    #[command(subcommand, subcommand_required = true, arg_required_else_help = true)]
    EntraAssignment(EntraAssignmentCommand),
    /// Identities of the resource.
    #[command(subcommand, subcommand_required = true, arg_required_else_help = true)]
    Identity(IdentityCommand),
    /// Access tokens: issue, revoke, exchange, and look into them.
    #[command(subcommand, subcommand_required = true, arg_required_else_help = true)]
    Token(TokenCommand),
    /// Raw ids of callers and callees.
    #[command(subcommand, subcommand_required = true, arg_required_else_help = true)]
    Id(IdCommand),
    /// Telephone numbers of the Teams tenant, and whom they are assigned to (Microsoft Graph).
    #[command(subcommand, subcommand_required = true, arg_required_else_help = true)]
    Number(NumberCommand),
    /// Orders about numbers, and what becomes of them (Microsoft Graph).
    #[command(subcommand, subcommand_required = true, arg_required_else_help = true)]
    Operation(OperationCommand),
    /// Resource accounts, and which resource they are bound to (Microsoft Graph).
    #[command(subcommand, subcommand_required = true, arg_required_else_help = true)]
    ResourceAccount(ResourceAccountCommand),
    /// Users and resource accounts as the directory has them (Microsoft Graph).
    #[command(subcommand, subcommand_required = true, arg_required_else_help = true)]
    User(UserCommand),
    /// Licences of the tenant and its accounts (Microsoft Graph).
    #[command(
        subcommand,
        visible_alias = "license",
        subcommand_required = true,
        arg_required_else_help = true
    )]
    Licence(LicenceCommand),
    /// Print the headers that sign a request, for curl and for finding out why a 401 comes.
    Sign(SignArgs),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write manual pages into a folder.
    Man {
        /// The folder; made if it is not there.
        #[arg(value_hint = ValueHint::DirPath)]
        dir: PathBuf,
    },
}

/// Options that every command has.
#[derive(Debug, Args)]
pub(crate) struct GlobalArgs {
    /// How results and errors are written.
    #[arg(
        long,
        global = true,
        display_order = 900,
        value_enum,
        value_name = "FORMAT",
        default_value = "human"
    )]
    pub(crate) output: OutputFormat,
    /// Tell on standard error what is sent and answered, without secrets.
    #[arg(long, short, global = true, display_order = 900)]
    pub(crate) verbose: bool,
    /// How the program was called.
    #[arg(skip = "teams-phone")]
    pub(crate) program: String,
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For reading.
    Human,
    /// One JSON object per line, results on standard output, errors on standard error.
    Json,
    /// Comma-separated values below a line of names; for numbers, operations, accounts, users and licences
    /// that are listed or shown.
    Csv,
}

/// How the service is reached; for the commands that reach it.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Connection options, for the commands that reach the service")]
pub(crate) struct ConnectionArgs {
    /// File with the connection string; `-` reads it from standard input. Default: environment, then a
    /// hidden prompt.
    #[arg(long, global = true, display_order = 901, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) connection_string_file: Option<PathBuf>,
    /// API version of all calls. Default: for each call the newest generally available one that has it.
    #[arg(long, global = true, display_order = 902, value_name = "VERSION")]
    pub(crate) api_version: Option<ApiVersion>,
    /// Send the API version even if this release does not know it.
    #[arg(long, global = true, display_order = 903, requires = "api_version")]
    pub(crate) allow_unknown_api_version: bool,
    /// Longest time for one call, its retries included, such as 30s or 2m; not counted is how long a person
    /// takes to sign in. Default: 2m.
    #[arg(long, global = true, display_order = 904, value_name = "DURATION", value_parser = values::duration)]
    pub(crate) timeout: Option<Duration>,
    /// How often a call is sent at most. Default: 5.
    #[arg(long, global = true, display_order = 905, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_attempts: Option<u32>,
    /// PEM file of authorities to trust besides the system's; `emulator --tls` writes its own there.
    #[arg(long, global = true, display_order = 906, value_name = "PEM", value_hint = ValueHint::FilePath)]
    pub(crate) ca_file: Option<PathBuf>,
    /// Address of Microsoft Graph, for the commands that go there. Default: environment, then
    /// https://graph.microsoft.com.
    #[arg(long, global = true, display_order = 907, value_name = "URL")]
    pub(crate) graph_endpoint: Option<Endpoint>,
    #[command(flatten)]
    pub(crate) auth: AuthArgs,
}

impl ConnectionArgs {
    /// The option that reads standard input, if one does.
    pub(crate) fn stdin_option(&self) -> Option<&'static str> {
        let options = [
            ("--connection-string-file", &self.connection_string_file),
            ("--auth-secret-file", &self.auth.auth_secret_file),
            ("--auth-certificate-file", &self.auth.auth_certificate_file),
        ];
        let is_stdin =
            |path: &Option<PathBuf>| path.as_deref().is_some_and(|path| path.as_os_str() == "-");
        let found = options.into_iter().find(|(_, path)| is_stdin(path));
        found.map(|(name, _)| name)
    }
}

fn after_long_help() -> String {
    format!(
        "Start with `teams-phone demo`: it needs no account and no network.\n\n{}\n\n{}",
        crate::exit::help(),
        crate::env_vars::HELP
    )
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_of_the_arguments_is_sound() {
        super::Cli::command().debug_assert();
    }
}
