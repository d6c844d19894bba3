//! A portrait is its competitor's to share: he makes a link, for a time or until he takes it back, and whoever has it reads the portrait.

use axum::extract::State;
use axum::response::Response;
use kernel::{Actor, ErrorCode, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Row, StoreError, Tx, args};
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::{self, ContestId, EntryId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, Query, RequestId, Signed};

use super::portrait::{Looked, PortraitShown, look, told};
use crate::papers::{SpokenIn, printed_report};
use crate::{ContestRoom, sql};

/// Of one portrait, at a time.
const OPEN_MOST: usize = 20;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharePortrait {
    /// Null: until he takes it back.
    pub until: Option<wire::Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Shares {
    /// The newest first.
    pub items: Vec<Share>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Share {
    /// What the link ends with.
    pub id: String,
    pub created_at: wire::Timestamp,
    #[schema(required = true)]
    pub until: Option<wire::Timestamp>,
    #[schema(required = true)]
    pub revoked_at: Option<wire::Timestamp>,
    /// Whoever has the link reads the portrait.
    pub open: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SharedPortrait {
    pub portrait: PortraitShown,
    #[schema(required = true)]
    pub until: Option<wire::Timestamp>,
}

impl Share {
    fn read(row: &Row, now: Timestamp) -> Result<Share, StoreError> {
        let until: Option<Timestamp> = row.get("until")?;
        let revoked_at: Option<Timestamp> = row.get("revoked_at")?;
        Ok(Share {
            id: row.get("token")?,
            created_at: row.get::<Timestamp>("created_at")?.into(),
            until: until.map(Into::into),
            revoked_at: revoked_at.map(Into::into),
            open: revoked_at.is_none() && until.is_none_or(|until| now < until),
        })
    }
}

/// The links that he has made, for himself alone.
#[utoipa::path(get, path = "/api/contests/{contest}/portrait/{entry}/shares", tag = "results", operation_id = "portrait_shares", params(ContestId, EntryId), responses((status = 200, body = Shares)))]
pub async fn shares(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    Path((contest, entry)): Path<(ContestId, EntryId)>,
) -> ApiResult<Json<Shares>> {
    must_be_own(&room, &actor, &contest, &entry).await?;
    let now = room.hall.now();
    let shares = room.hall.db.read::<_, Problem, _>(|tx| {
        let (contest, entry) = (&contest, &entry);
        Box::pin(async move { all(tx, contest, entry, now).await })
    });
    Ok(Json(shares.await?))
}

async fn all(tx: &mut Tx<'_>, contest: &ContestId, entry: &EntryId, now: Timestamp) -> ApiResult<Shares> {
    let rows = tx.all(sql::SHARES, &args![&contest.0, &entry.0]).await?;
    let items: Result<Vec<Share>, StoreError> = rows.iter().rev().map(|row| Share::read(row, now)).collect();
    Ok(Shares { items: items? })
}

/// Nobody but the competitor shares his portrait, and only of a result that is published.
async fn must_be_own(room: &ContestRoom, actor: &Actor, contest: &ContestId, entry: &EntryId) -> ApiResult<()> {
    match look(room, actor, contest, entry).await?.own {
        true => Ok(()),
        false => Err(Problem::new(ErrorCode::Forbidden)
            .detail("画像只能由选手本人分享", "A portrait is shared by its competitor and nobody else")),
    }
}

/// Makes a link. The answer has all of them.
#[utoipa::path(post, path = "/api/contests/{contest}/portrait/{entry}/shares", tag = "results", operation_id = "share_portrait", params(ContestId, EntryId), request_body = SharePortrait, responses((status = 201, body = Shares)))]
pub async fn share(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((contest, entry)): Path<(ContestId, EntryId)>,
    Json(wanted): Json<SharePortrait>,
) -> ApiResult<Answer> {
    must_be_own(&room, &actor, &contest, &entry).await?;
    let (hall, contest, entry, account, request_id) = (&room.hall, &contest, &entry, &actor.account, &request_id);
    let until = wanted.until.map(|until| until.0);
    let now = hall.now();
    if until.is_some_and(|until| until <= now) {
        return Err(Problem::invalid("until", "须晚于现在", "must lie in the future"));
    }
    web::write(hall, &key, |tx| {
        Box::pin(async move {
            let open = all(tx, contest, entry, now).await?.items.iter().filter(|share| share.open).count();
            if open >= OPEN_MOST {
                return Err(Problem::new(ErrorCode::Conflict).detail(
                    format!("已有 {OPEN_MOST} 个有效链接，请先收回不用的"),
                    format!("There are {OPEN_MOST} links already; take back those that are not needed"),
                ));
            }
            let token = hall.secret();
            tx.exec(sql::INSERT_SHARE, &args![&token, &contest.0, &entry.0, now, until]).await?;
            let about = format!("{} {}", contest.0, entry.0);
            let (act, subject) = ("portrait.shared", Some(about.as_str()));
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject, request_id }).await?;
            Answer::created(&all(tx, contest, entry, now).await?)
        })
    })
    .await
}

/// Takes a link back: from now on it leads nowhere.
#[utoipa::path(post, path = "/api/contests/{contest}/portrait/{entry}/shares/{share}/revocation", tag = "results", operation_id = "revoke_share", params(ContestId, EntryId, ("share" = String, Path, description = "what the link ends with")), responses((status = 200, body = Shares)))]
pub async fn revoke(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((contest, entry, share)): Path<(ContestId, EntryId, String)>,
) -> ApiResult<Answer> {
    must_be_own(&room, &actor, &contest, &entry).await?;
    let (hall, contest, entry, account, request_id) = (&room.hall, &contest, &entry, &actor.account, &request_id);
    let (now, share) = (hall.now(), &share);
    web::write(hall, &key, |tx| {
        Box::pin(async move {
            let known = all(tx, contest, entry, now).await?;
            if !known.items.iter().any(|known| known.id == *share) {
                return Err(Problem::not_found("没有这个链接", "There is no such link"));
            }
            // Taking it back twice takes it back.
            tx.exec(sql::REVOKE_SHARE, &args![share, &contest.0, &entry.0, now]).await?;
            let about = format!("{} {}", contest.0, entry.0);
            let (act, subject) = ("portrait.share_revoked", Some(about.as_str()));
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject, request_id }).await?;
            Answer::ok(&all(tx, contest, entry, now).await?)
        })
    })
    .await
}

/// What a link leads to. One that was taken back, or whose time is over, is not told from one that never was.
async fn opened(room: &ContestRoom, share: &str) -> ApiResult<(Looked, Option<Timestamp>)> {
    let nowhere = || {
        Problem::not_found(
            "链接无效，或已被收回、过期。请向选手本人索取新的链接",
            "This link leads nowhere: it may have been taken back, or its time is over. Ask the competitor for a new one",
        )
    };
    let rows = room.hall.db.all(sql::SHARE, &args![share]).await?;
    let row = rows.first().ok_or_else(nowhere)?;
    let (now, contest, entry) =
        (room.hall.now(), row.get::<kernel::ContestId>("contest")?, row.get::<kernel::EntryId>("entry")?);
    if !Share::read(row, now)?.open {
        return Err(nowhere());
    }
    let looked = Looked::shared(room, &contest.into(), &entry.into()).await?.ok_or_else(nowhere)?;
    Ok((looked, row.get("until")?))
}

/// For whoever has the link, while the result is published.
#[utoipa::path(get, path = "/api/portraits/{share}", tag = "results", operation_id = "shared_portrait", params(("share" = String, Path, description = "what the link ends with")), responses((status = 200, body = SharedPortrait)))]
pub async fn shared(State(room): State<ContestRoom>, Path(share): Path<String>) -> ApiResult<Json<SharedPortrait>> {
    let (looked, until) = opened(&room, &share).await?;
    let portrait = told(&room, &looked, |arena| !arena.plan.blind).await?;
    Ok(Json(SharedPortrait { portrait, until: until.map(Into::into) }))
}

/// The same as PDF.
#[utoipa::path(get, path = "/api/portraits/{share}/report", tag = "papers", operation_id = "shared_report", params(("share" = String, Path, description = "what the link ends with"), SpokenIn), responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub async fn shared_report(
    State(room): State<ContestRoom>,
    Query(spoken): Query<SpokenIn>,
    Path(share): Path<String>,
) -> ApiResult<Response> {
    let (looked, _) = opened(&room, &share).await?;
    printed_report(&room, &looked, spoken).await
}
