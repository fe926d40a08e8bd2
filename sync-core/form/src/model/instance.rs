//! Secondary instances: data that expressions read with `instance('name')` and that no one answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Data beside the answers. A form holds them whole, so that a phone that has the form has them too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondaryInstance {
    /// Rows of an attached CSV or GeoJSON file: `root/item/<column>`.
    Table(Table),
    /// A tree of any shape, from an attached XML file.
    Tree(Element),
    /// An attachment that was not at hand when the form was compiled. It reads as an empty table; such a form is not
    /// published.
    Missing {
        /// The file's name.
        file: String,
    },
}

/// A table of text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Table {
    /// The file it was read from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows, each as long as the columns.
    pub rows: Vec<Vec<String>>,
}

/// An element of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Element {
    /// Its name.
    pub name: String,
    /// Its attributes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Text in it; elements with children have none of their own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Elements in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Element>,
}
