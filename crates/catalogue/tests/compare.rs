//! What may be changed under a contest that was made, and what not.

use catalogue::{LoadedScheme, RuleDifference, load_scheme};

const SCHEME: &str = include_str!("../../contest/tests/common/scheme.yaml");

fn changed(from: &str, to: &str) -> LoadedScheme {
    assert!(from.is_empty() || SCHEME.contains(from), "{from}");
    let text = if from.is_empty() { SCHEME.to_owned() } else { SCHEME.replacen(from, to, 1) };
    let (loaded, faults) = load_scheme(&text);
    loaded.unwrap_or_else(|| panic!("{from} → {to}: {faults:?}"))
}

#[test]
fn rules_signals_policies_version_and_title_may_change() {
    let own = changed("", "");
    for (from, to) in [
        ("version: 1", "version: 2"),
        ("en: Bench test", "en: Bench test mended"),
        ("policy: shadow", "policy: automatic"),
        ("policy: confirm", "policy: off"),
        ("force > 50N", "force > 40N"),
        ("stale_after: 2s", "stale_after: 3s"),
        ("  - id: gripped\n", "  - id: held\n"),
        ("rules:\n", "phases:\n  held: {while: grip}\nrules:\n"),
    ] {
        let other = changed(from, to);
        assert_eq!(own.differs_beyond_rules(&other), None, "{from} → {to}");
        assert_eq!(other.differs_beyond_rules(&own), None, "{to} → {from}");
    }
}

#[test]
fn what_else_differs_is_named() {
    let own = changed("", "");
    for (from, to, named) in [
        ("id: bench-test", "id: other", "the scheme's id is another"),
        ("en: Stops}, type: automatic, max: 2", "en: Stops}, type: automatic, max: 3", "aspect D1.2 is another"),
        (", starts_at: full", "", "aspect D1.2 is another"),
        ("spread_max: 1", "spread_max: 2", "aspect A2.1 is another"),
        ("zh: 验收, en: Acceptance", "zh: 验收, en: Handing over", "aspect D1.4 is another"),
        ("en: Verdicts}", "en: Findings}", "criterion D1 is another"),
        ("minutes: 30", "minutes: 45", "module D is another"),
        ("en: Mind}", "en: Head}", "ability mind is another"),
        ("  - {code: students, name: {zh: 学生组, en: Students}}\n", "", "group students is missing"),
        ("shared: true", "shared: false", "the ranking is another"),
        ("total: sum", "total: mean", "the teams' rule is another"),
        (
            "          - {code: A1.1, ",
            "          - {code: A1.0, name: {zh: 新, en: New}, type: measurement, max: 1, abilities: [hand]}\n          - {code: A1.1, ",
            "A1.0 stands in the place of aspect A1.1",
        ),
        (
            "          - {code: T1.1",
            "          - {code: T1.2, name: {zh: 二, en: Two}, type: theory, max: 1, abilities: [mind]}\n          - {code: T1.1",
            "T1.2 stands in the place of aspect T1.1",
        ),
    ] {
        let other = changed(from, to);
        let says = own.differs_beyond_rules(&other).unwrap_or_else(|| panic!("{from} → {to} is a difference"));
        assert_eq!(says.en, named, "{from} → {to}");
        assert!(says.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{}", says.zh);
        assert!(other.differs_beyond_rules(&own).is_some(), "{to} → {from}");
    }
}

#[test]
fn rules_are_compared_by_id() {
    let own = changed("", "");
    let differ = |other: &LoadedScheme| -> Vec<(String, RuleDifference)> {
        own.rules_that_differ(other).map(|(rule, how)| (rule.id.clone(), how)).collect()
    };
    assert_eq!(differ(&own), []);
    assert_eq!(differ(&changed("force > 50N", "force > 40N")), [("pulled".to_owned(), RuleDifference::Changed)]);
    assert_eq!(
        differ(&changed("id: gripped", "id: held")),
        [("gripped".to_owned(), RuleDifference::Removed), ("held".to_owned(), RuleDifference::Added)]
    );
    let other = changed("force > 50N", "force > 40N");
    assert!(own.judges_alike(&other, "D1.1") && !own.judges_alike(&other, "D1.3"));
    assert!(!own.judges_alike(&changed("stale_after: 2s", "stale_after: 3s"), "D1.1"), "signals tell otherwise");
}
