//! What is wrong with a record, in words.

use super::Session;
use super::answers::Key;
use super::choices::shown;
use super::instance_tree::Place;
use super::value::fits;
use crate::plan::Rule;

/// Something wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub key: Key,
    /// What kind of wrong.
    pub kind: FindingKind,
    /// What the form's author says about it, in the language in use; empty when he says nothing: then an app says it.
    pub message: String,
    /// No device found it before the merge: nobody typed it wrong, two right answers met.
    pub from_merge: bool,
}

/// Kinds of wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// It must be answered and is not.
    Required,
    /// The answer breaks the question's rule.
    Constraint,
    /// The answer is not what such a question takes: words for a number.
    WrongType,
    /// The answer is none of the choices that are offered.
    NotOffered,
    /// The form itself is wrong: an expression cannot be computed. It blocks nothing.
    FormFault,
}

impl FindingKind {
    /// Whether a record that has one cannot be complete.
    #[must_use]
    pub const fn blocks(self) -> bool {
        match self {
            Self::Required | Self::Constraint | Self::WrongType | Self::NotOffered => true,
            Self::FormFault => false,
        }
    }
}

impl Session {
    /// Everything that is wrong with the record, in the form's order.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        self.tree.places().flat_map(|place| self.findings_at(place)).collect()
    }

    /// Whether the record may be called complete.
    ///
    /// # Errors
    /// The findings that stand against it.
    pub fn complete(&self) -> Result<(), Vec<Finding>> {
        let blocking: Vec<Finding> = self.findings().into_iter().filter(|finding| finding.kind.blocks()).collect();
        if blocking.is_empty() { Ok(()) } else { Err(blocking) }
    }

    /// What is wrong at a place.
    pub(super) fn findings_at(&self, place: Place) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.shown(place) && self.plan.at(place.node).asked().is_some() {
            findings.extend(self.fault_of_answer(place));
        }
        for ((_, column), reason) in self.faults.range((place, "")..).take_while(|((at, _), _)| *at == place) {
            findings.push(self.finding(place, FindingKind::FormFault, format!("{column}: {reason}")));
        }
        findings
    }

    /// What is wrong with the answer: the first that applies, as people can mend only one.
    fn fault_of_answer(&self, place: Place) -> Option<Finding> {
        let node = self.plan.at(place.node);
        let asked = node.asked()?;
        let value = self.seen(place);
        if value.is_empty() {
            let required = match &node.bound.required {
                Rule::Never => false,
                Rule::Always => true,
                Rule::When(expr) => self.is_true(expr, place),
            };
            let message = || self.words(place, &asked.required_message);
            return required.then(|| self.finding(place, FindingKind::Required, message()));
        }
        if node.bound.calculation.is_some() {
            return None;
        }
        if !fits(value, asked.question_type) {
            return Some(self.finding(place, FindingKind::WrongType, String::new()));
        }
        if let Some(constraint) = &node.bound.constraint
            && !self.is_true(constraint, place)
        {
            let message = self.words(place, &asked.constraint_message);
            return Some(self.finding(place, FindingKind::Constraint, message));
        }
        self.not_offered(place).then(|| self.finding(place, FindingKind::NotOffered, String::new()))
    }

    /// Whether something is chosen that is not offered.
    fn not_offered(&self, place: Place) -> bool {
        use crate::model::QuestionType;
        let node = self.plan.at(place.node);
        let Some(asked) = node.asked() else { return false };
        let selects =
            matches!(asked.question_type, QuestionType::SelectOne | QuestionType::SelectMultiple | QuestionType::Rank);
        if !selects || (asked.list.is_none() && asked.itemset.is_none()) {
            return false;
        }
        let value = self.seen(place);
        if let (None, Some(list)) = (&node.bound.choices, &asked.list) {
            let list = self.plan.form.lists.get(list);
            let known = |name: &str| list.is_some_and(|list| list.get(name).is_some());
            return if asked.question_type == QuestionType::SelectOne {
                !known(value)
            } else {
                !value.split_whitespace().all(known)
            };
        }
        let offered = self.offered(place);
        let known = |name: &str| offered.iter().any(|choice| choice.name == name);
        if asked.question_type == QuestionType::SelectOne {
            !known(value)
        } else {
            !value.split_whitespace().all(known)
        }
    }

    fn finding(&self, place: Place, kind: FindingKind, message: String) -> Finding {
        let key = self.outside(place);
        let from_merge = self.from_merge.contains(&(key.clone(), kind));
        Finding { key, kind, message, from_merge }
    }

    pub(super) fn words(&self, place: Place, label: &crate::model::Label) -> String {
        if label.is_empty() {
            return String::new();
        }
        self.look(place, |reader, spot| shown(reader, place, spot, label)).unwrap_or_default()
    }
}
