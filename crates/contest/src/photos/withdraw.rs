//! A judge withdraws a photograph of his own. It is marked so, in the log too, and shown to nobody any more; its bytes stay.

use axum::extract::State;
use kernel::ErrorCode;
use store::args;
use web::audit::{self, Noted};
use web::wire::{ContestId, PhotoId, RunId};
use web::{Answer, ApiResult, IdempotencyKey, Path, Problem, RequestId, Signed};

use super::photo_for;
use crate::event::Happened;
use crate::judging::must_be_under_way;
use crate::{ContestRoom, log, sql};

/// One's own, while the contest takes marks. What was withdrawn stays so, and nothing is written again.
#[utoipa::path(delete, path = "/api/contests/{contest}/photos/{photo}", tag = "photos", operation_id = "withdraw_photo", params(ContestId, PhotoId), responses((status = 204)))]
pub async fn withdraw(
    State(room): State<ContestRoom>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((contest, photo)): Path<(ContestId, PhotoId)>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let (hall, floor_ref, contest, photo, signed, request_id) =
        (&room.hall, &floor, &contest.0, &photo, &signed, &request_id);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let (now, account) = (hall.now(), &signed.0.account);
            let run = {
                let arena = floor_ref.arena();
                let found = photo_for(&arena, photo, signed)?;
                if found.account != *account {
                    return Err(Problem::new(ErrorCode::Forbidden)
                        .detail("只有拍摄者本人可以撤回", "Only who took it may withdraw it"));
                }
                must_be_under_way(&arena)?;
                found.is_shown().then(|| RunId(found.run.clone()))
            };
            let Some(run) = run else { return Ok(Answer::empty()) };
            tx.exec(sql::WITHDRAW_PHOTO, &args![contest, &photo.0, now]).await?;
            let happened = Happened::PhotoWithdrawn { id: photo.clone(), run: run.clone() };
            log::append(tx, contest, now, Some(account), photo.as_str(), &happened).await?;
            let subject = format!("{contest} {} {}", *run, **photo);
            let noted =
                Noted { at: now, account: Some(account), act: "photo.withdrawn", subject: Some(&subject), request_id };
            audit::note(tx, &noted).await?;
            Ok(Answer::empty())
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}
