//! A contest is put into a tier of a season: with its trades, its host, and the contest that those who advance go to.

use std::collections::HashSet;

use axum::extract::State;
use kernel::{ErrorCode, OrganisationId};
use serde::{Deserialize, Serialize};
use store::{Tx, args};
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::directory::{self, Named};
use web::wire::{ContestId, SeasonId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::{Linked, season_of};
use crate::{ContestRoom, sql};

const TRADES_MOST: usize = 30;
const HOST_MOST: usize = 100;

#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Placing {
    /// Null: the contest leaves its season, and the rest is not looked at.
    #[serde(deserialize_with = "said")]
    #[schema(required = true)]
    pub season: Option<SeasonId>,
    /// A tier's code.
    #[serde(default)]
    pub tier: String,
    /// Codes of the catalogue, at least one.
    #[serde(default)]
    pub trades: Vec<String>,
    /// An organisation, by its Chinese name or its id.
    #[serde(default)]
    pub host: Option<String>,
    /// A contest of the next tier that has one of the trades.
    #[serde(default)]
    pub target: Option<ContestId>,
}

/// Null is said, not left out: nobody leaves a season by an empty request.
fn said<'de, D: serde::Deserializer<'de>>(reader: D) -> Result<Option<SeasonId>, D::Error> {
    Option::deserialize(reader)
}

/// Puts a contest into a season, or changes where it stands there. Once somebody has gone on from it or into it, its season, tier and target stand.
#[utoipa::path(post, path = "/api/contests/{contest}/season", tag = "seasons", operation_id = "place_in_season", params(ContestId), request_body = Placing, responses((status = 200, body = Placing)))]
pub async fn link(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<Placing>,
) -> ApiResult<Answer> {
    // It must be there, whole or not.
    let known = room.hall.db.opt(sql::CONTEST, &args![&*contest]).await?;
    known.ok_or_else(|| {
        Problem::not_found(format!("没有这场赛事：{}", *contest), format!("There is no contest {}", *contest))
    })?;
    let (hall, contest, wanted, account, request_id) = (&room.hall, &contest.0, &wanted, &actor.account, &request_id);
    web::write(hall, &key, |tx| {
        Box::pin(async move {
            let before = Linked::of(tx, contest).await?;
            must_be_free(tx, contest, before.as_ref(), wanted).await?;
            let now = hall.now();
            let act = match &wanted.season {
                Some(season) => {
                    let host = check(tx, contest, season, wanted).await?;
                    let trades = format!(" {} ", wanted.trades.join(" "));
                    let target = wanted.target.as_ref().map(|target| target.0.clone());
                    let args = args![contest, &**season, &wanted.tier, trades, &host, &target];
                    tx.exec(sql::KEEP_LINK, &args).await?;
                    "season.contest_placed"
                }
                None => {
                    tx.exec(sql::FORGET_LINK, &args![contest]).await?;
                    "season.contest_taken_out"
                }
            };
            let about = Some(contest.as_str());
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject: about, request_id }).await?;
            Answer::ok(wanted)
        })
    })
    .await
}

/// What others rely on stands: the places that were given from here, and the contests that feed this one.
async fn must_be_free(
    tx: &mut Tx<'_>,
    contest: &kernel::ContestId,
    before: Option<&Linked>,
    wanted: &Placing,
) -> ApiResult<()> {
    let Some(before) = before else { return Ok(()) };
    let same_tier =
        wanted.season.as_ref().is_some_and(|season| **season == before.season_id) && wanted.tier == before.tier;
    let same_target = wanted.target.as_ref().map(|target| &target.0) == before.target.as_ref();
    if same_tier && same_target {
        return Ok(());
    }
    if !tx.all(sql::ADVANCES, &args![contest]).await?.is_empty() {
        return Err(Problem::new(ErrorCode::AdvanceState).detail(
            "本场已有选手晋级，赛季、层级和去向不能再改",
            "Somebody has gone on from this contest: its season, tier and target stand",
        ));
    }
    if !same_tier && !tx.all(sql::FEEDERS, &args![contest]).await?.is_empty() {
        return Err(Problem::new(ErrorCode::AdvanceState).detail(
            "有赛事以本场为晋级去向，请先改它们的去向",
            "Other contests feed this one: change their targets first",
        ));
    }
    Ok(())
}

/// All faults, each at its field; the host's id.
async fn check(
    tx: &mut Tx<'_>,
    contest: &kernel::ContestId,
    season_id: &SeasonId,
    wanted: &Placing,
) -> ApiResult<Option<OrganisationId>> {
    let Some(row) = tx.opt(sql::SEASON, &args![&**season_id]).await? else {
        return Err(Problem::invalid("season", "没有这个赛季", "there is no such season"));
    };
    let season = season_of(&row.get::<String>("source")?)?;
    let mut faults: Vec<(String, kernel::Text)> = Vec::new();
    let mut fault = |path: String, zh: &str, en: &str| faults.push((path, kernel::Text::new(zh, en)));
    if season.tier(&wanted.tier).is_none() {
        fault("tier".into(), "赛季中没有这一层级", "the season has no such tier");
    }
    if wanted.trades.is_empty() || wanted.trades.len() > TRADES_MOST {
        fault("trades".into(), "写 1 至 30 个工种", "1 to 30 trades");
    }
    let mut seen = HashSet::new();
    for (at, trade) in wanted.trades.iter().enumerate().take(TRADES_MOST) {
        let path = format!("trades[{at}]");
        if catalogue::trades().trade(trade).is_none() {
            fault(path, "目录中没有这个工种", "the catalogue has no such trade");
        } else if !season.has_trade(trade) {
            fault(path, "本赛季没有这个工种", "the season is not for this trade");
        } else if !seen.insert(trade) {
            fault(path, "重复", "it is there twice");
        }
    }
    let mut host = None;
    match wanted.host.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) if name.chars().count() > HOST_MOST || name.contains('\0') => {
            fault("host".into(), "最多 100 个字", "at most 100 characters");
        }
        Some(name) => match directory::organisation_named(tx, name).await? {
            Named::One(id) => host = Some(id),
            Named::Nobody => fault("host".into(), "没有这个单位", "there is no such organisation"),
            Named::Several => fault(
                "host".into(),
                "有多个单位用此名称，请改填单位编号（org_…）",
                "several organisations bear this name: write the id (org_…)",
            ),
        },
        None => {}
    }
    if let Some(target) = &wanted.target {
        let there = if target.0 == *contest { None } else { Linked::of(tx, target).await? };
        let next = season.after(&wanted.tier).map(|tier| tier.code.as_str());
        match there {
            None => fault("target".into(), "去向须是本赛季的另一场赛事", "it must be another contest of the season"),
            Some(there) if there.season_id != season_id.0 => {
                fault("target".into(), "去向不在本赛季", "it is not in this season");
            }
            Some(there) if next != Some(there.tier.as_str()) => {
                fault("target".into(), "去向须在下一层级", "it must stand in the next tier");
            }
            Some(there) if !there.trades.iter().any(|trade| wanted.trades.contains(trade)) => {
                fault("target".into(), "去向没有相同的工种", "it has none of these trades");
            }
            Some(_) => {}
        }
    }
    if faults.is_empty() {
        return Ok(host);
    }
    Err(faults
        .into_iter()
        .fold(Problem::new(ErrorCode::Invalid), |problem, (path, says)| problem.field_text(path, says)))
}
