//! Reads the tables of `fixtures/scenarios/marking.md` and holds the board to each row.

use std::sync::Arc;

use kernel::{Mark, Text};
use marking::*;

const PAGE: &str = include_str!("../../../fixtures/scenarios/marking.md");

/// A table with the line before it (its setting) and its place on the page.
struct Table {
    line: usize,
    setting: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn cell<'r>(&self, row: &'r [String], column: &str) -> &'r str {
        let at = self.columns.iter().position(|name| name == column).unwrap_or_else(|| panic!("no column {column}"));
        &row[at]
    }

    /// Where a row stands, to find it when it fails.
    fn at(&self, row: usize) -> String {
        format!("fixtures/scenarios/marking.md:{}: {}", self.line + 2 + row, self.rows[row].join(" | "))
    }
}

fn tables() -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let (mut setting, mut inside) = (String::new(), false);
    for (at, line) in PAGE.lines().enumerate() {
        let Some(row) = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')) else {
            inside = false;
            if !line.trim().is_empty() {
                setting = line.trim().to_owned();
            }
            continue;
        };
        let cells: Vec<String> = row.split('|').map(|cell| cell.trim().to_owned()).collect();
        if !inside {
            tables.push(Table { line: at + 1, setting: setting.clone(), columns: cells, rows: Vec::new() });
            inside = true;
        } else if !cells.iter().all(|cell| cell.starts_with("---")) {
            let table = tables.last_mut().unwrap();
            assert_eq!(cells.len(), table.columns.len(), "line {}", at + 1);
            table.rows.push(cells);
        }
    }
    tables
}

fn with_columns(first: &str) -> Vec<Table> {
    let found: Vec<_> = tables().into_iter().filter(|table| table.columns.join(" ").starts_with(first)).collect();
    assert!(!found.is_empty(), "no table begins with {first}");
    found
}

fn mark(text: &str) -> Mark {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn word(text: &str) -> Text {
    Text::new(text, text)
}

fn aspect(code: &str, max: Mark, kind: AspectKind) -> AspectDraft {
    AspectDraft { code: code.into(), name: word(code), max, abilities: vec!["skill".into()], kind }
}

fn module(code: &str, aspect: AspectDraft) -> ModuleDraft {
    let criterion =
        CriterionDraft { code: format!("{code}1"), name: word(code), aspects: vec![aspect], sub_criteria: None };
    ModuleDraft { code: code.into(), name: word(code), minutes: None, criteria: vec![criterion] }
}

fn scheme(modules: Vec<ModuleDraft>, ties: Vec<TieDraft>, shared: bool, teams: TeamRule) -> Arc<Scheme> {
    let named = |code: &str| NamedDraft { code: code.into(), name: word(code) };
    let draft = SchemeDraft {
        code: "scenario".into(),
        version: 1,
        title: word("scenario"),
        abilities: vec![named("skill")],
        groups: vec![named("workers"), named("students")],
        modules,
        ranking: RankingDraft { ties, shared },
        teams,
    };
    Arc::new(draft.check().unwrap_or_else(|faults| panic!("{faults:?}")))
}

const BY_SUM: TeamRule = TeamRule { total: TeamTotal::Sum, then_time: false };

fn field(scheme: &Scheme, numbers: &[&str]) -> Field {
    let seat = |(at, number): (usize, &&str)| EntrySeat {
        id: format!("ent_{at}").parse().unwrap(),
        number: (*number).to_owned(),
        group: None,
        team: None,
    };
    Field::new(scheme, Vec::new(), numbers.iter().enumerate().map(seat).collect()).unwrap()
}

/// `levels max 3 judges 3 spread 1`: the kind, then names and values.
fn parse_aspect(spec: &str) -> AspectDraft {
    let words: Vec<&str> = spec.split_whitespace().collect();
    let after = |name: &str| {
        let at = words.iter().position(|word| *word == name).unwrap_or_else(|| panic!("{spec}: no {name}"));
        words[at + 1]
    };
    let max = mark(after("max"));
    let pairs = || words[3..].chunks(2).map(|pair| (pair[0].to_owned(), word(pair[0]), mark(pair[1])));
    let kind = match words[0] {
        "yes_no" => AspectKind::YesNo,
        "tolerance" => AspectKind::Tolerance(Tolerance {
            unit: words[3].to_owned(),
            target: words[4].parse().unwrap(),
            full: after("full").parse().unwrap(),
            zero: after("zero").parse().unwrap(),
        }),
        "steps" => AspectKind::Steps(pairs().map(|(code, name, marks)| Step { code, name, marks }).collect()),
        "deductions" => {
            AspectKind::Deductions(pairs().map(|(code, name, marks)| Deduction { code, name, marks }).collect())
        }
        "levels" => AspectKind::Levels(Levels {
            levels: vec![word("level"); 4],
            judges: after("judges").parse().unwrap(),
            spread_max: after("spread").parse().unwrap(),
            rounds_most: Levels::ROUNDS_MOST,
        }),
        "panel" => AspectKind::Panel(Panel {
            judges: after("judges").parse().unwrap(),
            drop_extremes: words.contains(&"drop"),
            step: mark(after("step")),
        }),
        "automatic" => AspectKind::Automatic {
            policy: Policy::from_code(after("policy")).unwrap(),
            starts_at: if after("from") == "full" { StartsAt::Full } else { StartsAt::Zero },
        },
        other => panic!("{spec}: {other} is no kind"),
    };
    aspect("X", max, kind)
}

fn parse_value(kind: &AspectKind, text: &str) -> GivenValue {
    let parts = || text.split('+').filter(|part| *part != "none");
    match (kind, text) {
        (_, "yes") => GivenValue::YesNo(true),
        (_, "no") => GivenValue::YesNo(false),
        (AspectKind::Tolerance(_), _) => GivenValue::Measured(text.parse().unwrap()),
        (AspectKind::Steps(_), _) => GivenValue::Steps(parts().map(str::to_owned).collect()),
        (AspectKind::Deductions(_), _) => GivenValue::Deductions(
            parts()
                .map(|part| {
                    let (code, count) = part.split_once('*').unwrap();
                    (code.to_owned(), count.parse().unwrap())
                })
                .collect(),
        ),
        (AspectKind::Levels(_), _) => GivenValue::Level(text.parse().unwrap()),
        _ => GivenValue::Marks(mark(text)),
    }
}

fn state_words(state: AspectState) -> String {
    match state {
        AspectState::Waiting => "waiting".into(),
        AspectState::Partly { given, expected } => format!("partly {given}/{expected}"),
        AspectState::Marked => "marked".into(),
        AspectState::NeedsRound { round, spread } => format!("round {round} spread {spread}"),
        AspectState::Undecided => "undecided".into(),
        AspectState::ToConfirm => "to confirm".into(),
    }
}

const ENTRY: EntryIx = EntryIx(0);
const ASPECT: AspectIx = AspectIx(0);

fn given(position: i64, judge: usize, round: u32, value: GivenValue) -> Event {
    Event::Given {
        position: Position(position),
        mark: format!("mrk_{position}").parse().unwrap(),
        entry: ENTRY,
        aspect: ASPECT,
        judge: format!("acc_{judge}").parse().unwrap(),
        round,
        value,
        replaces: None,
    }
}

/// The mark and the state, or the refusal, after the events.
fn outcome(draft: AspectDraft, events: &[Event]) -> (String, String, Board) {
    let scheme = scheme(vec![module("A", draft)], Vec::new(), true, BY_SUM);
    let mut board = Board::new(scheme.clone(), field(&scheme, &["N1"]));
    let mut refused = None;
    for event in events {
        if let Err(refusal) = board.apply(event) {
            refused = Some(format!("refused {}", refusal.code()));
        }
    }
    let AspectMark { mark, state } = board.aspect(ENTRY, ASPECT);
    let shown = mark.map(|mark| mark.to_string()).unwrap_or_default();
    (shown, refused.unwrap_or_else(|| state_words(state)), board)
}

#[test]
fn aspects_marked_by_judges() {
    for table in with_columns("aspect round 1 round 2 mark state") {
        for (at, row) in table.rows.iter().enumerate() {
            let draft = parse_aspect(table.cell(row, "aspect"));
            let mut events = Vec::new();
            for (round, column) in [(1, "round 1"), (2, "round 2")] {
                let values = table.cell(row, column);
                if round > 1 && !values.is_empty() {
                    let position = Position(events.len() as i64);
                    events.push(Event::RoundOpened { position, entry: ENTRY, aspect: ASPECT, round });
                }
                for (judge, value) in values.split(',').map(str::trim).enumerate() {
                    if !value.is_empty() && value != "-" {
                        let value = parse_value(&draft.kind, value);
                        events.push(given(events.len() as i64, judge, round, value));
                    }
                }
            }
            let marks_given = events.iter().filter(|event| matches!(event, Event::Given { .. })).count();
            let (mark, state, board) = outcome(draft, &events);
            assert_eq!(
                (mark.as_str(), state.as_str()),
                (table.cell(row, "mark"), table.cell(row, "state")),
                "{}",
                table.at(at)
            );
            if !state.starts_with("refused") {
                assert_eq!(board.given(ENTRY, ASPECT).count(), marks_given, "every round is kept: {}", table.at(at));
            }
        }
    }
}

#[test]
fn aspects_marked_by_the_referee() {
    for table in with_columns("aspect run verdicts by hand mark state") {
        for (at, row) in table.rows.iter().enumerate() {
            let draft = parse_aspect(table.cell(row, "aspect"));
            let phase = match table.cell(row, "run") {
                "waiting" => RunPhase::Waiting,
                "open" => RunPhase::Open,
                _ => RunPhase::Closed,
            };
            let mut events = vec![Event::Run { position: Position(0), entry: ENTRY, module: ModuleIx(0), phase }];
            for verdict in table.cell(row, "verdicts").split(',').map(str::trim).filter(|verdict| !verdict.is_empty()) {
                let (marks, standing) = verdict.split_once(' ').unwrap();
                let undecided = marks == "?";
                events.push(Event::Verdict {
                    position: Position(events.len() as i64),
                    entry: ENTRY,
                    aspect: ASPECT,
                    verdict: format!("vdt_{}", events.len()).parse().unwrap(),
                    rule: "rule".into(),
                    marks: if undecided { Mark::ZERO } else { mark(marks.trim_start_matches('+')) },
                    outcome: if undecided { Outcome::Undecided } else { Outcome::Met },
                    standing: Standing::from_code(standing).unwrap(),
                });
            }
            let by_hand = table.cell(row, "by hand");
            if !by_hand.is_empty() {
                events.push(given(events.len() as i64, 0, 1, GivenValue::Marks(mark(by_hand))));
            }
            let (mark, state, board) = outcome(draft, &events);
            assert_eq!(
                (mark.as_str(), state.as_str()),
                (table.cell(row, "mark"), table.cell(row, "state")),
                "{}",
                table.at(at)
            );
            let explained = board.aspect_reason(ENTRY, ASPECT).is_some();
            assert_eq!(explained, matches!(state.as_str(), "undecided" | "to confirm"), "{}", table.at(at));
        }
    }
}

/// Two modules of practice and a paper, each of one aspect that takes any mark.
fn contest(ties: Vec<TieDraft>, shared: bool, teams: TeamRule) -> Arc<Scheme> {
    let free = || AspectKind::Panel(Panel { judges: 1, drop_extremes: false, step: mark("0.01") });
    let modules = vec![
        module("A", aspect("A", mark("100"), free())),
        module("B", aspect("B", mark("100"), free())),
        module("T", aspect("T", mark("100"), AspectKind::Theory)),
    ];
    scheme(modules, ties, shared, teams)
}

fn mark_event(position: i64, entry: EntryIx, aspect: AspectIx, marks: &str) -> Option<Event> {
    let marks = (marks != "-").then(|| mark(marks))?;
    if aspect == AspectIx(2) {
        return Some(Event::Imported { position: Position(position), entry, aspect, marks });
    }
    Some(Event::Given {
        position: Position(position),
        mark: format!("mrk_{position}").parse().unwrap(),
        entry,
        aspect,
        judge: "acc_1".parse().unwrap(),
        round: 1,
        value: GivenValue::Marks(marks),
        replaces: None,
    })
}

fn time_event(position: i64, entry: EntryIx, seconds: &str) -> Option<Event> {
    let elapsed_ms = (seconds != "-").then(|| seconds.parse::<u64>().unwrap() * 1000)?;
    Some(Event::TimeSet { position: Position(position), entry, module: ModuleIx(0), elapsed_ms })
}

#[test]
fn rankings_and_their_sentences() {
    for table in with_columns("no group A B theory time rank") {
        let (ties, end) = table.setting.strip_prefix("Ties: ").and_then(|setting| setting.split_once(" · ")).unwrap();
        let ties = ties.split(", ").filter(|tie| *tie != "none").map(|tie| match tie.split_once(' ') {
            Some(("module", code)) => TieDraft::Module(code.into()),
            _ => match tie {
                "practice" => TieDraft::Practice,
                "theory" => TieDraft::Theory,
                "time" => TieDraft::Time,
                other => panic!("{other} is no tie-break"),
            },
        });
        let scheme = contest(ties.collect(), end == "shared", BY_SUM);
        let entries = table.rows.iter().enumerate().map(|(at, row)| EntrySeat {
            id: format!("ent_{at}").parse().unwrap(),
            number: row[0].trim_end_matches(" withdrawn").to_owned(),
            group: scheme.group_ix(table.cell(row, "group")),
            team: None,
        });
        let field = Field::new(&scheme, Vec::new(), entries.collect()).unwrap();
        let mut events = Vec::new();
        for (at, row) in table.rows.iter().enumerate() {
            let (entry, next) = (EntryIx(at as u32), at as i64 * 10);
            for (aspect, column) in ["A", "B", "theory"].iter().enumerate() {
                let marks = table.cell(row, column);
                events.extend(mark_event(next + aspect as i64, entry, AspectIx(aspect as u32), marks));
            }
            events.extend(time_event(next + 5, entry, table.cell(row, "time")));
            if row[0].ends_with("withdrawn") {
                events.push(Event::Withdrawn { position: Position(next + 6), entry, withdrawn: true });
            }
        }
        let (board, refused) = Board::replay(scheme, field, &events);
        assert!(refused.is_empty(), "{refused:?}");
        for (at, row) in table.rows.iter().enumerate() {
            let entry = EntryIx(at as u32);
            let shown = |rank: Option<u32>| rank.map(|rank| rank.to_string()).unwrap_or_default();
            assert_eq!(shown(board.rank(entry)), table.cell(row, "rank"), "{}", table.at(at));
            assert_eq!(shown(board.group_rank(entry)), table.cell(row, "group rank"), "{}", table.at(at));
            let why = board.why(entry);
            assert_eq!(why.zh, table.cell(row, "zh"), "{}", table.at(at));
            assert_eq!(why.en, table.cell(row, "en"), "{}", table.at(at));
            assert_eq!(board.needs_deciding_round(entry), why.en.contains("deciding round"), "{}", table.at(at));
        }
    }
}

#[test]
fn teams_and_their_sentences() {
    for table in with_columns("team members") {
        let total = if table.setting.starts_with("Total: mean") { TeamTotal::Mean } else { TeamTotal::Sum };
        let scheme = contest(Vec::new(), true, TeamRule { total, then_time: table.setting.ends_with("then time") });
        let teams = table.rows.iter().enumerate();
        let teams = teams.map(|(at, row)| TeamSeat { id: format!("tea_{at}").parse().unwrap(), name: word(&row[0]) });
        let (mut entries, mut events) = (Vec::new(), Vec::new());
        for (team, row) in table.rows.iter().enumerate() {
            for member in row[1].split(',').map(str::trim).filter(|member| !member.is_empty()) {
                let (entry, next) = (EntryIx(entries.len() as u32), entries.len() as i64 * 10);
                let (marks, seconds) = member.split_once(' ').unwrap();
                events.extend(mark_event(next, entry, AspectIx(0), marks));
                events.extend(time_event(next + 1, entry, seconds));
                entries.push(EntrySeat {
                    id: format!("ent_{}", entries.len()).parse().unwrap(),
                    number: format!("N{}", entries.len()),
                    group: None,
                    team: Some(TeamIx(team as u32)),
                });
            }
        }
        let field = Field::new(&scheme, teams.collect(), entries).unwrap();
        let mut board = Board::new(scheme, field);
        for event in &events {
            board.apply(event).unwrap();
        }
        for (at, row) in table.rows.iter().enumerate() {
            let team = TeamIx(at as u32);
            let rank = board.team_rank(team).map(|rank| rank.to_string()).unwrap_or_default();
            assert_eq!(rank, table.cell(row, "rank"), "{}", table.at(at));
            assert_eq!(board.team(team).total.to_string(), table.cell(row, "total"), "{}", table.at(at));
            assert_eq!(board.why_team(team).zh, table.cell(row, "zh"), "{}", table.at(at));
            assert_eq!(board.why_team(team).en, table.cell(row, "en"), "{}", table.at(at));
        }
    }
}

#[test]
fn distributions() {
    for table in with_columns("marks min q1") {
        for (at, row) in table.rows.iter().enumerate() {
            let scheme = contest(Vec::new(), true, BY_SUM);
            let marks: Vec<&str> = row[0].split(", ").collect();
            let numbers: Vec<String> = (0..marks.len()).map(|at| format!("N{at}")).collect();
            let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
            let mut board = Board::new(scheme.clone(), field(&scheme, &numbers));
            for (entry, marks) in marks.iter().enumerate() {
                if let Some(event) = mark_event(entry as i64, EntryIx(entry as u32), AspectIx(1), marks) {
                    board.apply(&event).unwrap();
                }
            }
            let of = board.module_distribution(ModuleIx(1));
            let shown = of.map_or_else(
                || vec![String::new(); 5],
                |of| [of.min, of.q1, of.median, of.q3, of.max].iter().map(Mark::to_string).collect(),
            );
            assert_eq!(shown, row[1..], "{}", table.at(at));
            assert_eq!(board.ability_distribution(AbilityIx(0)), of);
        }
    }
}
