//! "Please judge": the competitor signals at a checkpoint, by himself or through an official at his station.

use axum::extract::State;
use kernel::{ErrorCode, Role};
use serde::Deserialize;
use utoipa::ToSchema;
use web::wire::{ContestId, RunId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, Signed};

use super::problem::Noted;
use super::{must_be_under_way, place_of, presides, run_in, words};
use crate::arena::Arena;
use crate::event::Happened;
use crate::{ContestRoom, log};

/// The same again within this time is the same wish.
const AGAIN_AFTER_MS: i64 = 10_000;
/// More than any scheme has checkpoints to ask at, tried again and again.
const REQUESTS_MOST: usize = 100;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PleaseJudge {
    /// The checkpoint that the scheme names, or none for the run as a whole.
    pub checkpoint: Option<String>,
}

/// The referee judges what is bound to the checkpoint, and the judges are told.
#[utoipa::path(post, path = "/api/contests/{contest}/runs/{run}/judge-requests", tag = "judging", params(ContestId, RunId), request_body = PleaseJudge, responses((status = 201, body = Noted)))]
pub async fn request(
    State(room): State<ContestRoom>,
    signed: Signed,
    key: IdempotencyKey,
    Path((contest, run)): Path<(ContestId, RunId)>,
    Json(asked): Json<PleaseJudge>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    {
        let arena = floor.arena();
        let planned = run_in(&arena, &run)?;
        let own = arena.plan.entry(&planned.entry).is_some_and(|entry| entry.person == signed.0.person);
        if !own && !presides(&signed, &contest) {
            signed.must_hold(&[Role::VenueOperator, Role::Judge], &place_of(&arena, planned))?;
        }
    }
    let checkpoint = words("checkpoint", asked.checkpoint.as_ref(), 100)?;
    if let Some(name) = &checkpoint {
        let arena = floor.arena();
        let known = arena.rules_of(&run).scheme.rules.checkpoints();
        if !known.contains(&name.as_str()) {
            let known = known.join(", ");
            return Err(Problem::invalid(
                "checkpoint",
                format!("没有这个检查点；有：{known}"),
                format!("there is no such checkpoint; there are: {known}"),
            ));
        }
    }
    let happened = Happened::Requested { run: run.clone(), checkpoint: checkpoint.clone() };
    let checkpoint = checkpoint.as_deref();
    let (hall, floor_ref, contest, run, happened, account) =
        (&room.hall, &floor, &contest.0, &run, &happened, &signed.0.account);
    web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            {
                let arena = floor_ref.arena();
                must_be_under_way(&arena)?;
                if arena.runs.get(&run.0).is_none_or(|now| now.clock.state() != "open") {
                    return Err(Problem::new(ErrorCode::RunState).detail("该场次未在进行", "The run is not under way"));
                }
                must_not_flood(&arena, run, checkpoint, hall.now())?;
            }
            let subject: kernel::MarkId = hall.fresh();
            let position = log::append(tx, contest, hall.now(), Some(account), subject.as_str(), happened).await?;
            Answer::created(&Noted { position })
        })
    })
    .await
}

/// Each request stands in the log for ever and is told to everybody.
fn must_not_flood(
    arena: &Arena,
    run: &kernel::RunId,
    checkpoint: Option<&str>,
    now: kernel::Timestamp,
) -> ApiResult<()> {
    if arena.requests_of(run).count() >= REQUESTS_MOST {
        return Err(Problem::new(ErrorCode::TooManyRequests).detail(
            format!("该场次已请求评判 {REQUESTS_MOST} 次，请直接联系裁判"),
            format!("This run has asked {REQUESTS_MOST} times; speak to a judge"),
        ));
    }
    let last = arena.requests_of(run).rfind(|request| request.checkpoint.as_deref() == checkpoint);
    let wait_ms = last.map_or(0, |last| AGAIN_AFTER_MS - now.millis_since(last.at));
    if wait_ms > 0 {
        return Err(Problem::new(ErrorCode::TooManyRequests)
            .retry_after_s(((wait_ms + 999) / 1000) as u32)
            .detail("刚刚已请求评判，裁判已收到", "You have just asked, and the judges have been told"));
    }
    Ok(())
}
