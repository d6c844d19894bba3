//! `GET /api/archive/forwards`: where statements go on to, and how far they are.

use archive::Tenant;
use axum::extract::State;
use serde::Serialize;
use store::{Row, StoreError};
use utoipa::ToSchema;
use web::wire::Timestamp;
use web::{ApiResult, Hall, Json, Listed, Problem};

use crate::sql;

/// Another record store that gets a tenant's statements.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ForwardShown {
    pub id: String,
    pub tenant: u32,
    pub name: String,
    pub endpoint: String,
    pub login: String,
    /// How many statements are on the other side.
    pub sent: i64,
    /// How many wait here.
    pub waiting: i64,
    /// How often in a row it failed.
    pub failures: u32,
    /// Why it failed last.
    #[schema(required = true)]
    pub failed: Option<String>,
    pub created_at: Timestamp,
    #[schema(required = true)]
    pub stopped_at: Option<Timestamp>,
}

impl ForwardShown {
    pub(crate) fn of(row: &Row, newest: i64) -> Result<Self, StoreError> {
        let tenant: u32 = row.get("tenant")?;
        let position: i64 = row.get("position")?;
        let start = Tenant::new(tenant).unwrap_or(Tenant::HALL).start();
        Ok(Self {
            id: row.get("id")?,
            tenant,
            name: row.get("name")?,
            endpoint: row.get("endpoint")?,
            login: row.get("login")?,
            sent: position - start,
            waiting: (newest - position).max(0),
            failures: row.get("failures")?,
            failed: row.get("failed")?,
            created_at: row.get::<kernel::Timestamp>("created_at")?.into(),
            stopped_at: row.get::<Option<kernel::Timestamp>>("stopped_at")?.map(Into::into),
        })
    }
}

/// All forwards, each held against where its tenant's log stands.
pub(crate) async fn all(hall: &Hall) -> ApiResult<Vec<ForwardShown>> {
    let mut shown = Vec::new();
    for row in hall.db.all(sql::FORWARDS, &[]).await? {
        let tenant = Tenant::new(row.get("tenant")?).unwrap_or(Tenant::HALL);
        let newest = archive::newest_of(&hall.db, tenant).await.map_err(Problem::internal)?;
        shown.push(ForwardShown::of(&row, newest)?);
    }
    Ok(shown)
}

/// List where statements go on to.
#[utoipa::path(get, path = "/api/archive/forwards", tag = "archive", operation_id = "list_forwards", responses((status = 200, body = Listed<ForwardShown>)))]
pub async fn list(State(hall): State<Hall>) -> ApiResult<Json<Listed<ForwardShown>>> {
    Ok(Json(Listed::whole(all(&hall).await?)))
}
