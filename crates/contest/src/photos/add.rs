//! A judge's tablet sends a photograph.

use axum::body::Bytes;
use axum::extract::State;
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::args;
use utoipa::{IntoParams, ToSchema};
use web::audit::{self, Noted};
use web::wire::{ContestId, PhotoId, RunId, Timestamp};
use web::{Answer, ApiResult, IdempotencyKey, Path, Problem, Query, RequestId, Signed};

use super::picture::{self, Picture, Unreadable};
use super::{SHOWN_MOST, TAKEN_MOST};
use crate::arena::{Arena, PhotoNow};
use crate::event::{Happened, PhotoOf};
use crate::judging::{may_see, must_be_on_panel, must_be_under_way, run_in};
use crate::{ContestRoom, log, sql};

/// A tablet's clock may be a little ahead.
const CLOCK_OFF_MS_MOST: i64 = 5 * 60_000;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Taken {
    /// Made by the tablet: `pho_` and 20 characters. Sending the same id again is harmless.
    #[param(value_type = String)]
    pub id: PhotoId,
    /// The aspect it shows; without one the run as a whole.
    pub aspect: Option<String>,
    /// `mark` or `problem`: what it goes with.
    #[param(inline)]
    pub of: PhotoOf,
    /// The tablet's time.
    #[param(value_type = String)]
    pub at: Timestamp,
}

/// A photograph that was kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotoKept {
    pub id: PhotoId,
    /// Of the picture as it is kept.
    pub sha256: String,
    /// Where it stands in the contest's log.
    pub position: i64,
}

/// The picture itself is the body: JPEG, PNG or a still WebP of at most 2 MB, told by its content. What a camera writes beside it, such as the place, is taken out. At most 12 of an aspect of a run by one judge.
#[utoipa::path(post, path = "/api/contests/{contest}/runs/{run}/photos", tag = "photos", operation_id = "add_photo", params(ContestId, RunId, Taken), request_body(content = Vec<u8>, content_type = "image/*"), responses((status = 201, body = PhotoKept)))]
pub async fn add(
    State(room): State<ContestRoom>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((contest, run)): Path<(ContestId, RunId)>,
    Query(taken): Query<Taken>,
    body: Bytes,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let picture = picture::read(&body).map_err(refused)?;
    let sha256 = hex::encode(Sha256::digest(&picture.bytes));
    let (hall, floor_ref, contest, run, taken, signed) = (&room.hall, &floor, &contest.0, &run, &taken, &signed);
    let account = &signed.0.account;
    let (picture, sha256, request_id) = (&picture, &sha256, &request_id);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let now = hall.now();
            let kept = {
                let arena = floor_ref.arena();
                let known = arena.photos.get(&taken.id);
                let is_this = |known: &&PhotoNow| {
                    known.account == *account
                        && known.run == run.0
                        && known.aspect == taken.aspect
                        && known.of == taken.of
                        && known.sha256 == *sha256
                };
                let kept = known.filter(is_this).map(|known| known.position);
                // What was kept is told to who sent it, whatever has become of him meanwhile.
                if kept.is_none() {
                    must_be_his_to_take(&arena, run, taken, signed)?;
                    if known.is_some() {
                        return Err(Problem::new(ErrorCode::Conflict)
                            .detail("该编号已用于另一张照片", "This id belongs to another photograph already"));
                    }
                    must_be_under_way(&arena)?;
                    must_have_room(&arena, run, taken, account)?;
                }
                kept
            };
            if let Some(position) = kept {
                return Answer::created(&PhotoKept { id: taken.id.clone(), sha256: sha256.clone(), position });
            }
            let taken_at = if taken.at.millis_since(now) > CLOCK_OFF_MS_MOST { now } else { taken.at.0 };
            let Picture { kind, width, height, bytes } = picture;
            let happened = Happened::PhotoAdded {
                id: taken.id.clone(),
                run: run.clone(),
                aspect: taken.aspect.clone(),
                of: taken.of,
                sha256: sha256.clone(),
                picture: kind.media_type().to_owned(),
                bytes: bytes.len() as u32,
                width: *width,
                height: *height,
                taken_at: taken_at.as_millis(),
            };
            let (id, media_type, aspect) = (&taken.id.0, kind.media_type(), taken.aspect.as_ref());
            let row =
                args![contest, id, &run.0, aspect, account, now, media_type, *width, *height, sha256, bytes.as_slice()];
            tx.exec(sql::INSERT_PHOTO, &row).await?;
            let position = log::append(tx, contest, now, Some(account), id.as_str(), &happened).await?;
            let subject = format!("{contest} {} {id}", **run);
            let noted =
                Noted { at: now, account: Some(account), act: "photo.added", subject: Some(&subject), request_id };
            audit::note(tx, &noted).await?;
            Answer::created(&PhotoKept { id: taken.id.clone(), sha256: sha256.clone(), position })
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// A run of his venue; beside a mark only what he may mark, or has marked.
fn must_be_his_to_take(arena: &Arena, run: &RunId, taken: &Taken, signed: &Signed) -> ApiResult<()> {
    let account = &signed.0.account;
    let planned = run_in(arena, run)?;
    if !arena.plan.station(&planned.station).is_some_and(|station| may_see(signed, arena, station)) {
        return Err(Problem::new(ErrorCode::Forbidden).detail("该场次不在您的赛场", "This run is not at your venue"));
    }
    // What an excused judge has marked stands, and what he took of it may come after he has gone.
    let has_marked = |code: &String| arena.aspect(code).is_some_and(|ix| arena.marked_by(run, ix).contains(account));
    let is_excused = arena.absences.now(account).is_some();
    if taken.of == PhotoOf::Mark && is_excused && !taken.aspect.as_ref().is_some_and(has_marked) {
        return Err(Problem::new(ErrorCode::NotOnPanel).detail(
            "您已被准予离场；回来后请裁判长恢复您的席位",
            "You are excused; when you are back, ask the chief judge to take you back",
        ));
    }
    // Whoever works there may see a problem; what he may not mark he takes no picture of beside a mark.
    if taken.of == PhotoOf::Mark && arena.plan.judge(account).is_some() {
        must_be_on_panel(arena, planned, account)?;
    }
    let module = arena.module_of(run);
    let is_of_run = |code: &String| {
        let aspect = arena.aspect(code).and_then(|ix| arena.board.scheme().aspect(ix));
        aspect.is_some_and(|aspect| Some(aspect.module) == module)
    };
    if !taken.aspect.as_ref().is_none_or(is_of_run) {
        return Err(Problem::new(ErrorCode::MarkUnknownAspect));
    }
    Ok(())
}

fn must_have_room(arena: &Arena, run: &RunId, taken: &Taken, account: &kernel::AccountId) -> ApiResult<()> {
    let beside = || arena.photos.of_run(run).filter(|it| it.account == *account && it.aspect == taken.aspect);
    if beside().filter(|it| it.is_shown()).count() >= SHOWN_MOST || beside().count() >= TAKEN_MOST {
        return Err(Problem::new(ErrorCode::PhotosFull).detail(
            format!("每名裁判每个场次每项最多 {SHOWN_MOST} 张（连同撤回的 {TAKEN_MOST} 张）"),
            format!("A judge has at most {SHOWN_MOST} of an aspect of a run, {TAKEN_MOST} with those withdrawn"),
        ));
    }
    Ok(())
}

fn refused(why: Unreadable) -> Problem {
    let problem = Problem::new(ErrorCode::PhotoUnreadable);
    match why {
        Unreadable::Unknown => {
            problem.detail("内容不是 JPEG、PNG 或静态 WebP", "Its content is no JPEG, PNG or still WebP")
        }
        Unreadable::Broken => problem.detail("照片残缺，没有完整到达", "The picture is damaged or didn't arrive whole"),
        Unreadable::TooLarge => problem.detail("边长超过 8192 像素", "A side is longer than 8192 pixels"),
    }
}
