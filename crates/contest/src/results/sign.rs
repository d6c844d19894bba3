//! Whom the rule set names, chief judge, supervisor or organiser, signs the result that he has seen.

use axum::extract::State;
use kernel::{AccountId, ErrorCode, Role, Scope, Text};
use serde::Deserialize;
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::{self, ContestId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::show::{ResultsShown, shown};
use super::standing::Standing;
use crate::arena::{Arena, Logged, Touched};
use crate::event::{ContestState, Happened};
use crate::recusal::title;
use crate::{ContestRoom, log, recheck, sql};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignResults {
    /// As what he signs: `chief_judge`, `supervisor` or `organiser`, as far as the contest's rule set asks for it.
    pub role: wire::Role,
    /// Of the result that he has seen.
    pub digest: String,
}

/// Signs the result as it stands, once it was rechecked. Another result than the one that was seen is refused; nobody signs for two, and no judge of the contest signs.
#[utoipa::path(post, path = "/api/contests/{contest}/results/signatures", tag = "results", operation_id = "sign_results", params(ContestId), request_body = SignResults, responses((status = 200, body = ResultsShown)))]
pub async fn sign(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<SignResults>,
) -> ApiResult<Answer> {
    let role: Role = wanted.role.into();
    if !marking::ContestRules::SIGNERS.contains(&role) {
        return Err(Problem::invalid(
            "role",
            "chief_judge、supervisor 或 organiser",
            "chief_judge, supervisor or organiser",
        ));
    }
    if !actor.holds(role, &Scope::Contest(contest.0.clone())) {
        return Err(Problem::new(ErrorCode::Forbidden)
            .detail("您在本场不担任这一角色", "You don't have this role in this contest"));
    }
    let floor = room.floor(&contest).await?;
    let (hall, floor_ref, contest, account, person, request_id, digest) =
        (&room.hall, &floor, &contest.0, &actor.account, &actor.person, &request_id, &wanted.digest);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let mut arena = floor_ref.arena().clone();
            must_be_in_review(&arena)?;
            must_be_asked_for(&arena, role)?;
            recheck::must_be_done(&arena)?;
            if Standing::of(&arena).digest() != *digest {
                return Err(Problem::new(ErrorCode::Stale)
                    .detail("成绩已变动，请重新查看后再签字", "The result has changed; look at it again, then sign"));
            }
            if let Some(says) = refusal(&arena, role, digest, account) {
                return Err(Problem::new(ErrorCode::Forbidden).detail_text(says));
            }
            if arena.plan.judges.iter().any(|judge| judge.person == *person) {
                return Err(Problem::new(ErrorCode::Forbidden).detail_text(judged()));
            }
            for earlier in arena.signatures.iter().filter(|earlier| earlier.digest == *digest && earlier.role != role) {
                let signer: String = tx.one(sql::PERSON_OF_ACCOUNT, &args![&earlier.account]).await?.get("person")?;
                if signer == person.as_str() {
                    return Err(Problem::new(ErrorCode::Forbidden)
                        .detail("一人不能以两个角色签字", "Nobody signs in two roles"));
                }
            }
            if arena.signatures.iter().any(|earlier| earlier.digest == *digest && earlier.role == role) {
                return Answer::ok(&shown(&arena, true));
            }
            let now = hall.now();
            let by: String = tx.one(sql::PERSON_NAME, &args![person]).await?.get("name")?;
            let happened = Happened::Signed { role: role.into(), digest: digest.clone(), by };
            let subject = format!("{}-{digest}", role.code());
            let position = log::append(tx, contest, now, Some(account), &subject, &happened).await?;
            let (act, about) = ("results.signed", contest.as_str());
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject: Some(about), request_id }).await?;
            let logged = Logged { position, at: now, subject, account: Some(account.clone()), happened };
            arena.fold(&logged, &mut Touched::default());
            Answer::ok(&shown(&arena, true))
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// Why an account does not sign a result in a role: who judged doesn't answer for it, and nobody for two. Another login of the same person is
/// the hall's to know.
pub(crate) fn refusal(arena: &Arena, role: Role, digest: &str, account: &AccountId) -> Option<Text> {
    let signs_for_another =
        |it: &crate::arena::SignatureNow| it.digest == digest && it.role != role && it.account == *account;
    if !marking::ContestRules::SIGNERS.contains(&role) {
        return Some(Text::new("以此角色不能签字", "Nobody signs in this role"));
    }
    if arena.plan.judge(account).is_some() {
        return Some(judged());
    }
    arena
        .signatures
        .iter()
        .any(signs_for_another)
        .then(|| Text::new("一人不能以两个角色签字", "Nobody signs in two roles"))
}

fn judged() -> Text {
    Text::new(
        "本场裁判不能签署成绩，请由未担任评分的裁判长或监督员签字",
        "A judge of this contest doesn't sign its result; let a chief judge or supervisor sign who marks nothing",
    )
}

fn must_be_in_review(arena: &Arena) -> ApiResult<()> {
    if arena.state == ContestState::Review {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::ContestNotOpen).detail(
        format!("赛事处于 {}，只有复核阶段可以签字", arena.state.code()),
        format!("The contest is {}; results are signed while they are in review", arena.state.code()),
    ))
}

/// Nobody signs in a role that the contest's rules don't know: it would stand under the result for nothing.
fn must_be_asked_for(arena: &Arena, role: Role) -> ApiResult<()> {
    let signers = arena.plan.rule_set.iter().flat_map(|loaded| loaded.rules.signatures.iter());
    let named: Vec<Text> = signers.clone().map(|signer| title(*signer)).collect();
    if named.is_empty() || signers.clone().any(|signer| *signer == role) {
        return Ok(());
    }
    let (zh, en): (Vec<&str>, Vec<&str>) = named.iter().map(|it| (it.zh.as_str(), it.en.as_str())).unzip();
    Err(Problem::invalid(
        "role",
        format!("本场由{}签字", zh.join("、")),
        format!("this contest's result is signed by: {}", en.join(", ")),
    ))
}

/// Whose signature the result lacks, by the contest's rule set: what stands in the way of publishing it.
pub fn unsigned(arena: &Arena) -> Vec<(Role, Text)> {
    let Some(rule_set) = &arena.plan.rule_set else { return Vec::new() };
    if rule_set.rules.signatures.is_empty() {
        return Vec::new();
    }
    let digest = Standing::of(arena).digest();
    let has_signed = |role: Role| arena.signatures.iter().any(|it| it.role == role && it.digest == digest);
    let missing = rule_set.rules.signatures.iter().copied().filter(|role| !has_signed(*role));
    let said = |role: Role| {
        let Text { zh, en } = title(role);
        Text::new(format!("{zh}尚未签字"), format!("the {} has not signed it", en.to_lowercase()))
    };
    missing.map(|role| (role, said(role))).collect()
}
