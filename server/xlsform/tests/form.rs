//! What a compiled form has of what its author wrote.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use rukun_form::{
    Action, ActionValue, Condition, Event, Expression, Form, Item, Language, Part, QuestionType, SecondaryInstance,
    Text,
};
use rukun_xlsform::{Options, Workbook, compile};

fn form(markdown: &str) -> Form {
    compiled(&Workbook::from_markdown(markdown))
}

fn compiled(workbook: &Workbook) -> Form {
    let compiled = compile(workbook, &Options::default());
    compiled.form.unwrap_or_else(|| panic!("{:#?}", compiled.problems))
}

fn expression(text: &str) -> Option<Expression> {
    Some(Expression::new(text))
}

#[test]
fn languages_stand_with_the_default_one_first() {
    let form = form(
        "| settings |
         | | default_language |
         | | Indonesia (id) |
         | survey |
         | | type | name | label::English (en) | label::Indonesia (id) | hint |
         | | text | a | Name | Nama | KTP |",
    );
    let languages: Vec<&str> = form.languages.iter().map(|language| language.0.as_str()).collect();
    assert_eq!(languages, ["Indonesia (id)", "English (en)"]);
    let question = form.question("a").unwrap();
    assert_eq!(question.label.0[&Language("English (en)".into())], Text::from("Name"));
    assert_eq!(question.hint.0[&Language("Indonesia (id)".into())], Text::from("KTP"));
}

#[test]
fn a_label_has_values_in_it() {
    let form = form(
        "| survey |
         | | type | name | label |
         | | begin repeat | member | Member |
         | | text | who | Who |
         | | integer | age | How old is ${who}? |
         | | end repeat | | |",
    );
    let label = &form.question("member/age").unwrap().label;
    let parts = vec![
        Part::Words("How old is ".into()),
        Part::Value { value: Expression::new("../who") },
        Part::Words("?".into()),
    ];
    assert_eq!(label.0.values().next(), Some(&Text::Parts(parts)));
}

#[test]
fn conditions_are_constants_or_expressions() {
    let form = form(
        "| survey |
         | | type | name | label | required | read_only | relevant |
         | | text | a | A | yes | | |
         | | text | b | B | ${a} = 'x' | TRUE | ${a} != '' |",
    );
    let (a, b) = (form.question("a").unwrap(), form.question("b").unwrap());
    assert!(a.required.is_always() && b.read_only.is_always());
    assert_eq!(b.required, Condition::When(Expression::new("/data/a = 'x'")));
    assert_eq!(b.relevant, expression("/data/a != ''"));
}

#[test]
fn a_cascade_is_filtered_by_the_columns_of_its_choices() {
    let form = form(
        "| survey |
         | | type | name | label | choice_filter |
         | | select_one kota | kota | Kota | |
         | | select_one desa | desa | Desa | kota = ${kota} |
         | choices |
         | | list_name | name | label | kota |
         | | kota | a | A | |
         | | desa | b | B | a |",
    );
    let desa = form.question("desa").unwrap();
    assert_eq!(desa.choice_filter, expression("kota = /data/kota"));
    assert_eq!(form.lists["desa"].0[0].columns["kota"], "a");
}

#[test]
fn inside_a_repeat_a_filter_asks_for_its_own_instance() {
    let form = form(
        "| survey |
         | | type | name | label | choice_filter |
         | | begin repeat | r | R | |
         | | select_one l | x | X | |
         | | select_one l | y | Y | name != ${x} |
         | | end repeat | | | |
         | choices |
         | | list_name | name | label |
         | | l | a | A |",
    );
    assert_eq!(form.question("r/y").unwrap().choice_filter, expression("name != current()/../x"));
}

#[test]
fn choices_may_be_answers_of_a_repeat() {
    let form = form(
        "| survey |
         | | type | name | label | choice_filter |
         | | begin repeat | member | Member | |
         | | text | who | Who | |
         | | integer | age | Age | |
         | | end repeat | | | |
         | | select_one ${who} | head | Head | |
         | | select_one ${who} | adult | Adult | ${age} > 17 |",
    );
    let head = form.question("head").unwrap();
    let itemset = head.itemset.as_ref().unwrap();
    assert_eq!((itemset.nodes.as_str(), itemset.value.as_str()), ("/data/member", "who"));
    assert_eq!(head.choice_filter, expression("./who != ''"));
    assert_eq!(form.question("adult").unwrap().choice_filter, expression("./age > 17"));
}

#[test]
fn a_file_beside_the_form_is_part_of_it() {
    let mut workbook = Workbook::from_markdown(
        "| survey |
         | | type | name | label | parameters | calculation |
         | | select_one_from_file towns.csv | town | Town | value=code, label=Title | |
         | | calculate | people | | | pulldata('towns', 'people', 'code', ${town}) |",
    );
    workbook.attachments.insert("towns.csv".into(), b"code,Title,people\nbdg,Bandung,7\n".to_vec());
    let form = compiled(&workbook);
    let itemset = form.question("town").unwrap().itemset.clone().unwrap();
    assert_eq!(itemset.nodes.as_str(), "instance('towns')/root/item");
    assert_eq!((itemset.value.as_str(), itemset.label.as_str()), ("code", "Title"));
    let SecondaryInstance::Table(table) = &form.instances["towns"] else { panic!("no table") };
    assert_eq!(table.rows, [["bdg", "Bandung", "7"]]);
}

#[test]
fn search_finds_choices_in_a_file() {
    let mut workbook = Workbook::from_markdown(
        "| survey |
         | | type | name | label | appearance |
         | | text | kab | Kab | |
         | | select_one towns | town | Town | minimal search('towns', 'matches', 'kab', ${kab}) |
         | choices |
         | | list_name | name | label |
         | | towns | code | title, kab |",
    );
    workbook.attachments.insert("towns.csv".into(), b"code,title,kab\nbdg,Bandung,x\n".to_vec());
    let form = compiled(&workbook);
    let town = form.question("town").unwrap();
    let itemset = town.itemset.as_ref().unwrap();
    assert_eq!((itemset.value.as_str(), itemset.label.as_str()), ("code", "concat(title, ', ', kab)"));
    assert_eq!(town.choice_filter, expression("kab = /data/kab"));
    assert!(form.lists.is_empty() && form.instances.len() == 1);
}

#[test]
fn defaults_and_triggers_that_compute_are_actions() {
    let form = form(
        "| survey |
         | | type | name | label | default | calculation | trigger |
         | | date | day | Day | today() | | |
         | | begin repeat | r | R | | | |
         | | date | seen | Seen | ${day} | | |
         | | end repeat | | | | | |
         | | calculate | changed | | | now() | ${day} |
         | | text | plain | Plain | some-words | | |",
    );
    let action = |index: usize| -> &Action { &form.actions[index] };
    let on = |index: usize| action(index).on.clone();
    let path = |index: usize| action(index).target.clone();
    assert_eq!((path(0).as_str(), on(0)), ("day", vec![Event::FirstLoad]));
    let repeat = rukun_form::QuestionPath::parse("r").unwrap();
    assert_eq!((path(1).as_str(), on(1)), ("r/seen", vec![Event::FirstLoad, Event::NewRepeat(repeat)]));
    assert_eq!((path(2).as_str(), on(2)), ("changed", vec![Event::Changed(path(0))]));
    assert_eq!(action(2).value, ActionValue::Expression(Expression::new("now()")));
    assert_eq!(form.question("plain").unwrap().default.as_deref(), Some("some-words"));
}

#[test]
fn a_count_that_computes_becomes_a_calculate() {
    let form = form(
        "| survey |
         | | type | name | label | repeat_count |
         | | integer | n | N | |
         | | begin repeat | r | R | ${n} |
         | | text | a | A | |
         | | end repeat | | | |
         | | begin repeat | s | S | ${n} + 1 |
         | | text | b | B | |
         | | end repeat | | | |",
    );
    let counts: Vec<_> = form
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Repeat(repeat) => repeat.count.clone(),
            Item::Question(_) | Item::Group(_) => None,
        })
        .collect();
    assert_eq!(counts, [Expression::new("/data/n"), Expression::new("/data/s_count")]);
    assert_eq!(form.question("s_count").unwrap().calculation, expression("/data/n + 1"));
}

#[test]
fn or_other_adds_a_choice_and_a_question() {
    let form = form(
        "| survey |
         | | type | name | label |
         | | select_one l or_other | a | A |
         | choices |
         | | list_name | name | label::en | label::id |
         | | l | x | X | Iks |",
    );
    let other = form.lists["l"].get("other").unwrap();
    assert_eq!(other.label.0.len(), 2);
    assert_eq!(form.question("a_other").unwrap().relevant, expression("selected(../a, 'other')"));
}

#[test]
fn a_loop_is_a_group_for_each_choice() {
    let form = form(
        "| survey |
         | | type | name | label |
         | | begin loop over fuel | fuel | Fuels |
         | | integer | litres | Litres of %(label)s |
         | | end loop | | |
         | choices |
         | | list_name | name | label |
         | | fuel | gas | Gas |
         | | fuel | oil | Oil |",
    );
    let label = form.question("fuel/oil/litres").unwrap().label.clone();
    assert_eq!(label.0.values().next(), Some(&Text::from("Litres of Oil")));
}

#[test]
fn entities_say_what_is_registered() {
    let form = form(
        "| survey |
         | | type | name | label | save_to |
         | | begin repeat | tree | Tree | |
         | | text | kind | Kind | species |
         | | end repeat | | | |
         | entities |
         | | list_name | label |
         | | trees | ${kind} |",
    );
    let entity = &form.entities[0];
    assert_eq!((entity.list.as_str(), entity.repeat.as_ref().unwrap().as_str()), ("trees", "tree"));
    assert_eq!(entity.label, expression("kind"));
    assert_eq!((entity.properties[0].name.as_str(), entity.properties[0].question.as_str()), ("species", "tree/kind"));
}

#[test]
fn our_own_columns_mark_questions() {
    let form = form(
        "| settings |
         | | form_id | form_title | version | instance_name | style |
         | | hh | Household | 3 | ${who} | pages |
         | survey |
         | | type | name | label | calculation | indicator | search | personal |
         | | text | who | Who | | | yes | yes |
         | | calculate | safe | | 'yes' | jmp_water | | |
         | | calculate | layak | | 'no' | yes | | |",
    );
    let who = form.question("who").unwrap();
    assert!(who.search && who.personal);
    assert_eq!(form.question("safe").unwrap().indicator.as_deref(), Some("jmp_water"));
    assert_eq!(form.question("layak").unwrap().indicator.as_deref(), Some("layak"));
    assert_eq!((form.id.as_str(), form.version.as_str()), ("hh", "3"));
    assert_eq!(form.instance_name, expression("/data/who"));
    assert_eq!(form.settings["style"], "pages");
    assert_eq!(form.question("meta/instanceID").unwrap().question_type, QuestionType::InstanceId);
}

#[test]
fn settings_may_stand_in_the_survey_sheet() {
    let form = form(
        "| survey |
         | | type | name | label |
         | | set_form_title | Air minum | |
         | | set_form_id | air | |
         | | text | a | A |",
    );
    assert_eq!((form.id.as_str(), form.title.0.values().next()), ("air", Some(&Text::from("Air minum"))));
}

#[test]
fn a_table_list_has_a_heading() {
    let form = form(
        "| survey |
         | | type | name | label | appearance |
         | | begin group | g | How often? | table-list |
         | | select_one l | a | A | |
         | | end group | | | |
         | choices |
         | | list_name | name | label |
         | | l | x | X |",
    );
    let paths: Vec<&str> = form.questions().iter().map(|(question, _)| question.path.as_str()).collect();
    assert_eq!(paths[..3], ["g/generated_table_list_label_2", "g/reserved_name_for_field_list_labels_3", "g/a"]);
    assert_eq!(form.question("g/a").unwrap().appearance, ["list-nolabel"]);
}

#[test]
fn an_external_list_is_a_list_of_the_form() {
    let form = form(
        "| survey |
         | | type | name | label | choice_filter |
         | | text | kota | Kota | |
         | | select_one_external desa | desa | Desa | kota = ${kota} |
         | external_choices |
         | | list_name | name | label | kota |
         | | desa | a | A | x |
         | | desa | a | A | y |",
    );
    assert_eq!(form.question("desa").unwrap().list.as_deref(), Some("desa"));
    assert_eq!(form.lists["desa"].0.len(), 2);
}

#[test]
fn a_form_as_deep_as_may_be_can_be_read_again() {
    let mut text = "| survey |\n| | type | name | label |\n".to_owned();
    (0..24).for_each(|depth| text.push_str(&format!("| | begin repeat | r{depth} | R |\n")));
    text.push_str("| | text | a | A |\n");
    (0..24).for_each(|_| text.push_str("| | end repeat | | |\n"));
    let form = form(&text);
    assert_eq!(Form::from_json(&serde_json::to_vec(&form).unwrap()).unwrap(), form);
}
