//! Carrying records without a network: segments out to a bundle, and in from one that somebody else made.
//!
//! What comes in is trusted by its signatures alone, and proven sound here as a server would (R2). It goes into the outbox as
//! well: if its maker's phone falls into the river, this one brings it to the server (R8).

use diesel::prelude::*;

use super::Store;
use super::documents::{self, Writing};
use super::error::StoreError;
use super::ledger::Ledger;
use super::outbox;
use super::records::standing;
use super::rows::Fate;
use super::schema::{quarantine, segments};
use super::sync::history_of;
use crate::change::{Rule, Unsound, check};
use crate::document::Document;
use crate::exchange::{decode_bundle, encode_bundle};
use crate::id::{ActorPrefix, DocumentId, SegmentId};
use crate::identity::{PublicKey, Verifier};
use crate::people::People;
use crate::record::Record;
use crate::segment::Segment;
use crate::time::Timestamp;

/// What a bundle brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// Segments that are in their records now.
    pub taken: usize,
    /// Segments that were here already.
    pub known: usize,
    /// Segments that are carried to the server but not in a record here: their signer, or what they build on, is not known.
    pub carried: usize,
    /// Segments that are not sound, with the rule that each breaks. Nothing of them was kept.
    pub refused: Vec<(SegmentId, Unsound)>,
    /// Segments during whose trial the app died before; they are kept apart and not tried again.
    pub quarantined: usize,
    /// The bundle was cut short or damaged; what came before that is in.
    pub incomplete: bool,
}

impl Store {
    /// Writes everything that the server does not have, with the histories it belongs to, as a bundle.
    ///
    /// # Errors
    /// [`StoreError`] of the disk.
    pub fn export_waiting(&mut self, now: Timestamp) -> Result<Vec<u8>, StoreError> {
        let ids: Vec<Vec<u8>> = segments::table
            .filter(segments::fate.lt(Fate::Accepted.code()))
            .select(segments::document)
            .distinct()
            .load(&mut self.connection)?;
        let documents = ids.iter().map(|id| DocumentId::from_slice(id)).collect::<Result<Vec<_>, _>>()?;
        self.export(&documents, now)
    }

    /// Writes whole records as a bundle.
    ///
    /// # Errors
    /// [`StoreError`] of the disk.
    pub fn export(&mut self, records: &[DocumentId], now: Timestamp) -> Result<Vec<u8>, StoreError> {
        let programme = self.identity()?.programme;
        let mut exported = Vec::new();
        self.connection.immediate_transaction::<_, StoreError, _>(|connection| {
            for record in records {
                exported.extend(history_of(connection, *record, programme, now)?);
                // Its bytes leave: from now on it is never sealed anew.
                diesel::update(segments::table)
                    .filter(segments::document.eq(record.as_bytes().as_slice()))
                    .filter(segments::fate.eq(Fate::Unsent.code()))
                    .set(segments::fate.eq(Fate::Sent.code()))
                    .execute(connection)?;
            }
            Ok(())
        })?;
        Ok(encode_bundle(&exported))
    }

    /// Takes in a bundle, segment by segment, each durable before the next is tried.
    ///
    /// # Errors
    /// [`StoreError`] of the disk. What was taken before stays.
    pub fn import(&mut self, bundle: &[u8], now: Timestamp) -> Result<Imported, StoreError> {
        let people = self.people()?;
        let programme = self.identity()?.programme;
        let mut imported = Imported::default();
        for frame in decode_bundle(bundle) {
            let Ok(segments) = frame else {
                imported.incomplete = true;
                break;
            };
            for segment in &segments {
                if segment.header.programme == programme {
                    self.import_segment(segment, &people, now, &mut imported)?;
                } else {
                    let foreign = Unsound { rule: Rule::Segment, detail: "made for another programme" };
                    imported.refused.push((segment.id(), foreign));
                }
            }
        }
        Ok(imported)
    }

    fn import_segment(
        &mut self,
        segment: &Segment,
        people: &People,
        now: Timestamp,
        imported: &mut Imported,
    ) -> Result<(), StoreError> {
        let id = segment.id();
        if self.has_segment(id)? {
            imported.known += 1;
            return Ok(());
        }
        if self.is_quarantined(id)? {
            imported.quarantined += 1;
            return Ok(());
        }
        let Some((verifier, prefix)) = signer_of(segment, people) else {
            imported.carried += 1;
            return self.carry(segment, now);
        };
        if let Err(unsound) = segment.verify(&verifier) {
            imported.refused.push((id, unsound));
            return Ok(());
        }
        self.try_segment(segment, prefix, now, imported)
    }

    /// Tries a segment on its document. That it is being tried is written down first: a process that dies of it must not try
    /// it again at every start.
    fn try_segment(
        &mut self,
        segment: &Segment,
        prefix: ActorPrefix,
        now: Timestamp,
        imported: &mut Imported,
    ) -> Result<(), StoreError> {
        let id = segment.id();
        let trying = (
            quarantine::id.eq(id.as_bytes().as_slice()),
            quarantine::bytes.eq(encode_bundle(std::slice::from_ref(segment))),
            quarantine::tried_at.eq(now.millis()),
            quarantine::trying.eq(true),
        );
        diesel::insert_into(quarantine::table).values(trying).execute(&mut self.connection)?;
        let tried = self.tried(segment, prefix, now)?;
        diesel::delete(quarantine::table.find(id.as_bytes().as_slice())).execute(&mut self.connection)?;
        match tried {
            Ok(document) => {
                imported.taken += 1;
                self.keep_tried(segment, &document, now)
            }
            Err(Unsound { rule: Rule::Dependencies, .. }) => {
                imported.carried += 1;
                self.carry(segment, now)
            }
            Err(unsound) => {
                imported.refused.push((id, unsound));
                Ok(())
            }
        }
    }

    fn tried(
        &mut self,
        segment: &Segment,
        prefix: ActorPrefix,
        now: Timestamp,
    ) -> Result<Result<Document, Unsound>, StoreError> {
        let found = documents::find(&mut self.connection, segment.header.document)?;
        let standing = found.map(|found| documents::open(&mut self.connection, &found, now)).transpose()?;
        Ok(segment.open().and_then(|changes| {
            let (mut document, rest) = match (standing, changes.split_first()) {
                (Some(document), _) => (document, changes.as_slice()),
                (None, Some((root, rest))) if root.is_root() => {
                    check(root, prefix, &crate::change::History::default())?;
                    (Document::begin(root)?, rest)
                }
                (None, _) => return Err(Unsound { rule: Rule::Dependencies, detail: "its record is not here" }),
            };
            document.take_in(rest, prefix)?;
            Ok(document)
        }))
    }

    fn keep_tried(&mut self, segment: &Segment, document: &Document, now: Timestamp) -> Result<(), StoreError> {
        let id = segment.header.document;
        let found = documents::find(&mut self.connection, id)?;
        let record = Record::read(document).ok();
        let summary = record.map(|record| self.forms.summary_of(&mut self.connection, &record));
        let area = match &found {
            Some(found) => found.row.area()?,
            None => segment.header.area.clone(),
        };
        self.connection.immediate_transaction::<_, StoreError, _>(|connection| {
            outbox::keep(connection, segment, Fate::Unsent, None, now)?;
            let agreed = document.history().heads_without(&outbox::not_agreed(connection, id)?);
            let writing = match &found {
                Some(found) => standing(found, document, &area, &agreed, summary)?,
                None => Writing {
                    id,
                    kind: segment.header.kind,
                    area: &area,
                    move_number: 0,
                    bytes: document.bytes(),
                    heads: document.heads(),
                    agreed: &agreed,
                    traits: document.traits(),
                    kept: 0,
                    summary,
                },
            };
            let mut ledger = Ledger::default();
            documents::write(connection, &mut ledger, found.as_ref(), writing, now)?;
            ledger.write(connection)
        })
    }

    fn carry(&mut self, segment: &Segment, now: Timestamp) -> Result<(), StoreError> {
        outbox::keep(&mut self.connection, segment, Fate::Unsent, None, now)
    }

    fn has_segment(&mut self, id: SegmentId) -> Result<bool, StoreError> {
        let here = segments::table.filter(segments::id.eq(id.as_bytes().as_slice()));
        Ok(diesel::select(diesel::dsl::exists(here)).get_result(&mut self.connection)?)
    }

    fn is_quarantined(&mut self, id: SegmentId) -> Result<bool, StoreError> {
        let here = quarantine::table.find(id.as_bytes().as_slice());
        Ok(diesel::select(diesel::dsl::exists(here)).get_result(&mut self.connection)?)
    }
}

/// The key of the device that a segment names, and what its actors start with (R7), if it is known here and is that user's.
fn signer_of(segment: &Segment, people: &People) -> Option<(Verifier, ActorPrefix)> {
    let device = people.devices.get(&segment.header.device).filter(|device| device.user == segment.header.user)?;
    let key = PublicKey::parse(&device.public_key).ok()?;
    Some((key.verifier().ok()?, key.actor_prefix()))
}
