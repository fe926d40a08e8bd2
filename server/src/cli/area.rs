//! `rukun area ...`

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::Serialize;
use sync_core::area::AreaCode;

use super::context::Context;
use super::{CliError, progress};
use crate::areas::listing::{self, AreaFilter};
use crate::areas::loading;
use crate::audit::By;
use crate::clock;

/// The administrative tree
#[derive(Debug, Subcommand)]
pub(super) enum Area {
    /// Load a list, and judge again what was held because its area was not known: CSV with the columns `code,name`, or JSON `[{"code", "name", "outline"}]`
    Load {
        /// The file; `.json` for JSON, else CSV
        file: PathBuf,
    },
    /// List areas
    List {
        /// Direct children of this area; provinces without it
        parent: Option<String>,
        /// All whose name has these letters
        #[arg(long, conflicts_with = "parent")]
        name: Option<String>,
    },
}

#[derive(Serialize)]
struct Loaded {
    areas: usize,
}

impl Area {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        match self {
            Self::Load { file } => load(context, file),
            Self::List { parent, name } => list(context, parent.as_deref(), name.clone()),
        }
    }
}

fn load(context: &Context, file: &Path) -> Result<(), CliError> {
    let bytes = std::fs::read(file).map_err(|reason| CliError::File { file: file.to_owned(), reason })?;
    let is_json = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let list = if is_json { loading::read_json(&bytes) } else { loading::read_csv(&bytes) };
    let list = list.map_err(|reason| CliError::Areas { file: file.to_owned(), reason })?;
    let opened = context.open()?;
    let bar = progress::bar("areas");
    opened.database.write(|connection| {
        let shown = |done| progress::show(&bar, done, list.len());
        loading::load(connection, By::CommandLine, &list, clock::now(), shown)
    })?;
    bar.finish_and_clear();
    context.judge_unknown_areas(&opened)?;
    context.say(&Loaded { areas: list.len() }, &format!("{} areas were loaded.", list.len()))
}

fn list(context: &Context, parent: Option<&str>, name: Option<String>) -> Result<(), CliError> {
    let unknown = |name: &str| CliError::Unknown { what: "area", name: name.to_owned() };
    let parent = parent.map(|code| AreaCode::parse(code).map_err(|_| unknown(code))).transpose()?;
    let opened = context.open()?;
    let at_top = parent.is_none() && name.is_none();
    let filter = AreaFilter { parent, name, within: None };
    let mut areas = opened.database.read(|connection| listing::list(connection, &filter, None, usize::MAX))?;
    areas.retain(|area| !at_top || area.level == 1);
    context.list(&areas, &["code", "name"], |area| vec![area.code.to_string(), area.name.clone()])
}
