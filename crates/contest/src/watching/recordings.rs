//! What was recorded: the runs with their telemetry.

use axum::extract::State;
use marking::Standing;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, RunId, Timestamp};
use web::{ApiResult, Json, Listed, Page, Path};

use crate::ContestRoom;

#[derive(Debug, Serialize, ToSchema)]
pub struct RecordingSeen {
    pub run: RunId,
    pub station: String,
    pub entry_no: String,
    pub module: String,
    /// `open`, `stopped` or `closed`.
    pub state: String,
    pub from: Timestamp,
    /// Null while it goes on.
    pub to: Option<Timestamp>,
    /// Without those that samples which came late have withdrawn.
    pub verdicts: usize,
    pub signals: Vec<SignalSeen>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SignalSeen {
    pub name: String,
    /// `bool`, `integer`, `real` or `text`.
    pub kind: String,
    pub unit: String,
}

pub fn signals_of(rules: &referee::RuleSet) -> Vec<SignalSeen> {
    rules
        .signals()
        .iter()
        .map(|signal| SignalSeen {
            name: signal.name.clone(),
            kind: signal.kind.code().to_owned(),
            unit: signal.kind.unit().to_owned(),
        })
        .collect()
}

/// Newest first.
#[utoipa::path(get, path = "/api/contests/{contest}/recordings", tag = "telemetry", params(ContestId, Page), responses((status = 200, body = Listed<RecordingSeen>)))]
pub async fn recordings(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
    page: Page,
) -> ApiResult<Json<Listed<RecordingSeen>>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let from = page.after_number()?.unwrap_or(0).max(0) as usize;
    let mut opened: Vec<_> = arena
        .plan
        .runs
        .iter()
        .filter_map(|run| {
            let now = arena.runs.get(&run.id)?;
            Some((now.watched.opened_at()?, run, now))
        })
        .collect();
    opened.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
    let mut items: Vec<RecordingSeen> = opened
        .into_iter()
        .skip(from)
        .take(page.limit() + 1)
        .map(|(opened_at, run, now)| RecordingSeen {
            run: run.id.clone().into(),
            station: arena.plan.station(&run.station).map(|station| station.code.clone()).unwrap_or_default(),
            entry_no: arena.plan.entry(&run.entry).map(|entry| entry.no.clone()).unwrap_or_default(),
            module: run.module.clone(),
            state: now.clock.state().to_owned(),
            from: opened_at.into(),
            to: match now.clock {
                crate::clock::RunClock::Closed { at, .. } => Some(at.into()),
                _ => None,
            },
            verdicts: arena
                .verdicts
                .values()
                .filter(|verdict| verdict.run == run.id && verdict.standing != Standing::Amended)
                .count(),
            signals: signals_of(&arena.rules_of(&run.id).scheme.rules),
        })
        .collect();
    let more = items.len() > page.limit();
    items.truncate(page.limit());
    Ok(Json(Listed { items, next: more.then(|| hex::encode((from + page.limit()).to_string())) }))
}
