use proptest::prelude::*;

use super::{number_to_text, read_number};

proptest! {
    #[test]
    fn a_number_is_read_as_the_standard_library_reads_it(text in "-?[0-9]{0,18}\\.?[0-9]{0,18}") {
        let expected = if text.contains(|c: char| c.is_ascii_digit()) { text.parse::<f64>().ok() } else { None };
        prop_assert_eq!(read_number(&text).map(f64::to_bits), expected.map(f64::to_bits), "{}", text);
    }

    #[test]
    fn a_number_reads_back_from_its_text(number in prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL) {
        prop_assert_eq!(read_number(&number_to_text(number)), Some(number));
    }

    #[test]
    fn what_the_standard_library_cannot_read_is_no_number(text in "[-+0-9.,eE ]{0,6}") {
        if let Some(number) = read_number(&text) {
            prop_assert_eq!(text.trim().replace(',', ".").parse::<f64>(), Ok(number));
        }
    }
}
