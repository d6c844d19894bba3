//! What is told of two schemes.

use catalogue::{ChangeKind, LoadedScheme, changes, load_scheme};

const SCHEME: &str = include_str!("../../contest/tests/common/scheme.yaml");

fn changed(pairs: &[(&str, &str)]) -> LoadedScheme {
    let text = pairs.iter().fold(SCHEME.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    });
    let (loaded, faults) = load_scheme(&text);
    loaded.unwrap_or_else(|| panic!("{pairs:?}: {faults:?}"))
}

fn told(before: &LoadedScheme, after: &LoadedScheme) -> Vec<String> {
    let said = changes(before, after).into_iter().map(|change| {
        let fields = change.fields.iter().map(|field| {
            format!(
                "{}: {} → {}",
                field.label.en,
                field.before.as_deref().unwrap_or("-"),
                field.after.as_deref().unwrap_or("-")
            )
        });
        let fields: Vec<String> = if change.kind == ChangeKind::Removed || change.kind == ChangeKind::Added {
            Vec::new()
        } else {
            fields.collect()
        };
        format!("{} {} {} [{}]", change.kind.code(), change.of, change.code, fields.join("; "))
    });
    said.collect()
}

#[test]
fn each_difference_is_told_of_the_thing_that_it_is_of() {
    let own = changed(&[]);
    for (from, to, expected) in [
        ("", "", vec![]),
        ("type: measurement, max: 2,", "type: measurement, max: 2.00,", vec![]),
        (
            "type: measurement, max: 2,",
            "type: measurement, max: 2.5,",
            vec![
                "changed contest  [Total: 35.00 → 35.50]",
                "changed module A [Max: 17.00 → 17.50]",
                "changed aspect A1.1 [Max: 2 → 2.5]",
            ],
        ),
        ("spread_max: 1", "spread_max: 2", vec!["changed aspect A2.1 [Spread max: 1 → 2]"]),
        ("en: Two}, marks: 2", "en: Second}, marks: 2", vec!["changed aspect A1.3 [Steps b, English: Two → Second]"]),
        ("en: Fair}", "en: Middling}", vec!["changed aspect A2.1 [Levels 1, English: Fair → Middling]"]),
        ("zero: 0.2", "zero: 0.3", vec!["changed aspect A1.2 [Zero from: 0.2 → 0.3]"]),
        ("policy: shadow", "policy: automatic", vec!["changed aspect D1.3 [Policy: shadow → automatic]"]),
        ("force > 50N", "force > 40N", vec!["changed rule pulled [on: {rises: force > 50N} → {rises: force > 40N}]"]),
        ("en: Verdicts}", "en: Findings}", vec!["changed criterion D1 [English: Verdicts → Findings]"]),
        ("minutes: 30", "minutes: 45", vec!["changed module D [Minutes: 30 → 45]"]),
        ("total: sum", "total: mean", vec!["changed contest  [total of a team: sum → mean]"]),
        ("  - {code: students, name: {zh: 学生组, en: Students}}\n", "", vec!["removed group students []"]),
        ("id: gripped", "id: held", vec!["added rule held []", "removed rule gripped []"]),
        (
            "{practice: true}, {module: A}",
            "{module: A}, {practice: true}",
            vec!["moved tie  [Order: practice module A → module A practice]"],
        ),
        ("stale_after: 2s", "stale_after: 3s", vec!["changed signal sound [Stale after: 2s → 3s]"]),
    ] {
        let other = changed(&[(from, to)]);
        assert_eq!(told(&own, &other), expected, "{from} → {to}");
        assert_eq!(changes(&other, &own).len(), expected.len(), "the way back is as long: {to} → {from}");
    }
}

#[test]
fn an_aspect_that_comes_is_told_with_all_that_is_known_of_it() {
    let own = changed(&[]);
    let line = "          - {code: T1.1";
    let more = "          - {code: T1.0, name: {zh: 口试, en: Oral}, type: theory, max: 1, abilities: [mind]}\n          - {code: T1.1";
    let found = changes(&own, &changed(&[(line, more)]));
    let added = found.iter().find(|change| change.kind == ChangeKind::Added).unwrap();
    assert_eq!((added.of, added.code.as_str(), added.name.en.as_str()), ("aspect", "T1.0", "Oral"));
    assert!(
        added
            .fields
            .iter()
            .any(|field| field.label.en == "Max" && field.before.is_none() && field.after.as_deref() == Some("1"))
    );
}
