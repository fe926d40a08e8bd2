//! The two things that the server takes from the machine and hands down to everything else: the time and randomness.

use std::time::{SystemTime, UNIX_EPOCH};

use sync_core::entropy::Entropy;
use sync_core::time::Timestamp;

/// The machine's time. Called at the edges (a request, a command); inside, `now` is a parameter.
#[must_use]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Randomness of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives randomness, or nothing here is safe");
    }
}
