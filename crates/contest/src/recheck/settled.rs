//! What has to be settled before marks close: a recheck that is ordered, and a draw that is undone, take no mark after them.

use kernel::Text;
use web::Problem;

use crate::arena::Arena;
use crate::plan::PlannedRun;
use crate::sheet::owed;

/// So many things are listed by name; all are counted.
const LISTED_MOST: usize = 100;

/// Something that is still out, with its place.
pub struct Unsettled {
    path: String,
    says: Text,
}

/// Before a recheck is ordered: runs that are under way or not judged to their end, and sheets without which somebody would have no mark that
/// could be rechecked. While numbers are sealed every sheet, for none may be open when they are undone.
pub fn unsettled(arena: &Arena) -> Vec<Unsettled> {
    let mut out: Vec<Unsettled> = arena.plan.runs.iter().filter_map(|run| unjudged(arena, run)).collect();
    let is_sealed = arena.draw.as_ref().is_some_and(|draw| draw.is_sealed());
    let has_mark = |run: &PlannedRun| {
        let entry = arena.board.field().entry_ix(&run.entry);
        entry.is_some_and(|entry| arena.rechecked(entry).next().is_some())
    };
    let sheets = arena.plan.runs.iter().filter(|run| is_sealed || !has_mark(run));
    out.extend(sheets.filter_map(|run| open_sheet(arena, run)));
    out
}

/// Sheets of runs that have begun on which somebody who may mark has not, or a verdict waits.
pub fn open_sheets(arena: &Arena) -> Vec<Unsettled> {
    arena.plan.runs.iter().filter_map(|run| open_sheet(arena, run)).collect()
}

/// The refusal, with the list.
pub fn refused(problem: Problem, out: Vec<Unsettled>) -> Problem {
    out.into_iter().take(LISTED_MOST).fold(problem, |problem, it| problem.field_text(it.path, it.says))
}

/// What the referee would still say of a run would come too late.
fn unjudged(arena: &Arena, run: &PlannedRun) -> Option<Unsettled> {
    let now = arena.runs.get(&run.id)?;
    let (zh, en) = match now.clock.state() {
        "waiting" => return None,
        "closed" if now.judged => return None,
        "closed" => ("智能裁判尚未评完，数据可能还在路上", "not judged to its end; samples may be on their way"),
        _ => ("场次未结束", "the run is not closed"),
    };
    Some(Unsettled { path: format!("runs[{}]", run.id), says: named(arena, run, zh, en) })
}

/// A seat that nobody can take keeps no sheet open.
fn open_sheet(arena: &Arena, run: &PlannedRun) -> Option<Unsettled> {
    if arena.runs.get(&run.id)?.clock.state() == "waiting" {
        return None;
    }
    let rounds = arena.rounds_wanted.iter().filter(|(of, ..)| *of == run.id).count() as u32;
    let missing = owed(arena, run).missing.iter().map(|(_, count)| count).sum::<u32>() + rounds;
    let waiting = arena.verdicts.values().filter(|verdict| verdict.run == run.id && verdict.waits()).count();
    let says = named(
        arena,
        run,
        &format!("缺 {missing} 项评分，待处理判定 {waiting} 项"),
        &format!("marks that are missing: {missing}; verdicts that wait: {waiting}"),
    );
    (missing > 0 || waiting > 0).then(|| Unsettled { path: format!("sheets[{}]", run.id), says })
}

fn named(arena: &Arena, run: &PlannedRun, zh: &str, en: &str) -> Text {
    let no = arena.plan.entry(&run.entry).map(|entry| entry.no.as_str()).unwrap_or_default();
    let module = &run.module;
    Text::new(format!("{no} · {module}：{zh}"), format!("{no} · {module}: {en}"))
}
