//! The ability report of a competitor, as PDF: what his portrait tells on the screen, on three or four pages.

use axum::extract::State;
use axum::response::Response;
use kernel::{ErrorCode, Zone};
use marking::EntryIx;
use print::{Ability, AbilityReport, Languages, Module};
use web::wire::{ContestId, EntryId};
use web::{ApiResult, Path, Problem, Query, Signed};

use super::press::{SpokenIn, issuer, pdf, printed_once};
use crate::ContestRoom;
use crate::analysis::{Analysed, Looked, ability_remarks, look};
use crate::arena::Arena;
use crate::event::ContestState;

/// For whoever sees the portrait with its name, once the result is published.
#[utoipa::path(get, path = "/api/contests/{contest}/portrait/{entry}/report", tag = "papers", operation_id = "ability_report", params(ContestId, EntryId, SpokenIn), responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub async fn report(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    Query(spoken): Query<SpokenIn>,
    Path((contest, entry)): Path<(ContestId, EntryId)>,
) -> ApiResult<Response> {
    let looked = look(&room, &actor, &contest, &entry).await?;
    if !looked.knows_who {
        return Err(Problem::new(ErrorCode::Forbidden).detail(
            "盲评赛事的能力报告只归选手本人",
            "In a contest without names the report is the competitor's alone",
        ));
    }
    printed(&room, &looked, spoken).await
}

/// The report of a competitor who is looked at by somebody who may know who he is.
pub async fn printed(room: &ContestRoom, looked: &Looked, spoken: SpokenIn) -> ApiResult<Response> {
    let hall = issuer(&room.hall.db).await?;
    let zone = &room.hall.config.zone;
    let now = room.hall.now();
    let data = {
        let arena = looked.floor.arena();
        if arena.state != ContestState::Final {
            return Err(Problem::new(ErrorCode::ContestNotOpen)
                .detail("成绩公布后才有能力报告", "There is a report once the result is published"));
        }
        let entry = looked.entry_ix(&arena)?;
        of(&arena, &looked.analysed, entry, spoken.languages.into(), hall, zone, now)?
    };
    Ok(pdf("ability-report", printed_once(room, data).await?))
}

fn of(
    arena: &Arena,
    analysed: &Analysed,
    entry: EntryIx,
    languages: Languages,
    hall: kernel::Text,
    zone: &Zone,
    now: kernel::Timestamp,
) -> ApiResult<AbilityReport> {
    let (board, plan, scheme) = (&arena.board, &arena.plan, arena.board.scheme());
    let seat = &plan.entries[entry.index()];
    let rank = board.rank(entry).ok_or_else(|| {
        Problem::new(ErrorCode::ContestNotOpen)
            .detail("没有成绩，无法生成能力报告", "There is no mark, so there is no report")
    })?;
    let winner = board.ranking().next().filter(|winner| *winner != entry);
    let abilities = scheme.ability_ixs().zip(scheme.abilities()).filter_map(|(ix, ability)| {
        let figures = &analysed.analysis.abilities.iter().find(|(of, _)| *of == ix.0)?.1;
        let standing = figures.standings.iter().find(|standing| standing.competitor == entry.0)?;
        Some(Ability {
            name: ability.name.clone(),
            mark: board.ability_mark(entry, ix),
            max: ability.max,
            interval: standing.interval().map(|interval| [interval.low, interval.high]),
            quartiles: figures.quartiles,
        })
    });
    let modules = scheme.module_ixs().zip(scheme.modules()).map(|(ix, module)| Module {
        name: module.name.clone(),
        mark: board.module_mark(entry, ix),
        max: module.max,
        winner: winner.map(|winner| board.module_mark(winner, ix)),
    });
    let (strong, weak) = ability_remarks(analysed, entry);
    Ok(AbilityReport {
        languages,
        name: seat.person_name.clone(),
        organisation: Some(seat.organisation_name.clone().into()),
        contest: plan.name.clone().into(),
        group: scheme.group_ix(&seat.group).and_then(|ix| scheme.group(ix)).map(|group| group.name.clone()),
        held: zone.at(plan.starts_at).date(),
        total: board.total(entry),
        total_max: scheme.max(),
        rank,
        field: board.ranking().len() as u32,
        in_group: board.group_rank(entry).map(|rank| (rank, ranked_in_group(arena, entry))),
        sentence: board.why(entry),
        abilities: abilities.collect(),
        modules: modules.collect(),
        strong,
        weak,
        hall,
        on: zone.at(now).date(),
    })
}

/// How many have a rank in his group.
fn ranked_in_group(arena: &Arena, entry: EntryIx) -> u32 {
    let (board, field) = (&arena.board, arena.board.field());
    let group = field.entry(entry).and_then(|seat| seat.group);
    let is_in = |other: &EntryIx| field.entry(*other).is_some_and(|seat| seat.group == group);
    field.entry_ixs().filter(is_in).filter(|other| board.group_rank(*other).is_some()).count() as u32
}
