//! The certificates of a contest: all of them for those who hold it, his own for everybody else.

use axum::extract::State;
use kernel::{Actor, Role, Scope};
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, EntryId, TeamId, Text, Timestamp};
use web::{ApiResult, Json, Listed, Page, Path, Signed};

use super::issued::{Issued, Validity, issued};
use crate::ContestRoom;
use crate::arena::Arena;

/// Who takes everybody's.
pub const HOLDERS: &[Role] = &[Role::Organiser, Role::ChiefJudge, Role::Supervisor];

#[derive(Debug, Serialize, ToSchema)]
pub struct CertificateSeen {
    pub number: String,
    pub prize: Text,
    #[schema(required = true)]
    pub group: Option<Text>,
    #[schema(required = true)]
    pub rank: Option<u32>,
    /// A competitor's or a team's.
    pub name: String,
    #[schema(required = true)]
    pub organisation: Option<Text>,
    #[schema(required = true)]
    pub entry: Option<EntryId>,
    #[schema(required = true)]
    pub team: Option<TeamId>,
    pub issued_at: Timestamp,
    pub validity: Validity,
}

pub fn holds_it(actor: &Actor, arena: &Arena) -> bool {
    actor.holds_any(HOLDERS, &Scope::Contest(arena.plan.id.clone()))
}

/// In the order of the rule set, the best prize first; withdrawn ones last. None before the result is published.
#[utoipa::path(get, path = "/api/contests/{contest}/certificates", tag = "papers", operation_id = "certificates", params(ContestId, Page), responses((status = 200, body = Listed<CertificateSeen>)))]
pub async fn certificates(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    Path(contest): Path<ContestId>,
    page: Page,
) -> ApiResult<Json<Listed<CertificateSeen>>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let all = holds_it(&actor, &arena);
    let mine = issued(&arena).into_iter().filter(|it| all || it.is_of(&arena, &actor));
    let after = page.after().map(str::to_owned);
    let mut rows: Vec<CertificateSeen> = mine.map(|it| seen(&arena, &it)).collect();
    if let Some(at) = after.and_then(|after| rows.iter().position(|row| row.number == after)) {
        rows.drain(..=at);
    }
    rows.truncate(page.limit() + 1);
    Ok(Json(Listed::of(rows, &page, |row| row.number.clone())))
}

fn seen(arena: &Arena, it: &Issued) -> CertificateSeen {
    let (name, organisation) = it.winner(arena);
    CertificateSeen {
        number: it.number.clone(),
        prize: it.given.name.clone(),
        group: it.group(arena),
        rank: it.given.rank,
        name,
        organisation,
        entry: it.given.entry.clone(),
        team: it.given.team.clone(),
        issued_at: it.at.into(),
        validity: it.validity,
    }
}
