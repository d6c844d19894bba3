//! A candidate is watched beside the rules in force: what it would change is worked out when somebody asks.

use axum::extract::State;
use kernel::{ErrorCode, MarkId};
use serde::{Deserialize, Deserializer};
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::ContestId;
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::difference::RulesTried;
use super::retrial::Wanted;
use super::show::{RulesSeen, seen};
use super::try_out::tried;
use super::{Candidate, SchemeText, must_change_rules_only, read};
use crate::event::Happened;
use crate::judging::words;
use crate::{ContestRoom, log, sql};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShadowRules {
    /// The text of a scheme file; null lets go of the candidate.
    #[serde(deserialize_with = "present")]
    #[schema(required = true)]
    pub scheme: Option<String>,
    pub reason: Option<String>,
}

/// Null must be said.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

/// Keeps a candidate, or lets go of it. Runs that are opened from here on show what it would change.
#[utoipa::path(post, path = "/api/contests/{contest}/rules/shadow", tag = "rules", operation_id = "shadow_rules", params(ContestId), request_body = ShadowRules, responses((status = 200, body = RulesSeen)))]
pub async fn set(
    State(room): State<ContestRoom>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<ShadowRules>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let reason = words("reason", wanted.reason.as_ref(), 500)?;
    let scheme = match wanted.scheme {
        Some(text) => Some(read(text).await?),
        None => None,
    };
    let (hall, floor_ref, contest, scheme, reason) = (&room.hall, &floor, &contest.0, &scheme, &reason);
    let (account, person, request_id) = (&signed.0.account, &signed.0.person, &request_id);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let now = hall.now();
            {
                let arena = floor_ref.arena();
                if let Some(scheme) = scheme {
                    must_change_rules_only(&arena, scheme)?;
                } else if arena.rules.candidate.is_none() {
                    return Answer::ok(&seen(&arena, None));
                }
            }
            let by: String = tx.one(sql::PERSON_NAME, &args![person]).await?.get("name")?;
            let happened = Happened::RulesShadowed {
                scheme: scheme.clone().map(SchemeText),
                reason: reason.clone(),
                by: by.clone(),
            };
            let subject: MarkId = hall.fresh();
            let since = log::append(tx, contest, now, Some(account), subject.as_str(), &happened).await?;
            let (act, subject) = ("rules.shadowed", contest.as_str());
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject: Some(subject), request_id })
                .await?;
            let candidate =
                scheme.clone().map(|scheme| Candidate { scheme, since, at: now, by, reason: reason.clone() });
            Answer::ok(&seen(&floor_ref.arena(), candidate.as_ref()))
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// What the candidate would change in the runs that were opened since it was set.
#[utoipa::path(get, path = "/api/contests/{contest}/rules/shadow", tag = "rules", operation_id = "shadow_difference", params(ContestId), responses((status = 200, body = RulesTried)))]
pub async fn difference(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
) -> ApiResult<Json<RulesTried>> {
    let floor = room.floor(&contest).await?;
    let candidate = floor.arena().rules.candidate.clone();
    let Some(Candidate { scheme, since, .. }) = candidate else {
        return Err(Problem::new(ErrorCode::NotFound)
            .detail("本场没有试行中的规则", "This contest watches no candidate beside its rules"));
    };
    Ok(Json(tried(&room.hall, &floor, scheme, Wanted::OpenedSince(since)).await?))
}
