//! The frame: two letters, a version, one zstd stream. Compressed once, as a whole, so that forty documents of one form
//! share their repeated keys; limits are checked before and while unpacking (R22).

use std::io::{Read, Write};

use super::error::DecodeError;
use crate::limits;

const MAGIC: [u8; 2] = *b"RK";
/// The version of the exchange that this code speaks.
pub const VERSION: u8 = 1;
/// Media type of a frame in HTTP.
pub const MEDIA_TYPE: &str = "application/vnd.rukun.exchange";
/// In the place of a version: the rest lists the versions that the sender speaks.
const VERSIONS: u8 = 0;
const LEVEL: i32 = 3;

/// Packs parts of a message. A block ends after each part, so that signatures, which nothing compresses, do not spoil the
/// statistics of the words after them.
pub(super) fn pack(parts: &[&[u8]]) -> Vec<u8> {
    let frame = [MAGIC.as_slice(), &[VERSION]].concat();
    let written = zstd::stream::Encoder::new(frame, LEVEL).and_then(|mut encoder| {
        encoder.include_contentsize(false)?;
        encoder.include_checksum(false)?;
        for part in parts {
            encoder.write_all(part)?;
            encoder.flush()?;
        }
        encoder.finish()
    });
    written.expect("writing to a vector does not fail")
}

/// Unpacks a frame.
///
/// # Errors
/// [`DecodeError`]; unpacking stops at the limit, whatever the frame claims.
pub(super) fn unpack(frame: &[u8]) -> Result<Vec<u8>, DecodeError> {
    if frame.len() > limits::FRAME_BYTES {
        return Err(DecodeError::TooLarge { what: "as it travels", limit: limits::FRAME_BYTES });
    }
    let [b'R', b'K', version, packed @ ..] = frame else { return Err(DecodeError::NotAFrame) };
    match *version {
        VERSION => {}
        VERSIONS => return Err(other_versions(packed)),
        other => return Err(DecodeError::UnknownVersion(other)),
    }
    let mut decoder = zstd::stream::Decoder::with_buffer(packed).map_err(|_| DecodeError::Compression)?.single_frame();
    decoder.window_log_max(limits::WINDOW_LOG).map_err(|_| DecodeError::Compression)?;
    let mut message = Vec::new();
    let limit = limits::UNPACKED_BYTES as u64 + 1;
    (&mut decoder).take(limit).read_to_end(&mut message).map_err(|_| DecodeError::Compression)?;
    if message.len() > limits::UNPACKED_BYTES {
        return Err(DecodeError::TooLarge { what: "unpacked", limit: limits::UNPACKED_BYTES });
    }
    if !decoder.finish().is_empty() {
        return Err(DecodeError::Compression);
    }
    Ok(message)
}

/// What a server answers to a frame of a version it does not speak: uncompressed, readable by every version for ever.
#[must_use]
pub fn versions_answer() -> Vec<u8> {
    [MAGIC.as_slice(), &[VERSIONS, 1, VERSION]].concat()
}

fn other_versions(bytes: &[u8]) -> DecodeError {
    match bytes.split_first() {
        Some((count, spoken)) if spoken.len() == usize::from(*count) => {
            DecodeError::OtherVersions { spoken: spoken.to_vec() }
        }
        Some(_) | None => DecodeError::NotAFrame,
    }
}
