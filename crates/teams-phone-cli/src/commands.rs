//! Owns the way from a parsed command line to the code that does it.

mod assignment;
mod bulk;
mod demo;
mod emulator;
mod entra_assignment;
mod exchange;
mod id;
mod identity;
mod inspect;
mod licence;
mod number;
mod operation;
mod order;
mod rehearsal;
mod resource_account;
mod shell;
mod sign;
mod token;
mod user;

use crate::args::{Cli, Command, IdCommand, LicenceCommand, NumberCommand, UserCommand};
use crate::connection;
use crate::failure::Failure;
use crate::files;
use crate::output::Printer;
use crate::rows::Row;

/// Runs the command.
pub(crate) fn run(cli: Cli, printer: &Printer) -> Result<(), Failure> {
    let (connection, printer) = (&cli.connection, *printer);
    if printer.is_csv() && !writes_tables(&cli.command) {
        return Err(Failure::usage(
            "--output csv is for numbers, operations, accounts, users and licences that are listed or shown",
        )
        .with_hint("--output json is for every command"));
    }
    if connection.ca_file.as_deref().is_some_and(files::is_stdin) {
        return Err(Failure::usage(
            "--ca-file is not read from standard input; name a file",
        ));
    }
    match cli.command {
        Command::Demo(args) => {
            connection::refuse_options(connection, "demo", &[])?;
            block_on(demo::run(&args, &cli.global.program, printer))
        }
        Command::Emulator(args) => {
            connection::refuse_options(connection, "emulator", &["--ca-file"])?;
            emulator::run(&args, connection.ca_file.as_deref(), printer)
        }
        Command::Assignment(command) => block_on(assignment::run(command, connection, printer)),
        Command::EntraAssignment(command) => {
            block_on(entra_assignment::run(command, connection, printer))
        }
        Command::Identity(command) => block_on(identity::run(command, connection, printer)),
        Command::Token(command) => block_on(token::run(command, connection, printer)),
        Command::Id(IdCommand::Parse { raw_id }) => {
            connection::refuse_options(connection, "id parse", &[])?;
            id::parse(&raw_id, printer)
        }
        Command::Number(command) => block_on(number::run(command, connection, printer)),
        Command::Operation(command) => block_on(operation::run(command, connection, printer)),
        Command::ResourceAccount(command) => {
            block_on(resource_account::run(command, connection, printer))
        }
        Command::User(command) => block_on(user::run(command, connection, printer)),
        Command::Licence(command) => block_on(licence::run(command, connection, printer)),
        Command::Sign(args) => {
            connection::refuse_options(connection, "sign", &["--connection-string-file"])?;
            sign::run(&args, connection, printer)
        }
        Command::Completions { shell } => {
            connection::refuse_options(connection, "completions", &[])?;
            shell::completions(shell)
        }
        Command::Man { dir } => {
            connection::refuse_options(connection, "man", &[])?;
            shell::man(&dir, printer)
        }
    }
}

/// Whether a command's results are rows.
fn writes_tables(command: &Command) -> bool {
    match command {
        Command::Number(command) => {
            matches!(command, NumberCommand::List(_) | NumberCommand::Get(_))
        }
        Command::User(command) => !matches!(command, UserCommand::SetUsageLocation(_)),
        Command::Licence(command) => matches!(command, LicenceCommand::List),
        Command::Operation(_) | Command::ResourceAccount(_) => true,
        _ => false,
    }
}

/// Whether each of the commands that work through rows could do the row.
pub(crate) fn readable(row: &Row) -> [bool; 2] {
    [assignment::is_readable, entra_assignment::is_readable].map(|is_readable| is_readable(row))
}

/// Runs what waits for the network on this thread.
fn block_on(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::local("the asynchronous runtime cannot be started", error))?
        .block_on(work)
}
