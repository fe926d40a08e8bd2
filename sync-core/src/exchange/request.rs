//! The request as bytes.

use super::cbor::{Reader, Writer};
use super::error::DecodeError;
use super::frame::{pack, unpack};
use super::message::{FeedState, FeedsState, Reconciliation, Request};
use super::segments::{self, Columns};
use super::strict;
use crate::area::AreaCode;
use crate::digest::FeedDigest;
use crate::id::{ContentHash, Cursor, DocumentId, FeedEpoch, SegmentId, Sequence};
use crate::limits;
use crate::time::Timestamp;

/// Writes a request as a frame.
#[must_use]
pub fn encode_request(request: &Request) -> Vec<u8> {
    let mut writer = Writer::new();
    let mut ends = Vec::new();
    writer.map(9);
    writer.key(0);
    let mut columns = Columns::default();
    request.push.iter().for_each(|segment| columns.push(segment));
    ends.extend(columns.write(&mut writer));
    writer.key(1).signed(request.device_time.millis());
    writer.key(2).number(u64::from(request.unsent));
    writer.key(3);
    match &request.feeds {
        FeedsState::Hash(hash) => {
            writer.bytes(hash.as_bytes());
        }
        FeedsState::List(feeds) => {
            writer.array(feeds.len());
            feeds.iter().for_each(|feed| write_feed(&mut writer, feed));
        }
    }
    writer.key(4).bytes(request.catalogue.as_bytes());
    let fates: Vec<u8> = request.open_fates.iter().flat_map(|id| *id.as_bytes()).collect();
    writer.key(5).bytes(&fates);
    writer.key(6);
    write_reconciliations(&mut writer, &request.reconcile);
    let wanted: Vec<u8> = request.wanted.iter().flat_map(|id| *id.as_bytes()).collect();
    writer.key(7).bytes(&wanted);
    writer.key(8).number(u64::from(request.budget));
    pack_at(&writer.into_bytes(), &ends)
}

/// Packs a message in blocks that end at `ends`.
pub(super) fn pack_at(message: &[u8], ends: &[usize]) -> Vec<u8> {
    let mut parts = Vec::new();
    let mut start = 0;
    // Below a few hundred bytes a block of its own costs more than it saves.
    for end in ends.iter().copied().filter(|end| *end > 512) {
        parts.push(&message[start..end]);
        start = end;
    }
    parts.push(&message[start..]);
    pack(&parts)
}

/// Reads a request's frame.
///
/// # Errors
/// [`DecodeError`].
pub fn decode_request(frame: &[u8]) -> Result<Request, DecodeError> {
    let message = unpack(frame)?;
    strict::check(&message)?;
    let mut request = Request {
        device_time: Timestamp::default(),
        unsent: 0,
        feeds: FeedsState::List(Vec::new()),
        catalogue: ContentHash::from_bytes([0; 32]),
        push: Vec::new(),
        open_fates: Vec::new(),
        reconcile: Vec::new(),
        wanted: Vec::new(),
        budget: 0,
    };
    let mut seen = 0_u32;
    Reader::new(&message).map(|key, reader| {
        match key {
            0 => request.push = segments::read(reader)?,
            1 => request.device_time = Timestamp::from_millis(reader.signed()?),
            2 => request.unsent = reader.small()?,
            3 if reader.at_bytes() => request.feeds = FeedsState::Hash(ContentHash::from_bytes(reader.fixed()?)),
            3 => request.feeds = FeedsState::List(reader.list(read_feed)?),
            4 => request.catalogue = ContentHash::from_bytes(reader.fixed()?),
            5 => request.open_fates = rows(reader.bytes()?)?.map(SegmentId::from_bytes).collect(),
            6 => request.reconcile = reader.list(read_reconciliation)?,
            7 => request.wanted = rows(reader.bytes()?)?.map(DocumentId::from_bytes).collect(),
            8 => request.budget = reader.small()?,
            _ => return Ok(false),
        }
        seen |= 1 << key;
        Ok(true)
    })?;
    if seen != 0x1ff {
        return Err(DecodeError::Meaning("a request lacks a part"));
    }
    let listed = if let FeedsState::List(feeds) = &request.feeds { feeds.len() } else { 0 };
    if request.open_fates.len() > limits::OPEN_FATES || listed > limits::SCOPE_AREAS {
        return Err(DecodeError::Meaning("a request with more feeds or open fates than allowed"));
    }
    Ok(request)
}

/// Splits a column of fixed-length items.
pub(super) fn rows<const N: usize>(bytes: &[u8]) -> Result<impl Iterator<Item = [u8; N]>, DecodeError> {
    let (rows, rest) = bytes.as_chunks::<N>();
    if rest.is_empty() {
        Ok(rows.iter().copied())
    } else {
        Err(DecodeError::Meaning("a column that ends inside an item"))
    }
}

fn write_feed(writer: &mut Writer, feed: &FeedState) {
    writer.array(6).text(feed.area.as_str());
    writer.bytes(feed.cursor.epoch.as_bytes()).number(feed.cursor.sequence.get());
    write_digest(writer, &feed.digest);
}

fn read_feed(reader: &mut Reader<'_>) -> Result<FeedState, DecodeError> {
    reader.tuple(6)?;
    Ok(FeedState {
        area: read_area(reader)?,
        cursor: Cursor { epoch: FeedEpoch::from_bytes(reader.fixed()?), sequence: Sequence::new(reader.number()?) },
        digest: read_digest(reader)?,
    })
}

pub(super) fn write_digest(writer: &mut Writer, digest: &FeedDigest) {
    writer.bytes(&digest.sum_bytes()).number(digest.records).number(digest.reviews);
}

pub(super) fn read_digest(reader: &mut Reader<'_>) -> Result<FeedDigest, DecodeError> {
    Ok(FeedDigest::from_parts(reader.fixed()?, reader.number()?, reader.number()?))
}

pub(super) fn read_area(reader: &mut Reader<'_>) -> Result<AreaCode, DecodeError> {
    AreaCode::parse(reader.text()?).map_err(|_| DecodeError::Meaning("an area code that is none"))
}

pub(super) fn write_reconciliations(writer: &mut Writer, messages: &[Reconciliation]) {
    writer.array(messages.len());
    for reconciliation in messages {
        writer.array(2).text(reconciliation.area.as_str()).bytes(&reconciliation.message);
    }
}

pub(super) fn read_reconciliation(reader: &mut Reader<'_>) -> Result<Reconciliation, DecodeError> {
    reader.tuple(2)?;
    Ok(Reconciliation { area: read_area(reader)?, message: reader.bytes()?.to_vec() })
}
