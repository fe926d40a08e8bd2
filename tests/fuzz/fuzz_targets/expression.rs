//! Expressions: whatever the text, reading it ends in a tree or in an error at a place in it; the tree prints as a text that reads
//! as the same tree; and computing it ends, twice in the same value or error.

#![no_main]

use std::borrow::Cow;

use libfuzzer_sys::fuzz_target;
use rukun_form::expression::{Dialect, evaluate_to_text, parse, review, straighten};
use rukun_fuzz::Answers;

fuzz_target!(init: rukun_fuzz::write_seeds_if_asked(), |text: &str| {
    let straight = straighten(text);
    let tree = match review(&straight) {
        Ok((tree, _)) => tree,
        Err(error) => {
            assert!(straight[error.place..].starts_with(&error.found));
            return;
        }
    };
    assert_eq!(parse(&tree.to_string()).as_ref(), Ok(&tree));
    assert_eq!(tree.map_paths(&mut |_, _| None), tree);
    for dialect in [Dialect::Collect, Dialect::WebForms] {
        let answers = Answers { dialect };
        let compute = || evaluate_to_text(&tree, &answers, 8).map(Cow::into_owned);
        assert_eq!(compute(), compute());
    }
});
