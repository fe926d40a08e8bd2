//! `rukun serve`.

use clap::Args;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::context::Context;
use super::{CliError, output};
use crate::http::{self, Stopper};
use crate::{logging, opening};

/// Start the server
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Print the configuration that file, environment and flags give together, and end
    #[arg(long)]
    print_configuration: bool,
}

impl Serve {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        if self.print_configuration {
            return output::line(context.configuration.printed().trim_end());
        }
        logging::start(&context.configuration)?;
        let opened = opening::open(&context.configuration)?;
        if let Some(first) = &opened.first_log_in {
            output::line(&output::first_log_in(first))?;
        }
        actix_web::rt::System::new().block_on(async {
            let running = http::serve(&context.configuration, opened)?;
            // Heard from now on: whoever reads the address below may at once ask the server to stop.
            let signals = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
            actix_web::rt::spawn(stop_on_signal(running.stopper(), signals));
            output::line(&format!("listening on http://{}", running.address))?;
            running.finished().await?;
            tracing::info!("stopped");
            Ok(())
        })
    }
}

/// Stops the server when the system or the operator asks for it.
async fn stop_on_signal(stopper: Stopper, (mut terminate, mut interrupt): (Signal, Signal)) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping: running requests are finished");
    stopper.stop().await;
}
