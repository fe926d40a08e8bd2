//! Markdown tables as workbooks.

use super::{Sheet, Workbook};

pub(super) fn read(text: &str) -> Workbook {
    let mut workbook = Workbook::default();
    for line in text.lines() {
        let Some(cells) = cells(line) else { continue };
        let Some((first, rest)) = cells.split_first() else { continue };
        if !first.is_empty() {
            workbook.sheets.retain(|sheet| &sheet.name != first);
            workbook.sheets.push(Sheet { name: first.clone(), ..Sheet::default() });
        }
        if rest.iter().any(|cell| !cell.is_empty()) {
            workbook.sheets.last_mut().into_iter().for_each(|sheet| sheet.rows.push(rest.to_vec()));
        }
    }
    workbook
}

/// The cells of a line; none when it is no row: a comment, a rule, or anything that is not between bars.
fn cells(line: &str) -> Option<Vec<String>> {
    let line = line.trim();
    if line.starts_with('#') {
        return None;
    }
    let line =
        line.rsplit_once('#').map_or(line, |(row, comment)| if comment.contains('|') { line } else { row.trim() });
    let inside = line.strip_prefix('|')?;
    let inside = &inside[..inside.rfind('|')?];
    if !inside.is_empty() && inside.chars().all(|c| c == '|' || c == '-') {
        return None;
    }
    Some(split(inside))
}

/// Parts a row at its bars; `\|` is a bar inside a cell.
fn split(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for character in row.chars() {
        let Some(cell) = cells.last_mut() else { break };
        match character {
            '|' if escaped => {
                cell.pop();
                cell.push('|');
            }
            '|' => cells.push(String::new()),
            _ => cell.push(character),
        }
        escaped = character == '\\';
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_a_name_begins_a_sheet() {
        let book = read("| survey |\n| | type | name |\n| | text | a |\n# no row\n| choices |\n| | a\\|b | |\n");
        let names: Vec<_> = book.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        assert_eq!(names, ["survey", "choices"]);
        assert_eq!(book.sheets[0].rows, [["type", "name"], ["text", "a"]]);
        assert_eq!(book.sheets[1].rows[0][0], "a|b");
    }
}
