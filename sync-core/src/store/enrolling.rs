//! Enrolling: the call that takes a ticket's code to the server, and what comes back.

use super::Store;
use super::error::StoreError;
use super::identity::{Enrolment, Identity};
use super::run::{Call, RunError, refusal_of};
use crate::enrolment::{EnrolRequest, EnrolResponse, Ticket};
use crate::exchange::DecodeError;
use crate::identity::{PublicKey, Signature};
use crate::time::Timestamp;

impl Store {
    /// The call that enrols this device with a ticket. `label` is what its user calls the phone. To be sent to the ticket's
    /// server. May be made again when no answer came: the server gives the same one (R17).
    #[must_use]
    pub fn enrol_call(&self, ticket: &Ticket, label: &str) -> Call {
        let request = EnrolRequest {
            code: ticket.code.clone(),
            public_key: self.public_key().to_string(),
            signature: self.sign_enrolment(ticket.programme, &ticket.code).to_string(),
            label: label.to_owned(),
        };
        Call::post_json("/sync/v1/enrol", &request)
    }

    /// Takes the server's answer to [`Store::enrol_call`].
    ///
    /// # Errors
    /// [`RunError::Refused`] when the server does not take the code; [`RunError::Response`] when the answer is no server's,
    /// or not signed with the key that the ticket promises; [`StoreError::AlreadyEnrolled`] when the store is somebody
    /// else's.
    pub fn take_enrolment(
        &mut self,
        ticket: &Ticket,
        status: u16,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Identity, RunError> {
        if status != 200 {
            return Err(refusal_of(status, body));
        }
        let not_ours = || RunError::Response(DecodeError::Meaning("the answer is not from the server of the code"));
        let answer: EnrolResponse = serde_json::from_slice(body).map_err(|_| not_ours())?;
        let server_key = PublicKey::parse(&answer.server_key).map_err(|_| not_ours())?;
        if server_key.fingerprint() != ticket.server_key_hash || answer.programme != ticket.programme {
            return Err(not_ours());
        }
        let identity = Identity {
            server_url: ticket.server_url.clone(),
            server_key,
            programme: answer.programme,
            device: answer.device,
            user: answer.user,
            user_name: answer.user_name,
            token: Some(answer.token.clone()),
        };
        let signature = Signature::parse(&answer.signature).map_err(|_| not_ours())?;
        self.enrol(&Enrolment { identity: identity.clone(), signature })
            .map_err(|error| if matches!(error, StoreError::KeyMissing) { not_ours() } else { error.into() })?;
        self.keep_token(&answer.token, now)?;
        Ok(identity)
    }
}
