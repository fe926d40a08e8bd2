//! The audit table: who did what, when. Every administrative act writes a row in the transaction in which it happens; no
//! row holds an answer.

use diesel::prelude::*;
use sync_core::id::{DeviceId, UserId};
use sync_core::time::Timestamp;
use uuid::Uuid;

use crate::database::schema::audit;
use crate::database::{AnyConnection, DatabaseError};

/// On whose account something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Somebody who can run commands on the server's machine.
    CommandLine,
    /// Somebody who has logged in.
    Session {
        /// Who.
        user: UserId,
        /// In which session (R16).
        session: Uuid,
    },
    /// A device, for what it does about itself.
    Device(DeviceId),
    /// The server, at its first start.
    Server,
}

impl By {
    /// The user, if one is known.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::Session { user, .. } => Some(*user),
            Self::CommandLine | Self::Device(_) | Self::Server => None,
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::CommandLine => "by command line".to_owned(),
            Self::Session { session, .. } => format!("in session {session}"),
            Self::Device(_) => "by device".to_owned(),
            Self::Server => "by the server".to_owned(),
        }
    }
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// The programme was made.
    ProgrammeMade,
    /// A user was made.
    UserMade,
    /// A user was disabled.
    UserDisabled,
    /// A user was enabled again.
    UserEnabled,
    /// A user's password was set by somebody else.
    PasswordReset,
    /// A user changed the own password.
    PasswordChanged,
    /// A user logged in.
    LoggedIn,
    /// A user logged out.
    LoggedOut,
    /// An enrolment code was made.
    CodeMade,
    /// A device was enrolled.
    DeviceEnrolled,
    /// A device came back by its papers, after a restore.
    DeviceReturned,
    /// A device was revoked.
    DeviceRevoked,
    /// An assignment was made.
    AssignmentMade,
    /// An assignment was ended.
    AssignmentEnded,
    /// Areas were loaded.
    AreasLoaded,
    /// A form was published.
    FormPublished,
    /// Records were made of a table.
    TableImported,
    /// A form was retired.
    FormRetired,
    /// A retired form was taken back into use.
    FormRestored,
    /// A held segment was released.
    SegmentReleased,
    /// A held segment was discarded.
    SegmentDiscarded,
    /// A record was moved to another area.
    RecordMoved,
    /// Feeds were given new epochs after a restore.
    FeedsRestarted,
}

impl Act {
    const fn name(self) -> &'static str {
        match self {
            Self::ProgrammeMade => "programme made",
            Self::UserMade => "user made",
            Self::UserDisabled => "user disabled",
            Self::UserEnabled => "user enabled",
            Self::PasswordReset => "password reset",
            Self::PasswordChanged => "password changed",
            Self::LoggedIn => "logged in",
            Self::LoggedOut => "logged out",
            Self::CodeMade => "enrolment code made",
            Self::DeviceEnrolled => "device enrolled",
            Self::DeviceReturned => "device returned",
            Self::DeviceRevoked => "device revoked",
            Self::AssignmentMade => "assignment made",
            Self::AssignmentEnded => "assignment ended",
            Self::AreasLoaded => "areas loaded",
            Self::FormPublished => "form published",
            Self::TableImported => "table imported",
            Self::FormRetired => "form retired",
            Self::FormRestored => "form restored",
            Self::SegmentReleased => "segment released",
            Self::SegmentDiscarded => "segment discarded",
            Self::RecordMoved => "record moved",
            Self::FeedsRestarted => "feeds restarted",
        }
    }
}

/// Writes down that `by` did `act` to `subject` (an id, a code, a count).
///
/// # Errors
/// [`DatabaseError`].
pub fn write(
    connection: &mut AnyConnection,
    by: By,
    act: Act,
    subject: &str,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let device = match by {
        By::Device(device) => Some(device.as_bytes().to_vec()),
        By::CommandLine | By::Session { .. } | By::Server => None,
    };
    let row = (
        audit::at.eq(now.millis()),
        audit::user_id.eq(by.user().map(|user| user.as_bytes().to_vec())),
        audit::device.eq(device),
        audit::action.eq(act.name()),
        audit::subject.eq(subject),
        audit::detail.eq(by.detail()),
    );
    diesel::insert_into(audit::table).values(row).execute(connection)?;
    Ok(())
}

/// The latest `limit` rows, newest first: (act, subject, detail).
///
/// # Errors
/// [`DatabaseError`].
pub fn latest(connection: &mut AnyConnection, limit: i64) -> Result<Vec<(String, String, String)>, DatabaseError> {
    let rows = audit::table
        .select((audit::action, audit::subject, audit::detail))
        .order(audit::number.desc())
        .limit(limit)
        .load(connection)?;
    Ok(rows)
}
