//! Which panels can't be formed, and why: before a contest is opened, and while it runs.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, RunId, Text};
use web::{ApiResult, Json, Listed, Page, Path};

use crate::ContestRoom;
use crate::arena::Arena;
use crate::panel::Shortage;
use crate::plan::PlannedRun;

/// A run whose panel is too small, with what keeps the contest's other judges from it: each is counted once, and none while numbers are sealed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PanelShort {
    pub run: RunId,
    /// The blind number.
    pub entry_no: String,
    pub station: String,
    pub module: String,
    /// What the aspect calls for that calls for most.
    pub needed: u32,
    pub there: u32,
    /// Null, like the counts after it, while numbers are sealed: whoever is barred from a number tells whose it is.
    #[schema(required = true)]
    pub own_enterprise: Option<u32>,
    #[schema(required = true)]
    pub own_union: Option<u32>,
    #[schema(required = true)]
    pub excused: Option<u32>,
    #[schema(required = true)]
    pub other_module: Option<u32>,
    #[schema(required = true)]
    pub other_venue: Option<u32>,
    pub says: Text,
}

/// Runs in the order of stations and of the plan.
#[utoipa::path(get, path = "/api/contests/{contest}/panels", tag = "judging", operation_id = "panels_short", params(ContestId, Page), responses((status = 200, body = Listed<PanelShort>)))]
pub async fn panels(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
    page: Page,
) -> ApiResult<Json<Listed<PanelShort>>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let from = page.after_number()?.unwrap_or(0).max(0) as usize;
    let short = arena.plan.runs.iter().filter_map(|run| seen(&arena, run));
    let mut items: Vec<PanelShort> = short.skip(from).take(page.limit() + 1).collect();
    let more = items.len() > page.limit();
    items.truncate(page.limit());
    Ok(Json(Listed { items, next: more.then(|| hex::encode((from + page.limit()).to_string())) }))
}

fn seen(arena: &Arena, run: &PlannedRun) -> Option<PanelShort> {
    let short = Shortage::of(arena, run)?;
    let told = |count: u32| (!arena.plan.sealed).then_some(count);
    Some(PanelShort {
        run: run.id.clone().into(),
        entry_no: arena.plan.entry(&run.entry)?.no.clone(),
        station: arena.plan.station(&run.station)?.code.clone(),
        module: run.module.clone(),
        needed: short.needed,
        there: short.there,
        own_enterprise: told(short.own_enterprise),
        own_union: told(short.own_union),
        excused: told(short.excused),
        other_module: told(short.other_module),
        other_venue: told(short.other_venue),
        says: if arena.plan.sealed { short.says_how_many() } else { short.says() }.into(),
    })
}
