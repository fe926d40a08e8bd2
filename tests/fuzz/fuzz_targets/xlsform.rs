//! Workbooks on their way to a form: whatever stands in them, the compiler gives out a form that can be read again, or says what
//! is wrong. The first byte says whether the rest is an Excel file or markdown tables, and how strictly it is read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rukun_xlsform::{Mode, Options, Severity, Workbook, compile};
use sync_core::form::Form;

fuzz_target!(init: rukun_fuzz::write_seeds_if_asked(), |data: &[u8]| {
    let Some((kind, rest)) = data.split_first() else { return };
    let workbook = if kind & 1 == 0 {
        Workbook::from_markdown(&String::from_utf8_lossy(rest))
    } else {
        match Workbook::from_excel("form.xlsx", rest.to_vec()) {
            Ok(workbook) => workbook,
            Err(_) => return,
        }
    };
    let mode = if kind & 2 == 0 { Mode::Strict } else { Mode::Lenient };
    let compiled = compile(&workbook, &Options { mode, root: None });
    let is_wrong = compiled.problems.iter().any(|problem| problem.severity == Severity::Error);
    assert_eq!(compiled.form.is_none(), is_wrong, "a form is refused when there is an error, and only then");
    if let Some(form) = compiled.form {
        let json = serde_json::to_vec(&form).expect("a form is written");
        assert_eq!(Form::from_json(&json).expect("and read again"), form);
    }
});
