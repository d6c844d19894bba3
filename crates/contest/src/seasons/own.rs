//! Whom a season has sent on to the next contest sees his place himself, and takes or declines it.

use axum::extract::State;
use kernel::{Actor, ContestId as KernelContestId};
use serde::{Deserialize, Serialize};
use store::{Row, Tx, args};
use utoipa::ToSchema;
use web::wire::{AdvanceId, ContestId, Text, Timestamp};
use web::{Answer, ApiResult, IdempotencyKey, Json, Listed, Path, Problem, RequestId, Signed};

use super::answer::{Asked, PlaceAnswer, no_place, settled};
use super::confirm::must_take;
use crate::floor::Floor;
use crate::{ContestRoom, sql};

/// His number and his seat there are not told here: he reads them where he competes.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnPlace {
    pub id: AdvanceId,
    /// From which he goes on.
    pub contest: ContestId,
    pub contest_name: Text,
    pub target: ContestId,
    pub target_name: Text,
    pub target_starts_at: Timestamp,
    /// `offered`, `accepted`, `declined` or `replaced`: declined, and given to the next.
    pub state: String,
    pub why: Text,
    /// Of the last answer.
    pub at: Timestamp,
    #[schema(required = true)]
    pub note: Option<String>,
    pub may_accept: bool,
    /// Until lots are drawn there, or that contest is opened.
    pub may_decline: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OwnAnswer {
    Accepted,
    Declined,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerOwnPlace {
    pub answer: OwnAnswer,
    /// Needed where the place is declined.
    #[serde(default)]
    pub reason: Option<String>,
}

/// The newest first.
#[utoipa::path(get, path = "/api/season-places/mine", tag = "seasons", operation_id = "own_season_places", responses((status = 200, body = Listed<OwnPlace>)))]
pub async fn mine(State(room): State<ContestRoom>, Signed(actor): Signed) -> ApiResult<Json<Listed<OwnPlace>>> {
    let mut told = Vec::new();
    for row in room.hall.db.all(sql::PLACES_OF_PERSON, &args![&actor.person]).await? {
        let target: KernelContestId = row.get("target")?;
        // A contest that can't be opened hides no place; it only can't be answered then.
        let floor = room.opened(&target).await.ok().flatten();
        told.push(OwnPlace::read(&row, floor.as_deref())?);
    }
    Ok(Json(Listed::whole(told)))
}

/// By whom it was offered to. What an organiser may note for him, but for keeping a place in spite of a correction, which is not his to say.
#[utoipa::path(post, path = "/api/season-places/{advance}/answer", tag = "seasons", operation_id = "answer_own_season_place", params(AdvanceId), request_body = AnswerOwnPlace, responses((status = 200, body = OwnPlace)))]
pub async fn answer(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(advance): Path<AdvanceId>,
    Json(wanted): Json<AnswerOwnPlace>,
) -> ApiResult<Answer> {
    let found = room.hall.db.opt(sql::PLACE_OF_PERSON, &args![&*advance, &actor.person]).await?;
    let contest: KernelContestId = found.ok_or_else(no_place)?.get("contest")?;
    let answer = match wanted.answer {
        OwnAnswer::Accepted => PlaceAnswer::Accepted,
        OwnAnswer::Declined => PlaceAnswer::Declined,
    };
    let (contest, advance) = (&contest, &advance.0);
    let asked = Asked { actor: &actor, request_id: &request_id, contest, advance, answer, own: true };
    settled(&room, &key, &asked, wanted.reason.as_ref()).await
}

impl OwnPlace {
    pub(super) async fn of(
        tx: &mut Tx<'_>,
        actor: &Actor,
        advance: &kernel::AdvanceId,
        target: &Floor,
    ) -> ApiResult<OwnPlace> {
        let row = tx.opt(sql::PLACE_OF_PERSON, &args![advance, &actor.person]).await?.ok_or_else(no_place)?;
        OwnPlace::read(&row, Some(target))
    }

    fn read(row: &Row, target: Option<&Floor>) -> Result<OwnPlace, Problem> {
        let (state, is_held): (String, bool) = (row.get("state")?, row.get::<Option<String>>("seat")?.is_some());
        let takes = target.is_some_and(|floor| must_take(&floor.arena()).is_ok());
        let text = |zh: &str, en: &str| -> Result<Text, Problem> { Ok(Text { zh: row.get(zh)?, en: row.get(en)? }) };
        Ok(OwnPlace {
            id: row.get::<kernel::AdvanceId>("id")?.into(),
            contest: row.get::<KernelContestId>("contest")?.into(),
            contest_name: text("from_zh", "from_en")?,
            target: row.get::<KernelContestId>("target")?.into(),
            target_name: text("to_zh", "to_en")?,
            target_starts_at: row.get::<kernel::Timestamp>("starts_at")?.into(),
            why: text("why_zh", "why_en")?,
            at: row.get::<kernel::Timestamp>("at")?.into(),
            note: row.get("note")?,
            may_accept: is_held && takes && state == "offered",
            may_decline: is_held && takes,
            state,
        })
    }
}
