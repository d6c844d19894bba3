//! `POST /api/contests/{contest}/edge-keys`: a new key for an edge. The answer shows it, and nothing keeps it: when the
//! answer got lost, the same request again shows the key's id without the key; revoke that one and create another.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::{Answer, ApiResult, Hall, IdempotencyKey, Json, Path, RequestId, Signed, session, wire};

use super::EdgeKey;
use crate::sql;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateEdgeKey {
    pub edge: wire::EdgeId,
}

/// A key just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedEdgeKey {
    #[serde(flatten)]
    pub about: EdgeKey,
    /// Goes into `Authorization: Bearer`. Shown once; null in a repeated answer.
    pub key: Option<String>,
}

/// Create a key for an edge.
#[utoipa::path(post, path = "/api/contests/{contest}/edge-keys", tag = "people", operation_id = "create_edge_key",
    responses((status = 201, body = CreatedEdgeKey)))]
pub async fn create(
    State(hall): State<Hall>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<wire::ContestId>,
    Json(asked): Json<CreateEdgeKey>,
) -> ApiResult<Answer> {
    let (id, secret, now) = (hall.unseeded_id("key"), format!("ghk_{}", hall.secret()), hall.now());
    let (contest, edge, signed, id, secret, request_id) = (&contest.0, &asked.edge, &signed, &id, &secret, &request_id);
    web::write(&hall, &key, |tx| {
        Box::pin(async move {
            let by = &signed.account;
            tx.exec(sql::EDGE_KEY_INSERT, &args![id, session::hashed(secret), &edge.0, contest, by, now]).await?;
            let subject = format!("{contest} {edge} {id}");
            let noted =
                Noted { at: now, account: Some(by), act: "edge_key.created", subject: Some(&subject), request_id };
            audit::note(tx, &noted).await?;
            let about = EdgeKey::of(&tx.one(sql::EDGE_KEY, &args![contest, id]).await?)?;
            Answer::created(&CreatedEdgeKey { about: about.clone(), key: Some(secret.clone()) })?
                .keeping(&CreatedEdgeKey { about, key: None })
        })
    })
    .await
}
