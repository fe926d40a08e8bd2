//! The workloads, the same for every system: first push, first pull, edits, nothing changed, edits of the same records.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::figures::Figures;
use crate::process::Process;
use crate::records::{Answers, name};
use crate::rig::Rig;
use crate::{Outcome, Size};

/// Runs all of them on a system that was just started.
pub(crate) fn run(rig: Rig, size: &Size) -> Outcome<BTreeMap<&'static str, Figures>> {
    let mut day = Day::begin(rig, size)?;
    let mut figures = BTreeMap::new();
    figures.insert("W1", day.first_push()?);
    figures.insert("W2", day.first_pull()?);
    figures.insert("W3", day.edits()?);
    figures.insert("W4", day.nothing_changed()?);
    figures.insert("W5", day.same_records()?);
    Ok(figures)
}

/// One system and its two phones.
pub(crate) struct Day<'a> {
    pub(crate) rig: Rig,
    size: &'a Size,
    /// Who makes the records.
    pub(crate) anna: Process,
    /// Who gets them.
    pub(crate) budi: Process,
}

/// One phone's sync and the system's cost of it, as a part of a workload.
struct Synced {
    milliseconds: f64,
    records: f64,
}

impl<'a> Day<'a> {
    /// Starts the phones. Anna has been online once, so that she has the form; Budi never has.
    pub(crate) fn begin(mut rig: Rig, size: &'a Size) -> Outcome<Self> {
        let (mut anna, budi) = (rig.new_phone("anna")?, rig.new_phone("budi")?);
        sync(&mut anna, "both")?;
        Ok(Self { rig, size, anna, budi })
    }

    /// W1. Making the records (W0) is not sync and not counted.
    pub(crate) fn first_push(&mut self) -> Outcome<Figures> {
        self.anna.call(&json!({ "command": "create", "count": self.size.records }))?;
        self.measure(self.size.records, |day| Ok(sync(&mut day.anna, "push")?.milliseconds))
    }

    /// W2: into the phone's store, where a search finds them.
    pub(crate) fn first_pull(&mut self) -> Outcome<Figures> {
        let mut there = 0.0;
        let figures = self.measure(self.size.records, |day| {
            let synced = sync(&mut day.budi, "pull")?;
            there = synced.records;
            Ok(synced.milliseconds)
        })?;
        let all = there as usize == self.size.records;
        if all { Ok(figures) } else { Err(format!("{there} records came, not {}", self.size.records).into()) }
    }

    /// W3: three answers in each of some records, pushed by one phone, pulled by the other.
    fn edits(&mut self) -> Outcome<Figures> {
        let answers = self.edited(|number| {
            let number_of = |base: usize| json!(base + number);
            [(9, number_of(1000)), (20, json!(format!("changed {number}"))), (31, json!(format!("W3 {number}")))].into()
        });
        self.anna.call(&json!({ "command": "edit", "answers": answers, "step": self.step() }))?;
        self.measure(self.size.edited, |day| {
            Ok(sync(&mut day.anna, "push")?.milliseconds + sync(&mut day.budi, "pull")?.milliseconds)
        })
    }

    /// W4: nothing changed, the store opened anew by another process.
    fn nothing_changed(&mut self) -> Outcome<Figures> {
        sync(&mut self.anna, "both")?;
        sync(&mut self.budi, "both")?;
        let again = self.rig.phone("budi")?;
        std::mem::replace(&mut self.budi, again).finish()?;
        self.measure(0, |day| Ok(sync(&mut day.budi, "both")?.milliseconds))
    }

    /// W5: both phones edit the same records offline, a question each has for itself and one that both answer.
    fn same_records(&mut self) -> Outcome<Figures> {
        let mine = self.edited(|number| [(1, json!(7000 + number)), (7, json!("the same question by Anna"))].into());
        let theirs = self.edited(|number| [(2, json!(8000 + number)), (7, json!("the same question by Budi"))].into());
        let step = self.step();
        self.anna.call(&json!({ "command": "edit", "answers": mine, "step": step }))?;
        self.budi.call(&json!({ "command": "edit", "answers": theirs, "step": step }))?;
        let mut figures = self.measure(self.size.edited, |day| {
            let first = sync(&mut day.anna, "both")?.milliseconds + sync(&mut day.budi, "both")?.milliseconds;
            Ok(first + sync(&mut day.anna, "both")?.milliseconds)
        })?;
        let question = json!({ "command": "judge", "mine": mine, "theirs": theirs, "same": name(7), "step": step });
        let judged = [self.anna.call(&question)?, self.budi.call(&question)?];
        let fewest = |what: &str| judged.iter().filter_map(|judged| judged[what].as_f64()).reduce(f64::min);
        figures.merged = fewest("merged");
        figures.conflicts_shown = fewest("conflicts_shown");
        Ok(figures)
    }

    fn step(&self) -> usize {
        self.size.records.checked_div(self.size.edited).unwrap_or(1)
    }

    fn edited(&self, answers: impl Fn(usize) -> Vec<(usize, Value)>) -> Vec<Answers> {
        let named = |number| answers(number).into_iter().map(|(place, value)| (name(place), value)).collect();
        (0..self.size.edited).map(named).collect()
    }

    /// Measures the syncs in `work`, which says how long they took.
    fn measure(&mut self, records: usize, work: impl FnOnce(&mut Self) -> Outcome<f64>) -> Outcome<Figures> {
        self.rig.proxy.take();
        let before = at_rest(&self.rig.server)?;
        let phones = self.anna.cpu()? + self.budi.cpu()?;
        let milliseconds = work(self)?;
        let phones = self.anna.cpu()? + self.budi.cpu()? - phones;
        let cpu = at_rest(&self.rig.server)? - before;
        let traffic = self.rig.proxy.take();
        let per_record = |value: f64| if records == 0 { 0.0 } else { value / count(records) };
        Ok(Figures {
            bytes_up: traffic.up as f64,
            bytes_down: traffic.down as f64,
            milliseconds,
            records_per_s: if milliseconds > 0.0 { count(records) / milliseconds * 1e3 } else { 0.0 },
            server_cpu_ms_per_record: per_record(cpu),
            client_cpu_ms_per_record: per_record(phones),
            server_peak_mb: self.rig.server.peak_memory()?,
            client_peak_mb: self.anna.peak_memory()?.max(self.budi.peak_memory()?),
            records: count(records),
            merged: None,
            conflicts_shown: None,
        })
    }
}

/// The server's CPU so far, once it has nothing left to do: what it puts off is also its cost.
fn at_rest(server: &Process) -> Outcome<f64> {
    let mut before = server.cpu()?;
    loop {
        thread::sleep(Duration::from_millis(150));
        let now = server.cpu()?;
        if now <= before {
            return Ok(now);
        }
        before = now;
    }
}

fn sync(phone: &mut Process, way: &str) -> Outcome<Synced> {
    let answer = phone.call(&json!({ "command": "sync", "way": way }))?;
    let number = |name: &str| answer[name].as_f64().ok_or_else(|| format!("no {name} in {answer}"));
    Ok(Synced { milliseconds: number("milliseconds")?, records: number("records")? })
}

fn count(records: usize) -> f64 {
    u32::try_from(records).map_or(0.0, f64::from)
}
