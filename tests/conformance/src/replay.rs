//! Replays recorded sessions of other engines and compares, step by step, what people see.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rukun_form::expression::Clock;
use rukun_form::plan::Plan;
use rukun_form::session::{Answers, Change, FindingKind, InstanceKey, Key, NodeSort, Properties, Session, View, World};
use rukun_form::{Form, Language};
use serde::Deserialize;

/// How many choices of a list the recordings keep.
const RECORDED_CHOICES: usize = 60;

/// What is seen of a node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Default)]
pub(crate) struct Seen {
    #[serde(rename = "ref")]
    pub(crate) address: String,
    #[serde(rename = "type", default)]
    sort: String,
    #[serde(default)]
    relevant: bool,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    readonly: bool,
    value: Option<String>,
    violation: Option<String>,
    message: Option<String>,
    label: Option<String>,
    choices: Option<Vec<(String, String)>>,
}

/// A session and what the recording says should be seen in it.
pub(crate) struct Replay {
    pub(crate) session: Session,
    expected: BTreeMap<String, Seen>,
    views: BTreeMap<Key, Seen>,
    ours: BTreeMap<String, Seen>,
    instances: u64,
}

impl Replay {
    pub(crate) fn begin((form, answers): (Form, Answers), clock: Clock) -> Result<Self, String> {
        let plan = Arc::new(Plan::new(form).map_err(|error| error.to_string())?);
        let world = World { record: [7; 16], clock, seed: 1, properties: Properties::default() };
        let session = Session::begin_with(plan, world, &answers);
        Ok(Self { session, expected: BTreeMap::new(), views: BTreeMap::new(), ours: BTreeMap::new(), instances: 0 })
    }

    /// Takes note of what changed on both sides; says for each node that changed on either whether both see the same.
    pub(crate) fn compare(&mut self, changed: &[Seen], removed: &[String]) -> Vec<(String, Result<(), String>)> {
        let mut touched = BTreeSet::new();
        for address in removed {
            self.expected.remove(address);
            touched.insert(address.clone());
        }
        for seen in changed.iter().filter(|seen| !seen.sort.starts_with("repeat-range")) {
            self.expected.insert(seen.address.clone(), seen.clone());
            touched.insert(seen.address.clone());
        }
        let mut changed = BTreeSet::new();
        for change in self.session.changes() {
            match change {
                Change::Seen(view) => {
                    changed.insert(view.key.clone());
                    self.views.insert(view.key.clone(), seen_of(&view));
                }
                Change::Gone(key) => {
                    self.views.remove(&key);
                }
            }
        }
        // An instance that is taken out moves those behind it to other addresses.
        self.ours.clear();
        for (key, seen) in &self.views {
            let Some(address) = self.session.address(key) else { continue };
            if changed.contains(key) {
                touched.insert(address.clone());
            }
            self.ours.insert(address, seen.clone());
        }
        touched
            .into_iter()
            .map(|address| {
                let result = same(self.expected.get(&address), self.ours.get(&address));
                (address, result)
            })
            .collect()
    }

    pub(crate) fn answer(&mut self, address: &str, value: &str) -> Result<(), String> {
        let key = self.session.at_address(address).ok_or_else(|| format!("no {address}"))?;
        self.session.answer(&key, value).map_err(|error| error.to_string())
    }

    pub(crate) fn add(&mut self, range: &str) -> Result<(), String> {
        let (parent, name) = range.rsplit_once('/').ok_or("no path")?;
        let parent = self.session.at_address(parent).ok_or_else(|| format!("no {parent}"))?;
        let path = if parent.path.is_empty() { name.to_owned() } else { format!("{}/{name}", parent.path) };
        self.instances += 1;
        let mut id = [9; 16];
        id[8..].copy_from_slice(&self.instances.to_be_bytes());
        self.session.add_instance(&path, parent.instance, InstanceKey(id)).map_err(|error| error.to_string())
    }

    pub(crate) fn remove(&mut self, instance: &str) -> Result<(), String> {
        let key = self.session.at_address(instance).ok_or_else(|| format!("no {instance}"))?;
        self.session.remove_instance(key.instance.ok_or("no instance")?).map_err(|error| error.to_string())
    }

    pub(crate) fn set_language(&mut self, language: &str) {
        self.session.set_language(Language(language.to_owned()));
    }

    pub(crate) fn seen(&self, address: &str) -> Option<&Seen> {
        self.ours.get(address)
    }
}

impl Seen {
    pub(crate) fn value(&self) -> &str {
        self.value.as_deref().unwrap_or_default()
    }
}

fn seen_of(view: &View) -> Seen {
    let finding = view.findings.iter().find_map(|finding| match finding.kind {
        FindingKind::Required => Some(("required", finding.message.clone())),
        FindingKind::Constraint => Some(("constraint", finding.message.clone())),
        FindingKind::WrongType | FindingKind::NotOffered | FindingKind::FormFault => None,
    });
    let is_question = matches!(view.sort, NodeSort::Question(_));
    let offered = view.choices.iter().map(|choice| (choice.name.clone(), choice.label.clone()));
    Seen {
        address: String::new(),
        sort: String::new(),
        relevant: view.relevant,
        required: view.required,
        readonly: view.read_only,
        value: is_question.then(|| view.value.clone()),
        violation: finding.as_ref().map(|(kind, _)| (*kind).to_owned()),
        message: finding.map(|(_, message)| message).filter(|message| !message.is_empty()),
        label: (!view.label.is_empty()).then(|| view.label.clone()),
        choices: is_question.then(|| offered.collect::<Vec<_>>()).filter(|offered| !offered.is_empty()),
    }
}

fn same(expected: Option<&Seen>, ours: Option<&Seen>) -> Result<(), String> {
    let (expected, ours) = match (expected, ours) {
        (Some(expected), Some(ours)) => (expected, ours),
        (None, None) => return Ok(()),
        (None, Some(_)) => return Err("is there, and should not be".to_owned()),
        (Some(_), None) => return Err("is not there, and should be".to_owned()),
    };
    let mut differences = Vec::new();
    let mut differ = |what: &str, expected: String, ours: String| {
        if expected != ours {
            differences.push(format!("{what}: expected {expected}, got {ours}"));
        }
    };
    differ("relevant", expected.relevant.to_string(), ours.relevant.to_string());
    differ("required", expected.required.to_string(), ours.required.to_string());
    differ("readonly", expected.readonly.to_string(), ours.readonly.to_string());
    if let Some(value) = &expected.value
        && !matches(value, ours.value())
    {
        differ("value", value.clone(), ours.value().to_owned());
    }
    differ("violation", format!("{:?}", expected.violation), format!("{:?}", ours.violation));
    differ("message", format!("{:?}", expected.message), format!("{:?}", ours.message));
    differ("label", format!("{:?}", words(&expected.label)), format!("{:?}", words(&ours.label)));
    // The recordings keep the first sixty choices of a list.
    let kept = expected.choices.as_ref().map_or(0, Vec::len);
    let kept = if kept == RECORDED_CHOICES { kept } else { usize::MAX };
    let choices = |seen: &Seen| {
        let mut choices = seen.choices.clone().unwrap_or_default();
        choices.truncate(kept);
        format!("{choices:?}")
    };
    differ("choices", choices(expected), choices(ours));
    if differences.is_empty() { Ok(()) } else { Err(differences.join("; ")) }
}

fn words(label: &Option<String>) -> Option<String> {
    label.as_ref().map(|label| label.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|label| !label.is_empty())
}

/// Whether a value is what was recorded; `<any>` stands for anything.
pub(crate) fn matches(expected: &str, ours: &str) -> bool {
    match expected.split_once("<any>") {
        Some((before, after)) => ours.starts_with(before) && ours.ends_with(after),
        // Numbers, and those of points, are written by every engine in its own way.
        None => {
            let (expected, ours) = (tokens(expected), tokens(ours));
            expected.len() == ours.len()
                && expected.iter().zip(&ours).all(|(expected, ours)| {
                    expected == ours
                        || expected.contains('.') && number(expected).is_some_and(|one| number(ours) == Some(one))
                })
        }
    }
}

/// The parts of a value: points of a line are parted by `;`.
fn tokens(text: &str) -> Vec<&str> {
    text.split(';').map(str::trim).filter(|point| !point.is_empty()).flat_map(|point| point.split(' ')).collect()
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}
