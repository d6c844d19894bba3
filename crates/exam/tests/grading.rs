//! Answers are read strictly and graded by rule.

mod common;

use common::*;
use exam::*;
use kernel::Mark;
use proptest::prelude::*;

fn marks(draft: ItemDraft, answer: impl Fn(&[(String, String)]) -> RawAnswer) -> i64 {
    let (item, seed) = (checked(draft), seed("1"));
    let shuffle = Shuffle { seed: &seed, options: true };
    let shown = item.shown(shuffle);
    let named = names(&shown.body);
    let answer = item.read(&answer(&named), shuffle).unwrap();
    grade(&item, Some(&answer)).marks.hundredths()
}

/// Words and names of everything that is shown.
fn names(body: &ShownBody) -> Vec<(String, String)> {
    let list = |options: &[ShownOption]| -> Vec<(String, String)> {
        options.iter().map(|one| (one.words.zh.clone(), one.id.clone())).collect()
    };
    match body {
        ShownBody::Single { options } | ShownBody::Multiple { options } | ShownBody::Order { entries: options } => {
            list(options)
        }
        ShownBody::Match { left, right } => [list(left), list(right)].concat(),
        ShownBody::Blank { blanks } => blanks
            .iter()
            .flat_map(|blank| if let ShownBlank::Chosen { options } = blank { list(options) } else { Vec::new() })
            .collect(),
        _ => Vec::new(),
    }
}

fn name(named: &[(String, String)], words: &str) -> String {
    named.iter().find(|(known, _)| known == words).unwrap_or_else(|| panic!("{words}")).1.clone()
}

#[test]
fn the_right_answer_of_every_kind_is_worth_all_and_none_is_worth_nothing() {
    for draft in every_kind() {
        let (item, seed) = (checked(draft), seed("5"));
        let shuffle = Shuffle { seed: &seed, options: true };
        let raw = right_answer(&item, shuffle);
        let json = serde_json::to_string(&raw).unwrap();
        assert_eq!(serde_json::from_str::<RawAnswer>(&json).unwrap(), raw);
        let answer = item.read(&raw, shuffle).unwrap();
        let graded = grade(&item, Some(&answer));
        let by_people = match item.kind() {
            Kind::Short => 1000,
            Kind::Case => 1000,
            _ => 0,
        };
        assert_eq!(graded.marks.hundredths() + by_people, item.question.marks.hundredths(), "{}", item.id);
        assert_eq!(graded.waits_for_person, by_people > 0);
        let nothing = grade(&item, None);
        assert_eq!((nothing.marks, nothing.waits_for_person, nothing.max), (Mark::ZERO, false, item.question.marks));
    }
}

#[test]
fn a_multiple_choice_is_worth_what_its_credit_says() {
    // Right are 螺丝刀, 扳手, 尺 of five; marks by all or nothing, none wrong, per part, minus.
    for (chosen, worth) in [
        (vec!["螺丝刀", "扳手", "尺"], [300, 300, 300, 300]),
        (vec!["尺", "螺丝刀"], [0, 200, 240, 200]),
        (vec!["螺丝刀", "锤子"], [0, 0, 120, 0]),
        (vec!["螺丝刀", "扳手", "锤子"], [0, 0, 180, 100]),
        (vec!["螺丝刀", "扳手", "尺", "锤子", "笔"], [0, 0, 180, 100]),
        (vec!["锤子", "笔"], [0, 0, 0, 0]),
        (vec![], [0, 0, 0, 0]),
    ] {
        let found = Credit::ALL.map(|credit| {
            marks(multiple(credit), |named| RawAnswer::Multiple {
                options: chosen.iter().map(|words| name(named, words)).collect(),
            })
        });
        assert_eq!(found, worth, "{chosen:?}");
    }
}

#[test]
fn blanks_fold_what_makes_no_difference() {
    for (first, second, third, per_part, minus) in [
        ("２２０ｖ", "零线keyword", "并联", 300, 300),
        (" 220 V ", " 零线Keyword", "串联", 200, 100),
        ("二百二十伏", "", "", 100, 100),
        ("110V", "火线", "", 0, 0),
    ] {
        for (credit, worth) in [(Credit::PerPart, per_part), (Credit::Minus, minus)] {
            let found = marks(blank(credit), |named| RawAnswer::Blank {
                blanks: vec![
                    first.into(),
                    second.into(),
                    if third.is_empty() { String::new() } else { name(named, third) },
                ],
            });
            assert_eq!(found, worth, "{first} {second} {third} {credit:?}");
        }
    }
}

#[test]
fn orders_and_pairs_count_by_place() {
    for (entries, per_part, minus) in [
        (["停电", "验电", "接地", "挂牌"], 400, 400),
        (["停电", "接地", "验电", "挂牌"], 200, 0),
        (["验电", "停电", "接地", "挂牌"], 200, 0),
        (["挂牌", "接地", "验电", "停电"], 0, 0),
    ] {
        for (credit, worth) in [(Credit::PerPart, per_part), (Credit::Minus, minus)] {
            let found = marks(order(credit), |named| RawAnswer::Order {
                entries: entries.iter().map(|words| name(named, words)).collect(),
            });
            assert_eq!(found, worth, "{entries:?} {credit:?}");
        }
    }
    for (pairs, worth) in [
        (vec![("电压", "伏"), ("电流", "安"), ("电动势", "伏")], 300),
        (vec![("电动势", "伏")], 100),
        (vec![("电压", "欧"), ("电流", "安")], 100),
        (vec![], 0),
    ] {
        let found = marks(matching(Credit::PerPart), |named| RawAnswer::Match {
            pairs: pairs
                .iter()
                .map(|(left, right)| RawPair { left: name(named, left), right: name(named, right) })
                .collect(),
        });
        assert_eq!(found, worth, "{pairs:?}");
    }
}

#[test]
fn a_number_needs_its_value_unit_and_figures() {
    for (value, unit, worth) in [
        ("31.4159", Some("kWh"), 200),
        ("３１．２", Some("ｋＷｈ"), 200),
        ("31.03", Some("kWh"), 200),
        ("31.02", Some("kWh"), 0),
        ("31.4159", Some("KWH"), 0),
        ("31.4159", None, 0),
        ("-31.4159", Some("kWh"), 0),
        ("3.14159e1", Some("k Wh"), 200),
    ] {
        let found = marks(numeric(), |_| RawAnswer::Numeric { value: value.into(), unit: unit.map(str::to_owned) });
        assert_eq!(found, worth, "{value} {unit:?}");
    }
    let figures = |value: &str| {
        let body = BodyDraft::Numeric {
            value: "12.0".into(),
            tolerance: ToleranceDraft::Absolute("0.05".into()),
            unit: None,
            figures: Some(3),
        };
        marks(item("x", "?", 200, body), |_| RawAnswer::Numeric { value: value.into(), unit: None })
    };
    assert_eq!(["12.0", "12", "12.00", "12.1", "11.9", "12.04"].map(figures), [200, 0, 0, 0, 0, 0]);
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    use AnswerProblem::*;
    let raw = |text: &str| serde_json::from_str::<RawAnswer>(text).unwrap();
    let long = |text: usize| "长".repeat(text);
    for (draft, answer, wrong) in [
        (
            single(),
            r#"{"kind":"judgement","truth":true}"#.to_owned(),
            vec![("answer", WrongKind { expected: "single" })],
        ),
        (single(), r#"{"kind":"single","option":"0"}"#.into(), vec![("answer.option", UnknownOption)]),
        (
            multiple(Credit::Minus),
            r#"{"kind":"multiple","options":["x","y"]}"#.into(),
            vec![("answer.options[0]", UnknownOption), ("answer.options[1]", UnknownOption)],
        ),
        (
            multiple(Credit::Minus),
            r#"{"kind":"multiple","options":["1","2","3","4","5","6"]}"#.into(),
            vec![("answer.options", WrongCount { expected: 5, got: 6 })],
        ),
        (
            blank(Credit::Minus),
            r#"{"kind":"blank","blanks":["a"]}"#.into(),
            vec![("answer.blanks", WrongCount { expected: 3, got: 1 })],
        ),
        (
            blank(Credit::Minus),
            format!(r#"{{"kind":"blank","blanks":["{}","\u0007","zz"]}}"#, long(501)),
            vec![
                ("answer.blanks[0]", TooLong { most: 500 }),
                ("answer.blanks[1]", ControlCharacter),
                ("answer.blanks[2]", UnknownOption),
            ],
        ),
        (
            order(Credit::Minus),
            r#"{"kind":"order","entries":["a"]}"#.into(),
            vec![("answer.entries", WrongCount { expected: 4, got: 1 })],
        ),
        (
            matching(Credit::Minus),
            r#"{"kind":"match","pairs":[{"left":"a","right":"b"}]}"#.into(),
            vec![("answer.pairs[0].left", UnknownOption), ("answer.pairs[0].right", UnknownOption)],
        ),
        (
            short(),
            format!(r#"{{"kind":"short","text":"{}"}}"#, long(201)),
            vec![("answer.text", TooLong { most: 200 })],
        ),
        (numeric(), r#"{"kind":"numeric","value":"NaN","unit":"kWh"}"#.into(), vec![("answer.value", NotANumber)]),
        (numeric(), r#"{"kind":"numeric","value":"1e999"}"#.into(), vec![("answer.value", NotANumber)]),
        (
            case(),
            r#"{"kind":"case","parts":[null]}"#.into(),
            vec![("answer.parts", WrongCount { expected: 4, got: 1 })],
        ),
        (
            case(),
            r#"{"kind":"case","parts":[{"kind":"single","option":"0"},{"kind":"numeric","value":"x"},null,null]}"#
                .into(),
            vec![("answer.parts[0].option", UnknownOption), ("answer.parts[1].value", NotANumber)],
        ),
    ] {
        let (item, seed) = (checked(draft), seed("1"));
        let faults = item.read(&raw(&answer), Shuffle { seed: &seed, options: true }).unwrap_err();
        let found: Vec<_> = faults.iter().map(|fault| (fault.path.as_str(), fault.problem.clone())).collect();
        assert_eq!(found, wrong, "{answer}");
    }
}

#[test]
fn one_thing_named_twice_is_refused() {
    let (item, seed) = (checked(multiple(Credit::Minus)), seed("1"));
    let shuffle = Shuffle { seed: &seed, options: true };
    let named = names(&item.shown(shuffle).body);
    let twice = RawAnswer::Multiple { options: vec![named[0].1.clone(), named[0].1.clone()] };
    assert_eq!(item.read(&twice, shuffle).unwrap_err()[0].problem, AnswerProblem::NamedTwice);
    let (item, shown) = (checked(matching(Credit::Minus)), checked(matching(Credit::Minus)).shown(shuffle));
    let ShownBody::Match { left, right } = shown.body else { panic!() };
    let pair = |at: usize| RawPair { left: left[0].id.clone(), right: right[at].id.clone() };
    let faults = item.read(&RawAnswer::Match { pairs: vec![pair(0), pair(1)] }, shuffle).unwrap_err();
    assert_eq!((faults[0].path.as_str(), &faults[0].problem), ("answer.pairs[1].left", &AnswerProblem::NamedTwice));
}

/// A name of one attempt means nothing in another.
#[test]
fn an_answer_belongs_to_its_attempt() {
    let item = checked(single());
    let (one, other) = (seed("1"), seed("2"));
    let answer = right_answer(&item, Shuffle { seed: &one, options: true });
    assert!(item.read(&answer, Shuffle { seed: &other, options: true }).is_err());
}

#[test]
fn strange_shapes_of_answers_are_refused() {
    for text in [
        r#"{"kind":"single"}"#,
        r#"{"kind":"single","option":1}"#,
        r#"{"kind":"single","option":"a","right":true}"#,
        r#"{"kind":"numeric","value":12.5}"#,
        r#"{"kind":"essay","text":"a"}"#,
        r#"{"option":"a"}"#,
        "null",
    ] {
        assert!(serde_json::from_str::<RawAnswer>(text).is_err(), "{text}");
    }
}

#[test]
fn people_mark_by_levels() {
    let item = checked(short());
    let marked = mark_by_rubric(&item.question, &[1, 2]).unwrap();
    assert_eq!((marked.marks, marked.waits_for_person), (mark(700), false));
    assert_eq!(marked.parts, [Part::Given(mark(200)), Part::Given(mark(500))]);
    let refused = |question: &Question, levels: &[usize]| mark_by_rubric(question, levels).unwrap_err();
    assert_eq!(refused(&item.question, &[1]), RubricFault::WrongCount { expected: 2, got: 1 });
    assert_eq!(refused(&item.question, &[1, 3]), RubricFault::UnknownLevel { criterion: 1, levels: 3 });
    assert_eq!(refused(&checked(single()).question, &[]), RubricFault::NotMarkedByPeople);
}

#[test]
fn a_paper_sets_marks_and_they_are_rounded_once() {
    let (item, seed) = (checked(blank(Credit::PerPart)), seed("1"));
    let shuffle = Shuffle { seed: &seed, options: true };
    let raw = RawAnswer::Blank { blanks: vec!["220V".into(), "零线keyword".into(), String::new()] };
    let answer = item.read(&raw, shuffle).unwrap();
    // 2/3 of 0.05 is 0.0333…; of 1.00 it is 0.67, not twice 0.33.
    for (worth, marks) in [(100, 67), (5, 3), (300, 200)] {
        assert_eq!(grade_worth(&item, Some(&answer), mark(worth)).marks, mark(marks));
    }
    assert_eq!(item.shown_worth(shuffle, mark(100)).marks, mark(100));
    assert_eq!(grade_worth(&checked(short()), None, mark(1)).max, mark(1000), "a rubric has marks of its own");
}

fn any_credit() -> impl Strategy<Value = Credit> {
    prop::sample::select(Credit::ALL.to_vec())
}

proptest! {
    #[test]
    fn marks_lie_within_zero_and_the_maximum(
        credit in any_credit(), attempt in 0u32..50, worth in 1i64..5000,
        chosen in prop::collection::vec(any::<bool>(), 5), order_of in prop::sample::subsequence((0usize..24).collect::<Vec<_>>(), 1),
        partners in prop::collection::vec(prop::option::of(0usize..3), 3),
    ) {
        let seed = seed(&attempt.to_string());
        let shuffle = Shuffle { seed: &seed, options: true };
        let max = mark(worth);
        let multiple = checked(multiple(credit));
        let names_of = names(&multiple.shown(shuffle).body);
        let options: Vec<String> = names_of.iter().zip(&chosen).filter(|(_, chosen)| **chosen).map(|(one, _)| one.1.clone()).collect();
        let mut reversed = options.clone();
        reversed.reverse();
        let read = |options: Vec<String>| multiple.read(&RawAnswer::Multiple { options }, shuffle).unwrap();
        let graded = grade_worth(&multiple, Some(&read(options.clone())), max);
        prop_assert!(graded.marks >= Mark::ZERO && graded.marks <= max);
        prop_assert_eq!(&graded, &grade_worth(&multiple, Some(&read(reversed)), max), "the order of choosing is nothing");
        prop_assert_eq!(&graded, &grade_worth(&multiple, Some(&read(options)), max), "again is the same");

        let order = checked(order(credit));
        let mut entries: Vec<String> = names(&order.shown(shuffle).body).into_iter().map(|one| one.1).collect();
        entries.rotate_left(order_of[0] % 4);
        let answer = order.read(&RawAnswer::Order { entries }, shuffle).unwrap();
        let graded = grade_worth(&order, Some(&answer), max);
        prop_assert!(graded.marks >= Mark::ZERO && graded.marks <= max);

        let item = checked(matching(credit));
        let ShownBody::Match { left, right } = item.shown(shuffle).body else { panic!() };
        let mut pairs: Vec<RawPair> = left.iter().zip(&partners)
            .filter_map(|(one, at)| Some(RawPair { left: one.id.clone(), right: right[(*at)?].id.clone() })).collect();
        let read = |pairs: &[RawPair]| item.read(&RawAnswer::Match { pairs: pairs.to_vec() }, shuffle).unwrap();
        let graded = grade_worth(&item, Some(&read(&pairs)), max);
        prop_assert!(graded.marks >= Mark::ZERO && graded.marks <= max);
        pairs.reverse();
        prop_assert_eq!(graded, grade_worth(&item, Some(&read(&pairs)), max), "the order of pairs is nothing");
    }

    #[test]
    fn another_seed_changes_names_and_never_marks(one in 0u32..1000, other in 0u32..1000) {
        for draft in every_kind() {
            let item = checked(draft);
            let graded = [one, other].map(|attempt| {
                let seed = seed(&attempt.to_string());
                let shuffle = Shuffle { seed: &seed, options: attempt % 2 == 0 };
                grade(&item, Some(&item.read(&right_answer(&item, shuffle), shuffle).unwrap()))
            });
            prop_assert_eq!(&graded[0], &graded[1]);
        }
    }
}
