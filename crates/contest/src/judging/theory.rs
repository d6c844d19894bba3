//! Theory papers' marks: imported by blind number, and looked up by whoever imports them.

use std::collections::{HashMap, HashSet};

use axum::extract::State;
use kernel::ErrorCode;
use marking::AspectIx;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::wire::{ContestId, Mark, Text};
use web::{Answer, ApiResult, IdempotencyKey, Json, Listed, Path, Problem, Signed};

use super::must_take_marks;
use crate::arena::Arena;
use crate::event::Happened;
use crate::plan::Entry;
use crate::{ContestRoom, archived, log};

const MARKS_MOST: usize = 1000;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TheoryMarks {
    pub aspect: String,
    /// 1 to 1,000.
    pub marks: Vec<TheoryMark>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TheoryMark {
    /// The blind number.
    pub entry_no: String,
    pub mark: Mark,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Imported {
    pub taken: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TheoryMarkSeen {
    pub aspect: String,
    /// The blind number.
    pub entry_no: String,
    pub group: String,
    pub venue_name: Text,
    /// Null while there is none.
    #[schema(required = true)]
    pub mark: Option<Mark>,
}

/// Everybody's marks as they stand, by paper and blind number. No name: papers are marked blind.
#[utoipa::path(get, path = "/api/contests/{contest}/theory", tag = "judging", operation_id = "list_theory_marks", params(ContestId), responses((status = 200, body = Listed<TheoryMarkSeen>)))]
pub async fn list(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
) -> ApiResult<Json<Listed<TheoryMarkSeen>>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let (scheme, field) = (arena.board.scheme(), arena.board.field());
    let mut standing = Vec::new();
    for ix in scheme.aspect_ixs() {
        let Some(aspect) = scheme.aspect(ix).filter(|aspect| aspect.kind == marking::AspectKind::Theory) else {
            continue;
        };
        for entry in &arena.plan.entries {
            let mark = field.entry_ix(&entry.id).and_then(|seat| arena.board.aspect(seat, ix).mark);
            standing.push(TheoryMarkSeen {
                aspect: aspect.code.clone(),
                entry_no: entry.no.clone(),
                group: entry.group.clone(),
                venue_name: arena.plan.venue(&entry.venue).map(|venue| venue.name.clone()).unwrap_or_default(),
                mark: mark.map(Into::into),
            });
        }
    }
    standing.sort_unstable_by(|one, other| (&one.aspect, &one.entry_no).cmp(&(&other.aspect, &other.entry_no)));
    Ok(Json(Listed::whole(standing)))
}

/// All or nothing; a later import of the same paper takes the place of the earlier one.
#[utoipa::path(post, path = "/api/contests/{contest}/theory", tag = "judging", operation_id = "import_theory_marks", params(ContestId), request_body = TheoryMarks, responses((status = 200, body = Imported)))]
pub async fn import(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(theory): Json<TheoryMarks>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    if theory.marks.is_empty() || theory.marks.len() > MARKS_MOST {
        return Err(Problem::invalid("marks", "1 至 1000 项", "1 to 1,000 marks"));
    }
    let (hall, floor_ref, contest, theory, account) = (&room.hall, &floor, &contest.0, &theory, &actor.account);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let events = check(&floor_ref.arena(), theory)?;
            for happened in &events {
                let subject: kernel::MarkId = hall.fresh();
                let now = hall.now();
                log::append(tx, contest, now, Some(account), subject.as_str(), happened).await?;
                let statement = archived::of_paper(&floor_ref.arena(), &subject, happened, now);
                archived::keep(tx, statement.as_ref(), now).await?;
            }
            Answer::ok(&Imported { taken: events.len() })
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// An aspect that a theory paper is marked by.
pub(crate) fn paper(arena: &Arena, code: &str) -> Option<AspectIx> {
    let paper = arena.aspect(code)?;
    arena.board.scheme().aspect(paper).filter(|aspect| aspect.kind == marking::AspectKind::Theory).map(|_| paper)
}

/// Whether an entry may have a mark of a paper; if not, why, and which field says so.
pub(crate) fn may_have(
    arena: &Arena,
    paper: AspectIx,
    entry: &kernel::EntryId,
    mark: kernel::Mark,
) -> Result<(), (ErrorCode, &'static str)> {
    let entry = arena.board.field().entry_ix(entry).ok_or((ErrorCode::EntryUnknown, "entry_no"))?;
    if arena.board.corrected(entry, paper).is_some() {
        return Err((ErrorCode::RoundClosed, "entry_no"));
    }
    let max = arena.board.scheme().aspect(paper).map(|aspect| aspect.max).unwrap_or_default();
    match (kernel::Mark::ZERO..=max).contains(&mark) {
        true => Ok(()),
        false => Err((ErrorCode::MarkOutOfRange, "mark")),
    }
}

/// All faults, each at its field.
fn check(arena: &Arena, theory: &TheoryMarks) -> ApiResult<Vec<Happened>> {
    must_take_marks(arena)?;
    let paper = paper(arena, &theory.aspect).ok_or_else(|| Problem::new(ErrorCode::MarkUnknownAspect))?;
    let entries: HashMap<&str, &Entry> = arena.plan.entries.iter().map(|entry| (entry.no.as_str(), entry)).collect();
    let mut seen = HashSet::new();
    let mut problem: Option<Problem> = None;
    let mut events = Vec::with_capacity(theory.marks.len());
    for (at, mark) in theory.marks.iter().enumerate() {
        let (code, field) = match entries.get(mark.entry_no.as_str()) {
            None => (ErrorCode::EntryUnknown, "entry_no"),
            Some(_) if !seen.insert(mark.entry_no.as_str()) => (ErrorCode::Conflict, "entry_no"),
            Some(entry) => match may_have(arena, paper, &entry.id, mark.mark.0) {
                Err(refused) => refused,
                Ok(()) => {
                    events.push(Happened::Imported {
                        entry: entry.id.clone().into(),
                        aspect: theory.aspect.clone(),
                        marks: mark.mark.hundredths(),
                    });
                    continue;
                }
            },
        };
        let so_far = problem.unwrap_or_else(|| Problem::new(code));
        let says = match code {
            ErrorCode::Conflict => kernel::Text::new("同一检录号出现两次", "the same blind number is there twice"),
            ErrorCode::RoundClosed => {
                kernel::Text::new("该成绩已经核查或申诉更正", "a recheck or an appeal has set this mark")
            }
            _ => kernel::Text::new(code.entry().what_zh, code.entry().what_en),
        };
        problem = Some(so_far.field_text(format!("marks[{at}].{field}"), says));
    }
    problem.map_or(Ok(events), Err)
}
