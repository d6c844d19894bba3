//! Whose statements are kept apart: the hall's own, and those of others who keep theirs here.

use archive::Tenant;
use axum::extract::State;
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use store::{Row, StoreError, args};
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::Timestamp;
use web::{Answer, ApiResult, Hall, IdempotencyKey, Json, Listed, Path, Problem, RequestId, Signed};

use crate::sql;

/// A tenant of the record store.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TenantShown {
    pub number: u32,
    pub name: String,
    /// How many full years statements are kept; null for ever.
    #[schema(required = true)]
    pub keep_years: Option<u32>,
    pub created_at: Timestamp,
}

impl TenantShown {
    pub(crate) fn of(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            number: row.get("number")?,
            name: row.get("name")?,
            keep_years: row.get("keep_years")?,
            created_at: row.get::<kernel::Timestamp>("created_at")?.into(),
        })
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddTenant {
    pub name: String,
}

const NAME_MAX: usize = 100;

pub(crate) fn named(name: &str) -> ApiResult<&str> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(Problem::invalid("name", "应为 1 至 100 个字符", "must be 1 to 100 characters"));
    }
    Ok(name)
}

/// Makes sure that the hall's own tenant is there.
pub async fn prepare(hall: &Hall) -> Result<(), StoreError> {
    let now = hall.now();
    hall.db
        .write(|tx| {
            Box::pin(async move {
                tx.exec(sql::TENANT_ADD, &args![0, "Guildhall", None::<&str>, now]).await?;
                Ok(())
            })
        })
        .await
}

/// List the record store's tenants.
#[utoipa::path(get, path = "/api/archive/tenants", tag = "archive", operation_id = "list_tenants", responses((status = 200, body = Listed<TenantShown>)))]
pub async fn list(State(hall): State<Hall>) -> ApiResult<Json<Listed<TenantShown>>> {
    let rows = hall.db.all(sql::TENANTS, &[]).await?;
    let items = rows.iter().map(TenantShown::of).collect::<Result<_, _>>()?;
    Ok(Json(Listed::whole(items)))
}

/// Make a tenant: its statements, documents and keys are kept apart from all others.
#[utoipa::path(post, path = "/api/archive/tenants", tag = "archive", operation_id = "add_tenant", responses((status = 201, body = TenantShown)))]
pub async fn add(
    State(hall): State<Hall>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Json(asked): Json<AddTenant>,
) -> ApiResult<Answer> {
    let name = named(&asked.name)?;
    let (now, signed, request_id) = (hall.now(), &signed, &request_id);
    web::write(&hall, &key, |tx| {
        Box::pin(async move {
            let last: i64 = tx.one(sql::TENANT_LAST, &[]).await?.get("number")?;
            let tenant = u32::try_from(last + 1).ok().and_then(Tenant::new).ok_or(ErrorCode::Conflict)?;
            tx.exec(sql::TENANT_ADD, &args![tenant.number(), name, Some(&signed.account), now]).await?;
            let subject = tenant.number().to_string();
            let act = "record_store.tenant_added";
            let noted = Noted { at: now, account: Some(&signed.account), act, subject: Some(&subject), request_id };
            audit::note(tx, &noted).await?;
            Answer::created(&TenantShown::of(&tx.one(sql::TENANT, &args![tenant.number()]).await?)?)
        })
    })
    .await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeTenant {
    /// How many full years statements are kept, 1 to 100; null for ever.
    #[schema(required = true)]
    pub keep_years: Option<u32>,
}

/// Say how long a tenant's statements are kept. What is older can't be read any more, and comes back by nothing.
#[utoipa::path(patch, path = "/api/archive/tenants/{tenant}", tag = "archive", operation_id = "change_tenant", responses((status = 200, body = TenantShown)))]
pub async fn change(
    State(hall): State<Hall>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(tenant): Path<String>,
    Json(asked): Json<ChangeTenant>,
) -> ApiResult<Answer> {
    if asked.keep_years.is_some_and(|years| !(1..=100).contains(&years)) {
        return Err(Problem::invalid("keep_years", "应为 1 至 100 年", "must be 1 to 100 years"));
    }
    let tenant: u32 = tenant.parse().map_err(|_| ErrorCode::NotFound)?;
    let (now, signed, request_id, years) = (hall.now(), &signed, &request_id, asked.keep_years);
    web::write(&hall, &key, |tx| {
        Box::pin(async move {
            if tx.exec(sql::TENANT_KEEPS, &args![tenant, years]).await? == 0 {
                return Err(ErrorCode::NotFound.into());
            }
            let subject = format!("{tenant} {}", years.map_or("for ever".to_owned(), |years| format!("{years} years")));
            let act = "record_store.tenant_changed";
            let noted = Noted { at: now, account: Some(&signed.account), act, subject: Some(&subject), request_id };
            audit::note(tx, &noted).await?;
            Answer::ok(&TenantShown::of(&tx.one(sql::TENANT, &args![tenant]).await?)?)
        })
    })
    .await
}
