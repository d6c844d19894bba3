//! Bad registrations of a rule set: each mistake at its line and column, all of them at once; and groups that a scheme doesn't have.

use catalogue::{Severity, load_rule_set, load_scheme};
use marking::{Eligible, Entrants, FieldKind, Waiting};

/// The shipped rule set without its own registration.
fn head() -> String {
    let source = catalogue::SHIPPED_RULE_SETS[0].source;
    let at = source.find("\nregistration:").unwrap() + 1;
    source[..at].to_owned()
}

const GOOD: &str = r#"registration:
  opens: 45d
  closes: 12h
  as: both
  team: {least: 2, most: 3}
  capacity: 100
  groups: [{group: workers, capacity: 60}, {group: students, capacity: 0}]
  per_organisation: 3
  waiting: by_itself
  fields:
    - {code: born, name: {zh: 出生日期, en: Date of birth}, type: date, required: true}
    - {code: years, name: {zh: 工龄, en: Years}, type: number}
    - {code: level, name: {zh: 等级, en: Level}, type: choice, choices: [{code: l4, name: {zh: 中级, en: Four}}, {code: l3, name: {zh: 高级, en: Three}}]}
    - {code: note, name: {zh: 备注, en: Note}, type: text}
  eligibility:
    - {code: adult, says: {zh: 须成年, en: Be of age}, age: {field: born, at_least: 18, at_most: 60, on: 2026-09-01}}
    - {code: years, says: {zh: 须三年, en: Three years}, groups: [workers], number: {field: years, at_least: 3}}
    - {code: level, says: {zh: 须高级, en: Level three}, level: {field: level, at_least: l3}}
    - {code: kind, says: {zh: 须为其一, en: One of them}, one_of: {field: level, choices: [l4, l3]}}
    - {code: org, says: {zh: 须为本市, en: Of the city}, organisation: [某厂]}
"#;

/// What is said of a registration, with lines counted from its own first.
fn said(registration: &str) -> Vec<String> {
    let head = head();
    let lines = head.matches('\n').count() as u32;
    let (loaded, faults) = load_rule_set(&format!("{head}{registration}"));
    assert_eq!(loaded.is_none(), faults.iter().any(|fault| fault.severity == Severity::Error), "{faults:?}");
    for fault in &faults {
        for text in [&fault.text, &fault.suggestion.text()] {
            assert!(!text.zh.trim().is_empty() && !text.en.trim().is_empty() && text.zh != text.en, "{fault:?}");
        }
    }
    let told =
        faults.iter().map(|fault| format!("{}:{} {}", fault.line.saturating_sub(lines), fault.column, fault.path));
    told.collect()
}

#[test]
fn a_good_one_is_read_as_it_is_written() {
    assert_eq!(said(GOOD), Vec::<String>::new());
    catalogue::check_rule_set_shape(&format!("{}{GOOD}", head())).unwrap();
    let loaded = load_rule_set(&format!("{}{GOOD}", head())).0.unwrap();
    let rule = loaded.rules.registration.clone().unwrap();
    assert_eq!((rule.opens_before_ms, rule.closes_before_ms), (Some(45 * 86_400_000), Some(12 * 3_600_000)));
    assert_eq!((rule.entrants, rule.waiting, rule.capacity), (Entrants::Both, Waiting::ByItself, Some(100)));
    assert_eq!((rule.group_capacity("students"), rule.group_capacity("teachers")), (Some(0), None));
    assert!(rule.fields[0].required && !rule.fields[1].required);
    assert!(matches!(&rule.fields[2].kind, FieldKind::Choice(choices) if choices.len() == 2));
    assert!(
        matches!(&rule.eligibility[0].condition, Eligible::Age { on: Some(day), .. } if day.to_string() == "2026-09-01")
    );
    assert_eq!(rule.eligibility[1].groups, ["workers"]);
}

#[test]
fn the_shipped_rule_sets_are_applied_for() {
    for shipped in catalogue::SHIPPED_RULE_SETS {
        let rules = load_rule_set(shipped.source).0.unwrap().rules;
        assert!(
            rules.registration.as_ref().is_some_and(|rule| !rule.fields.is_empty() && !rule.eligibility.is_empty())
        );
    }
}

/// What is written, what stands there instead, and where the fault is.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("opens: 45d", "opens: 45", "2:10 registration.opens"),
    ("opens: 45d", "opens: 400d", "2:10 registration.opens"),
    ("opens: 45d", "opens: soon", "2:10 registration.opens"),
    ("closes: 12h", "closes: 46d", "3:11 registration.closes"),
    ("  closes: 12h\n", "", "2:3 registration"),
    ("opens: 45d", "open: 45d", "2:3 registration.open"),
    ("as: both", "as: everybody", "4:7 registration.as"),
    ("  as: both\n", "", "2:3 registration.as"),
    ("as: both", "as: individuals", "5:9 registration.team"),
    ("least: 2", "least: 0", "5:17 registration.team.least"),
    ("most: 3}", "most: 1}", "5:26 registration.team.most"),
    (", most: 3", "", "5:9 registration.team.most"),
    ("capacity: 100", "capacity: 0", "6:13 registration.capacity"),
    ("capacity: 60", "capacity: many", "7:39 registration.groups[0].capacity"),
    ("group: students", "group: workers", "7:52 registration.groups[1].group"),
    ("per_organisation: 3", "per_organisation: 0", "8:21 registration.per_organisation"),
    ("by_itself", "by_magic", "9:12 registration.waiting"),
    ("code: years, name", "code: born, name", "12:14 registration.fields[1].code"),
    ("type: number", "type: figure", "12:54 registration.fields[1].type"),
    ("required: true", "required: perhaps", "11:79 registration.fields[0].required"),
    ("type: text", "type: text, choices: [{code: a, name: {zh: 一, en: A}}]", "14:67 registration.fields[3].choices"),
    ("type: text", "type: choice", "14:7 registration.fields[3]"),
    ("code: l3, name", "code: l4, name", "13:117 registration.fields[2].choices[1].code"),
    ("field: born", "field: year", "16:66 registration.eligibility[0].age.field"),
    ("field: born", "field: note", "16:66 registration.eligibility[0].age.field"),
    ("at_most: 60", "at_most: 17", "16:95 registration.eligibility[0].age.at_most"),
    ("on: 2026-09-01", "on: 2026-09-31", "16:103 registration.eligibility[0].age.on"),
    (", at_least: 3}}", "}}", "17:82 registration.eligibility[1].number"),
    ("at_least: l3", "at_least: l2", "18:87 registration.eligibility[2].level.at_least"),
    ("choices: [l4, l3]", "choices: [l4, l2]", "19:92 registration.eligibility[3].one_of.choices[1]"),
    ("choices: [l4, l3]", "choices: []", "19:87 registration.eligibility[3].one_of.choices"),
    ("organisation: [某厂]", "organisation: []", "20:68 registration.eligibility[4].organisation"),
    (", organisation: [某厂]", "", "20:7 registration.eligibility[4]"),
    (
        "organisation: [某厂]",
        "organisation: [某厂], number: {field: years, at_least: 1}",
        "20:7 registration.eligibility[4]",
    ),
    ("code: org", "code: kind", "20:14 registration.eligibility[4].code"),
    ("{zh: 须为本市, en: Of the city}", "{zh: 须为本市}", "20:25 registration.eligibility[4].says.en"),
];

#[test]
fn each_mistake_is_found_at_its_place() {
    let mut missed = Vec::new();
    for (written, instead, place) in MISTAKES {
        assert!(GOOD.contains(written), "{written}");
        let found = said(&GOOD.replacen(written, instead, 1));
        if !found.iter().any(|told| told == place) {
            missed.push(format!("{instead:?}: wanted {place}, found {found:?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn many_mistakes_are_found_at_once() {
    let mut bad = GOOD.to_owned();
    for (written, instead) in [
        ("opens: 45d", "opens: 45"),
        ("as: both", "as: x"),
        ("type: number", "type: figure"),
        ("field: born", "field: who"),
    ] {
        bad = bad.replacen(written, instead, 1);
    }
    assert!(said(&bad).len() >= 4, "{:?}", said(&bad));
}

#[test]
fn groups_are_those_of_the_scheme() {
    let scheme =
        load_scheme(catalogue::SHIPPED_SCHEMES.iter().find(|one| one.name == "robot-maintenance").unwrap().source)
            .0
            .unwrap();
    let loaded = load_rule_set(&format!("{}{GOOD}", head())).0.unwrap();
    assert_eq!(loaded.check_against(&scheme.scheme), Vec::new());
    let bad = GOOD.replacen("group: workers", "group: worker", 1).replacen("groups: [workers]", "groups: [clerks]", 1);
    let loaded = load_rule_set(&format!("{}{bad}", head())).0.unwrap();
    let told: Vec<String> = loaded.check_against(&scheme.scheme).iter().map(|fault| fault.path.clone()).collect();
    assert_eq!(told, ["registration.groups[0].group", "registration.eligibility[1].groups[0]"]);
}
