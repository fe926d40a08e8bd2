//! Deterministic death: a phone that dies at the Nth step of its database, where a step is the beginning or the end of one
//! statement. Killed there, the process leaves the files just as the operating system has them; [`remains`] takes that copy.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::Once;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

/// The phone died where it was told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Died;

thread_local! {
    /// Steps until death; none while nobody is to die.
    static LEFT: Cell<Option<u64>> = const { Cell::new(None) };
    static SEEN: Cell<u64> = const { Cell::new(0) };
}

static INSTALLED: Once = Once::new();

/// Must be called before the connections are made that are to die.
pub fn install() {
    INSTALLED.call_once(|| {
        set_default_instrumentation(|| Some(Box::new(Reaper))).expect("the instrumentation's lock is not poisoned");
    });
}

struct Reaper;

impl Instrumentation for Reaper {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if matches!(event, InstrumentationEvent::StartQuery { .. } | InstrumentationEvent::FinishQuery { .. }) {
            step();
        }
    }
}

fn step() {
    SEEN.set(SEEN.get() + 1);
    match LEFT.get() {
        None => {}
        Some(0) => {
            LEFT.set(None);
            // Not `panic!`: a death that was ordered is nothing to report on standard error.
            resume_unwind(Box::new(Died));
        }
        Some(left) => LEFT.set(Some(left - 1)),
    }
}

/// Does `act`, dying after `steps` steps of any database on this thread.
///
/// # Errors
/// [`Died`]. What `act` was working on is then in the middle of it: take its [`remains`], drop it, open those.
pub fn dying_after<T>(steps: u64, act: impl FnOnce() -> T) -> Result<T, Died> {
    LEFT.set(Some(steps));
    let done = catch_unwind(AssertUnwindSafe(act));
    LEFT.set(None);
    done.map_err(|cause| if cause.is::<Died>() { Died } else { resume_unwind(cause) })
}

/// Does `act` and counts its steps.
pub fn counting<T>(act: impl FnOnce() -> T) -> (T, u64) {
    let before = SEEN.get();
    let done = act();
    (done, SEEN.get() - before)
}

/// Copies a store's folder as it lies on the disk, with what a database in the middle of a statement has written so far.
///
/// # Errors
/// Of the file system.
pub fn remains(of: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(of)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            remains(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
