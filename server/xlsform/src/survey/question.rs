//! Questions that are no selects.

use rukun_form::QuestionType;

use super::Reader;
use crate::code::Code;
use crate::draft::{Asked, Draft, Kind, split_file};
use crate::parameters::{self, Parameters};
use crate::question_type::{self, Control, EXTERNAL, TypeInfo};
use crate::reference::is_dynamic;
use crate::table::Row;

impl Reader<'_> {
    pub(super) fn read_question(
        &mut self,
        row: &Row,
        name: String,
        kind: &str,
        parameters: Parameters,
        triggers: Vec<String>,
    ) {
        if let Some(external) = EXTERNAL.into_iter().find(|external| *external == kind) {
            self.instances.insert(split_file(&name).0.to_owned());
            let extension = if external == "csv-external" { ".csv" } else { ".xml" };
            self.push(Draft { name, row: row.clone(), kind: Kind::External(extension), children: Vec::new() });
            return;
        }
        if let Some(select) = question_type::select(kind) {
            return self.read_select(row, name, select, parameters, triggers);
        }
        let info = self.type_info(row, kind);
        let mut asked = Asked { parameters, triggers, ..Asked::new(info) };
        asked.dynamic_default = has_dynamic_default(row, kind);
        asked.finds_place = matches!(kind, "background-geopoint" | "start-geopoint");
        self.check_question(row, kind, &mut asked);
        self.push(Draft { name, row: row.clone(), kind: Kind::Question(Box::new(asked)), children: Vec::new() });
    }

    pub(super) fn push(&mut self, draft: Draft) {
        self.open().children.push(draft);
    }

    /// What a type means; an unknown one is text, unseen when it has nothing to show.
    fn type_info(&mut self, row: &Row, kind: &str) -> TypeInfo {
        if let Some(info) = question_type::known(kind) {
            return info;
        }
        // `osm` may name a list of tags, `osm building_tags`, in any wording.
        if kind.contains("osm ") && kind.split("osm ").nth(1).is_some_and(|tags| !tags.trim().is_empty()) {
            return TypeInfo { question_type: QuestionType::File, control: Control::Shown, constraint: None };
        }
        let place = row.place_of(&["type"]);
        self.log.report(Code::UnknownType, place, kind, format!("`{kind}` is no type of question"));
        let is_shown = row.has("label") || row.has("hint");
        let (question_type, control) =
            if is_shown { (QuestionType::Text, Control::Shown) } else { (QuestionType::Hidden, Control::None) };
        TypeInfo { question_type, control, constraint: None }
    }

    fn check_question(&mut self, row: &Row, kind: &str, asked: &mut Asked) {
        let cell = row.cell(&["parameters"]);
        let question_type = asked.info.question_type;
        let calculation = row.cell(&["bind", "calculate"]).filter(|cell| !cell.text.is_empty());
        match kind {
            "calculate" if calculation.is_none() && !asked.dynamic_default => {
                self.log.report(
                    Code::NoCalculation,
                    row.place_of(&["bind", "calculate"]),
                    kind,
                    "the calculate has no calculation",
                );
            }
            "background-geopoint" => {
                if let Some(cell) = calculation {
                    let message = "a background-geopoint is not computed";
                    self.log.report(Code::GeopointCalculation, cell.place(), &cell.text, message);
                }
                if asked.triggers.is_empty() {
                    self.log.report(
                        Code::GeopointTrigger,
                        row.place_of(&["trigger"]),
                        kind,
                        "the background-geopoint has no trigger",
                    );
                }
            }
            "subscriberid" | "simserial" => {
                let message = format!("devices do not tell apps their {kind} any more");
                self.log.report(Code::TypeIgnored, row.place_of(&["type"]), kind, message);
            }
            "range" => parameters::check_range(&mut asked.parameters, row, self.lists, self.log),
            "text" => parameters::check_text(&asked.parameters, cell, self.log),
            "photo" | "image" | "add image prompt" | "add photo prompt" => {
                let appearance = row.text(&["control", "appearance"]);
                parameters::check_image(&asked.parameters, appearance, cell, self.log);
            }
            "audio" | "background-audio" | "add audio prompt" => {
                parameters::check_audio(&asked.parameters, kind == "background-audio", cell, self.log);
            }
            "geopoint" | "geotrace" | "geoshape" => {
                parameters::check_geo(&asked.parameters, question_type, cell, self.log);
                if let (Some(target), Some(cell)) = (asked.parameters.get("reference-geometry"), cell) {
                    self.geometries.push((target.clone(), cell.clone()));
                }
            }
            _ => {}
        }
    }
}

/// Whether the default of a question is an expression.
pub(super) fn has_dynamic_default(row: &Row, kind: &str) -> bool {
    let is_date_or_place = matches!(kind, "date" | "dateTime" | "geopoint" | "geotrace" | "geoshape");
    row.text(&["default"]).is_some_and(|text| is_dynamic(text, is_date_or_place))
}
