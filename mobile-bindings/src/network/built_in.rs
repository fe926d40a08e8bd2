//! The built-in HTTP client: ureq over rustls, on threads. It keeps one connection open through a sync.

use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::config::Config;
use ureq::http::Request;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector, RustlsConnector, TcpConnector};

use super::client::{HttpError, HttpRequest, HttpResponse};
use super::counting::{Bytes, CountingConnector};
use super::thread::on_thread;
use crate::error::RukunError;

/// Name lookup and connecting over 2G, with a radio that has to wake up first.
const CONNECT: Duration = Duration::from_secs(30);
/// With nothing moving for so long a line is dead. A slow one is not: a megabyte at 8 kbit/s takes 17 minutes, so there is
/// no limit to a whole call.
const SILENCE: Duration = Duration::from_secs(75);
/// Largest body taken.
const BODY: u64 = 16 * 1024 * 1024;

/// A client for one sync. Dropping it shuts its connections, also those that a thread still waits on.
pub(super) struct BuiltIn {
    agent: Agent,
    pub(super) bytes: Arc<Bytes>,
}

impl BuiltIn {
    pub(super) fn new() -> Self {
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("rukun/", env!("CARGO_PKG_VERSION")))
            .accept("")
            .accept_encoding("")
            .timeout_resolve(Some(CONNECT))
            .timeout_connect(Some(CONNECT))
            .timeout_per_read(Some(SILENCE))
            .timeout_per_write(Some(SILENCE))
            .build();
        let bytes = Arc::<Bytes>::default();
        let connector =
            ().chain(TcpConnector::default())
                .chain(CountingConnector(Arc::clone(&bytes)))
                .chain(RustlsConnector::default());
        Self { agent: Agent::with_parts(config, connector, DefaultResolver::default()), bytes }
    }

    pub(super) async fn call(&self, request: HttpRequest) -> Result<Result<HttpResponse, HttpError>, RukunError> {
        let agent = self.agent.clone();
        on_thread(move || send(&agent, request).map_err(no_answer)).await
    }
}

impl Drop for BuiltIn {
    fn drop(&mut self) {
        self.agent.clone().shutdown();
    }
}

fn send(agent: &Agent, call: HttpRequest) -> Result<HttpResponse, ureq::Error> {
    let mut request = Request::builder().method(call.method.as_str()).uri(&call.url);
    for header in &call.headers {
        request = request.header(&header.name, &header.value);
    }
    let mut response = if call.method == "GET" {
        agent.run(request.body(()).map_err(ureq::Error::Http)?)?
    } else {
        agent.run(request.body(call.body).map_err(ureq::Error::Http)?)?
    };
    let body = response.body_mut().with_config().limit(BODY).read_to_vec()?;
    Ok(HttpResponse { status: response.status().as_u16(), body })
}

/// Whether a connection was there before it failed.
fn no_answer(error: ureq::Error) -> HttpError {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, TimedOut, UnexpectedEof, WouldBlock};
    const LOST: [std::io::ErrorKind; 6] =
        [BrokenPipe, ConnectionAborted, ConnectionReset, TimedOut, UnexpectedEof, WouldBlock];
    let io = matches!(&error, ureq::Error::Io(error) if LOST.contains(&error.kind()));
    let silence = matches!(&error, ureq::Error::Timeout(kind)
        if !matches!(kind, ureq::Timeout::Resolve | ureq::Timeout::Connect));
    let reason = error.to_string();
    if io || silence || matches!(error, ureq::Error::Protocol(_)) {
        HttpError::Cut { reason }
    } else {
        HttpError::Unreachable { reason }
    }
}
