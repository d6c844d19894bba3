//! Rule sets: what a contest adds to its scheme. Those that ship, one that is looked at before a contest is made with it, and a contest's own.

use axum::extract::State;
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::wire::{ContestId, Text};
use web::{ApiResult, Json, Listed, Path, Problem};

use super::check_scheme::SchemeFault;
use crate::ContestRoom;
use crate::room::blocking;

#[derive(Debug, Serialize, ToSchema)]
pub struct RuleSetSummary {
    pub id: String,
    pub version: u32,
    pub title: Text,
}

impl RuleSetSummary {
    fn of(rules: &marking::ContestRules) -> Self {
        Self { id: rules.code.clone(), version: rules.version, title: (&rules.title).into() }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ShippedRuleSet {
    /// Its file in `catalogue/contests/rule-sets/`, without the ending.
    pub name: String,
    #[serde(flatten)]
    pub summary: RuleSetSummary,
    /// SHA-256 of the source, in hexadecimal.
    pub hash: String,
    pub source: String,
}

/// The rule sets that ship with the program, as text to start from.
#[utoipa::path(get, path = "/api/rule-sets", tag = "contest", operation_id = "list_rule_sets", responses((status = 200, body = Listed<ShippedRuleSet>)))]
pub async fn shipped() -> ApiResult<Json<Listed<ShippedRuleSet>>> {
    let rule_sets = catalogue::SHIPPED_RULE_SETS.iter().filter_map(|shipped| {
        let loaded = catalogue::load_rule_set(shipped.source).0?;
        Some(ShippedRuleSet {
            name: shipped.name.to_owned(),
            summary: RuleSetSummary::of(&loaded.rules),
            hash: loaded.hash,
            source: shipped.source.to_owned(),
        })
    });
    Ok(Json(Listed::whole(rule_sets.collect())))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSetText {
    /// The text of a rule-set file.
    pub rule_set: String,
    /// The text of the scheme that it is to be used with; without it the rule set is looked at alone.
    pub scheme: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RuleSetChecked {
    /// Null if a contest can't be made with it.
    pub summary: Option<RuleSetSummary>,
    /// In the order of the page.
    pub faults: Vec<SchemeFault>,
}

/// Every fault and warning with its line and column, and how it fits the scheme. A faulty rule set is an answer, not an error.
#[utoipa::path(post, path = "/api/rule-sets/check", tag = "contest", operation_id = "check_rule_set", request_body = RuleSetText, responses((status = 200, body = RuleSetChecked)))]
pub async fn check(Json(asked): Json<RuleSetText>) -> ApiResult<Json<RuleSetChecked>> {
    let (loaded, faults) = blocking(move || {
        let (loaded, mut faults) = catalogue::load_rule_set(&asked.rule_set);
        let scheme = asked.scheme.and_then(|text| catalogue::load_scheme(&text).0);
        if let (Some(loaded), Some(scheme)) = (&loaded, &scheme) {
            faults.extend(loaded.check_against(&scheme.scheme));
        }
        (loaded, faults)
    })
    .await?;
    let sound = faults.iter().all(|fault| fault.severity == catalogue::Severity::Warning);
    Ok(Json(RuleSetChecked {
        summary: loaded.filter(|_| sound).map(|loaded| RuleSetSummary::of(&loaded.rules)),
        faults: faults.into_iter().map(SchemeFault::from).collect(),
    }))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RuleSetShown {
    #[serde(flatten)]
    pub summary: RuleSetSummary,
    pub hash: String,
    pub source: String,
}

/// By which a contest's prizes are given, its results rechecked, appealed against and signed, as it was when the contest was made.
#[utoipa::path(get, path = "/api/contests/{contest}/rule-set", tag = "contest", operation_id = "rule_set", params(ContestId), responses((status = 200, body = RuleSetShown)))]
pub async fn of_contest(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
) -> ApiResult<Json<RuleSetShown>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let loaded =
        arena.plan.rule_set.as_ref().ok_or_else(|| {
            Problem::new(ErrorCode::NotFound).detail("本场没有规则集", "This contest has no rule set")
        })?;
    Ok(Json(RuleSetShown {
        summary: RuleSetSummary::of(&loaded.rules),
        hash: loaded.hash.clone(),
        source: loaded.source.to_string(),
    }))
}
