//! Wall-clock time. It is recorded and shown; it never decides anything.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z by somebody's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// 9999-12-31T23:59:59.999Z: the last instant that a screen or an export can show.
const LAST_SHOWN: i64 = 253_402_300_799_999;

impl Timestamp {
    /// The instant so many milliseconds after 1970.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds after 1970.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The instant so many seconds after 1970: the unit in which Automerge keeps the time of a change.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Whole seconds after 1970.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This instant brought into the years 1970 to 9999: a broken clock may claim any number, and what shows it must not
    /// fail on it.
    #[must_use]
    pub fn shown(self) -> Self {
        Self(self.0.clamp(0, LAST_SHOWN))
    }

    /// `millis` later (earlier if negative).
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }
}
