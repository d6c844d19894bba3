//! Several witnesses of one event: it happened when enough of them say so within a time of each other.
//!
//! A witness speaks when its condition becomes true. Enough are so many, or more than half of those that are connected,
//! but two at least. When they have agreed, what the others say about it within the same time adds nothing: it belongs to
//! what was agreed on. A report that finds too few others is forgotten when its time is over.
//!
//! A witness whose condition is unknown is not connected. Where so many have to agree, it may have spoken unseen, and the
//! event may have happened; where a majority of the connected ones decides, it is left out, as long as two are left.

use crate::monitor::{Due, Monitor};
use crate::pattern::Hit;
use crate::rules::Agreement;
use crate::settle::{PredicateState, Truth};

/// Before any time at which something is said.
const NEVER: i64 = i64::MIN;

#[derive(Debug, Clone, Copy)]
struct Report {
    /// When the witness last spoke, as long as it has not been used.
    said_at: i64,
    /// Until when it may last have spoken unseen.
    perhaps_until: i64,
}

/// What the witnesses of an agreement have said.
#[derive(Debug, Clone)]
pub(crate) struct AgreementState {
    reports: Box<[Report]>,
    /// Whether one spoke at this instant.
    spoken: bool,
    /// Since when they may have agreed unseen.
    doubted_since: Option<i64>,
    /// Of the newest agreement: until when the others' words belong to it, and a bit for each that has spoken for it.
    agreed: (i64, u32),
    /// The next instant at which it is to be looked at again.
    due: i64,
}

impl AgreementState {
    pub fn new(agreement: &Agreement) -> AgreementState {
        let silent = Report { said_at: NEVER, perhaps_until: NEVER };
        AgreementState {
            reports: vec![silent; agreement.shape.witnesses.len()].into(),
            spoken: false,
            doubted_since: None,
            agreed: (NEVER, 0),
            due: i64::MAX,
        }
    }

    /// What it takes with so many witnesses.
    pub fn bytes(witnesses: usize) -> usize {
        size_of::<AgreementState>() + witnesses * size_of::<Report>()
    }

    /// A witness' condition turned.
    pub fn hear(&mut self, witness: u8, old: PredicateState, truth: Truth, now: i64) {
        let report = &mut self.reports[witness as usize];
        match (old.truth, truth) {
            (Truth::False, Truth::True) => {
                let (until, spoke) = &mut self.agreed;
                if now <= *until && *spoke >> witness & 1 == 0 {
                    *spoke |= 1 << witness;
                } else {
                    report.said_at = now;
                    self.spoken = true;
                }
            }
            (Truth::Unknown, _) => report.perhaps_until = now,
            _ => {}
        }
    }

    /// What is said about the time `within` before now.
    fn count(&self, agreement: &Agreement, conditions: &[PredicateState], now: i64, awaited: bool) -> Count {
        let shape = &agreement.shape;
        let from = now.saturating_sub(shape.within);
        let has_said = |report: &Report| report.said_at >= from && report.said_at != NEVER;
        // One that has not come yet is on its way, until others speak or the run is over.
        let awaited = awaited || self.reports.iter().any(has_said);
        let (mut said, mut connected, mut perhaps) = (0, 0, 0);
        for (report, condition) in self.reports.iter().zip(&shape.witnesses) {
            let truth = conditions[*condition as usize].truth;
            let has_said = has_said(report);
            let is_lost = truth == Truth::Unknown || (awaited && truth == Truth::Awaited);
            let is_known = matches!(truth, Truth::True | Truth::False);
            said += u32::from(has_said);
            connected += u32::from(has_said || is_known);
            let had_gap = report.perhaps_until >= from && report.perhaps_until != NEVER;
            perhaps += u32::from(!has_said && (is_lost || had_gap));
        }
        let needed = shape.at_least.unwrap_or_else(|| (connected / 2 + 1).max(2));
        if shape.at_least.is_none() && connected >= 2 {
            perhaps = 0;
        }
        Count { said, needed, may_be: said < needed && said + perhaps >= needed }
    }
}

struct Count {
    said: u32,
    needed: u32,
    /// Whether they may have agreed unseen.
    may_be: bool,
}

impl Monitor {
    pub(crate) fn settle_agreements(&mut self) {
        let mut heard = std::mem::take(&mut self.dirty_agreements);
        heard.sort_unstable();
        heard.dedup();
        for ix in heard.drain(..) {
            self.settle_agreement(ix);
        }
        self.dirty_agreements = heard;
    }

    fn settle_agreement(&mut self, ix: u32) {
        let set = self.set.clone();
        let agreement = &set.agreements[ix as usize];
        let (now, within) = (self.now, agreement.shape.within);
        let state = &mut self.agreements[ix as usize];
        let Count { said, needed, may_be } = state.count(agreement, &self.predicates, now, false);
        let spoken = std::mem::take(&mut state.spoken);
        let hit = if spoken && said >= needed {
            let from = now.saturating_sub(within);
            let mut first = now;
            state.agreed.1 = 0;
            for (witness, report) in state.reports.iter_mut().enumerate() {
                if report.said_at >= from && report.said_at != NEVER {
                    first = first.min(report.said_at);
                    report.said_at = NEVER;
                    state.agreed.1 |= 1 << witness;
                }
            }
            state.agreed.0 = first.saturating_add(within);
            // A doubt about the same words is settled; an older one is about something else, and is told next.
            if state.doubted_since.is_some_and(|since| since >= first.saturating_sub(within)) {
                state.doubted_since = None;
            }
            Hit::Certain
        } else {
            match (state.doubted_since, may_be) {
                (None, true) => {
                    // A witness that has never been seen may have spoken at any time.
                    let since = (agreement.shape.witnesses.iter())
                        .map(|condition| self.predicates[*condition as usize])
                        .filter(|condition| condition.truth == Truth::Unknown && condition.since == now)
                        .filter(|condition| condition.before_loss.is_none())
                        .map(|condition| condition.lost_at)
                        .fold(now, i64::min);
                    state.doubted_since = Some(since);
                    Hit::Lost
                }
                (Some(from), false) => {
                    state.doubted_since = None;
                    Hit::Perhaps { from, sure: false }
                }
                _ => Hit::None,
            }
        };
        let pending = state.reports.iter().flat_map(|report| [report.said_at, report.perhaps_until]);
        let over = pending.filter(|at| *at != NEVER).map(|at| at.saturating_add(within).saturating_add(1));
        let next = match hit {
            Hit::Certain => now.checked_add(1),
            _ => over.filter(|at| *at > now).min(),
        };
        if let Some(next) = next
            && next < state.due
        {
            state.due = next;
            self.schedule(next, Due::Agreement(ix));
        }
        if hit != Hit::None {
            self.tell(&agreement.followers, |_| hit);
        }
    }

    /// The time of some words is over.
    pub(crate) fn pass_agreement(&mut self, ix: u32) {
        self.agreements[ix as usize].due = i64::MAX;
        self.dirty_agreements.push(ix);
        self.dirty = true;
    }

    /// Since when they may have agreed unseen; `None` while they can't have.
    pub(crate) fn disagreement_unseen_since(&self, ix: u32) -> Option<i64> {
        let (state, agreement) = (&self.agreements[ix as usize], &self.set.agreements[ix as usize]);
        let never_seen = state.count(agreement, &self.predicates, self.now, true).may_be;
        state.doubted_since.or(never_seen.then_some(self.started_at))
    }
}
