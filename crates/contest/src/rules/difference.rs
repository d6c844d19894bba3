//! What a text would change, beside what the log holds: verdict by verdict, run by run, and for totals and ranks on a copy of the board.

use std::collections::{BTreeMap, HashMap};

use catalogue::{LoadedScheme, RuleDifference};
use marking::{AspectIx, AspectKind, Board, Event, Policy, Position, Standing, StartsAt};
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{Mark, RunId, Text};

use super::retrial::Retrial;
use crate::arena::{Arena, VerdictNow};
use crate::event::{EvidenceSeen, Happened, Outcome, SampleSeen};
use crate::plan::PlannedRun;

#[derive(Debug, Serialize, ToSchema)]
pub struct RulesTried {
    /// SHA-256 of the text, in hex.
    pub hash: String,
    /// Against the rules in force.
    pub rules: Vec<RuleChange>,
    pub policies: Vec<PolicyChange>,
    /// Every run that was judged again.
    pub runs: Vec<RunTried>,
    /// Those whose total or rank would be another.
    pub entries: Vec<EntryTried>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RuleChange {
    pub rule: String,
    pub change: RuleChanged,
    pub aspect: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleChanged {
    Added,
    Removed,
    Changed,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyChange {
    pub aspect: String,
    /// `automatic`, `confirm`, `shadow` or `off`.
    pub before: String,
    pub after: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RunTried {
    pub run: RunId,
    pub entry_no: String,
    pub station: String,
    pub module: String,
    /// `open`, `stopped` or `closed`.
    pub state: String,
    /// The version of the rules that judged it.
    pub version: u32,
    /// What the referee's verdicts of this run come to, whatever their policy; those that a person rejected apart.
    pub before: Mark,
    pub after: Mark,
    /// By the time at which they fell.
    pub verdicts: Vec<VerdictTried>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct VerdictTried {
    pub rule: String,
    pub aspect: String,
    /// Source time, ns.
    pub event_at: i64,
    pub outcome: Outcome,
    /// Signed.
    pub marks: Mark,
    pub change: VerdictChange,
    /// As it fell before, where it would fall otherwise or no longer.
    pub was: Option<VerdictWas>,
    pub sentence: Text,
    /// The window, ns of source time, both ends included.
    pub from: i64,
    pub to: i64,
    pub samples: Vec<SampleSeen>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictChange {
    Same,
    New,
    /// It falls no longer: what stands here is the old one.
    Gone,
    /// The same rule at the same instant, with another outcome or other marks.
    Other,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct VerdictWas {
    pub outcome: Outcome,
    pub marks: Mark,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EntryTried {
    pub entry_no: String,
    pub before: Mark,
    pub after: Mark,
    pub rank_before: Option<u32>,
    pub rank_after: Option<u32>,
}

/// A verdict of the text that is tried, and the one of the log in whose place it stands.
struct Fresh<'a> {
    found: &'a Happened,
    rule: &'a str,
    aspect: AspectIx,
    code: &'a str,
    outcome: Outcome,
    marks: kernel::Mark,
    event_at: i64,
    evidence: &'a EvidenceSeen,
    was: Option<&'a VerdictNow>,
}

/// What identifies a finding, whichever text found it.
type Instant<'a> = (&'a str, AspectIx, i64);

pub fn difference(retrial: &Retrial, scheme: &LoadedScheme) -> RulesTried {
    let arena = &*retrial.arena;
    let in_force = &arena.rules.in_force().scheme;
    let mut trial = Trial { arena, scheme, board: arena.board.clone(), position: arena.position };
    let mut old: HashMap<&kernel::RunId, Vec<&VerdictNow>> = HashMap::new();
    let stood = arena.verdict_order.iter().filter_map(|id| arena.verdicts.get(id));
    for verdict in stood.filter(|verdict| verdict.standing != Standing::Amended) {
        old.entry(&verdict.run).or_default().push(verdict);
    }
    let tried = arena.plan.runs.iter().filter_map(|run| Some((run, retrial.found.get(&run.id)?)));
    let runs =
        tried.filter_map(|(run, found)| trial.run(run, &old.remove(&run.id).unwrap_or_default(), found)).collect();
    RulesTried {
        hash: scheme.hash.clone(),
        rules: in_force
            .rules_that_differ(scheme)
            .map(|(rule, how)| RuleChange {
                rule: rule.id.clone(),
                change: match how {
                    RuleDifference::Added => RuleChanged::Added,
                    RuleDifference::Removed => RuleChanged::Removed,
                    RuleDifference::Changed => RuleChanged::Changed,
                },
                aspect: rule.aspect.clone(),
            })
            .collect(),
        policies: policies(in_force, scheme),
        runs,
        entries: trial.entries(),
    }
}

fn policies(in_force: &LoadedScheme, scheme: &LoadedScheme) -> Vec<PolicyChange> {
    let of = |aspect: &marking::Aspect| Some((in_force.policy(&aspect.code)?, scheme.policy(&aspect.code)?));
    let changed = scheme.scheme.aspects().iter().filter_map(|aspect| {
        let (before, after) = of(aspect).filter(|(before, after)| before != after)?;
        Some(PolicyChange {
            aspect: aspect.code.clone(),
            before: before.code().to_owned(),
            after: after.code().to_owned(),
        })
    });
    changed.collect()
}

/// A copy of the board on which the new verdicts stand in the old ones' place.
struct Trial<'a> {
    arena: &'a Arena,
    scheme: &'a LoadedScheme,
    board: Board,
    position: i64,
}

impl Trial<'_> {
    fn run(&mut self, run: &PlannedRun, old: &[&VerdictNow], found: &[Happened]) -> Option<RunTried> {
        let (arena, now) = (self.arena, self.arena.runs.get(&run.id)?);
        let entry = arena.entry_of(&run.id)?;
        let fresh = paired(arena, old, found);
        let mut verdicts: Vec<VerdictTried> = fresh.iter().map(tried).collect();
        let stays = |verdict: &&VerdictNow| fresh.iter().any(|fresh| fresh.was.is_some_and(|was| was.id == verdict.id));
        verdicts.extend(old.iter().filter(|verdict| !stays(verdict)).map(|verdict| gone(arena, verdict)));
        verdicts.sort_by(|one, other| (one.event_at, &one.rule).cmp(&(other.event_at, &other.rule)));

        let before = old.iter().map(|verdict| (verdict.aspect, verdict.outcome, verdict.marks, verdict.standing));
        let before = self.comes_to(run, before, |aspect| arena.board.policy(entry, aspect));
        self.put(run, entry, old, &fresh);
        let stands = fresh.iter().map(|fresh| (fresh.aspect, fresh.outcome, fresh.marks, self.standing(fresh)));
        let after = self.comes_to(run, stands, |aspect| self.board.policy(entry, aspect));
        Some(RunTried {
            run: run.id.clone().into(),
            entry_no: arena.plan.entry(&run.entry)?.no.clone(),
            station: arena.plan.station(&run.station).map(|station| station.code.clone()).unwrap_or_default(),
            module: run.module.clone(),
            state: now.clock.state().to_owned(),
            version: arena.rules_of(&run.id).version,
            before: Mark(before),
            after: Mark(after),
            verdicts,
        })
    }

    /// The old verdicts are off the board, the new ones stand on it, each as the text's policy or a person's decision says.
    fn put(&mut self, run: &PlannedRun, entry: marking::EntryIx, old: &[&VerdictNow], fresh: &[Fresh<'_>]) {
        let scheme = self.scheme.scheme.clone();
        let Some(module) = scheme.module_ix(&run.module) else { return };
        for (aspect, declared) in scheme.aspects_of(module) {
            if let AspectKind::Automatic { policy, .. } = declared.kind {
                let position = self.next();
                self.apply(&Event::Policy { position, entry, aspect, policy });
            }
        }
        for verdict in old {
            let position = self.next();
            let off = VerdictNow { standing: Standing::Rejected, ..(*verdict).clone() };
            self.apply(&off.event(position.0));
        }
        for fresh in fresh {
            let Happened::Verdict { id, .. } = fresh.found else { continue };
            let (position, standing) = (self.next(), self.standing(fresh));
            self.apply(&Event::Verdict {
                position,
                entry,
                aspect: fresh.aspect,
                verdict: id.0.clone(),
                rule: fresh.rule.into(),
                marks: fresh.marks,
                outcome: fresh.outcome.on_board(),
                standing,
            });
        }
    }

    /// A person's decision stands where the rule fell as it did when he decided.
    fn standing(&self, fresh: &Fresh<'_>) -> Standing {
        let decided = fresh.was.filter(|was| was.decided_by.is_some() && fresh.is_same(was));
        let policy = || self.scheme.policy(fresh.code).map_or(Standing::Shadow, Standing::of_new);
        decided.map_or_else(policy, |was| was.standing)
    }

    /// What the referee alone makes of the run's module: each aspect from where it starts, within its bounds.
    fn comes_to(
        &self,
        run: &PlannedRun,
        verdicts: impl Iterator<Item = (AspectIx, Outcome, kernel::Mark, Standing)>,
        policy: impl Fn(AspectIx) -> Option<Policy>,
    ) -> kernel::Mark {
        let mut sums: HashMap<AspectIx, kernel::Mark> = HashMap::new();
        for (aspect, outcome, marks, standing) in verdicts {
            if outcome != Outcome::Undecided && standing != Standing::Rejected {
                *sums.entry(aspect).or_default() += marks;
            }
        }
        let scheme = self.board.scheme();
        let aspects = scheme.module_ix(&run.module).into_iter().flat_map(|module| scheme.aspects_of(module));
        let marks = aspects.filter_map(|(ix, aspect)| {
            let AspectKind::Automatic { starts_at, .. } = aspect.kind else { return None };
            policy(ix).filter(|policy| *policy != Policy::Off)?;
            let start = if starts_at == StartsAt::Full { aspect.max } else { kernel::Mark::ZERO };
            Some((start + sums.get(&ix).copied().unwrap_or_default()).clamp(kernel::Mark::ZERO, aspect.max))
        });
        marks.sum()
    }

    fn next(&mut self) -> Position {
        self.position += 1;
        Position(self.position)
    }

    fn apply(&mut self, event: &Event) {
        if let Err(refusal) = self.board.apply(event) {
            tracing::warn!(%refusal, "the board refuses what is tried");
        }
    }

    fn entries(&self) -> Vec<EntryTried> {
        let (before, after) = (&self.arena.board, &self.board);
        let entries = before.field().entry_ixs().zip(&self.arena.plan.entries);
        let moved = entries.filter(|(entry, _)| {
            before.total(*entry) != after.total(*entry) || before.rank(*entry) != after.rank(*entry)
        });
        let tried = moved.map(|(entry, seat)| EntryTried {
            entry_no: seat.no.clone(),
            before: Mark(before.total(entry)),
            after: Mark(after.total(entry)),
            rank_before: before.rank(entry),
            rank_after: after.rank(entry),
        });
        tried.collect()
    }
}

impl Fresh<'_> {
    fn is_same(&self, was: &VerdictNow) -> bool {
        self.outcome == was.outcome && self.marks == was.marks
    }
}

/// Each new verdict with the old one that it repeats: of several of one rule at one instant the equal ones first, then in their order.
fn paired<'a>(arena: &Arena, old: &[&'a VerdictNow], found: &'a [Happened]) -> Vec<Fresh<'a>> {
    let mut waiting: BTreeMap<Instant<'a>, Vec<&'a VerdictNow>> = BTreeMap::new();
    for verdict in old.iter().copied() {
        waiting.entry((&*verdict.rule, verdict.aspect, verdict.event_at)).or_default().push(verdict);
    }
    let mut fresh: Vec<Fresh<'a>> = found.iter().filter_map(|happened| fresh(arena, happened)).collect();
    for equal_ones in [true, false] {
        for fresh in fresh.iter_mut().filter(|fresh| fresh.was.is_none()) {
            let Some(here) = waiting.get_mut(&(fresh.rule, fresh.aspect, fresh.event_at)) else { continue };
            let fits = here.iter().position(|was| !equal_ones || fresh.is_same(was));
            fresh.was = fits.map(|at| here.remove(at));
        }
    }
    fresh
}

fn fresh<'a>(arena: &Arena, found: &'a Happened) -> Option<Fresh<'a>> {
    let Happened::Verdict { rule, aspect, outcome, marks, event_at, evidence, .. } = found else { return None };
    Some(Fresh {
        found,
        rule,
        aspect: arena.aspect(aspect)?,
        code: aspect,
        outcome: *outcome,
        marks: kernel::Mark::from_hundredths(*marks),
        event_at: *event_at,
        evidence,
        was: None,
    })
}

fn tried(fresh: &Fresh<'_>) -> VerdictTried {
    let change = match fresh.was {
        None => VerdictChange::New,
        Some(was) if fresh.is_same(was) => VerdictChange::Same,
        Some(_) => VerdictChange::Other,
    };
    VerdictTried {
        rule: fresh.rule.to_owned(),
        aspect: fresh.code.to_owned(),
        event_at: fresh.event_at,
        outcome: fresh.outcome,
        marks: Mark(fresh.marks),
        change,
        was: fresh.was.filter(|_| change == VerdictChange::Other).map(was),
        sentence: fresh.evidence.sentence.clone(),
        from: fresh.evidence.from,
        to: fresh.evidence.to,
        samples: fresh.evidence.samples.clone(),
    }
}

fn gone(arena: &Arena, verdict: &VerdictNow) -> VerdictTried {
    VerdictTried {
        rule: verdict.rule.to_string(),
        aspect: arena.board.scheme().aspect(verdict.aspect).map(|aspect| aspect.code.clone()).unwrap_or_default(),
        event_at: verdict.event_at,
        outcome: verdict.outcome,
        marks: Mark(verdict.marks),
        change: VerdictChange::Gone,
        was: Some(was(verdict)),
        sentence: verdict.evidence.sentence.clone(),
        from: verdict.evidence.from,
        to: verdict.evidence.to,
        samples: verdict.evidence.samples.clone(),
    }
}

fn was(verdict: &VerdictNow) -> VerdictWas {
    VerdictWas { outcome: verdict.outcome, marks: Mark(verdict.marks) }
}
