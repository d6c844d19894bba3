//! The rules in force as text, their versions, and the candidate beside them.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, Timestamp};
use web::{ApiResult, Json, Path};

use super::Candidate;
use crate::ContestRoom;
use crate::arena::Arena;

#[derive(Debug, Serialize, ToSchema)]
pub struct RulesSeen {
    /// Of the rules in force.
    pub version: u32,
    /// SHA-256 of their text, in hex.
    pub hash: String,
    /// The text of the whole scheme file.
    pub source: String,
    /// Oldest first; the first is the scheme that the contest was made of.
    pub versions: Vec<RulesVersion>,
    pub shadow: Option<Shadow>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RulesVersion {
    pub version: u32,
    pub hash: String,
    pub at: Timestamp,
    /// Who published it, by name.
    pub by: Option<String>,
    pub reason: Option<String>,
    /// How many runs were opened under it.
    pub runs: usize,
}

/// Rules that are watched beside those in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct Shadow {
    pub hash: String,
    pub source: String,
    pub at: Timestamp,
    pub by: String,
    pub reason: Option<String>,
}

/// The whole text, so that it can be edited and tried.
#[utoipa::path(get, path = "/api/contests/{contest}/rules", tag = "rules", operation_id = "rules", params(ContestId), responses((status = 200, body = RulesSeen)))]
pub async fn show(State(room): State<ContestRoom>, Path(contest): Path<ContestId>) -> ApiResult<Json<RulesSeen>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    Ok(Json(seen(&arena, arena.rules.candidate.as_ref())))
}

pub(super) fn seen(arena: &Arena, candidate: Option<&Candidate>) -> RulesSeen {
    let opened: Vec<u32> = arena
        .runs
        .iter()
        .filter(|(_, now)| now.watched.opened_by().is_some())
        .map(|(run, _)| arena.rules_of(run).version)
        .collect();
    let versions = arena.rules.versions().map(|rules| RulesVersion {
        version: rules.version,
        hash: rules.scheme.hash.clone(),
        at: rules.at.into(),
        by: rules.by.clone(),
        reason: rules.reason.clone(),
        runs: opened.iter().filter(|version| **version == rules.version).count(),
    });
    let in_force = arena.rules.in_force();
    RulesSeen {
        version: in_force.version,
        hash: in_force.scheme.hash.clone(),
        source: in_force.scheme.source.to_string(),
        versions: versions.collect(),
        shadow: candidate.map(|candidate| Shadow {
            hash: candidate.scheme.hash.clone(),
            source: candidate.scheme.source.to_string(),
            at: candidate.at.into(),
            by: candidate.by.clone(),
            reason: candidate.reason.clone(),
        }),
    }
}
