//! Rukun for Kotlin, Swift and Python: `sync_core::store` as an app on a phone sees it, and nothing more. No rule lives here.
//!
//! An app opens a [`Store`] in a folder of its own and enrols it once with the text of the QR code that a supervisor shows
//! ([`Store::enrol`]). From then on it works without a network: it lists forms and feeds ([`Store::forms`],
//! [`Store::standing`]), finds records ([`Store::records`]), makes, opens and saves them ([`Store::create_record`],
//! [`Store::open_record`], [`Store::save_record`]). A save is durable and signed when it returns. When there is a network,
//! [`Store::sync`] sends and fetches, with progress, and may be cancelled or cut at any byte.
//!
//! A screen that asks the questions of a form is made of a [`FormSession`] ([`Store::begin_form`], [`Store::open_form`]): it gives
//! the pages with what is asked, in a language, with choices, conflicts and findings, takes answers, and says what changed.
//!
//! What two people answered differently without having seen each other's answer is a conflict: [`OpenRecord`] shows every
//! value with who wrote it and when, and saving any answer to the question settles it. A save carries back the heads that
//! the open record came with, so that nothing that arrived meanwhile is overwritten unseen (R5).
//!
//! Calls that only touch the store return at once (a save takes some milliseconds) but wait for each other: apps make them
//! off the thread that draws. What reaches the network is async; its work is done on threads of this library.
//!
//! Every failure is a [`RukunError`]; each variant says what an app does about it.

mod clock;
mod error;
mod form;
mod network;
mod people;
mod record;
mod session;
mod store;

pub use error::{RukunError, StorageTrouble};
pub use form::{Choice, Form, FormLine, Question, QuestionType};
pub use network::{
    Cancellation, HttpClient, HttpError, HttpHeader, HttpRequest, HttpResponse, SyncObserver, SyncProgress, Ticket,
    read_ticket,
};
pub use people::Moment;
pub use record::{
    Answer, Answered, Candidate, Comment, Edit, FileAnswer, Instance, OpenRecord, Presence, RecordState, Step,
    choices_answer, file_of, geopoint_answer, key_inside,
};
pub use session::{
    Changes, Finding, FindingKind, FormSession, NewFormSession, Offered, Page, Progress, SaveOutcome, Seen, SeenKind,
    SetAside,
};
pub use store::{
    Checked, Fate, Feed, HeldReason, Identity, Imported, KeyStore, KeyStoreError, NewRecord, OpenFinding, RecordFilter,
    RecordHeads, RecordLine, Right, Standing, Store, Waiting,
};

uniffi::setup_scaffolding!("rukun");
