//! What makes a scheme or a field unacceptable, and where the author is told to look.

use kernel::{Mark, Text};
use marking::*;

fn mark(text: &str) -> Mark {
    text.parse().unwrap()
}

fn word(text: &str) -> Text {
    Text::new(text, text)
}

fn aspect(code: &str, max: &str, kind: AspectKind) -> AspectDraft {
    AspectDraft { code: code.into(), name: word(code), max: mark(max), abilities: vec!["hand".into()], kind }
}

fn tolerance(full: &str, zero: &str) -> AspectKind {
    let (full, zero) = (full.parse().unwrap(), zero.parse().unwrap());
    AspectKind::Tolerance(Tolerance { unit: "mm".into(), target: Measure::ZERO, full, zero })
}

fn levels(count: usize, judges: u32, spread_max: u32, rounds_most: u32) -> AspectKind {
    AspectKind::Levels(Levels { levels: vec![word("level"); count], judges, spread_max, rounds_most })
}

fn panel(judges: u32, drop_extremes: bool, step: &str) -> AspectKind {
    AspectKind::Panel(Panel { judges, drop_extremes, step: mark(step) })
}

fn steps(parts: &[(&str, &str)]) -> AspectKind {
    let step = |(code, marks): &(&str, &str)| Step { code: (*code).into(), name: word("step"), marks: mark(marks) };
    AspectKind::Steps(parts.iter().map(step).collect())
}

fn sound() -> SchemeDraft {
    let module = |code: &str, aspects: Vec<AspectDraft>| ModuleDraft {
        code: code.into(),
        name: word(code),
        minutes: Some(60),
        criteria: vec![CriterionDraft { code: format!("{code}1"), name: word(code), aspects, sub_criteria: None }],
    };
    SchemeDraft {
        code: "sound".into(),
        version: 3,
        title: Text::new("方案", "Scheme"),
        abilities: vec![
            NamedDraft { code: "hand".into(), name: word("hand") },
            NamedDraft { code: "eye".into(), name: word("eye") },
        ],
        groups: vec![NamedDraft { code: "workers".into(), name: word("workers") }],
        modules: vec![
            module("A", vec![aspect("A1.1", "2", AspectKind::YesNo), aspect("A1.2", "3", tolerance("0.05", "0.2"))]),
            module("T", vec![aspect("T1.1", "20", AspectKind::Theory)]),
        ],
        ranking: RankingDraft { ties: vec![TieDraft::Module("A".into()), TieDraft::Time], shared: true },
        teams: TeamRule { total: TeamTotal::Sum, then_time: true },
    }
}

#[test]
fn a_sound_scheme_is_found_by_its_codes() {
    let scheme = sound().check().unwrap();
    assert_eq!((scheme.max(), scheme.theory_max()), (mark("25"), mark("20")));
    let (a, t) = (scheme.module_ix("A").unwrap(), scheme.module_ix("T").unwrap());
    assert_eq!(scheme.module(a).unwrap().max, mark("5"));
    assert_eq!(scheme.aspects_of(t).map(|(ix, _)| ix).collect::<Vec<_>>(), [scheme.aspect_ix("T1.1").unwrap()]);
    let hand = scheme.ability(scheme.ability_ix("hand").unwrap()).unwrap();
    assert_eq!((hand.max, hand.aspects), (mark("25"), 3));
    assert_eq!(scheme.ranking().ties, [TieBreak::Module(a), TieBreak::Time]);
    assert!(scheme.aspect_ix("A9").is_none() && scheme.module_ix("a").is_none() && scheme.group_ix("").is_none());
    let criterion = scheme.criterion(scheme.aspects()[2].criterion).unwrap();
    assert_eq!((criterion.code.as_str(), criterion.max), ("T1", mark("20")));
}

/// One thing done wrong to a sound draft.
type Harm = fn(&mut SchemeDraft);

/// Where a fault is expected when one thing is done wrong.
#[test]
fn every_fault_is_named_by_its_path() {
    fn first(draft: &mut SchemeDraft) -> &mut AspectDraft {
        &mut draft.modules[0].criteria[0].aspects[0]
    }
    let cases: Vec<(&str, Harm)> = vec![
        ("title.en", |d| d.title.en = " ".into()),
        ("abilities[1].code", |d| d.abilities[1].code = "hand".into()),
        ("abilities[1].code", |d| d.abilities[1].code = "a/b".into()),
        ("abilities[1].code", |d| d.abilities[1].code = String::new()),
        ("abilities[1].code", |d| d.abilities[1].code = "x".repeat(41)),
        ("groups[0].name.zh", |d| d.groups[0].name.zh.clear()),
        ("modules", |d| {
            d.modules.clear();
            d.ranking.ties.clear();
        }),
        ("modules[1].code", |d| d.modules[1].code = "A".into()),
        ("modules[0].minutes", |d| d.modules[0].minutes = Some(0)),
        ("modules[1].criteria", |d| d.modules[1].criteria.clear()),
        ("modules[1].criteria[0].code", |d| d.modules[1].criteria[0].code = "A1".into()),
        ("modules[1].criteria[0].aspects", |d| d.modules[1].criteria[0].aspects.clear()),
        ("modules[1].criteria[0].aspects[0].code", |d| d.modules[1].criteria[0].aspects[0].code = "A1.1".into()),
        ("modules[0].criteria[0].aspects[0].max", |d| first(d).max = Mark::ZERO),
        ("modules[0].criteria[0].aspects[0].max", |d| first(d).max = mark("-2")),
        ("modules[0].criteria[0].aspects[0].max", |d| first(d).max = Mark::from_hundredths(i64::MAX)),
        ("modules[0].criteria[0].aspects[0].max", |d| first(d).max = Mark::from_hundredths(i64::MIN)),
        ("modules[0].criteria[0].aspects[0].abilities", |d| first(d).abilities.clear()),
        ("modules[0].criteria[0].aspects[0].abilities[1]", |d| first(d).abilities.push("ear".into())),
        ("modules[0].criteria[0].aspects[0].abilities[1]", |d| first(d).abilities.push("hand".into())),
        ("modules[0].criteria[0].aspects[0].tolerance.zero", |d| first(d).kind = tolerance("0.2", "0.2")),
        ("modules[0].criteria[0].aspects[0].tolerance.full", |d| first(d).kind = tolerance("-0.1", "0.2")),
        ("modules[0].criteria[0].aspects[0].steps", |d| first(d).kind = steps(&[])),
        ("modules[0].criteria[0].aspects[0].steps", |d| first(d).kind = steps(&[("a", "1"), ("b", "2")])),
        ("modules[0].criteria[0].aspects[0].steps[1].code", |d| first(d).kind = steps(&[("a", "1"), ("a", "1")])),
        ("modules[0].criteria[0].aspects[0].steps[1].marks", |d| first(d).kind = steps(&[("a", "2"), ("b", "0")])),
        ("modules[0].criteria[0].aspects[0].deductions", |d| first(d).kind = AspectKind::Deductions(Vec::new())),
        ("modules[0].criteria[0].aspects[0].levels", |d| first(d).kind = levels(3, 3, 1, 2)),
        ("modules[0].criteria[0].aspects[0].judges", |d| first(d).kind = levels(4, 0, 1, 2)),
        ("modules[0].criteria[0].aspects[0].judges", |d| first(d).kind = levels(4, u32::MAX, 1, 2)),
        ("modules[0].criteria[0].aspects[0].spread_max", |d| first(d).kind = levels(4, 3, 4, 2)),
        ("modules[0].criteria[0].aspects[0].rounds_most", |d| first(d).kind = levels(4, 3, 1, 0)),
        ("modules[0].criteria[0].aspects[0].panel.judges", |d| first(d).kind = panel(2, true, "0.1")),
        ("modules[0].criteria[0].aspects[0].panel.step", |d| first(d).kind = panel(3, true, "0")),
        ("modules[0].criteria[0].aspects[0].panel.step", |d| first(d).kind = panel(3, true, "0.3")),
        ("ranking.ties[0].module", |d| d.ranking.ties[0] = TieDraft::Module("Z".into())),
        ("ranking.ties[2]", |d| d.ranking.ties.push(TieDraft::Time)),
    ];
    for (path, harm) in cases {
        let mut draft = sound();
        harm(&mut draft);
        let faults = draft.check().expect_err(path);
        assert_eq!(faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), [path]);
        for text in [&faults[0].says, &faults[0].suggestion.text()] {
            assert!(!text.zh.is_empty() && !text.en.is_empty() && text.zh != text.en, "{}", faults[0]);
        }
    }
}

#[test]
fn an_author_sees_all_faults_at_once() {
    let mut draft = sound();
    draft.title.zh.clear();
    draft.modules[0].criteria[0].aspects[0].abilities = vec!["ear".into()];
    draft.modules[1].criteria[0].aspects[0].max = Mark::ZERO;
    let faults = draft.check().unwrap_err();
    let paths: Vec<_> = faults.iter().map(|fault| fault.path.as_str()).collect();
    let expected =
        ["title.zh", "modules[0].criteria[0].aspects[0].abilities[0]", "modules[1].criteria[0].aspects[0].max"];
    assert_eq!(paths, expected);
}

#[test]
fn a_field_names_each_entry_once() {
    let scheme = sound().check().unwrap();
    let seat = |id: &str, number: &str, group: Option<u32>, team: Option<u32>| EntrySeat {
        id: id.parse().unwrap(),
        number: number.into(),
        group: group.map(GroupIx),
        team: team.map(TeamIx),
    };
    let team = || TeamSeat { id: "tea_1".parse().unwrap(), name: word("East") };
    let entries = vec![
        seat("ent_1", "A01", Some(0), Some(0)),
        seat("ent_1", "A01", Some(1), Some(2)),
        seat("ent_2", " ", None, None),
    ];
    let faults = Field::new(&scheme, vec![team(), team()], entries).unwrap_err();
    let [one, two] = ["ent_1", "ent_2"].map(|id| id.parse::<kernel::EntryId>().unwrap());
    let expected = [
        FieldFault::TeamTwice("tea_1".parse().unwrap()),
        FieldFault::EntryTwice(one.clone()),
        FieldFault::NumberTwice("A01".into()),
        FieldFault::GroupUnknown(one.clone()),
        FieldFault::TeamUnknown(one),
        FieldFault::NumberEmpty(two),
    ];
    assert_eq!(faults, expected);
    let field = Field::new(&scheme, vec![team()], vec![seat("ent_1", "A01", Some(0), Some(0))]).unwrap();
    assert_eq!(field.entry_ix(&"ent_1".parse().unwrap()), field.number_ix("A01"));
    assert_eq!(field.team_ix(&"tea_1".parse().unwrap()), Some(TeamIx(0)));
}
