//! A contest goes from state to state: opened, frozen, in review, final.

use axum::extract::State;
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::wire::ContestId;
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, Signed};

use crate::event::{ContestState, Happened};
use crate::judging::words;
use crate::{ContestRoom, archived, log};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeState {
    pub to: ContestState,
    pub reason: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    pub state: ContestState,
    pub position: i64,
}

/// `draft → live ⇄ frozen → review → final`. Whatever else is refused and changes nothing.
#[utoipa::path(post, path = "/api/contests/{contest}/state", tag = "contest", params(ContestId), request_body = ChangeState, responses((status = 200, body = Changed)))]
pub async fn change(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<ChangeState>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let (to, reason) = (wanted.to, words("reason", wanted.reason.as_ref(), 500)?);
    let (hall, floor_ref, contest, reason, account) = (&room.hall, &floor, &contest.0, &reason, &actor.account);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let (state, position) = {
                let arena = floor_ref.arena();
                (arena.state, arena.position)
            };
            if !state.may_become(to) {
                return Err(Problem::new(ErrorCode::ContestNotOpen).detail(
                    format!("赛事处于 {}，不能变为 {}", state.code(), to.code()),
                    format!("The contest is {} and can't become {}", state.code(), to.code()),
                ));
            }
            let happened = Happened::State { to, reason: reason.clone() };
            // One change from each state that was seen: two chiefs at once make one change.
            let subject = format!("{}-{position}", state.code());
            let position = log::append(tx, contest, hall.now(), Some(account), &subject, &happened).await?;
            if to == ContestState::Final {
                let results = archived::of_results(&floor_ref.arena(), hall.now());
                for result in &results {
                    archived::keep(tx, Some(result), hall.now()).await?;
                }
            }
            Answer::ok(&Changed { state: to, position })
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}
