//! Work that is judged: an entry's work on a module as a submission, each time it was judged as a judgement, and a judgement's aspects as
//! runs.
//!
//! Work is handed in when the first thing happens by which it is judged: a request, a judge's mark, a verdict that counts, a paper's mark.
//! A judgement goes on until every aspect has its mark and the referee has seen the run to its end; meanwhile it tells the marks so far.
//! When judges go into another round, and when a mark changes after the end, a further judgement begins, and is the current one.
//!
//! A run is told as soon as its aspect has a mark, and once more only when that is worth something and was not, or the other way round.
//!
//! Invariants: a submission never changes, and a judgement that has ended, with its runs, changes only by not being current any more; ids
//! name no run of the hall's and nobody.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Mark, RunId, Timestamp};
use marking::{AspectState, EntryIx, ModuleIx};
use serde::Serialize;

use super::configuration::{LANGUAGE, MARKED, WITHOUT_MARKS, problem_ids};
use super::moments::{Moments, number};
use super::shelf::{Kind, Object};
use crate::arena::{Arena, Logged, Touched};
use crate::event::{ContestState, Happened};

/// An entry's work on a module.
pub type Place = (EntryIx, ModuleIx);

/// All work that was handed in.
#[derive(Debug, Default)]
pub struct Work(BTreeMap<Place, Piece>);

#[derive(Debug)]
pub struct Piece {
    handed_in: Timestamp,
    /// Oldest first; the last one is the current one. Never empty.
    judgements: Vec<Judgement>,
    /// When its mark moved last.
    pub moved: Timestamp,
}

#[derive(Debug)]
struct Judgement {
    round: u32,
    began: Timestamp,
    score: Mark,
    /// Each aspect that has a mark, by its place in the module: whether that is worth anything, and since when.
    aspects: BTreeMap<usize, (bool, Timestamp)>,
    ended: Option<Timestamp>,
}

impl Judgement {
    fn begun(round: u32, began: Timestamp) -> Judgement {
        Judgement { round, began, score: Mark::ZERO, aspects: BTreeMap::new(), ended: None }
    }

    /// Takes in what the aspects are worth by now.
    fn look(&mut self, arena: &Arena, (entry, module): Place) {
        for (nth, (aspect, _)) in arena.board.scheme().aspects_of(module).enumerate() {
            let mark = arena.board.aspect(entry, aspect).mark;
            let worth = mark.is_some_and(|mark| mark > Mark::ZERO);
            let known = self.aspects.get(&(nth + 1)).map(|(worth, _)| *worth);
            // One that has lost its mark is worth nothing.
            if known != Some(worth) && (mark.is_some() || known.is_some()) {
                let at = arena.aspect_at(entry, aspect).max(self.began);
                self.aspects.insert(nth + 1, (worth, at));
            }
        }
    }
}

#[derive(Debug, Serialize)]
struct SubmissionShape {
    id: String,
    language_id: &'static str,
    problem_id: String,
    team_id: String,
    time: String,
    contest_time: String,
    /// Work at a station leaves none here.
    files: [(); 0],
}

#[derive(Debug, Serialize)]
struct JudgementShape<'j> {
    id: &'j str,
    submission_id: &'j str,
    #[serde(skip_serializing_if = "Option::is_none")]
    judgement_type_id: Option<&'static str>,
    score: f64,
    current: bool,
    start_time: String,
    start_contest_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_contest_time: Option<String>,
}

#[derive(Debug, Serialize)]
struct RunShape<'j> {
    id: String,
    judgement_id: &'j str,
    ordinal: usize,
    judgement_type_id: &'static str,
    time: String,
    contest_time: String,
}

impl Piece {
    /// Whether its judgement has ended.
    pub fn is_judged(&self) -> bool {
        self.judgements.last().is_some_and(|last| last.ended.is_some())
    }
}

impl Work {
    pub fn piece(&self, place: Place) -> Option<&Piece> {
        self.0.get(&place)
    }

    pub fn places(&self) -> impl Iterator<Item = Place> {
        self.0.keys().copied()
    }

    /// After an event was folded: takes in what it means for the work. The places of which something is new.
    pub fn take(&mut self, arena: &Arena, logged: &Logged, touched: &Touched) -> BTreeSet<Place> {
        let mut places = touched_places(arena, touched);
        let published = matches!(logged.happened, Happened::State { to: ContestState::Final, .. });
        if published {
            places.extend(self.places());
        }
        places.retain(|place| self.take_at(arena, logged, *place, published));
        places
    }

    fn take_at(&mut self, arena: &Arena, logged: &Logged, place: Place, published: bool) -> bool {
        let at = logged.at;
        let score = score(arena, place);
        let handed_in = arena.board.is_marked_in_module(place.0, place.1)
            || matches!(
                logged.happened,
                Happened::Requested { .. } | Happened::Mark { .. } | Happened::RoundOpened { .. }
            );
        let piece = match self.0.entry(place) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(_) if !handed_in => return false,
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(Piece { handed_in: at, judgements: vec![Judgement::begun(1, at)], moved: at })
            }
        };
        let opened = match &logged.happened {
            Happened::RoundOpened { round, .. } => *round,
            _ => 1,
        };
        let complete = is_complete(arena, place);
        let Some(last) = piece.judgements.last_mut() else { return false };
        if last.score != score {
            piece.moved = at;
        }
        let goes_on = match &last.ended {
            None => opened <= last.round,
            // It stands, unless something has changed since.
            Some(_) if last.score == score && opened <= last.round => return false,
            Some(_) => false,
        };
        if !goes_on {
            last.ended.get_or_insert(at);
            let round = opened.max(last.round);
            piece.judgements.push(Judgement::begun(round, at));
        }
        if let Some(last) = piece.judgements.last_mut() {
            last.score = score;
            last.look(arena, place);
            if complete || published {
                last.ended = Some(at);
            }
        }
        true
    }

    /// Its submission, its judgements and their runs.
    pub fn objects(&self, arena: &Arena, moments: &Moments, place: Place) -> Vec<Object> {
        let Some(piece) = self.0.get(&place) else { return Vec::new() };
        let (entry, module) = place;
        let Some(team) = arena.plan.entries.get(entry.index()).map(|entry| entry.id.to_string()) else {
            return Vec::new();
        };
        let Some(problem_id) = problem_ids(&arena.plan).into_iter().nth(module.index()) else { return Vec::new() };
        let id = format!("{team}.{}", module.index() + 1);
        let submission = SubmissionShape {
            id: id.clone(),
            language_id: LANGUAGE,
            problem_id,
            team_id: team,
            time: piece.handed_in.to_string(),
            contest_time: moments.since_start(piece.handed_in),
            files: [],
        };
        let mut objects = vec![Object::of(Kind::Submissions, id.clone(), &submission)];
        let mut runs = Vec::new();
        for (nth, judgement) in piece.judgements.iter().enumerate() {
            let judgement_id = format!("{id}.{}", nth + 1);
            let ended = judgement.ended;
            let shape = JudgementShape {
                id: &judgement_id,
                submission_id: &id,
                judgement_type_id: ended.map(|_| judged(judgement.score > Mark::ZERO)),
                score: number(judgement.score),
                current: nth + 1 == piece.judgements.len(),
                start_time: judgement.began.to_string(),
                start_contest_time: moments.since_start(judgement.began),
                end_time: ended.map(|at| at.to_string()),
                end_contest_time: ended.map(|at| moments.since_start(at)),
            };
            objects.push(Object::of(Kind::Judgements, judgement_id.clone(), &shape));
            for (ordinal, (worth, at)) in &judgement.aspects {
                let run = RunShape {
                    id: format!("{judgement_id}.{ordinal}"),
                    judgement_id: &judgement_id,
                    ordinal: *ordinal,
                    judgement_type_id: judged(*worth),
                    time: at.to_string(),
                    contest_time: moments.since_start(*at),
                };
                runs.push(Object::of(Kind::Runs, run.id.clone(), &run));
            }
        }
        objects.append(&mut runs);
        objects
    }
}

fn judged(worth: bool) -> &'static str {
    if worth { MARKED } else { WITHOUT_MARKS }
}

/// A module's mark as the standard takes it: never below nothing. What deductions leave over is the board's total's.
pub fn score(arena: &Arena, (entry, module): Place) -> Mark {
    let mark = arena.board.module_mark(entry, module);
    let max = arena.board.scheme().module(module).map_or(mark, |module| module.max);
    mark.clamp(Mark::ZERO, max)
}

fn touched_places(arena: &Arena, touched: &Touched) -> BTreeSet<Place> {
    let mut places = BTreeSet::new();
    for change in &touched.changes {
        let scheme = arena.board.scheme();
        let of_aspects = change.aspects.iter().filter_map(|one| Some(scheme.aspect(one.aspect)?.module));
        places.extend(of_aspects.chain(change.modules.iter().copied()).map(|module| (change.entry, module)));
    }
    let runs = touched.runs.iter().chain(&touched.requests).chain(touched.sheets.iter().map(|(run, _)| run));
    places.extend(runs.filter_map(|run| Some((arena.entry_of(run)?, arena.module_of(run)?))));
    places
}

/// Every aspect has its mark, and where there is a run, it is closed and the referee has seen it to its end.
fn is_complete(arena: &Arena, (entry, module): Place) -> bool {
    let marked = |(aspect, _)| arena.board.aspect(entry, aspect).state == AspectState::Marked;
    run_of(arena, (entry, module)).and_then(|run| arena.runs.get(run)).is_none_or(|now| now.judged)
        && arena.board.scheme().aspects_of(module).all(marked)
}

fn run_of(arena: &Arena, (entry, module): Place) -> Option<&RunId> {
    let code = &arena.board.scheme().module(module)?.code;
    arena.plan.run_for(&arena.plan.entries.get(entry.index())?.id, code)
}
