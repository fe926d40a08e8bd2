//! The command line: `rukun serve`, and everything an operator administers without a browser.

mod area;
mod assignment;
mod context;
mod device;
mod form;
mod held;
mod import;
mod maintenance;
mod output;
mod progress;
mod record;
mod serve;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use rukun_table::{MapError, TableError};
use sync_core::form::plan::PlanError;
use thiserror::Error;

use crate::access::password::PasswordError;
use crate::areas::loading::AreaListError;
use crate::assignments::administration::AssignmentError;
use crate::configuration::{Configuration, ConfigurationError, Flags};
use crate::database::DatabaseError;
use crate::devices::administration::RevokeError;
use crate::devices::enrolment::EnrolError;
use crate::forms::administration::FormError;
use crate::held::HeldError;
use crate::http::ServeError;
use crate::opening::OpenError;
use crate::users::account::UserError;
use context::Context;

#[derive(Debug, Parser)]
#[command(name = "rukun", version, about = "Offline-first field surveys: the server and its administration")]
struct Arguments {
    /// Configuration file [default: rukun.toml in the present folder, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    configuration: Option<PathBuf>,
    /// Print JSON instead of tables
    #[arg(long, global = true)]
    json: bool,
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server
    Serve(serve::Serve),
    /// Bring the database up to date, and make the programme if there is none
    Migrate,
    /// Compute all projections again from the segments
    Rebuild,
    /// After a database was restored from a backup: begin new lives of all feeds, so that phones bring back what it lost
    Restore,
    /// People
    #[command(subcommand)]
    User(user::User),
    /// Phones and their enrolment
    #[command(subcommand)]
    Device(device::Device),
    /// The administrative tree
    #[command(subcommand)]
    Area(area::Area),
    /// Assign a user to an area
    Assign(assignment::Assign),
    /// End an assignment
    Unassign(assignment::Unassign),
    /// Assignments
    #[command(subcommand)]
    Assignment(assignment::Assignments),
    /// What was recorded
    #[command(subcommand)]
    Record(record::Record),
    /// Answers that wait for somebody to decide
    #[command(subcommand)]
    Conflict(record::Conflict),
    /// What waits for a supervisor to release or discard it
    #[command(subcommand)]
    Held(held::Held),
    /// Questionnaires
    #[command(subcommand)]
    Form(form::Form),
    /// Make records of a table that exists already, signed by the server; again does nothing twice
    Import(import::Import),
    /// Print the OpenAPI document
    Openapi,
}

/// Why a command did not do what was asked.
#[derive(Debug, Error)]
enum CliError {
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    #[error("log_level: {0}")]
    Logging(#[from] tracing_subscriber::filter::ParseError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    User(#[from] UserError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Assignment(#[from] AssignmentError),
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    #[error(transparent)]
    Revoke(#[from] RevokeError),
    #[error(transparent)]
    Form(#[from] FormError),
    #[error(transparent)]
    Held(#[from] HeldError),
    #[error(transparent)]
    Workbook(#[from] rukun_xlsform::WorkbookError),
    #[error("{file} is no form yet: {found}")]
    Refused { file: PathBuf, found: String },
    #[error("{file}: {reason}")]
    Areas { file: PathBuf, reason: AreaListError },
    #[error("{file}: {reason}")]
    File { file: PathBuf, reason: std::io::Error },
    #[error("{file}: {reason}")]
    Plan { file: PathBuf, reason: PlanError },
    #[error("{file}: {reason}")]
    Map { file: PathBuf, reason: MapError },
    #[error("{file}: {reason}")]
    Table { file: PathBuf, reason: TableError },
    #[error("there is no {what} `{name}`")]
    Unknown { what: &'static str, name: String },
    #[error("the server's port is 0, so its address is not known here: give --public-url")]
    NoAddress,
    #[error("the output: {0}")]
    Output(#[from] std::io::Error),
    #[error("the output: {0}")]
    Json(#[from] serde_json::Error),
}

/// Reads the command line and does what it says.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match execute(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output (`| head`) has had enough.
        Err(CliError::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rukun: {error}");
            ExitCode::FAILURE
        }
    }
}

fn execute(arguments: Arguments) -> Result<(), CliError> {
    let Arguments { configuration, json, flags, command } = arguments;
    let configuration = Configuration::load(configuration.as_deref(), std::env::vars(), &flags)?;
    let context = Context::new(configuration, json);
    match command {
        Command::Serve(serve) => serve.run(&context),
        Command::Migrate => maintenance::migrate(&context),
        Command::Rebuild => maintenance::rebuild(&context),
        Command::Restore => maintenance::restore(&context),
        Command::User(user) => user.run(&context),
        Command::Device(device) => device.run(&context),
        Command::Area(area) => area.run(&context),
        Command::Assign(assign) => assign.run(&context),
        Command::Unassign(unassign) => unassign.run(&context),
        Command::Assignment(assignments) => assignments.run(&context),
        Command::Record(record) => record.run(&context),
        Command::Conflict(conflict) => conflict.run(&context),
        Command::Held(held) => held.run(&context),
        Command::Form(form) => form.run(&context),
        Command::Import(import) => import.run(&context),
        Command::Openapi => output::line(&crate::http::document()),
    }
}
