//! Structured logs. No line holds an answer, a name, a code or a token: ids, routes, counts and durations only.

use tracing_subscriber::EnvFilter;

use crate::configuration::{Configuration, LogFormat};

/// Starts logging to standard error, as configured. A second call changes nothing.
///
/// # Errors
/// When `log_level` cannot be read.
pub fn start(configuration: &Configuration) -> Result<(), tracing_subscriber::filter::ParseError> {
    let filter: EnvFilter = configuration.log_level.parse()?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Only the first subscriber of a process counts; tests start several servers in one.
    let _ = match configuration.log_format {
        LogFormat::Text => lines.with_target(false).with_ansi(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_target(false).try_init(),
    };
    Ok(())
}
