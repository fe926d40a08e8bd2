//! The platform's clock. The core is given the time with every call; here is where it is read.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sync_core::time::Timestamp;

pub(crate) fn now() -> Timestamp {
    let millis = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, i64::wrapping_neg),
    };
    Timestamp::from_millis(millis)
}

/// The platform's own type for an instant, within the years that every platform can show.
pub(crate) fn shown(time: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(time.shown().millis().unsigned_abs())
}
