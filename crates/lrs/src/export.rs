//! `GET /api/archive/export`: a tenant's log as NDJSON, a line a statement, in order, as it stands when it is begun.

use std::convert::Infallible;

use archive::{Reader, Recorded, Tenant};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::header;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{ApiResult, Problem, Query};

use crate::Lrs;

/// Statements that are read at once.
const STEP: i64 = 500;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportAsked {
    #[serde(default)]
    tenant: u32,
    /// Behind this place in the tenant's log; 0 for all.
    #[serde(default)]
    since: i64,
}

/// A line of an export: the place in the tenant's log, the chain's hash, and the statement as it is kept; null once its person was erased.
pub fn line(record: &Recorded, tenant: Tenant) -> String {
    let body = record.body.as_deref().unwrap_or("null");
    let (place, id, hash) = (record.position - tenant.start(), record.id, &record.hash);
    format!("{{\"position\":{place},\"id\":\"{id}\",\"hash\":\"{hash}\",\"statement\":{body}}}\n")
}

/// Export the archive as NDJSON.
#[utoipa::path(get, path = "/api/archive/export", tag = "archive", operation_id = "export_archive", params(ExportAsked),
    responses((status = 200, content_type = "application/x-ndjson", body = String)))]
pub async fn export(State(lrs): State<Lrs>, Query(asked): Query<ExportAsked>) -> ApiResult<Response> {
    let tenant = Tenant::new(asked.tenant)
        .ok_or_else(|| Problem::invalid("tenant", "没有这个租户", "there is no such tenant"))?;
    let end = archive::newest_of(&lrs.hall.db, tenant).await.map_err(Problem::internal)?;
    let begin = tenant.start() + asked.since.max(0);
    let reader = lrs.reader(tenant);
    let lines = stream::unfold((reader, begin), move |(reader, at)| async move {
        let (text, last) = step(&reader, tenant, at, end).await?;
        Some((Ok::<_, Infallible>(text), (reader, last)))
    });
    let named = format!("attachment; filename=\"archive-{}.ndjson\"", tenant.number());
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson".to_owned()), (header::CONTENT_DISPOSITION, named)];
    Ok((headers, Body::from_stream(lines)).into_response())
}

async fn step(reader: &Reader, tenant: Tenant, at: i64, end: i64) -> Option<(String, i64)> {
    // An export that breaks off ends before its last line; whoever goes on asks from there.
    let records =
        reader.between(at, end, STEP).await.inspect_err(|error| tracing::error!(%error, "an export broke off")).ok()?;
    let last = records.last()?.position;
    Some((records.iter().map(|record| line(record, tenant)).collect(), last))
}
