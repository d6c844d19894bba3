//! The contest's marks as the crate `analysis` takes them.
//!
//! Only what is marked in full is taken, of those who take part. A judge's mark is his last in the round that counts, at the time when he gave
//! it; what an instrument measured is nobody's judgement, so a measured value has no judge here. Where a rule is in the shadow, referee and
//! judge marked without knowing of each other: these are compared. What the referee found under any other policy was there to be seen.
//!
//! Time has no nights in it: it is counted from the first mark of each day, and a day ends where nobody marks for [`PAUSE_MS`].

use std::collections::{BTreeSet, HashMap};

use analysis::{Aspect, By, Fault, Observation, Observations, Setting};
use kernel::{AccountId, Mark, Timestamp};
use marking::{AspectIx, AspectKind, AspectState, EntryIx, Policy};

use crate::arena::Arena;
use crate::clock::RunClock;
use crate::rules::agreement::{Pair, first_marks, pairs};

/// Longer than any meal, shorter than any night.
const PAUSE_MS: i64 = 4 * 3_600_000;

pub struct Observed {
    /// Judges are named by their codes; competitors have the places of the field as numbers.
    pub observations: Observations,
    /// How many aspects of competitors were marked anew after the judges had talked.
    pub again: usize,
}

/// A row whose time still has its nights in it; a theory paper has none.
struct Row {
    row: Observation,
    at: Option<Timestamp>,
}

pub fn observed(arena: &Arena) -> Result<Observed, Vec<Fault>> {
    let (board, plan) = (&arena.board, &arena.plan);
    let scheme = board.scheme();
    let judges: HashMap<&AccountId, u32> =
        plan.judges.iter().zip(0..).map(|(judge, at)| (&judge.account, at)).collect();
    let first = first_marks(arena);
    let blind: HashMap<(EntryIx, AspectIx), Pair<'_>> = scheme
        .aspect_ixs()
        .filter(|ix| matches!(scheme.aspect(*ix), Some(aspect) if matches!(aspect.kind, AspectKind::Automatic { .. })))
        .flat_map(|ix| pairs(arena, &first, ix).map(move |pair| ((pair.judge.entry, ix), pair)).collect::<Vec<_>>())
        .filter(|((entry, ix), _)| board.policy(*entry, *ix) == Some(Policy::Shadow))
        .collect();
    let mut rows: Vec<Row> = Vec::new();
    let mut again = 0;
    for entry in board.field().entry_ixs().filter(|entry| !board.score(*entry).withdrawn) {
        let seat = &plan.entries[entry.index()];
        for (ix, aspect) in scheme.aspect_ixs().zip(scheme.aspects()) {
            let now = board.aspect(entry, ix);
            let Some(mark) = now.mark.filter(|_| now.state == AspectState::Marked) else { continue };
            let run = scheme.module(aspect.module).and_then(|module| plan.run_for(&seat.id, &module.code));
            let at =
                run.and_then(|run| plan.station(&plan.run(run)?.station)).map_or(&seat.venue, |station| &station.venue);
            let venue = plan.venues.iter().position(|venue| venue.id == *at).unwrap_or(0) as u32;
            let row = |by: By, mark: Mark| Observation { competitor: entry.0, aspect: ix.0, by, mark, venue, at_ms: 0 };
            let round = board.round(entry, ix);
            again += usize::from(round > 1);
            let given: Vec<_> = (board.given(entry, ix).filter(|given| given.round == round))
                .filter_map(|given| arena.marks.get(&given.mark))
                .collect();
            let judged_at = match given.iter().map(|mark| mark.marked_at.as_millis()).sum::<i64>() {
                _ if given.is_empty() => run.and_then(|run| match arena.runs.get(run)?.clock {
                    RunClock::Closed { at, .. } => Some(at),
                    _ => Some(arena.aspect_at(entry, ix)),
                }),
                sum => Some(Timestamp::from_millis(sum / given.len() as i64)),
            };
            rows.push(Row { row: row(By::Counted, mark), at: judged_at });
            let by_judge = match (&aspect.kind, blind.get(&(entry, ix))) {
                (AspectKind::Tolerance(_) | AspectKind::Theory, _) => Vec::new(),
                (_, Some(pair)) => {
                    rows.push(Row { row: row(By::Machine, pair.referee), at: judged_at });
                    vec![pair.judge]
                }
                (_, None) => given,
            };
            rows.extend(by_judge.into_iter().filter_map(|mark| {
                let judge = *judges.get(&mark.judge)?;
                Some(Row { row: row(By::Judge(judge), mark.given), at: Some(mark.marked_at) })
            }));
        }
    }
    let observations = Observations::new(setting(arena), timed(rows))?;
    Ok(Observed { observations, again })
}

/// Each row with its time of the day. What has none gets its competitor's mean time, so that it says nothing of hours.
fn timed(rows: Vec<Row>) -> Vec<Observation> {
    let times: BTreeSet<i64> = rows.iter().filter_map(|row| Some(row.at?.as_millis())).collect();
    let of_day = times_of_day(&times);
    let mut means: HashMap<u32, (i64, i64)> = HashMap::new();
    for row in &rows {
        if let (Some(at), By::Counted) = (row.at, row.row.by) {
            let (sum, count) = means.entry(row.row.competitor).or_default();
            (*sum, *count) = (*sum + of_day[&at.as_millis()], *count + 1);
        }
    }
    let timed = |row: &Row| {
        let mean = || means.get(&row.row.competitor).map_or(0, |(sum, count)| sum / count);
        Observation { at_ms: row.at.map_or_else(mean, |at| of_day[&at.as_millis()]), ..row.row }
    };
    rows.iter().map(timed).collect()
}

fn times_of_day(times: &BTreeSet<i64>) -> HashMap<i64, i64> {
    let (mut began, mut before) = (0, None);
    let of_day = |at: &i64| {
        if before.is_none_or(|before| at - before >= PAUSE_MS) {
            began = *at;
        }
        before = Some(*at);
        (*at, at - began)
    };
    times.iter().map(of_day).collect()
}

fn setting(arena: &Arena) -> Setting {
    let scheme = arena.board.scheme();
    let aspect = |aspect: &marking::Aspect| Aspect {
        code: aspect.code.clone(),
        name: aspect.name.clone(),
        max: aspect.max,
        steps: steps(&aspect.kind, aspect.max),
        abilities: aspect.abilities.iter().map(|ability| ability.0).collect(),
    };
    Setting {
        aspects: scheme.aspects().iter().map(aspect).collect(),
        judges: (0..arena.plan.judges.len()).map(judge_code).collect(),
        venues: arena.plan.venues.iter().map(|venue| venue.name.clone().into()).collect(),
        abilities: scheme.abilities().iter().map(|ability| ability.name.clone()).collect(),
    }
}

/// What a judge is called by those who may not know his name: his place in the order in which judges joined.
pub fn judge_code(at: usize) -> String {
    format!("J{:02}", at + 1)
}

/// In how many steps marks are given; what has no steps of its own is as fine as marks are.
fn steps(kind: &AspectKind, max: Mark) -> u32 {
    let by = |step: Mark| (max.hundredths() / step.hundredths().max(1)).clamp(1, 10_000) as u32;
    match kind {
        AspectKind::YesNo => 1,
        AspectKind::Levels(_) => marking::Levels::LEVEL_MOST,
        AspectKind::Panel(panel) => by(panel.step),
        AspectKind::Steps(steps) => steps.len().max(1) as u32,
        AspectKind::Deductions(deductions) => deductions.iter().map(|deduction| deduction.marks).min().map_or(1, by),
        AspectKind::Tolerance(_) | AspectKind::Automatic { .. } | AspectKind::Theory => by(Mark::from_hundredths(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_is_no_time() {
        const HOUR: i64 = 3_600_000;
        let times = BTreeSet::from([8 * HOUR, 11 * HOUR, 13 * HOUR, 32 * HOUR, 33 * HOUR]);
        let of_day = times_of_day(&times);
        let expected = [(8, 0), (11, 3), (13, 5), (32, 0), (33, 1)];
        assert!(expected.iter().all(|(at, since)| of_day[&(at * HOUR)] == since * HOUR), "{of_day:?}");
        assert!(times_of_day(&BTreeSet::new()).is_empty());
    }

    #[test]
    fn steps_of_each_way_of_marking() {
        let hundredths = Mark::from_hundredths;
        let deduction =
            |marks| marking::Deduction { code: "a".into(), name: kernel::Text::default(), marks: hundredths(marks) };
        let panel = marking::Panel { judges: 3, drop_extremes: false, step: hundredths(10) };
        for (kind, max, expected) in [
            (AspectKind::YesNo, 200, 1),
            (AspectKind::Panel(panel), 400, 40),
            (AspectKind::Deductions(vec![deduction(100), deduction(50)]), 200, 4),
            (AspectKind::Deductions(Vec::new()), 200, 1),
            (AspectKind::Theory, 300, 300),
        ] {
            assert_eq!(steps(&kind, hundredths(max)), expected, "{kind:?}");
        }
    }
}
