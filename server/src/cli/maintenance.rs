//! `rukun migrate | rebuild | restore`.

use super::context::Context;
use super::{CliError, output, progress};
use crate::audit::{self, Act, By};
use crate::clock::{self, SystemEntropy};
use crate::{feeds, projections};

pub(super) fn migrate(context: &Context) -> Result<(), CliError> {
    context.open()?;
    output::line("The database is up to date.")
}

pub(super) fn rebuild(context: &Context) -> Result<(), CliError> {
    let opened = context.open()?;
    let programme = opened.identity.programme;
    let bar = progress::bar("documents");
    let rebuilt = opened.database.write(|connection| {
        projections::rebuild(connection, programme, |done, total| progress::show(&bar, done, total))
    })?;
    bar.finish_and_clear();
    output::line(&format!("{} documents in {} feeds were computed again.", rebuilt.documents, rebuilt.feeds))
}

pub(super) fn restore(context: &Context) -> Result<(), CliError> {
    let opened = context.open()?;
    opened.database.write::<_, CliError>(|connection| {
        feeds::start_new_epochs(connection, &mut SystemEntropy)?;
        Ok(audit::write(connection, By::CommandLine, Act::FeedsRestarted, "all", clock::now())?)
    })?;
    output::line(
        "All feeds begin a new life: at their next exchange phones compare, and bring back what this backup lacks.",
    )
}
