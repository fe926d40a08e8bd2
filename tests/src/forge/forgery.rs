//! One wrong thing for each clause of R2.

use sync_core::change::{Action, Key, RawChange, Rule};
use sync_core::document::Document;
use sync_core::id::{ActorId, ChangeHash};

use super::change::{ForgedChange, ForgedKey, ForgedOperation, ForgedValue};
use super::leb128::{signed, unsigned};

/// What a forger knows of a document: enough to build on it rightly, and so to be wrong in one place only.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The forger's actor; it has made no change in this document yet.
    pub actor: ActorId,
    heads: Vec<ChangeHash>,
    root_actor: ActorId,
    max_op: u64,
    /// Counters of what the root change made: the map of answers, one answer in it with its key, one long text.
    answers: u64,
    answer: (u64, String),
    text: u64,
}

impl Ground {
    /// Reads what there is to know of a record that has an answer and a long text; none if it has not.
    #[must_use]
    pub fn of(document: &Document, actor: ActorId) -> Option<Self> {
        let changes = document.changes();
        let root = RawChange::read(changes.first()?).ok()?;
        let (mut answers, mut answer, mut text) = (None, None, None);
        for (counter, operation) in (root.start_op()..).zip(root.operations().map_while(Result::ok)) {
            let inside = operation.object.map(|object| object.counter);
            match (operation.action, operation.key) {
                (Action::MakeMap, Key::Name("answers")) => answers = Some(counter),
                (Action::MakeText, Key::Name(_)) => text = text.or(Some(counter)),
                (Action::Set, Key::Name(name)) if inside.is_some() && inside == answers => {
                    answer = answer.or(Some((counter, name.to_owned())));
                }
                (Action::MakeMap | Action::Set | Action::Delete | Action::MakeText, _) => {}
            }
        }
        let history = document.history();
        Some(Self {
            actor,
            heads: document.heads().to_vec(),
            root_actor: root.actor(),
            max_op: history.iter().map(|(_, known)| known.max_op).max()?,
            answers: answers?,
            answer: answer?,
            text: text?,
        })
    }

    /// A change with nothing wrong: it answers the question again.
    #[must_use]
    pub fn honest(&self) -> ForgedChange {
        ForgedChange {
            dependencies: self.heads.clone(),
            actor: self.actor.as_bytes().to_vec(),
            sequence: 1,
            start_op: self.max_op + 1,
            time: 1_764_000_000,
            message: Vec::new(),
            other_actors: vec![self.root_actor.as_bytes().to_vec()],
            operations: vec![self.again()],
            columns: Vec::new(),
            footer: Vec::new(),
            chunk_type: 1,
        }
    }

    fn write(&self, key: &str, value: &str) -> ForgedOperation {
        ForgedOperation::set(Some((1, self.answers)), key, ForgedValue::text(value))
    }

    /// Answers the question again.
    fn again(&self) -> ForgedOperation {
        self.write(&self.answer.1, "forged")
    }

    fn making(&self, action: u64) -> ForgedOperation {
        ForgedOperation { value: None, ..self.again() }.acting(action)
    }

    fn typing(&self, after: ForgedKey) -> ForgedOperation {
        ForgedOperation {
            object: Some((1, self.text)),
            key: after,
            insert: true,
            action: 1,
            value: Some(ForgedValue::text("x")),
            predecessors: Vec::new(),
        }
    }
}

/// One thing that is wrong with a change, everything else about it being right.
#[derive(Debug, Clone, Copy)]
pub struct Forgery {
    /// What is wrong.
    pub name: &'static str,
    /// The rule that it breaks.
    pub rule: Rule,
    forge: fn(&Ground) -> Vec<Vec<u8>>,
}

impl Forgery {
    const fn new(rule: Rule, name: &'static str, forge: fn(&Ground) -> Vec<Vec<u8>>) -> Self {
        Self { name, rule, forge }
    }

    /// Forges it on `ground`: chunks one after the other, the last of them wrong.
    #[must_use]
    pub fn forge(&self, ground: &Ground) -> Vec<Vec<u8>> {
        (self.forge)(ground)
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        CHUNKS.iter().chain(&HEADS).chain(&ACTIONS).chain(&TRIALS)
    }
}

/// Rules 1 to 3: what can be seen in the chunk alone.
const CHUNKS: [Forgery; 13] = [
    Forgery::new(Rule::Chunk, "wrong checksum", |ground| vec![flipped(ground.honest().bytes(), 5)]),
    Forgery::new(Rule::Chunk, "compressed chunk", |ground| one(ForgedChange { chunk_type: 2, ..ground.honest() })),
    Forgery::new(Rule::Chunk, "document chunk", |ground| one(ForgedChange { chunk_type: 0, ..ground.honest() })),
    Forgery::new(Rule::Chunk, "bytes behind the chunk", |ground| vec![[ground.honest().bytes(), vec![0]].concat()]),
    Forgery::new(Rule::Chunk, "cut short", |ground| {
        let mut bytes = ground.honest().bytes();
        bytes.pop();
        vec![bytes]
    }),
    Forgery::new(Rule::Chunk, "longer than a change may be", |ground| {
        doing(ground, ground.write(&ground.answer.1, &"long ".repeat(14_000)))
    }),
    Forgery::new(Rule::Size, "a million million operations", |ground| {
        with_column(ground, 0x42, &repeated(1_000_000_000_000, 1))
    }),
    Forgery::new(Rule::Size, "a million million predecessors", |ground| {
        with_column(ground, 0x70, &repeated(1, 1_000_000_000_000))
    }),
    Forgery::new(Rule::Actor, "foreign actor", |ground| {
        one(ForgedChange { actor: [0xee; 16].to_vec(), ..ground.honest() })
    }),
    Forgery::new(Rule::Actor, "short actor", |ground| {
        one(ForgedChange { actor: ground.actor.as_bytes()[..15].to_vec(), ..ground.honest() })
    }),
    Forgery::new(Rule::Actor, "huge actor", |ground| {
        one(ForgedChange { actor: [7; 40_000].to_vec(), ..ground.honest() })
    }),
    Forgery::new(Rule::Actor, "long message", |ground| {
        one(ForgedChange { message: [b'm'; 257].to_vec(), ..ground.honest() })
    }),
    Forgery::new(Rule::Actor, "author", |ground| {
        one(ForgedChange { footer: b"\x01\x04anna".to_vec(), ..ground.honest() })
    }),
];

/// Rules 4 to 6: its place among the other changes.
const HEADS: [Forgery; 9] = [
    Forgery::new(Rule::Order, "gap in the actor's numbers", |ground| {
        one(ForgedChange { sequence: 7, ..ground.honest() })
    }),
    Forgery::new(Rule::Order, "number taken", |ground| {
        let first = ground.honest();
        let again = ForgedChange { dependencies: vec![first.hash()], start_op: ground.max_op + 2, ..ground.honest() };
        vec![first.bytes(), again.bytes()]
    }),
    Forgery::new(Rule::Order, "actor's last change is no ancestor", |ground| {
        vec![ground.honest().bytes(), ForgedChange { sequence: 2, time: 1, ..ground.honest() }.bytes()]
    }),
    Forgery::new(Rule::Dependencies, "unknown dependency", |ground| {
        let mut dependencies = [ground.heads.clone(), vec![ChangeHash::from_bytes([0xab; 32])]].concat();
        dependencies.sort_unstable();
        one(ForgedChange { dependencies, ..ground.honest() })
    }),
    Forgery::new(Rule::Dependencies, "repeated dependency", |ground| {
        let dependencies = [ground.heads.clone(), ground.heads.clone()].concat();
        one(ForgedChange { dependencies, ..ground.honest() })
    }),
    Forgery::new(Rule::Dependencies, "second root", |ground| {
        one(ForgedChange { dependencies: Vec::new(), ..ground.honest() })
    }),
    Forgery::new(Rule::OperationIds, "starts at operation one", |ground| {
        one(ForgedChange { start_op: 1, ..ground.honest() })
    }),
    Forgery::new(Rule::OperationIds, "starts far ahead", |ground| {
        one(ForgedChange { start_op: ground.max_op + 1_000_002, ..ground.honest() })
    }),
    Forgery::new(Rule::OperationIds, "starts at the last number there is", |ground| {
        one(ForgedChange { start_op: u64::from(u32::MAX), ..ground.honest() })
    }),
];

/// Rule 7: what no change of Rukun does.
const ACTIONS: [Forgery; 8] = [
    Forgery::new(Rule::Actions, "increment", |ground| {
        doing(ground, ground.again().acting(5).replacing(&[(1, ground.answer.0)]))
    }),
    Forgery::new(Rule::Actions, "counter", |ground| {
        let counter = ForgedValue { kind: 8, bytes: vec![1] };
        doing(ground, ForgedOperation { value: Some(counter), ..ground.again() })
    }),
    Forgery::new(Rule::Actions, "list", |ground| doing(ground, ground.making(2))),
    Forgery::new(Rule::Actions, "table", |ground| doing(ground, ground.making(6))),
    Forgery::new(Rule::Actions, "mark", |ground| doing(ground, ground.making(7))),
    Forgery::new(Rule::Actions, "map under an answer", |ground| doing(ground, ground.making(0))),
    Forgery::new(Rule::Actions, "map over the answers", |ground| {
        let key = ForgedKey::Name("answers".into());
        let over = ForgedOperation { object: None, key, ..ground.making(0) };
        doing(ground, over.replacing(&[(1, ground.answers)]))
    }),
    Forgery::new(Rule::Actions, "unknown column", |ground| with_column(ground, 0xa5, &[0x7f, 1, b'x'])),
];

/// Rule 8: what Automerge panics on, or never loads again.
const TRIALS: [Forgery; 6] = [
    Forgery::new(Rule::Trial, "unknown object", |ground| {
        doing(ground, ForgedOperation { object: Some((1, 900_000)), ..ground.again() })
    }),
    Forgery::new(Rule::Trial, "unknown predecessor", |ground| doing(ground, ground.again().replacing(&[(1, 900_000)]))),
    Forgery::new(Rule::Trial, "predecessor of another key", |ground| {
        doing(ground, ground.write("elsewhere", "forged").replacing(&[(1, ground.answer.0)]))
    }),
    Forgery::new(Rule::Trial, "insertion after an unknown element", |ground| {
        doing(ground, ground.typing(ForgedKey::Element((1, 900_000))))
    }),
    Forgery::new(Rule::Trial, "a name inside a text", |ground| {
        doing(ground, ForgedOperation { object: Some((1, ground.text)), ..ground.again() })
    }),
    Forgery::new(Rule::Trial, "an element inside a map", |ground| {
        doing(ground, ForgedOperation { object: Some((1, ground.answers)), ..ground.typing(ForgedKey::Head) })
    }),
];

fn one(change: ForgedChange) -> Vec<Vec<u8>> {
    vec![change.bytes()]
}

fn doing(ground: &Ground, operation: ForgedOperation) -> Vec<Vec<u8>> {
    one(ForgedChange { operations: vec![operation], ..ground.honest() })
}

fn with_column(ground: &Ground, specification: u64, column: &[u8]) -> Vec<Vec<u8>> {
    one(ForgedChange { columns: vec![(specification, column.to_vec())], ..ground.honest() })
}

fn flipped(mut bytes: Vec<u8>, at: usize) -> Vec<u8> {
    bytes[at] ^= 0x20;
    bytes
}

/// A run-length column that claims one run.
fn repeated(count: i64, value: u64) -> Vec<u8> {
    let mut column = Vec::new();
    if count == 1 {
        signed(&mut column, -1);
    } else {
        signed(&mut column, count);
    }
    unsigned(&mut column, value);
    column
}
