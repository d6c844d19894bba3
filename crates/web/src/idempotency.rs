//! Writes that may be sent again. A sender makes a key for each write; the hall keeps the answer under it in the
//! transaction of the write, so that either both are there or neither. The same request again gets the same answer and
//! does nothing; other content under the same key is refused.
//!
//! Writes run one after another (see [`store`]), so of two equal requests at once one acts and the other finds its answer.
//! A refusal is not kept: nothing was changed, and the sender may mend the cause and use the key again.
//!
//! What depends on the state of things belongs inside the closure of [`write`]: before it, a repetition would be held
//! against the state that the first request has made.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use kernel::{ErrorCode, Timestamp};
use store::{BoxFuture, StoreError, Tx, args};

use crate::answer::Answer;
use crate::{ApiResult, Hall, Problem, sql};

pub const KEY_HEADER: &str = "idempotency-key";

/// So long an answer is kept: a week, longer than any tablet's outbox.
pub const KEPT_MS: i64 = 7 * 24 * 3600 * 1000;

/// The key of a write, whose it is, and the fingerprint of what was sent under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    pub(crate) owner: String,
    pub(crate) key: String,
    pub(crate) route: String,
    pub(crate) digest: String,
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<IdempotencyKey>().cloned().ok_or_else(|| ErrorCode::IdempotencyKeyMissing.into())
    }
}

/// Runs a write once. `act` may run several times when the transaction loses a race, and does nothing but through its
/// transaction; it borrows what it needs:
///
/// ```no_run
/// # async fn example(hall: web::Hall, key: web::IdempotencyKey, wanted: String) -> web::ApiResult<web::Answer> {
/// let wanted = &wanted;
/// web::write(&hall, &key, |tx| {
///     Box::pin(async move {
///         let position = tx.next_position("example").await?;
///         tx.exec("insert into example (position, name) values ($1, $2)", &store::args![position, wanted]).await?;
///         web::Answer::created(&position)
///     })
/// })
/// .await
/// # }
/// ```
pub async fn write<'env, F>(hall: &Hall, key: &IdempotencyKey, act: F) -> ApiResult<Answer>
where
    F: for<'tx> Fn(&'tx mut Tx<'env>) -> BoxFuture<'tx, ApiResult<Answer>> + Send + Sync + 'env,
{
    let (act, key, at) = (Arc::new(act), Arc::new(key.clone()), hall.now());
    hall.db
        .write(move |tx| {
            let (act, key) = (act.clone(), key.clone());
            Box::pin(async move {
                if let Some(kept) = kept(tx, &key).await? {
                    return Ok(kept);
                }
                let answer = act(tx).await?;
                keep(tx, &key, &answer, at).await?;
                Ok(answer)
            })
        })
        .await
}

/// The answer of an earlier, equal request, for a handler that must do something slow before its transaction (verify a
/// password, read a workbook) and would judge a repetition by the state that the first request has made.
pub async fn replayed(hall: &Hall, key: &IdempotencyKey) -> ApiResult<Option<Answer>> {
    hall.db.read(|tx| Box::pin(kept(tx, key))).await
}

/// The answer that was kept under the key, marked as replayed. For writers that bring their own transaction, such as one
/// that commits many marks at once; others use [`write`].
pub async fn kept(tx: &mut Tx<'_>, key: &IdempotencyKey) -> ApiResult<Option<Answer>> {
    let Some(row) = tx.opt(sql::ANSWER_KEPT, &args![&key.owner, &key.key]).await? else { return Ok(None) };
    if row.get::<String>("request_hash")? != key.digest {
        return Err(ErrorCode::IdempotencyKeyReused.into());
    }
    let body: String = row.get("body")?;
    Ok(Some(Answer {
        status: StatusCode::from_u16(row.get("status")?).map_err(Problem::internal)?,
        body: (!body.is_empty()).then_some(body),
        kept: None,
        replayed: true,
    }))
}

/// Keeps the answer under the key, in the transaction of the write.
pub async fn keep(tx: &mut Tx<'_>, key: &IdempotencyKey, answer: &Answer, at: Timestamp) -> Result<(), StoreError> {
    let body = answer.kept.as_deref().or(answer.body.as_deref()).unwrap_or_default();
    let args = args![&key.owner, &key.key, &key.route, &key.digest, answer.status.as_u16(), body, at];
    tx.exec(sql::ANSWER_KEEP, &args).await.map(drop)
}
