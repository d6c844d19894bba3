//! A person's results in this hall's contests, as the contests themselves hold them.

use kernel::PersonId;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, EntryId, Mark, Text, Timestamp};
use web::{ApiResult, Problem};

use crate::ContestRoom;
use crate::arena::Arena;
use crate::event::ContestState;
use crate::results::{PrizeGiven, prizes};

/// A contest that is final and in which he took part.
#[derive(Debug, Serialize, ToSchema)]
pub struct Appearance {
    pub contest: ContestId,
    pub name: Text,
    pub starts_at: Timestamp,
    pub entry: EntryId,
    /// Null: no marks, or withdrawn.
    #[schema(required = true)]
    pub rank: Option<u32>,
    /// How many have a rank.
    pub ranked: usize,
    pub total: Mark,
    pub max: Mark,
    pub abilities: Vec<AbilityThen>,
    /// What he was awarded, by himself and with his team; without what an open appeal may still change.
    pub prizes: Vec<Text>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AbilityThen {
    pub code: String,
    pub name: Text,
    pub mark: Mark,
    pub max: Mark,
}

/// The oldest first, of those contests in which the reader may learn which entry is his.
pub async fn appearances(
    room: &ContestRoom,
    person: &PersonId,
    may_link: impl Fn(&Arena) -> bool,
) -> ApiResult<Vec<Appearance>> {
    // Another node may have made some of them.
    room.open_new().await.map_err(Problem::internal)?;
    let of_floor = |floor: &std::sync::Arc<crate::floor::Floor>| {
        let arena = floor.arena();
        (arena.state == ContestState::Final && may_link(&arena)).then(|| appearance(&arena, person)).flatten()
    };
    let mut found: Vec<Appearance> = room.floors().iter().filter_map(of_floor).collect();
    found.sort_by(|one, other| (one.starts_at.0, &one.contest.0).cmp(&(other.starts_at.0, &other.contest.0)));
    Ok(found)
}

fn appearance(arena: &Arena, person: &PersonId) -> Option<Appearance> {
    let (board, plan) = (&arena.board, &arena.plan);
    let seat = plan.entry_of_person(person)?;
    let entry = board.field().entry_ix(&seat.id)?;
    let own = |given: &PrizeGiven| {
        let with_team = given.team.is_some() && given.team.as_ref().map(|team| &team.0) == seat.team.as_ref();
        given.waits_for.is_empty() && (with_team || given.entry.as_ref().is_some_and(|entry| entry.0 == seat.id))
    };
    let abilities = board.scheme().ability_ixs().zip(board.scheme().abilities());
    Some(Appearance {
        contest: plan.id.clone().into(),
        name: plan.name.clone(),
        starts_at: plan.starts_at.into(),
        entry: seat.id.clone().into(),
        rank: board.rank(entry),
        ranked: board.ranking().len(),
        total: Mark(board.total(entry)),
        max: Mark(board.scheme().max()),
        prizes: prizes(arena).into_iter().filter(own).map(|given| given.name).collect(),
        abilities: abilities
            .map(|(ix, ability)| AbilityThen {
                code: ability.code.clone(),
                name: (&ability.name).into(),
                mark: Mark(board.ability_mark(entry, ix)),
                max: Mark(ability.max),
            })
            .collect(),
    })
}
