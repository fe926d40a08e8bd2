//! A session computes only what depends on what was answered. These properties say that nobody can tell.

use std::sync::Arc;

use proptest::prelude::*;
use rukun_form::plan::Plan;
use rukun_form::session::{Answers, InstanceKey, Key, Session};
use serde_json::{Value, json};

use crate::forms::{Screen, begin, open, plan, question};

/// How many questions a random form has outside its repeat.
const QUESTIONS: usize = 6;

/// What a person does.
#[derive(Debug, Clone)]
enum Act {
    Answer(usize, String),
    Add,
    Remove(usize),
    AnswerMember(usize, String),
}

/// An expression that reads questions before the one at `place`, or the repeat.
fn expression(place: usize) -> impl Strategy<Value = String> {
    let before = 0..place.max(1);
    (before.clone(), before, 0_usize..8).prop_map(|(one, other, shape)| match shape {
        0 => format!("/data/q{one} + /data/q{other}"),
        1 => format!("if(/data/q{one} > 3, 'a', /data/q{other})"),
        2 => format!("concat(/data/q{one}, '-', /data/q{other})"),
        3 => "count(/data/member)".to_owned(),
        4 => "sum(/data/member/age)".to_owned(),
        5 => format!("string-length(/data/q{one}) * 2"),
        6 => format!("coalesce(/data/q{one}, /data/member[position() = 2]/age)"),
        _ => format!("/data/q{one} = /data/q{other}"),
    })
}

fn condition(place: usize) -> impl Strategy<Value = String> {
    (0..place.max(1), 0_usize..4).prop_map(|(one, shape)| match shape {
        0 => format!("/data/q{one} > 2"),
        1 => format!("/data/q{one} != ''"),
        2 => format!("selected(/data/q{one}, '1')"),
        _ => "count(/data/member[age > 2]) < 2".to_owned(),
    })
}

/// A question that is typed, computed, chosen or noted, asked always or on a condition.
fn asked(place: usize) -> impl Strategy<Value = Value> {
    (0_usize..5, expression(place), condition(place), any::<bool>()).prop_map(
        move |(kind, expression, condition, always)| {
            let path = format!("q{place}");
            // The first is always typed, so that there is something to depend on.
            let kind = if place == 0 { 0 } else { kind };
            let mut more = match kind {
                0 => json!({"constraint": ". < 4"}),
                1 => json!({"calculation": expression}),
                2 => json!({"list": "villages", "choice_filter": format!("district != {expression}")}),
                3 => json!({"required": condition}),
                _ => json!({"label": {"id": ["Nilai ", {"value": expression}]}}),
            };
            if !always && place > 0 {
                more["relevant"] = json!(condition);
            }
            let question_type = ["integer", "calculate", "select_one", "text", "note"][kind];
            question(&path, question_type, more)
        },
    )
}

fn member() -> impl Strategy<Value = Value> {
    (expression(QUESTIONS), condition(QUESTIONS)).prop_map(|(expression, condition)| {
        json!({"kind": "repeat", "path": "member", "items": [
            question("member/age", "integer", json!({"relevant": condition})),
            question("member/twice", "calculate", json!({"calculation": "../age * 2 + position(..)"})),
            question("member/mixed", "calculate", json!({"calculation": format!("concat(../twice, ':', {expression})")})),
        ]})
    })
}

fn form() -> impl Strategy<Value = Arc<Plan>> {
    let questions: Vec<_> = (0..QUESTIONS).map(|place| asked(place).boxed()).collect();
    (questions, member())
        .prop_map(|(mut items, member)| {
            items.push(member);
            plan(Value::Array(items))
        })
        // `count(/data/member[...])` in a condition of the repeat's own questions would be computed from itself.
        .prop_filter("not computed from itself", |plan| plan.cycle().is_empty())
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let value = || prop_oneof![Just(String::new()), "[0-5]", Just("olean".to_owned()), Just("1 2".to_owned())];
    let act = prop_oneof![
        4 => (0..QUESTIONS, value()).prop_map(|(place, value)| Act::Answer(place, value)),
        1 => Just(Act::Add),
        1 => (0_usize..4).prop_map(Act::Remove),
        3 => (0_usize..4, value()).prop_map(|(member, value)| Act::AnswerMember(member, value)),
    ];
    prop::collection::vec(act, 1..12)
}

/// Does what can be done; a person cannot type where nobody types.
fn act(session: &mut Session, act: &Act, added: &mut u8) {
    let members = session.instances("member", None);
    let _ = match act {
        Act::Answer(place, value) => session.answer(&Key::of(format!("q{place}")), value),
        Act::Add => {
            *added += 1;
            session.add_instance("member", None, InstanceKey([*added; 16]))
        }
        Act::Remove(member) => members.get(*member).map_or(Ok(()), |member| session.remove_instance(*member)),
        Act::AnswerMember(member, value) => {
            members.get(*member).map_or(Ok(()), |member| session.answer(&Key::inside(*member, "member/age"), value))
        }
    };
}

fn screen(mut session: Session) -> Screen {
    let mut screen = Screen::default();
    screen.update(&mut session);
    screen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_people_see_after_each_answer_is_what_a_record_opened_anew_shows(plan in form(), acts in acts()) {
        let mut session = begin(&plan);
        let (mut shown, mut added) = (Screen::default(), 0);
        shown.update(&mut session);
        for one in &acts {
            act(&mut session, one, &mut added);
            shown.update(&mut session);
            let opened = screen(open(&plan, &session.answers()));
            prop_assert_eq!(&shown.0, &opened.0, "after {:?}", one);
        }
    }

    #[test]
    fn the_order_in_which_answers_came_to_a_record_changes_nothing(plan in form(), acts in acts(), turn in 0_usize..7) {
        let mut session = begin(&plan);
        let mut added = 0;
        acts.iter().for_each(|one| act(&mut session, one, &mut added));
        let answers = session.answers();
        let mut turned = Answers { values: answers.values.clone(), ..answers.clone() };
        if !turned.values.is_empty() {
            let by = turn % turned.values.len();
            turned.values.rotate_left(by);
        }
        prop_assert_eq!(screen(open(&plan, &answers)).0, screen(open(&plan, &turned)).0);
    }

    #[test]
    fn what_came_while_a_screen_was_open_shows_as_in_a_record_opened_anew(plan in form(), mine in acts(), theirs in acts()) {
        let mut session = begin(&plan);
        let (mut shown, mut added) = (Screen::default(), 0);
        mine.iter().for_each(|one| act(&mut session, one, &mut added));
        session.edits_saved();
        shown.update(&mut session);
        let mut other = open(&plan, &session.answers());
        theirs.iter().for_each(|one| act(&mut other, one, &mut added));
        session.merged(&other.answers(), None);
        shown.update(&mut session);
        prop_assert_eq!(shown.0, screen(open(&plan, &other.answers())).0);
    }
}
