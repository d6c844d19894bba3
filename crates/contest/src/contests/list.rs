//! The contests of the hall.

use axum::extract::State;
use serde::Serialize;
use store::args;
use utoipa::ToSchema;
use web::wire::{ContestId, Text, Timestamp};
use web::{ApiResult, Json, Listed, Page};

use crate::event::ContestState;
use crate::{ContestRoom, sql};

#[derive(Debug, Serialize, ToSchema)]
pub struct Listing {
    pub id: ContestId,
    pub name: Text,
    pub state: ContestState,
    pub starts_at: Timestamp,
    pub entries: usize,
    pub venues: usize,
}

/// All contests, for everybody.
#[utoipa::path(get, path = "/api/contests", tag = "contest", params(Page), responses((status = 200, body = Listed<Listing>)))]
pub async fn list(State(room): State<ContestRoom>, page: Page) -> ApiResult<Json<Listed<Listing>>> {
    let rows = room.hall.db.all(sql::CONTESTS, &args![page.after().unwrap_or_default(), page.rows()]).await?;
    let mut contests = Vec::with_capacity(rows.len());
    for row in rows {
        let contest: kernel::ContestId = row.get("id")?;
        // One contest that doesn't open must not hide the others.
        let floor = match room.floor(&contest).await {
            Ok(floor) => floor,
            Err(problem) => {
                tracing::error!(%contest, code = %problem.code(), "a contest can't be opened");
                continue;
            }
        };
        let arena = floor.arena();
        contests.push(Listing {
            id: arena.plan.id.clone().into(),
            name: arena.plan.name.clone(),
            state: arena.state,
            starts_at: arena.plan.starts_at.into(),
            entries: arena.plan.entries.len(),
            venues: arena.plan.venues.len(),
        });
    }
    Ok(Json(Listed::of(contests, &page, |contest| contest.id.to_string())))
}
