//! The draw as anybody may see it: what was committed to, when lots were drawn, who wants it undone; and when it is, all of it.

use axum::extract::State;
use kernel::{Role, Scope, Seed};
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{self, ContestId, EntryId, Text, Timestamp};
use web::{ApiResult, Json, MaybeSigned, Path};

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

#[derive(Debug, Serialize, ToSchema)]
pub struct DrawSeen {
    pub state: DrawState,
    /// In the order in which they are drawn.
    pub layers: Vec<Layer>,
    /// SHA-256 of the hall's part of the seed, in hexadecimal.
    #[schema(required = true)]
    pub commitment: Option<String>,
    #[schema(required = true)]
    pub committed_at: Option<Timestamp>,
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
    /// The whole seed, once the draw is undone.
    #[schema(required = true)]
    pub seed: Option<String>,
    /// Once it is undone, in the order of the entries' ids, which is the order in which they drew.
    pub lots: Vec<Lot>,
    /// Why the contest was opened without lots.
    #[schema(required = true)]
    pub without_because: Option<String>,
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
    let (plan, draw) = (&arena.plan, arena.draw.as_ref());
    let layers = rule(plan).map(|rule| rule.layers.as_slice()).unwrap_or_default();
    let state = match draw {
        None if layers.is_empty() => DrawState::NoRule,
        None if arena.started_at.is_some() => DrawState::Without,
        None => DrawState::Open,
        Some(draw) if draw.is_sealed() => DrawState::Sealed,
        Some(draw) if draw.seed.is_some() => DrawState::Undone,
        Some(_) => DrawState::Committed,
    };
    let seed = draw.and_then(|draw| draw.seed.clone());
    DrawSeen {
        state,
        layers: layers.iter().map(|layer| Layer { code: layer.code.clone(), name: (&layer.name).into() }).collect(),
        commitment: draw.map(|draw| draw.commitment.clone()),
        committed_at: draw.map(|draw| draw.committed_at.into()),
        drawn_at: draw.and_then(|draw| draw.drawn_at).map(Into::into),
        public_part: draw.and_then(|draw| draw.public_part.clone()),
        entries: plan.entries.len(),
        undoing: undoers(arena, insider),
        undone_at: draw.and_then(|draw| draw.undone_at).map(Into::into),
        without_because: (arena.opened_without.as_ref().filter(|without| without.lacks.undrawn > 0))
            .map(|without| without.reason.clone()),
        lots: seed.as_ref().map(|seed| lots(plan, seed)).unwrap_or_default(),
        seed,
    }
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

fn lots(plan: &Plan, seed: &str) -> Vec<Lot> {
    let drawn = seed.parse::<Seed>().ok().zip(rule(plan)).and_then(|(seed, rule)| drawn(plan, rule, &seed).ok());
    let Some(drawn) = drawn else { return Vec::new() };
    let mut entries: Vec<_> = plan.entries.iter().collect();
    entries.sort_by(|one, other| one.id.cmp(&other.id));
    let lot = |entry: &crate::plan::Entry| Lot {
        entry: entry.id.clone().into(),
        group: entry.group.clone(),
        numbers: drawn.numbers_of(&entry.id).map(str::to_owned).collect(),
        name: (!plan.blind).then(|| entry.person_name.clone()),
    };
    entries.into_iter().map(lot).collect()
}
