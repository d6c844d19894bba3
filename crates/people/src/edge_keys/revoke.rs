//! `DELETE /api/contests/{contest}/edge-keys/{key}`: the key opens nothing any more, from the next request on.

use axum::extract::State;
use store::args;
use web::audit::{self, Noted};
use web::{Answer, ApiResult, Hall, IdempotencyKey, Path, Problem, RequestId, Signed, wire};

use super::EdgeKey;
use crate::sql;

/// Revoke an edge's key.
#[utoipa::path(delete, path = "/api/contests/{contest}/edge-keys/{key}", tag = "people", operation_id = "revoke_edge_key",
    params(("contest" = wire::ContestId, Path), ("key" = String, Path)), responses((status = 200, body = EdgeKey)))]
pub async fn revoke(
    State(hall): State<Hall>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((contest, id)): Path<(wire::ContestId, String)>,
) -> ApiResult<Answer> {
    let (contest, id, signed, now, request_id) = (&contest.0, &id, &signed, hall.now(), &request_id);
    web::write(&hall, &key, |tx| {
        Box::pin(async move {
            if tx.exec(sql::EDGE_KEY_REVOKE, &args![contest, id, now]).await? > 0 {
                let subject = format!("{contest} {id}");
                let (account, subject) = (Some(&signed.account), Some(subject.as_str()));
                audit::note(tx, &Noted { at: now, account, act: "edge_key.revoked", subject, request_id }).await?;
            }
            let row = tx.opt(sql::EDGE_KEY, &args![contest, id]).await?;
            let row = row.ok_or_else(|| Problem::not_found("没有这个密钥", "There is no such key"))?;
            Answer::ok(&EdgeKey::of(&row)?)
        })
    })
    .await
}
