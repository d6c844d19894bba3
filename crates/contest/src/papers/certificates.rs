//! The certificates of a contest: all of them for those who hold it, his own for everybody else.

use axum::extract::State;
use kernel::{Actor, Role, Scope};
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, EntryId, TeamId, Text, Timestamp};
use web::{ApiResult, Json, Listed, Page, Path, Signed};

use super::issued::{Issued, Validity};
use crate::ContestRoom;
use crate::arena::Arena;
use crate::event::ContestState;

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
    /// A competitor's or a team's; null where the reader may not know who has which number.
    #[schema(required = true)]
    pub name: Option<String>,
    #[schema(required = true)]
    pub organisation: Option<Text>,
    /// The blind number or the team's, where there is no name.
    #[schema(required = true)]
    pub no: Option<Text>,
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

/// Whether somebody who holds the contest is told whose a certificate is. Where the contest shows no names an organiser is, once no draw keeps
/// them apart from the numbers; who signs the result and looks at its marks once more is so only while nothing can bring it before him again.
pub fn names_winners(actor: &Actor, arena: &Arena) -> bool {
    if !arena.plan.blind {
        return true;
    }
    let is_settled = arena.state == ContestState::Final && arena.appeals.open().next().is_none();
    !arena.plan.sealed && (is_settled || actor.holds(Role::Organiser, &Scope::Contest(arena.plan.id.clone())))
}

/// In the order of the rule set, the best prize first; withdrawn ones last. None before the result is published. In a contest without names chief judge and supervisor read numbers while an appeal is open or has opened the result again.
#[utoipa::path(get, path = "/api/contests/{contest}/certificates", tag = "papers", operation_id = "certificates", params(ContestId, Page), responses((status = 200, body = Listed<CertificateSeen>)))]
pub async fn certificates(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    Path(contest): Path<ContestId>,
    page: Page,
) -> ApiResult<Json<Listed<CertificateSeen>>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let (all, named) = (holds_it(&actor, &arena), names_winners(&actor, &arena));
    let certificates = floor.certificates.of(&arena);
    let after = page.after().map(str::to_owned);
    let told = certificates.all.iter().filter_map(|it| {
        let own = it.is_of(&arena, &actor);
        (all || own).then(|| seen(&arena, it, named || own))
    });
    let mut rows: Vec<CertificateSeen> = told.collect();
    if let Some(at) = after.and_then(|after| rows.iter().position(|row| row.number == after)) {
        rows.drain(..=at);
    }
    rows.truncate(page.limit() + 1);
    Ok(Json(Listed::of(rows, &page, |row| row.number.clone())))
}

fn seen(arena: &Arena, it: &Issued, named: bool) -> CertificateSeen {
    let (name, organisation) = match named {
        true => {
            let (name, organisation) = it.winner(arena);
            (Some(name), organisation)
        }
        false => (None, None),
    };
    CertificateSeen {
        number: it.number.clone(),
        prize: it.given.name.clone(),
        group: it.group(arena),
        rank: it.given.rank,
        name,
        organisation,
        no: if named { None } else { it.number_of_winner(arena) },
        entry: it.given.entry.clone(),
        team: it.given.team.clone(),
        issued_at: it.at.into(),
        validity: it.validity,
    }
}
