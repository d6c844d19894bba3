//! A season is made from a file, whose text and hash it keeps.

use axum::extract::State;
use kernel::{ErrorCode, SeasonId};
use serde::Serialize;
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::{Answer, ApiResult, IdempotencyKey, Json, Problem, RequestId, Signed};

use super::files::{SeasonSummary, SeasonText};
use crate::room::blocking;
use crate::{ContestRoom, sql};

#[derive(Debug, Serialize, ToSchema)]
pub struct SeasonMade {
    pub id: web::wire::SeasonId,
    #[serde(flatten)]
    pub summary: SeasonSummary,
    /// SHA-256 of the source, in hexadecimal.
    pub hash: String,
}

/// Every fault is listed with its line and column.
#[utoipa::path(post, path = "/api/seasons", tag = "seasons", operation_id = "create_season", request_body = SeasonText, responses((status = 201, body = SeasonMade)))]
pub async fn create(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Json(new): Json<SeasonText>,
) -> ApiResult<Answer> {
    let (loaded, faults) = blocking(move || catalogue::load_season(&new.season)).await?;
    let Some(loaded) = loaded else {
        return Err(faults.iter().fold(Problem::new(ErrorCode::SeasonInvalid), |problem, fault| {
            let path = format!("season:{}:{}", fault.line, fault.column);
            problem.field_text(path, fault.suggestion.after(&fault.text))
        }));
    };
    let (hall, loaded, account, request_id) = (&room.hall, &loaded, &actor.account, &request_id);
    web::write(hall, &key, |tx| {
        Box::pin(async move {
            let (id, season, now): (SeasonId, _, _) = (hall.fresh(), &loaded.season, hall.now());
            let insert = args![
                &id,
                &season.code,
                i64::from(season.version),
                &season.title.zh,
                &season.title.en,
                &*loaded.source,
                &loaded.hash,
                account,
                now
            ];
            tx.exec(sql::INSERT_SEASON, &insert).await?;
            for (place, tier) in (0_i64..).zip(&season.tiers) {
                let insert = args![&id, &tier.code, place, &tier.name.zh, &tier.name.en, tier.level.code()];
                tx.exec(sql::INSERT_TIER, &insert).await?;
            }
            let (act, about) = ("season.created", id.as_str());
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject: Some(about), request_id }).await?;
            let summary = SeasonSummary::of(season);
            Answer::created(&SeasonMade { id: id.into(), summary, hash: loaded.hash.clone() })
        })
    })
    .await
}
