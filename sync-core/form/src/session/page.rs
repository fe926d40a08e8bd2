//! Pages: what a phone shows at once.

use super::Session;
use super::answers::Key;
use super::instance_tree::Place;
use super::view::View;
use super::world::InstanceKey;
use crate::model::QuestionType;
use crate::plan::{Kind, NodeIndex};

/// What a phone shows at once: one question, or those of a group that its author wants on one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The groups and instances around it, outermost first.
    pub around: Vec<View>,
    /// What is asked, in order. On a page that asks whether there is one more of a repeat: nothing.
    pub questions: Vec<View>,
    /// The repeat to which an instance may be added here, and the instance around it.
    pub add: Option<(String, Option<InstanceKey>)>,
}

/// How far the record is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Questions that are asked and can be typed in.
    pub asked: usize,
    /// Those that have an answer.
    pub answered: usize,
    /// Those that must have one and have none.
    pub missing: usize,
}

impl Session {
    /// The pages with what is asked just now, in order.
    #[must_use]
    pub fn pages(&self) -> Vec<Page> {
        let mut pages = Vec::new();
        self.turn(Place { frame: 0, node: NodeIndex::FORM }, &mut Vec::new(), &mut pages);
        pages
    }

    /// How far the record is filled.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let mut progress = Progress::default();
        for place in self.tree.places().filter(|place| self.shown(*place) && self.is_visible(*place)) {
            let node = self.plan.at(place.node);
            if node.asked().is_none() || node.bound.calculation.is_some() || self.is_read_only(place) {
                continue;
            }
            progress.asked += 1;
            if self.seen(place).is_empty() {
                let missing = self.findings_at(place).iter().any(|finding| finding.kind.blocks());
                progress.missing += usize::from(missing);
            } else {
                progress.answered += 1;
            }
        }
        progress
    }

    /// Whether a place is a question that people see, and not one that computes or records by itself.
    fn is_visible(&self, place: Place) -> bool {
        let node = self.plan.at(place.node);
        match node.question_type() {
            Some(
                QuestionType::Calculate
                | QuestionType::Hidden
                | QuestionType::Start
                | QuestionType::End
                | QuestionType::Today
                | QuestionType::StartGeopoint
                | QuestionType::DeviceId
                | QuestionType::Username
                | QuestionType::PhoneNumber
                | QuestionType::Email
                | QuestionType::InstanceId
                | QuestionType::BackgroundAudio
                | QuestionType::Audit,
            ) => false,
            Some(
                QuestionType::Integer
                | QuestionType::Decimal
                | QuestionType::Range
                | QuestionType::Text
                | QuestionType::SelectOne
                | QuestionType::SelectMultiple
                | QuestionType::Rank
                | QuestionType::Acknowledge
                | QuestionType::Date
                | QuestionType::Time
                | QuestionType::DateTime
                | QuestionType::Geopoint
                | QuestionType::Geotrace
                | QuestionType::Geoshape
                | QuestionType::Barcode
                | QuestionType::Image
                | QuestionType::Audio
                | QuestionType::Video
                | QuestionType::File
                | QuestionType::Note,
            )
            | None => true,
        }
    }

    fn turn(&self, place: Place, around: &mut Vec<View>, pages: &mut Vec<Page>) {
        let node = self.plan.at(place.node);
        if node.appearance.iter().any(|word| word == "field-list") && node.asked().is_none() {
            let questions = self.questions_in(place);
            if !questions.is_empty() {
                pages.push(Page { around: around.clone(), questions, add: None });
            }
            return;
        }
        for child in &node.children {
            if self.plan.at(*child).is_repeat() {
                self.turn_repeat(*child, place.frame, around, pages);
            } else {
                self.turn_child(Place { node: *child, ..place }, around, pages);
            }
        }
    }

    fn turn_child(&self, place: Place, around: &mut Vec<View>, pages: &mut Vec<Page>) {
        if !self.shown(place) {
            return;
        }
        if self.plan.at(place.node).asked().is_some() {
            if self.is_visible(place) {
                pages.push(Page { around: around.clone(), questions: vec![self.view_of(place)], add: None });
            }
            return;
        }
        around.push(self.view_of(place));
        self.turn(place, around, pages);
        around.pop();
    }

    fn turn_repeat(&self, repeat: NodeIndex, frame: u32, around: &mut Vec<View>, pages: &mut Vec<Page>) {
        let instances = self.tree.shown(frame, repeat).to_vec();
        for instance in instances {
            self.turn_child(Place { frame: instance, node: repeat }, around, pages);
        }
        let counted = matches!(self.plan.at(repeat).kind, Kind::Repeat { counted: true, .. });
        let parent = self.plan.at(repeat).parent.unwrap_or(NodeIndex::FORM);
        if !counted && self.shown(Place { frame, node: parent }) {
            let id = self.tree.frame(frame).and_then(|frame| frame.id);
            let add = Some((self.plan.at(repeat).path.clone(), id));
            pages.push(Page { around: around.clone(), questions: Vec::new(), add });
        }
    }

    /// All questions, and headings of groups, that lie in a place and are asked.
    fn questions_in(&self, place: Place) -> Vec<View> {
        let Some(order) = self.tree.order_of(&self.plan, place) else { return Vec::new() };
        (order + 1..self.tree.end(order))
            .map(|order| self.tree.at(order))
            .filter(|place| self.shown(*place) && self.is_visible(*place))
            .map(|place| self.view_of(place))
            .collect()
    }

    /// Where an answer stands among the pages, so that a finding can lead there.
    #[must_use]
    pub fn page_of(&self, key: &Key) -> Option<usize> {
        self.pages().iter().position(|page| page.questions.iter().any(|view| view.key == *key))
    }
}
