//! The organiser says when one may apply: other than the rule set, where it says it, or at all.

use axum::extract::State;
use serde::Deserialize;
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::{ContestId, Timestamp};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::overview::{RegistrationSeen, seen};
use super::who::must_not_judge;
use super::{Declared, must_be_open_field};
use crate::{ContestRoom, sql};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetRegistration {
    /// Null: it is not open.
    pub opens_at: Option<Timestamp>,
    /// Null: until lots are drawn or the contest begins.
    pub closes_at: Option<Timestamp>,
}

/// From then on these times count. To open or close at once, say the time that it is.
#[utoipa::path(post, path = "/api/contests/{contest}/registration", tag = "registration", operation_id = "set_registration", params(ContestId), request_body = SetRegistration, responses((status = 200, body = RegistrationSeen)))]
pub async fn set(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<SetRegistration>,
) -> ApiResult<Answer> {
    let (opens_at, closes_at) = (wanted.opens_at.map(|at| at.0), wanted.closes_at.map(|at| at.0));
    if let Some(closes) = closes_at
        && opens_at.is_none_or(|opens| closes < opens)
    {
        return Err(Problem::invalid("closes_at", "截止时间早于开始时间", "it closes before it opens"));
    }
    let floor = room.floor(&contest).await?;
    let (hall, floor_ref, contest, actor, request_id) = (&room.hall, &floor, &contest.0, &actor, &request_id);
    web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let outline = floor_ref.outline();
            let rule = Declared::of(&outline.plan)?;
            must_not_judge(&outline, actor)?;
            must_be_open_field(&outline)?;
            tx.exec(sql::KEEP_REGISTRATION, &args![contest, opens_at, closes_at]).await?;
            let (now, account) = (hall.now(), Some(&actor.account));
            let (act, subject) = ("registration.times", Some(contest.as_str()));
            audit::note(tx, &Noted { at: now, account, act, subject, request_id }).await?;
            Answer::ok(&seen(tx, &outline, &rule, now).await?)
        })
    })
    .await
}
