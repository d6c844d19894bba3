//! The ranking with the sentence that explains each rank.

use axum::extract::State;
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::wire::{ContestId, EntryId, Mark, TeamId, Text};
use web::{ApiResult, Json, Listed, Page, Paged, Path, Problem};

use crate::ContestRoom;
use crate::arena::Arena;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RankingFilter {
    /// Only this group, ranked by itself.
    pub group: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Ranked {
    pub entry: EntryId,
    /// The blind number, while the contest is blind.
    pub no: Option<String>,
    pub name: Option<String>,
    pub team: Option<TeamId>,
    pub group: String,
    pub rank: Option<u32>,
    pub group_rank: Option<u32>,
    pub total: Mark,
    /// In the order of the contest's modules.
    pub modules: Vec<Mark>,
    /// In the order of the contest's abilities.
    pub abilities: Vec<Mark>,
    pub aspects_done: u32,
    /// What decided the rank.
    pub why: Text,
}

/// Everybody, best first; who has no mark has no rank and stands last. While the board is frozen, the public gets no ranking here.
#[utoipa::path(get, path = "/api/contests/{contest}/ranking", tag = "contest", params(ContestId, RankingFilter, Page), responses((status = 200, body = Listed<Ranked>)))]
pub async fn ranking(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
    Paged { page, filter }: Paged<RankingFilter>,
) -> ApiResult<Json<Listed<Ranked>>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    if arena.state.hides_changes() {
        return Err(Problem::new(ErrorCode::ContestNotOpen)
            .detail("榜单已封榜，公布后可查", "The board is frozen; the ranking is shown after publication"));
    }
    let group = match &filter.group {
        Some(code) => Some(arena.board.scheme().group_ix(code).ok_or_else(|| {
            Problem::invalid("group", format!("没有 {code} 这个组别"), format!("there is no group {code}"))
        })?),
        None => None,
    };
    let from = page.after_number()?.unwrap_or(0).max(0) as usize;
    let is_in = |entry: &marking::EntryIx| {
        group.is_none() || arena.board.field().entry(*entry).is_some_and(|seat| seat.group == group)
    };
    let entries: Vec<_> = arena.board.everybody().filter(is_in).collect();
    let rows = entries.iter().enumerate().skip(from).take(page.limit() + 1);
    let items: Vec<(usize, Ranked)> = rows.map(|(at, entry)| (at, ranked(&arena, *entry, group.is_some()))).collect();
    let more = items.len() > page.limit();
    let mut items: Vec<Ranked> = items.into_iter().map(|(_, row)| row).collect();
    items.truncate(page.limit());
    let next = more.then(|| hex::encode((from + page.limit()).to_string()));
    Ok(Json(Listed { items, next }))
}

fn ranked(arena: &Arena, entry: marking::EntryIx, in_group: bool) -> Ranked {
    let board = &arena.board;
    let seat = &arena.plan.entries[entry.index()];
    let score = board.score(entry);
    Ranked {
        entry: seat.id.clone().into(),
        no: arena.plan.blind.then(|| seat.no.clone()),
        name: (!arena.plan.blind).then(|| seat.person_name.clone()),
        team: seat.team.clone().map(Into::into),
        group: seat.group.clone(),
        rank: board.rank(entry),
        group_rank: board.group_rank(entry),
        total: Mark(score.total),
        modules: board.module_marks(entry).map(Mark).collect(),
        abilities: board.scheme().ability_ixs().map(|ability| Mark(board.ability_mark(entry, ability))).collect(),
        aspects_done: score.aspects_done,
        why: if in_group { board.why_in_group(entry) } else { board.why(entry) }.into(),
    }
}
