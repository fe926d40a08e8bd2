//! `rukun held ...`

use clap::Subcommand;
use serde::Serialize;
use sync_core::id::SegmentId;
use sync_core::time::Timestamp;

use super::context::{self, Context};
use super::{CliError, output};
use crate::audit::{self, Act, By};
use crate::clock::{self, SystemEntropy};
use crate::database::DatabaseError;
use crate::held::{self, HeldFilter, HeldLine, Settling, ShownHeld};

/// What waits for a supervisor to release or discard it
#[derive(Debug, Subcommand)]
pub(super) enum Held {
    /// List held segments, oldest first
    List,
    /// Enter a segment in its document
    Release {
        /// The segment's id
        segment: String,
    },
    /// Enter it together with what puts back what it changed, so that history has no hole
    Discard {
        /// The segment's id
        segment: String,
    },
}

#[derive(Serialize)]
struct Settled {
    document: uuid::Uuid,
    entered: usize,
}

impl Held {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        match self {
            Self::List => list(context),
            Self::Release { segment } => settle(context, segment, true),
            Self::Discard { segment } => settle(context, segment, false),
        }
    }
}

fn list(context: &Context) -> Result<(), CliError> {
    let opened = context.open()?;
    let lines = opened.database.read(|connection| {
        context::all(|last: Option<&HeldLine>, limit| {
            let filter = HeldFilter { after: last.map(|line| line.number), ..HeldFilter::default() };
            held::list(connection, &filter, limit)
        })
    })?;
    let shown: Vec<ShownHeld> = lines.into_iter().map(ShownHeld::of).collect();
    context.list(&shown, &["segment", "document", "area", "user", "reason", "came"], |held| {
        vec![
            held.segment.clone(),
            held.document.to_string(),
            held.area.clone().unwrap_or_else(|| held.signed_area.clone()),
            held.user.to_string(),
            held.reason.to_owned(),
            output::time(Timestamp::from_millis(held.received_at)),
        ]
    })
}

fn settle(context: &Context, name: &str, release: bool) -> Result<(), CliError> {
    let id = SegmentId::parse(name).map_err(|_| CliError::Unknown { what: "segment", name: name.to_owned() })?;
    let opened = context.open()?;
    let (now, mut entropy) = (clock::now(), SystemEntropy);
    let mut settling = Settling { identity: &opened.identity, by: opened.identity.user, now, entropy: &mut entropy };
    let (settled, act, word) = if release {
        (held::release(&opened.database, &mut settling, id)?, Act::SegmentReleased, "released")
    } else {
        (held::discard(&opened.database, &mut settling, id)?, Act::SegmentDiscarded, "discarded")
    };
    opened
        .database
        .write::<_, DatabaseError>(|connection| audit::write(connection, By::CommandLine, act, &id.to_string(), now))?;
    let done = Settled { document: settled.document.uuid(), entered: settled.entered };
    let sentence = format!("The segment is {word}: {} entered, in document {}.", settled.entered, settled.document);
    context.say(&done, &sentence)
}
