//! The results pack, for everybody, once the result is final.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use kernel::ErrorCode;
use web::wire::ContestId;
use web::{ApiResult, Path, Problem, Seal};

use super::pack;
use crate::arena::{Arena, Logged, Touched};
use crate::event::{ContestState, Happened};
use crate::plan::{Plan, PlanError};
use crate::{ContestRoom, log};

/// Events that are read at a time.
const AT_ONCE: i64 = 2_000;

/// A ZIP that `guildhall verify` checks: the result, and everything that it follows from.
#[utoipa::path(get, path = "/api/contests/{contest}/results/pack", tag = "results", operation_id = "results_pack", params(ContestId), responses((status = 200, content_type = "application/zip", body = Vec<u8>)))]
pub async fn take(State(room): State<ContestRoom>, Path(contest): Path<ContestId>) -> ApiResult<Response> {
    let floor = room.floor(&contest).await?;
    if floor.arena().state != ContestState::Final {
        return Err(Problem::new(ErrorCode::ContestNotOpen)
            .detail("成绩尚未公布，没有成绩包", "The result is not published yet, so there is no pack"));
    }
    let seal = Seal::of(&room.hall).await?;
    let (plan, log) = read(&room, &contest.0).await?;
    let name = format!("{}-results.zip", contest.0);
    // Folding, hashing and writing of a long log keeps no other request waiting.
    let packed = tokio::task::spawn_blocking(move || packed(plan, &log, &seal)).await.map_err(Problem::internal)??;
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(([(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, disposition)], packed).into_response())
}

fn packed(plan: Plan, log: &[Logged], seal: &Seal) -> ApiResult<Vec<u8>> {
    let end = log.iter().rfind(|logged| matches!(logged.happened, Happened::State { to: ContestState::Final, .. }));
    let end = end.map(|logged| (logged.position, logged.at));
    // What is written after the end, such as the last word of a referee, belongs to no result.
    let Some((position, at)) = end else { return Err(Problem::new(ErrorCode::ContestNotOpen)) };
    let log = &log[..log.partition_point(|logged| logged.position <= position)];
    let mut arena = Arena::new(std::sync::Arc::new(plan)).map_err(|faults| {
        Problem::internal(std::io::Error::other(faults.first().map(ToString::to_string).unwrap_or_default()))
    })?;
    let mut touched = Touched::default();
    for logged in log {
        arena.fold(logged, &mut touched);
    }
    pack::write(&arena, log, at, seal).map_err(Problem::internal)
}

/// The plan and the whole log in one snapshot.
async fn read(room: &ContestRoom, contest: &kernel::ContestId) -> ApiResult<(Plan, Vec<Logged>)> {
    let read = room.hall.db.read::<_, PlanError, _>(|tx| {
        Box::pin(async move {
            let Some(plan) = Plan::load(tx, contest).await? else { return Ok(None) };
            let mut log: Vec<Logged> = Vec::new();
            loop {
                let after = log.last().map_or(0, |logged| logged.position);
                let more = log::since_within(tx, contest, after, AT_ONCE).await?;
                if more.is_empty() {
                    return Ok(Some((plan, log)));
                }
                log.extend(more);
            }
        })
    });
    read.await.map_err(Problem::internal)?.ok_or_else(|| Problem::new(ErrorCode::NotFound))
}
