//! What was last seen before a gap and first seen after it: the evidence of a verdict that a gap leaves undecided.
//!
//! Each signal knows the edges of its newest gap. Gaps that are said at the end of the run keep theirs when they end, for by then
//! the signal may have had others. A condition that a check looks back on keeps the samples that made it false.

use std::sync::Arc;

use crate::EvidenceSample;
use crate::code::SlotState;
use crate::finding::{Reason, What};
use crate::monitor::Monitor;
use crate::pattern::reads_of;
use crate::rules::{Phase, Rule};

/// The newest gap of a signal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Edges {
    /// The last good sample before it; `None`: there was none.
    before: Option<EvidenceSample>,
    /// The first good sample after it; `None`: it lasts, or there was no gap.
    after: Option<EvidenceSample>,
}

impl Monitor {
    /// A signal is lost from now on.
    pub(crate) fn note_loss(&mut self, signal: usize) {
        let before = self.sample(signal);
        let edges = &mut self.edges[signal];
        // A good one that is followed by a bad one of its own instant never was: the gap goes on.
        match &edges.after {
            Some(after) if after.at.0 == self.now => edges.after = None,
            _ => *edges = Edges { before, after: None },
        }
    }

    /// A signal has a good sample after a gap.
    pub(crate) fn note_return(&mut self, signal: usize) {
        let after = self.sample(signal);
        self.edges[signal].after = after;
    }

    /// Of two samples of the instant at which a gap ended the last one counts.
    pub(crate) fn note_again(&mut self, signal: usize, at: i64) {
        if self.edges[signal].after.as_ref().is_some_and(|after| after.at.0 == at) {
            self.note_return(signal);
        }
    }

    /// The samples at the edges of these signals' gaps that last or that ended at `from` or later.
    pub(crate) fn edges_since(&self, reads: &[u32], from: i64) -> Vec<EvidenceSample> {
        let mut samples = Vec::new();
        for signal in reads.iter().map(|signal| *signal as usize) {
            let Edges { before, after } = &self.edges[signal];
            let lasts = self.slots[signal].state == SlotState::Unknown;
            if lasts {
                samples.extend(before.clone());
            } else if after.as_ref().is_some_and(|after| after.at.0 >= from) {
                samples.extend(before.clone().into_iter().chain(after.clone()));
            }
        }
        samples
    }

    /// What an undecided verdict shows of the gaps that leave it so.
    pub(crate) fn edges_of(&self, rule: &Rule, what: &What, from: i64) -> Vec<EvidenceSample> {
        match what {
            What::Undecided(
                Reason::Unseen { signals, .. } | Reason::NotCovered { signals } | Reason::NoSamples { signals },
            ) => {
                let place = |name: &Arc<str>| self.set.signals.iter().position(|signal| signal.name == *name);
                let reads: Vec<u32> = signals.iter().filter_map(place).map(|signal| signal as u32).collect();
                self.edges_since(&reads, from)
            }
            // When its phase was unseen is not said: the newest gap is shown.
            What::Undecided(Reason::PhaseUnseen) => match &rule.phase {
                Phase::Run => Vec::new(),
                Phase::While(predicate) => self.edges_since(&self.set.predicates[*predicate as usize].reads, i64::MIN),
                Phase::Between { open, close } => {
                    let reads = [reads_of(&self.set, open), reads_of(&self.set, close)].concat();
                    self.edges_since(&reads, i64::MIN)
                }
            },
            _ => Vec::new(),
        }
    }
}
