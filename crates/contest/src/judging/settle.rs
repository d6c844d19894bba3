//! A reported problem is settled: the chief judge, or the operator of its venue, says what was done about it. Once.

use axum::extract::State;
use kernel::{ErrorCode, Role, Scope};
use serde::{Deserialize, Serialize};
use store::args;
use utoipa::ToSchema;
use web::wire::{ContestId, RunId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, Signed};

use super::problems::Settled;
use super::{place_of, words};
use crate::arena::{Arena, ProblemNow};
use crate::event::Happened;
use crate::{ContestRoom, log, sql};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settle {
    /// What was done, for the one who reported it.
    pub answer: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SettledAt {
    pub problem: i64,
    pub settled: Settled,
    pub position: i64,
}

/// The answer goes back to whoever reported it. What is settled stays settled.
#[utoipa::path(post, path = "/api/contests/{contest}/problems/{problem}/settlement", tag = "judging", params(ContestId, ("problem" = i64, Path, description = "where the report stands in the log")), request_body = Settle, responses((status = 200, body = SettledAt)))]
pub async fn settle(
    State(room): State<ContestRoom>,
    signed: Signed,
    key: IdempotencyKey,
    Path((contest, problem)): Path<(ContestId, i64)>,
    Json(settle): Json<Settle>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let run = {
        let arena = floor.arena();
        let found = reported(&arena, problem)?;
        if !signed.0.holds_any(&[Role::ChiefJudge], &Scope::Contest(contest.0.clone())) {
            let place = arena.plan.run(&found.run).map(|run| place_of(&arena, run));
            let place = place.ok_or_else(|| Problem::new(ErrorCode::NotFound))?;
            signed.must_hold(&[Role::VenueOperator], &place)?;
        }
        RunId(found.run.clone())
    };
    let Some(answer) = words("answer", Some(&settle.answer), 1000)? else {
        return Err(Problem::invalid("answer", "请写明如何处理", "say what was done about it"));
    };
    let (hall, floor_ref, contest, run, answer) = (&room.hall, &floor, &contest.0, &run, &answer);
    let (account, person) = (&signed.0.account, &signed.0.person);
    let written = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let now = hall.now();
            if let Some(before) = &reported(&floor_ref.arena(), problem)?.settled {
                return Err(Problem::new(ErrorCode::AlarmSettled).detail(
                    format!("{} 已答复：{}", before.by, before.answer),
                    format!("{} has answered: {}", before.by, before.answer),
                ));
            }
            let by: String = tx.one(sql::PERSON_NAME, &args![person]).await?.get("name")?;
            let happened =
                Happened::ProblemSettled { problem, run: run.clone(), answer: answer.clone(), by: by.clone() };
            // Of two at once the second is refused by the log.
            let subject = problem.to_string();
            let position = match log::append(tx, contest, now, Some(account), &subject, &happened).await {
                Err(error) if error.is_unique() => return Err(ErrorCode::AlarmSettled.into()),
                written => written?,
            };
            let settled = Settled { answer: answer.clone(), by, at_ms: now.as_millis() };
            Answer::ok(&SettledAt { problem, settled, position })
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(written)
}

fn reported(arena: &Arena, problem: i64) -> ApiResult<&ProblemNow> {
    arena.problem(problem).ok_or_else(|| {
        Problem::not_found(
            format!("本场没有编号 {problem} 的问题报告"),
            format!("This contest has no report of a problem numbered {problem}"),
        )
    })
}
