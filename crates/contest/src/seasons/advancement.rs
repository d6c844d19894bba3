//! Who goes on from a contest, why, who is next in line, and what became of the places that were offered.

use axum::extract::State;
use marking::Advanced;
use marking::EntryIx;
use marking::advance::Outcome;
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;
use web::wire::{AdvanceId, ContestId, EntryId, Mark, SeasonId, Text, Timestamp};
use web::{ApiResult, Json, Path, Problem};

use super::Linked;
use super::decide::{Place, decide, fingerprint, look_again, unsettled};
use crate::ContestRoom;
use crate::arena::Arena;
use crate::floor::Floor;

#[derive(Debug, Serialize, ToSchema)]
pub struct Advancement {
    pub season: SeasonId,
    pub tier: String,
    /// Who goes on, in words; null in the last tier.
    #[schema(required = true)]
    pub rule: Option<Text>,
    #[schema(required = true)]
    pub target: Option<ContestId>,
    /// The fingerprint of the result: what is confirmed goes by the one that was seen. Empty until there is a result.
    pub digest: String,
    /// Why nobody can be confirmed now; null when they can.
    #[schema(required = true)]
    pub waits: Option<Text>,
    /// Everybody, by groups, best first; nobody before the result is final, but those who were offered a place.
    pub rows: Vec<AdvanceRow>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AdvanceRow {
    pub entry: EntryId,
    pub name: String,
    pub organisation: Text,
    pub group: String,
    pub group_name: Text,
    /// In the pool that the rule goes by.
    #[schema(required = true)]
    pub rank: Option<u32>,
    pub total: Mark,
    pub outcome: AdvanceOutcome,
    /// His place in the line, where he stands in it.
    #[schema(required = true)]
    pub line: Option<u32>,
    pub why: Text,
    #[schema(required = true)]
    pub place: Option<PlaceSeen>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdvanceOutcome {
    Advances,
    NextInLine,
    Stays,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceSeen {
    pub id: AdvanceId,
    /// `offered`, `accepted`, `declined` or `replaced`: declined, and given to the next.
    pub state: String,
    pub at: Timestamp,
    /// Who did it last.
    pub by: String,
    #[schema(required = true)]
    pub note: Option<String>,
    /// Whether it was declined by another before.
    pub is_replacement: bool,
    /// The result has changed since: why it has to be looked at again.
    #[schema(required = true)]
    pub look_again: Option<Text>,
}

/// Names stand here beside ranks: only for the organiser, and only of a result that is final, whose draw is undone.
#[utoipa::path(get, path = "/api/contests/{contest}/advancement", tag = "seasons", operation_id = "advancement", params(ContestId), responses((status = 200, body = Advancement)))]
pub async fn advancement(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
) -> ApiResult<Json<Advancement>> {
    let floor = room.floor(&contest).await?;
    floor.up_to_now().await?;
    let (floor, contest) = (&floor, &contest.0);
    let seen = room.hall.db.read::<_, Problem, _>(|tx| Box::pin(seen(tx, floor, contest))).await?;
    Ok(Json(seen))
}

pub(super) async fn seen(tx: &mut Tx<'_>, floor: &Floor, contest: &kernel::ContestId) -> ApiResult<Advancement> {
    let linked = Linked::of(tx, contest).await?.ok_or_else(no_season)?;
    let places = Place::all(tx, contest).await?;
    let arena = floor.arena();
    Ok(told(&arena, &linked, &places))
}

pub(super) fn no_season() -> Problem {
    Problem::not_found("本场不在任何赛季中", "This contest stands in no season")
}

pub(super) fn told(arena: &Arena, linked: &Linked, places: &[Place]) -> Advancement {
    let rule = linked.season.tier(&linked.tier).and_then(|tier| tier.advance.as_ref());
    let waits = match (rule, &linked.target) {
        (None, _) => Some(kernel::Text::new("这是最后一级，无从晋级", "This is the last tier: there is nowhere to go")),
        (_, None) => Some(kernel::Text::new("还没有指定晋级去向", "It isn't said yet to which contest they go")),
        _ => unsettled(arena),
    };
    let print = fingerprint(arena);
    // Whose draw is sealed is named nowhere beside a rank.
    let may_name = !arena.plan.sealed;
    let is_settled = unsettled(arena).is_none();
    let rows = match rule {
        Some(rule) if may_name => {
            let now = decide(arena, rule, places);
            let fresh: Vec<Place> = places.iter().filter(|place| !place.is_held()).cloned().collect();
            let by_result = decide(arena, rule, &fresh);
            let of = |one: &Advanced<EntryIx>| row(arena, one, places, &print, &by_result);
            now.iter().map(of).filter(|row| is_settled || row.place.is_some()).collect()
        }
        _ => Vec::new(),
    };
    Advancement {
        season: linked.season_id.clone().into(),
        tier: linked.tier.clone(),
        rule: rule.map(|rule| rule.says().into()),
        target: linked.target.clone().map(Into::into),
        digest: if is_settled { print } else { String::new() },
        waits: waits.map(Into::into),
        rows,
    }
}

fn row(
    arena: &Arena,
    one: &Advanced<EntryIx>,
    places: &[Place],
    print: &str,
    by_result: &[Advanced<EntryIx>],
) -> AdvanceRow {
    let seat = &arena.plan.entries[one.who.index()];
    let place = places.iter().find(|place| place.entry == seat.id);
    let group = arena.board.scheme().groups().iter().find(|group| group.code == seat.group);
    let (outcome, line) = match one.outcome {
        Outcome::Advances => (AdvanceOutcome::Advances, None),
        Outcome::NextInLine(line) => (AdvanceOutcome::NextInLine, Some(line)),
        Outcome::Stays => (AdvanceOutcome::Stays, None),
    };
    AdvanceRow {
        entry: seat.id.clone().into(),
        name: seat.person_name.clone(),
        organisation: seat.organisation_name.clone(),
        group: seat.group.clone(),
        group_name: group.map(|group| group.name.clone()).unwrap_or_default().into(),
        rank: one.rank,
        total: Mark(arena.board.score(one.who).total),
        outcome,
        line,
        // Who has a place keeps the sentence by which he got it.
        why: place.filter(|place| place.is_held()).map_or(&one.why, |place| &place.why).into(),
        place: place.map(|place| PlaceSeen {
            id: place.id.clone().into(),
            state: place.state.clone(),
            at: place.at.into(),
            by: place.by.clone(),
            note: place.note.clone(),
            is_replacement: place.replaces.is_some(),
            look_again: look_again(arena, place, print, by_result).map(Into::into),
        }),
    }
}
