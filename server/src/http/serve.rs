//! Listening, answering, stopping.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::{Server, ServerHandle};
use actix_web::web::Data;
use thiserror::Error;

use super::app::{self, Document};
use super::service::Service;
use crate::configuration::Configuration;
use crate::opening::Opened;

/// Why the server does not listen.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The address cannot be had.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        reason: std::io::Error,
    },
}

/// A server that answers.
pub struct Running {
    /// Where it really listens.
    pub address: SocketAddr,
    /// Its service, for tests and for stopping.
    pub service: Data<Service>,
    handle: ServerHandle,
    server: Server,
}

/// Begins to listen. Must be called inside an actix system; the server answers while [`Running::finished`] is awaited.
///
/// # Errors
/// [`ServeError`].
pub fn serve(configuration: &Configuration, opened: Opened) -> Result<Running, ServeError> {
    let wanted = SocketAddr::new(configuration.address, configuration.port);
    let listener = listen(wanted).map_err(|reason| ServeError::Listen { address: wanted, reason })?;
    let address = listener.local_addr().map_err(|reason| ServeError::Listen { address: wanted, reason })?;
    let public_url = public_url(configuration, address);
    let patience = Duration::from_secs(configuration.request_seconds.max(1).into());
    let service = Data::new(Service::new(opened, public_url, configuration.behind_proxy, patience));
    let document = Data::new(Document::make());
    let (app_service, app_document) = (service.clone(), document);
    let mut server = HttpServer::new(move || app::app(app_service.clone(), app_document.clone()))
        .client_request_timeout(patience)
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(configuration.shutdown_seconds.into())
        .disable_signals();
    if configuration.workers > 0 {
        server = server.workers(configuration.workers.into());
    }
    let server = server.listen(listener).map_err(|reason| ServeError::Listen { address, reason })?.run();
    actix_web::rt::spawn(service.notices.clone().watch());
    Ok(Running { address, service, handle: server.handle(), server })
}

impl Running {
    /// Ends the server from elsewhere: streams at once, running requests in their own time.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        Stopper { service: self.service.clone(), handle: self.handle.clone() }
    }

    /// Answers until it is stopped.
    ///
    /// # Errors
    /// What the system says.
    pub async fn finished(self) -> std::io::Result<()> {
        self.server.await
    }
}

/// Stops a running server.
#[derive(Clone)]
pub struct Stopper {
    service: Data<Service>,
    handle: ServerHandle,
}

impl Stopper {
    /// Takes no new requests, finishes the running ones.
    pub async fn stop(&self) {
        self.service.notices.close();
        self.handle.stop(true).await;
    }
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// How others reach the server: as configured, else the listening address.
#[must_use]
pub fn public_url(configuration: &Configuration, address: SocketAddr) -> String {
    if configuration.public_url.is_empty() {
        format!("http://{address}")
    } else {
        configuration.public_url.trim_end_matches('/').to_owned()
    }
}
