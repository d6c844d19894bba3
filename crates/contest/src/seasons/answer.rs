//! What became of an offered place: accepted, declined, or kept after the result was corrected. A place that is declined goes to the next in line.

use axum::extract::State;
use kernel::{Actor, AdvanceId as KernelAdvanceId, ContestId as KernelContestId, ErrorCode, MarkId, Role, Scope};
use serde::Deserialize;
use store::{Tx, args};
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::{AdvanceId, ContestId};
use web::{Answer, ApiResult, Hall, IdempotencyKey, Json, Path, Problem, RequestId, Signed, directory};

use super::Linked;
use super::advancement::{Advancement, no_season, seen};
use super::confirm::{Offering, must_organise, must_take, state, target_of};
use super::decide::{Place, fingerprint, unsettled};
use super::own::OwnPlace;
use crate::event::Happened;
use crate::judging::words;
use crate::{ContestRoom, log, sql};

const NOTE_MOST: usize = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaceAnswer {
    Accepted,
    /// He leaves the field of the next contest.
    Declined,
    /// The result was corrected, and he keeps his place by it or in spite of it.
    Kept,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerAdvance {
    pub answer: PlaceAnswer,
    /// Needed where a place is declined or kept.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Who declines leaves the next contest's field, and the next in line gets his place where the season's rule says so: at once, or, while the result
/// is open again, when those who advance are confirmed anew. Refused once that contest is opened or its lots are drawn.
#[utoipa::path(post, path = "/api/contests/{contest}/advancement/{advance}/answer", tag = "seasons", operation_id = "answer_advance", params(ContestId, AdvanceId), request_body = AnswerAdvance, responses((status = 200, body = Advancement)))]
pub async fn answer(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((contest, advance)): Path<(ContestId, AdvanceId)>,
    Json(wanted): Json<AnswerAdvance>,
) -> ApiResult<Answer> {
    let (contest, advance, answer) = (&contest.0, &advance.0, wanted.answer);
    let asked = Asked { actor: &actor, request_id: &request_id, contest, advance, answer, own: false };
    settled(&room, &key, &asked, wanted.reason.as_ref()).await
}

/// What is made of a place, and by whom.
pub(super) struct Asked<'a> {
    pub actor: &'a Actor,
    pub request_id: &'a RequestId,
    pub contest: &'a KernelContestId,
    pub advance: &'a KernelAdvanceId,
    pub answer: PlaceAnswer,
    /// By whom it was offered to; otherwise by an organiser of the contest to which he goes.
    pub own: bool,
}

pub(super) fn no_place() -> Problem {
    Problem::not_found("没有这一晋级名额", "There is no such place")
}

pub(super) async fn settled(
    room: &ContestRoom,
    key: &IdempotencyKey,
    asked: &Asked<'_>,
    reason: Option<&String>,
) -> ApiResult<Answer> {
    let reason = words("reason", reason, NOTE_MOST)?;
    if asked.answer != PlaceAnswer::Accepted && reason.is_none() {
        return Err(Problem::invalid("reason", "请写明理由", "say why"));
    }
    let (actor, contest, answer) = (asked.actor, asked.contest, asked.answer);
    let floor = room.floor(contest).await?;
    let target = target_of(room, contest).await?;
    let (hall, floor_ref, target_ref, reason) = (&room.hall, &floor, &target, &reason);
    let answered = web::write(hall, key, |tx| {
        Box::pin(async move {
            let linked = Linked::of(tx, contest).await?.ok_or_else(no_season)?;
            let places = Place::all(tx, contest).await?;
            let place = places.iter().find(|place| place.id == *asked.advance);
            let place = place.filter(|it| !asked.own || it.person == actor.person).ok_or_else(no_place)?;
            let target = target_ref.as_ref().filter(|it| it.contest == place.target);
            let target = target.ok_or_else(|| state("晋级去向已变动", "The target has changed"))?;
            if !asked.own {
                must_organise(actor, &target.contest)?;
            }
            if !place.is_held() || (answer == PlaceAnswer::Accepted && place.state != "offered") {
                return Err(Problem::new(ErrorCode::AdvanceState)
                    .detail(format!("{} 已作过答复", place.by), format!("{} has answered it already", place.by)));
            }
            floor_ref.current(tx).await?;
            target.current(tx).await?;
            let arena = floor_ref.arena().clone();
            let now = hall.now();
            let by: String = tx.one(sql::PERSON_NAME, &args![&actor.person]).await?.get("name")?;
            let (act, state_now, seat, result) = match answer {
                PlaceAnswer::Accepted => {
                    ("season.place_accepted", "accepted", place.seat.clone(), place.result.clone())
                }
                PlaceAnswer::Kept => {
                    if let Some(says) = unsettled(&arena) {
                        return Err(Problem::new(ErrorCode::AdvanceState).detail_text(says));
                    }
                    ("season.place_kept", place.state.as_str(), place.seat.clone(), fingerprint(&arena))
                }
                PlaceAnswer::Declined => {
                    must_take(&target.arena())?;
                    ("season.place_declined", "declined", None, place.result.clone())
                }
            };
            let keep = args![&place.id, state_now, &seat, &result, now, &by, reason];
            tx.exec(sql::ANSWER_ADVANCE, &keep).await?;
            if answer == PlaceAnswer::Declined {
                leave(tx, hall, place, &actor.account).await?;
                // The plan of the target is read anew with the next event of its log: what is offered below goes by the one without him.
                if unsettled(&arena).is_none() {
                    let left = Place::all(tx, contest).await?;
                    let mut offering = Offering { tx, hall, actor, arena: &arena, target, venue: None };
                    let next = match offering.next(&linked, &left) {
                        // Why another can't come is not told to him, and doesn't hold him: the organiser finds him in the line.
                        Err(_) if asked.own => None,
                        next => next?,
                    };
                    if let Some(next) = next {
                        offering.give(next, Some(&place.id)).await?;
                        let replaced = args![&place.id, "replaced", &seat, &result, now, &by, reason];
                        tx.exec(sql::ANSWER_ADVANCE, &replaced).await?;
                    }
                }
            }
            let about = format!("{contest} {}", place.id);
            let (account, subject, request_id) = (Some(&actor.account), Some(about.as_str()), asked.request_id);
            audit::note(tx, &Noted { at: now, account, act, subject, request_id }).await?;
            if asked.own {
                return Answer::ok(&OwnPlace::of(tx, actor, &place.id, target).await?);
            }
            Answer::ok(&seen(tx, floor_ref, contest).await?)
        })
    })
    .await?;
    hall.sessions.forget_all();
    if let Some(target) = &target {
        target.caught_up_to_newest().await;
    }
    Ok(answered)
}

/// He leaves the field that he was sent into, unless another contest has sent him there too; then the entry is there for that place from now on.
/// What he came by otherwise, by import or by applying, is not a season's to take.
async fn leave(tx: &mut Tx<'_>, hall: &Hall, place: &Place, by: &kernel::AccountId) -> ApiResult<()> {
    let Some(seat) = place.seat.as_ref().filter(|_| place.made) else { return Ok(()) };
    if tx.exec(sql::SEAT_PASSED_ON, &args![&place.target, seat]).await? > 0 {
        return Ok(());
    }
    let subject: MarkId = hall.fresh();
    let happened = Happened::PlanChanged { what: "competitors".to_owned(), count: 1 };
    log::append(tx, &place.target, hall.now(), Some(by), subject.as_str(), &happened).await?;
    for row in tx.all(sql::COMPETITOR_ACCOUNTS, &args![&place.target, &place.person]).await? {
        directory::revoke(tx, &row.get("id")?, Role::Competitor, &Scope::Contest(place.target.clone())).await?;
    }
    tx.exec(sql::FORGET_RUNS_OF_ENTRY, &args![&place.target, seat]).await?;
    tx.exec(sql::FORGET_ENTRY, &args![&place.target, seat]).await?;
    Ok(())
}
