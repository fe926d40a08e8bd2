//! Folders that last as long as a test, in memory where the machine has such a file system: thousands of worlds write there.

use std::path::Path;

use tempfile::TempDir;

/// A new empty folder, deleted when dropped.
///
/// # Panics
/// When none can be made.
#[must_use]
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
    made.expect("a temporary folder")
}
