//! Enrolling with the text of a supervisor's QR code.

use std::sync::Arc;

use sync_core::enrolment;
use sync_core::store::RunError;

use super::client::{HttpClient, HttpError};
use super::line::Line;
use super::thread::on_thread;
use crate::clock;
use crate::error::RukunError;
use crate::store::{Identity, Store};

/// How often an enrolment is asked for over a line that is cut; the server gives the same answer each time (R17).
const TRIES: u8 = 3;

/// What an enrolment code says, to show before using it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Ticket {
    /// The programme that the device would belong to.
    pub programme: String,
    /// Address of its server.
    pub server_url: String,
}

/// Reads the text of an enrolment code.
///
/// # Errors
/// [`RukunError::Invalid`] when it is none: ask for another.
#[uniffi::export]
pub fn read_ticket(text: String) -> Result<Ticket, RukunError> {
    let ticket = enrolment::Ticket::parse(&text).map_err(RukunError::invalid)?;
    Ok(Ticket { programme: ticket.programme.to_string(), server_url: ticket.server_url })
}

#[uniffi::export]
impl Store {
    /// Enrols this device with the text of an enrolment code. `label` is what its user calls the phone. May be called again
    /// when no answer came. Another user on the same phone enrols in another folder (R16).
    ///
    /// # Errors
    /// [`RukunError::Invalid`] when the text is no code; [`RukunError::Offline`]; [`RukunError::Rejected`] with
    /// `not_the_server` when whoever answered is not the server of the code (a portal that wants a log-in, or an impostor),
    /// `already_enrolled` when the store is somebody else's, or with the server's code, such as `code_used`;
    /// [`RukunError::Storage`].
    #[uniffi::method(default(http = None))]
    pub async fn enrol(
        self: Arc<Self>,
        ticket: String,
        label: String,
        http: Option<Arc<dyn HttpClient>>,
    ) -> Result<Identity, RukunError> {
        let ticket = enrolment::Ticket::parse(&ticket).map_err(RukunError::invalid)?;
        let line = Line::new(ticket.server_url.clone(), http);
        let call = self.with(|store| Ok(store.enrol_call(&ticket, &label)))?;
        let mut tries = 1;
        let answer = loop {
            match line.call(call.clone()).await? {
                Err(HttpError::Cut { .. }) if tries < TRIES => tries += 1,
                other => break other?,
            }
        };
        let enrolled = move || {
            self.with(|store| {
                let identity = store.take_enrolment(&ticket, answer.status, &answer.body, clock::now());
                identity.map(Into::into).map_err(refused)
            })
        };
        on_thread(enrolled).await?
    }
}

fn refused(error: RunError) -> RukunError {
    match error {
        RunError::Response(_) => RukunError::Rejected { code: "not_the_server".into(), detail: error.to_string() },
        RunError::Outdated { .. }
        | RunError::Refused { .. }
        | RunError::Busy { .. }
        | RunError::Unfitting
        | RunError::Store(_) => error.into(),
    }
}
