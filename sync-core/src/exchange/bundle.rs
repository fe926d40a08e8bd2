//! A bundle: segments in a file, to be carried by hand, on a memory card or by a messenger app. A line that says what it is,
//! then frames, each behind its length. It needs no signature of its own: each segment has one.

use super::cbor::{Reader, Writer};
use super::error::DecodeError;
use super::frame::unpack;
use super::request::pack_at;
use super::segments::{self, Columns};
use super::strict;
use crate::limits;
use crate::segment::Segment;

const HEAD: &[u8] = b"rukun bundle 1\n";
/// Bytes of changes in one frame of a bundle.
const FRAME_ROOM: usize = 1024 * 1024;
/// Segments in one frame of a bundle.
const FRAME_SEGMENTS: usize = 2_000;

/// Writes a bundle. Segments stay in their order: each must follow what it builds on.
#[must_use]
pub fn encode_bundle(segments: &[Segment]) -> Vec<u8> {
    let mut bundle = HEAD.to_vec();
    let mut rest = segments;
    while !rest.is_empty() {
        let (mut count, mut size) = (0, 0);
        while count < rest.len().min(FRAME_SEGMENTS) && size < FRAME_ROOM {
            size += rest[count].changes.len();
            count += 1;
        }
        let frame = encode_frame(&rest[..count]);
        let length = u32::try_from(frame.len()).expect("a frame of two megabytes of changes is no larger than 4 GiB");
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(&frame);
        rest = &rest[count..];
    }
    bundle
}

fn encode_frame(segments: &[Segment]) -> Vec<u8> {
    let mut columns = Columns::default();
    segments.iter().for_each(|segment| columns.push(segment));
    let mut writer = Writer::new();
    writer.map(1).key(0);
    let ends = columns.write(&mut writer);
    pack_at(&writer.into_bytes(), &ends)
}

/// Reads a bundle, one frame of segments after the other, so that a large file is never in memory twice. A bundle cut short
/// gives the frames before the cut, then an error.
pub fn decode_bundle(bundle: &[u8]) -> impl Iterator<Item = Result<Vec<Segment>, DecodeError>> {
    let mut rest = bundle.strip_prefix(HEAD).ok_or(DecodeError::NotAFrame);
    std::iter::from_fn(move || {
        let bytes = match &mut rest {
            Ok([]) => return None,
            Ok(bytes) => *bytes,
            Err(error) => {
                let error = error.clone();
                rest = Ok(&[]);
                return Some(Err(error));
            }
        };
        let Some((frame, after)) = split_frame(bytes) else {
            rest = Ok(&[]);
            return Some(Err(DecodeError::Meaning("the bundle is cut short")));
        };
        rest = Ok(after);
        Some(decode_frame(frame))
    })
}

fn split_frame(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    (length <= limits::FRAME_BYTES).then(|| rest.split_at_checked(length)).flatten()
}

fn decode_frame(frame: &[u8]) -> Result<Vec<Segment>, DecodeError> {
    let message = unpack(frame)?;
    strict::check(&message)?;
    let mut segments = Vec::new();
    Reader::new(&message).map(|key, reader| {
        if key == 0 {
            segments = segments::read(reader)?;
        }
        Ok(key == 0)
    })?;
    Ok(segments)
}
