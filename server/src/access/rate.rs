//! Limits on guessing: log-ins and enrolments are counted by the address they come from.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Checks after which keys that are back at full allowance are forgotten, so that the table does not grow for ever.
const SWEEP: u32 = 1024;

/// So many tries at once for each key, and one more each `refill`.
pub struct Allowance<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    checks: AtomicU32,
}

impl<K: Hash + Eq + Clone> std::fmt::Debug for Allowance<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Allowance({} keys)", self.limiter.len())
    }
}

impl<K: Hash + Eq + Clone> Allowance<K> {
    /// `burst` tries at once, one more each `refill`.
    ///
    /// # Panics
    /// When `refill` is zero.
    #[must_use]
    pub fn new(burst: NonZeroU32, refill: Duration) -> Self {
        let quota = Quota::with_period(refill).expect("the refill is not zero").allow_burst(burst);
        Self { limiter: RateLimiter::keyed(quota), checks: AtomicU32::new(0) }
    }

    /// Counts one try of `key`.
    ///
    /// # Errors
    /// Whole seconds to wait when there were too many.
    pub fn try_now(&self, key: &K) -> Result<(), u64> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            wait.as_secs() + 1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_guesser_does_not_use_up_the_tries_of_another() {
        let allowance = Allowance::new(NonZeroU32::new(2).expect("two"), Duration::from_secs(60));
        assert_eq!(allowance.try_now(&"a"), Ok(()));
        assert_eq!(allowance.try_now(&"a"), Ok(()));
        assert!(allowance.try_now(&"a").is_err_and(|seconds| (1..=61).contains(&seconds)));
        assert_eq!(allowance.try_now(&"b"), Ok(()));
    }
}
