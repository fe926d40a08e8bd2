//! `rukun form ...`

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
    /// Publish a compiled form; a published version is never altered
    Publish {
        /// The form's JSON
        file: PathBuf,
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
            Self::Publish { file } => publish(context, file),
            Self::List => list(context),
            Self::Retire { form, version } => set_retired(context, form, version, true),
            Self::Restore { form, version } => set_retired(context, form, version, false),
        }
    }
}

fn publish(context: &Context, file: &Path) -> Result<(), CliError> {
    let bytes = std::fs::read(file).map_err(|reason| CliError::File { file: file.to_owned(), reason })?;
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
