//! Every fault of an item is named at once, with its place; a stored item loads for ever.

mod common;

use common::*;
use exam::*;

fn paths(draft: ItemDraft) -> Vec<String> {
    draft.check().map(|_| Vec::new()).unwrap_or_else(|faults| faults.into_iter().map(|fault| fault.path).collect())
}

#[test]
fn an_item_of_every_kind_is_sound_and_comes_back_as_it_was() {
    for draft in every_kind() {
        let item = checked(draft.clone());
        assert_eq!(ItemDraft::from(&item), draft);
        let json = serde_json::to_string(&draft).unwrap();
        assert_eq!(serde_json::from_str::<ItemDraft>(&json).unwrap(), draft);
    }
}

/// Written once, never changed: what a hall stored must load in every later one.
#[test]
fn every_stored_item_loads_for_ever() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/wire/item/v1");
    for draft in every_kind() {
        let path = format!("{folder}/{}.json", draft.id);
        let stored: ItemDraft = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(stored, draft, "{path}");
    }
}

#[test]
fn all_faults_are_named_at_once_in_their_order() {
    let mut draft = single();
    draft.format = 2;
    draft.id = "No Id".into();
    draft.version = 0;
    draft.trade = Some("电工".into());
    draft.level = Some(6);
    draft.abilities = vec!["a".into(), "a".into()];
    draft.difficulty = 1001;
    draft.question.stem = Words::zh("空 [[1]] **");
    draft.question.marks = mark(0);
    draft.question.body =
        BodyDraft::Single { options: vec![option("红", true), option(" 红", true), option("", false)] };
    assert_eq!(
        paths(draft),
        [
            "format",
            "id",
            "version",
            "trade",
            "level",
            "abilities[1]",
            "difficulty",
            "question.stem.zh",
            "question.marks",
            "question.body.options[1].words",
            "question.body.options[2].words",
            "question.body.options",
        ]
    );
}

#[test]
fn what_belongs_to_a_kind_is_checked() {
    let body = |body: BodyDraft| item("x", "题", 300, body);
    let stem = |stem: &str, body: BodyDraft| item("x", stem, 300, body);
    let typed = |accepts: &[&str]| BlankDraft::Typed {
        accepts: accepts.iter().map(|one| (*one).to_owned()).collect(),
        fold: Fold::default(),
    };
    let numeric = |value: &str, tolerance: ToleranceDraft, figures| BodyDraft::Numeric {
        value: value.into(),
        tolerance,
        unit: Some(UnitDraft { symbol: " ".into(), asked: false }),
        figures,
    };
    let absolute = |text: &str| ToleranceDraft::Absolute(text.into());
    let pair = |left: &str, right: &str| PairDraft { left: Words::zh(left), right: Words::zh(right) };
    let level = |marks| LevelDraft { words: Words::zh("级"), marks: mark(marks) };
    let credit = Credit::PerPart;
    let b = "question.body";
    for (draft, wrong) in [
        (body(BodyDraft::Single { options: vec![option("a", false)] }), vec!["options", "options"]),
        (body(BodyDraft::Single { options: vec![option("a", false), option("b", false)] }), vec!["options"]),
        (body(BodyDraft::Multiple { options: vec![option("a", false), option("b", false)], credit }), vec!["options"]),
        (body(BodyDraft::Single { options: vec![option("Ａ", true), option("A", false)] }), vec!["options[1].words"]),
        (body(BodyDraft::Blank { blanks: vec![], credit }), vec!["blanks"]),
        (
            stem("[[1]] [[2]]", BodyDraft::Blank { blanks: vec![typed(&["", "a", "Ａ "]), typed(&[])], credit }),
            vec!["blanks[0].accepts[0]", "blanks[0].accepts[2]", "blanks[1].accepts"],
        ),
        (body(BodyDraft::Order { entries: vec![Words::zh("a"), Words::zh("a")], credit }), vec!["entries[1]"]),
        (
            body(BodyDraft::Match {
                pairs: vec![pair("a", "1"), pair("a", "")],
                distractors: vec![Words::zh("1")],
                credit,
            }),
            vec!["pairs[1].left", "pairs[1].right", "distractors[0]"],
        ),
        (
            body(BodyDraft::Match { pairs: vec![pair("a", "1"), pair("b", "1")], distractors: vec![], credit }),
            vec!["pairs"],
        ),
        (
            body(BodyDraft::Short {
                rubric: vec![CriterionDraft { name: Words::default(), levels: vec![level(200), level(100)] }],
                length_most: 0,
                sample: Words::default(),
            }),
            vec!["length_most", "rubric", "rubric[0].name", "rubric[0].levels[1].marks"],
        ),
        (body(numeric("NaN", absolute("-1"), Some(16))), vec!["value", "tolerance.absolute", "unit.symbol"]),
        (body(numeric("0", ToleranceDraft::Relative("0.1".into()), None)), vec!["tolerance.relative", "unit.symbol"]),
        (body(numeric("1.20", absolute("0"), Some(2))), vec!["figures", "unit.symbol"]),
        (body(BodyDraft::Case { parts: vec![case().question, judgement().question] }), vec!["parts", "parts[0].body"]),
    ] {
        let wrong: Vec<String> = wrong.into_iter().map(|path| format!("{b}.{path}")).collect();
        assert_eq!(paths(draft), wrong);
    }
    // Places of blanks, and places where there are no blanks.
    let two = || BodyDraft::Blank { blanks: vec![typed(&["a"]), typed(&["b"])], credit };
    for text in ["[[1]]", "[[1]] [[1]]", "[[1]] [[2]] [[3]]", "[[1]] [[3]]", "none"] {
        assert_eq!(paths(stem(text, two())), ["question.stem"], "{text}");
    }
    assert_eq!(paths(stem("[[1]]", BodyDraft::Judgement { truth: true })), ["question.stem"]);
    let mut one_language = stem("[[1]] [[2]]", two());
    one_language.question.stem.en = "only [[1]]".into();
    assert_eq!(paths(one_language), ["question.stem"]);
}

#[test]
fn text_is_bounded_and_without_control_characters() {
    for text in ["a".repeat(20_001), "a\u{0}b".into(), "\u{1b}[31m".into()] {
        let mut draft = judgement();
        draft.question.stem = Words::zh(text);
        assert_eq!(paths(draft), ["question.stem.zh"]);
    }
}

#[test]
fn a_strange_shape_is_refused_where_it_is_read() {
    let sound = serde_json::to_value(single()).unwrap();
    for (pointer, value) in [
        ("/question/marks", serde_json::json!(2.0)),
        ("/question/marks", serde_json::json!("NaN")),
        ("/question/marks", serde_json::json!("1.234")),
        ("/difficulty", serde_json::json!(-1)),
        ("/question/body/kind", serde_json::json!("essay")),
        ("/question/body/options/1/right", serde_json::json!("yes")),
    ] {
        let mut strange = sound.clone();
        *strange.pointer_mut(pointer).unwrap() = value;
        assert!(serde_json::from_value::<ItemDraft>(strange).is_err(), "{pointer}");
    }
    for pointer in ["", "/question", "/question/stem", "/question/body", "/question/body/options/0"] {
        let mut strange = sound.clone();
        strange.pointer_mut(pointer).unwrap()["extra"] = serde_json::json!(1);
        assert!(serde_json::from_value::<ItemDraft>(strange).is_err(), "{pointer}");
    }
}

#[test]
fn the_measured_difficulty_counts_once_enough_answered() {
    let mut draft = single();
    draft.measured = Some(Measured { difficulty: 650, answers: 29 });
    assert_eq!(checked(draft.clone()).hardness(), 400);
    draft.measured = Some(Measured { difficulty: 650, answers: 30 });
    assert_eq!(checked(draft).hardness(), 650);
}
