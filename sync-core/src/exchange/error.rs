//! Why bytes were not read as a message.

use thiserror::Error;

/// Bytes that are no message of the exchange. Nothing was taken from them.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// The bytes do not begin as a frame does: a captive portal, another service.
    #[error("the bytes are not a frame of the exchange")]
    NotAFrame,
    /// A frame of a version that this side does not speak.
    #[error("version {0} of the exchange is not spoken here")]
    UnknownVersion(u8),
    /// The answer of a server that does not speak our version.
    #[error("the server speaks versions {spoken:?} of the exchange")]
    OtherVersions {
        /// The versions it speaks.
        spoken: Vec<u8>,
    },
    /// More bytes than a frame may have, packed or unpacked.
    #[error("the frame is larger than {limit} bytes {what}")]
    TooLarge {
        /// `as it travels` or `unpacked`.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The compressed stream is damaged or cut.
    #[error("the frame does not unpack: it is damaged or cut short")]
    Compression,
    /// The CBOR is not what this protocol allows.
    #[error("{what} at byte {at}")]
    Cbor {
        /// What is wrong.
        what: &'static str,
        /// Where in the unpacked bytes.
        at: usize,
    },
    /// The CBOR is allowed, its meaning is not.
    #[error("{0}")]
    Meaning(&'static str),
}
