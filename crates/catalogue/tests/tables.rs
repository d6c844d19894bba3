//! A scheme as tables, and back.

use catalogue::tables::{TABLES, Table, scheme_of, tables_of};
use catalogue::{LoadedScheme, SHIPPED_SCHEMES, Severity, load_scheme};
use proptest::prelude::*;

const SMALL: &str = include_str!("../../contest/tests/common/scheme.yaml");

fn loaded(text: &str) -> LoadedScheme {
    let (scheme, faults) = load_scheme(text);
    scheme.unwrap_or_else(|| panic!("{faults:?}\n{text}"))
}

/// All that a contest is judged by; the text may be another.
fn must_be_equal(one: &LoadedScheme, other: &LoadedScheme) {
    assert_eq!(one.scheme, other.scheme);
    assert_eq!(one.rule_specs, other.rule_specs);
    assert_eq!(one.rules.signals(), other.rules.signals());
}

fn comes_back(scheme: &LoadedScheme) -> LoadedScheme {
    let read = scheme_of(&tables_of(scheme));
    let errors: Vec<_> = read.faults.iter().filter(|fault| fault.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}\n{}", read.text);
    read.scheme.unwrap_or_else(|| panic!("{}", read.text))
}

#[test]
fn every_shipped_scheme_comes_back_equal() {
    for source in SHIPPED_SCHEMES.iter().map(|shipped| shipped.source).chain([SMALL]) {
        let scheme = loaded(source);
        let again = comes_back(&scheme);
        must_be_equal(&scheme, &again);
        assert_eq!(comes_back(&again).source, again.source, "the text that is made is made again to the letter");
    }
}

/// Names with everything that YAML means something by.
fn words() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "true", "~", "null", "2.50", "a: b", "#1", "- x", "{x}", "[x]", "x, y", "\"x\"", "it's", "!x", "&x", "*x", "%",
        "x # y", "=", "0x1",
    ]);
    prop_oneof![nasty.prop_map(str::to_owned), "[ -~]{0,12}[!-~]", "\\PC{1,8}x"]
        .prop_filter("a name says something", |text| !text.trim().is_empty() && !text.chars().any(char::is_control))
}

#[derive(Debug, Clone)]
struct Made {
    names: Vec<String>,
    /// Kind and maximum in halves of a mark.
    aspects: Vec<Vec<(u8, u32)>>,
    /// In how many parts the criterion of each module is divided, in turn; 0 for not at all.
    parts: Vec<usize>,
    shared: bool,
}

fn made() -> impl Strategy<Value = Made> {
    let aspects = prop::collection::vec(prop::collection::vec((0u8..7, 2u32..12), 1..5), 1..4);
    let parts = prop::collection::vec(0usize..3, 3);
    (prop::collection::vec(words(), 6), aspects, parts, any::<bool>())
        .prop_map(|(names, aspects, parts, shared)| Made { names, aspects, parts, shared })
}

fn yaml(made: &Made) -> String {
    let name = |at: usize| {
        let text = serde_json::to_string(made.names[at % made.names.len()].trim()).unwrap();
        format!("{{zh: {text}, en: {text}}}")
    };
    let mut text = format!(
        "format: guildhall/scheme/1\nid: made\nversion: 3\ntitle: {}\nabilities: [{{code: a, name: {}}}, {{code: b, name: {}}}]\nmodules:\n",
        name(0),
        name(1),
        name(2)
    );
    let mut rules = String::new();
    for (m, aspects) in made.aspects.iter().enumerate() {
        let parts = made.parts[m % made.parts.len()].min(aspects.len());
        let below = if parts > 0 { "sub_criteria" } else { "aspects" };
        text.push_str(&format!(
            "  - code: M{m}\n    name: {}\n    criteria:\n      - code: M{m}1\n        name: {}\n        {below}:\n",
            name(m),
            name(m + 1)
        ));
        for (a, (kind, halves)) in aspects.iter().enumerate() {
            // The last part has all that is left.
            if a < parts {
                text.push_str(&format!(
                    "          - code: M{m}1{a}\n            name: {}\n            aspects:\n",
                    name(a + 4)
                ));
            }
            let indent = if parts > 0 { "    " } else { "" };
            let (code, max) = (format!("M{m}1.{a}"), f64::from(*halves) / 2.0);
            let how = match kind {
                0 => "type: measurement".to_owned(),
                1 => "type: measurement, tolerance: {unit: mm, target: -1.50, full: 0.05, zero: 0.2}".to_owned(),
                2 => format!("type: measurement, steps: [{{code: s, name: {}, marks: {max}}}]", name(a)),
                3 => format!("type: measurement, deductions: [{{code: d, name: {}, marks: 0.5}}]", name(a + 1)),
                4 => format!(
                    "type: judgement, judges: 3, spread_max: 2, rounds_most: 3, levels: [{0}, {0}, {0}, {0}]",
                    name(a + 2)
                ),
                5 => "type: judgement, panel: {judges: 5, step: 0.5}".to_owned(),
                _ => {
                    rules.push_str(&format!(
                        "  - {{id: r{m}{a}, aspect: {code}, says: {}, on: {{rises: 'go && x > 1.50N'}}, award: 0.5}}\n",
                        name(a)
                    ));
                    "type: automatic, policy: confirm".to_owned()
                }
            };
            text.push_str(&format!(
                "          {indent}- {{code: {code}, name: {}, max: {max}, abilities: [a, b], {how}}}\n",
                name(a + 3)
            ));
        }
    }
    text.push_str(&format!(
        "ranking: {{ties: [{{practice: true}}, {{module: M0}}, {{time: true}}], shared: {}}}\n",
        made.shared
    ));
    text.push_str("signals: {go: {type: bool}, x: {type: real, unit: N, stale_after: 2s}}\n");
    if !rules.is_empty() {
        text.push_str(&format!("rules:\n{rules}"));
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_goes_out_as_tables_comes_back_equal(made in made()) {
        let text = yaml(&made);
        let (scheme, _) = load_scheme(&text);
        // What the loader refuses of the names is the loader's.
        prop_assume!(scheme.is_some());
        let scheme = scheme.unwrap();
        must_be_equal(&scheme, &comes_back(&scheme));
    }
}

fn set(tables: &mut [Table], table: &str, row: usize, column: &str, value: &str) {
    let table = tables.iter_mut().find(|one| one.kind.code == table).unwrap();
    let at = table.kind.column(column).unwrap();
    table.rows[row].cells[at] = value.to_owned();
}

#[test]
fn every_mistake_is_said_of_its_cell() {
    for (table, row, column, value, says) in [
        ("contest", 0, "field", "identity", "is unknown"),
        ("contest", 1, "value", "one", "is no whole number"),
        ("contest", 0, "value", "", "is missing"),
        ("modules", 0, "zh", "", "is missing"),
        ("modules", 1, "minutes", "half an hour", "is no whole number"),
        ("aspects", 0, "module", "Z", "there is no module `Z`"),
        ("aspects", 1, "criterion_en", "Another", "another name in row 2"),
        ("aspects", 0, "code", "", "is missing"),
        ("aspects", 0, "type", "guess", "`guess` is unknown"),
        ("aspects", 0, "max", "two", "`two` is no mark"),
        ("aspects", 0, "abilities", "hands", "the ability `hands` isn't declared"),
        ("aspects", 1, "target", "ten", "is no measured value"),
        ("aspects", 0, "policy", "confirm", "policy"),
        ("aspects", 4, "judges", "three", "is no whole number"),
        ("levels", 3, "level", "4", "levels are 0 to 3"),
        ("levels", 3, "level", "2", "stands there twice"),
        ("levels", 0, "level", "low", "no whole number"),
        ("levels", 0, "aspect", "A9.9", "there is no aspect `A9.9`"),
        ("steps", 0, "marks", "x", "is no mark"),
        ("deductions", 0, "en", "", "is missing"),
        ("abilities", 0, "code", "", "is missing"),
        ("ties", 1, "module", "Z", "Z"),
        ("ties", 0, "module", "A", "only"),
        ("ties", 0, "by", "luck", ""),
        ("signals", 1, "name", "grip", "stands there twice"),
        ("signals", 0, "type", "truth", "is unknown"),
        ("rules", 0, "aspect", "D1.9", "there is no aspect D1.9"),
        ("rules", 0, "how", "on: {rises: grab}\naward: 1", "grab"),
        ("rules", 0, "how", "on: {rises: grip", "no valid YAML"),
        ("rules", 0, "how", "just words", "lines of `name: value`"),
        ("rules", 0, "how", "id: x\non: {rises: grip}\naward: 1", "has a column of its own"),
    ] {
        let mut tables = tables_of(&loaded(SMALL));
        set(&mut tables, table, row, column, value);
        let read = scheme_of(&tables);
        let there = |fault: &&catalogue::tables::TableFault| {
            fault.table == table && fault.row == row as u32 + 2 && fault.text.en.contains(says)
        };
        let found = read.faults.iter().find(there);
        let found =
            found.unwrap_or_else(|| panic!("{table} {row} {column} {value:?}: {:#?}\n{}", read.faults, read.text));
        assert!(read.scheme.is_none(), "{table} {column} {value:?}");
        let at = found.column;
        assert!(
            at == Some(column) || says == "only" || ["modules", "aspects", "ties"].contains(&table),
            "{table} {column}: {found:?}"
        );
        assert!(found.text.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{}", found.text.zh);
    }
}

#[test]
fn what_is_not_there_is_said_and_nothing_breaks() {
    let read = scheme_of(&[]);
    assert!(read.scheme.is_none() && read.faults.len() >= 5, "{:?}", read.faults);
    for kind in &TABLES {
        let tables: Vec<Table> =
            tables_of(&loaded(SMALL)).into_iter().filter(|table| table.kind.code != kind.code).collect();
        let read = scheme_of(&tables);
        if kind.code == "ties" {
            continue;
        }
        assert_eq!(
            read.scheme.is_none(),
            !["steps", "deductions", "levels", "groups", "phases"].contains(&kind.code),
            "{}",
            kind.code
        );
    }
}
