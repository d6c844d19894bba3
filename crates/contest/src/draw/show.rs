//! The draw as anybody may see it: what was committed to, when lots were drawn, who wants it undone; and when it is, all of it.

use std::collections::HashMap;

use axum::extract::State;
use kernel::{Role, Scope, Seed};
use marking::Over;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{self, ContestId, EntryId, Text, Timestamp};
use web::{ApiResult, Json, MaybeSigned, Path};

use super::list::DrawList;
use super::now::{DrawNow, VoidDraw};
use super::{drawn, rule};
use crate::ContestRoom;
use crate::arena::Arena;
use crate::plan::Plan;
use crate::results::Standing;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DrawState {
    /// The contest has no rule set, so nothing says how to draw.
    NoRule,
    /// Nothing was published yet.
    Open,
    Committed,
    /// Lots are drawn; names and numbers are apart.
    Sealed,
    Undone,
    /// The contest was opened without lots, although its rule set declares a draw.
    Without,
}

/// Who draw from one block of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DrawOver {
    /// Everybody: the lots of a layer are named by its code.
    WholeField,
    /// Each group apart: by the layer's code, a stroke and the group's code.
    EachGroup,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DrawSeen {
    pub state: DrawState,
    /// Null without a rule set.
    #[schema(required = true)]
    pub over: Option<DrawOver>,
    /// In the order in which they are drawn.
    pub layers: Vec<Layer>,
    /// SHA-256 of the hall's part of the seed, in hexadecimal.
    #[schema(required = true)]
    pub commitment: Option<String>,
    #[schema(required = true)]
    pub committed_at: Option<Timestamp>,
    /// What lots are drawn over; null before the commitment.
    #[schema(required = true)]
    pub list: Option<ListSeen>,
    #[schema(required = true)]
    pub drawn_at: Option<Timestamp>,
    /// What was added to the hall's part of the seed.
    #[schema(required = true)]
    pub public_part: Option<String>,
    pub entries: usize,
    /// Who is to undo it, each with when he said so of the result as it stands.
    pub undoing: Vec<Undoer>,
    #[schema(required = true)]
    pub undone_at: Option<Timestamp>,
    /// Why the contest was opened without lots.
    #[schema(required = true)]
    pub without_because: Option<String>,
    /// The whole seed, once the draw is undone.
    #[schema(required = true)]
    pub seed: Option<String>,
    /// Once it is undone, in the order of the entries' ids, which is the order in which they drew.
    pub lots: Vec<Lot>,
    /// What was committed to before and counts no longer, the oldest first.
    pub void: Vec<VoidSeen>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ListSeen {
    /// Of the lines, each with its line feed, in hexadecimal.
    pub sha256: String,
    /// Whether the field is still the one that was committed to. Where it isn't, lots are drawn after another commitment only.
    pub stands: bool,
    /// `rules SHA256`, `entry ID GROUP`, `team ID`, with the ids of before the draw; empty until it is undone.
    pub lines: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct VoidSeen {
    pub commitment: String,
    pub committed_at: Timestamp,
    /// Null where no lots were drawn by it.
    #[schema(required = true)]
    pub drawn_at: Option<Timestamp>,
    /// The whole seed; null where it was made void before seeds were published then.
    #[schema(required = true)]
    pub seed: Option<String>,
    /// Why another was committed to.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// The list, where lots were drawn over it.
    pub lines: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Layer {
    pub code: String,
    pub name: Text,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Undoer {
    pub role: wire::Role,
    #[schema(required = true)]
    pub at: Option<Timestamp>,
    /// Insiders read his name.
    #[schema(required = true)]
    pub by: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Lot {
    pub entry: EntryId,
    /// The id that he had when the seed was committed to; null where no list was bound.
    #[schema(required = true)]
    pub before: Option<EntryId>,
    pub group: String,
    /// One of each layer.
    pub numbers: Vec<String>,
    /// Null where the contest shows numbers only.
    #[schema(required = true)]
    pub name: Option<String>,
}

#[utoipa::path(get, path = "/api/contests/{contest}/draw", tag = "draw", operation_id = "draw", params(ContestId), responses((status = 200, body = DrawSeen)))]
pub async fn show(
    State(room): State<ContestRoom>,
    MaybeSigned(actor): MaybeSigned,
    Path(contest): Path<ContestId>,
) -> ApiResult<Json<DrawSeen>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let insider = actor.is_some_and(|actor| {
        actor.holds_any(&[Role::ChiefJudge, Role::Supervisor, Role::Organiser], &Scope::Contest(contest.0.clone()))
    });
    Ok(Json(seen(&arena, insider)))
}

pub(super) fn seen(arena: &Arena, insider: bool) -> DrawSeen {
    let mut seen = DrawSeen::of(&arena.plan, arena.draw.as_ref(), undoers(arena, insider));
    if seen.state == DrawState::Open && arena.started_at.is_some() {
        seen.state = DrawState::Without;
        let without = arena.opened_without.as_ref().filter(|without| without.lacks.undrawn > 0);
        seen.without_because = without.map(|without| without.reason.clone());
    }
    seen
}

impl DrawSeen {
    pub(super) fn of(plan: &Plan, draw: Option<&DrawNow>, undoing: Vec<Undoer>) -> DrawSeen {
        let rule = rule(plan);
        let layers = rule.map(|rule| rule.layers.as_slice()).unwrap_or_default();
        let state = match draw {
            None if layers.is_empty() => DrawState::NoRule,
            None => DrawState::Open,
            Some(draw) if draw.is_sealed() => DrawState::Sealed,
            Some(draw) if draw.seed.is_some() => DrawState::Undone,
            Some(_) => DrawState::Committed,
        };
        DrawSeen {
            state,
            over: rule.map(|rule| match rule.over {
                Over::WholeField => DrawOver::WholeField,
                Over::EachGroup => DrawOver::EachGroup,
            }),
            layers: layers.iter().map(|layer| Layer { code: layer.code.clone(), name: (&layer.name).into() }).collect(),
            commitment: draw.map(|draw| draw.commitment.clone()),
            committed_at: draw.map(|draw| draw.committed_at.into()),
            list: draw.and_then(|draw| ListSeen::of(plan, draw)),
            drawn_at: draw.and_then(|draw| draw.drawn_at).map(Into::into),
            public_part: draw.and_then(|draw| draw.public_part.clone()),
            entries: plan.entries.len(),
            undoing,
            undone_at: draw.and_then(|draw| draw.undone_at).map(Into::into),
            without_because: None,
            lots: draw.and_then(|draw| lots(plan, draw)).unwrap_or_default(),
            seed: draw.and_then(|draw| draw.seed.clone()),
            void: draw.map(|draw| draw.void.iter().map(VoidSeen::of).collect()).unwrap_or_default(),
        }
    }
}

impl ListSeen {
    fn of(plan: &Plan, draw: &DrawNow) -> Option<ListSeen> {
        let list = draw.list.as_ref()?;
        Some(ListSeen {
            sha256: list.hash(),
            stands: draw.drawn_at.is_some() || **list == DrawList::of(plan),
            lines: draw.seed.as_ref().map(|_| list.lines()).unwrap_or_default(),
        })
    }
}

impl VoidSeen {
    fn of(void: &VoidDraw) -> VoidSeen {
        let lines = void.list.as_ref().filter(|_| void.drawn_at.is_some()).map(|list| list.lines());
        VoidSeen {
            commitment: void.commitment.clone(),
            committed_at: void.committed_at.into(),
            drawn_at: void.drawn_at.map(Into::into),
            seed: void.seed.clone(),
            reason: void.reason.clone(),
            lines: lines.unwrap_or_default(),
        }
    }
}

/// Lots are just drawn: nobody has said that they be undone.
pub(super) fn nobody_yet() -> Vec<Undoer> {
    super::undo::UNDOERS.map(|role| Undoer { role: role.into(), at: None, by: None }).into()
}

fn undoers(arena: &Arena, insider: bool) -> Vec<Undoer> {
    let Some(draw) = arena.draw.as_ref().filter(|draw| draw.drawn_at.is_some()) else { return Vec::new() };
    // What was undone was undone for the result of then.
    let digest = match &draw.seed {
        Some(_) => draw.undoing.last().map(|undoing| undoing.digest.clone()).unwrap_or_default(),
        None if draw.undoing.is_empty() => String::new(),
        None => Standing::of(arena).digest(),
    };
    let of_role = |role: Role| {
        let stands = draw.undoing.iter().find(|undoing| undoing.role == role && undoing.digest == digest);
        Undoer {
            role: role.into(),
            at: stands.map(|undoing| undoing.at.into()),
            by: stands.filter(|_| insider).map(|undoing| undoing.by.clone()),
        }
    };
    super::undo::UNDOERS.map(of_role).into()
}

/// Drawn again by the published seed.
fn lots(plan: &Plan, draw: &DrawNow) -> Option<Vec<Lot>> {
    let seed: Seed = draw.seed.as_ref()?.parse().ok()?;
    let drawn = drawn(plan, rule(plan)?, &seed).ok()?;
    let numbers = drawn.numbers();
    let before: HashMap<String, &EntryId> = draw
        .list
        .iter()
        .flat_map(|list| list.entries_after(&seed))
        .map(|(after, listed)| (after, &listed.id))
        .collect();
    let mut entries: Vec<_> = plan.entries.iter().collect();
    entries.sort_by(|one, other| one.id.cmp(&other.id));
    let lot = |entry: &crate::plan::Entry| Lot {
        entry: entry.id.clone().into(),
        before: before.get(entry.id.as_str()).map(|id| (*id).clone()),
        group: entry.group.clone(),
        numbers: numbers.get(entry.id.as_str()).into_iter().flatten().map(|number| (*number).to_owned()).collect(),
        name: (!plan.blind).then(|| entry.person_name.clone()),
    };
    Some(entries.into_iter().map(lot).collect())
}
