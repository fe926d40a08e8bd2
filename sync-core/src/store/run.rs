//! One whole sync as a run of HTTP calls: a new token if the old one has run out, exchanges until both sides are done, the
//! contents that the catalogue names. It makes the calls and takes their answers; whoever runs it brings the network.
//!
//! ```text
//! let mut run = SyncRun::new();
//! while let Some(call) = run.next(&mut store, now)? {
//!     let answer = /* send it to the server's address */;
//!     run.take(&mut store, answer.status, &answer.body, now)?;
//! }
//! ```
//!
//! Stopping between any two lines loses nothing. A call without an answer is simply asked again by the next `next`.

mod call;
mod error;

pub use call::{Call, Method};
pub use error::RunError;
pub(super) use error::refusal_of;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::Store;
use super::sync::{Progress, Sync};
use crate::enrolment::{NonceRequest, NonceResponse, TokenRequest, TokenResponse};
use crate::exchange::DecodeError;
use crate::id::ContentHash;
use crate::time::Timestamp;

/// Contents up to this size are fetched before more of the feeds is asked for, so that records find their form; larger ones
/// must not keep records waiting on a slow line (R25).
const SMALL_CONTENT: u64 = 128 * 1024;
/// Bytes of a content asked for in one call: what a cut costs at most.
const PIECE: u64 = 64 * 1024;
/// How often a content may turn out to be something else than its hash says before this run leaves it.
const CONTENT_TRIES: u8 = 2;
/// How often the server may find a request too large, each half as large as the one before.
const TOO_LARGE_TRIES: u8 = 8;

/// One run of calls.
pub struct SyncRun {
    exchanges: Sync,
    asked: Option<Asked>,
    token: TokenState,
    /// The server does not know this device, and is shown its papers.
    unknown: bool,
    failures: BTreeMap<ContentHash, u8>,
    too_large: u8,
    exchanged: bool,
    progress: RunProgress,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunProgress {
    /// Records: what came and went.
    pub records: Progress,
    /// Forms, lists and other contents still to fetch, as far as known.
    pub contents_left: usize,
    /// Nothing is left to do.
    pub done: bool,
}

/// What the last call asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Nonce,
    Token,
    Exchange,
    Content(ContentHash, u64),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum TokenState {
    /// Look at the one in the store.
    Unknown,
    /// The server did not take it, or it must have run out.
    Wanted,
    /// A nonce came; it wants a signature.
    Nonce(String),
    /// Just renewed: if the server does not take this one either, it will take none.
    Fresh,
}

impl Default for SyncRun {
    fn default() -> Self {
        Self::new()
    }
}

impl SyncRun {
    /// Begins.
    #[must_use]
    pub fn new() -> Self {
        Self {
            exchanges: Sync::new(),
            asked: None,
            token: TokenState::Unknown,
            unknown: false,
            failures: BTreeMap::new(),
            too_large: 0,
            exchanged: false,
            progress: RunProgress::default(),
        }
    }

    /// The next call to make; `None` when the run is over.
    ///
    /// # Errors
    /// [`RunError::Store`]; [`StoreError::NotEnrolled`](super::StoreError::NotEnrolled) among them.
    pub fn next(&mut self, store: &mut Store, now: Timestamp) -> Result<Option<Call>, RunError> {
        let identity = store.identity()?;
        if self.token == TokenState::Unknown && store.token_has_run_out(now)? {
            self.token = TokenState::Wanted;
        }
        let call = match &self.token {
            TokenState::Wanted => {
                self.asked = Some(Asked::Nonce);
                return Ok(Some(Call::post_json("/sync/v1/nonce", &NonceRequest { device: identity.device })));
            }
            TokenState::Nonce(nonce) => {
                let signature = store.sign_renewal(nonce.as_bytes())?.to_string();
                self.asked = Some(Asked::Token);
                let papers = if self.unknown { store.papers()? } else { None };
                let request = TokenRequest { device: identity.device, nonce: nonce.clone(), signature, papers };
                return Ok(Some(Call::post_json("/sync/v1/token", &request)));
            }
            TokenState::Unknown | TokenState::Fresh => self.next_of_work(store, now)?,
        };
        Ok(call.map(|call| call.with_token(identity.token.as_deref().unwrap_or_default())))
    }

    fn next_of_work(&mut self, store: &mut Store, now: Timestamp) -> Result<Option<Call>, RunError> {
        // The first exchange brings the catalogue and takes what was typed; forms come between it and the rest.
        if self.exchanged && self.progress.records.to_send == 0 {
            let small = self.missing(store)?.into_iter().find(|(_, size, _)| *size <= SMALL_CONTENT);
            if let Some((hash, size, have)) = small {
                return Ok(Some(self.fetch(hash, size, have)));
            }
        }
        if let Some(frame) = self.exchanges.next_request(store, now)? {
            self.asked = Some(Asked::Exchange);
            return Ok(Some(Call::post_frame("/sync/v1/exchange", frame)));
        }
        let missing = self.missing(store)?;
        self.progress.contents_left = missing.len();
        if let Some((hash, size, have)) = missing.into_iter().next() {
            return Ok(Some(self.fetch(hash, size, have)));
        }
        self.asked = None;
        self.progress.done = true;
        Ok(None)
    }

    fn missing(&self, store: &mut Store) -> Result<Vec<(ContentHash, u64, u64)>, RunError> {
        let missing = store.missing_contents()?.into_iter();
        let tried = |hash: &ContentHash| self.failures.get(hash).copied().unwrap_or(0) < CONTENT_TRIES;
        let missing = missing.filter(|(entry, _)| tried(&entry.hash));
        Ok(missing.map(|(entry, have)| (entry.hash, entry.size, have)).collect())
    }

    fn fetch(&mut self, hash: ContentHash, size: u64, have: u64) -> Call {
        self.asked = Some(Asked::Content(hash, have));
        Call::get_piece(format!("/sync/v1/contents/{hash}"), have, (have + PIECE).min(size.max(have + 1)))
    }

    /// Takes the answer to the last call.
    ///
    /// # Errors
    /// [`RunError`]. The store is then as before this answer; a later run goes on from there.
    pub fn take(
        &mut self,
        store: &mut Store,
        status: u16,
        body: &[u8],
        now: Timestamp,
    ) -> Result<RunProgress, RunError> {
        let asked = self.asked.clone().ok_or(RunError::Unfitting)?;
        match asked {
            Asked::Nonce => {
                let answer: NonceResponse = accepted_json(status, body)?;
                self.token = TokenState::Nonce(answer.nonce);
            }
            Asked::Token if self.must_show_papers(status, body) => {}
            Asked::Token => {
                let answer: TokenResponse = accepted_json(status, body)?;
                store.keep_token(&answer.token, now)?;
                self.token = TokenState::Fresh;
            }
            Asked::Exchange => self.take_exchange(store, status, body, now)?,
            Asked::Content(hash, have) => self.take_content(store, (hash, have), status, body)?,
        }
        self.asked = None;
        Ok(self.progress)
    }

    fn take_exchange(&mut self, store: &mut Store, status: u16, body: &[u8], now: Timestamp) -> Result<(), RunError> {
        match status {
            200 => {
                self.progress.records = self.exchanges.take_response(store, body, now)?;
                self.exchanged = true;
                self.token = if self.token == TokenState::Fresh { TokenState::Fresh } else { TokenState::Unknown };
                Ok(())
            }
            401 if self.token != TokenState::Fresh => {
                self.token = TokenState::Wanted;
                Ok(())
            }
            403 if self.must_show_papers(status, body) => Ok(()),
            413 if self.too_large < TOO_LARGE_TRIES => {
                self.too_large += 1;
                Ok(())
            }
            400 => match self.exchanges.take_response(store, body, now) {
                Err(error @ super::SyncError::Outdated { .. }) => Err(error.into()),
                Ok(_) | Err(_) => Err(refusal_of(status, body)),
            },
            _ => Err(refusal_of(status, body)),
        }
    }

    /// A server that was restored from a backup may not know this device: once in a run it is shown the papers that it
    /// signed (R9).
    fn must_show_papers(&mut self, status: u16, body: &[u8]) -> bool {
        let unknown = matches!(refusal_of(status, body), RunError::Refused { code, .. } if code == "device_unknown");
        if !unknown || self.unknown {
            return false;
        }
        self.unknown = true;
        self.token = TokenState::Wanted;
        true
    }

    fn take_content(
        &mut self,
        store: &mut Store,
        (hash, have): (ContentHash, u64),
        status: u16,
        body: &[u8],
    ) -> Result<(), RunError> {
        let more = match status {
            206 => body,
            // A server or proxy that does not know ranges sends the whole.
            200 => body.get(usize::try_from(have).unwrap_or(usize::MAX)..).unwrap_or_default(),
            401 if self.token != TokenState::Fresh => {
                self.token = TokenState::Wanted;
                return Ok(());
            }
            404 | 410 | 416 => &[],
            _ => return Err(refusal_of(status, body)),
        };
        let whole = !more.is_empty() && store.add_content(hash, more)?;
        let went_on = store.content_length(hash)? > have;
        if !whole && !went_on {
            *self.failures.entry(hash).or_default() += 1;
        }
        Ok(())
    }

    /// How far the run is.
    #[must_use]
    pub const fn progress(&self) -> RunProgress {
        self.progress
    }
}

fn accepted_json<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<T, RunError> {
    if status == 200 {
        serde_json::from_slice(body).map_err(|_| RunError::Response(DecodeError::NotAFrame))
    } else {
        Err(refusal_of(status, body))
    }
}
