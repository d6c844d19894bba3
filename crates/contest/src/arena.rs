//! A contest as it stands: a fold over its log. Holds the board, the runs' clocks, every mark and verdict, and what waits for
//! somebody.
//!
//! Invariants: folding is deterministic and never reads a clock, so folding the log again gives the same arena; an event that
//! the board refuses (it was acknowledged under another plan) changes nothing.

mod absences;
mod after;
mod equipment;
mod now;
mod outline;
mod pace;
mod photos;
mod ruled;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kernel::{AccountId, Mark, MarkId, RunId, Timestamp, VerdictId};
use marking::{AspectIx, AspectState, Board, EntryIx, Event, Position, RoundWanted, RunPhase, Standing};
use web::wire::Text;

use crate::appeals::Appeals;
use crate::clock::{RunClock, Watched};
use crate::draw::DrawNow;
use crate::event::{ClockAct, ContestState, Decision, Happened, LeftOpen, Outcome};
use crate::plan::Plan;
use crate::recheck::RecheckNow;
use crate::rules::RuleBook;

pub use absences::{Absence, Absences};
pub use after::{CorrectionNow, MarksClosed, Publication};
pub use equipment::{Equipment, EquipmentSaid};
pub use now::{
    MarkNow, ProblemNow, RequestNow, RoundNow, RunNow, SettledNow, SignatureNow, Tick, TickKind, Touched, VerdictNow,
};
pub use outline::Outline;
pub use pace::Reached;
pub use photos::{PhotoNow, Photos};

/// An event as it stands in the log.
#[derive(Debug, Clone)]
pub struct Logged {
    pub position: i64,
    pub at: Timestamp,
    /// What makes it happen only once; of an imported mark, its id.
    pub subject: String,
    pub account: Option<AccountId>,
    pub happened: Happened,
}

/// A contest that was opened although it lacked something that its rule set declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedWithout {
    pub lacks: LeftOpen,
    pub reason: String,
}

#[derive(Debug, Clone)]
pub struct Arena {
    pub plan: Arc<Plan>,
    pub board: Board,
    pub rules: RuleBook,
    pub state: ContestState,
    /// The last event that was folded.
    pub position: i64,
    /// When that was.
    pub at: Timestamp,
    pub started_at: Option<Timestamp>,
    /// What it lacked of its rule set's demands when it was opened.
    pub opened_without: Option<OpenedWithout>,
    /// Since when it is in its state; nothing before it was opened.
    pub state_since: Option<Timestamp>,
    /// The state that was looked through last, and since when it had been in it.
    pub before_review: Option<(ContestState, Option<Timestamp>)>,
    /// The event that made the public board stand still, while it does.
    pub hidden_since: Option<i64>,
    pub runs: HashMap<RunId, RunNow>,
    pub marks: HashMap<MarkId, MarkNow>,
    /// The latest mark of a judge on an aspect in a round.
    latest: HashMap<(RunId, AspectIx, AccountId, u32), MarkId>,
    /// Who has marked an aspect, in whichever round, in the order of their first marks.
    marked_by: HashMap<(RunId, AspectIx), Vec<AccountId>>,
    pub verdicts: BTreeMap<VerdictId, VerdictNow>,
    /// Verdicts in the order in which they were found.
    pub verdict_order: Vec<VerdictId>,
    pub problems: Vec<ProblemNow>,
    pub rounds: HashMap<(RunId, AspectIx), Vec<RoundNow>>,
    pub requests: Vec<RequestNow>,
    /// Where a run's requests stand in `requests`.
    requests_at: HashMap<RunId, Vec<usize>>,
    /// The newest imported mark of a paper.
    papers: HashMap<(EntryIx, AspectIx), MarkId>,
    /// Who signed which result, in order.
    pub signatures: Vec<SignatureNow>,
    /// As it was ordered last, while what it looked at stands.
    pub recheck: Option<RecheckNow>,
    /// In order.
    pub corrections: Vec<CorrectionNow>,
    pub appeals: Appeals,
    /// Each time the result was published: once, and again after each appeal that changed it.
    pub published: Vec<Publication>,
    /// How blind numbers were drawn, if they were.
    pub draw: Option<DrawNow>,
    /// When judges were excused, in order.
    pub absences: Absences,
    pub photos: Photos,
    pub equipment: Equipment,
    /// Rounds that the board asked for and nobody has opened yet.
    pub rounds_wanted: Vec<(RunId, EntryIx, RoundWanted)>,
    pub marks_count: u64,
    /// Verdicts that late samples have not withdrawn.
    pub verdicts_count: u64,
    /// When something last happened to an aspect of an entry.
    aspect_at: HashMap<(EntryIx, AspectIx), Timestamp>,
    ranks_then: Vec<(Timestamp, Vec<u32>)>,
    /// When what is being folded happened: the time that its run's clock showed then is its own.
    moment: Timestamp,
    /// Which marks came at which time of a run, in the order of the log.
    steps: HashMap<EntryIx, Vec<pace::Step>>,
}

/// How often ranks are kept to tell who rose and who fell, and for how long.
const RANKS_KEPT_EVERY_MS: i64 = 60_000;
const RANKS_KEPT_FOR_MS: i64 = 15 * 60_000;

impl Arena {
    /// A contest before the first event.
    pub fn new(plan: Arc<Plan>) -> Result<Arena, Vec<marking::FieldFault>> {
        let board = Board::new(plan.scheme.scheme.clone(), plan.field()?);
        let waiting = |run: &crate::plan::PlannedRun| {
            let now = RunNow {
                clock: RunClock::Waiting,
                watched: Watched::default(),
                acts: 0,
                added_ms: 0,
                at: plan.starts_at,
                stopped_because: None,
                judged: false,
                judged_after: None,
                by_hand: false,
                equipped_since: 0,
            };
            (run.id.clone(), now)
        };
        Ok(Arena {
            board,
            rules: RuleBook::new(&plan),
            state: ContestState::Draft,
            position: 0,
            at: plan.starts_at,
            started_at: None,
            opened_without: None,
            state_since: None,
            before_review: None,
            hidden_since: None,
            runs: plan.runs.iter().map(waiting).collect(),
            marks: HashMap::new(),
            latest: HashMap::new(),
            marked_by: HashMap::new(),
            verdicts: BTreeMap::new(),
            verdict_order: Vec::new(),
            problems: Vec::new(),
            rounds: HashMap::new(),
            requests: Vec::new(),
            requests_at: HashMap::new(),
            papers: HashMap::new(),
            signatures: Vec::new(),
            recheck: None,
            corrections: Vec::new(),
            appeals: Appeals::default(),
            published: Vec::new(),
            draw: None,
            absences: Absences::default(),
            photos: Photos::default(),
            equipment: Equipment::default(),
            rounds_wanted: Vec::new(),
            marks_count: 0,
            verdicts_count: 0,
            aspect_at: HashMap::new(),
            ranks_then: Vec::new(),
            moment: plan.starts_at,
            steps: HashMap::new(),
            plan,
        })
    }

    /// Folds one event. Events come in the order of their positions; one that was folded already changes nothing.
    pub fn fold(&mut self, logged: &Logged, touched: &mut Touched) {
        if logged.position <= self.position {
            return;
        }
        self.keep_ranks(logged.at, touched);
        self.position = logged.position;
        self.at = logged.at;
        self.moment = self.moment_of(logged);
        match &logged.happened {
            Happened::State { to, reason, left_open } => {
                if let (ContestState::Draft, Some(lacks)) = (self.state, left_open) {
                    let reason = reason.clone().unwrap_or_default();
                    self.opened_without = Some(OpenedWithout { lacks: *lacks, reason });
                }
                self.hidden_since = match (self.state.hides_changes(), to.hides_changes()) {
                    (_, false) => None,
                    (true, true) => self.hidden_since,
                    (false, true) => Some(logged.position),
                };
                self.fold_after_state(*to, logged.position, logged.at);
                if *to == ContestState::Review && matches!(self.state, ContestState::Live | ContestState::Frozen) {
                    self.before_review = Some((self.state, self.state_since));
                }
                self.state = *to;
                self.state_since = Some(logged.at);
                if *to == ContestState::Live && self.started_at.is_none() {
                    self.started_at = Some(logged.at);
                }
                touched.state = true;
            }
            Happened::Mark { .. } => self.fold_mark(logged, touched),
            Happened::Verdict { .. } => self.fold_verdict(logged, touched),
            Happened::Decided { verdict, decision, reason } => {
                self.fold_decision(logged, verdict, *decision, reason.as_ref(), touched);
            }
            Happened::Clock { run, act, reason, add_ms } => {
                self.fold_clock(logged, run, *act, reason.as_ref(), *add_ms, touched);
            }
            Happened::Problem { run, aspect, text } => {
                self.problems.push(ProblemNow {
                    run: run.0.clone(),
                    aspect: aspect.clone(),
                    text: text.clone(),
                    account: logged.account.clone(),
                    at: logged.at,
                    position: logged.position,
                    settled: None,
                });
                touched.problems.push(logged.position);
                touched.runs.push(run.0.clone());
            }
            Happened::ProblemSettled { problem, answer, by, .. } => {
                if let Some(found) = self.problems.iter_mut().find(|known| known.position == *problem) {
                    found.settled = Some(SettledNow { answer: answer.clone(), by: by.clone(), at: logged.at });
                }
                touched.problems.push(*problem);
            }
            Happened::Requested { run, checkpoint } => {
                self.requests_at.entry(run.0.clone()).or_default().push(self.requests.len());
                self.requests.push(RequestNow {
                    run: run.0.clone(),
                    checkpoint: checkpoint.clone(),
                    at: logged.at,
                    position: logged.position,
                });
                touched.requests.push(run.0.clone());
                if let Some(entry) = self.entry_of(&run.0) {
                    touched.ticks.push(Tick {
                        position: logged.position,
                        at: logged.at,
                        entry,
                        aspect: None,
                        mark: None,
                        kind: TickKind::Request,
                        says: match checkpoint {
                            Some(name) => Text {
                                zh: format!("选手请求评判：{name}"),
                                en: format!("The competitor asks to be judged: {name}"),
                            },
                            None => {
                                Text { zh: "选手请求评判".into(), en: "The competitor asks to be judged".into() }
                            }
                        },
                    });
                }
            }
            Happened::RoundOpened { run, entry: _, aspect, round, reason } => {
                if let (Some(entry), Some(aspect)) = (self.entry_of(&run.0), self.aspect(aspect)) {
                    let opened =
                        Event::RoundOpened { position: Position(logged.position), entry, aspect, round: *round };
                    self.rounds_wanted.retain(|(wanted, _, asked)| !(*wanted == run.0 && asked.aspect == aspect));
                    self.rounds
                        .entry((run.0.clone(), aspect))
                        .or_default()
                        .push(RoundNow { round: *round, reason: reason.clone() });
                    touched.sheets.push((run.0.clone(), aspect));
                    self.aspect_at.insert((entry, aspect), logged.at);
                    self.apply(&run.0, opened, touched);
                }
            }
            Happened::Imported { entry, aspect, marks } => {
                if let (Some(entry), Some(aspect)) = (self.board.field().entry_ix(entry), self.aspect(aspect)) {
                    if let Ok(id) = logged.subject.parse() {
                        self.papers.insert((entry, aspect), id);
                    }
                    let marks = Mark::from_hundredths(*marks);
                    let event = Event::Imported { position: Position(logged.position), entry, aspect, marks };
                    match self.board.apply(&event) {
                        Ok(changes) => touched.changes.push(changes),
                        Err(refusal) => tracing::warn!(%refusal, "the board refuses an event of its log"),
                    }
                    self.marks_count += 1;
                }
            }
            Happened::JudgeExcused { judge, reason } => {
                self.absences.excuse(judge, logged.position, logged.at, reason);
                self.touch_seats_of(judge, touched);
            }
            Happened::JudgeReturned { judge, .. } => {
                self.absences.take_back(judge, logged.position);
                self.touch_seats_of(judge, touched);
            }
            // Before it was folded the plan was read again.
            Happened::PlanChanged { what, .. } if what == "scheme" => self.fold_new_scheme(logged.position, touched),
            Happened::PlanChanged { .. } => {}
            Happened::Watched { run, after_batch, .. } => {
                if let Some(run) = self.runs.get_mut(&run.0) {
                    run.judged = true;
                    run.judged_after = *after_batch;
                }
                touched.runs.push(run.0.clone());
            }
            Happened::VerdictTakenBack { verdict, reason } => {
                self.fold_taken_back(logged, verdict, reason, touched);
            }
            Happened::VerdictAmended { verdict, because, .. } => self.fold_amended(logged, verdict, because, touched),
            Happened::Signed { role, digest, by } => {
                if let Some(account) = logged.account.clone() {
                    let (role, digest, by) = ((*role).into(), digest.clone(), by.clone());
                    self.signatures.push(SignatureNow { role, digest, by, account, at: logged.at });
                }
                touched.state = true;
            }
            Happened::DrawCommitted { .. }
            | Happened::LotsDrawn { .. }
            | Happened::DrawUndoing { .. }
            | Happened::DrawUndone { .. } => self.draw = DrawNow::folded(self.draw.take(), logged),
            Happened::RulesPublished { .. } | Happened::RulesShadowed { .. } => self.fold_rules(logged, touched),
            Happened::RecheckOrdered { .. } | Happened::EntryRechecked { .. } => self.fold_recheck(logged),
            Happened::Corrected { .. } => self.fold_corrected(logged, touched),
            Happened::AppealMade { .. } | Happened::AppealAnswered { .. } | Happened::AppealWithdrawn { .. } => {
                self.fold_appeal(logged, touched);
            }
            Happened::EquipmentSet { .. } => self.fold_equipment(logged, touched),
            Happened::PhotoAdded { run, .. } | Happened::PhotoWithdrawn { run, .. } => {
                self.photos.fold(logged);
                touched.photos.push(run.0.clone());
            }
        }
    }

    fn fold_mark(&mut self, logged: &Logged, touched: &mut Touched) {
        let Happened::Mark { id, run, aspect, round, value, given, note, replaces, marked_at, .. } = &logged.happened
        else {
            return;
        };
        let (Some(entry), Some(aspect)) = (self.entry_of(&run.0), self.aspect(aspect)) else { return };
        let Some(judge) = logged.account.clone() else { return };
        let Ok(value_given) = value.to_given() else { return };
        let given = Mark::from_hundredths(*given);
        let marked_by = self.marked_by.entry((run.0.clone(), aspect)).or_default();
        if !marked_by.contains(&judge) {
            marked_by.push(judge.clone());
        }
        if self.board.policy(entry, aspect).is_some() {
            let of_aspect = |verdict: &&mut VerdictNow| verdict.run == run.0 && verdict.aspect == aspect;
            for verdict in self.verdicts.values_mut().filter(of_aspect).filter(|verdict| !verdict.by_hand) {
                verdict.by_hand = true;
                touched.verdicts.push(verdict.id.clone());
            }
        }
        let seat = (run.0.clone(), aspect, judge.clone(), *round);
        if let Some(before) = self.latest.insert(seat, id.0.clone())
            && let Some(mark) = self.marks.get_mut(&before)
        {
            mark.replaced = true;
        }
        if let Some(mark) = replaces.as_ref().and_then(|before| self.marks.get_mut(&before.0)) {
            mark.replaced = true;
        }
        self.marks.insert(
            id.0.clone(),
            MarkNow {
                id: id.0.clone(),
                run: run.0.clone(),
                entry,
                aspect,
                judge: judge.clone(),
                round: *round,
                value: value.clone(),
                given,
                note: note.clone(),
                replaced: false,
                marked_at: Timestamp::from_millis(*marked_at),
                at: logged.at,
                position: logged.position,
            },
        );
        self.marks_count += 1;
        let event = Event::Given {
            position: Position(logged.position),
            mark: id.0.clone(),
            entry,
            aspect,
            judge,
            round: *round,
            value: value_given,
            replaces: replaces.as_ref().map(|before| before.0.clone()),
        };
        self.aspect_at.insert((entry, aspect), logged.at);
        touched.sheets.push((run.0.clone(), aspect));
        self.apply(&run.0, event, touched);
        let name = self.aspect_name(aspect);
        touched.ticks.push(Tick {
            position: logged.position,
            at: logged.at,
            entry,
            aspect: Some(aspect),
            mark: self.board.aspect(entry, aspect).mark,
            kind: if replaces.is_some() { TickKind::Correction } else { TickKind::Mark },
            says: match self.is_by_hand(&run.0) && self.board.policy(entry, aspect).is_some() {
                true => Text { zh: format!("手工录入：{}", name.zh), en: format!("Entered by hand: {}", name.en) },
                false => {
                    Text { zh: format!("裁判评分：{}", name.zh), en: format!("Marked by a judge: {}", name.en) }
                }
            },
        });
    }

    fn fold_verdict(&mut self, logged: &Logged, touched: &mut Touched) {
        let Happened::Verdict {
            id, run, rule, aspect, outcome, marks, event_at, evidence, because, instead_of, ..
        } = &logged.happened
        else {
            return;
        };
        let (Some(entry), Some(aspect)) = (self.entry_of(&run.0), self.aspect(aspect)) else { return };
        let standing = self.board.policy(entry, aspect).map_or(Standing::Shadow, Standing::of_new);
        let mut verdict = VerdictNow {
            id: id.0.clone(),
            run: run.0.clone(),
            entry,
            rule: rule.as_str().into(),
            aspect,
            outcome: *outcome,
            marks: Mark::from_hundredths(*marks),
            event_at: *event_at,
            evidence: evidence.clone(),
            standing,
            by_hand: !self.marked_by(&run.0, aspect).is_empty() || self.board.corrected(entry, aspect).is_some(),
            decided_by: None,
            taken_back: false,
            reason: None,
            stood: None,
            because: because.clone(),
            at: logged.at,
        };
        if let Some(instead_of) = instead_of {
            self.standing_instead(&mut verdict, &instead_of.0);
        }
        let standing = verdict.standing;
        let event = verdict.event(logged.position);
        // What waits for a person is the control room's until he has decided; then the decision is told.
        if standing == Standing::Counted && *outcome != Outcome::Undecided {
            touched.ticks.push(Tick {
                position: logged.position,
                at: logged.at,
                entry,
                aspect: Some(aspect),
                mark: Some(verdict.marks),
                kind: TickKind::Verdict,
                says: evidence.sentence.clone(),
            });
        }
        touched.verdicts.push(id.0.clone());
        self.verdict_order.push(id.0.clone());
        self.verdicts.insert(id.0.clone(), verdict);
        self.verdicts_count += 1;
        self.aspect_at.insert((entry, aspect), logged.at);
        self.apply(&run.0, event, touched);
    }

    fn fold_decision(
        &mut self,
        logged: &Logged,
        id: &VerdictId,
        decision: Decision,
        reason: Option<&String>,
        touched: &mut Touched,
    ) {
        let Some(verdict) = self.verdicts.get_mut(id).filter(|verdict| verdict.standing != Standing::Amended) else {
            return;
        };
        verdict.standing = match decision {
            Decision::Confirm => Standing::Counted,
            Decision::Reject => Standing::Rejected,
        };
        verdict.decided_by = logged.account.clone();
        verdict.reason = reason.cloned();
        let event = verdict.event(logged.position);
        let (run, entry, aspect, marks) = (verdict.run.clone(), verdict.entry, verdict.aspect, verdict.marks);
        touched.verdicts.push(id.clone());
        touched.ticks.push(Tick {
            position: logged.position,
            at: logged.at,
            entry,
            aspect: Some(aspect),
            // What doesn't count is nobody's mark.
            mark: (decision == Decision::Confirm).then_some(marks),
            kind: TickKind::Decision,
            says: match decision {
                Decision::Confirm => {
                    Text { zh: "裁判确认了自动判定".into(), en: "A judge confirmed the referee".into() }
                }
                Decision::Reject => Text {
                    zh: "裁判驳回了自动判定".into(),
                    en: "A judge rejected the referee's verdict".into(),
                },
            },
        });
        self.aspect_at.insert((entry, aspect), logged.at);
        self.apply(&run, event, touched);
    }

    fn fold_clock(
        &mut self,
        logged: &Logged,
        id: &RunId,
        act: ClockAct,
        reason: Option<&String>,
        add_ms: i64,
        touched: &mut Touched,
    ) {
        let Some(run) = self.runs.get_mut(id) else { return };
        let Ok(clock) = run.clock.after(act, logged.at) else { return };
        run.clock = clock;
        run.watched.note(act, logged.at, logged.position);
        run.acts += 1;
        run.at = logged.at;
        run.added_ms += if act == ClockAct::AddTime { add_ms } else { 0 };
        run.stopped_because = if act == ClockAct::Stop { reason.cloned() } else { None };
        let elapsed_ms = clock.elapsed_ms(logged.at);
        touched.runs.push(id.clone());
        let (Some(entry), Some(module)) = (self.entry_of(id), self.module_of(id)) else { return };
        let position = Position(logged.position);
        match act {
            ClockAct::Start => {
                self.apply(id, Event::Run { position, entry, module, phase: RunPhase::Open }, touched);
            }
            ClockAct::Close => {
                self.apply(id, Event::Run { position, entry, module, phase: RunPhase::Closed }, touched);
                let elapsed_ms = u64::try_from(elapsed_ms).unwrap_or(0);
                self.apply(id, Event::TimeSet { position, entry, module, elapsed_ms }, touched);
            }
            ClockAct::Stop | ClockAct::Resume | ClockAct::AddTime => {}
        }
    }

    fn apply(&mut self, run: &RunId, event: Event, touched: &mut Touched) {
        match self.board.apply(&event) {
            Ok(changes) => {
                self.aspect_at.extend(changes.aspects.iter().map(|change| ((changes.entry, change.aspect), self.at)));
                self.forget_rounds_settled(changes.entry);
                self.note_steps(run, changes.entry, &changes.aspects);
                if let Some(wanted) = changes.round_wanted {
                    let seen = self.rounds_wanted.iter().any(|(asked, _, round)| asked == run && *round == wanted);
                    if !seen {
                        self.rounds_wanted.push((run.clone(), changes.entry, wanted));
                    }
                }
                touched.changes.push(changes);
            }
            Err(refusal) => tracing::warn!(%run, %refusal, "the board refuses an event of its log"),
        }
    }

    /// Judges who have agreed by now, as one has corrected his mark, need no further round.
    fn forget_rounds_settled(&mut self, entry: EntryIx) {
        let board = &self.board;
        let asked = |wanted: &RoundWanted| AspectState::NeedsRound { round: wanted.round, spread: wanted.spread };
        let still = |wanted: &RoundWanted| board.aspect(entry, wanted.aspect).state == asked(wanted);
        self.rounds_wanted.retain(|(_, of, wanted)| *of != entry || still(wanted));
    }

    fn keep_ranks(&mut self, now: Timestamp, touched: &mut Touched) {
        let due = self.ranks_then.last().is_none_or(|(at, _)| now.millis_since(*at) >= RANKS_KEPT_EVERY_MS);
        if due {
            let ranks = self.board.field().entry_ixs().map(|entry| self.board.rank(entry).unwrap_or(0)).collect();
            let before: Vec<Option<u32>> =
                self.board.field().entry_ixs().map(|entry| self.rank_before(entry)).collect();
            self.ranks_then.push((now, ranks));
            // The newest that is old enough stays: it is what is compared with.
            let old = self.ranks_then.iter().rposition(|(at, _)| now.millis_since(*at) >= RANKS_KEPT_FOR_MS);
            self.ranks_then.drain(..old.unwrap_or(0));
            let entries = self.board.field().entry_ixs().zip(before);
            touched
                .ranks_before
                .extend(entries.filter(|(entry, before)| self.rank_before(*entry) != *before).map(|(entry, _)| entry));
        }
    }

    /// The rank a quarter of an hour ago, or at the beginning.
    pub fn rank_before(&self, entry: EntryIx) -> Option<u32> {
        let (_, ranks) = self.ranks_then.first()?;
        ranks.get(entry.index()).copied().filter(|rank| *rank > 0)
    }

    /// Whose sheets may be another's now: those of every run of his venue.
    fn touch_seats_of(&self, judge: &AccountId, touched: &mut Touched) {
        let Some(judge) = self.plan.judge(judge) else { return };
        let his = self.plan.runs.iter().filter(|run| self.plan.panel(run).any(|seat| seat.account == judge.account));
        touched.panels.extend(his.map(|run| run.id.clone()));
    }

    /// The report at a position of the log.
    pub fn problem(&self, position: i64) -> Option<&ProblemNow> {
        self.problems.iter().find(|problem| problem.position == position)
    }

    pub fn entry_of(&self, run: &RunId) -> Option<EntryIx> {
        self.board.field().entry_ix(&self.plan.run(run)?.entry)
    }

    /// What was asked for in a run, oldest first.
    pub fn requests_of(&self, run: &RunId) -> impl DoubleEndedIterator<Item = &RequestNow> {
        self.requests_at.get(run).into_iter().flatten().map(|at| &self.requests[*at])
    }

    /// The newest imported mark of a theory paper.
    pub fn paper(&self, entry: EntryIx, aspect: AspectIx) -> Option<&MarkId> {
        self.papers.get(&(entry, aspect))
    }

    /// When something last happened to an aspect of an entry.
    pub fn aspect_at(&self, entry: EntryIx, aspect: AspectIx) -> Timestamp {
        self.aspect_at.get(&(entry, aspect)).copied().unwrap_or(self.plan.starts_at)
    }

    pub fn module_of(&self, run: &RunId) -> Option<marking::ModuleIx> {
        self.board.scheme().module_ix(&self.plan.run(run)?.module)
    }

    pub fn aspect(&self, code: &str) -> Option<AspectIx> {
        self.board.scheme().aspect_ix(code)
    }

    pub fn aspect_name(&self, aspect: AspectIx) -> Text {
        self.board.scheme().aspect(aspect).map(|aspect| (&aspect.name).into()).unwrap_or_default()
    }

    /// How many judges are to mark an aspect of a run.
    pub fn judges_for(&self, run: &RunId, aspect: AspectIx) -> u32 {
        self.entry_of(run).map_or(0, |entry| self.board.judges(entry, aspect))
    }

    /// A judge's mark that stands on an aspect in a round.
    pub fn mark_of(&self, run: &RunId, aspect: AspectIx, judge: &AccountId, round: u32) -> Option<&MarkNow> {
        let id = self.latest.get(&(run.clone(), aspect, judge.clone(), round))?;
        self.marks.get(id).filter(|mark| !mark.replaced)
    }

    /// Who has marked an aspect of a run, in the order of their first marks.
    pub fn marked_by(&self, run: &RunId, aspect: AspectIx) -> &[AccountId] {
        self.marked_by.get(&(run.clone(), aspect)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The round in which an aspect is marked now.
    pub fn round(&self, run: &RunId, aspect: AspectIx) -> u32 {
        self.rounds.get(&(run.clone(), aspect)).and_then(|rounds| rounds.last()).map_or(1, |round| round.round)
    }
}
