//! `rukun`: the server and its administration.

use std::process::ExitCode;

fn main() -> ExitCode {
    rukun_server::cli::run()
}
