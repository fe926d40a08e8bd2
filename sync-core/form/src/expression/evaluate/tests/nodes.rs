use super::super::{evaluate, evaluate_to_number};
use super::world::World;
use super::{HOUSEHOLD, at, is_error, value, value_in};
use crate::expression::{Expr, Function, Value, parse};

const VILLAGES: &str = "
data
  district=b
villages
  root
    item
      name=1
      district=a
      label=Besuki
    item
      name=2
      district=b
      label=Kilensari
    item
      name=3
      district=b
      label=Demung
";

#[test]
fn pulldata_gives_the_cell_of_the_first_row_with_the_key() {
    let world = World::read(VILLAGES);
    let pulled = |text| value_in(&world, text, "data");
    assert_eq!(pulled("pulldata('villages', 'label', 'name', 3)"), "Demung");
    assert_eq!(pulled("pulldata('villages', 'label', 'district', /data/district)"), "Kilensari");
    assert_eq!(pulled("pulldata('villages', 'label', 'name', '9')"), "");
    assert_eq!(pulled("pulldata('villages', 'height', 'name', '1')"), "");
    assert_eq!(
        pulled("pulldata('rivers', 'a', 'b', 'c')"),
        "error: the form has no instance or attached file \"rivers\""
    );
}

#[test]
fn a_row_sees_the_question_through_current_and_through_the_root() {
    let world = World::read(VILLAGES);
    let labels = |text| value_in(&world, text, "data/district");
    assert_eq!(labels("join(', ', instance('villages')/root/item[district = current()]/label)"), "Kilensari, Demung");
    assert_eq!(
        labels("join(', ', instance('villages')/root/item[district = /data/district]/label)"),
        "Kilensari, Demung"
    );
    assert_eq!(labels("instance('villages')/root/item[last()]/label"), "Demung");
    assert_eq!(labels("instance('villages')/root/item[district = 'b'][1]/name"), "2");
    assert_eq!(labels("count(instance('villages')/root/item[position() > 1])"), "2");
}

#[test]
fn a_repeat_instance_is_found_by_its_number() {
    assert_eq!(value("indexed-repeat(/data/member/age, /data/member, 3)"), "7");
    assert_eq!(value("indexed-repeat(/data/member/asset/kind, /data/member, 1, /data/member/asset, 2)"), "net");
    assert_eq!(value("indexed-repeat(/data/member/asset/kind, /data/member, 2, /data/member/asset, 2)"), "");
    assert_eq!(value("indexed-repeat(/data/member/age, /data/member, /data/empty)"), "40");
    assert_eq!(value("indexed-repeat(/data/member/age, /data/member, /data/missing)"), "");
    assert_eq!(value("count(indexed-repeat(/data/member/age, /data/member, 9))"), "0");
}

#[test]
fn a_repeat_instance_knows_its_place() {
    assert_eq!(at("position(..)", "data/member[2]/age"), "2");
    assert_eq!(at("position(../..)", "data/member[2]/asset/kind"), "2");
    assert_eq!(at("position(..)", "data/member[1]/asset[2]/kind"), "2");
}

#[test]
fn one_empty_answer_spoils_a_sum() {
    assert_eq!(value("sum(/data/member/age)"), "NaN");
    assert_eq!(value("sum(/data/member/age[. != ''])"), "47");
    assert_eq!(value("max(/data/member/age[. != ''], 50)"), "50");
    assert_eq!(value("min(/data/missing)"), "NaN");
    assert_eq!(value("count(/data/member)"), "3");
    assert_eq!(value("count-non-empty(/data/member/age)"), "2");
}

#[test]
fn a_comparison_of_nodes_asks_for_any_of_them() {
    assert_eq!(value("/data/member/age > 30 and /data/member/age < 10"), "true");
    assert_eq!(value("/data/member/age = 7 and /data/member/age != 7"), "true");
    assert_eq!(value("/data/member/age = /data/missing"), "false");
}

#[test]
fn all_directions_lead_where_xpath_says() {
    let ages = |path: &str| at(&format!("join(' ', {path})"), "data/member[2]");
    assert_eq!(ages("preceding-sibling::member/age"), "40");
    assert_eq!(ages("following-sibling::*[1]/age"), "7");
    assert_eq!(ages("preceding::kind[1]"), "net");
    assert_eq!(ages("following::age | preceding::age"), "40 7");
    assert_eq!(ages("//kind"), "boat net well");
    assert_eq!(ages("ancestor-or-self::*[2]/name"), "Sari");
    assert_eq!(ages("../member[3]/preceding-sibling::*[2]/age"), "40");
    assert_eq!(ages("(../member/asset/..)/age"), "40 ");
}

#[test]
fn a_bound_path_is_asked_of_the_environment() {
    let world = World::read(HOUSEHOLD);
    let member = u32::try_from(world.find("data/member[1]")).unwrap();
    let count = Expr::Call(Function::of("count"), vec![Expr::Reference(member)]);
    assert_eq!(evaluate_to_number(&count, &world, 0), Ok(3.0));
}

#[test]
fn a_seed_mixes_the_same_way_everywhere() {
    let world = World::read("data\n  a=1\n  a=2\n  a=3\n  a=4\n  a=5\n  a=6");
    let mixed = |text: &str| {
        let expr = parse(text).unwrap();
        let Ok(Value::Nodes(nodes)) = evaluate(&expr, &world, world.find("data")) else { panic!("no nodes") };
        nodes.iter().map(|&node| (node - 1).to_string()).collect::<String>()
    };
    // The orders that ODK clients give for these seeds.
    assert_eq!(mixed("randomize(/data/a, 42)"), "163245");
    assert_eq!(mixed("randomize(/data/a, '1')"), "265134");
    assert_eq!(mixed("randomize(/data/a, 11111111)"), "134265");
    assert_eq!(mixed("randomize(/data/a, -42)"), mixed("randomize(/data/a, 2147483604)"));
    assert!(is_error("randomize(/data/member, 'x')"));
}

#[test]
fn the_places_of_a_repeat_are_the_corners_of_a_shape() {
    let world = World::read("data\n  plot\n    at=0 0\n  plot\n    at=0 1 3 5\n  plot\n    at=1 1\n  plot\n    at=1 0");
    let shape = value_in(&world, "area('0 0; 0 1; 1 1; 1 0; 0 0')", "data");
    assert_eq!(value_in(&world, "area(/data/plot/at)", "data"), shape);
    assert_eq!(value_in(&world, "distance(/data/plot[position() < 3]/at)", "data"), "111318.85");
}

#[test]
fn values_are_no_nodes() {
    for text in ["count('a')", "'a'/b", "sum(1)", "(1 | 2)", "5[1]"] {
        assert!(is_error(text), "{text}");
    }
}
