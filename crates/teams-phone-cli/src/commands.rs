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
mod rehearsal;
mod shell;
mod sign;
mod token;

use crate::args::{Cli, Command, IdCommand};
use crate::connection;
use crate::failure::Failure;
use crate::output::Printer;
use crate::rows::Row;

/// Runs the command.
pub(crate) fn run(cli: Cli, printer: &Printer) -> Result<(), Failure> {
    let (connection, printer) = (&cli.connection, *printer);
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
