//! `rukun assign | unassign | assignment list`

use clap::{Args, Subcommand};
use sync_core::area::AreaCode;
use uuid::Uuid;

use super::context::{self, Context};
use super::{CliError, output};
use crate::assignments::Role;
use crate::assignments::administration::{self, Assignment};
use crate::audit::By;
use crate::clock::{self, SystemEntropy};

/// Assign a user to an area
#[derive(Debug, Args)]
pub(super) struct Assign {
    /// Login or id
    user: String,
    /// Area code of any level; the role covers everything inside
    area: String,
    /// administrator, supervisor, facilitator, volunteer or viewer
    role: String,
}

/// End an assignment
#[derive(Debug, Args)]
pub(super) struct Unassign {
    /// The assignment's id, from `rukun assignment list`
    assignment: Uuid,
}

/// Assignments
#[derive(Debug, Subcommand)]
pub(super) enum Assignments {
    /// Assign a user to an area
    Add(Assign),
    /// End an assignment
    End(Unassign),
    /// List assignments
    List {
        /// Only this user's: login or id
        #[arg(long)]
        user: Option<String>,
        /// Ended ones too
        #[arg(long)]
        ended: bool,
    },
}

impl Assign {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let Self { user, area, role } = self;
        let area = AreaCode::parse(area).map_err(|_| CliError::Unknown { what: "area", name: area.clone() })?;
        let role = Role::parse(role).ok_or_else(|| CliError::Unknown { what: "role", name: role.clone() })?;
        let opened = context.open()?;
        let assignment = opened.database.write::<_, CliError>(|connection| {
            let user = context::user(connection, user)?;
            let (by, now) = (By::CommandLine, clock::now());
            Ok(administration::make(connection, by, (user.id, &area, role), now, &mut SystemEntropy)?)
        })?;
        context.judge_again(&opened, assignment.user)?;
        context.say(&assignment, &format!("{user} is {role} in {area} (assignment {}).", assignment.id))
    }
}

impl Unassign {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let opened = context.open()?;
        let assignment = opened.database.write::<_, CliError>(|connection| {
            Ok(administration::end(connection, By::CommandLine, self.assignment, clock::now())?)
        })?;
        context.judge_again(&opened, assignment.user)?;
        context.say(&assignment, &format!("Assignment {} has ended.", assignment.id))
    }
}

impl Assignments {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        match self {
            Self::Add(assign) => assign.run(context),
            Self::End(unassign) => unassign.run(context),
            Self::List { user, ended } => list(context, user.as_deref(), *ended),
        }
    }
}

fn list(context: &Context, user: Option<&str>, ended: bool) -> Result<(), CliError> {
    let opened = context.open()?;
    let assignments = opened.database.read::<_, CliError>(|connection| {
        let user = user.map(|name| context::user(connection, name)).transpose()?.map(|user| user.id);
        Ok(context::all(|last: Option<&Assignment>, limit| {
            administration::list(connection, user, ended, last.map(|assignment| assignment.id), limit)
        })?)
    })?;
    context.list(&assignments, &["id", "user", "area", "role", "since", "ended"], |assignment| {
        vec![
            assignment.id.to_string(),
            assignment.user.to_string(),
            assignment.area.to_string(),
            assignment.role.to_string(),
            output::time(assignment.made_at),
            output::maybe_time(assignment.ended_at),
        ]
    })
}
