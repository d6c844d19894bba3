//! A statistic over a phase.

use crate::code::SlotState;
use crate::finding::{Reason, What};
use crate::monitor::Monitor;
use crate::pattern::{PhaseState, Progress, RuleState};
use crate::rules::Pattern;
use crate::window::Tally;
use crate::{Outcome, Statistic};

#[derive(Debug)]
pub(crate) struct Figuring {
    statistic: Statistic,
    tally: Tally,
    doubted: bool,
}

impl Figuring {
    pub fn new(statistic: Statistic) -> Figuring {
        Figuring { statistic, tally: Tally::EMPTY, doubted: false }
    }

    /// A new phase: what is summed up over it starts anew.
    pub fn start(&mut self, doubted: bool) {
        (self.tally, self.doubted) = (Tally::EMPTY, doubted);
    }
}

impl RuleState {
    #[inline]
    pub fn take_figure(&mut self, now: i64, figure: f64) {
        if matches!(self.phase, PhaseState::Open { .. } | PhaseState::Doubt { .. })
            && let Progress::Figure(Figuring { statistic, tally, .. }) = &mut self.progress
        {
            tally.add(*statistic, now, figure);
        }
    }

    pub fn doubt_figure(&mut self) {
        if let Progress::Figure(figuring) = &mut self.progress {
            figuring.doubted = true;
        }
    }
}

impl Monitor {
    pub(super) fn say_figure(&mut self, ix: usize, opened_at: i64, phase_doubted: bool) {
        let set = self.set.clone();
        let (now, rule) = (self.now, &set.rules[ix]);
        let Pattern::Figure { gauge, statistic, scale } = &rule.pattern else { return };
        let Progress::Figure(Figuring { tally, doubted, .. }) = &self.rules[ix].progress else { return };
        let (tally, doubted) = (*tally, *doubted);
        let reads = &set.gauges[*gauge as usize].reads;
        let (samples, signals) = (self.samples(reads), self.names(reads));
        let figure = tally.figure(*statistic);
        let reason = if doubted || self.gauges[*gauge as usize].state == SlotState::Unknown {
            Reason::NotCovered { signals }
        } else if phase_doubted {
            Reason::PhaseUnseen
        } else if let Some(figure) = figure {
            let (good, marks) = scale.judge(figure, rule.met, rule.missed);
            let outcome = if good { Outcome::Met } else { Outcome::Missed };
            let what = What::Figure { gauge: *gauge, statistic: *statistic, figure, tally };
            return self.say(ix, outcome, marks, (opened_at, now), what, samples);
        } else {
            Reason::NoSamples { signals }
        };
        self.say(ix, Outcome::Undecided, 0, (opened_at, now), What::Undecided(reason), samples);
    }
}
