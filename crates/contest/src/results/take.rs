//! The results pack, for everybody, once the result is final.
//!
//! It is made once for each publication and kept byte for byte: what was downloaded on the day is what is downloaded years later, whatever
//! became of names, of the program's words and of its libraries since.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::ErrorCode;
use sha2::{Digest, Sha256};
use store::{StoreError, args};
use web::wire::ContestId;
use web::{ApiResult, Hall, Path, Problem, Seal, etag};

use super::pack;
use crate::arena::{Arena, Logged, Touched};
use crate::event::ContestState;
use crate::floor::Floor;
use crate::plan::{Plan, PlanError};
use crate::room::blocking;
use crate::{ContestRoom, log, sql};

/// Events that are read at a time.
const AT_ONCE: i64 = 2_000;

/// A ZIP that `guildhall verify` checks: the result, and everything that it follows from.
#[utoipa::path(get, path = "/api/contests/{contest}/results/pack", tag = "results", operation_id = "results_pack", params(ContestId), responses((status = 200, content_type = "application/zip", body = Vec<u8>)))]
pub async fn take(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let floor = room.floor(&contest).await?;
    let (state, published) = {
        let arena = floor.arena();
        (arena.state, arena.published.last().map(|published| published.position))
    };
    let Some(position) = published.filter(|_| state == ContestState::Final) else {
        return Err(Problem::new(ErrorCode::ContestNotOpen)
            .detail("成绩尚未公布，没有成绩包", "The result is not published yet, so there is no pack"));
    };
    let sha256 = made(&room.hall, &floor, position).await?;
    let tag = format!("\"{sha256}\"");
    let disposition = format!("attachment; filename=\"{}-results.zip\"", contest.0);
    let own = [(ETAG, tag.clone()), (CACHE_CONTROL, "no-cache".to_owned())];
    if etag::is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, own).into_response());
    }
    let kept = room.hall.db.one(sql::PACK, &args![&contest.0, position]).await?;
    let kind = [(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, disposition)];
    Ok((own, kind, kept.get::<Vec<u8>>("body")?).into_response())
}

/// The digest of the pack of a publication, which is made now if nobody has made it. It goes on where the asker has gone away.
pub(crate) async fn made(hall: &Hall, floor: &Arc<Floor>, position: i64) -> ApiResult<String> {
    if let Some(known) = digest(hall, floor, position).await? {
        return Ok(known);
    }
    let (hall, floor) = (hall.clone(), floor.clone());
    tokio::spawn(async move {
        let _one_at_a_time = floor.packing.lock().await;
        if let Some(known) = digest(&hall, &floor, position).await? {
            return Ok(known);
        }
        make(&hall, &floor, position).await?;
        digest(&hall, &floor, position).await?.ok_or_else(|| Problem::internal("a results pack was not kept"))
    })
    .await
    .map_err(Problem::internal)?
}

async fn digest(hall: &Hall, floor: &Floor, position: i64) -> ApiResult<Option<String>> {
    let kept = hall.db.opt(sql::PACK_DIGEST, &args![&floor.contest, position]).await?;
    Ok(kept.map(|row| row.get("sha256")).transpose()?)
}

/// Where several nodes make it at once, the first one's stands.
async fn make(hall: &Hall, floor: &Floor, position: i64) -> ApiResult<()> {
    let seal = Seal::of(hall).await?;
    let (plan, log) = read(hall, &floor.contest, position).await?;
    let packed = blocking(move || packed(plan, &log, &seal)).await??;
    let sha256 = hex::encode(Sha256::digest(&packed));
    let (contest, packed, sha256, now) = (&floor.contest, &packed, &sha256, hall.now());
    hall.db
        .write::<_, StoreError, _>(|tx| {
            Box::pin(async move {
                tx.exec(sql::KEEP_PACK, &args![contest, position, sha256, now, packed.as_slice()]).await.map(drop)
            })
        })
        .await?;
    Ok(())
}

/// `log` ends with the event that made the result final: what is written afterwards, such as the last word of a referee, belongs to none.
fn packed(plan: Plan, log: &[Logged], seal: &Seal) -> ApiResult<Vec<u8>> {
    let at = log.last().map(|logged| logged.at).ok_or_else(|| Problem::new(ErrorCode::NotFound))?;
    let mut arena = Arena::new(Arc::new(plan)).map_err(|faults| {
        Problem::internal(std::io::Error::other(faults.first().map(ToString::to_string).unwrap_or_default()))
    })?;
    let mut touched = Touched::default();
    for logged in log {
        arena.fold(logged, &mut touched);
    }
    pack::write(&arena, log, at, seal).map_err(Problem::internal)
}

/// The plan, and the log up to a position, in one snapshot.
async fn read(hall: &Hall, contest: &kernel::ContestId, until: i64) -> ApiResult<(Plan, Vec<Logged>)> {
    let read = hall.db.read::<_, PlanError, _>(|tx| {
        Box::pin(async move {
            let Some(plan) = Plan::load(tx, contest).await? else { return Ok(None) };
            let mut log: Vec<Logged> = Vec::new();
            loop {
                let after = log.last().map_or(0, |logged| logged.position);
                let more = log::since_within(tx, contest, after, AT_ONCE.min(until - after)).await?;
                if more.is_empty() {
                    return Ok(Some((plan, log)));
                }
                log.extend(more);
            }
        })
    });
    read.await.map_err(Problem::internal)?.ok_or_else(|| Problem::new(ErrorCode::NotFound))
}
