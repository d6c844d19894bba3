//! A finding becomes a verdict: caps are kept, the deciding samples gathered, the sentence written.

use std::sync::Arc;

use kernel::{Mark, Nanos, Text};

use crate::monitor::Monitor;
use crate::rules::Kind;
use crate::sentence::Speaker;
use crate::window::{Figured, Fold};
use crate::{Evidence, EvidenceSample, Outcome, Quality, Value, Verdict};

/// What was found, with its figures.
#[derive(Debug, Clone)]
pub(crate) enum What {
    /// The event happened.
    Event,
    /// A condition was (or was not) true at the event.
    Is {
        so: bool,
    },
    Held {
        lasting: i64,
        so: bool,
    },
    Figure {
        gauge: u32,
        fold: Fold,
        figured: Figured,
    },
    /// A condition held long enough.
    Lasted {
        took: i64,
    },
    Answered {
        took: i64,
    },
    Unanswered,
    /// What must not come between came first.
    Spoilt {
        took: i64,
    },
    /// So many steps of a sequence came in order.
    Stepped {
        reached: usize,
    },
    /// It came, and what has to come first has not come.
    TooEarly,
    /// A violation began.
    Began,
    /// A violation, in seconds as its rule counts them.
    Violated {
        seconds: i64,
    },
    /// Whether another event came within a time before this one.
    Before {
        came: bool,
    },
    Counted {
        count: u32,
    },
    Measured {
        took: i64,
    },
    /// The run ended first, and the rule calls that missed.
    Unfinished,
    Undecided(Reason),
}

/// Why the recording doesn't decide it.
#[derive(Debug, Clone)]
pub(crate) enum Reason {
    /// Nobody saw whether it happened since then; `sure`: it did, at a time nobody saw.
    Unseen {
        from: i64,
        sure: bool,
        signals: Vec<Arc<str>>,
    },
    /// So many times in which the event may have happened unseen.
    Gaps {
        count: u32,
        total: i64,
        signals: Vec<Arc<str>>,
    },
    PhaseUnseen,
    /// A check looks back over a time that was not seen throughout.
    NotCovered {
        signals: Vec<Arc<str>>,
    },
    NoSamples {
        signals: Vec<Arc<str>>,
    },
    EndOfRun,
}

impl What {
    /// Signals of which not all was known.
    fn unknown(&self) -> &[Arc<str>] {
        match self {
            What::Undecided(
                Reason::Unseen { signals, .. }
                | Reason::Gaps { signals, .. }
                | Reason::NotCovered { signals }
                | Reason::NoSamples { signals },
            ) => signals,
            _ => &[],
        }
    }
}

/// What a rule found, before gates, attempts and caps.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// The number of the phase, from 1.
    pub attempt: u32,
    pub outcome: Outcome,
    pub marks: i64,
    pub window: (i64, i64),
    pub what: What,
    pub samples: Vec<EvidenceSample>,
    pub note: Option<Note>,
}

/// Why a finding doesn't count as it is.
#[derive(Debug, Clone)]
pub(crate) enum Note {
    /// These rules were not met.
    GateShut(String),
    /// Nobody knows whether these rules were met.
    GateUnknown(String),
    NotBest {
        attempt: u32,
    },
    /// Another attempt is undecided and may be better.
    BestUnknown {
        attempt: u32,
        marks: i64,
    },
}

impl Monitor {
    /// A rule found something. `marks` are what it gives or takes before its cap.
    pub(crate) fn say(
        &mut self,
        ix: usize,
        outcome: Outcome,
        marks: i64,
        window: (i64, i64),
        what: What,
        mut samples: Vec<EvidenceSample>,
    ) {
        if self.rules[ix].done {
            return;
        }
        samples.extend(self.edges_of(&self.set.rules[ix], &what, window.0));
        samples.retain(|sample| sample.at.0 <= window.1);
        let once = self.set.rules[ix].once;
        let state = &mut self.rules[ix];
        state.done = once && outcome != Outcome::Undecided;
        let found = Found { attempt: state.attempt, outcome, marks, window, what, samples, note: None };
        self.find(ix, found);
    }

    /// Says a verdict. True if what waits for its rule may go on now.
    pub(crate) fn utter(&mut self, ix: usize, found: Found) -> bool {
        let Found { outcome, marks, window: (from, to), what, mut samples, note, .. } = found;
        let rule = &self.set.rules[ix];
        let state = &mut self.rules[ix];
        let mut kept = match rule.at_most {
            Some(most) if marks > 0 => marks.min(most - state.given),
            Some(most) if marks < 0 => marks.max(state.taken - most),
            _ => marks,
        };
        if let Some(least) = rule.min_total
            && kept < 0
        {
            kept = kept.max(least - (state.given - state.taken)).min(0);
        }
        if kept > 0 {
            state.given += kept;
        } else {
            state.taken -= kept;
        }
        let first_met = outcome == Outcome::Met && !matches!(note, Some(Note::NotBest { .. })) && !state.met;
        state.met |= first_met;
        state.undecided |= outcome == Outcome::Undecided;
        samples.sort_by(|one, other| one.at.cmp(&other.at).then_with(|| one.signal.cmp(&other.signal)));
        samples.dedup();
        let at = match &what {
            What::Undecided(Reason::Unseen { .. } | Reason::Gaps { .. }) => from,
            _ => to,
        };
        let speaker = Speaker { set: &self.set, rule, started_at: self.started_at, marks: kept, capped: kept != marks };
        let sentence: Text = speaker.sentence(&what, note.as_ref(), from, to);
        self.verdicts.push(Verdict {
            number: self.verdict_count,
            rule_ix: ix as u32,
            rule: rule.id.clone(),
            aspect: rule.aspect.clone(),
            at: Nanos(at),
            decided_at: Nanos(self.now),
            outcome,
            marks: Mark::from_hundredths(kept),
            evidence: Evidence {
                from: Nanos(from),
                to: Nanos(to),
                samples,
                unknown: what.unknown().to_vec(),
                sentence,
            },
        });
        self.verdict_count += 1;
        first_met || self.rules[ix].done
    }

    /// The newest good sample of each of these signals.
    pub(crate) fn samples(&self, reads: &[u32]) -> Vec<EvidenceSample> {
        reads.iter().filter_map(|signal| self.sample(*signal as usize)).collect()
    }

    /// The newest good sample of a signal.
    pub(crate) fn sample(&self, ix: usize) -> Option<EvidenceSample> {
        let (slot, meta) = (self.slots[ix], &self.set.signals[ix]);
        let value = match meta.kind {
            _ if slot.at == i64::MIN => return None,
            Kind::Bool => Value::Bool(slot.bits != 0),
            Kind::Integer => Value::Integer(slot.bits as i64),
            Kind::Real => Value::Real(f64::from_bits(slot.bits)),
            Kind::Text => Value::Text(self.texts[ix].clone()?),
        };
        Some(EvidenceSample { at: Nanos(slot.at), signal: meta.name.clone(), value, quality: Quality::Good })
    }

    pub(crate) fn names(&self, reads: &[u32]) -> Vec<Arc<str>> {
        reads.iter().map(|signal| self.set.signals[*signal as usize].name.clone()).collect()
    }
}
