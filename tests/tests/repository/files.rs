//! The committed files, or those that the next commit would hold.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the repository").to_path_buf()
}

/// Paths from the repository's folder, with `/`.
pub(crate) fn committed() -> Vec<String> {
    let listing = Command::new("git")
        // A clone that another user made is still to be read.
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    assert!(listing.status.success(), "{}", String::from_utf8_lossy(&listing.stderr));
    let names = String::from_utf8(listing.stdout).expect("names are UTF-8");
    let there = |path: &&str| !path.is_empty() && root().join(path).is_file();
    names.split('\0').filter(there).map(str::to_owned).collect()
}

/// The file's text; none if it is no text.
pub(crate) fn text_of(path: &str) -> Option<String> {
    std::fs::read_to_string(root().join(path)).ok()
}
