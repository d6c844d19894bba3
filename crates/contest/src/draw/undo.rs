//! The numbers are undone by two, once the marks are in and were rechecked. From then on no mark is taken but corrections.

use std::sync::Arc;

use axum::extract::State;
use kernel::{AccountId, ErrorCode, Role, Scope, Timestamp};
use serde::Deserialize;
use store::{Tx, args};
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::{self, ContestId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::commit::whole_seed;
use super::show::{DrawSeen, seen};
use crate::arena::{Arena, Logged, Touched};
use crate::event::{ContestState, Happened};
use crate::plan::Plan;
use crate::results::Standing;
use crate::{ContestRoom, archived, log, recheck, sql};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoDraw {
    /// As what he says so: `chief_judge` or `supervisor`.
    pub role: wire::Role,
    /// Of the result, by numbers, that he has checked.
    pub digest: String,
}

/// The two who undo a draw together.
pub(crate) const UNDOERS: [Role; 2] = [Role::ChiefJudge, Role::Supervisor];

/// Says that the result he has checked is this one, and that the numbers may be undone. When chief judge and supervisor have said so of the
/// same result, two persons, they are: names stand beside numbers wherever the contest shows names, and the seed is published.
#[utoipa::path(post, path = "/api/contests/{contest}/draw/undoing", tag = "draw", operation_id = "undo_draw", params(ContestId), request_body = UndoDraw, responses((status = 200, body = DrawSeen)))]
pub async fn undo(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<UndoDraw>,
) -> ApiResult<Answer> {
    let role: Role = wanted.role.into();
    if !UNDOERS.contains(&role) {
        return Err(Problem::invalid("role", "chief_judge 或 supervisor", "chief_judge or supervisor"));
    }
    if !actor.holds(role, &Scope::Contest(contest.0.clone())) {
        return Err(Problem::new(ErrorCode::Forbidden)
            .detail("您在本场不担任这一角色", "You don't have this role in this contest"));
    }
    let floor = room.floor(&contest).await?;
    let (hall, floor_ref, account, person, request_id, digest) =
        (&room.hall, &floor, &actor.account, &actor.person, &request_id, &wanted.digest);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let mut arena = floor_ref.arena().clone();
            must_be_sealed(&arena)?;
            recheck::must_be_done(&arena)?;
            must_be_marked(&arena)?;
            if Standing::of(&arena).digest() != *digest {
                return Err(Problem::new(ErrorCode::Stale)
                    .detail("成绩已变动，请重新核对", "The result has changed; check it again"));
            }
            let said: Vec<(Role, AccountId)> = (arena.draw.iter())
                .flat_map(|draw| draw.undoing.iter().filter(|undoing| undoing.digest == *digest))
                .map(|undoing| (undoing.role, undoing.account.clone()))
                .collect();
            if said.iter().any(|(earlier, _)| *earlier == role) {
                return Answer::ok(&seen(&arena, true));
            }
            for (_, earlier) in &said {
                let by: String = tx.one(sql::PERSON_OF_ACCOUNT, &args![earlier]).await?.get("person")?;
                if by == person.as_str() {
                    return Err(Problem::new(ErrorCode::Forbidden)
                        .detail("须由两人共同解密", "It takes two persons to undo the draw"));
                }
            }
            let now = hall.now();
            let mut writing = Writing { tx, arena: &mut arena, account, now };
            let by: String = writing.tx.one(sql::PERSON_NAME, &args![person]).await?.get("name")?;
            let happened = Happened::DrawUndoing { role: role.into(), digest: digest.clone(), by };
            writing.append(&format!("{}-{digest}", role.code()), happened).await?;
            if !said.is_empty() {
                writing.undone().await?;
            }
            let (act, about) = ("draw.undoing", arena.plan.id.as_str());
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject: Some(about), request_id }).await?;
            Answer::ok(&seen(&arena, true))
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

pub(crate) fn must_be_sealed(arena: &Arena) -> ApiResult<()> {
    let not_now = |zh: &str, en: &str| Err(Problem::new(ErrorCode::ContestNotOpen).detail(zh, en));
    if !arena.draw.as_ref().is_some_and(super::DrawNow::is_sealed) {
        return not_now("没有封存的抽签结果", "No draw is sealed");
    }
    if arena.state != ContestState::Review {
        return not_now("复核阶段核对成绩后才能解密", "The draw is undone in review, when the result has been checked");
    }
    Ok(())
}

/// Whoever is still to be marked is marked by his number.
fn must_be_marked(arena: &Arena) -> ApiResult<()> {
    let open = recheck::open_sheets(arena);
    if open.is_empty() {
        return Ok(());
    }
    let problem = Problem::new(ErrorCode::ResultsNotReady).detail(
        "还有评分表未齐，解密后不再接受评分；请先评完，或退回评分",
        "Sheets are open, and no mark is taken once the draw is undone: have them marked first, or take the contest back",
    );
    Err(recheck::refused(problem, open))
}

/// What is written in one transaction, each step on what the one before left.
struct Writing<'a, 'env> {
    tx: &'a mut Tx<'env>,
    arena: &'a mut Arena,
    account: &'a AccountId,
    now: Timestamp,
}

impl Writing<'_, '_> {
    async fn append(&mut self, subject: &str, happened: Happened) -> ApiResult<()> {
        let (contest, account) = (self.arena.plan.id.clone(), Some(self.account));
        let position = log::append(self.tx, &contest, self.now, account, subject, &happened).await?;
        let (subject, account) = (subject.to_owned(), account.cloned());
        let logged = Logged { position, at: self.now, subject, account, happened };
        self.arena.fold(&logged, &mut Touched::default());
        Ok(())
    }

    /// The seed is published, and the archive is told what was kept from it.
    async fn undone(&mut self) -> ApiResult<()> {
        let contest = self.arena.plan.id.clone();
        let seed = whole_seed(self.tx, &contest).await?;
        self.tx.exec(sql::DRAW_UNDONE, &args![&contest, self.now]).await?;
        let subject = self.arena.draw.as_ref().map(|draw| draw.commitment.clone()).unwrap_or_default();
        self.append(&subject, Happened::DrawUndone { seed }).await?;
        // The answer has names where the contest shows them.
        if let Some(plan) = Plan::load(self.tx, &contest).await.map_err(Problem::internal)? {
            self.arena.plan = Arc::new(plan);
        }
        archived::keep_what_was_sealed(self.tx, &contest, self.now).await
    }
}
