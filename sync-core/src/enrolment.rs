//! Enrolment and tokens: what is said over HTTP before the first exchange. One definition for the server and for phones.
//!
//! A supervisor shows a QR code with a [`Ticket`]. The phone makes a key pair and sends [`EnrolRequest`]; the answer names
//! the device and is signed with the server's key, whose hash the ticket carries, so that the phone knows whom it talks to
//! (R17). Asking again with the same code and key gives the same answer for as long as the code is valid.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::id::{ContentHash, DeviceId, ProgrammeId, UserId};

/// What an enrolment code's QR shows: where the server is, which programme, which key it must sign with, and the one-time
/// code. As text: `rukun:1:<programme>:<key hash>:<code>:<server address>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The programme that the device will belong to.
    pub programme: ProgrammeId,
    /// SHA-256 of the server's public key.
    pub server_key_hash: ContentHash,
    /// The one-time code: 128 random bits, written as 26 letters and digits.
    pub code: String,
    /// Base address of the server, without a slash at its end.
    pub server_url: String,
}

/// A text that is no ticket.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("this is not an enrolment code of Rukun: expected `rukun:1:...`; ask for a new one")]
pub struct TicketError;

impl Ticket {
    /// Reads a ticket's text.
    ///
    /// # Errors
    /// [`TicketError`].
    pub fn parse(text: &str) -> Result<Self, TicketError> {
        let mut parts = text.trim().splitn(6, ':');
        let mut next = || parts.next().filter(|part| !part.is_empty()).ok_or(TicketError);
        if (next()?, next()?) != ("rukun", "1") {
            return Err(TicketError);
        }
        let programme = ProgrammeId::parse(next()?).map_err(|_| TicketError)?;
        let server_key_hash = ContentHash::parse(next()?).map_err(|_| TicketError)?;
        let code = next()?.to_owned();
        let server_url = next()?.trim_end_matches('/').to_owned();
        let spoken = server_url.starts_with("https://") || server_url.starts_with("http://");
        if code.bytes().all(|b| b.is_ascii_alphanumeric()) && spoken {
            Ok(Self { programme, server_key_hash, code, server_url })
        } else {
            Err(TicketError)
        }
    }
}

impl std::fmt::Display for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { programme, server_key_hash, code, server_url } = self;
        write!(f, "rukun:1:{}:{server_key_hash}:{code}:{server_url}", programme.uuid().simple())
    }
}

/// `POST /sync/v1/enrol`: a phone with a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    /// The one-time code.
    pub code: String,
    /// The phone's Ed25519 public key, hexadecimal.
    pub public_key: String,
    /// The phone's signature over programme, code and key ([`KeyPair::sign_enrolment`](crate::identity::KeyPair)),
    /// hexadecimal.
    pub signature: String,
    /// What its user calls the phone.
    pub label: String,
}

/// The answer to [`EnrolRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolResponse {
    /// The server's Ed25519 public key, hexadecimal.
    pub server_key: String,
    /// The programme.
    pub programme: ProgrammeId,
    /// The device's id.
    pub device: DeviceId,
    /// Its user.
    pub user: UserId,
    /// The user's name.
    pub user_name: String,
    /// The server's signature over programme, device, user and the phone's key, hexadecimal.
    pub signature: String,
    /// The first token.
    pub token: String,
}

/// `POST /sync/v1/nonce`: a device whose token has run out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NonceRequest {
    /// The device.
    pub device: DeviceId,
}

/// The answer to [`NonceRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NonceResponse {
    /// To be signed; good for five minutes, once.
    pub nonce: String,
}

/// `POST /sync/v1/token`: the signed nonce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// The device.
    pub device: DeviceId,
    /// The server's nonce.
    pub nonce: String,
    /// The device's signature over programme, device and nonce ([`KeyPair::sign_renewal`](crate::identity::KeyPair)),
    /// hexadecimal.
    pub signature: String,
    /// Shown when the server said that it does not know the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub papers: Option<Papers>,
}

/// What the server signed when it enrolled a device. A server that was restored from a backup knows the device again by it,
/// because its key does not lie in the database (R9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Papers {
    /// The device's user.
    pub user: UserId,
    /// The user's name, for a server that does not know the user either; not signed.
    pub user_name: String,
    /// The device's public key, hexadecimal.
    pub public_key: String,
    /// The server's signature over programme, device, user and key
    /// ([`KeyPair::sign_enrolled`](crate::identity::KeyPair::sign_enrolled)), hexadecimal.
    pub signature: String,
}

/// The answer to [`TokenRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenResponse {
    /// A token for `Authorization: Bearer`; good for 15 minutes.
    pub token: String,
}

/// Body of every answer of the server that is an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorDetail,
}

/// What went wrong, for programs and for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorDetail {
    /// Stable name of the error, such as `code_used`.
    pub code: String,
    /// What, where, and what to do.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket() -> Ticket {
        Ticket {
            programme: ProgrammeId::from_bytes([7; 16]),
            server_key_hash: ContentHash::from_bytes([9; 32]),
            code: "ABCDEFGHJKMNPQRSTVWXYZ2345".into(),
            server_url: "http://10.0.2.2:8080/rukun".into(),
        }
    }

    #[test]
    fn a_ticket_reads_back_as_it_was_written() {
        assert_eq!(Ticket::parse(&ticket().to_string()), Ok(ticket()));
    }

    #[test]
    fn a_cut_or_foreign_ticket_is_refused() {
        let text = ticket().to_string();
        for cut in ["", "rukun:1", &text[..60], "rukun:2:a:b:c:d", "https://example.org"] {
            assert_eq!(Ticket::parse(cut), Err(TicketError), "{cut}");
        }
    }
}
