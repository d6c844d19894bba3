//! The commitment of a seed is published, with the list that lots are drawn over: whoever draws later can't have chosen another of either.

use std::sync::Arc;

use axum::extract::State;
use kernel::{ErrorCode, MarkId, Seed};
use serde::Deserialize;
use store::{Tx, args};
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::ContestId;
use web::{Answer, ApiResult, Hall, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::list::DrawList;
use super::lots::seed;
use super::show::DrawSeen;
use super::{DrawNow, must_have_rule};
use crate::arena::{Arena, Logged};
use crate::event::{ContestState, Happened};
use crate::judging::words;
use crate::{ContestRoom, log, sql};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitDraw {
    /// Needed where there was a commitment before, which is void then, and the numbers that were drawn by it.
    pub reason: Option<String>,
}

/// The hall makes a seed, keeps it and publishes its commitment, and the fingerprint of the list as it stands. What was committed to before is void,
/// and its seed is published. Before the contest is opened only.
#[utoipa::path(post, path = "/api/contests/{contest}/draw/commitment", tag = "draw", operation_id = "commit_draw", params(ContestId), request_body = CommitDraw, responses((status = 200, body = DrawSeen)))]
pub async fn commit(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<CommitDraw>,
) -> ApiResult<Answer> {
    let reason = words("reason", wanted.reason.as_ref(), 500)?;
    let floor = room.floor(&contest).await?;
    let (hall, floor_ref, contest, account, request_id, reason) =
        (&room.hall, &floor, &contest.0, &actor.account, &request_id, &reason);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let (plan, draw) = {
                let arena = floor_ref.arena();
                may_commit(&arena, reason.as_ref())?;
                (arena.plan.clone(), arena.draw.clone())
            };
            let void_seed = match &draw {
                Some(_) => Some(whole_seed(tx, contest).await?),
                None => None,
            };
            let (now, secret) = (hall.now(), fresh_seed(hall)?);
            tx.exec(sql::KEEP_DRAW, &args![contest, secret.as_str()]).await?;
            let happened = Happened::DrawCommitted {
                commitment: secret.commitment(),
                reason: reason.clone(),
                list: Some(Arc::new(DrawList::of(&plan))),
                void_seed,
            };
            let subject: MarkId = hall.fresh();
            let position = log::append(tx, contest, now, Some(account), subject.as_str(), &happened).await?;
            let (act, about) = ("draw.committed", contest.as_str());
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject: Some(about), request_id }).await?;
            let subject = subject.to_string();
            let logged = Logged { position, at: now, subject, account: Some(account.clone()), happened };
            Answer::ok(&DrawSeen::of(&plan, DrawNow::folded(draw, &logged).as_ref(), Vec::new()))
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// The seed of the draw as it stands, with what was added to it.
pub(super) async fn whole_seed(tx: &mut Tx<'_>, contest: &kernel::ContestId) -> ApiResult<String> {
    let kept = tx.one(sql::DRAW_SECRET, &args![contest]).await?;
    let (secret, public_part): (String, Option<String>) = (kept.get("secret")?, kept.get("public_part")?);
    Ok(seed(&secret, public_part.as_deref())?.as_str().to_owned())
}

/// What nobody can guess; in a demonstration, which is to come out the same each time, what follows from its seed.
fn fresh_seed(hall: &Hall) -> ApiResult<Seed> {
    if hall.is_demo() {
        return Ok(hall.draw(Seed::fresh));
    }
    hall.secret().parse().map_err(Problem::internal)
}

/// By its rule set, before it is opened; a commitment that takes the place of another one says why.
pub(crate) fn may_commit(arena: &Arena, reason: Option<&String>) -> ApiResult<()> {
    must_have_rule(&arena.plan)?;
    must_be_draft(arena.state)?;
    if arena.draw.is_some() && reason.is_none() {
        return Err(Problem::invalid(
            "reason",
            "已有承诺值；重新开始须写明理由",
            "there is a commitment already; beginning anew needs a reason",
        ));
    }
    Ok(())
}

pub(super) fn must_be_draft(state: ContestState) -> ApiResult<()> {
    if state == ContestState::Draft {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::ContestNotOpen).detail(
        format!("赛事处于 {}，只能在开赛前抽签", state.code()),
        format!("The contest is {}: lots are drawn before it is opened", state.code()),
    ))
}
