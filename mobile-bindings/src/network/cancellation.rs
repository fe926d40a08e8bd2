//! Cancelling a sync from another thread.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use crate::error::RukunError;

/// Cancels the syncs it is given to, once and for good. (Cancelling the coroutine or task that waits for a sync does the
/// same where the language can; Swift's bindings cannot.)
#[derive(Default, uniffi::Object)]
pub struct Cancellation {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    cancelled: bool,
    waiting: Vec<Waker>,
}

#[uniffi::export]
impl Cancellation {
    /// Not cancelled yet.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Cancels. The sync ends with [`RukunError::Cancelled`] before its next step.
    pub fn cancel(&self) {
        let waiting = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.cancelled = true;
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }
}

impl Cancellation {
    /// Waits for `future`, or for the cancellation if that comes first.
    pub(super) async fn or<T>(&self, future: impl Future<Output = T>) -> Result<T, RukunError> {
        let mut future = pin!(future);
        poll_fn(|context| {
            {
                let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                if state.cancelled {
                    return Poll::Ready(Err(RukunError::Cancelled));
                }
                if !state.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
                    state.waiting.push(context.waker().clone());
                }
            }
            // Foreign code may run in here; the lock is free again.
            future.as_mut().poll(context).map(Ok)
        })
        .await
    }
}
