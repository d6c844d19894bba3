//! Who reads a signal: what a compiled set knows of each of its signals.

use crate::code::{Condition, Leaf};
use crate::cuts::Cuts;
use crate::rules::{Gauge, GaugeCode, Kind, Predicate, Readers, Signal, Watch};
use crate::{SignalDecl, SignalKind};

/// Who reads a signal, by their places.
#[derive(Default)]
struct Read {
    predicates: Vec<u32>,
    /// Comparisons with a constant, each with the place of its condition.
    leaves: Vec<(Leaf, u32)>,
    /// Conditions that may turn with any change.
    changes: Vec<u32>,
    gauges: Vec<u32>,
    /// A window of its samples, where that is all that a gauge makes of it.
    window: Option<u32>,
    watch: Option<u32>,
}

pub(crate) fn link(
    signals: &[SignalDecl],
    predicates: &[Predicate],
    gauges: &[Gauge],
    watches: &[Watch],
) -> Vec<Signal> {
    let mut read: Vec<Read> = signals.iter().map(|_| Read::default()).collect();
    for (place, predicate) in (0u32..).zip(predicates) {
        for signal in &predicate.reads {
            let read = &mut read[*signal as usize];
            read.predicates.push(place);
            match &predicate.condition {
                Condition::All(leaves) | Condition::Any(leaves) => {
                    let own = leaves.iter().filter(|leaf| leaf.signal == *signal);
                    read.leaves.extend(own.map(|leaf| (*leaf, place)));
                }
                Condition::Code(_) => read.changes.push(place),
            }
        }
    }
    for (place, gauge) in (0u32..).zip(gauges) {
        for signal in &gauge.reads {
            read[*signal as usize].gauges.push(place);
        }
        if let (GaugeCode::Signal(signal), [window], []) = (&gauge.code, &gauge.windows[..], &gauge.rules[..]) {
            read[*signal as usize].window = Some(*window);
        }
    }
    for (place, watch) in (0u32..).zip(watches) {
        read[watch.signal as usize].watch = Some(place);
    }
    signals.iter().zip(read).map(|(decl, read)| signal(decl, read)).collect()
}

fn signal(decl: &SignalDecl, read: Read) -> Signal {
    let kind = match decl.kind {
        SignalKind::Bool => Kind::Bool,
        SignalKind::Integer => Kind::Integer,
        SignalKind::Real { .. } => Kind::Real,
        SignalKind::Text => Kind::Text,
    };
    Signal {
        name: decl.name.as_str().into(),
        kind,
        stale_after: decl.stale_after.map_or(i64::MAX, |after| after.as_nanos() as i64),
        read: !read.predicates.is_empty() || !read.gauges.is_empty() || read.watch.is_some(),
        cuts: Cuts::new(kind, &read.leaves, &read.changes, read.watch.is_some()),
        predicates: Readers::of(read.predicates),
        window: read.window.filter(|_| read.gauges.len() == 1),
        gauges: Readers::of(read.gauges),
        watch: read.watch,
    }
}
