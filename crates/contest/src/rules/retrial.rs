//! Recorded runs are judged once more: the stored batches of their time go through the referee's own watch, by another text.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use catalogue::LoadedScheme;
use kernel::RunId;
use store::args;
use web::{ApiResult, Hall, Problem, wire};

use crate::arena::Arena;
use crate::event::Happened;
use crate::floor::Floor;
use crate::room::blocking;
use crate::sql;
use crate::watch::{Docket, Found, Stored, Unpacker, Watches};

/// More runs than a contest's day has.
const RUNS_MOST: usize = 1_000;
/// So many samples are judged well within the time that a request may take.
const SAMPLES_MOST: i64 = 20_000_000;
const BATCHES_AT_ONCE: i64 = 500;

/// Which runs are judged again.
pub enum Wanted {
    /// All that were opened at a position of the log or later.
    OpenedSince(i64),
    These(Vec<wire::RunId>),
}

/// What was found, beside the contest as it stood then.
pub struct Retrial {
    pub arena: Arc<Arena>,
    /// The verdicts of each run that stand, in the order in which they were found. A run in which nothing was found is there too.
    pub found: BTreeMap<RunId, Vec<Happened>>,
}

/// Judges on a copy of the arena; between two stretches of batches it can be given up.
pub async fn judge_again(
    hall: &Hall,
    floor: &Arc<Floor>,
    scheme: &LoadedScheme,
    wanted: &Wanted,
) -> ApiResult<Retrial> {
    floor.read_gateways().await?;
    let (arena, judged) = as_judged(floor).await?;
    let runs = chosen(&arena, wanted)?;
    let mut found: BTreeMap<RunId, Vec<Happened>> = runs.iter().map(|run| (run.clone(), Vec::new())).collect();
    let Some(opened) = runs.iter().filter_map(|run| arena.runs.get(run)?.watched.opened_by()).min() else {
        return Ok(Retrial { arena, found });
    };
    let contest = &floor.contest;
    let begin: i64 = hall.db.one(sql::TELEMETRY_AFTER, &args![contest, opened]).await?.get("position")?;
    // Where the last of them ended, or where the referee is in those that go on.
    let ends = runs.iter().filter_map(|run| arena.runs.get(run)?.judged_after.or(Some(judged)));
    let end = ends.max().unwrap_or(judged);
    let samples: i64 = hall.db.one(sql::TELEMETRY_AMOUNT, &args![contest, begin, end]).await?.get("samples")?;
    if samples > SAMPLES_MOST {
        return Err(Problem::invalid(
            "runs",
            format!("这些场次期间共有 {samples} 个样本，一次最多 {SAMPLES_MOST} 个；请少选几场"),
            format!(
                "these runs' time holds {samples} samples, and {SAMPLES_MOST} are the most at once: choose fewer runs"
            ),
        ));
    }
    let gateways = Arc::new(floor.gateways());
    let docket = Docket::Again { scheme: scheme.clone(), runs: runs.into_iter().collect() };
    let mut watches = Watches::new(docket, begin);
    let (mut position, mut unpacker) = (begin, Unpacker::default());
    loop {
        let rows = hall.db.all(sql::TELEMETRY_SINCE, &args![contest, position, BATCHES_AT_ONCE]).await?;
        let mut stretch: Vec<(i64, i64, Vec<u8>)> = Vec::with_capacity(rows.len());
        for row in &rows {
            stretch.push((row.get("position")?, row.get("after")?, row.get("body")?));
        }
        position = stretch.last().map_or(position, |(position, ..)| *position);
        stretch.retain(|(position, ..)| *position <= end);
        let is_last = (stretch.len() as i64) < BATCHES_AT_ONCE;
        let (arena, gateways) = (arena.clone(), gateways.clone());
        let (more, further, again) = blocking(move || {
            let mut more = Vec::new();
            for (position, after, body) in &stretch {
                match unpacker.unpack(body) {
                    Some(batch) => {
                        let stored = Stored { position: *position, after: *after, batch: &batch };
                        more.extend(watches.hear(&arena, &gateways, &stored));
                    }
                    None => watches.pass_over(*position),
                }
            }
            if is_last {
                more.extend(watches.finish_judged(&arena, &gateways));
            }
            (more, watches, unpacker)
        })
        .await?;
        (watches, unpacker) = (further, again);
        keep_verdicts(&mut found, more);
        if is_last {
            break;
        }
    }
    Ok(Retrial { arena, found })
}

/// The contest as it stands when the referee of this node has judged one batch and not yet the next, and which batch that is: every verdict of
/// the batches up to it is there, and none of later ones.
async fn as_judged(floor: &Arc<Floor>) -> ApiResult<(Arc<Arena>, i64)> {
    let judged = floor.judged.lock().await;
    floor.caught_up_to_newest().await;
    let whole = floor.clone();
    let arena = blocking(move || whole.arena().clone()).await?;
    Ok((Arc::new(arena), *judged))
}

fn keep_verdicts(found: &mut BTreeMap<RunId, Vec<Happened>>, more: Vec<Found>) {
    for Found { happened, .. } in more {
        let (Happened::Verdict { run, .. } | Happened::VerdictAmended { run, .. }) = &happened else { continue };
        let Some(verdicts) = found.get_mut(&run.0) else { continue };
        match &happened {
            Happened::VerdictAmended { verdict, .. } => {
                verdicts.retain(|one| !matches!(one, Happened::Verdict { id, .. } if id.0 == verdict.0));
            }
            _ => verdicts.push(happened),
        }
    }
}

/// The runs that are judged again, each once. Whoever names one that can't be is told which.
fn chosen(arena: &Arena, wanted: &Wanted) -> ApiResult<HashSet<RunId>> {
    let opened = |run: &RunId| arena.runs.get(run).and_then(|now| now.watched.opened_by());
    let chosen: HashSet<RunId> = match wanted {
        Wanted::OpenedSince(since) => {
            let since = arena.plan.runs.iter().filter(|run| opened(&run.id).is_some_and(|at| at >= *since));
            since.map(|run| run.id.clone()).collect()
        }
        Wanted::These(runs) => {
            must_be_few(runs.len())?;
            let mut faults = Vec::new();
            for (at, run) in runs.iter().enumerate() {
                if arena.plan.run(run).is_none() {
                    faults.push((
                        at,
                        format!("本场没有这个场次：{}", **run),
                        format!("this contest has no run {}", **run),
                    ));
                } else if opened(run).is_none() {
                    faults.push((at, format!("场次 {} 尚未开始", **run), format!("run {} has not begun", **run)));
                }
            }
            if !faults.is_empty() {
                let problem = Problem::new(kernel::ErrorCode::Invalid);
                return Err(faults
                    .into_iter()
                    .fold(problem, |problem, (at, zh, en)| problem.field(format!("runs[{at}]"), zh, en)));
            }
            runs.iter().map(|run| run.0.clone()).collect()
        }
    };
    must_be_few(chosen.len())?;
    Ok(chosen)
}

fn must_be_few(runs: usize) -> ApiResult<()> {
    if runs <= RUNS_MOST {
        return Ok(());
    }
    Err(Problem::invalid(
        "runs",
        format!("共 {runs} 场，一次最多 {RUNS_MOST} 场；请选定场次"),
        format!("these are {runs} runs, and {RUNS_MOST} are the most at once: choose some"),
    ))
}
