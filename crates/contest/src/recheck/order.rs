//! The chief judge orders the recheck, which closes the marks. The seed is drawn then and stands in the log, so that nobody knew it while marks
//! could be given.

use axum::extract::State;
use kernel::{ErrorCode, Seed};
use serde::Deserialize;
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::ContestId;
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::settled::{refused, unsettled};
use super::show::shown;
use crate::arena::{Arena, Logged, Touched};
use crate::event::{ContestState, Happened};
use crate::judging::words;
use crate::{ContestRoom, log, recusal, sql};

/// With a blank and the hall's 64 characters it stays within what a seed may have.
const PUBLIC_PART_MOST: usize = 100;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderRecheck {
    /// A number that falls in public, such as of a lottery, for whoever doesn't trust the hall's chance alone. It stands behind the hall's own.
    pub public_part: Option<String>,
}

/// By the chief judge, once for each time that the contest is in review after marking: who is chosen follows from the ranks of this moment, and no mark is taken after it but corrections. Refused with the list while runs are under way or not judged to their end, or somebody who has begun has no mark yet; while numbers are sealed, while any sheet is open.
#[utoipa::path(post, path = "/api/contests/{contest}/recheck", tag = "recheck", operation_id = "order_recheck", params(ContestId), request_body = OrderRecheck, responses((status = 201, body = super::show::RecheckShown)))]
pub async fn order(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<OrderRecheck>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let public_part = words("public_part", wanted.public_part.as_ref(), PUBLIC_PART_MOST)?;
    let (hall, floor_ref, contest, actor_ref, public_part, request_id) =
        (&room.hall, &floor, &contest.0, &actor, &public_part, &request_id);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let mut arena = floor_ref.arena().clone();
            must_be_to_order(&arena)?;
            let seed: Seed = match public_part {
                Some(public) => format!("{} {public}", hall.secret()),
                None => hall.secret(),
            }
            .parse()
            .map_err(|bad: kernel::lots::BadSeed| {
                let says = bad.says();
                Problem::invalid("public_part", says.zh, says.en)
            })?;
            let (now, account) = (hall.now(), &actor_ref.account);
            let by: String = tx.one(sql::PERSON_NAME, &args![&actor_ref.person]).await?.get("name")?;
            let happened = Happened::RecheckOrdered { seed: seed.as_str().to_owned(), by };
            // Two orders at once are one.
            let subject = format!("recheck-{}", arena.position);
            let position = log::append(tx, contest, now, Some(account), &subject, &happened).await?;
            let (act, about) = ("recheck.ordered", contest.as_str());
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject: Some(about), request_id }).await?;
            let logged = Logged { position, at: now, subject, account: Some(account.clone()), happened };
            arena.fold(&logged, &mut Touched::default());
            let own = recusal::belonging(tx, &actor_ref.person).await?;
            Answer::created(&shown(&arena, account, &own))
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

fn must_be_to_order(arena: &Arena) -> ApiResult<()> {
    if arena.plan.rule_set.is_none() {
        return Err(Problem::new(ErrorCode::RecheckState).detail(
            "本场没有规则集，不要求成绩核查",
            "The contest has no rule set, which would say what is rechecked",
        ));
    }
    if arena.state != ContestState::Review {
        return Err(Problem::new(ErrorCode::ContestNotOpen).detail(
            format!("赛事处于 {}，进入复核阶段后才能下达成绩核查", arena.state.code()),
            format!("The contest is {}; a recheck is ordered while it is in review", arena.state.code()),
        ));
    }
    if arena.recheck.is_some() {
        return Err(
            Problem::new(ErrorCode::RecheckState).detail("成绩核查已经下达", "The recheck has been ordered already")
        );
    }
    let unsettled = unsettled(arena);
    if !unsettled.is_empty() {
        let problem = Problem::new(ErrorCode::RecheckState).detail(
            "下达复核后不再接受评分，请先了结列出的各项；须补评的，退回评分",
            "Once the recheck is ordered no mark is taken: settle what is listed first, or take the contest back to be marked",
        );
        return Err(refused(problem, unsettled));
    }
    Ok(())
}
