//! What the log says of the time after the contest: recheck, corrections, appeals.

use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::{AccountId, Mark, MarkId, Role, Timestamp};
use marking::{AspectIx, EntryIx, Event, Position};
use web::wire::Text;

use super::{Arena, Logged, Tick, TickKind, Touched};
use crate::appeals::{AnswerNow, AppealNow};
use crate::event::{Because, ContestState, Happened};
use crate::recheck::{EntryDone, RecheckNow};
use crate::results::{PrizeGiven, prizes};

/// A mark that was corrected after it stood.
#[derive(Debug, Clone)]
pub struct CorrectionNow {
    pub id: MarkId,
    pub entry: EntryIx,
    pub aspect: AspectIx,
    pub marks: Mark,
    pub was: Option<Mark>,
    pub because: Because,
    pub reason: String,
    /// His name, as it was.
    pub by: String,
    pub account: Option<AccountId>,
    pub at: Timestamp,
}

impl CorrectionNow {
    /// What the public reads of it.
    pub fn says(&self) -> Text {
        let (zh, en) = match self.because {
            Because::Recheck { .. } => ("核查更正", "Corrected by the recheck"),
            Because::Appeal { .. } => ("申诉后更正", "Corrected on appeal"),
        };
        let (was, marks, reason) = (self.was.unwrap_or_default(), self.marks, &self.reason);
        Text { zh: format!("{zh}：{was} → {marks}，{reason}"), en: format!("{en}: {was} → {marks}, {reason}") }
    }
}

/// Why a contest whose state takes marks takes none any more but corrections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarksClosed {
    /// Who is rechecked is known since it was ordered: a mark that came now would be looked at by nobody.
    ByRecheck,
    /// Everybody may know whose a number is.
    ByDraw,
}

/// A result as it was published.
#[derive(Debug, Clone)]
pub struct Publication {
    /// Of the log.
    pub position: i64,
    pub at: Timestamp,
    pub prizes: Arc<[PrizeGiven]>,
    /// Those that waited for nothing: then, or since what they waited for was settled.
    pub given: Arc<[PrizeGiven]>,
    /// Who signed it, with his name, in the order of the rule set.
    pub signers: Arc<[(Role, String)]>,
}

impl Publication {
    pub fn of(arena: &Arena, position: i64, at: Timestamp) -> Publication {
        let roles = arena.plan.rule_set.iter().flat_map(|loaded| loaded.rules.signatures.iter().copied());
        let signer = |role: Role| {
            let signature = arena.signatures.iter().rfind(|signature| signature.role == role)?;
            Some((role, signature.by.clone()))
        };
        let prizes = prizes(arena);
        // What was given before and may still go elsewhere was given all the same.
        let had = |prize: &PrizeGiven| arena.published.last().is_some_and(|before| before.has_given(prize));
        let given = prizes.iter().filter(|prize| prize.waits_for.is_empty() || had(prize)).cloned().collect();
        Publication { position, at, prizes: prizes.into(), given, signers: roles.filter_map(signer).collect() }
    }

    /// The same, with what waits no more by now.
    pub fn settled(&self, arena: &Arena) -> Publication {
        let prizes = prizes(arena);
        let new = prizes.iter().filter(|prize| prize.waits_for.is_empty() && !self.has_given(prize));
        Publication { given: self.given.iter().chain(new).cloned().collect(), ..self.clone() }
    }

    pub fn has_given(&self, prize: &PrizeGiven) -> bool {
        self.given.iter().any(|given| given.is_same(prize))
    }
}

impl Arena {
    /// Marks that are open again are rechecked anew; what is published may be appealed against from now on.
    pub(super) fn fold_after_state(&mut self, to: ContestState, position: i64, at: Timestamp) {
        match to {
            ContestState::Live | ContestState::Frozen => self.recheck = None,
            ContestState::Final => {
                self.appeals.published = Some(at);
                self.published.push(Publication::of(self, position, at));
            }
            ContestState::Draft | ContestState::Review => {}
        }
    }

    /// What has closed the marks, be it in a state that takes some.
    pub fn marks_closed(&self) -> Option<MarksClosed> {
        if self.draw.as_ref().is_some_and(|draw| draw.undone_at.is_some()) {
            return Some(MarksClosed::ByDraw);
        }
        self.recheck.is_some().then_some(MarksClosed::ByRecheck)
    }

    /// Whether marks and verdicts are taken, and rounds opened.
    pub fn takes_marks(&self) -> bool {
        self.state.takes_marks() && self.marks_closed().is_none()
    }

    pub(super) fn fold_recheck(&mut self, logged: &Logged) {
        let Some(rule) = self.plan.rule_set.as_ref().map(|loaded| loaded.rules.recheck) else { return };
        match &logged.happened {
            Happened::RecheckOrdered { seed, by } => {
                let Ok(seed) = seed.parse() else { return };
                self.recheck = Some(RecheckNow::ordered(self, rule, seed, by, logged));
            }
            Happened::EntryRechecked { entry, differences, by, .. } => {
                let Some(entry) = self.board.field().entry_ix(entry) else { return };
                let findings = self.findings(entry, differences);
                let (differences, by, at) = (differences.clone(), by.clone(), logged.at);
                let done = EntryDone { findings, differences, by, account: logged.account.clone(), at };
                if let Some(recheck) = &mut self.recheck {
                    recheck.take(entry, done);
                }
            }
            _ => {}
        }
    }

    pub(super) fn fold_corrected(&mut self, logged: &Logged, touched: &mut Touched) {
        let Happened::Corrected { id, entry, aspect, marks, was, because, reason, by } = &logged.happened else {
            return;
        };
        let (Some(entry), Some(aspect)) = (self.board.field().entry_ix(entry), self.aspect(aspect)) else { return };
        let marks = Mark::from_hundredths(*marks);
        let event = Event::Corrected { position: Position(logged.position), entry, aspect, marks };
        match self.board.apply(&event) {
            Ok(changes) => touched.changes.push(changes),
            Err(refusal) => {
                tracing::warn!(%refusal, "the board refuses a correction");
                return;
            }
        }
        self.forget_rounds_settled(entry);
        self.aspect_at.insert((entry, aspect), logged.at);
        for verdict in self.verdicts.values_mut().filter(|it| (it.entry, it.aspect) == (entry, aspect) && !it.by_hand) {
            verdict.by_hand = true;
            touched.verdicts.push(verdict.id.clone());
        }
        touched.sheets.extend(self.run_of(entry, aspect).map(|run| (run, aspect)));
        touched.corrected.push((entry, aspect));
        let correction = CorrectionNow {
            id: id.0.clone(),
            entry,
            aspect,
            marks,
            was: was.map(Mark::from_hundredths),
            because: because.clone(),
            reason: reason.clone(),
            by: by.clone(),
            account: logged.account.clone(),
            at: logged.at,
        };
        touched.ticks.push(Tick {
            position: logged.position,
            at: logged.at,
            entry,
            aspect: Some(aspect),
            mark: Some(marks),
            kind: TickKind::Correction,
            says: correction.says(),
        });
        self.corrections.push(correction);
    }

    pub(super) fn fold_appeal(&mut self, logged: &Logged, touched: &mut Touched) {
        match &logged.happened {
            Happened::AppealMade { id, entry, first, module, aspects, text, asks, by } => {
                let (Some(entry), Some(module)) =
                    (self.board.field().entry_ix(entry), self.board.scheme().module_ix(module))
                else {
                    return;
                };
                self.appeals.all.push(AppealNow {
                    id: id.0.clone(),
                    entry,
                    first: first.as_ref().map(|first| first.0.clone()),
                    module,
                    aspects: aspects.iter().filter_map(|code| self.aspect(code)).collect(),
                    text: text.clone(),
                    asks: asks.clone(),
                    by: by.clone(),
                    account: logged.account.clone(),
                    at: logged.at,
                    answer: None,
                    withdrawn_at: None,
                });
                touched.appeals.push(entry);
            }
            Happened::AppealAnswered { appeal, decision, reason, corrections, by } => {
                let found = self.appeals.all.iter_mut().find(|known| known.id == appeal.0 && known.is_open());
                let Some(found) = found else { return };
                found.answer = Some(AnswerNow {
                    decision: *decision,
                    reason: reason.clone(),
                    corrections: corrections.iter().map(|id| id.0.clone()).collect(),
                    by: by.clone(),
                    account: logged.account.clone(),
                    at: logged.at,
                });
                touched.appeals.push(found.entry);
                // What is corrected after publication gives no prize before it is published again.
                if corrections.is_empty() {
                    self.settle_prizes();
                }
            }
            Happened::AppealWithdrawn { appeal, .. } => {
                let found = self.appeals.all.iter_mut().find(|known| known.id == appeal.0 && known.is_open());
                let Some(found) = found else { return };
                found.withdrawn_at = Some(logged.at);
                touched.appeals.push(found.entry);
                self.settle_prizes();
            }
            _ => {}
        }
    }

    /// A prize that waited is given with the publication that stands, so that it is known for what it is when it goes elsewhere.
    fn settle_prizes(&mut self) {
        if self.state != ContestState::Final {
            return;
        }
        let settled = self.published.last().map(|newest| newest.settled(self));
        if let (Some(newest), Some(settled)) = (self.published.last_mut(), settled) {
            *newest = settled;
        }
    }

    /// How an aspect of an entry was corrected, oldest first.
    pub fn corrections_of(&self, entry: EntryIx, aspect: AspectIx) -> impl Iterator<Item = &CorrectionNow> {
        self.corrections.iter().filter(move |it| (it.entry, it.aspect) == (entry, aspect))
    }

    /// Everybody who had a part in marks of an entry as they stand: who marked, decided on a verdict, or corrected.
    pub fn hands_on(&self, entry: EntryIx, aspects: impl Fn(AspectIx) -> bool) -> BTreeSet<AccountId> {
        let marked =
            self.marks.values().filter(|it| it.entry == entry && aspects(it.aspect)).map(|it| it.judge.clone());
        let decided = self.verdicts.values().filter(|it| it.entry == entry && aspects(it.aspect));
        let corrected = self.corrections.iter().filter(|it| it.entry == entry && aspects(it.aspect));
        marked
            .chain(decided.filter_map(|it| it.decided_by.clone()))
            .chain(corrected.filter_map(|it| it.account.clone()))
            .collect()
    }

    /// The entries in whose marks somebody had a part, as [`Arena::hands_on`] tells it of one.
    pub fn entries_by(&self, account: &AccountId) -> BTreeSet<EntryIx> {
        let marked = self.marks.values().filter(|it| it.judge == *account).map(|it| it.entry);
        let decided = self.verdicts.values().filter(|it| it.decided_by.as_ref() == Some(account)).map(|it| it.entry);
        let corrected = self.corrections.iter().filter(|it| it.account.as_ref() == Some(account)).map(|it| it.entry);
        marked.chain(decided).chain(corrected).collect()
    }

    /// The run in which an aspect of an entry is marked, where there is one.
    pub fn run_of(&self, entry: EntryIx, aspect: AspectIx) -> Option<kernel::RunId> {
        let scheme = self.board.scheme();
        let module = &scheme.module(scheme.aspect(aspect)?.module)?.code;
        self.plan.run_for(&self.plan.entries.get(entry.index())?.id, module).cloned()
    }
}
