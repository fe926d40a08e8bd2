//! Forms as their authors write them: checked, compiled, written as Excel.

use std::path::Path;

use rukun_xlsform::{Compiled, Mode, Options, Problem, Severity, Workbook, write_excel};
use serde::Serialize;
use sync_core::form::Form;

use super::super::context::Context;
use super::super::{CliError, output};

/// What a check found, as JSON.
#[derive(Serialize)]
struct Report<'a> {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    errors: usize,
    warnings: usize,
    problems: &'a [Problem],
}

pub(super) fn check(context: &Context, file: &Path, lenient: bool) -> Result<(), CliError> {
    let compiled = read(file, lenient)?;
    let (errors, warnings) = counts(&compiled.problems);
    let form = compiled.form.as_ref();
    if context.wants_json() {
        output::json(&Report {
            file: file.display().to_string(),
            form: form.map(|form| form.id.as_str()),
            version: form.map(|form| form.version.as_str()),
            errors,
            warnings,
            problems: &compiled.problems,
        })?;
    } else {
        for problem in &compiled.problems {
            output::line(&format!("{problem}\n"))?;
        }
        if let Some(form) = form {
            let (questions, warnings) = (form.questions().len(), count(warnings, "warning"));
            let (id, version) = (&form.id, &form.version);
            output::line(&format!("Form {id} version {version}: {questions} questions, no errors, {warnings}."))?;
        }
    }
    if form.is_some() { Ok(()) } else { Err(refused(file, errors, warnings)) }
}

pub(super) fn compile(file: &Path, output: Option<&Path>, lenient: bool) -> Result<(), CliError> {
    let json = serde_json::to_string(&form(file, lenient)?)?;
    match output {
        Some(path) => std::fs::write(path, json).map_err(|reason| CliError::File { file: path.to_owned(), reason }),
        None => output::line(&json),
    }
}

pub(super) fn xlsx(context: &Context, folder: &Path, output: &Path) -> Result<(), CliError> {
    let workbook = Workbook::read(folder)?;
    write_excel(&workbook, output)?;
    let names: Vec<&str> = workbook.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    context.say(&names, &format!("{} is written, with the sheets {}.", output.display(), names.join(", ")))
}

/// The compiled form of a file. What is wrong with it is said on standard error.
pub(super) fn form(file: &Path, lenient: bool) -> Result<Form, CliError> {
    let compiled = read(file, lenient)?;
    for problem in &compiled.problems {
        eprintln!("{problem}\n");
    }
    let (errors, warnings) = counts(&compiled.problems);
    compiled.form.ok_or_else(|| refused(file, errors, warnings))
}

fn read(file: &Path, lenient: bool) -> Result<Compiled, CliError> {
    let mode = if lenient { Mode::Lenient } else { Mode::Strict };
    Ok(rukun_xlsform::compile(&Workbook::read(file)?, &Options { mode, root: None }))
}

fn counts(problems: &[Problem]) -> (usize, usize) {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    (errors, problems.len() - errors)
}

fn refused(file: &Path, errors: usize, warnings: usize) -> CliError {
    let found = format!("{}, {}", count(errors, "error"), count(warnings, "warning"));
    CliError::Refused { file: file.to_owned(), found }
}

/// `1 error`, `2 errors`.
fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
