//! Reported problems with their answers: a judge reads his own, an operator those of his venue, who oversees the contest all of them.

use axum::extract::State;
use kernel::{Role, Scope};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::wire::{ContestId, RunId};
use web::{ApiResult, Json, Listed, Page, Paged, Path, Problem, Signed};

use super::{oversees, place_of};
use crate::ContestRoom;
use crate::arena::{Arena, ProblemNow};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProblemFilter {
    /// `open` or `settled`.
    pub state: Option<String>,
    #[param(value_type = Option<String>)]
    pub run: Option<RunId>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemSeen {
    /// Where the report stands in the log; its name in addresses.
    pub problem: i64,
    pub run: RunId,
    pub entry_no: String,
    pub station: String,
    pub aspect: Option<String>,
    pub text: String,
    pub at_ms: i64,
    /// Whether the caller reported it.
    pub mine: bool,
    /// The judge who did, if it was one.
    pub by: Option<String>,
    pub settled: Option<Settled>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Settled {
    pub answer: String,
    pub by: String,
    pub at_ms: i64,
}

/// Newest first.
#[utoipa::path(get, path = "/api/contests/{contest}/problems", tag = "judging", operation_id = "list_problems", params(ContestId, ProblemFilter, Page), responses((status = 200, body = Listed<ProblemSeen>)))]
pub async fn list(
    State(room): State<ContestRoom>,
    signed: Signed,
    Path(contest): Path<ContestId>,
    Paged { page, filter }: Paged<ProblemFilter>,
) -> ApiResult<Json<Listed<ProblemSeen>>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let settled = match filter.state.as_deref() {
        None => None,
        Some("open") => Some(false),
        Some("settled") => Some(true),
        Some(_) => return Err(Problem::invalid("state", "open 或 settled", "open or settled")),
    };
    let after = page.after_number()?.unwrap_or(i64::MAX);
    let all = oversees(&signed, &contest);
    let wanted = arena.problems.iter().rev().filter(|problem| {
        problem.position < after
            && settled.is_none_or(|settled| problem.settled.is_some() == settled)
            && filter.run.as_ref().is_none_or(|run| problem.run == run.0)
            && (all || mine(&signed, problem) || operates(&signed, &arena, problem))
    });
    let items = wanted.take(page.limit() + 1).filter_map(|problem| seen(&arena, problem, &signed)).collect();
    Ok(Json(Listed::of(items, &page, |problem: &ProblemSeen| problem.problem.to_string())))
}

fn mine(signed: &Signed, problem: &ProblemNow) -> bool {
    problem.account.as_ref() == Some(&signed.0.account)
}

/// Whether the caller is an operator where a problem was reported.
fn operates(signed: &Signed, arena: &Arena, problem: &ProblemNow) -> bool {
    let place = arena.plan.run(&problem.run).map(|run| place_of(arena, run));
    place.is_some_and(|place: Scope| signed.0.holds_any(&[Role::VenueOperator], &place))
}

fn seen(arena: &Arena, problem: &ProblemNow, signed: &Signed) -> Option<ProblemSeen> {
    let run = arena.plan.run(&problem.run)?;
    let judge = problem.account.as_ref().and_then(|account| arena.plan.judge(account));
    Some(ProblemSeen {
        problem: problem.position,
        run: RunId(problem.run.clone()),
        entry_no: arena.plan.entry(&run.entry)?.no.clone(),
        station: arena.plan.station(&run.station)?.code.clone(),
        aspect: problem.aspect.clone(),
        text: problem.text.clone(),
        at_ms: problem.at.as_millis(),
        mine: mine(signed, problem),
        by: judge.map(|judge| judge.person_name.clone()),
        settled: problem.settled.as_ref().map(|settled| Settled {
            answer: settled.answer.clone(),
            by: settled.by.clone(),
            at_ms: settled.at.as_millis(),
        }),
    })
}
