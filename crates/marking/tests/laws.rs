//! Laws that hold for any contest: the order of arrival never matters, a replay ends where the live board ended, a place in
//! a ranking is the one that counting gives, and `Changes` names exactly what changed.

mod oracle;

use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::{AccountId, Mark, MarkId, Text};
use marking::*;
use oracle::{Facts, moved, ranks_of};
use proptest::prelude::*;
use proptest::sample::Index;

const ENTRIES: u32 = 7;
const TEAMS: u32 = 3;

fn hundredths(hundredths: i64) -> Mark {
    Mark::from_hundredths(hundredths)
}

fn text(word: &str) -> Text {
    Text::new(word, word)
}

/// Two modules and a paper, every kind of aspect, marks small enough for ties.
fn scheme(ties: Vec<TieDraft>, shared: bool, teams: TeamRule) -> Arc<Scheme> {
    let aspect = |code: &str, max: i64, abilities: &[&str], kind: AspectKind| AspectDraft {
        code: code.into(),
        name: text(code),
        max: hundredths(max),
        abilities: abilities.iter().map(|ability| (*ability).to_owned()).collect(),
        kind,
    };
    let named = |code: &str| NamedDraft { code: code.into(), name: text(code) };
    let part = |code: &str, marks| (code.to_owned(), text(code), hundredths(marks));
    let steps = [part("a", 100), part("b", 200)].map(|(code, name, marks)| Step { code, name, marks });
    let deductions = [part("loose", 50), part("late", 125)].map(|(code, name, marks)| Deduction { code, name, marks });
    let levels = Levels { levels: vec![text("w"); 4], judges: 2, spread_max: 1, rounds_most: 2 };
    let module = |code: &str, aspects| ModuleDraft {
        code: code.into(),
        name: text(code),
        minutes: None,
        criteria: vec![CriterionDraft { code: format!("{code}1"), name: text(code), aspects, sub_criteria: None }],
    };
    let automatic = |policy, starts_at| AspectKind::Automatic { policy, starts_at };
    let tolerance = Tolerance {
        unit: "mm".into(),
        target: "10".parse().unwrap(),
        full: "0.05".parse().unwrap(),
        zero: "0.2".parse().unwrap(),
    };
    let draft = SchemeDraft {
        code: "laws".into(),
        version: 1,
        title: text("laws"),
        abilities: vec![named("hand"), named("eye")],
        groups: vec![named("workers"), named("students")],
        modules: vec![
            module(
                "A",
                vec![
                    aspect("A1.1", 200, &["hand"], AspectKind::YesNo),
                    aspect("A1.2", 300, &["hand", "eye"], AspectKind::Tolerance(tolerance)),
                    aspect("A1.3", 300, &["eye"], AspectKind::Steps(steps.into())),
                    aspect("A1.4", 200, &["hand"], AspectKind::Deductions(deductions.into())),
                ],
            ),
            module(
                "B",
                vec![
                    aspect("B1.1", 250, &["eye"], AspectKind::Levels(levels)),
                    aspect(
                        "B1.2",
                        400,
                        &["hand"],
                        AspectKind::Panel(Panel { judges: 3, drop_extremes: true, step: hundredths(100) }),
                    ),
                    aspect("B1.3", 300, &["eye"], automatic(Policy::Automatic, StartsAt::Full)),
                    aspect("B1.4", 300, &["eye", "hand"], automatic(Policy::Confirm, StartsAt::Zero)),
                    aspect("B1.5", 200, &["hand"], automatic(Policy::Shadow, StartsAt::Zero)),
                ],
            ),
            module("T", vec![aspect("T1.1", 500, &["eye"], AspectKind::Theory)]),
        ],
        ranking: RankingDraft { ties, shared },
        teams,
    };
    Arc::new(draft.check().unwrap())
}

fn field(scheme: &Scheme) -> Field {
    let teams =
        (0..TEAMS).map(|at| TeamSeat { id: format!("tea_{at}").parse().unwrap(), name: text(&format!("T{at}")) });
    let entries = (0..ENTRIES).map(|at| EntrySeat {
        id: format!("ent_{at}").parse().unwrap(),
        number: format!("N{at:02}"),
        group: [Some(GroupIx(0)), Some(GroupIx(1)), None][at as usize % 3],
        team: [Some(TeamIx(0)), Some(TeamIx(1)), Some(TeamIx(0)), Some(TeamIx(2)), None][at as usize % 5],
    });
    Field::new(scheme, teams.collect(), entries.collect()).unwrap()
}

/// One draw: which event, for whom, and numbers to fill it with.
#[derive(Debug, Clone)]
struct Draw {
    kind: u32,
    entry: u32,
    aspect: u32,
    number: u32,
    judge: u32,
    round: u32,
    earlier: Option<Index>,
}

fn draws() -> impl Strategy<Value = Vec<Draw>> {
    let draw =
        (0u32..22, 0..ENTRIES, 0u32..10, 0u32..1000, 0u32..4, 1u32..3, proptest::option::weighted(0.2, any::<Index>()));
    let draw = draw.prop_map(|(kind, entry, aspect, number, judge, round, earlier)| Draw {
        kind,
        entry,
        aspect,
        number,
        judge,
        round,
        earlier,
    });
    prop::collection::vec(draw, 1..120)
}

fn rules() -> impl Strategy<Value = (Vec<TieDraft>, bool, TeamRule)> {
    let chain = [
        TieDraft::Module("A".into()),
        TieDraft::Module("B".into()),
        TieDraft::Practice,
        TieDraft::Theory,
        TieDraft::Time,
    ];
    (prop::sample::subsequence(chain.to_vec(), 0..=5), any::<bool>(), any::<(bool, bool)>()).prop_map(
        |(ties, shared, (mean, then_time))| {
            (ties, shared, TeamRule { total: if mean { TeamTotal::Mean } else { TeamTotal::Sum }, then_time })
        },
    )
}

/// A log: positions count up, so arrival in this order is arrival in the order of the log.
fn log(draws: &[Draw], scheme: &Scheme) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    let mut given: Vec<(EntryIx, AspectIx, MarkId)> = Vec::new();
    for (at, draw) in draws.iter().enumerate() {
        let (position, entry) = (Position(at as i64), EntryIx(draw.entry));
        let (aspect, number) = (AspectIx(draw.aspect), draw.number);
        let known = scheme.aspect(aspect).unwrap();
        let earlier = draw.earlier.and_then(|index| {
            let same: Vec<_> = given.iter().filter(|(e, a, _)| (*e, *a) == (entry, aspect)).collect();
            (!same.is_empty()).then(|| same[index.index(same.len())].2.clone())
        });
        let event = match draw.kind {
            0 => Event::Withdrawn { position, entry, withdrawn: number % 3 > 0 },
            1 | 2 => Event::TimeSet { position, entry, module: known.module, elapsed_ms: u64::from(number % 3) * 1000 },
            3 | 4 => Event::Run {
                position,
                entry,
                module: known.module,
                phase: [RunPhase::Waiting, RunPhase::Open, RunPhase::Closed][number as usize % 3],
            },
            5 if known.kind != AspectKind::Theory => Event::RoundOpened { position, entry, aspect, round: draw.round },
            6 if earlier.is_some() => Event::Retracted { position, entry, aspect, mark: earlier.clone().unwrap() },
            21 => {
                let marks = hundredths(i64::from(number % 9) * known.max.hundredths() / 8);
                Event::Corrected { position, entry, aspect, marks }
            }
            _ => match (&known.kind, draw.kind) {
                (AspectKind::Theory, _) => {
                    Event::Imported { position, entry, aspect, marks: hundredths(i64::from(number % 6) * 100) }
                }
                (AspectKind::Automatic { .. }, 7..=16) => Event::Verdict {
                    position,
                    entry,
                    aspect,
                    verdict: format!("vdt_{}", number % 4).parse().unwrap(),
                    rule: "rule".into(),
                    marks: hundredths(i64::from(number % 5) * 75 - 150),
                    outcome: [Outcome::Met, Outcome::Missed, Outcome::Met, Outcome::Undecided][number as usize / 4 % 4],
                    standing: Standing::ALL[number as usize / 16 % 5],
                },
                (AspectKind::Automatic { .. }, 20) => {
                    Event::Policy { position, entry, aspect, policy: Policy::ALL[number as usize % 4] }
                }
                (kind, _) => {
                    let mark: MarkId = format!("mrk_{at}").parse().unwrap();
                    given.push((entry, aspect, mark.clone()));
                    let judge: AccountId = format!("acc_{}", draw.judge).parse().unwrap();
                    let value = value_of(kind, number);
                    Event::Given { position, mark, entry, aspect, judge, round: draw.round, value, replaces: earlier }
                }
            },
        };
        events.push(event);
    }
    events
}

fn value_of(kind: &AspectKind, number: u32) -> GivenValue {
    match kind {
        AspectKind::YesNo => GivenValue::YesNo(number % 2 == 1),
        AspectKind::Tolerance(_) => GivenValue::Measured(Measure::from_millionths(9_700_000 + i64::from(number) * 600)),
        AspectKind::Steps(_) => {
            GivenValue::Steps(["a", "b"].iter().take(number as usize % 3).map(|code| (*code).into()).collect())
        }
        AspectKind::Deductions(_) => GivenValue::Deductions(vec![("loose".into(), number % 6)]),
        AspectKind::Levels(_) => GivenValue::Level(number % 4),
        _ => GivenValue::Marks(hundredths(i64::from(number % 3) * 100)),
    }
}

fn board_of(scheme: &Arc<Scheme>, events: &[Event]) -> Board {
    let mut board = Board::new(scheme.clone(), field(scheme));
    for event in events {
        board.apply(event).unwrap();
    }
    board
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn the_order_and_number_of_arrivals_never_matter(
        (ties, shared, teams) in rules(), draws in draws(), seed in any::<u64>(), twice in 0usize..40,
    ) {
        let scheme = scheme(ties, shared, teams);
        let events = log(&draws, &scheme);
        let mut arrived = events.clone();
        arrived.extend(events.iter().take(twice).cloned());
        kernel::Rng::from_seed(seed).shuffle(&mut arrived);
        prop_assert_eq!(board_of(&scheme, &arrived), board_of(&scheme, &events));
    }

    #[test]
    fn a_replay_ends_where_the_live_board_ended((ties, shared, teams) in rules(), draws in draws()) {
        let scheme = scheme(ties, shared, teams);
        let events = log(&draws, &scheme);
        let live = board_of(&scheme, &events);
        let (replayed, refused) = Board::replay(scheme.clone(), field(&scheme), &events);
        prop_assert!(refused.is_empty());
        prop_assert_eq!(&replayed, &live);
        let mut again = live.clone();
        again.recount();
        prop_assert_eq!(again, live);
    }

    #[test]
    fn a_board_agrees_with_counting((ties, shared, teams) in rules(), draws in draws()) {
        let scheme = scheme(ties, shared, teams);
        let events = log(&draws, &scheme);
        let board = board_of(&scheme, &events);
        let facts = Facts::of(&events);
        for entry in board.field().entry_ixs() {
            for aspect in scheme.aspect_ixs() {
                prop_assert_eq!(board.aspect(entry, aspect).mark, facts.mark(&scheme, entry, aspect));
            }
            prop_assert_eq!(board.total(entry), facts.sum(&scheme, entry, |_| true));
            prop_assert_eq!(board.total(entry), board.module_marks(entry).sum());
            let score = board.score(entry);
            prop_assert_eq!(score.total, score.practice + score.theory);
            prop_assert_eq!(score.elapsed_ms, facts.elapsed_ms(entry));
            for ability in scheme.ability_ixs() {
                let sum = facts.sum(&scheme, entry, |aspect| aspect.abilities.contains(&ability));
                prop_assert_eq!(board.ability_mark(entry, ability), sum);
            }
            for module in scheme.module_ixs() {
                let sheet = board.sheet(entry, module);
                prop_assert!(sheet.given <= sheet.expected);
            }
        }
        prop_assert_eq!(ranks_of(&board), facts.ranks(&scheme, board.field()));
        for module in scheme.module_ixs() {
            let marks: Vec<Mark> = board.field().entry_ixs()
                .filter(|entry| board.module_rank(*entry, module).is_some())
                .map(|entry| board.module_mark(entry, module)).collect();
            let spread = board.module_distribution(module);
            prop_assert_eq!(spread.map(|it| (it.min, it.max)), marks.iter().min().copied().zip(marks.iter().max().copied()));
            prop_assert!(spread.is_none_or(|it| it.min <= it.q1 && it.q1 <= it.median && it.median <= it.q3 && it.q3 <= it.max));
        }
    }

    /// A screen that updates only what `Changes` names shows the whole truth.
    #[test]
    fn changes_name_what_changed((ties, shared, teams) in rules(), draws in draws()) {
        let scheme = scheme(ties, shared, teams);
        let mut board = Board::new(scheme.clone(), field(&scheme));
        for event in log(&draws, &scheme) {
            let before = board.clone();
            let (ranks_before, facts_before) = (ranks_of(&board), seen(&board));
            let changes = board.apply(&event).unwrap();
            let ranks = ranks_of(&board);
            let set = |list: &[EntryIx]| list.iter().copied().collect::<BTreeSet<_>>();
            prop_assert_eq!(set(&changes.ranks.overall), moved(&ranks_before.overall, &ranks.overall));
            prop_assert_eq!(set(&changes.ranks.group), moved(&ranks_before.group, &ranks.group));
            for (at, (old, new)) in ranks_before.abilities.iter().zip(&ranks.abilities).enumerate() {
                let named = changes.ranks.abilities.iter().find(|(ability, _)| ability.index() == at);
                prop_assert_eq!(named.map(|(_, list)| set(list)).unwrap_or_default(), moved(old, new));
            }
            for (at, (old, new)) in ranks_before.modules.iter().zip(&ranks.modules).enumerate() {
                let named = changes.ranks.modules.iter().find(|(module, _)| module.index() == at);
                prop_assert_eq!(named.map(|(_, list)| set(list)).unwrap_or_default(), moved(old, new));
            }
            let teams: BTreeSet<_> = changes.ranks.teams.iter().copied().collect();
            for team in moved(&ranks_before.teams, &ranks.teams) {
                prop_assert!(teams.contains(&team) || changes.team == Some(team));
            }
            for (entry, (old, new)) in board.field().entry_ixs().zip(facts_before.iter().zip(seen(&board))) {
                if *old != new {
                    prop_assert!(changes.reasons.contains(&entry), "{:?}: {:?} became {:?}", entry, old, new);
                }
                if before.score(entry) != board.score(entry) {
                    prop_assert!(changes.row && changes.entry == entry);
                }
                for aspect in scheme.aspect_ixs() {
                    let named = changes.aspects.iter().any(|it| it.aspect == aspect) && changes.entry == entry;
                    prop_assert_eq!(before.aspect(entry, aspect) != board.aspect(entry, aspect), named);
                }
            }
            let reasons = set(&changes.reasons);
            prop_assert_eq!(reasons.len(), changes.reasons.len(), "a reason is named once");
            prop_assert!(board.apply(&event).unwrap().is_empty(), "the same again changes nothing");
        }
    }

    #[test]
    fn a_correction_counts_in_place_of_the_first(first in 0u32..4, second in 0u32..4, corrected in any::<bool>()) {
        let scheme = scheme(vec![], true, TeamRule { total: TeamTotal::Sum, then_time: true });
        let (entry, aspect) = (EntryIx(0), scheme.aspect_ix("B1.1").unwrap());
        let give = |position: i64, judge: &str, level: u32, replaces: Option<&str>| Event::Given {
            position: Position(position), mark: format!("mrk_{position}").parse().unwrap(), entry, aspect,
            judge: judge.parse().unwrap(), round: 1, value: GivenValue::Level(level),
            replaces: replaces.map(|id| id.parse().unwrap()),
        };
        // The other judge agrees, so that no round is called for; the chief judge corrects, or the judge himself.
        let judge = if corrected { "acc_chief" } else { "acc_a" };
        let board = board_of(&scheme, &[give(1, "acc_a", first, None), give(2, "acc_b", second, None), give(3, judge, second, Some("mrk_1"))]);
        let expected = check_value(scheme.aspect(aspect).unwrap(), &GivenValue::Level(second)).unwrap();
        prop_assert_eq!(board.aspect(entry, aspect), AspectMark { mark: Some(expected), state: AspectState::Marked });
        prop_assert_eq!(board.given(entry, aspect).count(), 2);
    }

    /// Whatever else happens to an aspect, before or after: of its corrections the newest stands, within the maximum, and nothing is owed.
    #[test]
    fn the_newest_correction_stands((ties, shared, teams) in rules(), draws in draws(), seed in any::<u64>()) {
        let scheme = scheme(ties, shared, teams);
        let mut events = log(&draws, &scheme);
        let newest = |entry: EntryIx, aspect: AspectIx, events: &[Event]| {
            let of_it = events.iter().filter_map(|event| match event {
                Event::Corrected { position, entry: e, aspect: a, marks } if (*e, *a) == (entry, aspect) => Some((*position, *marks)),
                _ => None,
            });
            of_it.max().map(|(_, marks)| marks)
        };
        kernel::Rng::from_seed(seed).shuffle(&mut events);
        let board = board_of(&scheme, &events);
        for entry in board.field().entry_ixs() {
            for (aspect, known) in scheme.aspect_ixs().zip(scheme.aspects()) {
                let corrected = newest(entry, aspect, &events);
                prop_assert_eq!(board.corrected(entry, aspect), corrected);
                if let Some(marks) = corrected {
                    prop_assert_eq!(board.aspect(entry, aspect), AspectMark { mark: Some(marks), state: AspectState::Marked });
                    prop_assert!(Mark::ZERO <= marks && marks <= known.max);
                }
            }
        }
    }
}

fn seen(board: &Board) -> Vec<(Text, Option<Gap>)> {
    board.field().entry_ixs().map(|entry| (board.why(entry), board.gap_to_next(entry))).collect()
}

#[test]
fn what_is_refused_changes_nothing() {
    let scheme = scheme(vec![], true, TeamRule { total: TeamTotal::Sum, then_time: false });
    let mut board = Board::new(scheme.clone(), field(&scheme));
    let before = board.clone();
    let (entry, position) = (EntryIx(0), Position(1));
    let at = |code: &str| scheme.aspect_ix(code).unwrap();
    let give = |entry, aspect, round, value| Event::Given {
        position,
        mark: "mrk_1".parse().unwrap(),
        entry,
        aspect,
        judge: "acc_1".parse().unwrap(),
        round,
        value,
        replaces: None,
    };
    let verdict = |aspect, marks| Event::Verdict {
        position,
        entry,
        aspect,
        verdict: "vdt_1".parse().unwrap(),
        rule: "rule".into(),
        marks: hundredths(marks),
        outcome: Outcome::Met,
        standing: Standing::Counted,
    };
    let yes = GivenValue::YesNo(true);
    for (event, code) in [
        (give(EntryIx(ENTRIES), at("A1.1"), 1, yes.clone()), "entry_unknown"),
        (give(EntryIx(u32::MAX), at("A1.1"), 1, yes.clone()), "entry_unknown"),
        (give(entry, AspectIx(10), 1, yes.clone()), "mark_unknown_aspect"),
        (give(entry, AspectIx(u32::MAX), 1, yes.clone()), "mark_unknown_aspect"),
        (give(entry, at("A1.1"), 0, yes.clone()), "invalid"),
        (give(entry, at("A1.1"), 100, yes.clone()), "invalid"),
        (give(entry, at("B1.1"), 1, yes.clone()), "mark_kind_mismatch"),
        (give(entry, at("B1.1"), 1, GivenValue::Level(4)), "mark_out_of_range"),
        (give(entry, at("T1.1"), 1, GivenValue::Marks(Mark::ZERO)), "mark_kind_mismatch"),
        (verdict(at("A1.1"), 100), "mark_kind_mismatch"),
        (verdict(at("B1.3"), i64::MIN), "mark_out_of_range"),
        (Event::Imported { position, entry, aspect: at("T1.1"), marks: hundredths(501) }, "mark_out_of_range"),
        (Event::Imported { position, entry, aspect: at("T1.1"), marks: hundredths(-1) }, "mark_out_of_range"),
        (Event::Imported { position, entry, aspect: at("A1.1"), marks: Mark::ZERO }, "mark_kind_mismatch"),
        (Event::Corrected { position, entry, aspect: at("A1.1"), marks: hundredths(201) }, "mark_out_of_range"),
        (Event::Corrected { position, entry, aspect: at("B1.2"), marks: hundredths(-1) }, "mark_out_of_range"),
        (Event::Corrected { position, entry, aspect: AspectIx(99), marks: Mark::ZERO }, "mark_unknown_aspect"),
        (Event::Policy { position, entry, aspect: at("A1.1"), policy: Policy::Off }, "mark_kind_mismatch"),
        (Event::Policy { position, entry, aspect: AspectIx(99), policy: Policy::Off }, "mark_unknown_aspect"),
        (Event::RoundOpened { position, entry, aspect: at("B1.1"), round: 0 }, "invalid"),
        (Event::RoundOpened { position, entry, aspect: at("T1.1"), round: 2 }, "invalid"),
        (
            Event::Retracted { position, entry, aspect: AspectIx(99), mark: "mrk_1".parse().unwrap() },
            "mark_unknown_aspect",
        ),
        (Event::Run { position, entry, module: ModuleIx(3), phase: RunPhase::Open }, "invalid"),
        (Event::TimeSet { position, entry, module: ModuleIx(0), elapsed_ms: u64::MAX }, "invalid"),
        (Event::TimeSet { position, entry, module: ModuleIx(9), elapsed_ms: 1 }, "invalid"),
        (Event::Withdrawn { position, entry: EntryIx(99), withdrawn: true }, "entry_unknown"),
    ] {
        let refusal = board.apply(&event).unwrap_err();
        assert_eq!(refusal.code().entry().name, code, "{event:?}");
        assert!(!refusal.says().zh.is_empty() && !refusal.says().en.is_empty());
        assert_eq!(board, before, "{event:?}");
    }
}

#[test]
fn an_index_that_points_nowhere_is_unknown_not_a_panic() {
    let scheme = scheme(vec![], true, TeamRule { total: TeamTotal::Sum, then_time: false });
    let board = Board::new(scheme.clone(), field(&scheme));
    let (entry, far) = (EntryIx(u32::MAX), u32::MAX);
    assert_eq!(board.aspect(entry, AspectIx(0)), AspectMark::default());
    assert_eq!(board.aspect(EntryIx(0), AspectIx(far)), AspectMark::default());
    assert_eq!(board.given(entry, AspectIx(0)).count() + board.verdicts(entry, AspectIx(far)).len(), 0);
    assert_eq!((board.rank(entry), board.group_rank(entry), board.gap_to_next(entry)), (None, None, None));
    assert_eq!(board.module_mark(EntryIx(0), ModuleIx(far)), Mark::ZERO);
    assert_eq!(board.ability_mark(entry, AbilityIx(0)), Mark::ZERO);
    assert_eq!(board.sheet(entry, ModuleIx(0)), SheetCount::default());
    assert_eq!((board.team_rank(TeamIx(far)), board.team_members(TeamIx(far)).len()), (None, 0));
    assert_eq!((board.module_distribution(ModuleIx(far)), board.ability_distribution(AbilityIx(0))), (None, None));
    assert_eq!(board.ability_ranking(AbilityIx(far)).count() + board.group_ranking(GroupIx(far)).count(), 0);
    assert!(!board.why(entry).en.is_empty() && !board.why_in_group(entry).zh.is_empty());
    assert!(!board.why_team(TeamIx(far)).en.is_empty());
    assert!(!board.needs_deciding_round(entry));
}
