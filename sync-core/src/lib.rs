//! The core of Rukun: what a record is, how two of them merge, who may be believed, and what two machines say to each other.
//! The server links it; phones get it through `mobile-bindings`. A rule that lives here exists once.
//!
//! # The flow
//!
//! A person saves. [`record::save`] makes one [change] of the edits, at the heads that the person was shown, so
//! that what arrived meanwhile becomes a rival and not a victim. The [store] writes the document, seals the change in a
//! [segment] with the device's key and indexes the words to find it by, all in one transaction.
//!
//! Some day there is a network. [`store::SyncRun`] hands out HTTP calls and takes the answers. An [exchange] pushes segments
//! and brings those of others in the server's order; a phone believes the server, the server believes signatures, and
//! nobody believes a change before it is proven [sound](change::check). Merging needs no decision. Two different answers
//! to one question, neither of whose authors had seen the other, are a conflict: both stay, [`record::Record`] shows both
//! with who wrote what, and an ordinary answer settles it.
//!
//! In the end the [digest] says, from the documents themselves, whether phone and server agree.
//!
//! # What it does not do
//!
//! No network, no clock, no randomness of its own: time and entropy are passed in, so that fifty phones, their crashes and
//! their wrong clocks replay from one seed. The only I/O is the store's, and the server leaves that feature out.
//!
//! # Example
//!
//! Two phones answer the same question without having seen each other:
//!
//! ```
//! use sync_core::area::AreaCode;
//! use sync_core::change::RawChange;
//! use sync_core::document::Document;
//! use sync_core::form::{FormId, FormVersion, QuestionPath};
//! use sync_core::id::{ActorId, ActorPrefix, SubjectId};
//! use sync_core::record::{Actors, Answer, Edit, NewRecord, QuestionKey, Record, RecordState, create, save};
//! use sync_core::time::Timestamp;
//!
//! let (anna, budi) = (ActorPrefix::from_bytes([1; 8]), ActorPrefix::from_bytes([2; 8]));
//! let mut entropy = |bytes: &mut [u8]| bytes.fill(9);
//! let now = Timestamp::from_millis(1_763_900_000_000);
//! let source = QuestionKey::of(QuestionPath::parse("water/source")?);
//! let new = NewRecord {
//!     form: FormId::new("household"),
//!     version: FormVersion::new("1"),
//!     area: AreaCode::parse("35.12.06.2004")?,
//!     subject: SubjectId::from_bytes([7; 16]),
//!     state: RecordState::Draft,
//!     answers: Vec::new(),
//!     long_texts: Vec::new(),
//! };
//! let created = create(&new, ActorId::generate(anna, &mut entropy), now)?;
//! let mut hers = Document::begin(&RawChange::read(&created.change)?)?;
//! let mut his = hers.clone();
//! let shown = hers.heads().to_vec();
//! let mut answer = |document: &mut Document, prefix, value: &str| {
//!     let current = ActorId::generate(prefix, &mut entropy);
//!     let edit = Edit::Answer { key: source.clone(), value: Answer::text(value) };
//!     save(document, &[edit], &shown, &mut Actors { current, prefix, entropy: &mut entropy }, now)
//! };
//! answer(&mut hers, anna, "piped")?;
//! let saved = answer(&mut his, budi, "well")?.expect("a new answer is a change");
//!
//! hers.take_in(&[RawChange::read(&saved.change)?], budi)?;
//! let record = Record::read(&hers)?;
//! assert_eq!(record.answers[&source].conflict.len(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[doc(inline)]
pub use rukun_form as form;

pub mod area;
pub mod change;
pub mod digest;
pub mod document;
pub mod enrolment;
pub mod entropy;
pub mod exchange;
pub mod filling;
mod hexadecimal;
pub mod id;
pub mod identity;
pub mod limits;
pub mod people;
pub mod record;
pub mod segment;
#[cfg(feature = "store")]
pub mod store;
pub mod time;
