//! A bar for what may take longer than two seconds. On standard error, and only where somebody looks.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts `what`.
pub(super) fn bar(what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(&format!("{{bar:40}} {{pos}}/{{len}} {what}, {{eta}} left"));
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// A bar over the bytes of a file of `total` bytes, which counts rows.
pub(super) fn file_bar(total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {percent} %, {msg} rows, {eta} left");
    ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Shows that `done` of `total` are done; not each time, drawing costs more than most of what is counted.
pub(super) fn show(bar: &ProgressBar, done: usize, total: usize) {
    if done.is_multiple_of(256) || done == total {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    }
}
