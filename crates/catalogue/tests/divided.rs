//! Criteria that are divided into sub-criteria: read, shown, told of, and as tables.

use catalogue::tables::{Table, TableFault, scheme_of, tables_of};
use catalogue::{ChangeKind, LoadedScheme, Severity, changes, load_scheme};
use serde_json::json;

const GOOD: &str = r#"format: guildhall/scheme/1
id: divided
version: 1
title: {zh: 分块, en: Divided}
abilities:
  - {code: hand, name: {zh: 手, en: Hand}}
modules:
  - code: A
    name: {zh: 甲, en: A}
    criteria:
      - code: A1
        name: {zh: 一, en: One}
        sub_criteria:
          - code: A1a
            name: {zh: 准备, en: Preparing}
            aspects:
              - {code: A1.1, name: {zh: 工具, en: Tools}, type: measurement, max: 10, abilities: [hand]}
              - {code: A1.2, name: {zh: 图纸, en: Drawing}, type: measurement, max: 20, abilities: [hand]}
          - code: A1b
            name: {zh: 装配, en: Assembling}
            aspects:
              - {code: A1.3, name: {zh: 夹紧, en: Gripped}, type: automatic, max: 30, abilities: [hand]}
      - code: A2
        name: {zh: 二, en: Two}
        aspects:
          - {code: A2.1, name: {zh: 收尾, en: Finish}, type: measurement, max: 40, abilities: [hand]}
ranking: {ties: [{module: A}]}
signals:
  grip: {type: bool}
rules:
  - {id: gripped, aspect: A1.3, says: {zh: 夹紧, en: Gripped}, on: {rises: grip}, award: 30}
"#;
const FIRST_PART: &str = "          - code: A1a
            name: {zh: 准备, en: Preparing}
            aspects:
              - {code: A1.1, name: {zh: 工具, en: Tools}, type: measurement, max: 10, abilities: [hand]}
              - {code: A1.2, name: {zh: 图纸, en: Drawing}, type: measurement, max: 20, abilities: [hand]}
";
const SECOND_PART: &str = "          - code: A1b
            name: {zh: 装配, en: Assembling}
            aspects:
              - {code: A1.3, name: {zh: 夹紧, en: Gripped}, type: automatic, max: 30, abilities: [hand]}
";
const DRAWING: &str =
    "              - {code: A1.2, name: {zh: 图纸, en: Drawing}, type: measurement, max: 20, abilities: [hand]}\n";

fn replaced(pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(GOOD.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

fn loaded(text: &str) -> LoadedScheme {
    let (scheme, faults) = load_scheme(text);
    scheme.unwrap_or_else(|| panic!("{faults:?}\n{text}"))
}

/// The same aspects, undivided.
fn whole() -> String {
    let heading = "        sub_criteria:
          - code: A1a
            name: {zh: 准备, en: Preparing}
            aspects:
";
    let between = "          - code: A1b
            name: {zh: 装配, en: Assembling}
            aspects:
";
    replaced(&[(heading, "        aspects:\n"), (between, "")])
}

/// The drawing stands in the second part instead of the first.
fn redivided() -> String {
    let last =
        "              - {code: A1.3, name: {zh: 夹紧, en: Gripped}, type: automatic, max: 30, abilities: [hand]}\n";
    replaced(&[(DRAWING, ""), (last, &format!("{DRAWING}{last}"))])
}

#[test]
fn a_divided_criterion_is_read_without_a_fault() {
    let (scheme, faults) = load_scheme(GOOD);
    assert_eq!(faults, []);
    catalogue::check_shape(GOOD).unwrap();
    let scheme = scheme.unwrap().scheme;
    let parts: Vec<_> =
        scheme.sub_criteria().iter().map(|part| format!("{} {} {:?}", part.code, part.max, part.aspects)).collect();
    assert_eq!(parts, ["A1a 30.00 0..2", "A1b 30.00 2..3"]);
    let maxima: Vec<String> = scheme.criteria().iter().map(|criterion| criterion.max.to_string()).collect();
    assert_eq!(maxima, ["60.00", "40.00"]);
}

#[test]
fn every_fault_is_said_at_its_place_with_what_to_write() {
    let both = "        aspects:\n          - {code: A1.9, name: {zh: 九, en: Nine}, type: measurement, max: 1, abilities: [hand]}\n        sub_criteria:\n";
    let parts = format!("        sub_criteria:\n{FIRST_PART}{SECOND_PART}");
    let without_rule = ("rules:\n  - {id: gripped, aspect: A1.3,", "rules:\n  - {id: gripped, aspect: A2.1,");
    let automatic = ("en: Finish}, type: measurement", "en: Finish}, type: automatic");
    for (pairs, expected) in [
        (
            vec![("        sub_criteria:\n", both)],
            "13:9: error: modules[0].criteria[0].aspects: there are both `aspects` and `sub_criteria`; put these into the `aspects` of a sub-criterion, or remove `sub_criteria`",
        ),
        (
            vec![("        sub_criteria:\n", "        aspects: []\n        sub_criteria:\n")],
            "13:9: error: modules[0].criteria[0].aspects: there are both `aspects` and `sub_criteria`; put these into the `aspects` of a sub-criterion, or remove `sub_criteria`",
        ),
        (
            vec![(parts.as_str(), ""), without_rule, automatic],
            "11:9: error: modules[0].criteria[0].aspects: `aspects` or `sub_criteria` is missing; add `aspects: [{code: A1.1, name: {zh: 夹紧, en: Gripped}, type: measurement, max: 2, abilities: [hand]}]`",
        ),
        (
            vec![(parts.as_str(), "        sub_criteria: []\n"), without_rule, automatic],
            "13:23: error: modules[0].criteria[0].sub_criteria: the criterion has no sub-criterion; write `sub_criteria: [{code: A1a, name: {zh: 准备, en: Preparing}, aspects: […]}]`",
        ),
        (
            vec![(parts.as_str(), "        sub_criteria: two\n"), without_rule, automatic],
            "13:23: error: modules[0].criteria[0].sub_criteria: a list is expected here, not a single value; write `sub_criteria: [{code: A1a, name: {zh: 准备, en: Preparing}, aspects: […]}]`",
        ),
        (
            vec![(SECOND_PART, "          - two\n"), without_rule, automatic],
            "19:13: error: modules[0].criteria[0].sub_criteria[1]: a map (field: value) is expected here, not a single value; write `{code: A1a, name: {zh: 准备, en: Preparing}, aspects: […]}`",
        ),
        (
            vec![("sub_criteria:", "subcriteria:")],
            "13:9: error: modules[0].criteria[0].subcriteria: there is no field `subcriteria` here (sub_criteria?)",
        ),
        (
            vec![("            name: {zh: 装配, en: Assembling}\n", "")],
            "19:13: error: modules[0].criteria[0].sub_criteria[1].name: `name` is missing; add `name: {zh: 装配, en: Assembly}`",
        ),
        (
            vec![(
                "            name: {zh: 装配, en: Assembling}\n",
                "            name: {zh: 装配, en: Assembling}\n            minutes: 5\n",
            )],
            "21:13: error: modules[0].criteria[0].sub_criteria[1].minutes: there is no field `minutes` here; remove it; possible are code, name, aspects",
        ),
        (
            vec![("code: A1b", "code: A1a")],
            "19:19: error: modules[0].criteria[0].sub_criteria[1].code: code A1a is used twice; take another one, such as `A1a-2`",
        ),
        (
            vec![("code: A1b", "code: A")],
            "19:19: error: modules[0].criteria[0].sub_criteria[1].code: code A is used twice; take another one, such as `A-2`",
        ),
        (
            vec![("code: A2\n", "code: A1b\n")],
            "23:15: error: modules[0].criteria[1].code: code A1b is used twice; take another one, such as `A1b-2`",
        ),
        (
            vec![("max: 20", "max: twenty")],
            "18:83: error: modules[0].criteria[0].sub_criteria[0].aspects[1].max: `twenty` is no mark; write marks with at most two decimals, such as `max: 2.5`",
        ),
        (
            vec![("max: 30, abilities: [hand]", "max: 30, abilities: [hnad]")],
            "22:97: error: modules[0].criteria[0].sub_criteria[1].aspects[0].abilities[0]: the ability `hnad` isn't declared (hand?)",
        ),
        (
            vec![("aspect: A1.3", "aspect: A1.1")],
            "31:27: error: rules[0].aspect: the aspect A1.1 is not automatic, no rule can mark it; take an automatic aspect, or write `type: automatic` there",
        ),
        (
            vec![("aspect: A1.3", "aspect: A1b")],
            "31:27: error: rules[0].aspect: there is no aspect A1b; possible are A1.3",
        ),
        (
            vec![("award: 30}", "award: 31}")],
            "31:88: warning: rules[0].award: 31.00 at once are more than the 30.00 of the aspect A1.3; write 30.00 at most, or change the aspect's max",
        ),
    ] {
        let (_, faults) = load_scheme(&replaced(&pairs));
        let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert!(said.iter().any(|one| one == expected), "expected {expected}\nsaid {}", said.join("\n     "));
        let found = faults.iter().find(|fault| fault.to_string() == expected).unwrap();
        for text in [&found.text.zh, &found.suggestion.text().zh] {
            assert!(found.suggestion.replacement().is_some() || !text.is_empty(), "{found:?}");
        }
        assert!(found.text.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{}", found.text.zh);
    }
}

#[test]
fn what_is_shown_has_all_aspects_of_a_criterion_and_says_in_which_part_each_stands() {
    let view = serde_json::to_value(loaded(GOOD).view()).unwrap();
    let criteria = &view["modules"][0]["criteria"];
    assert_eq!(
        criteria[0]["sub_criteria"],
        json!([
            {"code": "A1a", "name": {"zh": "准备", "en": "Preparing"}, "max": "30.00"},
            {"code": "A1b", "name": {"zh": "装配", "en": "Assembling"}, "max": "30.00"},
        ])
    );
    let parts = |criterion: &serde_json::Value| -> Vec<serde_json::Value> {
        let aspects = criterion["aspects"].as_array().unwrap().iter();
        aspects.map(|aspect| json!([aspect["code"], aspect["sub_criterion"]])).collect()
    };
    assert_eq!(parts(&criteria[0]), [json!(["A1.1", "A1a"]), json!(["A1.2", "A1a"]), json!(["A1.3", "A1b"])]);
    assert!(criteria[1]["sub_criteria"].is_null());
    assert_eq!(parts(&criteria[1]), [json!(["A2.1", null])]);
}

#[test]
fn a_contest_is_not_divided_anew_under_itself() {
    let own = loaded(GOOD);
    for (other, says) in [
        (redivided(), "aspect A1.2 stands in sub-criterion A1b"),
        (whole(), "aspect A1.1 stands in no sub-criterion any more"),
        (replaced(&[("zh: 装配, en: Assembling", "zh: 装配, en: Mounting")]), "sub-criterion A1b is another"),
        (replaced(&[("max: 20", "max: 21")]), "aspect A1.2 is another"),
    ] {
        let other = loaded(&other);
        assert_eq!(own.differs_beyond_rules(&other).map(|said| said.en).as_deref(), Some(says));
        assert!(other.differs_beyond_rules(&own).is_some());
    }
    assert_eq!(loaded(&whole()).differs_beyond_rules(&own).unwrap().en, "aspect A1.1 stands in sub-criterion A1a");
}

fn told(before: &str, after: &str) -> Vec<String> {
    let said = changes(&loaded(before), &loaded(after)).into_iter().map(|change| {
        let fields = change.fields.iter().map(|field| {
            let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
            format!("{}: {} → {}", field.label.en, or_none(&field.before), or_none(&field.after))
        });
        let fields: Vec<String> =
            if matches!(change.kind, ChangeKind::Added | ChangeKind::Removed) { Vec::new() } else { fields.collect() };
        format!("{} {} {} [{}]", change.kind.code(), change.of, change.code, fields.join("; "))
    });
    said.collect()
}

#[test]
fn what_is_divided_renamed_and_moved_is_told() {
    assert_eq!(told(GOOD, &redivided()), ["changed aspect A1.2 [Sub-criterion: A1a → A1b]"]);
    assert_eq!(
        told(&whole(), GOOD),
        [
            "added sub_criterion A1a []",
            "added sub_criterion A1b []",
            "changed aspect A1.1 [Sub-criterion: - → A1a]",
            "changed aspect A1.2 [Sub-criterion: - → A1a]",
            "changed aspect A1.3 [Sub-criterion: - → A1b]",
        ]
    );
    assert_eq!(
        told(GOOD, &replaced(&[("en: Assembling", "en: Mounting")])),
        ["changed sub_criterion A1b [English: Assembling → Mounting]"]
    );
    let turned = replaced(&[(&format!("{FIRST_PART}{SECOND_PART}"), &format!("{SECOND_PART}{FIRST_PART}"))]);
    assert_eq!(
        told(GOOD, &turned),
        ["moved sub_criterion  [Order: A1a A1b → A1b A1a]", "moved aspect  [Order: A1.1 A1.2 A1.3 → A1.3 A1.1 A1.2]",]
    );
}

fn set(tables: &mut [Table], row: usize, column: &str, value: &str) {
    let table = tables.iter_mut().find(|one| one.kind.code == "aspects").unwrap();
    let at = table.kind.column(column).unwrap();
    table.rows[row].cells[at] = value.to_owned();
}

fn errors(faults: &[TableFault]) -> Vec<String> {
    let errors = faults.iter().filter(|fault| fault.severity == Severity::Error);
    errors
        .map(|fault| format!("{} {} {}: {}", fault.table, fault.row, fault.column.unwrap_or("-"), fault.text.en))
        .collect()
}

#[test]
fn as_tables_a_division_is_three_columns_and_comes_back_equal() {
    let scheme = loaded(GOOD);
    let tables = tables_of(&scheme);
    let aspects = tables.iter().find(|table| table.kind.code == "aspects").unwrap();
    let at = aspects.kind.column("sub_criterion").unwrap();
    let cells: Vec<String> = aspects.rows.iter().map(|row| row.cells[at..at + 3].join("|")).collect();
    assert_eq!(cells, ["A1a|准备|Preparing", "A1a|准备|Preparing", "A1b|装配|Assembling", "||"]);
    let read = scheme_of(&tables);
    assert_eq!(errors(&read.faults), [""; 0]);
    let again = read.scheme.unwrap();
    assert_eq!((&again.scheme, &again.rule_specs), (&scheme.scheme, &scheme.rule_specs));
    assert!(read.text.contains("        sub_criteria:\n          - code: A1a\n"), "{}", read.text);

    // Its name is needed once, and rows may stand in any order below their criterion.
    let mut sparse = tables_of(&scheme);
    for column in ["sub_criterion_zh", "sub_criterion_en"] {
        set(&mut sparse, 1, column, "");
    }
    sparse.iter_mut().find(|one| one.kind.code == "aspects").unwrap().rows.swap(1, 2);
    assert_eq!(scheme_of(&sparse).scheme.unwrap().scheme, scheme.scheme);
}

#[test]
fn every_mistake_in_those_columns_is_said_of_its_cell() {
    for (row, column, value, says) in [
        (
            1,
            "sub_criterion_en",
            "Getting ready",
            "aspects 3 sub_criterion_en: the sub-criterion A1a has another name in row 2",
        ),
        (2, "sub_criterion", "", "aspects 4 sub_criterion: there are both `aspects` and `sub_criteria`"),
        (2, "sub_criterion", "", "aspects 4 sub_criterion: a sub-criterion has a name here and no code"),
        (3, "sub_criterion_zh", "收尾", "aspects 5 sub_criterion: a sub-criterion has a name here and no code"),
        (3, "sub_criterion", "A1a", "aspects 5 sub_criterion: code A1a is used twice"),
        (2, "sub_criterion", "A1", "aspects 4 sub_criterion: code A1 is used twice"),
        (2, "sub_criterion", "A/1", "aspects 4 sub_criterion: code \"A/1\" is not acceptable"),
        (2, "sub_criterion_zh", "", "aspects 4 sub_criterion_zh: `zh` is missing"),
        (2, "max", "much", "aspects 4 max: `much` is no mark"),
    ] {
        let mut tables = tables_of(&loaded(GOOD));
        set(&mut tables, row, column, value);
        if column == "sub_criterion" && row == 3 {
            set(&mut tables, row, "sub_criterion_zh", "收尾");
            set(&mut tables, row, "sub_criterion_en", "Finishing");
        }
        if says.contains("both") {
            set(&mut tables, row, "sub_criterion_zh", "");
            set(&mut tables, row, "sub_criterion_en", "");
        }
        let read = scheme_of(&tables);
        assert!(errors(&read.faults).iter().any(|one| one == says), "{says}: {:#?}", errors(&read.faults));
        assert!(read.scheme.is_none(), "{says}");
    }
}
