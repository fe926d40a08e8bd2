//! What a phone does: its store, and a plain HTTP client as its network.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use sync_core::enrolment::Ticket;
use sync_core::form::{FormId, FormVersion};
use sync_core::id::DocumentId;
use sync_core::record::{Edit, RecordState};
use sync_core::store::{Call, Draft, KeySource, Method, RecordFilter, Store, SyncRun};
use sync_core::time::Timestamp;

use crate::Outcome;
use crate::questionnaire::{self, FORM, VERSION};
use crate::records::Answers;
use crate::rukun::VILLAGE;

/// A phone.
pub(super) struct Phone {
    store: Store,
    network: ureq::Agent,
    url: String,
    records: PathBuf,
}

impl Phone {
    pub(super) fn open(folder: &Path, url: &str, records: &Path) -> Outcome<Self> {
        let opened = Store::open(folder, KeySource::Store, Box::new(random), now())?;
        let network = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        Ok(Self { store: opened.store, network, url: url.to_owned(), records: records.to_owned() })
    }

    pub(super) fn enrol(&mut self, ticket: &str) -> Outcome<Value> {
        let ticket = Ticket::parse(ticket)?;
        let (status, body) = send(&self.network, &self.url, &self.store.enrol_call(&ticket, "bench"))?;
        self.store.take_enrolment(&ticket, status, &body, now())?;
        Ok(json!({}))
    }

    /// Makes records; says how long each took.
    pub(super) fn create(&mut self, count: usize) -> Outcome<Value> {
        let text = fs::read_to_string(&self.records)?;
        let mut each = Vec::with_capacity(count);
        for line in text.lines().cycle().take(count) {
            let draft = Draft {
                form: FormId::new(FORM),
                version: FormVersion::new(VERSION),
                area: sync_core::area::AreaCode::parse(VILLAGE)?,
                subject: None,
                answers: questionnaire::answers(&serde_json::from_str(line)?),
                state: RecordState::Complete,
            };
            let started = Instant::now();
            self.store.create_record(&draft, now())?;
            each.push(milliseconds(started));
        }
        Ok(json!({ "milliseconds": each.iter().sum::<f64>(), "each": each }))
    }

    pub(super) fn sync(&mut self) -> Outcome<Value> {
        let started = Instant::now();
        let mut run = SyncRun::new();
        while let Some(call) = run.next(&mut self.store, now())? {
            let (status, body) = send(&self.network, &self.url, &call)?;
            run.take(&mut self.store, status, &body, now())?;
        }
        let milliseconds = milliseconds(started);
        let counts = self.store.counts()?;
        if counts.waiting + counts.held + counts.refused > 0 {
            return Err(format!("the server did not take everything: {counts:?}").into());
        }
        Ok(json!({ "milliseconds": milliseconds, "records": counts.records }))
    }

    pub(super) fn edit(&mut self, answers: &[Answers], step: usize) -> Outcome<Value> {
        for (id, answers) in self.chosen(step)?.into_iter().zip(answers) {
            let heads = self.store.open_record(id, now())?.heads;
            let answers = questionnaire::answers(answers).into_iter();
            let edits: Vec<Edit> = answers.map(|(key, answer)| Edit::Answer { key, value: Some(answer) }).collect();
            self.store.save_record(id, &edits, &heads, now())?;
        }
        Ok(json!({}))
    }

    pub(super) fn judge(&mut self, mine: &[Answers], theirs: &[Answers], same: &str, step: usize) -> Outcome<Value> {
        let (mut merged, mut shown) = (0, 0);
        for ((id, mine), theirs) in self.chosen(step)?.into_iter().zip(mine).zip(theirs) {
            let record = self.store.open_record(id, now())?.record;
            let mut both = questionnaire::answers(mine).into_iter().chain(questionnaire::answers(theirs));
            let is_kept = both.all(|(key, answer)| {
                let answered = &record.answers[&key];
                key == questionnaire::key(same) || (answered.value == Some(answer) && answered.conflict.is_empty())
            });
            let rivals = &record.answers[&questionnaire::key(same)].conflict;
            let shows = |answers: &Answers| {
                let typed = answers.get(same).and_then(|value| questionnaire::answer(value, false));
                typed.is_some() && rivals.iter().any(|rival| rival.value == typed)
            };
            merged += usize::from(is_kept);
            shown += usize::from(rivals.len() == 2 && shows(mine) && shows(theirs));
        }
        Ok(json!({ "merged": merged, "conflicts_shown": shown }))
    }

    /// Searches; says how long each search took and how many records all of them found.
    pub(super) fn search(&mut self, words: &[String]) -> Outcome<Value> {
        let (mut each, mut found) = (Vec::new(), 0);
        for words in words {
            let filter = RecordFilter { words: words.clone(), ..RecordFilter::default() };
            let started = Instant::now();
            found += self.store.records(&filter, 0, 20)?.len();
            each.push(milliseconds(started));
        }
        Ok(json!({ "each": each, "found": found }))
    }

    /// Every `step`th record in the order of their ids, which every phone has.
    fn chosen(&mut self, step: usize) -> Outcome<Vec<DocumentId>> {
        let lines = self.store.records(&RecordFilter::default(), 0, u32::MAX)?;
        let mut ids: Vec<DocumentId> = lines.into_iter().map(|line| line.id).collect();
        ids.sort_unstable();
        Ok(ids.into_iter().step_by(step.max(1)).collect())
    }
}

fn send(network: &ureq::Agent, url: &str, call: &Call) -> Outcome<(u16, Vec<u8>)> {
    let address = format!("{url}{}", call.path);
    let response = match call.method {
        Method::Get => {
            let request = call.headers.iter().fold(network.get(&address), |r, (name, value)| r.header(*name, value));
            request.call()
        }
        Method::Post => {
            let request = call.headers.iter().fold(network.post(&address), |r, (name, value)| r.header(*name, value));
            request.send(call.body.as_slice())
        }
    };
    let mut response = response?;
    let body = response.body_mut().with_config().limit(16 * 1024 * 1024).read_to_vec()?;
    Ok((response.status().as_u16(), body))
}

fn random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the system's randomness");
}

fn milliseconds(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e3
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
