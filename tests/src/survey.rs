//! The small form that simulated people fill in: every way in which answers merge is in it.

use std::collections::BTreeMap;

use sync_core::area::AreaCode;
use sync_core::form::{
    Choice, ChoiceList, Form, FormId, FormVersion, Item, Label, Language, Question, QuestionPath, QuestionType, Repeat,
};
use sync_core::id::SubjectId;
use sync_core::record::{Answer, NewRecord, QuestionKey, RecordState};

/// Scalar questions outside repeats.
pub const SCALARS: [&str; 4] = ["name", "water/source", "water/minutes", "water/other"];
/// The long text outside repeats.
pub const NOTES: &str = "notes";
/// The repeat.
pub const MEMBER: &str = "member";
/// Scalar questions of the repeat.
pub const MEMBER_SCALARS: [&str; 2] = ["member/name", "member/age"];
/// The long text of the repeat.
pub const MEMBER_NOTES: &str = "member/notes";

/// The form.
#[must_use]
pub fn form() -> Form {
    let member = [
        question("member/name", QuestionType::Text),
        question("member/age", QuestionType::Integer),
        long(question(MEMBER_NOTES, QuestionType::Text)),
    ];
    let mut items: Vec<Item> = [
        Question { search: true, ..question("name", QuestionType::Text) },
        Question { list: Some("source".into()), ..question("water/source", QuestionType::SelectOne) },
        question("water/minutes", QuestionType::Integer),
        question("water/other", QuestionType::SelectMultiple),
        long(question(NOTES, QuestionType::Text)),
    ]
    .map(Item::Question)
    .into();
    items.push(Item::Repeat(Repeat::new(path(MEMBER), member.map(Item::Question).into())));
    let choice = |name: &str| Choice { name: name.into(), label: label(name), ..Choice::default() };
    Form {
        title: label("Rumah"),
        languages: vec![Language("Bahasa Indonesia (id)".into())],
        items,
        lists: BTreeMap::from([("source".into(), ChoiceList(["piped", "bore", "river"].map(choice).into()))]),
        ..Form::new(FormId::new("rumah"), version(1))
    }
}

/// A version of the form by its number.
#[must_use]
pub fn version(number: u32) -> FormVersion {
    FormVersion::new(format!("2026-{number}"))
}

fn question(name: &str, question_type: QuestionType) -> Question {
    Question { label: label(name), ..Question::new(path(name), question_type) }
}

fn long(question: Question) -> Question {
    Question { appearance: vec!["multiline".into()], ..question }
}

fn label(text: &str) -> Label {
    Label(BTreeMap::from([(Language("Bahasa Indonesia (id)".into()), text.into())]))
}

/// A path of the form.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn path(path: &str) -> QuestionPath {
    QuestionPath::parse(path).expect("a path")
}

/// The key of a question outside repeats.
#[must_use]
pub fn key(name: &str) -> QuestionKey {
    QuestionKey::of(path(name))
}

/// An area's code.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn area(code: &str) -> AreaCode {
    AreaCode::parse(code).expect("an area code")
}

/// A household with a name and a source of water.
#[must_use]
pub fn household(name: &str) -> NewRecord {
    NewRecord {
        form: FormId::new("rumah"),
        version: version(1),
        area: area("35.12.06.2004"),
        subject: SubjectId::from_bytes([9; 16]),
        state: RecordState::Draft,
        answers: vec![
            (key("name"), Answer::Text(name.into())),
            (key("water/source"), Answer::Text("river".into())),
            (key("water/minutes"), Answer::Integer(20)),
        ],
        long_texts: vec![(path(NOTES), "di tepi sungai".into())],
    }
}
