use super::{at, is_error, value};
use crate::expression::number_to_text;

#[test]
fn a_text_is_a_number_only_as_people_write_one() {
    for (text, number) in [(" -12.50 ", "-12.5"), (".5", "0.5"), ("5.", "5"), ("14,6", "14.6"), ("007", "7")] {
        assert_eq!(value(&format!("number('{text}')")), number, "{text}");
    }
    for text in ["", "-", ".", "1e6", "+5", "- 17", "Infinity", "1.2.3", "1,2,3", ",5", "5,", "0x10", "1 2"] {
        assert_eq!(value(&format!("number('{text}')")), "NaN", "{text}");
    }
}

#[test]
fn a_number_is_written_without_an_exponent_and_zero_without_a_sign() {
    assert_eq!(number_to_text(-0.0), "0");
    assert_eq!(number_to_text(1e21), "1000000000000000000000");
    assert_eq!(number_to_text(1.5e-7), "0.00000015");
    assert_eq!(value("1 div 0"), "Infinity");
    assert_eq!(value("0.1 + 0.2"), "0.30000000000000004");
}

#[test]
fn numbers_are_equal_when_they_differ_in_the_last_bits_only() {
    assert_eq!(value("0.1 + 0.2 = 0.3"), "true");
    assert_eq!(value("6.1 - 7.8 != -1.7"), "false");
    assert_eq!(value("1 div 0 = 1 div 0"), "true");
    assert_eq!(value("number('') = number('')"), "false");
}

#[test]
fn an_empty_answer_is_not_a_missing_question() {
    assert_eq!(value("/data/empty = ''"), "true");
    assert_eq!(value("/data/empty = 0"), "false");
    assert_eq!(value("/data/empty != 5"), "true");
    assert_eq!(value("/data/empty < 5 or /data/empty > 5"), "false");
    assert_eq!(value("boolean(/data/empty)"), "true");
    assert_eq!(value("/data/missing = '' or /data/missing != ''"), "false");
    assert_eq!(value("string(/data/missing)"), "");
}

#[test]
fn what_is_not_needed_is_not_computed() {
    assert_eq!(value("true() or explode()"), "true");
    assert_eq!(value("false() and explode()"), "false");
    assert_eq!(value("if(1 > 2, explode(), 'no')"), "no");
    assert_eq!(value("explode()"), "error: there is no function explode()");
    assert_eq!(value("if(1, 2)"), "error: if() takes 3 arguments, and here it has 2");
}

#[test]
fn halves_are_rounded_up_and_digits_as_they_are_read() {
    for (call, rounded) in [
        ("round(2.5)", "3"),
        ("round(-2.5)", "-2"),
        ("round(1.005, 2)", "1.01"),
        ("round(-12345.15, 1)", "-12345.1"),
        ("round(-12345.16, 1)", "-12345.2"),
        ("round(999.96, 1)", "1000"),
        ("round(1250, -2)", "1300"),
        ("round(49, -2)", "0"),
        ("round(50, -2)", "100"),
        ("round(5, -400)", "0"),
        ("round(0.1, 300)", "0.1"),
        ("round(1 div 3, 3)", "0.333"),
        ("round('', 2)", "NaN"),
    ] {
        assert_eq!(value(call), rounded, "{call}");
    }
}

#[test]
fn trim_leaves_the_blanks_inside() {
    assert_eq!(value("concat('[', trim('  Sungai  Besar '), ']')"), "[Sungai  Besar]");
}

#[test]
fn a_pattern_is_for_the_whole_text() {
    assert_eq!(value("regex('12345', '[0-9]{5}')"), "true");
    assert_eq!(value("regex('123456', '[0-9]{5}')"), "false");
    assert_eq!(value("regex('ab', 'a|b')"), "false");
    assert_eq!(value("regex('a', '^a$')"), "true");
    assert!(is_error("regex('a', '(?=a)')"));
    assert!(is_error("regex('a', '[')"));
    assert!(is_error("regex('a', 'a)|(b')"));
}

#[test]
fn a_selected_value_is_a_whole_word() {
    assert_eq!(value("selected(/data/toilet, ' pit ')"), "true");
    assert_eq!(value("selected(/data/toilet, 'pi')"), "false");
    assert_eq!(value("selected(/data/empty, '')"), "true");
    assert_eq!(value("selected(/data/toilet, '')"), "false");
    assert_eq!(value("selected-at(/data/toilet, 1)"), "pit");
    assert_eq!(value("selected-at(/data/toilet, 2)"), "");
    assert_eq!(value("count-selected(/data/toilet)"), "2");
}

#[test]
fn the_label_of_a_choice_comes_from_the_form() {
    assert_eq!(value("jr:choice-name(selected-at(/data/toilet, 0), '/data/toilet')"), "label of flush from data");
    assert_eq!(value("jr:choice-name('', '/data/toilet')"), "");
    assert_eq!(value("jr:choice-name('x', '/data/other')"), "");
    assert_eq!(value("jr:itext('hello')"), "Halo");
    assert!(is_error("jr:itext('bye')"));
}

#[test]
fn once_keeps_what_is_there() {
    assert_eq!(at("once('new')", "data/empty"), "new");
    assert_eq!(at("once('new')", "data/name"), "Sari");
    assert_eq!(at("coalesce(/data/empty, /data/missing, ., 'x')", "data/name"), "Sari");
}

#[test]
fn digests_are_those_of_the_standards() {
    assert_eq!(value("digest('abc', 'md5', 'hex')"), "900150983cd24fb0d6963f7d28e17f72");
    assert_eq!(
        value("digest('abc', 'SHA-384', 'hex')"),
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
    );
    assert!(value("digest('abc', 'SHA-512')").starts_with("3a81oZNherrMQXNJ"));
    assert!(is_error("digest('abc', 'CRC')") && is_error("digest('abc', 'MD5', 'octal')"));
    assert_eq!(value("base64-decode('no base64!')"), "");
}

#[test]
fn a_uuid_has_its_version_and_its_length() {
    assert_eq!(value("uuid()"), "80808080-8080-4080-8080-808080808080");
    assert_eq!(value("string-length(uuid(12))"), "12");
    assert_eq!(value("string-length(uuid(1 div 0))"), "1000");
}

#[test]
fn distances_and_areas_are_those_of_the_earth() {
    assert_eq!(value("distance('0 0', '0 1')"), "111318.85");
    assert_eq!(value("area('0 0; 0 1; 1 1; 1 0; 0 0')"), "12391256135.81");
    assert_eq!(value("area('')"), "0");
    assert_eq!(value("area('a')"), "NaN");
    assert_eq!(value("geofence('0.5 0.5', '0 0;0 1;1 1;1 0;0 0')"), "true");
    assert_eq!(value("geofence('0.5 1.5', '0 0;0 1;1 1;1 0;0 0')"), "false");
    assert_eq!(value("distance('91 0', '0 0')"), "NaN");
}
