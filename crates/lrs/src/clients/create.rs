//! `POST /api/archive/clients`: a key for a program. The answer shows its secret, and nothing keeps it.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::{Answer, ApiResult, Hall, IdempotencyKey, Json, Problem, RequestId, Signed, session};

use super::Scopes;
use super::list::ClientShown;
use crate::sql;
use crate::tenants::named;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateClient {
    pub name: String,
    pub tenant: u32,
    /// Such as `statements/write`; `all` for everything.
    pub scopes: Vec<String>,
}

/// A client just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedClient {
    #[serde(flatten)]
    pub about: ClientShown,
    /// The password of HTTP Basic. Shown once; null in a repeated answer.
    #[schema(required = true)]
    pub secret: Option<String>,
}

/// Make a key for a program that speaks xAPI.
#[utoipa::path(post, path = "/api/archive/clients", tag = "archive", operation_id = "create_client", responses((status = 201, body = CreatedClient)))]
pub async fn create(
    State(hall): State<Hall>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Json(asked): Json<CreateClient>,
) -> ApiResult<Answer> {
    let name = named(&asked.name)?;
    let scopes = Scopes::read(&asked.scopes.join(" ")).map_err(|unknown| {
        Problem::invalid("scopes", format!("没有权限“{unknown}”"), format!("there is no scope {unknown:?}"))
    })?;
    if scopes.is_empty() {
        return Err(Problem::invalid("scopes", "至少选一项权限", "choose at least one scope"));
    }
    let (id, secret, now) = (hall.unseeded_id("xac"), hall.secret(), hall.now());
    let (asked, signed, id, secret, request_id, scopes) = (&asked, &signed, &id, &secret, &request_id, &scopes.text());
    web::write(&hall, &key, |tx| {
        Box::pin(async move {
            if tx.opt(sql::TENANT, &args![asked.tenant]).await?.is_none() {
                return Err(Problem::invalid("tenant", "没有这个租户", "there is no such tenant"));
            }
            let by = Some(&signed.account);
            let args = args![id, asked.tenant, name, id, session::hashed(secret), scopes, by, now];
            tx.exec(sql::CLIENT_ADD, &args).await?;
            let subject = format!("{id} {scopes}");
            let act = "record_store.client_created";
            let noted = Noted { at: now, account: by, act, subject: Some(&subject), request_id };
            audit::note(tx, &noted).await?;
            let about = ClientShown::of(&tx.one(sql::CLIENT, &args![id]).await?)?;
            Answer::created(&CreatedClient { about: about.clone(), secret: Some(secret.clone()) })?
                .keeping(&CreatedClient { about, secret: None })
        })
    })
    .await
}

/// The client of a demonstration: everything, for whoever reads its manual.
pub async fn demo(hall: &Hall) -> Result<(), store::StoreError> {
    const DEMO: &str = "demo";
    let now = hall.now();
    hall.db
        .write(|tx| {
            Box::pin(async move {
                if tx.opt(sql::CLIENT, &args![DEMO]).await?.is_none() {
                    let args = args![DEMO, 0, "Demo", DEMO, session::hashed(DEMO), "all", None::<&str>, now];
                    tx.exec(sql::CLIENT_ADD, &args).await?;
                }
                Ok(())
            })
        })
        .await
}
