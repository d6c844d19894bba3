//! A statistic over a phase.

use kernel::Nanos;

use crate::code::{SlotState, run};
use crate::finding::{Reason, What};
use crate::monitor::Monitor;
use crate::pattern::{PhaseState, Progress, RuleState};
use crate::rules::{GaugeCode, Pattern};
use crate::window::{Figured, Fold, Gathered, TallyKind};
use crate::{EvidenceSample, Outcome, Quality, Value};

#[derive(Debug, Clone)]
pub(crate) struct Figuring {
    gathered: Gathered,
    doubted: bool,
}

impl Figuring {
    pub fn new(fold: Fold) -> Figuring {
        Figuring { gathered: Gathered::new(fold), doubted: false }
    }
}

impl RuleState {
    #[inline]
    pub fn take_figure(&mut self, now: i64, figure: f64) {
        if matches!(self.phase, PhaseState::Open { .. } | PhaseState::Doubt { .. })
            && let Progress::Figure(figuring) = &mut self.progress
        {
            figuring.gathered.add(now, figure);
        }
    }

    pub fn doubt_figure(&mut self) {
        if let Progress::Figure(figuring) = &mut self.progress {
            figuring.doubted = true;
        }
    }
}

impl Monitor {
    /// A phase begins: what is summed up over it starts anew, from what is held then.
    pub(super) fn start_figure(&mut self, ix: usize, at: i64) {
        let set = self.set.clone();
        let Pattern::Figure { gauge, fold, .. } = set.rules[ix].pattern else { return };
        let held = if fold.is_held() { self.figure_now(gauge) } else { None };
        let is_lost = self.gauges[gauge as usize].state == SlotState::Unknown;
        if let Progress::Figure(figuring) = &mut self.rules[ix].progress {
            figuring.gathered.start(at, held);
            figuring.doubted = is_lost;
        }
    }

    /// The figure at this instant.
    fn figure_now(&mut self, gauge: u32) -> Option<f64> {
        let set = self.set.clone();
        match &set.gauges[gauge as usize].code {
            GaugeCode::Signal(signal) => {
                let slot = &self.slots[*signal as usize];
                (slot.state == SlotState::Known).then(|| f64::from_bits(slot.bits))
            }
            GaugeCode::Code(ops) => {
                run(ops, &self.slots, &mut self.stack).map(f64::from_bits).filter(|figure| figure.is_finite())
            }
        }
    }

    pub(super) fn say_figure(&mut self, ix: usize, opened_at: i64, phase_doubted: bool) {
        let set = self.set.clone();
        let (now, rule) = (self.now, &set.rules[ix]);
        let Pattern::Figure { gauge, fold, scale } = &rule.pattern else { return };
        let Progress::Figure(figuring) = &mut self.rules[ix].progress else { return };
        let (figured, doubted) = (figuring.gathered.figure(now), figuring.doubted);
        let reads = &set.gauges[*gauge as usize].reads;
        let (samples, signals) = (self.samples(reads), self.names(reads));
        let reason = if doubted || self.gauges[*gauge as usize].state == SlotState::Unknown {
            Reason::NotCovered { signals }
        } else if phase_doubted {
            Reason::PhaseUnseen
        } else if let Some(figured) = figured {
            let (good, marks) = scale.judge(figured.figure, rule.met, rule.missed);
            let samples = self.deciding(*gauge, *fold, &figured);
            let outcome = if good { Outcome::Met } else { Outcome::Missed };
            let what = What::Figure { gauge: *gauge, fold: *fold, figured };
            return self.say(ix, outcome, marks, (opened_at, now), what, samples);
        } else {
            Reason::NoSamples { signals }
        };
        self.say(ix, Outcome::Undecided, 0, (opened_at, now), What::Undecided(reason), samples);
    }

    /// The samples that a figure stands on: of an extreme the sample itself, else the newest that went in. A newer one, such as that which
    /// ended the phase, decided nothing.
    pub(super) fn deciding(&self, gauge: u32, fold: Fold, figured: &Figured) -> Vec<EvidenceSample> {
        let gauge = &self.set.gauges[gauge as usize];
        match (&gauge.code, fold) {
            (GaugeCode::Signal(signal), Fold::Tally(TallyKind::Min | TallyKind::Max)) => vec![EvidenceSample {
                at: Nanos(figured.at),
                signal: self.set.signals[*signal as usize].name.clone(),
                value: Value::Real(figured.figure),
                quality: Quality::Good,
            }],
            _ => {
                let mut samples = self.samples(&gauge.reads);
                samples.retain(|sample| sample.at.0 <= figured.at);
                samples
            }
        }
    }
}
