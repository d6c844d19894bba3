//! A changed text becomes the next version of the rules.

use axum::extract::State;
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::ContestId;
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::{SchemeText, must_change_rules_only, read};
use crate::arena::Arena;
use crate::event::{ContestState, Happened};
use crate::judging::words;
use crate::{ContestRoom, log, sql};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishRules {
    /// The text of a scheme file.
    pub scheme: String,
    pub reason: String,
    /// The hash of the rules in force, as they were seen when the text was tried.
    pub replaces: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RulesPublished {
    pub version: u32,
    pub hash: String,
    /// Where the log says so: runs that are opened after it are judged by this version.
    pub position: i64,
}

/// Runs that are opened from here on are judged by it; those that were opened before keep their rules, and so do their results. Answers 409
/// `stale` when somebody published meanwhile.
#[utoipa::path(post, path = "/api/contests/{contest}/rules/publish", tag = "rules", operation_id = "publish_rules", params(ContestId), request_body = PublishRules, responses((status = 200, body = RulesPublished)))]
pub async fn publish(
    State(room): State<ContestRoom>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<PublishRules>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let Some(reason) = words("reason", Some(&wanted.reason), 500)? else {
        return Err(Problem::invalid("reason", "发布须写明理由", "say why it is published"));
    };
    let scheme = read(wanted.scheme).await?;
    let (hall, floor_ref, contest, scheme, reason) = (&room.hall, &floor, &contest.0, &scheme, &reason);
    let (account, person, replaces, request_id) = (&signed.0.account, &signed.0.person, &wanted.replaces, &request_id);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let now = hall.now();
            let version = {
                let arena = floor_ref.arena();
                must_replace(&arena, replaces, &scheme.hash)?;
                must_change_rules_only(&arena, scheme)?;
                arena.rules.in_force().version + 1
            };
            let by: String = tx.one(sql::PERSON_NAME, &args![person]).await?.get("name")?;
            let hash = scheme.hash.clone();
            let happened = Happened::RulesPublished {
                version,
                hash: hash.clone(),
                scheme: SchemeText(scheme.clone()),
                reason: reason.clone(),
                by,
            };
            // Of two at once the second is refused by the log.
            let position = match log::append(tx, contest, now, Some(account), &version.to_string(), &happened).await {
                Err(error) if error.is_unique() => return Err(ErrorCode::Stale.into()),
                written => written?,
            };
            let (act, subject) = ("rules.published", format!("{contest} {version}"));
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject: Some(&subject), request_id })
                .await?;
            Answer::ok(&RulesPublished { version, hash, position })
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

fn must_replace(arena: &Arena, replaces: &str, hash: &str) -> ApiResult<()> {
    if arena.state == ContestState::Final {
        return Err(Problem::new(ErrorCode::ContestNotOpen).detail("赛事已定榜", "The contest is final"));
    }
    let in_force = arena.rules.in_force();
    if in_force.scheme.hash != replaces {
        return Err(Problem::new(ErrorCode::Stale).detail(
            format!("现行规则已是第 {} 版，与您改动时的不同", in_force.version),
            format!("Version {} is in force, which is not what you changed", in_force.version),
        ));
    }
    if in_force.scheme.hash == hash {
        return Err(Problem::invalid("scheme", "与现行规则完全相同", "this is the text in force, to the letter"));
    }
    Ok(())
}
