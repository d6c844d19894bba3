//! Whoever brought an appeal withdraws it before it is answered.

use axum::extract::State;
use kernel::{ErrorCode, Role, Scope};
use serde::Deserialize;
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::{AppealId, ContestId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::seen::{AppealSeen, Reads, seen};
use crate::arena::{Logged, Touched};
use crate::event::{ContestState, Happened};
use crate::judging::words;
use crate::{ContestRoom, archived, log, sql};

const REASON_MOST: usize = 500;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawAppeal {
    pub reason: Option<String>,
}

/// The competitor his own; organiser and staff one that came on paper. While there is time it may be made again: it stands as if it had never been.
#[utoipa::path(post, path = "/api/contests/{contest}/appeals/{appeal}/withdrawal", tag = "appeals", operation_id = "withdraw_appeal", params(ContestId, AppealId), request_body = WithdrawAppeal, responses((status = 200, body = AppealSeen)))]
pub async fn withdraw(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((contest, appeal)): Path<(ContestId, AppealId)>,
    Json(wanted): Json<WithdrawAppeal>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let reason = words("reason", wanted.reason.as_ref(), REASON_MOST)?;
    let for_others = actor.holds_any(&[Role::Organiser, Role::Staff], &Scope::Contest(contest.0.clone()));
    let (hall, floor_ref, contest, actor_ref, appeal, reason, request_id) =
        (&room.hall, &floor, &contest.0, &actor, &appeal, &reason, &request_id);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let mut arena = floor_ref.arena().clone();
            let found = arena.appeals.get(appeal).cloned();
            let found = found.ok_or_else(|| Problem::not_found("没有这一申诉", "There is no such appeal"))?;
            let own = arena.plan.entries[found.entry.index()].person == actor_ref.person;
            if !own && !for_others {
                return Err(Problem::new(ErrorCode::Forbidden)
                    .detail("只能撤回自己的申诉", "A competitor withdraws his own appeal"));
            }
            if !found.is_open() {
                return Err(Problem::new(ErrorCode::AppealState)
                    .detail("已答复或已撤回", "It has been answered, or withdrawn already"));
            }
            let (now, account) = (hall.now(), &actor_ref.account);
            let by = tx.one(sql::PERSON_NAME, &args![&actor_ref.person]).await?.get("name")?;
            let happened = Happened::AppealWithdrawn { appeal: appeal.clone(), reason: reason.clone(), by };
            let subject = format!("withdrawn-{}", **appeal);
            let position = log::append(tx, contest, now, Some(account), &subject, &happened).await?;
            let logged = Logged { position, at: now, subject, account: Some(account.clone()), happened };
            arena.fold(&logged, &mut Touched::default());
            if arena.state == ContestState::Final {
                // A prize that waited for it is given now.
                archived::keep_all(tx, &archived::of_settled_prizes(&arena), now).await?;
            }
            let (act, about) = ("appeal.withdrawn", format!("{contest} {}", **appeal));
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject: Some(&about), request_id }).await?;
            let withdrawn = arena.appeals.get(appeal).and_then(|appeal| seen(&arena, appeal, Reads::Everything, now));
            Answer::ok(&withdrawn.ok_or_else(|| Problem::new(ErrorCode::Internal))?)
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}
