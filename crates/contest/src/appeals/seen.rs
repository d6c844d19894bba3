//! An appeal as it is shown: to officials by blind number, to the competitor as his own.

use kernel::Timestamp as KernelTimestamp;
use marking::EntryIx;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{AppealId, EntryId, Mark, RunId, Text, Timestamp};

use super::now::AppealNow;
use super::times;
use crate::arena::Arena;
use crate::event::{AppealDecision, ContestState};
use crate::sheet::Named;

#[derive(Debug, Serialize, ToSchema)]
pub struct AppealSeen {
    pub id: AppealId,
    pub entry: EntryId,
    /// The blind number.
    pub no: String,
    /// 1 or 2.
    pub instance: u32,
    /// In the second instance: the appeal whose answer it is against.
    #[schema(required = true)]
    pub first: Option<AppealId>,
    pub module: Named,
    /// The run of that module; null for a paper that is sat, not run.
    #[schema(required = true)]
    pub run: Option<RunId>,
    pub aspects: Vec<AppealedAspect>,
    /// The competitor's words; null for an operator of his venue, like what is asked for.
    #[schema(required = true)]
    pub text: Option<String>,
    #[schema(required = true)]
    pub asks: Option<String>,
    /// The name of who brought it, for those who read names; nobody does beside a number while the draw is sealed.
    #[schema(required = true)]
    pub by: Option<String>,
    pub at: Timestamp,
    /// When the answer is due.
    pub answer_by: Timestamp,
    pub is_overdue: bool,
    #[schema(required = true)]
    pub answer: Option<AppealAnswer>,
    #[schema(required = true)]
    pub withdrawn_at: Option<Timestamp>,
    /// Until when the answer may be appealed against; null: not any more, or never.
    #[schema(required = true)]
    pub second_until: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AppealedAspect {
    pub code: String,
    pub name: Text,
    pub max: Mark,
    /// As it stands now.
    #[schema(required = true)]
    pub mark: Option<Mark>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AppealAnswer {
    pub decision: AppealDecision,
    pub reason: String,
    pub by: String,
    pub at: Timestamp,
    pub corrections: Vec<AppealCorrection>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AppealCorrection {
    pub aspect: String,
    #[schema(required = true)]
    pub was: Option<Mark>,
    pub marks: Mark,
    pub reason: String,
}

/// How much of an appeal somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Who brought it as well.
    Everything,
    ByNumber,
    /// What it is about, and not what the competitor says.
    ThatItIsThere,
}

pub fn seen(arena: &Arena, appeal: &AppealNow, reads: Reads, now: KernelTimestamp) -> Option<AppealSeen> {
    let scheme = arena.board.scheme();
    let seat = arena.plan.entries.get(appeal.entry.index())?;
    let module = scheme.module(appeal.module)?;
    let answer_by = times::rule(arena)?.answer_by(appeal.at);
    Some(AppealSeen {
        id: appeal.id.clone().into(),
        run: arena.plan.run_for(&seat.id, &module.code).cloned().map(RunId),
        entry: seat.id.clone().into(),
        no: seat.no.clone(),
        instance: appeal.instance(),
        first: appeal.first.clone().map(Into::into),
        module: Named { code: module.code.clone(), name: (&module.name).into() },
        aspects: appeal.aspects.iter().filter_map(|aspect| aspect_seen(arena, appeal.entry, *aspect)).collect(),
        text: (reads != Reads::ThatItIsThere).then(|| appeal.text.clone()),
        asks: appeal.asks.clone().filter(|_| reads != Reads::ThatItIsThere),
        by: (reads == Reads::Everything && !arena.plan.sealed).then(|| appeal.by.clone()),
        at: appeal.at.into(),
        answer_by: answer_by.into(),
        is_overdue: appeal.is_open() && answer_by < now,
        answer: appeal.answer.as_ref().map(|answer| AppealAnswer {
            decision: answer.decision,
            reason: answer.reason.clone(),
            by: answer.by.clone(),
            at: answer.at.into(),
            corrections: (arena.corrections.iter())
                .filter(|it| answer.corrections.contains(&it.id))
                .map(|it| AppealCorrection {
                    aspect: scheme.aspect(it.aspect).map(|aspect| aspect.code.clone()).unwrap_or_default(),
                    was: it.was.map(Mark),
                    marks: Mark(it.marks),
                    reason: it.reason.clone(),
                })
                .collect(),
        }),
        withdrawn_at: appeal.withdrawn_at.map(Into::into),
        second_until: times::second_until(arena, appeal).filter(|until| now <= *until).map(Into::into),
    })
}

fn aspect_seen(arena: &Arena, entry: EntryIx, aspect: marking::AspectIx) -> Option<AppealedAspect> {
    let declared = arena.board.scheme().aspect(aspect)?;
    Some(AppealedAspect {
        code: declared.code.clone(),
        name: (&declared.name).into(),
        max: Mark(declared.max),
        mark: arena.board.aspect(entry, aspect).mark.map(Mark),
    })
}

/// Every appeal of an entry, oldest first, as its own competitor reads it.
pub fn of_entry(arena: &Arena, entry: EntryIx, now: KernelTimestamp) -> Vec<AppealSeen> {
    let own = arena.appeals.all.iter().filter(|appeal| appeal.entry == entry);
    own.filter_map(|appeal| seen(arena, appeal, Reads::Everything, now)).collect()
}

/// What may be appealed against now.
#[derive(Debug, Serialize, ToSchema)]
pub struct MayAppeal {
    pub module: Named,
    pub until: Timestamp,
    /// Those that no appeal was about yet.
    pub aspects: Vec<AppealedAspect>,
}

pub fn may_appeal(arena: &Arena, entry: EntryIx, now: KernelTimestamp) -> Vec<MayAppeal> {
    let scheme = arena.board.scheme();
    if arena.state == ContestState::Draft {
        return Vec::new();
    }
    let modules = scheme.module_ixs().zip(scheme.modules()).filter_map(|(ix, module)| {
        let until = times::until(arena, entry, ix).filter(|until| now <= *until)?;
        let free = scheme.aspects_of(ix).filter(|(aspect, _)| arena.appeals.about(entry, &[*aspect]).is_none());
        let aspects: Vec<_> = free.filter_map(|(aspect, _)| aspect_seen(arena, entry, aspect)).collect();
        let module = Named { code: module.code.clone(), name: (&module.name).into() };
        (!aspects.is_empty()).then(|| MayAppeal { module, until: until.into(), aspects })
    });
    modules.collect()
}
