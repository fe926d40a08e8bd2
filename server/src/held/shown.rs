//! Held segments as JSON shows them.

use serde::Serialize;
use sync_core::exchange::HeldReason;
use utoipa::ToSchema;
use uuid::Uuid;

use super::HeldLine;

/// A held segment in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShownHeld {
    /// The segment.
    pub segment: String,
    /// Its document.
    pub document: Uuid,
    /// Where the document lies; none if it is in no feed.
    #[schema(example = "35.12.06.2004")]
    pub area: Option<String>,
    /// What its writer believed.
    pub signed_area: String,
    /// Who signed.
    pub device: Uuid,
    /// Whose device that is.
    pub user: Uuid,
    /// Why it is held.
    #[schema(example = "no_assignment")]
    pub reason: &'static str,
    /// When it came, in milliseconds since 1970.
    pub received_at: i64,
}

impl ShownHeld {
    /// The line as JSON shows it.
    #[must_use]
    pub fn of(line: HeldLine) -> Self {
        Self {
            segment: line.segment.to_string(),
            document: line.document.uuid(),
            area: line.area.map(|area| area.to_string()),
            signed_area: line.signed_area.to_string(),
            device: line.device.uuid(),
            user: line.user.uuid(),
            reason: word(line.reason),
            received_at: line.received_at.millis(),
        }
    }
}

/// The reason in one word, the same in JSON and on the command line.
#[must_use]
const fn word(reason: HeldReason) -> &'static str {
    match reason {
        HeldReason::NoAssignment => "no_assignment",
        HeldReason::ReadOnly => "read_only",
        HeldReason::DeviceRevoked => "device_revoked",
        HeldReason::UserDisabled => "user_disabled",
        HeldReason::DependsOnHeld => "depends_on_held",
        HeldReason::IdTaken => "id_taken",
        HeldReason::Forked => "forked",
        HeldReason::UnknownArea => "unknown_area",
        HeldReason::DocumentFull => "document_full",
        HeldReason::DeviceUnknown => "device_unknown",
    }
}
