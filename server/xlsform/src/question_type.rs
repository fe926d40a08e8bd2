//! The types that a survey sheet may name.

use rukun_form::QuestionType;

/// How people meet a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Control {
    /// They see it, and it must have a label or a hint.
    Shown,
    /// They do not.
    None,
}

/// A type as the survey sheet writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TypeInfo {
    /// What it is here.
    pub(crate) question_type: QuestionType,
    /// How people meet it.
    pub(crate) control: Control,
    /// What is asked of every answer to it.
    pub(crate) constraint: Option<&'static str>,
}

/// A type that asks nothing and names attached data.
pub(crate) const EXTERNAL: [&str; 2] = ["csv-external", "xml-external"];

const fn shown(question_type: QuestionType) -> TypeInfo {
    TypeInfo { question_type, control: Control::Shown, constraint: None }
}

const fn hidden(question_type: QuestionType) -> TypeInfo {
    TypeInfo { question_type, control: Control::None, constraint: None }
}

const fn limited(question_type: QuestionType, constraint: &'static str) -> TypeInfo {
    TypeInfo { question_type, control: Control::Shown, constraint: Some(constraint) }
}

/// The type with exactly this name; selects are not among them, as they name a list too.
pub(crate) fn known(name: &str) -> Option<TypeInfo> {
    use QuestionType as T;
    Some(match name {
        "text" | "string" | "q string" | "add text prompt" => shown(T::Text),
        "integer" | "int" | "q int" | "add integer prompt" => shown(T::Integer),
        "decimal" | "q decimal" | "add decimal prompt" => shown(T::Decimal),
        "range" => shown(T::Range),
        "date" | "q date" | "add date prompt" => shown(T::Date),
        "time" => shown(T::Time),
        "dateTime"
        | "datetime"
        | "date time"
        | "q date time"
        | "q dateTime"
        | "add date time prompt"
        | "add dateTime prompt" => shown(T::DateTime),
        "geopoint" | "gps" | "location" | "q geopoint" | "q location" | "add location prompt" => shown(T::Geopoint),
        "geotrace" | "q geotrace" => shown(T::Geotrace),
        "geoshape" | "q geoshape" => shown(T::Geoshape),
        "barcode" | "q barcode" | "add barcode prompt" => shown(T::Barcode),
        "photo" | "image" | "q picture" | "q image" | "add image prompt" | "add photo prompt" => shown(T::Image),
        "audio" | "q audio" | "add audio prompt" => shown(T::Audio),
        "video" | "q video" | "add video prompt" => shown(T::Video),
        "file" | "add file prompt" | "osm" => shown(T::File),
        "note" | "q note" | "add note prompt" => shown(T::Note),
        "acknowledge" | "trigger" | "q acknowledge" | "add acknowledge prompt" => shown(T::Acknowledge),
        "percentage" => limited(T::Integer, "0 <= . and . <= 100"),
        "number of days in last month" => limited(T::Integer, "0 <= . and . <= 31"),
        "number of days in last six months" => limited(T::Integer, "0 <= . and . <= 183"),
        "number of days in last year" => limited(T::Integer, "0 <= . and . <= 365"),
        "phone number" => limited(T::Text, r"regex(., '^\d*$')"),
        "background-geopoint" => shown(T::Geopoint),
        "calculate" | "q calculate" | "add calculate prompt" => hidden(T::Calculate),
        "hidden" => hidden(T::Hidden),
        "start" | "start time" | "get start time" => hidden(T::Start),
        "end" | "end time" | "get end time" => hidden(T::End),
        "today" | "get today" => hidden(T::Today),
        "deviceid" | "device id" | "imei" | "get device id" | "uri:deviceid" => hidden(T::DeviceId),
        "username" | "uri:username" => hidden(T::Username),
        "email" | "uri:email" => hidden(T::Email),
        "phonenumber" | "get phone number" | "uri:phonenumber" => hidden(T::PhoneNumber),
        "simserial" | "sim id" | "get sim id" | "uri:simserial" | "subscriberid" | "subscriber id"
        | "get subscriber id" | "uri:subscriberid" => hidden(T::Hidden),
        "start-geopoint" => hidden(T::StartGeopoint),
        "background-audio" => hidden(T::BackgroundAudio),
        "audit" => hidden(T::Audit),
        _ => return None,
    })
}

/// A select question's type, parted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SelectType<'a> {
    /// What it is here.
    pub(crate) question_type: QuestionType,
    /// Where its choices are.
    pub(crate) from: From,
    /// The list, the file, or a reference to earlier answers.
    pub(crate) list: &'a str,
    /// Whether people may write something that the list does not have.
    pub(crate) or_other: bool,
}

/// Where the choices of a select are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    /// In the choices sheet, in an attached file, or among earlier answers: the list's name says which.
    Any,
    /// In an attached file; nothing else will do.
    File,
    /// In the external_choices sheet.
    External,
}

const SELECTS: [(&str, QuestionType, From); 15] = [
    ("add select one prompt using", QuestionType::SelectOne, From::Any),
    ("add select multiple prompt using", QuestionType::SelectMultiple, From::Any),
    ("select all that apply from", QuestionType::SelectMultiple, From::Any),
    ("select one from file", QuestionType::SelectOne, From::File),
    ("select multiple from file", QuestionType::SelectMultiple, From::File),
    ("select_one_from_file", QuestionType::SelectOne, From::File),
    ("select_multiple_from_file", QuestionType::SelectMultiple, From::File),
    ("select_one_external", QuestionType::SelectOne, From::External),
    ("select one from", QuestionType::SelectOne, From::Any),
    ("select all that apply", QuestionType::SelectMultiple, From::Any),
    ("select1", QuestionType::SelectOne, From::Any),
    ("select_one", QuestionType::SelectOne, From::Any),
    ("select one", QuestionType::SelectOne, From::Any),
    ("select_multiple", QuestionType::SelectMultiple, From::Any),
    ("rank", QuestionType::Rank, From::Any),
];

/// Parts a select's type; none when it is no select.
pub(crate) fn select(text: &str) -> Option<SelectType<'_>> {
    SELECTS.iter().find_map(|(command, question_type, from)| {
        let rest = text.strip_prefix(command)?.strip_prefix(' ')?;
        let (list, or_other) = match rest.split_once(' ') {
            None => (rest, false),
            Some((list, "or specify other" | "or_other" | "or other")) => (list, true),
            Some(_) => return None,
        };
        let is_list = !list.is_empty() && !list.contains(char::is_whitespace);
        is_list.then_some(SelectType { question_type: *question_type, from: *from, list, or_other })
    })
}

/// What opens or closes a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    /// A group.
    Group,
    /// A repeat.
    Repeat,
    /// A loop over a list of choices.
    Loop,
}

impl Container {
    /// What people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Repeat => "repeat",
            Self::Loop => "loop",
        }
    }
}

fn container(word: &str) -> Option<Container> {
    Some(match word {
        "group" => Container::Group,
        "repeat" | "lgroup" | "looped group" => Container::Repeat,
        "loop" => Container::Loop,
        _ => return None,
    })
}

/// A type that begins a group, repeat or loop, with the list of a loop.
pub(crate) fn begin(text: &str) -> Option<(Container, Option<&str>)> {
    let rest = text.strip_prefix("begin")?.strip_prefix([' ', '_', '\t'])?;
    if let Some(container) = container(rest) {
        return Some((container, None));
    }
    ["looped group", "lgroup", "group", "repeat", "loop"].iter().find_map(|word| {
        let list = rest.strip_prefix(word)?.strip_prefix(' ')?;
        let list = list.strip_prefix("over ").unwrap_or(list);
        let is_list = !list.is_empty() && !list.contains(char::is_whitespace);
        is_list.then_some((container(word)?, Some(list)))
    })
}

/// A type that ends a group, repeat or loop.
pub(crate) fn end(text: &str) -> Option<Container> {
    container(text.strip_prefix("end")?.strip_prefix([' ', '_', '\t'])?)
}

/// The spelling that strict forms have, for one that real forms have: other case, `_` for a blank, blanks in excess. The same
/// text when there is none.
pub(crate) fn lenient(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain = words.join(" ");
    let lower = plain.to_lowercase().replace('_', " ");
    for (from, to) in [
        ("select one external", "select_one_external"),
        ("select one from file", "select_one_from_file"),
        ("select multiple from file", "select_multiple_from_file"),
        ("select multiple from", "select_multiple"),
        ("select multiple", "select_multiple"),
        ("select all that apply from", "select_multiple"),
        ("select one from", "select_one"),
        ("select one", "select_one"),
        ("select1", "select_one"),
        ("rank", "rank"),
    ] {
        if lower.starts_with(from) && lower[from.len()..].starts_with(' ') && plain.is_char_boundary(from.len()) {
            return format!("{to}{}", &plain[from.len()..]);
        }
    }
    for candidate in [lower.clone(), lower.replace(' ', "-"), lower.replace(' ', "")] {
        if known(&candidate).is_some() || begin(&candidate).is_some() || end(&candidate).is_some() {
            return candidate;
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_select_is_parted_into_command_list_and_other() {
        let parted = select("select_multiple yesno or_other").unwrap();
        assert_eq!((parted.question_type, parted.list, parted.or_other), (QuestionType::SelectMultiple, "yesno", true));
        assert_eq!(select("select one from file a.csv").unwrap().from, From::File);
        assert_eq!(select("select_one"), None);
        assert_eq!(select("select_one a b"), None);
    }

    #[test]
    fn containers_begin_and_end_in_many_spellings() {
        assert_eq!(begin("begin_group"), Some((Container::Group, None)));
        assert_eq!(begin("begin looped group"), Some((Container::Repeat, None)));
        assert_eq!(begin("begin loop over cities"), Some((Container::Loop, Some("cities"))));
        assert_eq!(end("end repeat"), Some(Container::Repeat));
        assert_eq!(begin("begin dancing"), None);
    }

    #[test]
    fn lenient_spellings_come_to_strict_ones() {
        assert_eq!(lenient("Select_One  yesno"), "select_one yesno");
        assert_eq!(lenient("TEXT"), "text");
        assert_eq!(lenient("Begin Group"), "begin group");
        assert_eq!(lenient("hidden string"), "hidden string");
    }
}
