//! The exchange, whole: one request's bytes in, one response's bytes out, the database in between.
//!
//! First everything that was pushed is judged, segment by segment, outside of any lock (`intake`); then what may enter is
//! entered, one transaction for each feed area, under the feed's lock; then the answer is composed in one snapshot
//! (`respond`). Nothing here reads a clock, draws randomness or knows HTTP, so that a simulation can drive it.

mod enter;
mod error;
mod intake;
mod plan;
mod respond;

pub use error::ExchangeError;

use sync_core::area::AreaCode;
use sync_core::entropy::Entropy;
use sync_core::exchange::{DecodeError, Request, decode_request, versions_answer};
use sync_core::id::{DeviceId, Sequence};
use sync_core::time::Timestamp;

use crate::database::Database;
use crate::devices::{self, Admission, Sighting};
use crate::identity::ServerIdentity;

/// Who asks, and when.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The device that the token names. It brings segments; who made them is proven by their signatures.
    pub device: DeviceId,
    /// The server's clock.
    pub now: Timestamp,
    /// The device's next token, if it is time for one (R17).
    pub token: Option<String>,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The response's frame.
    pub frame: Vec<u8>,
    /// Feeds that grew, and their last sequences now: what listeners are told.
    pub grown: Vec<(AreaCode, Sequence)>,
}

/// Answers a request. Asking again with the same bytes gives the same receipts, while nothing else changed.
///
/// # Errors
/// [`ExchangeError`]. What was committed before the error stays, and asking again goes on from there.
pub fn exchange(
    database: &Database,
    identity: &ServerIdentity,
    asking: &Asking,
    frame: &[u8],
    entropy: &mut dyn Entropy,
) -> Result<Answer, ExchangeError> {
    let request = decode_request(frame).map_err(|error| match error {
        DecodeError::UnknownVersion(version) => ExchangeError::UnknownVersion { version, answer: versions_answer() },
        DecodeError::NotAFrame
        | DecodeError::OtherVersions { .. }
        | DecodeError::TooLarge { .. }
        | DecodeError::Compression
        | DecodeError::Cbor { .. }
        | DecodeError::Meaning(_) => ExchangeError::Unreadable(error),
    })?;
    let may_read = admit(database, asking, &request)?;
    let taken = intake::take_in(database, identity.programme, &request.push, asking.now, entropy)?;
    let frame = respond::respond(
        database,
        &respond::Answering { identity, asking, request: &request, may_read, receipts: &taken.receipts },
        entropy,
    )?;
    Ok(Answer { frame, grown: taken.grown })
}

/// Looks up who asks: the token says who, the database says whether (R17). Says whether the device may read. A device that
/// was revoked, or whose user is disabled, may still bring what was typed.
fn admit(database: &Database, asking: &Asking, request: &Request) -> Result<bool, ExchangeError> {
    let sighting = Sighting {
        at: asking.now,
        clock_offset: request.device_time.millis().saturating_sub(asking.now.millis()),
        unsent: request.unsent,
    };
    let (may_read, is_news) = database.read(|connection| {
        let may_read = match devices::admission(connection, asking.device)? {
            Admission::Admitted => true,
            Admission::Revoked | Admission::UserDisabled => false,
            Admission::Unknown => return Err(ExchangeError::UnknownDevice),
        };
        Ok::<_, ExchangeError>((may_read, devices::is_news(connection, asking.device, &sighting)?))
    })?;
    if is_news {
        database.write(|connection| devices::saw(connection, asking.device, &sighting))?;
    }
    Ok(may_read)
}
