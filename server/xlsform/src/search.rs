//! `search()` in an appearance: an older way to take choices from an attached file. The list of the select then has one row that
//! says which column is stored and which is shown.

use crate::table::Row;

/// What a `search()` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Search {
    /// The file's name without its extension, as expressions call it.
    pub(crate) instance: String,
    /// Which rows, as an expression that still has its references; none for all.
    pub(crate) filter: Option<String>,
}

/// Reads the `search()` of an appearance: `search('file')`, or with `'contains', 'column', value` and an exact
/// `'column', value` behind. None when there is none, or when it names its file or columns by expressions.
pub(crate) fn parse(appearance: &str) -> Option<Search> {
    let inside = appearance.split_once("search(")?.1;
    let arguments = arguments(inside)?;
    let mut arguments = arguments.iter().map(String::as_str);
    let instance = literal(arguments.next()?)?.to_owned();
    let rest: Vec<&str> = arguments.collect();
    let filter = match rest.as_slice() {
        [] => None,
        [how, column, value] => Some(condition(how, column, value)?),
        [how, column, value, other, exact] => {
            Some(format!("{} and {} = {exact}", condition(how, column, value)?, literal(other)?))
        }
        _ => return None,
    };
    Some(Search { instance, filter })
}

fn condition(how: &str, column: &str, value: &str) -> Option<String> {
    let column = literal(column)?;
    Some(match literal(how)? {
        "contains" => format!("contains({column}, {value})"),
        "startswith" => format!("starts-with({column}, {value})"),
        "endswith" => format!("ends-with({column}, {value})"),
        "matches" => format!("{column} = {value}"),
        _ => return None,
    })
}

fn literal(argument: &str) -> Option<&str> {
    let inside = ['\'', '"'].iter().find_map(|quote| argument.strip_prefix(*quote)?.strip_suffix(*quote))?;
    (!inside.is_empty()).then_some(inside)
}

/// The arguments of a call, up to its closing parenthesis.
fn arguments(text: &str) -> Option<Vec<String>> {
    let mut arguments = vec![String::new()];
    let (mut depth, mut quote) = (0_usize, None);
    for character in text.chars() {
        match (quote, character) {
            (None, ')') if depth == 0 => {
                return Some(arguments.iter().map(|argument| argument.trim().to_owned()).collect());
            }
            (None, ',') if depth == 0 => {
                arguments.push(String::new());
                continue;
            }
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None | Some(_), _) => {}
        }
        arguments.last_mut()?.push(character);
    }
    None
}

/// The row of a list that names columns, and not a choice: its name is no whole number.
pub(crate) fn columns(list: &[Row]) -> Option<(&str, String)> {
    let is_number = |name: &str| name.parse::<i64>().is_ok();
    let row = list.iter().find(|row| row.text(&["name"]).is_some_and(|name| !is_number(name)))?;
    let name = row.text(&["name"])?;
    let shown = row.translations(&["label"]).first().map_or(name, |(_, cell)| cell.text.as_str());
    let shown: Vec<&str> = shown.split(',').map(str::trim).filter(|column| !column.is_empty()).collect();
    let label = match shown.as_slice() {
        [] => name.to_owned(),
        [one] => (*one).to_owned(),
        several => format!("concat({})", several.join(", ', ', ")),
    };
    Some((name, label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_a_filter_over_a_file() {
        let search = |text| parse(text).unwrap();
        assert_eq!(search("minimal search('towns')"), Search { instance: "towns".to_owned(), filter: None });
        let filter = search("search(\"towns\", 'matches', 'kab', ${kab}, 'type', 'x')").filter.unwrap();
        assert_eq!(filter, "kab = ${kab} and type = 'x'");
        assert_eq!(
            search("search('t', 'contains', 'a', if(${b}, 1, 2))").filter.unwrap(),
            "contains(a, if(${b}, 1, 2))"
        );
        assert_eq!(parse("search(${file})"), None);
        assert_eq!(parse("search('t'"), None);
    }
}
