//! What judges, chief judges and operators do while a contest runs.

pub(crate) mod clock;
pub(crate) mod decide;
mod equipment;
mod excuse;
mod mine;
mod open_sheets;
mod panels;
mod present;
mod problem;
mod problems;
mod request;
mod runs;
mod settle;
mod sheet;
mod stations;
pub(crate) mod submit;
pub(crate) mod take_back;
pub(crate) mod theory;
mod verdicts;

pub(crate) use open_sheets::OpenSheets;
pub(crate) use stations::may_see;
pub(crate) use submit::must_be_on_panel;

use kernel::{ContestId, ErrorCode, Role, Scope};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{ApiResult, Problem, Signed};

use crate::ContestRoom;
use crate::arena::{Arena, MarksClosed};
use crate::plan::PlannedRun;

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new()
        .routes(routes!(stations::stations))
        .routes(routes!(runs::runs))
        .routes(routes!(sheet::sheet))
        .routes(routes!(submit::submit))
        .routes(routes!(present::present))
        .routes(routes!(theory::list, theory::import))
        .routes(routes!(problem::report))
        .routes(routes!(problems::list))
        .routes(routes!(settle::settle))
        .routes(routes!(excuse::excuse))
        .routes(routes!(excuse::take_back))
        .routes(routes!(clock::act))
        .routes(routes!(request::request))
        .routes(routes!(mine::mine))
        .routes(routes!(panels::panels))
        .routes(routes!(equipment::set))
        .routes(routes!(verdicts::list))
        .routes(routes!(decide::decide))
        .routes(routes!(take_back::take_back))
}

/// The run of that id in this contest: a run of another contest is not there.
pub(crate) fn run_in<'a>(arena: &'a Arena, run: &kernel::RunId) -> ApiResult<&'a PlannedRun> {
    arena
        .plan
        .run(run)
        .ok_or_else(|| Problem::not_found(format!("本场没有这个场次：{run}"), format!("This contest has no run {run}")))
}

/// The venue at which a run takes place, as a scope.
fn place_of(arena: &Arena, run: &PlannedRun) -> Scope {
    match arena.plan.station(&run.station) {
        Some(station) => Scope::Venue(arena.plan.id.clone(), station.venue.clone()),
        None => Scope::Contest(arena.plan.id.clone()),
    }
}

/// Whether the caller sees the contest as a whole.
fn oversees(signed: &Signed, contest: &ContestId) -> bool {
    signed.0.holds_any(&[Role::ChiefJudge, Role::Organiser, Role::Supervisor], &Scope::Contest(contest.clone()))
}

/// Whether the caller acts in the contest as a whole. A supervisor sees everything and an organiser prepares everything; neither role acts on
/// clocks, verdicts or requests, whatever else its bearer may do at one venue.
fn presides(signed: &Signed, contest: &ContestId) -> bool {
    signed.0.holds(Role::ChiefJudge, &Scope::Contest(contest.clone()))
}

/// Reports, requests and photographs are taken while the contest is open.
pub(crate) fn must_be_under_way(arena: &Arena) -> ApiResult<()> {
    if arena.state.takes_marks() {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::ContestNotOpen).detail(
        format!("赛事处于 {}，不接受评分", arena.state.code()),
        format!("The contest is {} and takes no marks", arena.state.code()),
    ))
}

/// Whatever may change a mark, clocks among it, is taken while the contest is open, until a recheck is ordered or a draw undone.
pub(crate) fn must_take_marks(arena: &Arena) -> ApiResult<()> {
    must_be_under_way(arena)?;
    must_not_be_closed(arena)
}

pub(crate) fn must_not_be_closed(arena: &Arena) -> ApiResult<()> {
    let problem = Problem::new(ErrorCode::MarksClosed);
    match arena.marks_closed() {
        None => Ok(()),
        Some(MarksClosed::ByRecheck) => Err(problem.detail(
            "成绩复核已经下达，得分不再变动。有误的由复核或申诉更正；确须重新评分的，请裁判长退回评分，本次复核随之作废",
            "The recheck has been ordered, and marks stand. What is wrong is corrected by it, or on appeal; if something must be marked again, \
             ask the chief judge to take the contest back, which voids the recheck",
        )),
        Some(MarksClosed::ByDraw) => Err(problem.detail(
            "抽签已经解密，得分不再变动。有误的请通过申诉更正",
            "The draw is undone, and marks stand. What is wrong is corrected on appeal",
        )),
    }
}

/// Free text of a person, trimmed; `None` when there is nothing.
pub(crate) fn words(path: &str, text: Option<&String>, most: usize) -> ApiResult<Option<String>> {
    let Some(text) = text.map(|text| text.trim()).filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.chars().count() > most || text.contains('\0') {
        return Err(Problem::invalid(path, format!("最多 {most} 个字"), format!("at most {most} characters")));
    }
    Ok(Some(text.to_owned()))
}
