//! The sheet of a run: what a judge is to mark, how, and what he has marked; and what the panel still owes.
//!
//! Invariant: a sheet names the competitor by his blind number and by nothing else.

use std::collections::HashMap;

use kernel::{AccountId, Timestamp};
use marking::{AspectIx, AspectKind, Standing, StartsAt};
use referee::RuleSpec;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{Mark, MarkId, RunId, Text, VerdictId};

use crate::arena::{Arena, VerdictNow};
use crate::by_hand;
use crate::event::{Because, EvidenceSeen, MarkValue, Outcome};
use crate::panel::Panel;
use crate::plan::{Ask, Judge, PlannedRun};
use crate::sealed::{self, RoundOpened};

/// What a panel owes to a run.
#[derive(Debug, Default)]
pub struct Owed<'a> {
    /// What the scheme calls for, whether there are judges for it or not.
    pub expected: u32,
    pub given: u32,
    /// What each judge is to give.
    pub missing: Vec<(&'a Judge, u32)>,
    /// What nobody on the panel can give: it is too small.
    pub unmanned: u32,
}

impl Owed<'_> {
    pub fn is_complete(&self) -> bool {
        self.given >= self.expected
    }
}

/// Counts the marks that judges are to give in the current rounds of a run's module.
pub fn owed<'a>(arena: &'a Arena, run: &'a PlannedRun) -> Owed<'a> {
    let mut owed = Owed::default();
    let Some(module) = arena.board.scheme().module_ix(&run.module) else { return owed };
    let panel = Panel::of(arena, run);
    let mut missing: HashMap<&AccountId, u32> = HashMap::new();
    for (aspect, _) in arena.board.scheme().aspects_of(module) {
        let judges = arena.judges_for(&run.id, aspect);
        let corrected = arena.entry_of(&run.id).and_then(|entry| arena.board.corrected(entry, aspect));
        if judges == 0 || corrected.is_some() {
            continue;
        }
        let round = arena.round(&run.id, aspect);
        let seats = panel.seats(aspect);
        let unmanned = judges.saturating_sub(seats.len() as u32);
        owed.expected += seats.len() as u32 + unmanned;
        owed.unmanned += unmanned;
        for judge in seats {
            if arena.mark_of(&run.id, aspect, &judge.account, round).is_some() {
                owed.given += 1;
            } else {
                *missing.entry(&judge.account).or_default() += 1;
            }
        }
    }
    let judges = panel.judges().iter();
    owed.missing = judges.filter_map(|judge| Some((*judge, *missing.get(&judge.account)?))).collect();
    owed
}

/// A named code.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Named {
    pub code: String,
    pub name: Text,
}

/// One run as a judge sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sheet {
    pub run: RunId,
    /// The blind number.
    pub entry_no: String,
    pub station: String,
    pub module: Named,
    /// `waiting`, `open`, `stopped` or `closed`.
    pub state: String,
    pub elapsed_ms: i64,
    /// Why there is no equipment here, so that what a sensor would have said is entered by hand; null where there is.
    #[schema(required = true)]
    pub by_hand: Option<String>,
    /// What this judge's own marks add up to.
    pub running_total: Mark,
    /// What they could add up to at most.
    pub max: Mark,
    /// What may be asked for by "please judge".
    pub asks: Vec<Ask>,
    pub requests: Vec<Asked>,
    /// Another tablet of this judge shows the sheet as well.
    pub open_elsewhere: bool,
    pub aspects: Vec<SheetAspect>,
}

/// "Please judge", as it was asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Asked {
    /// Null: everything.
    pub checkpoint: Option<String>,
    pub at_ms: i64,
}

/// What was asked for in a run, in order.
pub fn asked(arena: &Arena, run: &kernel::RunId) -> Vec<Asked> {
    arena
        .requests_of(run)
        .map(|request| Asked { checkpoint: request.checkpoint.clone(), at_ms: request.at.as_millis() })
        .collect()
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SheetAspect {
    pub code: String,
    pub name: Text,
    pub criterion: Named,
    /// The part of its criterion; null where that isn't divided.
    #[schema(required = true)]
    pub sub_criterion: Option<SheetPart>,
    /// `measurement`, `judgement`, `automatic` or `theory`.
    pub r#type: String,
    pub max: Mark,
    pub abilities: Vec<String>,
    pub how: How,
    /// Whether this judge is to mark it; nobody is once it was corrected.
    pub assigned: bool,
    pub round: u32,
    pub rounds: Vec<Round>,
    /// This judge's mark in the current round.
    pub mine: Option<Mine>,
    /// This judge's marks in earlier rounds.
    pub before: Vec<Mine>,
    /// What the panel gave, by seat: of the rounds in which all of it have marked. Empty for those who don't sit on it.
    pub panel: Vec<RoundOpened>,
    /// The aspect's mark, once the panel is complete or the referee has judged.
    pub mark: Option<Mark>,
    /// `waiting`, `partly`, `marked`, `needs_round`, `undecided` or `to_confirm`.
    pub state: String,
    pub reason: Option<Text>,
    /// How it was corrected by a recheck or on appeal, oldest first: the last one stands.
    pub corrections: Vec<CorrectionSeen>,
    /// `automatic`, `confirm`, `shadow` or `off`, for automatic aspects.
    pub policy: Option<String>,
    /// Those of a rule in the shadow only once the aspect has its mark and the run was judged to its end.
    pub verdicts: Vec<VerdictSeen>,
}

/// A sub-criterion.
#[derive(Debug, Serialize, ToSchema)]
pub struct SheetPart {
    pub code: String,
    pub name: Text,
    /// The sum of its aspects' maxima.
    pub max: Mark,
}

/// A mark that was set by a recheck or on appeal.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectionSeen {
    pub marks: Mark,
    pub was: Option<Mark>,
    pub because: Because,
    pub reason: String,
    pub by: String,
    pub at_ms: i64,
}

/// How an aspect is marked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum How {
    Levels {
        levels: Vec<Text>,
        judges: u32,
        spread_max: u32,
    },
    Panel {
        judges: u32,
        drop_extremes: bool,
        step: Mark,
    },
    YesNo {},
    Steps {
        steps: Vec<MarkedItem>,
    },
    Deductions {
        deductions: Vec<MarkedItem>,
    },
    Tolerance {
        unit: String,
        target: String,
        full: String,
        zero: String,
    },
    /// `questions` where they are entered by hand: each rule's own.
    Automatic {
        rules: Vec<String>,
        starts_at: Mark,
        questions: Vec<RuleQuestion>,
    },
    Imported {},
}

/// What a rule asks, for a judge who answers in place of a sensor.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleQuestion {
    pub rule: String,
    /// What it means when it is met.
    pub says: Text,
    /// What meeting it gives each time; null where a curve does, and the judge gives the marks.
    #[schema(required = true)]
    pub met: Option<Mark>,
    /// What missing it gives; null: nothing is counted.
    #[schema(required = true)]
    pub missed: Option<Mark>,
    /// It is judged once.
    pub once: bool,
    /// The most that it gives or takes, and the least that it adds up to.
    #[schema(required = true)]
    pub at_most: Option<Mark>,
    #[schema(required = true)]
    pub min_total: Option<Mark>,
    /// It counts only if these were met.
    pub gate: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MarkedItem {
    pub code: String,
    pub name: Text,
    pub marks: Mark,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Round {
    pub round: u32,
    /// Why it was opened; null for the first.
    pub reason: Option<Text>,
    pub open: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Mine {
    pub id: MarkId,
    pub value: MarkValue,
    pub given: Mark,
    pub note: Option<String>,
    pub round: u32,
}

/// A verdict with its evidence.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerdictSeen {
    pub id: VerdictId,
    pub run: RunId,
    pub entry_no: String,
    pub rule: String,
    pub aspect: String,
    pub outcome: Outcome,
    /// Signed.
    pub marks: Mark,
    /// `counted`, `waiting`, `rejected`, `shadow`, `by_hand`: a judge's mark stands in its place, or `amended`: samples that
    /// came late showed the referee that it does not hold.
    pub standing: String,
    /// Whether the chief judge took it back after it had counted; it stands as rejected then.
    pub taken_back: bool,
    /// Whether a person must look at it.
    pub waits: bool,
    /// Source time, ms.
    pub at_ms: i64,
    pub evidence: EvidenceSeen,
    pub reason: Option<String>,
    /// Why the referee found or withdrew it only when its time was judged again.
    pub because: Option<Text>,
}

/// How a verdict stands in whose aspect a judge marked by hand, whatever was decided on it before.
const BY_HAND: &str = "by_hand";

pub fn seen(arena: &Arena, verdict: &VerdictNow) -> VerdictSeen {
    VerdictSeen {
        id: VerdictId(verdict.id.clone()),
        run: RunId(verdict.run.clone()),
        entry_no: arena.plan.entries[verdict.entry.index()].no.clone(),
        rule: verdict.rule.to_string(),
        aspect: arena.board.scheme().aspect(verdict.aspect).map(|aspect| aspect.code.clone()).unwrap_or_default(),
        outcome: verdict.outcome,
        marks: Mark(verdict.marks),
        standing: match verdict.standing {
            Standing::Amended => verdict.standing.code(),
            _ if verdict.by_hand => BY_HAND,
            standing => standing.code(),
        }
        .to_owned(),
        taken_back: verdict.taken_back,
        waits: verdict.waits(),
        at_ms: verdict.event_at / 1_000_000,
        evidence: verdict.evidence.clone(),
        reason: verdict.reason.clone(),
        because: verdict.because.clone(),
    }
}

/// Whether those who mark don't see it yet. A rule in the shadow is measured by the mark that a judge gives without it: what it found is
/// theirs to see once the aspect has its mark and the run was judged to its end.
pub fn is_still_hidden(arena: &Arena, verdict: &VerdictNow) -> bool {
    let in_shadow = verdict.standing == Standing::Shadow || verdict.stood == Some(Standing::Shadow);
    in_shadow
        && (arena.board.aspect(verdict.entry, verdict.aspect).mark.is_none()
            || !arena.runs.get(&verdict.run).is_some_and(|run| run.judged))
}

/// The sheet of a run for one judge.
pub fn sheet(arena: &Arena, run: &PlannedRun, account: &AccountId, now: Timestamp) -> Option<Sheet> {
    let scheme = arena.board.scheme();
    let module = scheme.module_ix(&run.module)?;
    let module_named = scheme.module(module)?;
    let entry = arena.entry_of(&run.id)?;
    let state = arena.runs.get(&run.id)?;
    let panel = Panel::of(arena, run);
    let (mut running_total, mut max) = (kernel::Mark::ZERO, kernel::Mark::ZERO);
    let mut aspects = Vec::new();
    for (ix, aspect) in scheme.aspects_of(module) {
        let round = arena.round(&run.id, ix);
        let mine = mine(arena, run, ix, account, round);
        let assigned = panel.seats_judge(ix, account) && arena.board.corrected(entry, ix).is_none();
        if assigned && arena.board.judges(entry, ix) > 0 {
            max += aspect.max;
        }
        if let Some(mine) = &mine {
            running_total += mine.given.0;
        }
        let now = arena.board.aspect(entry, ix);
        let rounds = arena.rounds.get(&(run.id.clone(), ix));
        let criterion = scheme.criterion(aspect.criterion)?;
        aspects.push(SheetAspect {
            code: aspect.code.clone(),
            name: (&aspect.name).into(),
            criterion: Named { code: criterion.code.clone(), name: (&criterion.name).into() },
            sub_criterion: aspect.sub_criterion.and_then(|ix| scheme.sub_criterion(ix)).map(|part| SheetPart {
                code: part.code.clone(),
                name: (&part.name).into(),
                max: Mark(part.max),
            }),
            r#type: aspect.kind.aspect_type().code().to_owned(),
            max: Mark(aspect.max),
            abilities: aspect
                .abilities
                .iter()
                .filter_map(|ability| Some(scheme.ability(*ability)?.code.clone()))
                .collect(),
            how: how(arena, run, &aspect.code, &aspect.kind),
            assigned,
            round,
            rounds: std::iter::once(Round { round: 1, reason: None, open: round == 1 })
                .chain(rounds.into_iter().flatten().map(|opened| Round {
                    round: opened.round,
                    reason: Some(opened.reason.clone()),
                    open: opened.round == round,
                }))
                .collect(),
            before: (1..round).filter_map(|earlier| self::mine(arena, run, ix, account, earlier)).collect(),
            mine,
            panel: sealed::opened(arena, run, ix, account),
            mark: now.mark.map(Mark),
            state: state_code(now.state).to_owned(),
            reason: arena.board.aspect_reason(entry, ix).map(Text::from),
            corrections: arena
                .corrections_of(entry, ix)
                .map(|it| CorrectionSeen {
                    marks: Mark(it.marks),
                    was: it.was.map(Mark),
                    because: it.because.clone(),
                    reason: it.reason.clone(),
                    by: it.by.clone(),
                    at_ms: it.at.as_millis(),
                })
                .collect(),
            policy: arena.board.policy(entry, ix).map(|policy| policy.code().to_owned()),
            verdicts: arena
                .verdict_order
                .iter()
                .filter_map(|id| arena.verdicts.get(id))
                .filter(|verdict| verdict.run == run.id && verdict.aspect == ix && !is_still_hidden(arena, verdict))
                .map(|verdict| seen(arena, verdict))
                .collect(),
        });
    }
    Some(Sheet {
        run: RunId(run.id.clone()),
        entry_no: arena.plan.entry(&run.entry)?.no.clone(),
        station: arena.plan.station(&run.station)?.code.clone(),
        module: Named { code: module_named.code.clone(), name: (&module_named.name).into() },
        state: state.clock.state().to_owned(),
        elapsed_ms: state.clock.elapsed_ms(now),
        by_hand: state.by_hand.then(|| why_by_hand(arena, run)),
        running_total: Mark(running_total),
        max: Mark(max),
        asks: arena.rules_of(&run.id).asks(&run.module),
        requests: asked(arena, &run.id),
        open_elsewhere: false,
        aspects,
    })
}

fn mine(arena: &Arena, run: &PlannedRun, aspect: AspectIx, account: &AccountId, round: u32) -> Option<Mine> {
    arena.mark_of(&run.id, aspect, account, round).map(|mark| Mine {
        id: MarkId(mark.id.clone()),
        value: mark.value.clone(),
        given: Mark(mark.given),
        note: mark.note.clone(),
        round,
    })
}

fn state_code(state: marking::AspectState) -> &'static str {
    use marking::AspectState::*;
    match state {
        Waiting => "waiting",
        Partly { .. } => "partly",
        Marked => "marked",
        NeedsRound { .. } => "needs_round",
        Undecided => "undecided",
        ToConfirm => "to_confirm",
    }
}

fn how(arena: &Arena, run: &PlannedRun, code: &str, kind: &AspectKind) -> How {
    match kind {
        AspectKind::YesNo => How::YesNo {},
        AspectKind::Tolerance(tolerance) => How::Tolerance {
            unit: tolerance.unit.clone(),
            target: tolerance.target.to_string(),
            full: tolerance.full.to_string(),
            zero: tolerance.zero.to_string(),
        },
        AspectKind::Steps(steps) => How::Steps {
            steps: steps
                .iter()
                .map(|step| MarkedItem { code: step.code.clone(), name: (&step.name).into(), marks: Mark(step.marks) })
                .collect(),
        },
        AspectKind::Deductions(deductions) => How::Deductions {
            deductions: deductions
                .iter()
                .map(|item| MarkedItem { code: item.code.clone(), name: (&item.name).into(), marks: Mark(item.marks) })
                .collect(),
        },
        AspectKind::Levels(levels) => How::Levels {
            levels: levels.levels.iter().map(Text::from).collect(),
            judges: levels.judges,
            spread_max: levels.spread_max,
        },
        AspectKind::Panel(panel) => {
            How::Panel { judges: panel.judges, drop_extremes: panel.drop_extremes, step: Mark(panel.step) }
        }
        AspectKind::Automatic { starts_at, .. } => {
            let (rules, max) =
                (arena.rules_of(&run.id), arena.aspect(code).and_then(|ix| arena.board.scheme().aspect(ix)));
            let full = max.filter(|_| *starts_at == StartsAt::Full).map_or(kernel::Mark::ZERO, |aspect| aspect.max);
            let asked = arena.is_by_hand(&run.id);
            How::Automatic {
                rules: rules.of_aspect(code),
                starts_at: Mark(full),
                questions: rules.specs_of(code).filter(|_| asked).map(question).collect(),
            }
        }
        AspectKind::Theory => How::Imported {},
    }
}

fn question(rule: &RuleSpec) -> RuleQuestion {
    RuleQuestion {
        rule: rule.id.clone(),
        says: (&rule.says).into(),
        met: if by_hand::by_curve(rule) { None } else { Some(Mark(rule.met.unwrap_or_default())) },
        missed: rule.missed.map(Mark),
        once: rule.once,
        at_most: rule.at_most.map(Mark),
        min_total: rule.min_total.map(Mark),
        gate: rule.gate.clone(),
    }
}

fn why_by_hand(arena: &Arena, run: &PlannedRun) -> String {
    let said = arena.plan.station(&run.station).and_then(|station| arena.equipment.said_of(station));
    said.map(|said| said.reason.clone()).unwrap_or_default()
}
