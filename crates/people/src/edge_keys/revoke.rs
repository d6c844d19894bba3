//! `DELETE /api/contests/{contest}/edge-keys/{key}?retire=`: the key opens nothing any more, from the next request on. With `retire`, nobody
//! waits any more for what its gateway may still hold: closed runs end with what has come, and where that leaves a signal unknown a judge is
//! asked.

use axum::extract::State;
use kernel::{ContestId, ErrorCode};
use serde::Deserialize;
use store::{Tx, args};
use utoipa::IntoParams;
use web::audit::{self, Noted};
use web::{Answer, ApiResult, Hall, IdempotencyKey, Path, Problem, Query, RequestId, Signed, wire};

use super::EdgeKey;
use crate::sql;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Revoking {
    /// Retire the gateway as well; only with its last key. Without it the venue's runs go on waiting for its data.
    pub retire: Option<bool>,
}

/// Revoke an edge's key, and retire the edge if that is meant. Doing it again changes nothing; a new key takes a retirement back.
#[utoipa::path(delete, path = "/api/contests/{contest}/edge-keys/{key}", tag = "people", operation_id = "revoke_edge_key",
    params(("contest" = wire::ContestId, Path), ("key" = String, Path), Revoking), responses((status = 200, body = EdgeKey)))]
pub async fn revoke(
    State(hall): State<Hall>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((contest, id)): Path<(wire::ContestId, String)>,
    Query(asked): Query<Revoking>,
) -> ApiResult<Answer> {
    let retires = asked.retire == Some(true);
    let (contest, id, signed, now, request_id) = (&contest.0, &id, &signed, hall.now(), &request_id);
    web::write(&hall, &key, |tx| {
        Box::pin(async move {
            let account = Some(&signed.account);
            if tx.exec(sql::EDGE_KEY_REVOKE, &args![contest, id, now]).await? > 0 {
                let subject = format!("{contest} {id}");
                let subject = Some(subject.as_str());
                audit::note(tx, &Noted { at: now, account, act: "edge_key.revoked", subject, request_id }).await?;
            }
            let found = find(tx, contest, id).await?;
            if retires && retire(tx, contest, &found.edge).await? {
                let subject = format!("{contest} {}", found.edge);
                let subject = Some(subject.as_str());
                audit::note(tx, &Noted { at: now, account, act: "edge.retired", subject, request_id }).await?;
            }
            Answer::ok(&find(tx, contest, id).await?)
        })
    })
    .await
}

async fn find(tx: &mut Tx<'_>, contest: &ContestId, id: &str) -> ApiResult<EdgeKey> {
    let row = tx.opt(sql::EDGE_KEY, &args![contest, id]).await?;
    Ok(EdgeKey::of(&row.ok_or_else(|| Problem::not_found("没有这个密钥", "There is no such key"))?)?)
}

/// Whether it was waited for until now.
async fn retire(tx: &mut Tx<'_>, contest: &ContestId, edge: &wire::EdgeId) -> ApiResult<bool> {
    if tx.one(sql::EDGE_KEYS_LEFT, &args![contest, &edge.0]).await?.get::<i64>("many")? > 0 {
        return Err(Problem::new(ErrorCode::Conflict).detail(
            format!("网关 {edge} 还有有效的密钥；先撤销其余密钥，再停用"),
            format!("Gateway {edge} holds another key that works: revoke that one first"),
        ));
    }
    // Where the contest's telemetry stands tells the referee which batches came before.
    let newest = tx.position(&format!("telemetry/{contest}")).await?;
    let retired = tx.exec(sql::EDGE_RETIRE, &args![contest, &edge.0, newest]).await? > 0;
    if retired {
        tx.wake(&format!("contest/{contest}"), 0).await?;
    }
    Ok(retired)
}
