//! `rukun form ...`

mod compile;
pub(super) mod evaluate;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use sync_core::time::Timestamp;

use super::context::Context;
use super::{CliError, output};
use crate::audit::By;
use crate::clock;
use crate::forms::administration::{self, FormError};

/// Questionnaires
#[derive(Debug, Subcommand)]
pub(super) enum Form {
    /// Say all that is wrong with a form, and where; exit status 1 when it cannot be compiled
    Check {
        /// An Excel file, or a folder with survey.csv
        file: PathBuf,
        /// Take what real forms get away with, and warn of it
        #[arg(long)]
        lenient: bool,
    },
    /// Compile a form to the JSON that phones read
    Compile {
        /// An Excel file, or a folder with survey.csv
        file: PathBuf,
        /// Where to write the JSON [default: standard output]
        #[arg(long, short, value_name = "FORM.json")]
        output: Option<PathBuf>,
        /// Take what real forms get away with, and warn of it
        #[arg(long)]
        lenient: bool,
    },
    /// Write a folder of CSV files as an Excel file
    Xlsx {
        /// A folder with survey.csv
        folder: PathBuf,
        /// The file to write
        #[arg(long, short, value_name = "FORM.xlsx")]
        output: PathBuf,
    },
    /// Fill a form for each row of a table, and write what comes out: computed values, indicators, findings
    Evaluate(evaluate::Evaluate),
    /// Publish a form; a published version is never altered
    Publish {
        /// An Excel file, a folder with survey.csv, or a compiled form's JSON
        file: PathBuf,
        /// Take what real forms get away with, and warn of it
        #[arg(long)]
        lenient: bool,
    },
    /// List all versions of all forms
    List,
    /// Phones begin no new records with this version; records made with it are taken always
    Retire {
        /// The form's id
        form: String,
        /// The version
        version: String,
    },
    /// Take a retired version back into use
    Restore {
        /// The form's id
        form: String,
        /// The version
        version: String,
    },
}

impl Form {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        match self {
            Self::Check { file, lenient } => compile::check(context, file, *lenient),
            Self::Compile { file, output, lenient } => compile::compile(file, output.as_deref(), *lenient),
            Self::Xlsx { folder, output } => compile::xlsx(context, folder, output),
            Self::Evaluate(evaluate) => evaluate.run(context),
            Self::Publish { file, lenient } => publish(context, file, *lenient),
            Self::List => list(context),
            Self::Retire { form, version } => set_retired(context, form, version, true),
            Self::Restore { form, version } => set_retired(context, form, version, false),
        }
    }
}

fn publish(context: &Context, file: &Path, lenient: bool) -> Result<(), CliError> {
    let is_compiled = file.extension().is_some_and(|extension| extension == "json");
    let bytes = if is_compiled {
        std::fs::read(file).map_err(|reason| CliError::File { file: file.to_owned(), reason })?
    } else {
        serde_json::to_vec(&compile::form(file, lenient)?)?
    };
    let opened = context.open()?;
    let form = opened.database.write::<_, FormError>(|connection| {
        administration::publish(connection, By::CommandLine, &bytes, clock::now())
    })?;
    context.say(&form, &format!("Form {} version {} is published.", form.form, form.version))
}

fn list(context: &Context) -> Result<(), CliError> {
    let opened = context.open()?;
    let forms = opened.database.read(administration::list)?;
    context.list(&forms, &["form", "version", "published", "bytes", "retired"], |form| {
        vec![
            form.form.clone(),
            form.version.clone(),
            output::time(Timestamp::from_millis(form.published_at)),
            form.size.to_string(),
            if form.retired { "yes" } else { "no" }.to_owned(),
        ]
    })
}

fn set_retired(context: &Context, form: &str, version: &str, retired: bool) -> Result<(), CliError> {
    let opened = context.open()?;
    let form = opened.database.write::<_, FormError>(|connection| {
        administration::set_retired(connection, By::CommandLine, (form, version), retired, clock::now())
    })?;
    let word = if retired { "retired" } else { "in use" };
    context.say(&form, &format!("Form {} version {} is {word}.", form.form, form.version))
}
