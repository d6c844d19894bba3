//! The routes that belong to no room: is the process alive, may a balancer send requests here, what is measured, and what
//! the HTTP interface looks like.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};
use kernel::ErrorCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{Access, Rule};
use crate::{ApiResult, Hall, Json, Problem, Seal, etag, metrics};

pub(crate) const RULES: &[Rule] = &[
    Rule::get("/healthz", Access::Public),
    Rule::get("/readyz", Access::Public),
    Rule::get("/metrics", Access::Public),
    Rule::get("/api/openapi.json", Access::Public),
    Rule::get("/api/hall/key", Access::Public),
];

/// The finished document, kept encoded.
#[derive(Clone)]
pub(crate) struct OwnState {
    pub hall: Hall,
    pub openapi: bytes::Bytes,
}

pub(crate) fn routes() -> OpenApiRouter<OwnState> {
    OpenApiRouter::default()
        .routes(routes!(healthz))
        .routes(routes!(readyz))
        .routes(routes!(metrics))
        .routes(routes!(openapi))
        .routes(routes!(hall_key))
}

/// How the hall is.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// `ok`
    status: &'static str,
    version: &'static str,
}

const OK: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "hall", responses((status = 200, body = Health)))]
async fn healthz() -> axum::Json<Health> {
    axum::Json(OK)
}

/// The hall may be sent requests: its database answers, and it is not about to stop.
#[utoipa::path(get, path = "/readyz", tag = "hall", responses((status = 200, body = Health)))]
async fn readyz(State(state): State<OwnState>) -> ApiResult<Json<Health>> {
    if state.hall.is_draining() {
        return Err(Problem::new(ErrorCode::Draining).retry_after_s(5));
    }
    match state.hall.db.ping().await {
        Ok(()) => Ok(Json(OK)),
        Err(fault) => {
            tracing::warn!(%fault, "the database doesn't answer");
            Err(Problem::new(ErrorCode::Overloaded)
                .detail("数据库没有响应", "The database doesn't answer")
                .retry_after_s(2))
        }
    }
}

/// Measurements in the OpenMetrics text format.
#[utoipa::path(get, path = "/metrics", tag = "hall", responses((status = 200, body = String, content_type = "application/openmetrics-text")))]
async fn metrics(State(state): State<OwnState>) -> ApiResult<Response> {
    let text = state.hall.metrics.render().map_err(Problem::internal)?;
    let mut response = text.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(metrics::CONTENT_TYPE));
    Ok(response)
}

/// The public key by which this hall's documents are checked.
#[derive(Debug, Serialize, ToSchema)]
struct HallKey {
    /// `Ed25519`.
    algorithm: &'static str,
    /// In hexadecimal.
    key: String,
}

/// By which key this hall seals what leaves it.
#[utoipa::path(get, path = "/api/hall/key", tag = "hall", responses((status = 200, body = HallKey)))]
async fn hall_key(State(state): State<OwnState>) -> ApiResult<Json<HallKey>> {
    let key = Seal::of(&state.hall).await?.public_key();
    Ok(Json(HallKey { algorithm: "Ed25519", key }))
}

/// This document.
#[utoipa::path(get, path = "/api/openapi.json", tag = "hall", responses((status = 200, body = serde_json::Value)))]
async fn openapi(State(state): State<OwnState>, headers: HeaderMap) -> Response {
    etag::tagged(&headers, state.openapi, "application/json")
}
