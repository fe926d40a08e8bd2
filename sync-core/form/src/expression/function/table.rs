//! The one table of functions: the checker, the evaluator and the documentation read it.

use super::{Arguments, Standard};

/// Makes the enum and what is known of each function of the lines of the table: variant, name, standard, arguments (least,
/// most, step), what they are called, and what comes of it.
macro_rules! functions {
    ($($variant:ident, $name:literal, $standard:ident, ($least:literal, $most:expr, $step:literal), $parameters:literal,
        $gives:literal;)*) => {
        /// A function that expressions can call.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Builtin {
            $(#[doc = concat!("`", $name, "(", $parameters, ")`: ", $gives, ".")] $variant,)*
        }

        impl Builtin {
            /// All of them, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// How it is called.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Who defined it.
            #[must_use]
            pub const fn standard(self) -> Standard {
                match self { $(Self::$variant => Standard::$standard),* }
            }

            /// How many arguments it takes.
            #[must_use]
            pub const fn arguments(self) -> Arguments {
                match self { $(Self::$variant => Arguments { least: $least, most: $most, step: $step }),* }
            }

            /// What its arguments are called, for documentation.
            #[must_use]
            pub const fn parameters(self) -> &'static str {
                match self { $(Self::$variant => $parameters),* }
            }

            /// What comes of it, for documentation.
            #[must_use]
            pub const fn gives(self) -> &'static str {
                match self { $(Self::$variant => $gives),* }
            }

            /// The function of this name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

functions! {
    Boolean, "boolean", XPath, (1, Some(1), 1), "value", "whether it is a number other than 0, a text that is not empty, or any node";
    Ceiling, "ceiling", XPath, (1, Some(1), 1), "number", "the least whole number not below it";
    Concat, "concat", XPath, (0, None, 1), "value…", "the texts one after another; of nodes, all of them";
    Contains, "contains", XPath, (2, Some(2), 1), "text, part", "whether the part occurs in the text";
    Count, "count", XPath, (1, Some(1), 1), "nodes", "how many nodes";
    False, "false", XPath, (0, Some(0), 1), "", "false";
    Floor, "floor", XPath, (1, Some(1), 1), "number", "the greatest whole number not above it";
    Id, "id", XPath, (1, Some(1), 1), "value", "the elements with these ids";
    Lang, "lang", XPath, (1, Some(1), 1), "language", "whether `xml:lang` of the context is this language";
    Last, "last", XPath, (0, Some(0), 1), "", "how many nodes the predicate looks at";
    LocalName, "local-name", XPath, (0, Some(1), 1), "nodes?", "the name of the first node, without prefix";
    Name, "name", XPath, (0, Some(1), 1), "nodes?", "the name of the first node";
    NamespaceUri, "namespace-uri", XPath, (0, Some(1), 1), "nodes?", "always empty: the trees of forms keep prefixes only";
    NormalizeSpace, "normalize-space", XPath, (0, Some(1), 1), "text?", "the text with single blanks, and none at its ends";
    Not, "not", XPath, (1, Some(1), 1), "value", "whether the value is false";
    Number, "number", XPath, (0, Some(1), 1), "value?", "the number that a text, date or truth value stands for; else NaN";
    Position, "position", XPath, (0, Some(1), 1), "node?", "the place of the context in a predicate; of a node, among its siblings of the same name";
    Round, "round", XPath, (1, Some(2), 1), "number, places?", "the nearest number with so many decimal places; halves go up";
    StartsWith, "starts-with", XPath, (2, Some(2), 1), "text, part", "whether the text begins with the part";
    String, "string", XPath, (0, Some(1), 1), "value?", "the text that stands for the value";
    StringLength, "string-length", XPath, (0, Some(1), 1), "text?", "how many characters";
    Substring, "substring", XPath, (2, Some(3), 1), "text, from, length?", "a part of the text; the first character is 1";
    SubstringAfter, "substring-after", XPath, (2, Some(2), 1), "text, part", "what follows the first occurrence of the part";
    SubstringBefore, "substring-before", XPath, (2, Some(2), 1), "text, part", "what precedes the first occurrence of the part";
    Sum, "sum", XPath, (1, Some(1), 1), "nodes", "the sum of their numbers";
    Translate, "translate", XPath, (3, Some(3), 1), "text, from, to", "the text with each character of the second replaced by that of the third";
    True, "true", XPath, (0, Some(0), 1), "", "true";
    Abs, "abs", Odk, (1, Some(1), 1), "number", "the number without its sign";
    Acos, "acos", Odk, (1, Some(1), 1), "number", "the arc cosine, in radians";
    Area, "area", Odk, (1, Some(1), 1), "shape or points", "square metres inside a geoshape";
    Asin, "asin", Odk, (1, Some(1), 1), "number", "the arc sine, in radians";
    Atan, "atan", Odk, (1, Some(1), 1), "number", "the arc tangent, in radians";
    Atan2, "atan2", Odk, (2, Some(2), 1), "y, x", "the angle of a point, in radians";
    Base64Decode, "base64-decode", Odk, (1, Some(1), 1), "text", "the text that is encoded so";
    BooleanFromString, "boolean-from-string", Odk, (1, Some(1), 1), "text", "whether the text is `true` or `1`";
    Checklist, "checklist", Odk, (2, None, 1), "least, most, value…", "whether so many of the values are true; -1 for no limit";
    ChoiceName, "jr:choice-name", Odk, (2, Some(2), 1), "value, 'question'", "what people read for a choice";
    Coalesce, "coalesce", Odk, (1, None, 1), "value…", "the first that is not empty";
    Cos, "cos", Odk, (1, Some(1), 1), "radians", "the cosine";
    CountNonEmpty, "count-non-empty", Odk, (1, Some(1), 1), "nodes", "how many nodes are not empty";
    CountSelected, "count-selected", Odk, (1, Some(1), 1), "list", "how many choices are selected";
    Current, "current", Odk, (0, Some(0), 1), "", "the node that the expression belongs to, also inside a predicate";
    Date, "date", Odk, (1, Some(1), 1), "value", "the date that a text or a number of days since 1970 stands for";
    DateTime, "date-time", Odk, (1, Some(1), 1), "value", "the date and time that a text or a number of days since 1970 stands for";
    DecimalDateTime, "decimal-date-time", Odk, (1, Some(1), 1), "value", "days since 1970, with the time of day as a fraction";
    DecimalTime, "decimal-time", Odk, (1, Some(1), 1), "time", "the time of day as a fraction of a day";
    Digest, "digest", Odk, (2, Some(3), 1), "text, algorithm, encoding?", "MD5, SHA-1, SHA-256, SHA-384 or SHA-512, in base64 or hex";
    Distance, "distance", Odk, (1, None, 1), "line or points", "metres along a geotrace, a geoshape or points";
    EndsWith, "ends-with", Odk, (2, Some(2), 1), "text, part", "whether the text ends with the part";
    Exp, "exp", Odk, (1, Some(1), 1), "number", "e to this power";
    Exp10, "exp10", Odk, (1, Some(1), 1), "number", "10 to this power";
    FormatDate, "format-date", Odk, (2, Some(2), 1), "date, format", "the date written so";
    FormatDateTime, "format-date-time", Odk, (2, Some(2), 1), "date-time, format", "the date and time written so";
    Geofence, "geofence", Odk, (2, Some(2), 1), "point, shape", "whether the point lies inside the geoshape";
    If, "if", Odk, (3, Some(3), 1), "condition, then, else", "one of the two; the other is not computed";
    IndexedRepeat, "indexed-repeat", Odk, (3, Some(7), 2), "nodes, repeat, index, …", "the node in the repeat instance of this number";
    Instance, "instance", Odk, (1, Some(1), 1), "'name'", "the root of a secondary instance";
    Int, "int", Odk, (1, Some(1), 1), "number", "the number without its fraction";
    Itext, "jr:itext", Odk, (1, Some(1), 1), "id", "the text with this id in the language in use";
    Join, "join", Odk, (1, None, 1), "separator, value…", "the texts with the separator between them; of nodes, all of them";
    Log, "log", Odk, (1, Some(1), 1), "number", "the natural logarithm";
    Log10, "log10", Odk, (1, Some(1), 1), "number", "the logarithm to base 10";
    Max, "max", Odk, (1, None, 1), "value…", "the greatest of the numbers";
    Min, "min", Odk, (1, None, 1), "value…", "the least of the numbers";
    Now, "now", Odk, (0, Some(0), 1), "", "the date and time, in the device's zone";
    Once, "once", Odk, (1, Some(1), 1), "value", "what the question has already, or the value if it has nothing";
    Pi, "pi", Odk, (0, Some(0), 1), "", "π";
    Pow, "pow", Odk, (2, Some(2), 1), "base, power", "the power";
    Pulldata, "pulldata", Odk, (4, Some(4), 1), "'file', column, key column, key", "a cell of an attached table";
    Random, "random", Odk, (0, Some(0), 1), "", "a number from 0 to below 1";
    Randomize, "randomize", Odk, (1, Some(2), 1), "nodes, seed?", "the nodes in an order of chance, or of the seed";
    Regex, "regex", Odk, (2, Some(2), 1), "text, pattern", "whether the pattern occurs in the text";
    Selected, "selected", Odk, (2, Some(2), 1), "list, value", "whether the value is among those of a list";
    SelectedAt, "selected-at", Odk, (2, Some(2), 1), "list, index", "the value at this place of a list; the first is 0";
    Sin, "sin", Odk, (1, Some(1), 1), "radians", "the sine";
    Sqrt, "sqrt", Odk, (1, Some(1), 1), "number", "the square root";
    Substr, "substr", Odk, (2, Some(3), 1), "text, from, to?", "a part of the text; the first character is 0, and the last is not among it";
    Tan, "tan", Odk, (1, Some(1), 1), "radians", "the tangent";
    Today, "today", Odk, (0, Some(0), 1), "", "the date, in the device's zone";
    Uuid, "uuid", Odk, (0, Some(1), 1), "length?", "a random UUID, or so many random characters";
    WeightedChecklist, "weighted-checklist", Odk, (4, None, 2), "least, most, value, weight, …", "whether the weights of the values that are true sum up so";
    AddDate, "add-date", Vendor, (2, Some(6), 1), "date, years, months?, days?, hours?, minutes?", "the date so much later (CHT)";
    DifferenceInDays, "cht:difference-in-days", Vendor, (2, Some(2), 1), "from, to", "whole days between two dates (CHT)";
    DifferenceInMonths, "difference-in-months", Vendor, (2, Some(2), 1), "from, to", "whole months between two dates (CHT)";
    ChtDifferenceInMonths, "cht:difference-in-months", Vendor, (2, Some(2), 1), "from, to", "whole months between two dates (CHT)";
    DifferenceInWeeks, "cht:difference-in-weeks", Vendor, (2, Some(2), 1), "from, to", "whole weeks between two dates (CHT)";
    DifferenceInYears, "cht:difference-in-years", Vendor, (2, Some(2), 1), "from, to", "whole years between two dates (CHT)";
    ParseTimestampToDate, "parse-timestamp-to-date", Vendor, (1, Some(1), 1), "milliseconds", "the date of a moment since 1970 (CHT)";
    Trim, "trim", Vendor, (1, Some(1), 1), "text", "the text without blanks at its ends (PMA 2020)";
}
