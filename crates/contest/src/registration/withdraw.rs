//! Somebody doesn't come after all: said by himself, by the staff of his organisation or by the organiser.

use axum::extract::State;
use kernel::ErrorCode;
use serde::Deserialize;
use utoipa::ToSchema;
use web::wire::{ApplicationId, ContestId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::Declared;
use super::admission::Change;
use super::application::{Application, ApplicationState, AsRole, Step};
use super::decide::REASON_CHARS_MOST;
use super::seen::{ApplicationSeen, Telling};
use super::who::{acts_on, find};
use crate::ContestRoom;
use crate::judging::words;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdraw {
    pub reason: String,
}

/// At any time. Until lots are drawn or the contest begins, who was admitted leaves the field and his place is free: the first who waits has it at once where the rule set says so. Afterwards the field stands, and his place in it stays empty.
#[utoipa::path(post, path = "/api/contests/{contest}/applications/{application}/withdrawal", tag = "registration", operation_id = "withdraw_application", params(ContestId, ApplicationId), request_body = Withdraw, responses((status = 200, body = ApplicationSeen)))]
pub async fn withdraw(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((contest, application)): Path<(ContestId, ApplicationId)>,
    Json(wanted): Json<Withdraw>,
) -> ApiResult<Answer> {
    let Some(reason) = words("reason", Some(&wanted.reason), REASON_CHARS_MOST)? else {
        return Err(Problem::invalid("reason", "请写明理由", "say why"));
    };
    let floor = room.floor(&contest).await?;
    let (hall, floor_ref, contest, application, actor, reason, request_id) =
        (&room.hall, &floor, &contest.0, &application.0, &actor, reason.as_str(), &request_id);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let outline = floor_ref.outline();
            let mut all = Application::all(tx, contest).await?;
            let at = find(&all, application)?;
            let role = acts_on(tx, &outline, actor, &all[at]).await?;
            let rule = Declared::of(&outline.plan)?;
            let one = &mut all[at];
            if !one.state.may_be_withdrawn() {
                return Err(Problem::new(ErrorCode::ApplicationState));
            }
            let now = hall.now();
            one.state = ApplicationState::Withdrawn;
            one.queue = None;
            let left = if outline.is_open_field() { one.entry.take() } else { None };
            if left.is_some() {
                one.venue = None;
            }
            let account = Some(&actor.account);
            one.keep(tx, &Step { at: now, account, act: "withdrawn", role, reason: Some(reason) }).await?;
            if let Some(entry) = left {
                let group = all[at].group.clone();
                let mut change = Change::new(&mut *tx, hall, &outline.plan, &rule, &actor.account, now);
                change.take_out(&entry, reason, request_id).await?;
                change.fill(&all, &group).await?;
                change.done().await?;
            }
            Answer::ok(&Telling::new(hall, &outline.plan, &rule, &all, role == AsRole::Organiser).seen(&all[at]))
        })
    })
    .await?;
    hall.sessions.forget_all();
    floor.caught_up_to_newest().await;
    Ok(answer)
}
