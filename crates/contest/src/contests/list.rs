//! The contests of the hall, those that can't be opened too.

use axum::extract::State;
use kernel::{Role, Scope};
use serde::Serialize;
use store::{Row, args};
use utoipa::ToSchema;
use web::wire::{ContestId, Text, Timestamp};
use web::{ApiResult, Json, Listed, MaybeSigned, Page};

use crate::event::ContestState;
use crate::floor::Floor;
use crate::{ContestRoom, sql};

/// Who is told what is wrong with a contest.
const STAFF: &[Role] = &[Role::Administrator, Role::Organiser, Role::Staff, Role::ChiefJudge, Role::Supervisor];

#[derive(Debug, Serialize, ToSchema)]
pub struct Listing {
    pub id: ContestId,
    pub name: Text,
    pub state: ListedState,
    pub starts_at: Timestamp,
    pub entries: usize,
    pub venues: usize,
    /// Why a damaged contest can't be opened; for staff only.
    pub reason: Option<Text>,
}

/// Where a contest stands, or that it can't be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListedState {
    Draft,
    Live,
    Frozen,
    Review,
    Final,
    Damaged,
}

impl From<ContestState> for ListedState {
    fn from(state: ContestState) -> Self {
        match state {
            ContestState::Draft => ListedState::Draft,
            ContestState::Live => ListedState::Live,
            ContestState::Frozen => ListedState::Frozen,
            ContestState::Review => ListedState::Review,
            ContestState::Final => ListedState::Final,
        }
    }
}

/// All contests, for everybody.
#[utoipa::path(get, path = "/api/contests", tag = "contest", params(Page), responses((status = 200, body = Listed<Listing>)))]
pub async fn list(
    State(room): State<ContestRoom>,
    MaybeSigned(actor): MaybeSigned,
    page: Page,
) -> ApiResult<Json<Listed<Listing>>> {
    let rows = room.hall.db.all(sql::CONTESTS, &args![page.after().unwrap_or_default(), page.rows()]).await?;
    let mut contests = Vec::with_capacity(rows.len());
    for row in rows {
        let contest: kernel::ContestId = row.get("id")?;
        match room.opened(&contest).await {
            Ok(Some(floor)) => contests.push(listing(&floor)),
            // It went away meanwhile.
            Ok(None) => {}
            // One contest that doesn't open must not hide the others, nor be hidden.
            Err(error) => {
                let Some(reason) = error.damage() else { return Err(error.into()) };
                let here = Scope::Contest(contest);
                let staff = actor.as_ref().is_some_and(|actor| actor.holds_any(STAFF, &here));
                contests.push(damaged(&room, &row, staff.then(|| reason.into())).await?);
            }
        }
    }
    Ok(Json(Listed::of(contests, &page, |contest| contest.id.to_string())))
}

fn listing(floor: &Floor) -> Listing {
    let arena = floor.arena();
    Listing {
        id: arena.plan.id.clone().into(),
        name: arena.plan.name.clone(),
        state: arena.state.into(),
        starts_at: arena.plan.starts_at.into(),
        entries: arena.plan.entries.len(),
        venues: arena.plan.venues.len(),
        reason: None,
    }
}

async fn damaged(room: &ContestRoom, row: &Row, reason: Option<Text>) -> ApiResult<Listing> {
    let id: kernel::ContestId = row.get("id")?;
    let counts = room.hall.db.one(sql::CONTEST_COUNTS, &args![&id]).await?;
    let count =
        |name: &str| -> Result<usize, store::StoreError> { Ok(usize::try_from(counts.get::<i64>(name)?).unwrap_or(0)) };
    Ok(Listing {
        id: id.into(),
        name: Text { zh: row.get("name_zh")?, en: row.get("name_en")? },
        state: ListedState::Damaged,
        starts_at: row.get::<kernel::Timestamp>("starts_at")?.into(),
        entries: count("entries")?,
        venues: count("venues")?,
        reason,
    })
}
