//! Folders that last as long as a test, in memory where the machine has such a file system: thousands of worlds write there.

use std::path::PathBuf;

use tempfile::TempDir;

/// Names another folder to put them in.
const VARIABLE: &str = "RUKUN_TEST_SCRATCH";

/// A new empty folder, deleted when dropped: in the folder that `RUKUN_TEST_SCRATCH` names, else in shared memory, else where
/// the system keeps temporary files.
///
/// # Panics
/// When none can be made.
#[must_use]
pub fn folder() -> TempDir {
    let named = std::env::var_os(VARIABLE).map(PathBuf::from);
    let place = named.or_else(|| Some(PathBuf::from("/dev/shm")).filter(|memory| memory.is_dir()));
    place.map_or_else(TempDir::new, TempDir::new_in).expect("a temporary folder")
}
