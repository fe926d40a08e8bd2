//! Blocking work made async: each piece on a thread of its own, so that no executor of the app is ever blocked.

use futures_channel::oneshot;

use crate::error::RukunError;

/// Does `work` on a new thread. Dropping the future does not stop the work; its outcome is then thrown away.
///
/// # Errors
/// [`RukunError::Bug`] when no thread can be started, or the work panicked.
pub(super) async fn on_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, RukunError> {
    let (sender, receiver) = oneshot::channel();
    let run = move || {
        // Nobody waits any more after a cancellation.
        let _ = sender.send(work());
    };
    std::thread::Builder::new()
        .name("rukun".into())
        .spawn(run)
        .map_err(|error| RukunError::bug(format!("no thread could be started: {error}")))?;
    receiver.await.map_err(|_| RukunError::bug("the work on a thread panicked"))
}
