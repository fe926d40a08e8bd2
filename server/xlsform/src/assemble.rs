//! From the tree to the compiled form.

mod action;
mod instance;
mod list;
mod question;
mod section;

use std::collections::BTreeMap;

use rukun_form::{Condition, Expression, Form, FormId, FormVersion, Label, Language, QuestionPath, Text};

use crate::choices::Lists;
use crate::circle::Dependencies;
use crate::code::Code;
use crate::expressions;
use crate::place::Place;
use crate::problem::Log;
use crate::resolve::{Resolver, Scope};
use crate::settings::Settings;
use crate::table::Cell;
use crate::text::Texts;
use crate::tree::{ROOT, Tree};
use crate::typography::truth;

/// Makes the form.
pub(crate) struct Assembler<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) resolver: Resolver<'a>,
    pub(crate) texts: Texts<'a>,
    pub(crate) lists: &'a Lists,
    pub(crate) external: Option<&'a Lists>,
    pub(crate) attachments: &'a BTreeMap<String, Vec<u8>>,
    pub(crate) dependencies: Dependencies,
    pub(crate) form: Form,
    pub(crate) log: &'a mut Log,
}

impl<'a> Assembler<'a> {
    /// Prepares a form with the settings' id, version, title and root.
    pub(crate) fn new(tree: &'a Tree, settings: &'a Settings, id: &str, lists: &'a Lists, log: &'a mut Log) -> Self {
        let version = settings.text("version");
        if version.is_none() {
            let message = "the form has no version; it is compiled as version 1";
            log.report(Code::NoVersion, Place::sheet("settings"), "", message);
        }
        let mut form = Form::new(FormId::new(id), FormVersion::new(version.unwrap_or("1")));
        form.root.clone_from(&tree.nodes[ROOT].name);
        let resolver = Resolver { tree };
        let default_language = settings.default_language();
        let texts = Texts { resolver, default_language, languages: Vec::new() };
        let dependencies = Dependencies::default();
        let attachments = &NOTHING;
        Self { tree, resolver, texts, lists, external: None, attachments, dependencies, form, log }
    }

    /// Makes the form of the whole tree.
    pub(crate) fn assemble(mut self, settings: &Settings, id: &str) -> Form {
        self.title(settings, id);
        self.form.items = self.items(ROOT);
        self.choice_lists();
        self.instances();
        self.dependencies.check(self.tree, self.log);
        let mut form = self.form;
        form.languages = languages(self.texts.languages, settings.default_language());
        form.settings = other_settings(settings);
        let named = settings.cell("instance_name").and_then(|_| form.question("meta/instanceName"));
        form.instance_name = named.and_then(|question| question.calculation.clone());
        form
    }

    fn title(&mut self, settings: &Settings, id: &str) {
        let mut title = self.texts.label(&settings.row, &["title"], Scope::nowhere(), self.log);
        self.texts.languages.clear();
        if title.is_empty() {
            title = Label([(Language(settings.default_language().to_owned()), Text::from(id))].into());
        }
        self.form.title = title;
    }

    /// A node's path as the form writes it.
    pub(crate) fn path(&mut self, node: usize) -> Option<QuestionPath> {
        let path = self.tree.path(node);
        match QuestionPath::parse(&path) {
            Ok(path) => Some(path),
            Err(error) => {
                let row = &self.tree.nodes[node].row;
                // A name that cannot be one has been reported already.
                if path.len() > 1024 {
                    self.log.report(Code::LongPath, row.place_of(&["name"]), &path, error.to_string());
                }
                None
            }
        }
    }

    /// The expression in a cell, seen from a node.
    pub(crate) fn expression(&mut self, cell: &Cell, scope: Scope) -> Expression {
        let resolved = self.resolver.expression(cell, &cell.text, scope, self.log);
        Expression::new(resolved.trim())
    }

    /// The expression in a cell, with `yes` and `no` for true and false; read and checked.
    pub(crate) fn checked(&mut self, node: usize, cell: &Cell, scope: Scope, role: Role) -> Expression {
        let expression = match truth(&cell.text) {
            Some(true) => Expression::new("true()"),
            Some(false) => Expression::new("false()"),
            None => self.expression(cell, scope),
        };
        if let Some(expr) = expressions::check(cell, expression.as_str(), self.log) {
            self.dependencies.add(self.tree, node, role, &expr, cell);
        }
        expression
    }

    /// A condition that is always or never so, or when an expression says so.
    pub(crate) fn condition(&mut self, node: usize, words: &[&str]) -> Condition {
        let Some(cell) = self.tree.nodes[node].row.cell(words).cloned() else { return Condition::default() };
        match truth(&cell.text) {
            Some(constant) => Condition::Constant(constant),
            None => {
                let scope = self.scope(node);
                Condition::When(self.checked(node, &cell, scope, Role::Condition))
            }
        }
    }

    /// The expression of a column, when the node has one.
    pub(crate) fn column(&mut self, node: usize, words: &[&str], role: Role) -> Option<Expression> {
        let cell = self.tree.nodes[node].row.cell(words).filter(|cell| !cell.text.is_empty()).cloned()?;
        let scope = self.scope(node);
        Some(self.checked(node, &cell, scope, role))
    }

    /// What expressions of a node see.
    pub(crate) fn scope(&self, node: usize) -> Scope {
        Scope::within(self.tree.nodes[node].parent)
    }
}

static NOTHING: BTreeMap<String, Vec<u8>> = BTreeMap::new();

/// What an expression is for: what its node's value depends on, and what must not depend on its own node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It computes the value, or whether there is one.
    Value,
    /// It says whether an answer is required or may be typed.
    Condition,
    /// Anything else.
    Other,
}

/// The default language first, the others as they are met.
fn languages(mut languages: Vec<Language>, default: &str) -> Vec<Language> {
    if let Some(place) = languages.iter().position(|language| language.0 == default) {
        languages[..=place].rotate_right(1);
    }
    if languages.is_empty() {
        languages.push(Language(default.to_owned()));
    }
    languages
}

/// Settings that the form has no field for.
fn other_settings(settings: &Settings) -> BTreeMap<String, String> {
    const OWN: [&str; 8] = [
        "id_string",
        "title",
        "version",
        "default_language",
        "name",
        "instance_name",
        "clean_text_values",
        "allow_choice_duplicates",
    ];
    let other = settings.row.cells.iter().filter_map(|cell| match cell.column.words.as_slice() {
        [word] if !OWN.contains(&word.as_str()) => Some((word.clone(), cell.text.clone())),
        _ => None,
    });
    other.collect()
}
