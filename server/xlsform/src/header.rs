//! Headers: from what stands in the first row to which column of a form is meant.
//!
//! A column is named by words, outermost first: `["label", "English (en)"]`, `["bind", "relevant"]`, `["media", "image", "id"]`.
//! Headers are written in many ways (`Read only`, `bind::relevant`, `label:English`), and all ways to write one column come to
//! the same words.

/// The names that a sheet knows, by which its headers are understood.
pub(crate) struct Vocabulary {
    /// Columns that the sheet has by these very names.
    pub(crate) columns: &'static [&'static str],
    /// Other names, in lower case with underscores, and the words they stand for.
    pub(crate) aliases: &'static [(&'static str, &'static [&'static str])],
}

/// The survey sheet.
pub(crate) const SURVEY: Vocabulary = Vocabulary {
    columns: &[
        "name",
        "label",
        "parent",
        "extra_data",
        "actions",
        "default",
        "guidance_hint",
        "instance",
        "query",
        "sms_field",
        "trigger",
        "bind",
        "choice_filter",
        "control",
        "hint",
        "media",
        "parameters",
        "type",
        "choices",
        "itemset",
        "_dynamic_default",
        "_qtd_defaults",
        "_qtd_kwargs",
        "_itemset_has_ref",
    ],
    aliases: &[
        ("compact_tag", &["instance", "odk:tag"]),
        ("read_only", &["bind", "readonly"]),
        ("readonly", &["bind", "readonly"]),
        ("relevant", &["bind", "relevant"]),
        ("relevance", &["bind", "relevant"]),
        ("caption", &["label"]),
        ("appearance", &["control", "appearance"]),
        ("required", &["bind", "required"]),
        ("constraint", &["bind", "constraint"]),
        ("constraining_message", &["bind", "jr:constraintMsg"]),
        ("constraint_message", &["bind", "jr:constraintMsg"]),
        ("calculation", &["bind", "calculate"]),
        ("calculate", &["bind", "calculate"]),
        ("command", &["type"]),
        ("tag", &["name"]),
        ("value", &["name"]),
        ("image", &["media", "image"]),
        ("big-image", &["media", "big-image"]),
        ("audio", &["media", "audio"]),
        ("video", &["media", "video"]),
        ("count", &["control", "jr:count"]),
        ("repeat_count", &["control", "jr:count"]),
        ("jr:count", &["control", "jr:count"]),
        ("autoplay", &["control", "autoplay"]),
        ("rows", &["control", "rows"]),
        ("noapperrorstring", &["bind", "jr:noAppErrorString"]),
        ("no_app_error_string", &["bind", "jr:noAppErrorString"]),
        ("requiredmsg", &["bind", "jr:requiredMsg"]),
        ("required_message", &["bind", "jr:requiredMsg"]),
        ("body", &["control"]),
        ("save_to", &["bind", "entities:saveto"]),
        ("sms_field", &["sms_field"]),
        ("sms_option", &["sms_option"]),
        ("sms_separator", &["sms_separator"]),
        ("sms_allow_media", &["sms_allow_media"]),
        ("sms_date_format", &["sms_date_format"]),
        ("sms_datetime_format", &["sms_datetime_format"]),
        ("sms_response", &["sms_response"]),
    ],
};

/// The choices and external_choices sheets.
pub(crate) const CHOICES: Vocabulary = Vocabulary {
    columns: &["name", "label", "parent", "extra_data", "_choice_itext_ref", "media", "sms_option"],
    aliases: &[
        ("caption", &["label"]),
        ("list_name", &["list name"]),
        ("value", &["name"]),
        ("image", &["media", "image"]),
        ("big-image", &["media", "big-image"]),
        ("audio", &["media", "audio"]),
        ("video", &["media", "video"]),
    ],
};

/// The settings sheet.
pub(crate) const SETTINGS: Vocabulary = Vocabulary {
    columns: &[
        "name",
        "label",
        "parent",
        "extra_data",
        "bind",
        "children",
        "control",
        "hint",
        "media",
        "type",
        "instance",
        "flat",
        "sms_field",
        "add_none_option",
        "clean_text_values",
        "attribute",
        "auto_delete",
        "auto_send",
        "choices",
        "default_language",
        "file_name",
        "id_string",
        "instance_name",
        "instance_xmlns",
        "namespaces",
        "omit_instanceID",
        "public_key",
        "sms_allow_media",
        "sms_date_format",
        "sms_datetime_format",
        "sms_keyword",
        "sms_response",
        "sms_separator",
        "style",
        "submission_url",
        "title",
        "version",
        "allow_choice_duplicates",
        "client_editable",
        "delimiter",
        "prefix",
        "entity_version",
        "_created",
        "_translations",
        "_xpath",
        "setgeopoint_by_triggering_ref",
        "setvalues_by_triggering_ref",
    ],
    aliases: &[
        ("form_title", &["title"]),
        ("set_form_title", &["title"]),
        ("form_id", &["id_string"]),
        ("set_form_id", &["id_string"]),
        ("prefix", &["prefix"]),
    ],
};

/// The entities sheet.
pub(crate) const ENTITIES: Vocabulary = Vocabulary {
    columns: &["dataset", "entity_id", "create_if", "update_if", "repeat", "label"],
    aliases: &[("list_name", &["dataset"])],
};

/// What a header means: its words, and whether it is written exactly as the column is called.
pub(crate) struct Meaning {
    /// The words.
    pub(crate) words: Vec<String>,
    /// Whether the header is the plain name of the column.
    pub(crate) exact: bool,
}

impl Vocabulary {
    /// What a header means. `double` says that some header of the sheet has `::`, so that a single `:` parts nothing.
    pub(crate) fn meaning(&self, header: &str, double: bool) -> Meaning {
        let plain = snake_case(header);
        for name in [header, plain.as_str()] {
            if self.knows(name) && self.alias(name).is_none() {
                return Meaning { words: vec![name.to_owned()], exact: name == header };
            }
        }
        let words = split(header, double);
        let first = words.first().map(|word| snake_case(word)).unwrap_or_default();
        let rest = words.iter().skip(1).cloned();
        if let Some(alias) = self.alias(&first) {
            let exact = matches!(alias, [one] if one == &header);
            return Meaning { words: alias.iter().map(|word| (*word).to_owned()).chain(rest).collect(), exact };
        }
        if self.knows(&first) {
            return Meaning { exact: first == header, words: std::iter::once(first).chain(rest).collect() };
        }
        Meaning { words, exact: true }
    }

    fn knows(&self, name: &str) -> bool {
        self.columns.contains(&name)
    }

    fn alias(&self, name: &str) -> Option<&'static [&'static str]> {
        self.aliases.iter().find(|(alias, _)| *alias == name).map(|(_, words)| *words)
    }
}

fn snake_case(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase()
}

fn split(header: &str, double: bool) -> Vec<String> {
    if double || header.contains("::") {
        return header.split("::").map(|word| word.trim().to_owned()).collect();
    }
    let words: Vec<String> = header.split(':').map(|word| word.trim().to_owned()).collect();
    let Some(jr) = words.iter().position(|word| word == "jr").filter(|jr| jr + 1 < words.len()) else { return words };
    // `jr:count` is one word, though it has a colon.
    let mut joined = words[..jr].to_vec();
    joined.push(format!("jr:{}", words[jr + 1]));
    joined.extend_from_slice(&words[jr + 2..]);
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(header: &str, double: bool) -> Vec<String> {
        SURVEY.meaning(header, double).words
    }

    #[test]
    fn all_ways_to_write_a_column_come_to_the_same_words() {
        assert_eq!(words("Read Only", false), ["bind", "readonly"]);
        assert_eq!(words("bind::readonly", true), ["bind", "readonly"]);
        assert_eq!(words("label:English", false), ["label", "English"]);
        assert_eq!(words("image::Bahasa Indonesia (id)", true), ["media", "image", "Bahasa Indonesia (id)"]);
        assert_eq!(words("jr:count", false), ["control", "jr:count"]);
        assert_eq!(words("constraint_message: French", false), ["bind", "jr:constraintMsg", "French"]);
        assert_eq!(words("Comment by Ani", false), ["Comment by Ani"]);
    }
}
