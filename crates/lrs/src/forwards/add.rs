//! `POST /api/archive/forwards`: from now on another record store gets a tenant's statements, from the first one or from those to come.

use archive::Tenant;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::{Answer, ApiResult, Hall, IdempotencyKey, Json, Problem, RequestId, Signed};

use crate::sql;
use crate::tenants::named;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddForward {
    pub tenant: u32,
    pub name: String,
    /// The other store's xAPI address, such as `https://lrs.example/xapi`.
    pub endpoint: String,
    pub login: String,
    pub secret: String,
    /// Only what is stored from now on.
    #[serde(default)]
    pub from_now: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AddedForward {
    pub id: String,
}

/// Send a tenant's statements on to another record store.
#[utoipa::path(post, path = "/api/archive/forwards", tag = "archive", operation_id = "add_forward", responses((status = 201, body = AddedForward)))]
pub async fn add(
    State(hall): State<Hall>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Json(asked): Json<AddForward>,
) -> ApiResult<Answer> {
    let name = named(&asked.name)?;
    let is_web = reqwest::Url::parse(&asked.endpoint).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty() && url.query().is_none()
    });
    if !is_web {
        return Err(Problem::invalid("endpoint", "应为 http 或 https 地址", "must be an http or https address"));
    }
    let Some(tenant) = Tenant::new(asked.tenant) else {
        return Err(Problem::invalid("tenant", "没有这个租户", "there is no such tenant"));
    };
    let (id, now) = (hall.unseeded_id("xaf"), hall.now());
    let newest = archive::newest_of(&hall.db, tenant).await.map_err(Problem::internal)?;
    let position = if asked.from_now { newest } else { tenant.start() };
    let (id, asked, signed, request_id) = (&id, &asked, &signed, &request_id);
    web::write(&hall, &key, |tx| {
        Box::pin(async move {
            if tx.opt(sql::TENANT, &args![asked.tenant]).await?.is_none() {
                return Err(Problem::invalid("tenant", "没有这个租户", "there is no such tenant"));
            }
            let by = Some(&signed.account);
            let args = args![id, asked.tenant, name, &asked.endpoint, &asked.login, &asked.secret, position, by, now];
            tx.exec(sql::FORWARD_ADD, &args).await?;
            let subject = format!("{id} {}", asked.endpoint);
            let act = "record_store.forward_added";
            let noted = Noted { at: now, account: by, act, subject: Some(&subject), request_id };
            audit::note(tx, &noted).await?;
            Answer::created(&AddedForward { id: id.clone() })
        })
    })
    .await
}
