//! A text is tried on recorded runs. Nothing is kept.

use std::sync::Arc;

use axum::extract::State;
use catalogue::LoadedScheme;
use serde::Deserialize;
use utoipa::ToSchema;
use web::wire::{ContestId, RunId};
use web::{ApiResult, Hall, Json, Path};

use super::difference::{RulesTried, difference};
use super::retrial::{Wanted, judge_again};
use super::{must_change_rules_only, read};
use crate::ContestRoom;
use crate::floor::Floor;
use crate::room::blocking;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TryRules {
    /// The text of a scheme file.
    pub scheme: String,
    /// All runs that were opened without it.
    pub runs: Option<Vec<RunId>>,
}

/// What would be otherwise if the text had been in force from the start: every verdict of the runs, what each run comes to, and whose total or
/// rank moves. Runs that go on are judged as far as they were recorded.
#[utoipa::path(post, path = "/api/contests/{contest}/rules/try", tag = "rules", operation_id = "try_rules", params(ContestId), request_body = TryRules, responses((status = 200, body = RulesTried)))]
pub async fn try_out(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<TryRules>,
) -> ApiResult<Json<RulesTried>> {
    let floor = room.floor(&contest).await?;
    let scheme = read(wanted.scheme).await?;
    must_change_rules_only(&floor.arena(), &scheme)?;
    let runs = match wanted.runs {
        Some(runs) => Wanted::These(runs),
        None => Wanted::OpenedSince(0),
    };
    Ok(Json(tried(&room.hall, &floor, scheme, runs).await?))
}

pub(super) async fn tried(
    hall: &Hall,
    floor: &Arc<Floor>,
    scheme: LoadedScheme,
    wanted: Wanted,
) -> ApiResult<RulesTried> {
    let _one_at_a_time = floor.bench.lock().await;
    let retrial = judge_again(hall, floor, &scheme, &wanted).await?;
    blocking(move || difference(&retrial, &scheme)).await
}
