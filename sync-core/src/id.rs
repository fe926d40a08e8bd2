//! Identifiers. Each is its own type, so that a device can never stand where a user is meant.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;

use crate::entropy::Entropy;
use crate::hexadecimal;
use crate::time::Timestamp;

/// A text or byte string that does not have the shape of the identifier it should be.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error("{what} is not valid: expected {expected}")]
pub struct IdError {
    /// Which identifier was being read.
    pub what: &'static str,
    /// The shape that was expected.
    pub expected: &'static str,
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that is known to name this thing.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// Wraps the 16 bytes of a UUID.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// Reads 16 bytes.
            ///
            /// # Errors
            /// When `bytes` is not exactly 16 long.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, IdError> {
                Uuid::from_slice(bytes)
                    .map(Self)
                    .map_err(|_| IdError { what: $what, expected: "16 bytes" })
            }

            /// Reads the hyphenated or simple text form.
            ///
            /// # Errors
            /// When `text` is not a UUID.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                Uuid::parse_str(text)
                    .map(Self)
                    .map_err(|_| IdError { what: $what, expected: "a UUID" })
            }

            /// The UUID itself.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// The 16 bytes, as they are stored and signed.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// A new time-ordered identifier (UUIDv7, RFC 9562).
            #[must_use]
            pub fn generate(now: Timestamp, entropy: &mut dyn Entropy) -> Self {
                let mut random = [0; 10];
                entropy.fill(&mut random);
                let millis = u64::try_from(now.millis()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $len:literal, $what:literal, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Wraps bytes that are known to be this.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// Reads the bytes.
            ///
            /// # Errors
            /// When the length is wrong.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, IdError> {
                <[u8; $len]>::try_from(bytes)
                    .map(Self)
                    .map_err(|_| IdError { what: $what, expected: $expected })
            }

            /// Reads lower- or upper-case hexadecimal.
            ///
            /// # Errors
            /// When the text is not hexadecimal of the right length.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                let wrong = IdError { what: $what, expected: "hexadecimal of the right length" };
                hexadecimal::read(text).map(Self).ok_or(wrong)
            }

            /// The bytes, as they are stored and signed.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                hexadecimal::write(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

uuid_id!(
    /// One programme: one server (or group of servers) with its own users and data. Part of everything signed, so that
    /// what was signed for a training server means nothing to the real one (R15).
    ProgrammeId, "programme id"
);
uuid_id!(
    /// One document: a record or a review thread. A UUIDv7 made on the device that creates it.
    DocumentId, "document id"
);
uuid_id!(
    /// The thing surveyed: a household, a water point, an RT. Several records (rounds) may share one.
    SubjectId, "subject id"
);
uuid_id!(
    /// One repeat instance inside a record.
    InstanceId, "instance id"
);
uuid_id!(
    /// One enrolled installation, used by one user (R16).
    DeviceId, "device id"
);
uuid_id!(
    /// One person.
    UserId, "user id"
);

byte_id!(
    /// SHA-256 of a change's body: the name Automerge gives it. Covers all its ancestors.
    ChangeHash, 32, "change hash", "32 bytes"
);
byte_id!(
    /// SHA-256 of a segment's signed bytes (R15).
    SegmentId, 32, "segment id", "32 bytes"
);
byte_id!(
    /// SHA-256 of some content that travels by its name: a form, a list, a photo.
    ContentHash, 32, "content hash", "32 bytes"
);
byte_id!(
    /// The author of a run of changes as Automerge sees it: the first 8 bytes of SHA-256(device public key), then 8 random
    /// ones drawn at each opening of the store (R7).
    ActorId, 16, "actor id", "16 bytes"
);
byte_id!(
    /// The first half of every actor of one device.
    ActorPrefix, 8, "actor prefix", "8 bytes"
);
byte_id!(
    /// A life of a feed. A restored server starts a new one, and cursors of another life count as zero (R9).
    FeedEpoch, 16, "feed epoch", "16 bytes"
);

impl ContentHash {
    /// The name of `content`.
    #[must_use]
    pub fn of(content: &[u8]) -> Self {
        Self(Sha256::digest(content).into())
    }
}

impl ActorId {
    /// A new actor of the device with this prefix.
    #[must_use]
    pub fn generate(prefix: ActorPrefix, entropy: &mut dyn Entropy) -> Self {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(prefix.as_bytes());
        entropy.fill(&mut bytes[8..]);
        Self(bytes)
    }

    /// The half that names the device.
    #[must_use]
    pub fn prefix(&self) -> ActorPrefix {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.0[..8]);
        ActorPrefix(bytes)
    }
}

impl SubjectId {
    /// The subject that a record opens when it is about nothing known yet: it lends its own id, which costs nothing on the
    /// wire and is as unique.
    #[must_use]
    pub const fn opened_by(record: DocumentId) -> Self {
        Self(record.uuid())
    }
}

impl InstanceId {
    /// The instance that a `repeat_count` makes: the same on every phone (R6). `ordinal` counts from 1; `parent` is the
    /// enclosing instance, if any.
    #[must_use]
    pub fn counted(record: DocumentId, path: &str, parent: Option<Self>, ordinal: u32) -> Self {
        let parent = parent.map(|id| id.to_string()).unwrap_or_default();
        let name = format!("{path}|{parent}|{ordinal}");
        Self(Uuid::new_v5(&record.uuid(), name.as_bytes()))
    }
}

/// What a document is. The right to write is decided per kind, so that half a document is never refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum DocumentKind {
    /// A filled form about one subject.
    Record = 1,
    /// The review thread of one record.
    Review = 2,
}

impl DocumentKind {
    /// The byte that stands for it on the wire, in the signature and in the digest.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Reads that byte.
    ///
    /// # Errors
    /// When no kind has it.
    pub const fn from_code(code: u8) -> Result<Self, IdError> {
        match code {
            1 => Ok(Self::Record),
            2 => Ok(Self::Review),
            _ => Err(IdError { what: "document kind", expected: "1 (record) or 2 (review)" }),
        }
    }
}

/// A place in a feed: 1 for its first entry, then without gaps. 0 stands before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sequence(u64);

impl Sequence {
    /// Before the first entry.
    pub const ZERO: Self = Self(0);

    /// The place with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The place `count` entries later.
    #[must_use]
    pub const fn plus(self, count: u64) -> Self {
        Self(self.0 + count)
    }

    /// The place after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        self.plus(1)
    }
}

/// How far a device has read a feed: (epoch, sequence) (R9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The life of the feed that the sequence belongs to.
    pub epoch: FeedEpoch,
    /// The last sequence applied.
    pub sequence: Sequence,
}

impl Cursor {
    /// Where a device starts that has read nothing. The all-zero epoch is never given out by a server.
    pub const START: Self = Self { epoch: FeedEpoch::from_bytes([0; 16]), sequence: Sequence::ZERO };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_instance_is_the_same_on_every_phone() {
        let record = DocumentId::from_bytes([7; 16]);
        let third = InstanceId::counted(record, "member", None, 3);
        assert_eq!(third, InstanceId::counted(record, "member", None, 3));
        assert_ne!(third, InstanceId::counted(record, "member", None, 4));
        assert_ne!(third, InstanceId::counted(record, "member", Some(third), 3));
    }

    #[test]
    fn hexadecimal_of_another_length_is_refused() {
        assert!(ActorPrefix::parse("0011223344556677").is_ok());
        assert!(ActorPrefix::parse("00112233445566").is_err());
        assert!(ActorPrefix::parse("0011223344556é").is_err());
    }
}
