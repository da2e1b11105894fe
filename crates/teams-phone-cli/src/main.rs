//! The `teams-phone` binary. Owns nothing but the way into the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    teams_phone_cli::run(std::env::args_os()).into()
}
