//! Everybody at the same time of his run: what can be compared when one venue's clock was stopped and the others went on.

use axum::extract::State;
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::wire::{ContestId, EntryId, Mark};
use web::{ApiResult, Json, Path, Problem, Query};

use crate::ContestRoom;
use crate::arena::{Arena, Reached};

/// Longer than any run.
const AT_MS_MOST: i64 = 1_000 * 3_600_000;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PaceFilter {
    /// Its code. Without one, the contest's first module in which a run has begun.
    pub module: Option<String>,
    /// The time of the run. Without one, as far as the one has come who has come least far of those under way.
    pub at_ms: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Pace {
    pub module: String,
    /// The time at which they are compared, by each run's own clock.
    pub at_ms: i64,
    /// As far as anybody's clock has come.
    pub longest_ms: i64,
    /// Those who have begun the module: who has come so far first, and of them the most marks first.
    pub items: Vec<AtPace>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AtPace {
    pub entry: EntryId,
    /// Among those who have come so far; shared where the marks are equal.
    #[schema(required = true)]
    pub rank: Option<u32>,
    /// What the module had given by then.
    pub mark: Mark,
    /// So many of its aspects.
    pub aspects: u32,
    /// How far his clock has come by now.
    pub run_ms: i64,
    /// Whether he has come so far, or has ended before.
    pub is_there: bool,
}

/// What a judge marked and the referee found counts from the time at which it happened, by the run's clock; time stopped does not count. While the board is frozen, nothing is compared.
#[utoipa::path(get, path = "/api/contests/{contest}/pace", tag = "contest", operation_id = "pace", params(ContestId, PaceFilter), responses((status = 200, body = Pace)))]
pub async fn pace(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
    Query(filter): Query<PaceFilter>,
) -> ApiResult<Json<Pace>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    if arena.state.hides_changes() {
        return Err(Problem::new(ErrorCode::ContestNotOpen)
            .detail("榜单已封榜，公布后可比", "The board is frozen; it is compared after publication"));
    }
    let (scheme, now) = (arena.board.scheme(), room.hall.now());
    let begun = |module: &marking::ModuleIx| arena.common_pace(*module, now).1 > 0;
    let module = match &filter.module {
        Some(code) => scheme.module_ix(code),
        None => scheme.module_ixs().find(begun).or_else(|| scheme.module_ixs().next()),
    };
    let Some((module, code)) = module.and_then(|ix| Some((ix, scheme.module(ix)?.code.clone()))) else {
        return Err(Problem::invalid("module", "没有这个模块", "there is no such module"));
    };
    let (common_ms, longest_ms) = arena.common_pace(module, now);
    let at_ms = filter.at_ms.unwrap_or(common_ms);
    if !(0..=AT_MS_MOST).contains(&at_ms) {
        return Err(Problem::invalid("at_ms", "0 至 1000 小时", "0 to 1000 hours"));
    }
    let mut reached = arena.at_pace(module, at_ms, now);
    reached.sort_by_key(|one| (!one.is_there, -one.mark));
    Ok(Json(Pace { module: code, at_ms, longest_ms, items: ranked(&arena, &reached) }))
}

fn ranked(arena: &Arena, reached: &[Reached]) -> Vec<AtPace> {
    let better = |one: &Reached| reached.iter().filter(|it| it.is_there && it.mark > one.mark).count() as u32;
    let seen = |one: &Reached| {
        Some(AtPace {
            entry: arena.plan.entries.get(one.entry.index())?.id.clone().into(),
            rank: one.is_there.then(|| better(one) + 1),
            mark: Mark(one.mark),
            aspects: one.aspects,
            run_ms: one.run_ms,
            is_there: one.is_there,
        })
    };
    reached.iter().filter_map(seen).collect()
}
