//! A tablet says that it is there, and how much it has not sent yet.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use web::wire::ContestId;
use web::{Answer, ApiResult, Json, Path, Signed};

use crate::ContestRoom;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Present {
    /// Marks that wait on the tablet.
    pub unsent: u32,
}

/// Seen by the control room; kept in memory only.
#[utoipa::path(post, path = "/api/contests/{contest}/presence", tag = "judging", params(ContestId), request_body = Present, responses((status = 204)))]
pub async fn present(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    Path(contest): Path<ContestId>,
    Json(present): Json<Present>,
) -> ApiResult<Answer> {
    room.floor(&contest).await?.judge_seen(&actor.account, present.unsent);
    Ok(Answer::empty())
}
