//! The table of everything that the compiler may say about a form.

use std::fmt;

use serde::{Serialize, Serializer};

/// How much a problem weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    /// The form cannot be compiled.
    Error,
    /// An error in strict mode; in lenient mode the compiler knows what is meant, and warns.
    Lenient,
    /// The form is compiled; its author should look at it.
    Warning,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $gravity:ident, $advice:literal;)+) => {
        /// What kind of problem it is. Where pyxform has a code for the same rule, it is the same code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The code as it is printed.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// How much it weighs.
            #[must_use]
            pub const fn gravity(self) -> Gravity {
                match self { $(Self::$name => Gravity::$gravity,)+ }
            }

            /// Whether pyxform does not look for it, but leaves it to ODK Validate, or to nobody.
            #[must_use]
            pub fn is_beyond_pyxform(self) -> bool {
                matches!(self, Self::BadExpression | Self::BadCall | Self::Circle | Self::FileBroken | Self::LongPath | Self::TooDeep)
            }

            /// What the rule is, in a few words.
            #[must_use]
            pub const fn rule(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii_start(),)+ }
            }

            /// What the form's author can do about it.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)+ }
            }
        }
    };
}

codes! {
    /// The workbook has no survey sheet.
    NoSurvey = "SHEET_001", Error, "Name the sheet with the questions `survey`.";
    /// A question takes its choices from a list, but there is no choices sheet.
    NoChoices = "SHEET_002", Error, "Add a sheet `choices` with the columns list_name, name and label.";
    /// A select_one_external question, but there is no external_choices sheet.
    NoExternalChoices = "SHEET_003", Error, "Add a sheet `external_choices` with the columns list_name, name and label.";
    /// A sheet's name is nearly that of a sheet that a form may have.
    SimilarSheet = "NAMES_013", Warning, "Rename the sheet, or begin its name with `_` if it is no part of the form.";
    /// A cell stands under no header.
    HeaderMissing = "HEADER_001", Error, "Write a header above the cell, or empty it.";
    /// Two headers are names of the same column.
    HeaderSynonyms = "HEADER_002", Lenient, "Keep one of the two columns.";
    /// A sheet lacks a column that it must have.
    HeaderRequired = "HEADER_003", Error, "Add the column.";
    /// A column of the choices sheet has a header with blanks.
    HeaderOfChoices = "HEADER_004", Warning, "Write the header as one word; until then the column is ignored.";
    /// The entities sheet has a column that it does not know.
    HeaderOfEntities = "HEADER_005", Lenient, "Check the spelling of the header, or remove the column.";
    /// Two columns have the same header.
    HeaderTwice = "HEADER_101", Lenient, "Remove or rename one of the columns.";
    /// A column that forms do not know is ignored.
    HeaderIgnored = "HEADER_102", Warning, "Nothing, if it holds notes; else check the spelling of the header.";
    /// A column that is the same in all languages names one, or a column names two.
    HeaderTranslated = "HEADER_103", Lenient, "Leave the language out of the header.";
    /// A row says neither a type nor a name nor a label.
    RowIgnored = "ROW_001", Warning, "Nothing, if it is a comment; else give it a type.";
    /// A column `disabled` is no part of XLSForm.
    RowDisabled = "ROW_002", Warning, "Use `relevant` with `false()` instead.";
    /// A question has no type.
    NoType = "TYPE_001", Error, "Write the type: text, integer, select_one LIST, …";
    /// A type is none that forms know.
    UnknownType = "TYPE_002", Lenient, "Check the spelling of the type. Lenient mode takes the question as text.";
    /// A kind of question is known but not collected here.
    TypeIgnored = "TYPE_003", Warning, "The question is kept, and nothing fills it in.";
    /// A question, group or repeat has no name.
    NoName = "NAMES_101", Error, "Write a name.";
    /// Two items in the same group have the same name.
    DuplicateName = "NAMES_001", Error, "Rename one of them.";
    /// Two names in the same group differ only in case.
    SimilarName = "NAMES_002", Warning, "Rename one of them: many programs for analysis do not tell them apart.";
    /// A repeat has the name of the form's root.
    RepeatNamedAsRoot = "NAMES_003", Error, "Rename the repeat.";
    /// Two repeats have the same name.
    DuplicateRepeat = "NAMES_004", Error, "Rename one of them: a repeat's name must be unique in the whole form.";
    /// An item is called `meta`, where a record keeps its id and name.
    NamedMeta = "NAMES_005", Lenient, "Rename it.";
    /// A choice has no name.
    ChoiceWithoutName = "NAMES_006", Error, "Write what is stored when this choice is chosen.";
    /// Two choices of a list have the same name.
    DuplicateChoice = "NAMES_007", Lenient, "Rename one of them, or set allow_choice_duplicates to yes if a filter parts them.";
    /// A name has a character that names cannot have.
    BadName = "NAMES_008", Error, "Begin with a letter or `_`; go on with letters, digits, `_`, `-` or `.`.";
    /// The name of an entity list or property begins with two underscores.
    EntityUnderscores = "NAMES_010", Error, "Rename it: such names belong to the system.";
    /// The name of an entity list has a point.
    EntityPoint = "NAMES_011", Error, "Leave the point out.";
    /// A property of an entity is called `name` or `label`.
    EntityReserved = "NAMES_012", Error, "Rename the property.";
    /// Two rows of the entities sheet have the same list_name.
    DuplicateEntity = "NAMES_014", Error, "Keep one row for a list.";
    /// A row of the entities sheet has no list_name.
    EntityWithoutName = "NAMES_015", Error, "Write the list's name.";
    /// A `${` begins a reference that is none.
    BadReference = "PYREF_001", Lenient, "Write `${name}`, with nothing but a question's name between the braces. Lenient mode shows it as it is.";
    /// A list of references has no comma between two of them.
    ReferenceList = "PYREF_002", Error, "Write a comma between the references.";
    /// A reference names no question of the form.
    UnknownReference = "PYREF_003", Lenient, "Check the spelling of the name. Lenient mode reads it as never answered.";
    /// A reference names several questions.
    AmbiguousReference = "PYREF_004", Error, "Rename the questions so that the name is unique in the form.";
    /// A reference stands inside quotes of an expression.
    ReferenceInQuotes = "PYREF_101", Warning, "Nothing, if a path is meant, as in jr:choice-name(); else use concat().";
    /// An end without a matching begin.
    UnmatchedEnd = "SURVEY_001", Error, "Begin the group or repeat above, or remove this row.";
    /// A begin without a matching end.
    UnmatchedBegin = "SURVEY_002", Error, "End the group or repeat below its last question.";
    /// The parameter incremental is not true.
    Incremental = "SURVEY_003", Error, "Write incremental=true or leave it out.";
    /// Parameters are not written as key=value.
    BadParameters = "SURVEY_004", Error, "Write key=value, with blanks between.";
    /// A parameter is not one that this type of question takes.
    UnknownParameter = "SURVEY_005", Lenient, "Check the spelling of the parameter, or remove it.";
    /// reference-geometry names nothing that has places.
    ReferenceGeometry = "SURVEY_006", Error, "Name a choice list, an attached file or a repeat.";
    /// capture-accuracy is no number.
    CaptureAccuracy = "SURVEY_007", Error, "Write metres, as a number.";
    /// warning-accuracy is no number.
    WarningAccuracy = "SURVEY_008", Error, "Write metres, as a number.";
    /// allow-mock-accuracy is neither true nor false.
    MockAccuracy = "SURVEY_009", Error, "Write true or false.";
    /// A parameter has a value that it cannot have.
    ParameterValue = "SURVEY_101", Error, "Write one of the values that the message names.";
    /// An audit has a name of its own.
    AuditName = "SURVEY_102", Error, "Leave the name empty.";
    /// A calculate question has no calculation.
    NoCalculation = "SURVEY_103", Error, "Write the calculation, or a default that is computed.";
    /// A background-geopoint has a calculation.
    GeopointCalculation = "SURVEY_104", Error, "Empty the calculation.";
    /// A background-geopoint has no trigger.
    GeopointTrigger = "SURVEY_105", Error, "Write the question whose answer makes it look for the place: `${name}`.";
    /// A trigger is a question that no one sees.
    HiddenTrigger = "SURVEY_106", Error, "Let a question trigger it that people answer.";
    /// A range's parameter is no number.
    RangeNumber = "RANGE_001", Error, "Write a number.";
    /// A range's step is zero.
    RangeZero = "RANGE_002", Error, "Write a step other than 0.";
    /// A range's step is wider than the range.
    RangeWide = "RANGE_003", Error, "Make the step smaller than the distance between start and end.";
    /// A range's parameter is no multiple of the step.
    RangeMultiple = "RANGE_004", Error, "Write a multiple of the step.";
    /// A range's placeholder lies outside the range.
    RangeOutside = "RANGE_005", Error, "Write a number between start and end.";
    /// A range's tick_labelset is no choice list.
    RangeLabels = "RANGE_006", Error, "Name a list of the choices sheet.";
    /// A range without ticks has more than two labels.
    RangeNoTicksMany = "RANGE_007", Error, "Keep two choices in the list: for start and end.";
    /// A range's parameters do not go with its appearance.
    RangeAppearance = "RANGE_008", Error, "Use the appearances vertical and no-ticks only.";
    /// A label of a range stands at no number.
    RangeLabelNumber = "RANGE_009", Error, "Name the choices of the list by numbers.";
    /// A label of a range stands outside it.
    RangeLabelOutside = "RANGE_010", Error, "Name the choices by numbers between start and end.";
    /// A label of a range stands between its ticks.
    RangeLabelMultiple = "RANGE_011", Error, "Name the choices by numbers that the ticks reach.";
    /// A range without ticks has labels elsewhere than at its ends.
    RangeNoTicksEnds = "RANGE_012", Error, "Name the two choices by start and end.";
    /// A list of choices does not exist.
    UnknownList = "LIST_001", Error, "Check the spelling of the list's name, or write the list.";
    /// A choice of a select_multiple has a name with blanks.
    ChoiceWithBlank = "LIST_002", Error, "Name the choice without blanks: answers are joined by them.";
    /// A select from file names no CSV, GeoJSON or XML file.
    FileKind = "LIST_003", Error, "Write the file's name with .csv, .geojson or .xml.";
    /// or_other together with a choice filter.
    OtherFiltered = "LIST_004", Error, "Write the choice `other` and its text question yourself.";
    /// or_other without a list of choices.
    OtherWithoutList = "LIST_005", Error, "Name a list of the choices sheet.";
    /// A select in a table-list has a choice filter.
    TableFiltered = "LIST_006", Error, "Remove the filter, or the appearance table-list.";
    /// Selects in a table-list have different lists.
    TableLists = "LIST_007", Error, "Use one list for all selects of the group.";
    /// A loop names no list.
    LoopWithoutList = "LIST_008", Error, "Write `begin loop over LIST`.";
    /// search() together with a select from file, or a list used with and without search().
    Search = "LIST_009", Error, "Use select_one_from_file without search(), or a list of its own.";
    /// Two sources of data have the same name.
    InstanceTwice = "LIST_010", Error, "Rename the list, the file or the question.";
    /// A select_one_external without a choice filter.
    ExternalUnfiltered = "LIST_011", Lenient, "Use select_one and the choices sheet, or write a filter.";
    /// A choice has no label.
    ChoiceWithoutLabel = "LABEL_001", Warning, "Write a label; until then people see the name.";
    /// A question has neither label nor hint.
    NoLabel = "LABEL_101", Lenient, "Write a label.";
    /// A big-image without an image.
    BigImage = "LABEL_102", Error, "Name an image too.";
    /// A kind of media that forms do not know.
    MediaKind = "LABEL_103", Lenient, "Use image, big-image, audio or video.";
    /// A repeat has no label.
    RepeatWithoutLabel = "LABEL_104", Warning, "Write a label: people see it when they add an instance.";
    /// save_to without an entities sheet.
    SaveToWithoutEntities = "ENTITY_001", Error, "Add an entities sheet with a list_name and a label.";
    /// Two questions are saved to the same property.
    DuplicateProperty = "ENTITY_002", Error, "Rename one of the properties.";
    /// A group or repeat is saved to a property.
    SaveToGroup = "ENTITY_003", Error, "Move save_to to a question.";
    /// save_to names an entity list that is not declared.
    UnknownEntity = "ENTITY_004", Error, "Check the spelling, or add the list to the entities sheet.";
    /// An entity that is created has no label.
    EntityWithoutLabel = "ENTITY_005", Error, "Write the label, an expression.";
    /// create_if and entity_id without update_if.
    EntityWithoutUpdate = "ENTITY_006", Error, "Write update_if too, or remove entity_id.";
    /// update_if without entity_id.
    EntityWithoutId = "ENTITY_007", Error, "Write entity_id, or use create_if.";
    /// save_to does not say which entity, and there are several.
    SaveToWithoutList = "ENTITY_008", Error, "Write list_name#property.";
    /// Two entities want the same group or repeat.
    EntityPlace = "ENTITY_009", Error, "Put the questions of each entity into a group or repeat of its own.";
    /// A save_to lies in another repeat than the rest of its entity.
    SaveToScope = "ENTITY_011", Error, "Copy the value with a calculate into the repeat of the entity.";
    /// A reference of an entity lies in another repeat than the rest of it.
    EntityScope = "ENTITY_012", Error, "Copy the value with a calculate into the repeat of the entity.";
    /// save_to has more than one `#`.
    SaveToMarks = "ENTITY_013", Error, "Write list_name#property.";
    /// An expression cannot be read.
    BadExpression = "EXPR_001", Error, "Check parentheses, quotes and operators at the place that the message names.";
    /// An expression calls a function that does not exist, or with the wrong arguments.
    BadCall = "EXPR_002", Error, "Check the function's name and arguments.";
    /// Expressions depend on each other in a circle.
    Circle = "EXPR_003", Lenient, "Break the circle: one of the questions must not depend on the next.";
    /// A question is required, or read-only, by its own answer.
    SelfCondition = "EXPR_004", Warning, "Let the condition ask for other questions.";
    /// An attached file is not there.
    FileMissing = "FILE_001", Warning, "Put the file beside the form before you publish it.";
    /// An attached file cannot be read.
    FileBroken = "FILE_002", Error, "Repair the file: CSV in UTF-8 with a header, GeoJSON, or XML.";
    /// Encryption needs the record's id.
    NoInstanceId = "SETTINGS_001", Error, "Remove omit_instanceID.";
    /// The settings have both form_id and id_string.
    TwoIds = "SETTINGS_003", Warning, "Keep form_id.";
    /// The form has no version.
    NoVersion = "SETTINGS_002", Warning, "Write a version in the settings, and a new one with each change.";
    /// More groups lie within each other than a form may have.
    TooDeep = "LIMIT_002", Error, "Use fewer groups within groups.";
    /// A question's path is too long.
    LongPath = "LIMIT_001", Error, "Use shorter names, or fewer groups within groups.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_have_advice() {
        let mut texts: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), Code::ALL.len());
        assert!(Code::ALL.iter().all(|code| !code.advice().is_empty() && !code.rule().starts_with(' ')));
    }
}
