//! What is set when something happens.

use rukun_form::{Action, ActionValue, Event, Expression, QuestionPath};

use super::{Assembler, Role};
use crate::code::Code;
use crate::draft::{Asked, Kind};
use crate::table::Cell;

impl Assembler<'_> {
    /// A calculation that runs when other questions change.
    pub(super) fn triggered(&mut self, node: usize, asked: &Asked, target: &QuestionPath) {
        let mut on = Vec::new();
        for name in &asked.triggers {
            let [trigger] = self.tree.named(name) else { continue };
            self.check_trigger(node, *trigger, asked);
            on.extend(self.path(*trigger).map(Event::Changed));
        }
        let value = if asked.finds_place {
            ActionValue::Geopoint
        } else {
            let calculation = self.column(node, &["bind", "calculate"], Role::Other);
            ActionValue::Expression(calculation.unwrap_or_else(|| Expression::new("''")))
        };
        self.form.actions.push(Action { on, target: target.clone(), value });
    }

    fn check_trigger(&mut self, node: usize, trigger: usize, asked: &Asked) {
        let Kind::Question(asks) = &self.tree.nodes[trigger].kind else { return };
        let row = &self.tree.nodes[trigger].row;
        let calculates = asks.info.question_type == rukun_form::QuestionType::Calculate
            || row.cell(&["bind", "calculate"]).is_some()
            || !asks.triggers.is_empty();
        let silent = calculates && !super::question::is_shown(row, asks);
        if silent && !asked.finds_place {
            let row = &self.tree.nodes[node].row;
            let place = row.place_of(&["trigger"]);
            let name = &self.tree.nodes[trigger].name;
            self.log.report(Code::HiddenTrigger, place, name, format!("nobody sees `{name}`, so nobody changes it"));
        }
    }

    /// A default that is computed when a record, or an instance of a repeat, is begun.
    pub(super) fn dynamic_default(&mut self, node: usize, cell: &Cell, target: &QuestionPath) {
        let scope = self.scope(node);
        let value = ActionValue::Expression(self.checked(node, cell, scope, Role::Other));
        let mut on = vec![Event::FirstLoad];
        let repeat = self.tree.repeat_around(node);
        on.extend(repeat.and_then(|repeat| self.path(repeat)).map(Event::NewRepeat));
        self.form.actions.push(Action { on, target: target.clone(), value });
    }

    /// A start-geopoint asks the device once.
    pub(super) fn finds_place_at_first(&mut self, node: usize, target: &QuestionPath) {
        let Kind::Question(asked) = &self.tree.nodes[node].kind else { return };
        if asked.info.question_type == rukun_form::QuestionType::StartGeopoint {
            let value = ActionValue::Geopoint;
            self.form.actions.push(Action { on: vec![Event::FirstLoad], target: target.clone(), value });
        }
    }
}
