use std::borrow::Cow;

use rukun_form::{Choice, ChoiceList, FormId, FormVersion, Group, Item, Repeat};

use super::Reading;
use super::*;

fn path(path: &str) -> QuestionPath {
    QuestionPath::parse(path).expect("path")
}

fn form() -> Form {
    let mut form = Form::new(FormId::new("well"), FormVersion::new("1"));
    let mut source = Question::new(path("water/source"), QuestionType::SelectOne);
    source.list = Some("sources".to_owned());
    let minutes = Question::new(path("water/minutes"), QuestionType::Integer);
    let note = Question::new(path("water/note"), QuestionType::Note);
    let name = Question::new(path("member/name"), QuestionType::Text);
    form.items = vec![
        Item::Group(Group::new(path("water"), vec![source, minutes, note].into_iter().map(Item::Question).collect())),
        Item::Repeat(Repeat::new(path("member"), vec![Item::Question(name)])),
    ];
    let choice = |name: &str| Choice { name: name.to_owned(), ..Choice::default() };
    form.lists.insert("sources".to_owned(), ChoiceList(vec![choice("well"), choice("river")]));
    form
}

fn read(rows: &str) -> Result<ColumnMap, MapError> {
    ColumnMap::read(format!("column,question,from,to\n{rows}").as_bytes(), &form())
}

fn only(map: &ColumnMap) -> &MappedColumn {
    assert_eq!(map.columns.len(), 1);
    &map.columns[0]
}

fn answer(text: &str) -> Reading<'_> {
    Reading::Answer(Cow::Borrowed(text))
}

#[test]
fn a_listed_value_means_what_the_map_says_and_an_unlisted_one_is_not_read() {
    let map = read("src,water/source,,\nsrc,water/source,Dug well,well\nsrc,water/source,n/a,\n").expect("map");
    let column = only(&map);
    assert_eq!(column.reading(" Dug well "), answer("well"));
    assert_eq!(column.reading("n/a"), Reading::Nothing);
    assert_eq!(column.reading(""), Reading::Nothing);
    assert_eq!(column.reading("Lake"), Reading::Unread);
    assert_eq!(column.reading("river"), Reading::Unread, "a map that lists values lists all");
}

#[test]
fn without_listed_values_a_select_takes_the_names_of_its_choices() {
    let map = read("src,water/source,,\n").expect("map");
    assert_eq!(only(&map).reading("river"), answer("river"));
    assert_eq!(only(&map).reading("River"), Reading::Unread);
}

#[test]
fn numbers_are_taken_as_they_stand_beside_listed_values() {
    let map = read("t,water/minutes,,\nt,water/minutes,DK,\n").expect("map");
    let column = only(&map);
    assert_eq!(column.reading("30"), answer("30"));
    assert_eq!(column.reading("60.0"), answer("60"));
    assert_eq!(column.reading("-2.0"), answer("-2"));
    assert_eq!(column.reading("DK"), Reading::Nothing);
    assert_eq!(column.reading("2.5"), Reading::Unread);
    assert_eq!(column.reading("soon"), Reading::Unread);
    assert_eq!(column.reading("inf"), Reading::Unread);
}

#[test]
fn every_row_that_does_not_fit_is_named_with_its_line() {
    let rows = "a,water/source,x,lake\nb,water/depth,,\nc,member/name,,\nd,water/note,,\n,water/source,,\n\
                e,water/source,,well\nf,water/source,x,well\nf,water/source,x,river\n";
    let Err(MapError::Faults(faults)) = read(rows) else { panic!("a map full of faults was read") };
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 2: `lake` is no choice of `water/source`",
            "line 3: the form has no question `water/depth`; write its whole path, such as water/source",
            "line 4: `member/name` lies in a repeat, which a row of a table cannot answer",
            "line 5: nobody answers `water/note`: it is computed or only shown",
            "line 6: no column is named",
            "line 7: `to` says what a value means, but `from` names none",
            "line 9: `x` was given another meaning before",
        ]
    );
}

#[test]
fn a_map_without_its_columns_or_rows_is_none() {
    let read = |text: &str| ColumnMap::read(text.as_bytes(), &form());
    assert!(matches!(read("column,question,from\n"), Err(MapError::Header("to"))));
    assert!(matches!(read("column,question,from,to\n,,,\n"), Err(MapError::Empty)));
}
