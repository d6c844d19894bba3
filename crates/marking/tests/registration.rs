//! Who may take part: conditions at their limits, answers as they are read, places that are never given twice.

use std::collections::BTreeMap;

use kernel::{Text, Timestamp};
use marking::{
    Answer, Answers, Applicant, Day, EligibilityRule, Eligible, FieldChoice, FieldKind, FieldRule, Full, GroupCapacity,
    RegistrationRule, Taken, TeamSize,
};
use proptest::prelude::*;

fn text(zh: &str) -> Text {
    Text::new(zh, zh.to_uppercase())
}

fn field(code: &str, kind: FieldKind, required: bool) -> FieldRule {
    FieldRule { code: code.into(), name: text(code), kind, required }
}

fn rule() -> RegistrationRule {
    let levels = ["l5", "l4", "l3"].map(|code| FieldChoice { code: code.into(), name: text(code) });
    RegistrationRule {
        fields: vec![
            field("born", FieldKind::Date, true),
            field("years", FieldKind::Number, true),
            field("level", FieldKind::Choice(levels.into()), false),
            field("note", FieldKind::Text, false),
        ],
        ..RegistrationRule::plain()
    }
}

fn answers(written: &[(&str, &str)]) -> BTreeMap<String, String> {
    written.iter().map(|(code, text)| ((*code).to_owned(), (*text).to_owned())).collect()
}

fn condition(condition: Eligible, groups: &[&str]) -> EligibilityRule {
    let groups = groups.iter().map(|group| (*group).to_owned()).collect();
    EligibilityRule { code: "c".into(), says: text("说明"), groups, condition }
}

#[test]
fn conditions_at_their_limits() {
    let (field, day) = (|code: &str| code.to_owned(), |text: &str| text.parse::<Day>().unwrap());
    let age = |at_least, at_most, on: Option<&str>| Eligible::Age {
        field: field("born"),
        at_least,
        at_most,
        on: on.map(day),
    };
    let number = |at_least, at_most| Eligible::Number { field: field("years"), at_least, at_most };
    let level = || Eligible::Level { field: field("level"), at_least: "l4".into() };
    let one_of = || Eligible::OneOf { field: field("level"), choices: vec!["l5".into(), "l3".into()] };
    for (condition_of, written, is_met) in [
        (age(Some(18), None, None), ("born", "2008-11-22"), true),
        (age(Some(18), None, None), ("born", "2008-11-23"), false),
        (age(None, Some(22), None), ("born", "2003-11-23"), true),
        (age(None, Some(22), None), ("born", "2003-11-22"), false),
        (age(Some(18), None, Some("2026-11-21")), ("born", "2008-11-22"), false),
        // Somebody who is to be born.
        (age(None, Some(22), None), ("born", "2030-01-01"), false),
        (number(Some(3), None), ("years", "3"), true),
        (number(Some(3), None), ("years", "2"), false),
        (number(None, Some(5)), ("years", "5"), true),
        (number(None, Some(5)), ("years", "6"), false),
        (level(), ("level", "l4"), true),
        (level(), ("level", "L3"), true),
        (level(), ("level", "l5"), false),
        (one_of(), ("level", "l3"), true),
        (one_of(), ("level", "l4"), false),
        (Eligible::Organisation(vec!["某厂".into()]), ("note", "x"), true),
        (Eligible::Organisation(vec!["org_1".into()]), ("note", "x"), true),
        (Eligible::Organisation(vec!["他厂".into()]), ("note", "x"), false),
        // What wasn't said is not met, whatever is asked of it.
        (age(None, Some(200), None), ("years", "1"), false),
        (number(Some(0), None), ("born", "2000-01-01"), false),
        (level(), ("years", "1"), false),
        (one_of(), ("years", "1"), false),
    ] {
        let mut rule = rule();
        rule.fields.iter_mut().for_each(|field| field.required = false);
        rule.eligibility = vec![condition(condition_of.clone(), &[])];
        let read = rule.read(&answers(&[written])).unwrap();
        let start = Day::of(Timestamp::from_millis(1_795_334_400_000));
        let who = Applicant { group: "workers", organisation: ("org_1", "某厂"), answers: &read, start };
        assert_eq!(rule.examined(&who)[0].is_met, is_met, "{condition_of:?} {written:?}");
    }
}

#[test]
fn a_condition_is_for_its_groups() {
    let mut rule = rule();
    rule.eligibility = vec![
        condition(Eligible::Organisation(vec!["a".into()]), &["students"]),
        condition(Eligible::Organisation(vec!["a".into()]), &[]),
    ];
    let none = Answers::new();
    let of =
        |group| Applicant { group, organisation: ("b", "b"), answers: &none, start: Day::new(2026, 1, 1).unwrap() };
    assert_eq!(rule.examined(&of("workers")).len(), 1);
    assert_eq!(rule.examined(&of("students")).len(), 2);
}

#[test]
fn every_bad_answer_is_told_at_its_field() {
    let rule = rule();
    let long = "长".repeat(201);
    for (written, fields) in [
        (vec![], vec!["born", "years"]),
        (vec![("born", " "), ("years", "1")], vec!["born"]),
        (vec![("born", "1990-02-30"), ("years", "-1")], vec!["born", "years"]),
        (vec![("born", "1990-02-03"), ("years", "1.5")], vec!["years"]),
        (vec![("born", "1990-02-03"), ("years", "1000000001")], vec!["years"]),
        (vec![("born", "1990-02-03"), ("years", "99999999999999999999")], vec!["years"]),
        (vec![("born", "1990-02-03"), ("years", "１")], vec!["years"]),
        (vec![("born", "1990-02-03"), ("years", "1"), ("level", "l9")], vec!["level"]),
        (vec![("born", "1990-02-03"), ("years", "1"), ("note", long.as_str())], vec!["note"]),
        (vec![("born", "1990-02-03"), ("years", "1"), ("note", "a\u{7}b")], vec!["note"]),
        // Nothing is kept that nobody asked for.
        (vec![("born", "1990-02-03"), ("years", "1"), ("id_card", "3303")], vec!["id_card"]),
    ] {
        let faults = rule.read(&answers(&written)).unwrap_err();
        let at: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(at, fields, "{written:?}");
        assert!(faults.iter().all(|fault| fault.says.zh != fault.says.en), "{faults:?}");
    }
}

#[test]
fn limits_are_told_apart() {
    let rule = RegistrationRule {
        capacity: Some(9),
        group_capacities: vec![GroupCapacity { group: "workers".into(), capacity: 5 }],
        per_organisation: Some(2),
        team: Some(TeamSize { least: 2, most: 3 }),
        ..RegistrationRule::plain()
    };
    let taken = |all, in_group, of_organisation, in_team| Taken { all, in_group, of_organisation, in_team };
    assert_eq!(rule.room("workers", &taken(8, 4, 1, Some(2))), Ok(()));
    let everything = vec![Full::Contest(9), Full::Group(5), Full::Organisation(2), Full::Team(3)];
    assert_eq!(rule.room("workers", &taken(9, 5, 2, Some(3))), Err(everything));
    // A group without a limit of its own; somebody without a team.
    assert_eq!(rule.room("students", &taken(8, 8, 0, None)), Ok(()));
    let closed = RegistrationRule { group_capacities: vec![GroupCapacity { group: "a".into(), capacity: 0 }], ..rule };
    assert_eq!(closed.room("a", &Taken::default()), Err(vec![Full::Group(0)]));
}

/// His group, organisation and team.
type Comer = (usize, usize, Option<usize>);

proptest! {
    /// Whoever comes in whatever order, no limit is passed, and nobody is kept out while there is a place.
    #[test]
    fn no_limit_is_ever_passed(
        capacity in proptest::option::of(1u32..8), of_group in 0u32..5, per in proptest::option::of(1u32..3), most in 1u32..4,
        comers in proptest::collection::vec((0usize..2, 0usize..3, proptest::option::of(0usize..2)), 0..30),
    ) {
        let rule = RegistrationRule {
            capacity,
            group_capacities: vec![GroupCapacity { group: "g0".into(), capacity: of_group }],
            per_organisation: per,
            team: Some(TeamSize { least: 1, most }),
            ..RegistrationRule::plain()
        };
        let mut admitted: Vec<Comer> = Vec::new();
        let count = |admitted: &[Comer], is: &dyn Fn(&Comer) -> bool| {
            admitted.iter().filter(|one| is(one)).count() as u32
        };
        for comer in comers {
            let (group, organisation, team) = comer;
            let taken = Taken {
                all: admitted.len() as u32,
                in_group: count(&admitted, &|one| one.0 == group),
                of_organisation: count(&admitted, &|one| one.0 == group && one.1 == organisation),
                in_team: team.map(|team| count(&admitted, &|one| one.2 == Some(team))),
            };
            let room = rule.room(&format!("g{group}"), &taken);
            let fits = capacity.is_none_or(|most| taken.all < most)
                && (group != 0 || taken.in_group < of_group)
                && per.is_none_or(|most| taken.of_organisation < most)
                && taken.in_team.is_none_or(|members| members < most);
            prop_assert_eq!(room.is_ok(), fits);
            if room.is_ok() {
                admitted.push(comer);
            }
        }
        prop_assert!(capacity.is_none_or(|most| admitted.len() as u32 <= most));
        prop_assert!(count(&admitted, &|one| one.0 == 0) <= of_group);
        for organisation in 0..3 {
            for group in 0..2 {
                prop_assert!(per.is_none_or(|most| count(&admitted, &|one| one.0 == group && one.1 == organisation) <= most));
            }
        }
        for team in 0..2 {
            prop_assert!(count(&admitted, &|one| one.2 == Some(team)) <= most);
        }
    }

    /// What was read reads as itself again; whatever was written, it is read or told.
    #[test]
    fn what_was_read_reads_as_itself(born in "[0-9-]{8,11}|(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]", years in "[0-9]{0,4}", level in "l[2-6]|", note in ".{0,20}") {
        let rule = rule();
        let written = answers(&[("born", &born), ("years", &years), ("level", &level), ("note", &note)]);
        if let Ok(read) = rule.read(&written) {
            let again: BTreeMap<String, String> = read.iter().map(|(code, answer)| (code.clone(), answer.written())).collect();
            prop_assert_eq!(rule.read(&again), Ok(read));
        }
    }

    /// Time makes nobody younger, and a year makes everybody a year older.
    #[test]
    fn ages_grow(ms in 0i64..4_000_000_000_000, more in 0i64..40_000_000_000, y in 1900i32..2030, m in 1u32..13, d in 1u32..29) {
        let born = Day::new(y, m, d).unwrap();
        let (before, after) = (Day::of(Timestamp::from_millis(ms)), Day::of(Timestamp::from_millis(ms + more)));
        prop_assert!(before <= after);
        prop_assert!(before.age_of(born) <= after.age_of(born));
        let of_age = Day::new(y + 18, m, d).unwrap();
        prop_assert_eq!(of_age.age_of(born), 18);
        prop_assert!(matches!(Answer::Day(born).written().parse::<Day>(), Ok(day) if day == born));
    }
}
