//! "I see a problem": an official tells the control room.

use axum::extract::State;
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::wire::{ContestId, RunId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, Signed};

use super::stations::may_see;
use super::{must_be_under_way, run_in, words};
use crate::event::Happened;
use crate::{ContestRoom, log};

/// Each stays on the chief judge's screen.
const PROBLEMS_MOST: usize = 50;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reported {
    pub text: String,
    /// The aspect it is about, if it is about one.
    pub aspect: Option<String>,
}

/// Where something stands in the contest's log.
#[derive(Debug, Serialize, ToSchema)]
pub struct Noted {
    pub position: i64,
}

/// Raises an alarm in the control room; marks nothing.
#[utoipa::path(post, path = "/api/contests/{contest}/runs/{run}/problems", tag = "judging", params(ContestId, RunId), request_body = Reported, responses((status = 201, body = Noted)))]
pub async fn report(
    State(room): State<ContestRoom>,
    signed: Signed,
    key: IdempotencyKey,
    Path((contest, run)): Path<(ContestId, RunId)>,
    Json(reported): Json<Reported>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    {
        let arena = floor.arena();
        let planned = run_in(&arena, &run)?;
        if !arena.plan.station(&planned.station).is_some_and(|station| may_see(&signed, &arena, station)) {
            return Err(
                Problem::new(ErrorCode::Forbidden).detail("该场次不在您的赛场", "This run is not at your venue")
            );
        }
    }
    let Some(text) = words("text", Some(&reported.text), 1000)? else {
        return Err(Problem::invalid("text", "请写明问题", "say what the problem is"));
    };
    if reported.aspect.as_ref().is_some_and(|aspect| floor.arena().aspect(aspect).is_none()) {
        return Err(Problem::new(ErrorCode::MarkUnknownAspect));
    }
    let happened = Happened::Problem { run: run.clone(), aspect: reported.aspect, text };
    let (hall, floor, contest, run, happened, account) =
        (&room.hall, &floor, &contest.0, &run, &happened, &signed.0.account);
    let subject: kernel::MarkId = hall.fresh();
    let subject = subject.as_str();
    web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor.current(tx).await?;
            {
                let arena = floor.arena();
                must_be_under_way(&arena)?;
                if arena.problems.iter().filter(|problem| problem.run == run.0).count() >= PROBLEMS_MOST {
                    return Err(Problem::new(ErrorCode::TooManyRequests).detail(
                        format!("该场次已报告 {PROBLEMS_MOST} 个问题，请直接联系裁判长"),
                        format!("{PROBLEMS_MOST} problems of this run were reported; speak to the chief judge"),
                    ));
                }
            }
            let position = log::append(tx, contest, hall.now(), Some(account), subject, happened).await?;
            Answer::created(&Noted { position })
        })
    })
    .await
}
