//! Verdicts with their evidence, by blind number.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use web::wire::{ContestId, RunId};
use web::{ApiResult, Json, Listed, Page, Paged, Path, Problem, Signed};

use super::oversees;
use crate::ContestRoom;
use crate::sheet::{VerdictSeen, is_still_hidden, seen};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VerdictFilter {
    /// `waiting` or `decided`.
    pub state: Option<String>,
    #[param(value_type = Option<String>)]
    pub run: Option<RunId>,
}

/// Newest first. A judge sees those of a rule in the shadow only once the aspect has its mark and the run was judged to its end.
#[utoipa::path(get, path = "/api/contests/{contest}/verdicts", tag = "judging", params(ContestId, VerdictFilter, Page), responses((status = 200, body = Listed<VerdictSeen>)))]
pub async fn list(
    State(room): State<ContestRoom>,
    signed: Signed,
    Path(contest): Path<ContestId>,
    Paged { page, filter }: Paged<VerdictFilter>,
) -> ApiResult<Json<Listed<VerdictSeen>>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let waiting = match filter.state.as_deref() {
        None => None,
        Some("waiting") => Some(true),
        Some("decided") => Some(false),
        Some(_) => return Err(Problem::invalid("state", "waiting 或 decided", "waiting or decided")),
    };
    let from = page.after_number()?.unwrap_or(0).max(0) as usize;
    let all = oversees(&signed, &contest);
    // A chief judge who marks is a judge here as well: what waits for his mark is hidden from him too.
    let marks = !all || arena.plan.judge(&signed.0.account).is_some();
    let mut items: Vec<VerdictSeen> = arena
        .verdict_order
        .iter()
        .rev()
        .filter_map(|id| arena.verdicts.get(id))
        .filter(|verdict| waiting.is_none_or(|waiting| verdict.waits() == waiting))
        .filter(|verdict| filter.run.as_ref().is_none_or(|run| verdict.run == run.0))
        .filter(|verdict| {
            !(marks && is_still_hidden(&arena, verdict))
                && (all
                    || arena
                        .plan
                        .run(&verdict.run)
                        .is_some_and(|run| arena.plan.panel(run).any(|judge| judge.account == signed.0.account)))
        })
        .skip(from)
        .take(page.limit() + 1)
        .map(|verdict| seen(&arena, verdict))
        .collect();
    let more = items.len() > page.limit();
    items.truncate(page.limit());
    Ok(Json(Listed { items, next: more.then(|| hex::encode((from + page.limit()).to_string())) }))
}
