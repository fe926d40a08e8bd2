//! Many segments in columns. Signatures, document ids and foreign dependencies come first, because nothing compresses them;
//! what repeats (programme, areas, devices, actors) stands once in a table; changes travel without what can be computed
//! again: chunk header, checksum, actor, the hash of the last change, and dependencies that are in the same frame.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::cbor::{Column, Reader, Writer};
use super::error::DecodeError;
use crate::area::AreaCode;
use crate::change::change_hash;
use crate::change::leb128::Cursor;
use crate::id::{ActorId, ChangeHash, DeviceId, DocumentId, DocumentKind, ProgrammeId, UserId};
use crate::identity::Signature;
use crate::limits;
use crate::segment::{Chunks, Segment, SegmentHeader};

const CHUNK_HEAD: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Number of changes of a segment that travels as it is, because its changes are not what the columns can give back.
const VERBATIM: u64 = 0;

/// Columns of segments, being filled.
#[derive(Default)]
pub(super) struct Columns {
    signatures: Vec<u8>,
    documents: Vec<u8>,
    foreign: Vec<u8>,
    programmes: Table<[u8; 16]>,
    areas: Table<String>,
    devices: Table<[u8; 32]>,
    actors: Table<[u8; 16]>,
    kinds: Column,
    programme_of: Column,
    area_of: Column,
    device_of: Column,
    actor_of: Column,
    firsts: Column,
    counts: Column,
    lengths: Column,
    dependency_counts: Column,
    dependencies: Column,
    bodies: Vec<u8>,
    places: HashMap<ChangeHash, u64>,
    changes: u64,
}

struct Table<T> {
    places: HashMap<T, u64>,
    items: Vec<T>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { places: HashMap::new(), items: Vec::new() }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Table<T> {
    fn place(&mut self, item: &T) -> u64 {
        if let Some(place) = self.places.get(item) {
            return *place;
        }
        let place = self.items.len() as u64;
        self.items.push(item.clone());
        self.places.insert(item.clone(), place);
        place
    }
}

impl Columns {
    pub(super) fn push(&mut self, segment: &Segment) {
        let header = &segment.header;
        self.signatures.extend_from_slice(segment.signature.as_bytes());
        self.documents.extend_from_slice(header.document.as_bytes());
        self.kinds.push(u64::from(header.kind.code()));
        let programme = self.programmes.place(header.programme.as_bytes());
        self.programme_of.push(programme);
        let area = self.areas.place(&header.area.as_str().to_owned());
        self.area_of.push(area);
        let mut device = [0; 32];
        device[..16].copy_from_slice(header.device.as_bytes());
        device[16..].copy_from_slice(header.user.as_bytes());
        let device = self.devices.place(&device);
        self.device_of.push(device);
        let actor = self.actors.place(header.actor.as_bytes());
        self.actor_of.push(actor);
        self.firsts.push(header.first);
        match Bare::of_segment(segment) {
            Some(changes) => {
                self.counts.push(changes.len() as u64);
                for change in &changes {
                    self.push_change(change);
                }
            }
            None => {
                self.counts.push(VERBATIM);
                self.lengths.push(segment.changes.len() as u64);
                self.lengths.push(header.last);
                self.bodies.extend_from_slice(header.last_change.as_bytes());
                self.bodies.extend_from_slice(&segment.changes);
            }
        }
    }

    fn push_change(&mut self, change: &Bare<'_>) {
        self.dependency_counts.push(change.dependencies.len() as u64);
        for dependency in &change.dependencies {
            match self.places.get(dependency) {
                Some(place) => self.dependencies.push(self.changes - place),
                None => {
                    self.dependencies.push(0);
                    self.foreign.extend_from_slice(dependency.as_bytes());
                }
            }
        }
        self.lengths.push(change.body.len() as u64);
        self.bodies.extend_from_slice(change.body);
        self.places.insert(change.hash, self.changes);
        self.changes += 1;
    }

    /// Writes the columns; gives the places after which a compressed block should end.
    pub(super) fn write(&self, writer: &mut Writer) -> Vec<usize> {
        writer.map(17);
        writer.key(0).bytes(&self.signatures);
        writer.key(1).bytes(&self.documents);
        writer.key(2).bytes(&self.foreign);
        let incompressible = writer.len();
        writer.key(3).bytes(&self.programmes.items.concat());
        writer.key(4).array(self.areas.items.len());
        self.areas.items.iter().for_each(|area| {
            writer.text(area);
        });
        writer.key(5).bytes(&self.devices.items.concat());
        writer.key(6).bytes(&self.actors.items.concat());
        let columns = [
            &self.kinds,
            &self.programme_of,
            &self.area_of,
            &self.device_of,
            &self.actor_of,
            &self.firsts,
            &self.counts,
            &self.lengths,
            &self.dependency_counts,
        ];
        for (key, column) in (7..).zip(columns) {
            writer.key(key).bytes(&column.0);
        }
        writer.key(16).bytes(&[self.dependencies.0.as_slice(), &self.bodies].concat_prefixed());
        vec![incompressible]
    }
}

trait ConcatPrefixed {
    fn concat_prefixed(&self) -> Vec<u8>;
}

/// The last two columns share a byte string: the length of the first, the first, the second.
impl ConcatPrefixed for [&[u8]; 2] {
    fn concat_prefixed(&self) -> Vec<u8> {
        let mut length = Column::default();
        length.push(self[0].len() as u64);
        [length.0.as_slice(), self[0], self[1]].concat()
    }
}

/// A change without what its segment and its hash give back.
struct Bare<'a> {
    hash: ChangeHash,
    dependencies: Vec<ChangeHash>,
    /// The chunk's body from behind the actor.
    body: &'a [u8],
}

impl<'a> Bare<'a> {
    /// The changes of a segment, if the columns give back exactly them and its header.
    fn of_segment(segment: &'a Segment) -> Option<Vec<Self>> {
        let mut bare = Vec::new();
        for chunk in Chunks::new(&segment.changes) {
            bare.push(Self::of_chunk(chunk.ok()?, segment.header.actor)?);
        }
        let steps = segment.header.last.checked_sub(segment.header.first)?;
        let fits = bare.len() as u64 == steps.checked_add(1)? && bare.len() <= limits::SEGMENT_CHANGES;
        (fits && bare.last()?.hash == segment.header.last_change).then_some(bare)
    }

    fn of_chunk(chunk: &'a [u8], actor: ActorId) -> Option<Self> {
        let hash = change_hash(chunk).ok()?;
        let mut cursor = Cursor::new(chunk);
        cursor.take(9).ok()?;
        cursor.length().ok()?;
        let count = cursor.length().ok()?;
        let dependencies: Vec<ChangeHash> = (0..count)
            .map(|_| cursor.take(32).ok().and_then(|hash| ChangeHash::from_slice(hash).ok()))
            .collect::<Option<_>>()?;
        if cursor.prefixed().ok()? != actor.as_bytes() {
            return None;
        }
        let bare = Self { hash, dependencies, body: cursor.rest() };
        let mut again = Vec::with_capacity(chunk.len());
        let same_hash = bare.write_chunk(actor, &mut again) == hash;
        (same_hash && again == chunk).then_some(bare)
    }

    /// Puts the chunk together again.
    fn write_chunk(&self, actor: ActorId, chunks: &mut Vec<u8>) -> ChangeHash {
        let mut counted = Column::default();
        counted.push(self.dependencies.len() as u64);
        let length = counted.0.len() + 32 * self.dependencies.len() + 17 + self.body.len();
        let start = chunks.len();
        chunks.extend_from_slice(&CHUNK_HEAD);
        chunks.extend_from_slice(&[0; 4]);
        chunks.push(1);
        let mut prefix = Column::default();
        prefix.push(length as u64);
        chunks.extend_from_slice(&prefix.0);
        chunks.extend_from_slice(&counted.0);
        self.dependencies.iter().for_each(|hash| chunks.extend_from_slice(hash.as_bytes()));
        chunks.push(16);
        chunks.extend_from_slice(actor.as_bytes());
        chunks.extend_from_slice(self.body);
        let hash: [u8; 32] = Sha256::digest(&chunks[start + 8..]).into();
        chunks[start + 4..start + 8].copy_from_slice(&hash[..4]);
        ChangeHash::from_bytes(hash)
    }
}

/// Columns as they were received.
#[derive(Default)]
struct Received<'b> {
    signatures: &'b [u8],
    documents: &'b [u8],
    foreign: Cursor<'b>,
    programmes: &'b [u8],
    areas: Vec<AreaCode>,
    devices: &'b [u8],
    actors: &'b [u8],
    columns: [Cursor<'b>; 9],
    tail: &'b [u8],
}

const CUT: DecodeError = DecodeError::Meaning("a column of the segments is cut short");

/// Reads columns written by [`Columns::write`].
pub(super) fn read(reader: &mut Reader<'_>) -> Result<Vec<Segment>, DecodeError> {
    let mut received = Received::default();
    reader.map(|key, reader| {
        match key {
            0 => received.signatures = reader.bytes()?,
            1 => received.documents = reader.bytes()?,
            2 => received.foreign = Cursor::new(reader.bytes()?),
            3 => received.programmes = reader.bytes()?,
            4 => {
                received.areas = reader.list(|reader| {
                    AreaCode::parse(reader.text()?).map_err(|_| DecodeError::Meaning("an area code that is none"))
                })?;
            }
            5 => received.devices = reader.bytes()?,
            6 => received.actors = reader.bytes()?,
            7..=15 => received.columns[(key - 7) as usize] = Cursor::new(reader.bytes()?),
            16 => received.tail = reader.bytes()?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    received.segments()
}

fn row<const N: usize>(table: &[u8], place: u64) -> Result<[u8; N], DecodeError> {
    let rows = table.chunks_exact(N);
    let place = usize::try_from(place).map_err(|_| CUT)?;
    let bytes = rows.into_iter().nth(place).ok_or(DecodeError::Meaning("a place that is not in its table"))?;
    bytes.try_into().map_err(|_| CUT)
}

impl Received<'_> {
    fn segments(mut self) -> Result<Vec<Segment>, DecodeError> {
        let count = self.signatures.len() / 64;
        let whole = self.signatures.len().is_multiple_of(64) && self.documents.len() == 16 * count;
        if !whole || count as u64 > limits::CBOR_ITEMS {
            return Err(DecodeError::Meaning("signatures and documents do not pair"));
        }
        let mut tail = Cursor::new(self.tail);
        let mut dependencies = Cursor::new(tail.prefixed().map_err(|_| CUT)?);
        let mut bodies = tail;
        let mut hashes: Vec<ChangeHash> = Vec::new();
        let mut segments = Vec::with_capacity(count);
        for index in 0..count {
            let mut numbers = [0; 7];
            for (number, column) in numbers.iter_mut().zip(&mut self.columns) {
                *number = column.unsigned().map_err(|_| CUT)?;
            }
            let [kind, programme, area, device, actor, first, changes] = numbers;
            let device: [u8; 32] = row(self.devices, device)?;
            let area = usize::try_from(area).ok().and_then(|place| self.areas.get(place));
            let mut header = SegmentHeader {
                programme: ProgrammeId::from_bytes(row(self.programmes, programme)?),
                kind: u8::try_from(kind)
                    .ok()
                    .and_then(|kind| DocumentKind::from_code(kind).ok())
                    .ok_or(DecodeError::Meaning("a document kind that is not known"))?,
                document: DocumentId::from_bytes(row(self.documents, index as u64)?),
                area: area.ok_or(DecodeError::Meaning("a place that is not in its table"))?.clone(),
                device: DeviceId::from_slice(&device[..16]).map_err(|_| CUT)?,
                user: UserId::from_slice(&device[16..]).map_err(|_| CUT)?,
                actor: ActorId::from_bytes(row(self.actors, actor)?),
                first,
                last: first,
                last_change: ChangeHash::from_bytes([0; 32]),
            };
            let signature = Signature::from_bytes(row(self.signatures, index as u64)?);
            let changes = if changes == VERBATIM {
                self.verbatim(&mut header, &mut bodies)?
            } else {
                self.changes(changes, &mut header, &mut bodies, &mut dependencies, &mut hashes)?
            };
            segments.push(Segment { header, signature, changes });
        }
        let empty = self.columns.iter().all(Cursor::is_empty) && self.foreign.is_empty();
        if empty && bodies.is_empty() && dependencies.is_empty() {
            Ok(segments)
        } else {
            Err(DecodeError::Meaning("a column of the segments is too long"))
        }
    }

    fn verbatim(&mut self, header: &mut SegmentHeader, bodies: &mut Cursor<'_>) -> Result<Vec<u8>, DecodeError> {
        let length = self.columns[7].length().map_err(|_| CUT)?;
        header.last = self.columns[7].unsigned().map_err(|_| CUT)?;
        header.last_change = ChangeHash::from_slice(bodies.take(32).map_err(|_| CUT)?).map_err(|_| CUT)?;
        Ok(bodies.take(length).map_err(|_| CUT)?.to_vec())
    }

    fn changes(
        &mut self,
        count: u64,
        header: &mut SegmentHeader,
        bodies: &mut Cursor<'_>,
        dependencies: &mut Cursor<'_>,
        hashes: &mut Vec<ChangeHash>,
    ) -> Result<Vec<u8>, DecodeError> {
        if count > limits::SEGMENT_CHANGES as u64 {
            return Err(DecodeError::Meaning("a segment of more than 64 changes"));
        }
        let mut chunks = Vec::new();
        for _ in 0..count {
            let length = self.columns[7].length().map_err(|_| CUT)?;
            let dependency_count = self.columns[8].length().map_err(|_| CUT)?;
            if dependency_count > dependencies.rest().len() {
                return Err(CUT);
            }
            let mut named = Vec::with_capacity(dependency_count);
            for _ in 0..dependency_count {
                let back = dependencies.length().map_err(|_| CUT)?;
                named.push(if back == 0 {
                    let hash = self.foreign.take(32).map_err(|_| CUT)?;
                    ChangeHash::from_slice(hash).map_err(|_| CUT)?
                } else {
                    let place = hashes.len().checked_sub(back);
                    *place
                        .and_then(|place| hashes.get(place))
                        .ok_or(DecodeError::Meaning("a dependency before the first"))?
                });
            }
            let bare = Bare {
                hash: ChangeHash::from_bytes([0; 32]),
                dependencies: named,
                body: bodies.take(length).map_err(|_| CUT)?,
            };
            header.last_change = bare.write_chunk(header.actor, &mut chunks);
            hashes.push(header.last_change);
        }
        header.last =
            header.first.checked_add(count - 1).ok_or(DecodeError::Meaning("a run beyond the last number"))?;
        Ok(chunks)
    }
}
