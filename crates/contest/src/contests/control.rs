//! The control room as one document: what its live topic holds, for the first paint and for scripts.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::ContestId;
use web::{ApiResult, Json, Path};

use crate::ContestRoom;
use crate::event::ContestState;

#[derive(Debug, Serialize, ToSchema)]
pub struct Control {
    pub contest: ContestId,
    pub state: ContestState,
    /// How far the log has been folded.
    pub position: i64,
    /// Keys and values of the live topic `control`.
    pub set: serde_json::Map<String, serde_json::Value>,
}

/// Venues, clocks, judges, missing sheets, alarms and verdicts that wait.
#[utoipa::path(get, path = "/api/contests/{contest}/control", tag = "contest", params(ContestId), responses((status = 200, body = Control)))]
pub async fn control(State(room): State<ContestRoom>, Path(contest): Path<ContestId>) -> ApiResult<Json<Control>> {
    let floor = room.floor(&contest).await?;
    let set = room
        .hub
        .get(&format!("staff/contests/{}/control", *contest))
        .map(|topic| topic.entries())
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_string(), serde_json::from_slice(&value).ok()?)))
        .collect();
    let arena = floor.arena();
    Ok(Json(Control { contest, state: arena.state, position: arena.position, set }))
}
