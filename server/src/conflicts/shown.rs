//! Conflicts as JSON shows them.

use serde::Serialize;
use sync_core::record::Answer;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ConflictLine, ConflictSubject};
use crate::database::{AnyConnection, DatabaseError};
use crate::records::{self, Privacy};

/// A conflict in a line. Who wrote the values stands in the record.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ShownConflict {
    record: Uuid,
    #[schema(example = "35.12.06.2004")]
    area: String,
    /// `answer`, `withdrawal` or `removal`.
    kind: &'static str,
    /// What it is about: a question key, or a repeat instance.
    about: Option<String>,
    /// Rival values, the provisional winner first; empty where the user may not see them.
    #[schema(value_type = Vec<Object>)]
    values: Vec<Option<Answer>>,
    /// Reasons that were given for withdrawing or removing.
    reasons: Vec<String>,
}

impl ShownConflict {
    /// The line as JSON shows it, without what may not be seen.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn of(connection: &mut AnyConnection, line: ConflictLine, sees_personal: bool) -> Result<Self, DatabaseError> {
        let privacy = match records::find(connection, line.document)? {
            Some(record) => Privacy::of(connection, sees_personal, &record.form, &record.form_version)?,
            None => Privacy::Nothing,
        };
        let (kind, about, values, reasons) = match line.subject {
            ConflictSubject::Answer { question, candidates } => {
                let key = question.to_string();
                let seen = privacy.shows(&key);
                let values = candidates.into_iter().filter(|_| seen).map(|rival| rival.value).collect();
                ("answer", Some(key), values, Vec::new())
            }
            ConflictSubject::Withdrawal { reasons } => ("withdrawal", None, Vec::new(), reasons),
            ConflictSubject::Removal { instance, reasons } => {
                ("removal", Some(instance.to_string()), Vec::new(), reasons)
            }
        };
        Ok(Self { record: line.document.uuid(), area: line.area.to_string(), kind, about, values, reasons })
    }

    /// The cells of a table: record, area, what, values.
    #[must_use]
    pub fn cells(&self) -> Vec<String> {
        let value = |value: &Option<Answer>| match value {
            Some(answer) => serde_json::to_string(answer).unwrap_or_default(),
            None => "cleared".to_owned(),
        };
        let mut said: Vec<String> = self.values.iter().map(value).collect();
        said.extend(self.reasons.iter().cloned());
        let about = self.about.clone().unwrap_or_else(|| "the record".to_owned());
        vec![self.record.to_string(), self.area.clone(), self.kind.to_owned(), about, said.join(" / ")]
    }
}
