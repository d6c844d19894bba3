//! What is to be looked at of an entry: each mark as it stands, with what it was made of.

use axum::extract::State;
use kernel::ErrorCode;
use marking::EntryIx;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, EntryId, Mark, RunId, Text};
use web::{ApiResult, Json, Path, Problem};

use crate::ContestRoom;
use crate::arena::Arena;
use crate::event::MarkValue;
use crate::sheet::{Named, VerdictSeen, seen};

#[derive(Debug, Serialize, ToSchema)]
pub struct RecheckSheet {
    pub entry: EntryId,
    /// The blind number.
    pub no: String,
    pub aspects: Vec<RecheckAspect>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RecheckAspect {
    pub module: Named,
    /// Where it was marked; null for a paper that is sat, not run.
    #[schema(required = true)]
    pub run: Option<RunId>,
    pub code: String,
    pub name: Text,
    pub max: Mark,
    pub mark: Mark,
    /// What judges gave in the round that counts, without who they are.
    pub given: Vec<MarkValue>,
    pub verdicts: Vec<VerdictSeen>,
    /// It was corrected before: how.
    pub corrected: Vec<Text>,
}

/// 404 for whoever is not to be rechecked.
#[utoipa::path(get, path = "/api/contests/{contest}/recheck/entries/{entry}", tag = "recheck", operation_id = "recheck_sheet", params(ContestId, EntryId), responses((status = 200, body = RecheckSheet)))]
pub async fn sheet(
    State(room): State<ContestRoom>,
    Path((contest, entry)): Path<(ContestId, EntryId)>,
) -> ApiResult<Json<RecheckSheet>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let ix = wanted(&arena, &entry)?;
    let scheme = arena.board.scheme();
    let aspects = arena.rechecked(ix).filter_map(|(code, mark)| {
        let aspect = scheme.aspect_ix(code)?;
        let declared = scheme.aspect(aspect)?;
        let module = scheme.module(declared.module)?;
        let round = arena.board.round(ix, aspect);
        let given = arena.board.given(ix, aspect).filter(|given| given.round == round);
        let verdicts = arena.verdict_order.iter().filter_map(|id| arena.verdicts.get(id));
        Some(RecheckAspect {
            module: Named { code: module.code.clone(), name: (&module.name).into() },
            run: arena.run_of(ix, aspect).map(RunId),
            code: code.to_owned(),
            name: (&declared.name).into(),
            max: Mark(declared.max),
            mark: Mark(mark),
            given: given.filter_map(|given| Some(arena.marks.get(&given.mark)?.value.clone())).collect(),
            verdicts: verdicts.filter(|it| (it.entry, it.aspect) == (ix, aspect)).map(|it| seen(&arena, it)).collect(),
            corrected: arena.corrections_of(ix, aspect).map(|it| it.says()).collect(),
        })
    });
    let no = arena.plan.entries[ix.index()].no.clone();
    Ok(Json(RecheckSheet { entry, no, aspects: aspects.collect() }))
}

/// An entry that is to be looked at, or was.
pub fn wanted(arena: &Arena, entry: &EntryId) -> ApiResult<EntryIx> {
    let known = arena.board.field().entry_ix(entry).ok_or_else(|| Problem::new(ErrorCode::EntryUnknown))?;
    if arena.recheck.as_ref().is_some_and(|recheck| recheck.is_wanted(known)) {
        return Ok(known);
    }
    Err(Problem::not_found("该选手不在核查之列", "This entry is not among those to be rechecked"))
}
