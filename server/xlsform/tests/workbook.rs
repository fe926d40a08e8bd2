//! Reading and writing workbooks.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use rukun_xlsform::{Code, Options, Severity, Sheet, Workbook, WorkbookError, compile, write_excel};

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

fn household(folder: &Path) {
    write(
        folder,
        "survey.csv",
        "\u{feff}type,name,label::Indonesia (id),label::English (en),relevant,calculation\n\
         integer,age,\"Umur, dalam tahun\",Age,,\n\
         select_one yn,well,\"Sumur\nterlindung?\",\"“Protected” well?\",${age} > 17,\n\
         calculate,code,,,,\"concat('0', ${age})\"\n\
         select_one_from_file towns.csv,town,Kota,Town,,\n",
    );
    write(
        folder,
        "choices.csv",
        "list_name,name,label::Indonesia (id),label::English (en)\nyn,1,Ya,Yes\nyn,0,Tidak,No\n",
    );
    write(folder, "settings.csv", "form_id,form_title,version\nhousehold,Rumah tangga,007\n");
    write(folder, "towns.csv", "name,label\nbdg,Bandung\n");
}

#[test]
fn a_folder_and_the_excel_file_written_of_it_compile_to_the_same_form() {
    let folder = tempfile::tempdir().unwrap();
    household(folder.path());
    let from_folder = Workbook::read(folder.path()).unwrap();
    let file = folder.path().join("household.xlsx");
    write_excel(&from_folder, &file).unwrap();
    let from_excel = Workbook::read(&file).unwrap();
    let (one, other) = (compile(&from_folder, &Options::default()), compile(&from_excel, &Options::default()));
    let form = one.form.unwrap_or_else(|| panic!("{:#?}", one.problems));
    assert_eq!(form.version.as_str(), "007");
    assert_eq!(form.lists["yn"].0[0].name, "1");
    assert_eq!(form.instances.len(), 1);
    // The folder's own sheets lie beside the Excel file, and are no attachments that anything names.
    assert_eq!(Some(form), other.form);
}

#[test]
fn a_file_that_is_no_form_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Workbook::read(folder.path()), Err(WorkbookError::Kind { .. })));
    write(folder.path(), "form.docx", "words");
    assert!(matches!(Workbook::read(&folder.path().join("form.docx")), Err(WorkbookError::Kind { .. })));
    write(folder.path(), "form.xlsx", "PK\u{3}\u{4}nothing");
    assert!(matches!(Workbook::read(&folder.path().join("form.xlsx")), Err(WorkbookError::Excel { .. })));
    assert!(matches!(Workbook::read(&folder.path().join("none.xlsx")), Err(WorkbookError::File { .. })));
}

#[test]
fn a_missing_attachment_is_a_warning_at_the_question_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    household(folder.path());
    std::fs::remove_file(folder.path().join("towns.csv")).unwrap();
    let compiled = compile(&Workbook::read(folder.path()).unwrap(), &Options::default());
    let missing = compiled.problems.iter().find(|problem| problem.code == Code::FileMissing).unwrap();
    assert_eq!((missing.severity, missing.place.to_string()), (Severity::Warning, "survey!A5 (type)".to_owned()));
}

#[test]
fn numbers_truths_and_dates_of_excel_are_read_as_people_see_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("typed.xlsx");
    let mut excel = rust_xlsxwriter::Workbook::new();
    let page = excel.add_worksheet();
    page.set_name("survey").unwrap();
    let date = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 11, 24).unwrap();
    page.write_number(0, 0, 1.0).unwrap();
    page.write_number(0, 1, 2.5).unwrap();
    page.write_boolean(0, 2, true).unwrap();
    page.write_datetime_with_format(0, 3, &date, &rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd")).unwrap();
    page.write_string(0, 4, " a\u{a0}b ").unwrap();
    page.write_number(1_000_000, 16_000, 1.0).unwrap();
    excel.save(&file).unwrap();
    let sheet: Sheet = Workbook::read(&file).unwrap().sheets.remove(0);
    assert_eq!(sheet.rows, [["1", "2.5", "TRUE", "2026-11-24 00:00:00", "a b"]]);
}

#[test]
fn a_sheet_of_endless_rows_is_cut_off_after_a_gap() {
    let mut rows = vec![vec!["type".to_owned(), "name".to_owned(), "label".to_owned()]];
    rows.push(vec!["text".to_owned(), "a".to_owned(), "A".to_owned()]);
    rows.extend(std::iter::repeat_with(Vec::new).take(70));
    rows.push(vec!["nonsense".to_owned(), "b".to_owned(), "B".to_owned()]);
    let sheet = Sheet { name: "survey".to_owned(), rows, has_margins: true };
    let compiled = compile(&Workbook { sheets: vec![sheet], ..Workbook::default() }, &Options::default());
    assert_eq!(compiled.form.unwrap().questions().len(), 2);
}
