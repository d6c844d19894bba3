//! `POST /api/archive/erasures`: a person's statements can't be read again, by nobody, in no copy. Chain and positions stay.

use archive::Tenant;
use axum::extract::State;
use kernel::PersonId;
use serde::{Deserialize, Serialize};
use store::{Tx, args};
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire;
use web::{Answer, ApiResult, IdempotencyKey, Json, Problem, RequestId, Signed};
use xapi::Actor;

use crate::{Lrs, sql};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Erase {
    /// Of this hall; then only this is given.
    #[schema(value_type = Option<String>)]
    pub person: Option<wire::PersonId>,
    /// An xAPI agent, as JSON.
    pub agent: Option<String>,
    #[serde(default)]
    pub tenant: u32,
    /// Why; it stays in the audit trail, the person's name does not.
    pub reason: String,
}

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Erased {
    /// How many keys were shredded, one for each year in which there were statements.
    pub keys: u64,
}

fn identity(asked: &Erase) -> ApiResult<String> {
    let of = |person: &PersonId| xapi::hall_person(person).key().map(|key| key.to_string());
    let found = match (&asked.person, &asked.agent) {
        (Some(person), None) => of(&person.0),
        (None, Some(agent)) => {
            let actor = Actor::parse(agent).map_err(|faults| {
                let fault = faults.first().map(|fault| fault.text.clone()).unwrap_or_default();
                Problem::invalid("agent", fault.zh, fault.en)
            })?;
            actor.key().map(|key| key.to_string())
        }
        _ => None,
    };
    found.ok_or_else(|| {
        Problem::invalid("person", "请给出 person 或 agent 其中之一", "give either a person or an agent")
    })
}

/// Erase a person: what is told of him can't be read any more.
#[utoipa::path(post, path = "/api/archive/erasures", tag = "archive", operation_id = "erase", responses((status = 200, body = Erased)))]
pub async fn erase(
    State(lrs): State<Lrs>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Json(asked): Json<Erase>,
) -> ApiResult<Answer> {
    let identity = &identity(&asked)?;
    let tenant = Tenant::new(asked.tenant)
        .ok_or_else(|| Problem::invalid("tenant", "没有这个租户", "there is no such tenant"))?;
    if asked.reason.trim().is_empty() {
        return Err(Problem::invalid("reason", "请写明理由", "say why"));
    }
    let (now, asked, signed, request_id) = (lrs.hall.now(), &asked, &signed, &request_id);
    web::write(&lrs.hall, &key, |tx| {
        Box::pin(async move {
            let keys = archive::erase(tx, tenant, identity, now).await.map_err(Problem::internal)?;
            forget_documents(tx, tenant, identity).await?;
            let act = "record_store.person_erased";
            let noted =
                Noted { at: now, account: Some(&signed.account), act, subject: Some(&asked.reason), request_id };
            audit::note(tx, &noted).await?;
            Answer::ok(&Erased { keys })
        })
    })
    .await
}

/// His profile goes as well. States hang on activities; each of them is kept under a digest that nobody can guess back.
async fn forget_documents(tx: &mut Tx<'_>, tenant: Tenant, identity: &str) -> ApiResult<()> {
    let place = crate::documents::place_of("", identity);
    tx.exec(sql::DOCUMENTS_DROP, &args![tenant.number(), "agent", place.as_slice(), None::<&str>]).await?;
    Ok(())
}
