//! A contest that isn't open yet gets another rule set, under the scheme that it has: a version like any other.

use axum::extract::State;
use kernel::ErrorCode;
use serde::Deserialize;
use store::args;
use utoipa::ToSchema;
use web::wire::ContestId;
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::replace::{Saving, SchemeReplaced, read, save};
use crate::arena::Arena;
use crate::judging::words;
use crate::{ContestRoom, sql};

const REASON_MOST: usize = 500;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceRuleSet {
    /// The text of a rule-set file; null: the contest has none from here on.
    pub rule_set: Option<String>,
    /// What was changed, and why: the note of the version.
    pub reason: String,
    /// The hash of the rule set as it was seen; null where there was none.
    pub replaces: Option<String>,
}

/// Checked against the scheme, and kept as the contest's next version. Refused with `scheme_fixed` once a draw was committed to or the contest was
/// opened, and with `stale` when somebody else changed the rule set meanwhile. What it says of registration holds at once, but for times that the
/// organiser has set himself.
#[utoipa::path(put, path = "/api/contests/{contest}/rule-set", tag = "design", operation_id = "replace_rule_set", params(ContestId), request_body = ReplaceRuleSet, responses((status = 200, body = SchemeReplaced)))]
pub async fn replace(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<ReplaceRuleSet>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let note = words("reason", Some(&wanted.reason), REASON_MOST)?
        .ok_or_else(|| Problem::invalid("reason", "请写明改了什么、为什么", "say what is changed, and why"))?;
    floor.up_to_now().await?;
    let scheme = floor.arena().plan.scheme.source.to_string();
    let (scheme, rule_set) = read(scheme, wanted.rule_set).await?;
    let (hall, floor_ref, scheme, rule_set, note) = (&room.hall, &floor, &scheme, rule_set.as_ref(), &note);
    let (account, request_id, seen) = (&actor.account, &request_id, &wanted.replaces);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            must_be_uncommitted(&floor_ref.arena())?;
            must_be_seen(&floor_ref.arena(), seen.as_deref(), &scheme.hash)?;
            let newest: i64 = tx.one(sql::SCHEME_VERSION_NEWEST, &args![&floor_ref.contest]).await?.get("version")?;
            let replaces = u32::try_from(newest).unwrap_or(u32::MAX);
            let saving = Saving { hall, floor: floor_ref, account, request_id, replaces, note };
            Answer::ok(&save(tx, &saving, scheme, rule_set).await?)
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// A commitment is to a seed that is drawn by these rules.
fn must_be_uncommitted(arena: &Arena) -> ApiResult<()> {
    match arena.draw {
        None => Ok(()),
        Some(_) => Err(Problem::new(ErrorCode::SchemeFixed).detail(
            "已公布抽签承诺值，规则集不能再换",
            "A draw was committed to, and the rule set says how it is drawn",
        )),
    }
}

/// Nobody has changed it, or the scheme that it was checked against, meanwhile.
fn must_be_seen(arena: &Arena, seen: Option<&str>, scheme: &str) -> ApiResult<()> {
    let plan = &arena.plan;
    let stands = plan.rule_set.as_ref().map(|loaded| loaded.hash.as_str());
    if stands == seen && plan.scheme.hash == scheme {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::Stale).detail(
        "规则集或评分方案已被他人改动，请刷新后再改",
        "Rule set or scheme has been changed meanwhile; reload and change it again",
    ))
}
