//! The response as bytes.

use super::cbor::{Reader, Writer};
use super::error::DecodeError;
use super::frame::unpack;
use super::message::{CatalogueEntry, ContentKind, Entry, HeldReason, Page, Receipt, Response, Right, ScopeArea};
use super::request::{pack_at, read_area, read_digest, read_reconciliation, rows, write_digest, write_reconciliations};
use super::segments::{self, Columns};
use super::strict;
use crate::change::{Rule, Unsound};
use crate::id::{ChangeHash, ContentHash, DocumentId, FeedEpoch, Sequence};
use crate::segment::Segment;
use crate::time::Timestamp;

/// Writes a response as a frame.
#[must_use]
pub fn encode_response(response: &Response) -> Vec<u8> {
    let mut columns = Columns::default();
    let entries = response.pages.iter().flat_map(|page| &page.entries);
    for entry in entries {
        if let Entry::Segment(segment) = entry {
            columns.push(segment);
        }
    }
    response.repairs.iter().for_each(|segment| columns.push(segment));
    let mut writer = Writer::new();
    writer.map(12).key(0);
    let ends = columns.write(&mut writer);
    writer.key(1).signed(response.server_time.millis());
    writer.key(2);
    write_receipts(&mut writer, &response.receipts);
    writer.key(3).array(response.fates.len());
    response.fates.iter().for_each(|fate| match fate {
        Some(receipt) => write_receipts(&mut writer, std::slice::from_ref(receipt)),
        None => {
            writer.null();
        }
    });
    writer.key(4).flag(response.list_wanted);
    writer.key(5);
    match &response.scope {
        None => {
            writer.null();
        }
        Some(scope) => {
            writer.array(scope.len());
            for area in scope {
                writer.array(3).text(area.area.as_str()).text(&area.name).number(area.right as u64);
            }
        }
    }
    writer.key(6).array(response.pages.len());
    response.pages.iter().for_each(|page| write_page(&mut writer, page));
    writer.key(7);
    write_reconciliations(&mut writer, &response.reconcile);
    writer.key(8).number(response.repairs.len() as u64);
    writer.key(9);
    write_catalogue(&mut writer, response.catalogue.as_deref());
    writer.key(10);
    match &response.token {
        Some(token) => writer.text(token),
        None => writer.null(),
    };
    writer.key(11).flag(response.more);
    pack_at(&writer.into_bytes(), &ends)
}

/// Reads a response's frame.
///
/// # Errors
/// [`DecodeError`].
pub fn decode_response(frame: &[u8]) -> Result<Response, DecodeError> {
    let message = unpack(frame)?;
    strict::check(&message)?;
    let mut response = Response {
        server_time: Timestamp::default(),
        receipts: Vec::new(),
        fates: Vec::new(),
        list_wanted: false,
        scope: None,
        pages: Vec::new(),
        reconcile: Vec::new(),
        repairs: Vec::new(),
        catalogue: None,
        token: None,
        more: false,
    };
    let mut segments = Vec::new().into_iter();
    let (mut repairs, mut seen) = (0_usize, 0_u32);
    Reader::new(&message).map(|key, reader| {
        match key {
            0 => segments = segments::read(reader)?.into_iter(),
            1 => response.server_time = Timestamp::from_millis(reader.signed()?),
            2 => response.receipts = read_receipts(reader)?,
            3 => response.fates = reader.list(read_fate)?,
            4 => response.list_wanted = reader.flag()?,
            5 => response.scope = if reader.is_null() { None } else { Some(reader.list(read_scope_area)?) },
            6 => response.pages = reader.list(|reader| read_page(reader, &mut segments))?,
            7 => response.reconcile = reader.list(read_reconciliation)?,
            8 => repairs = reader.small()?,
            9 => response.catalogue = if reader.is_null() { None } else { Some(reader.list(read_entry)?) },
            10 => response.token = if reader.is_null() { None } else { Some(reader.text()?.to_owned()) },
            11 => response.more = reader.flag()?,
            _ => return Ok(false),
        }
        seen |= 1 << key;
        Ok(true)
    })?;
    response.repairs = segments.collect();
    if seen != 0xfff || response.repairs.len() != repairs {
        return Err(DecodeError::Meaning("a response lacks a part"));
    }
    Ok(response)
}

/// Receipts as runs: `[kind, count, value]`.
fn write_receipts(writer: &mut Writer, receipts: &[Receipt]) {
    let mut runs: Vec<(usize, &Receipt)> = Vec::new();
    for receipt in receipts {
        match runs.last_mut() {
            Some((count, first)) if continues(first, *count as u64, receipt) => *count += 1,
            Some(_) | None => runs.push((1, receipt)),
        }
    }
    writer.array(runs.len());
    for (count, receipt) in runs {
        writer.array(3);
        match receipt {
            Receipt::Accepted(sequence) => writer.number(0).number(count as u64).number(sequence.get()),
            Receipt::Held(reason) => writer.number(1).number(count as u64).number(*reason as u64),
            Receipt::Wanted(hashes) => {
                let hashes: Vec<u8> = hashes.iter().flat_map(|hash| *hash.as_bytes()).collect();
                writer.number(2).number(count as u64).bytes(&hashes)
            }
            Receipt::Refused(unsound) => writer.number(3).number(count as u64).number(u64::from(unsound.rule.number())),
            Receipt::Discarded(sequence) => writer.number(4).number(count as u64).number(sequence.get()),
        };
    }
}

fn continues(first: &Receipt, count: u64, next: &Receipt) -> bool {
    match (first, next) {
        (Receipt::Accepted(from), Receipt::Accepted(sequence)) => from.get().checked_add(count) == Some(sequence.get()),
        (Receipt::Held(reason), Receipt::Held(next)) => reason == next,
        (Receipt::Refused(unsound), Receipt::Refused(next)) => unsound.rule == next.rule,
        (
            Receipt::Accepted(_) | Receipt::Held(_) | Receipt::Wanted(_) | Receipt::Refused(_) | Receipt::Discarded(_),
            _,
        ) => false,
    }
}

fn read_receipts(reader: &mut Reader<'_>) -> Result<Vec<Receipt>, DecodeError> {
    let mut receipts = Vec::new();
    for _ in 0..reader.array()? {
        reader.tuple(3)?;
        let (kind, count) = (reader.number()?, reader.small::<usize>()?);
        if count == 0 || receipts.len() + count > crate::limits::CBOR_ITEMS as usize {
            return Err(DecodeError::Meaning("a run of receipts that is empty or too long"));
        }
        let receipt = match kind {
            0 => Receipt::Accepted(Sequence::new(reader.number()?)),
            1 => Receipt::Held(held_reason(reader.small()?)?),
            2 => Receipt::Wanted(rows(reader.bytes()?)?.map(ChangeHash::from_bytes).collect()),
            3 => Receipt::Refused(refusal(reader.small()?)?),
            4 => Receipt::Discarded(Sequence::new(reader.number()?)),
            _ => return Err(DecodeError::Meaning("a receipt of a kind that is not known")),
        };
        for step in 0..count as u64 {
            receipts.push(match &receipt {
                Receipt::Accepted(from) => Receipt::Accepted(from.plus(step)),
                Receipt::Held(_) | Receipt::Wanted(_) | Receipt::Refused(_) | Receipt::Discarded(_) => receipt.clone(),
            });
        }
    }
    Ok(receipts)
}

fn read_fate(reader: &mut Reader<'_>) -> Result<Option<Receipt>, DecodeError> {
    if reader.is_null() {
        return Ok(None);
    }
    let mut receipts = read_receipts(reader)?;
    match (receipts.pop(), receipts.pop()) {
        (Some(receipt), None) => Ok(Some(receipt)),
        (Some(_) | None, _) => Err(DecodeError::Meaning("a fate that is not one receipt")),
    }
}

impl HeldReason {
    /// The reason of a number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::NoAssignment,
            2 => Self::ReadOnly,
            3 => Self::DeviceRevoked,
            4 => Self::UserDisabled,
            5 => Self::DependsOnHeld,
            6 => Self::IdTaken,
            7 => Self::Forked,
            8 => Self::UnknownArea,
            9 => Self::DocumentFull,
            10 => Self::DeviceUnknown,
            _ => return None,
        })
    }
}

fn held_reason(number: u8) -> Result<HeldReason, DecodeError> {
    HeldReason::from_number(number).ok_or(DecodeError::Meaning("a reason for holding that is not known"))
}

/// A refusal names its rule on the wire; the words are ours.
fn refusal(number: u8) -> Result<Unsound, DecodeError> {
    let rule = Rule::from_number(number).ok_or(DecodeError::Meaning("a rule of soundness that is not known"))?;
    Ok(Unsound { rule, detail: "refused by the server" })
}

fn read_scope_area(reader: &mut Reader<'_>) -> Result<ScopeArea, DecodeError> {
    reader.tuple(3)?;
    let (area, name) = (read_area(reader)?, reader.text()?.to_owned());
    let right = match reader.number()? {
        1 => Right::Read,
        2 => Right::Write,
        3 => Right::Review,
        _ => return Err(DecodeError::Meaning("a right that is not known")),
    };
    Ok(ScopeArea { area, name, right })
}

/// Entries as runs: `[0, count]` the next segments, `[1, from, count]` pushed ones, or one move or withdrawal.
fn write_page(writer: &mut Writer, page: &Page) {
    writer.array(5).text(page.area.as_str()).bytes(page.epoch.as_bytes()).number(page.after.get());
    let mut runs: Vec<(u64, &Entry)> = Vec::new();
    for entry in &page.entries {
        match (runs.last_mut(), entry) {
            (Some((count, Entry::Segment(_))), Entry::Segment(_)) => *count += 1,
            (Some((count, Entry::Pushed(from))), Entry::Pushed(index))
                if u64::from(*from) + *count == u64::from(*index) =>
            {
                *count += 1;
            }
            _ => runs.push((1, entry)),
        }
    }
    writer.array(runs.len());
    for (count, entry) in runs {
        match entry {
            Entry::Segment(_) => writer.array(2).number(0).number(count),
            Entry::Pushed(from) => writer.array(3).number(1).number(u64::from(*from)).number(count),
            Entry::MovedIn { document, number, from } => {
                writer.array(4).number(2).bytes(document.as_bytes()).number(u64::from(*number)).text(from.as_str())
            }
            Entry::MovedOut { document, number, to } => {
                writer.array(4).number(3).bytes(document.as_bytes()).number(u64::from(*number)).text(to.as_str())
            }
            Entry::Withdrawn { document } => writer.array(2).number(4).bytes(document.as_bytes()),
        };
    }
    match &page.digest {
        Some(digest) => {
            writer.array(3);
            write_digest(writer, digest);
        }
        None => {
            writer.null();
        }
    }
}

fn read_page(reader: &mut Reader<'_>, segments: &mut std::vec::IntoIter<Segment>) -> Result<Page, DecodeError> {
    reader.tuple(5)?;
    let area = read_area(reader)?;
    let epoch = FeedEpoch::from_bytes(reader.fixed()?);
    let after = Sequence::new(reader.number()?);
    let mut entries = Vec::new();
    for _ in 0..reader.array()? {
        read_run(reader, segments, &mut entries)?;
        if entries.len() > crate::limits::CBOR_ITEMS as usize {
            return Err(DecodeError::Meaning("a page with too many entries"));
        }
    }
    let digest = if reader.is_null() {
        None
    } else {
        reader.tuple(3)?;
        Some(read_digest(reader)?)
    };
    Ok(Page { area, epoch, after, entries, digest })
}

fn read_run(
    reader: &mut Reader<'_>,
    segments: &mut std::vec::IntoIter<Segment>,
    entries: &mut Vec<Entry>,
) -> Result<(), DecodeError> {
    let length = reader.array()?;
    let kind = reader.number()?;
    match (kind, length) {
        (0, 2) => {
            let count: usize = reader.small()?;
            if count > segments.len() {
                return Err(DecodeError::Meaning("a page names more segments than came"));
            }
            entries.extend(segments.by_ref().take(count).map(Entry::Segment));
        }
        (1, 3) => {
            let (from, count): (u32, u32) = (reader.small()?, reader.small()?);
            let end = from.checked_add(count).filter(|_| u64::from(count) <= crate::limits::CBOR_ITEMS);
            let end = end.ok_or(DecodeError::Meaning("a run of pushed segments that is too long"))?;
            entries.extend((from..end).map(Entry::Pushed));
        }
        (2, 4) => {
            let document = DocumentId::from_bytes(reader.fixed()?);
            entries.push(Entry::MovedIn { document, number: reader.small()?, from: read_area(reader)? });
        }
        (3, 4) => {
            let document = DocumentId::from_bytes(reader.fixed()?);
            entries.push(Entry::MovedOut { document, number: reader.small()?, to: read_area(reader)? });
        }
        (4, 2) => entries.push(Entry::Withdrawn { document: DocumentId::from_bytes(reader.fixed()?) }),
        _ => return Err(DecodeError::Meaning("an entry of a kind that is not known")),
    }
    Ok(())
}

fn write_catalogue(writer: &mut Writer, catalogue: Option<&[CatalogueEntry]>) {
    let Some(entries) = catalogue else {
        writer.null();
        return;
    };
    writer.array(entries.len());
    for entry in entries {
        writer.array(6).number(entry.kind as u64).text(&entry.name).text(&entry.version);
        writer.bytes(entry.hash.as_bytes()).number(entry.size).flag(entry.retired);
    }
}

fn read_entry(reader: &mut Reader<'_>) -> Result<CatalogueEntry, DecodeError> {
    reader.tuple(6)?;
    let kind = match reader.number()? {
        1 => ContentKind::Form,
        2 => ContentKind::List,
        3 => ContentKind::Areas,
        4 => ContentKind::People,
        _ => return Err(DecodeError::Meaning("content of a kind that is not known")),
    };
    Ok(CatalogueEntry {
        kind,
        name: reader.text()?.to_owned(),
        version: reader.text()?.to_owned(),
        hash: ContentHash::from_bytes(reader.fixed()?),
        size: reader.number()?,
        retired: reader.flag()?,
    })
}
