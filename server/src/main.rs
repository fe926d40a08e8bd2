//! `rukun`: the server and its administration.

use std::process::ExitCode;

/// A push is thousands of small documents opened and dropped: this allocator takes an eighth off its CPU
/// (docs/benchmarks.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    rukun_server::cli::run()
}
