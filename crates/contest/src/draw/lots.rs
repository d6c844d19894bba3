//! Lots are drawn: everybody has his number, and works in the order of the numbers.

use std::collections::BTreeMap;

use axum::extract::State;
use kernel::{EntryId, ErrorCode, Seed, TeamId, VenueId};
use serde::Deserialize;
use store::{Tx, args};
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::ContestId;
use web::{Answer, ApiResult, Hall, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::commit::must_be_draft;
use super::list::DrawList;
use super::show::{DrawSeen, nobody_yet};
use super::{DrawNow, drawn, must_have_rule};
use crate::arena::{Arena, Logged};
use crate::event::Happened;
use crate::field::plan_runs::{self, Seating};
use crate::judging::words;
use crate::plan::Plan;
use crate::registration::small_teams;
use crate::{ContestRoom, log, sql};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrawLots {
    /// Added to the hall's part of the seed: something that nobody could know when the commitment was published, such as the next lottery's numbers.
    pub public_part: Option<String>,
    /// Draw although teams have fewer members than the rule set's least.
    #[serde(default)]
    pub even_so: bool,
    /// Needed with `even_so`.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Draws by the seed that was committed to. Nobody joins the field afterwards; to draw once more, commit to another seed.
#[utoipa::path(post, path = "/api/contests/{contest}/draw/lots", tag = "draw", operation_id = "draw_lots", params(ContestId), request_body = DrawLots, responses((status = 200, body = DrawSeen)))]
pub async fn lots(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<DrawLots>,
) -> ApiResult<Answer> {
    let public_part = words("public_part", wanted.public_part.as_ref(), 100)?;
    let reason = words("reason", wanted.reason.as_ref(), 500)?;
    if wanted.even_so && reason.is_none() {
        return Err(Problem::invalid("reason", "仍要抽签须写明理由", "say why lots are drawn even so"));
    }
    let even_so = &reason.filter(|_| wanted.even_so);
    let floor = room.floor(&contest).await?;
    let (hall, floor_ref, contest, account, request_id, public_part) =
        (&room.hall, &floor, &contest.0, &actor.account, &request_id, &public_part);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let (plan, draw) = {
                let arena = floor_ref.arena();
                may_draw(&arena)?;
                (arena.plan.clone(), arena.draw.clone())
            };
            let draw = draw.ok_or_else(|| not_now("请先公布承诺值", "Publish the commitment first"))?;
            if plan.entries.is_empty() {
                return Err(not_now("名单为空", "Nobody is entered"));
            }
            must_be_the_list(&draw, &plan)?;
            let even_so = must_have_whole_teams(&plan, even_so)?;
            let secret: String = tx.one(sql::DRAW_SECRET, &args![contest]).await?.get("secret")?;
            let seed = seed(&secret, public_part.as_deref())?;
            let plan = renamed(tx, &plan, &seed).await?;
            let drawn = drawn(&plan, must_have_rule(&plan)?, &seed).map_err(|faults| {
                faults.iter().fold(not_now("无法抽签", "Lots can't be drawn"), |problem, fault| {
                    problem.field_text("draw", fault.says())
                })
            })?;
            let last = drawn.numbers();
            let numbers: BTreeMap<EntryId, String> = (plan.entries.iter())
                .filter_map(|entry| Some((entry.id.clone(), (*last.get(entry.id.as_str())?.last()?).to_owned())))
                .collect();
            give_numbers(tx, hall, &plan, &numbers).await?;
            let now = hall.now();
            tx.exec(sql::KEEP_LOTS, &args![contest, public_part, now]).await?;
            let (entries, commitment) = (numbers.len() as u32, draw.commitment.clone());
            let happened = Happened::LotsDrawn {
                commitment: commitment.clone(),
                public_part: public_part.clone(),
                entries,
                even_so,
            };
            let position = log::append(tx, contest, now, Some(account), &commitment, &happened).await?;
            let (act, about) = ("draw.lots", contest.as_str());
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject: Some(about), request_id }).await?;
            let logged = Logged { position, at: now, subject: commitment, account: Some(account.clone()), happened };
            Answer::ok(&DrawSeen::of(&plan, DrawNow::folded(Some(draw), &logged).as_ref(), nobody_yet()))
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// The commitment that lots are to be drawn by, once each.
pub(crate) fn may_draw(arena: &Arena) -> ApiResult<String> {
    must_have_rule(&arena.plan)?;
    must_be_draft(arena.state)?;
    match &arena.draw {
        Some(draw) if draw.drawn_at.is_none() => Ok(draw.commitment.clone()),
        Some(_) => Err(not_now(
            "已经抽过签；如需重抽，请重新承诺",
            "Lots are drawn; to draw once more, commit to another seed",
        )),
        None => Err(not_now("请先公布承诺值", "Publish the commitment first")),
    }
}

/// Teams are as large as the rule set says, or somebody says why not, which is given back: nobody joins after the draw.
fn must_have_whole_teams(plan: &Plan, even_so: &Option<String>) -> ApiResult<Option<String>> {
    let small = small_teams(plan);
    if small.is_empty() {
        return Ok(None);
    }
    if even_so.is_some() {
        return Ok(even_so.clone());
    }
    let problem = Problem::new(ErrorCode::NotAsDeclared)
        .detail("有的队伍人数不足，抽签后不能再加人", "Some teams are too small, and nobody joins after the draw");
    Err(small
        .into_iter()
        .fold(problem, |problem, team| problem.field_text(format!("teams[{}]", team.at), team.says(&team.name))))
}

/// The whole seed: the part that was committed to, and the public one behind a blank.
pub(super) fn seed(secret: &str, public_part: Option<&str>) -> ApiResult<Seed> {
    let whole = public_part.map_or_else(|| secret.to_owned(), |public| format!("{secret} {public}"));
    whole.parse().map_err(|bad: kernel::BadSeed| {
        let says = bad.says();
        Problem::invalid("public_part", says.zh, says.en)
    })
}

/// Lots are drawn over the list that was bound with the seed: who could change it now, knowing the whole seed, could choose the order.
fn must_be_the_list(draw: &DrawNow, plan: &Plan) -> ApiResult<()> {
    if draw.list.as_deref() == Some(&DrawList::of(plan)) {
        return Ok(());
    }
    Err(not_now(
        "公布承诺值之后，名单、组别或规则集有变动；请重新承诺，再抽签",
        "The field, its groups or the rule set have changed since the commitment; commit anew, then draw",
    ))
}

/// Entries and teams under the ids that follow from the seed and the old ones, and the plan with them: whoever has seen an id beside a name before knows
/// nothing of the one that will stand beside a number. Of a contest in draft nothing refers to an entry but its runs, its application and the place that
/// sent it, and nothing to a team but its entries.
async fn renamed(tx: &mut Tx<'_>, plan: &Plan, seed: &Seed) -> ApiResult<Plan> {
    tx.exec(sql::FORGET_RUNS, &args![&plan.id]).await?;
    for entry in &plan.entries {
        let before = &entry.id;
        let after: EntryId = seed.id_after(before.as_str()).parse().map_err(Problem::internal)?;
        tx.exec(sql::RENAME_ENTRY, &args![&plan.id, before, &after]).await?;
        tx.exec(sql::RENAME_ENTRY_OF_APPLICATION, &args![&plan.id, before, &after]).await?;
        tx.exec(sql::RENAME_SEAT, &args![&plan.id, before, &after]).await?;
    }
    for team in &plan.teams {
        let before = &team.id;
        let after: TeamId = seed.id_after(before.as_str()).parse().map_err(Problem::internal)?;
        tx.exec(sql::COPY_TEAM, &args![&plan.id, before, &after]).await?;
        tx.exec(sql::MOVE_TEAM, &args![&plan.id, before, &after]).await?;
        tx.exec(sql::TAKE_TEAM_OUT, &args![&plan.id, before]).await?;
    }
    let plan = Plan::load(tx, &plan.id).await.map_err(Problem::internal)?;
    plan.ok_or_else(|| Problem::internal("a contest without a plan"))
}

/// Numbers, and runs in their order: at each venue who has the lower number comes first.
async fn give_numbers(tx: &mut Tx<'_>, hall: &Hall, plan: &Plan, numbers: &BTreeMap<EntryId, String>) -> ApiResult<()> {
    // A new number may be another's old one.
    for entry in numbers.keys() {
        tx.exec(sql::RENUMBER_ENTRY, &args![&plan.id, entry, entry.as_str()]).await?;
    }
    for (entry, no) in numbers {
        tx.exec(sql::RENUMBER_ENTRY, &args![&plan.id, entry, no]).await?;
    }
    tx.exec(sql::FORGET_RUNS, &args![&plan.id]).await?;
    let mut at_venue: BTreeMap<&VenueId, BTreeMap<&str, EntryId>> = BTreeMap::new();
    for entry in &plan.entries {
        if let Some(no) = numbers.get(&entry.id) {
            at_venue.entry(&entry.venue).or_default().insert(no, entry.id.clone());
        }
    }
    for (venue, entries) in at_venue {
        let in_order: Vec<EntryId> = entries.into_values().collect();
        let seating = Seating { contest: &plan.id, stations: &plan.stations, venue, already: 0 };
        plan_runs::plan(tx, hall, &plan.scheme.scheme, &seating, &in_order).await?;
    }
    Ok(())
}

fn not_now(zh: &str, en: &str) -> Problem {
    Problem::new(ErrorCode::ContestNotOpen).detail(zh, en)
}
