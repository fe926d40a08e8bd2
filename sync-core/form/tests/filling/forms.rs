//! Forms and sessions for the tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use rukun_form::Form;
use rukun_form::expression::Clock;
use rukun_form::plan::Plan;
use rukun_form::session::{Answers, Change, InstanceKey, Key, Properties, Session, View, World};
use serde_json::{Value, json};

/// A form of these items, with a list `villages` that choice filters part by their column `district`.
pub(crate) fn plan(items: Value) -> Arc<Plan> {
    versioned("1", items)
}

/// The same in a version.
pub(crate) fn versioned(version: &str, items: Value) -> Arc<Plan> {
    let village = |name: &str, district: &str| json!({"name": name, "columns": {"district": district}});
    let form = json!({
        "schema": 1, "id": "test", "version": version, "title": {}, "languages": ["id"], "items": items,
        "lists": {"villages": [village("olean", "situbondo"), village("kilensari", "panarukan"), village("1", "2")]},
    });
    Arc::new(Plan::new(Form::from_json(form.to_string().as_bytes()).unwrap()).unwrap())
}

/// A question with whatever else is said of it.
pub(crate) fn question(path: &str, question_type: &str, more: Value) -> Value {
    let mut question = json!({"kind": "question", "path": path, "type": question_type});
    question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    question
}

pub(crate) fn world() -> World {
    World {
        record: [7; 16],
        clock: Clock { millis: 1_763_900_000_000, offset: 420 },
        seed: 1,
        properties: Properties::default(),
    }
}

pub(crate) fn begin(plan: &Arc<Plan>) -> Session {
    Session::begin(Arc::clone(plan), world())
}

pub(crate) fn open(plan: &Arc<Plan>, answers: &Answers) -> Session {
    Session::open(Arc::clone(plan), world(), answers)
}

pub(crate) fn id(number: u8) -> InstanceKey {
    InstanceKey([number; 16])
}

pub(crate) fn answer(session: &mut Session, path: &str, value: &str) {
    session.answer(&Key::of(path), value).unwrap();
}

pub(crate) fn value(session: &Session, path: &str) -> String {
    session.value(&Key::of(path)).unwrap().to_owned()
}

/// What people see, kept up to date by what the session says changed.
#[derive(Default)]
pub(crate) struct Screen(pub(crate) BTreeMap<Key, View>);

impl Screen {
    pub(crate) fn update(&mut self, session: &mut Session) {
        for change in session.changes() {
            match change {
                Change::Seen(view) => {
                    self.0.insert(view.key.clone(), *view);
                }
                Change::Gone(key) => {
                    self.0.remove(&key);
                }
            }
        }
    }
}
