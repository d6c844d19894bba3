//! `POST /api/contests/{contest}/edge-keys`: a new key for an edge. The answer shows it, and nothing keeps it: when the
//! answer got lost, the same request again shows the key's id without the key; revoke that one and create another.

use axum::extract::State;
use kernel::{ContestId, ErrorCode};
use serde::{Deserialize, Serialize};
use store::{Tx, args};
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::{Answer, ApiResult, Hall, IdempotencyKey, Json, Path, Problem, RequestId, Signed, session, wire};

use super::EdgeKey;
use crate::sql;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateEdgeKey {
    pub edge: wire::EdgeId,
    /// Where its gateway stands: from now on that venue's runs wait for what it has to tell.
    pub venue: Option<wire::VenueId>,
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
    let (contest, asked, signed, id, secret, request_id) = (&contest.0, &asked, &signed, &id, &secret, &request_id);
    let edge = &asked.edge;
    web::write(&hall, &key, |tx| {
        Box::pin(async move {
            if let Some(venue) = &asked.venue {
                must_stand_there(tx, contest, edge, venue).await?;
            }
            let (by, venue) = (&signed.account, asked.venue.as_ref().map(|venue| &venue.0));
            let args = args![id, session::hashed(secret), &edge.0, contest, venue, by, now];
            tx.exec(sql::EDGE_KEY_INSERT, &args).await?;
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

/// A venue of this contest, and no other than the one at which the gateway stands already.
async fn must_stand_there(
    tx: &mut Tx<'_>,
    contest: &ContestId,
    edge: &wire::EdgeId,
    venue: &wire::VenueId,
) -> ApiResult<()> {
    if tx.opt(sql::VENUE_OF, &args![contest, &venue.0]).await?.is_none() {
        return Err(Problem::invalid("venue", "本场没有这个赛场", "this contest has no such venue"));
    }
    if tx.opt(sql::EDGE_ELSEWHERE, &args![contest, &edge.0, &venue.0]).await?.is_none() {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::Conflict).field(
        "edge",
        format!("网关 {edge} 属于另一个赛场；每个赛场的网关须有自己的名称"),
        format!("gateway {edge} stands at another venue; a venue's gateway needs a name of its own"),
    ))
}
