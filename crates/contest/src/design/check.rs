//! A scheme is held against what the hall knows of a contest: who is entered, and what its stations really send.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::wire::{ContestId, Text};
use web::{ApiResult, Json, Path};

use super::{fit, must_be_open};
use crate::ContestRoom;
use crate::contests::check_scheme::{SchemeFault, SchemeSummary};
use crate::room::blocking;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DesignText {
    /// The text of a scheme file.
    pub scheme: String,
    /// The text of a rule-set file; null where the contest has none.
    pub rule_set: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DesignChecked {
    /// What the file holds; null if a contest can't be made from it.
    #[schema(required = true)]
    pub summary: Option<SchemeSummary>,
    /// In the order of the page; those about signals that no station has sent among them.
    pub faults: Vec<SchemeFault>,
    /// Why it doesn't fit who is entered already.
    pub conflicts: Vec<Conflict>,
    /// Whether the contest may have another scheme: it is not open, and lots are not drawn.
    pub replaceable: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Conflict {
    /// `groups[students]`, `judges[B]` or `rule_set`.
    pub path: String,
    pub detail: Text,
}

/// As `POST /api/schemes/check`, with what only a contest knows. Nothing is kept.
#[utoipa::path(post, path = "/api/contests/{contest}/scheme/check", tag = "design", operation_id = "check_design", params(ContestId), request_body = DesignText, responses((status = 200, body = DesignChecked)))]
pub async fn check(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
    Json(asked): Json<DesignText>,
) -> ApiResult<Json<DesignChecked>> {
    let floor = room.floor(&contest).await?;
    let heard = room.ears.heard(&room.hall, &contest.0).await?;
    let (loaded, rule_set, faults) = blocking(move || {
        let (loaded, mut faults) = catalogue::load_scheme(&asked.scheme);
        if let Some(scheme) = &loaded {
            faults.extend(catalogue::unheard(scheme, &heard));
            faults.sort_by_key(|fault| (fault.line, fault.column));
        }
        let rule_set = asked.rule_set.and_then(|text| catalogue::load_rule_set(&text).0);
        (loaded, rule_set, faults)
    })
    .await?;
    let arena = floor.arena();
    let conflicts = loaded.as_ref().map_or_else(Vec::new, |scheme| fit::conflicts(&arena, scheme, rule_set.as_ref()));
    Ok(Json(DesignChecked {
        summary: loaded.as_ref().map(|loaded| SchemeSummary::of(&loaded.scheme)),
        faults: faults.into_iter().map(SchemeFault::from).collect(),
        conflicts: conflicts.into_iter().map(|(path, says)| Conflict { path, detail: says.into() }).collect(),
        replaceable: must_be_open(&arena).is_ok(),
    }))
}
