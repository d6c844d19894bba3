//! A run's clock: waits, runs, stands still for an equipment fault, is closed. Time stopped does not count.

use kernel::Timestamp;

use crate::event::ClockAct;

/// Where a run's clock stands. `before_ms` is what had run up to the last start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunClock {
    Waiting,
    Open { since: Timestamp, before_ms: i64 },
    Stopped { elapsed_ms: i64 },
    Closed { elapsed_ms: i64, at: Timestamp },
}

/// An act that the clock's state doesn't allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedAct {
    pub act: ClockAct,
    pub state: &'static str,
}

impl RunClock {
    pub fn state(&self) -> &'static str {
        match self {
            RunClock::Waiting => "waiting",
            RunClock::Open { .. } => "open",
            RunClock::Stopped { .. } => "stopped",
            RunClock::Closed { .. } => "closed",
        }
    }

    pub fn elapsed_ms(&self, now: Timestamp) -> i64 {
        match *self {
            RunClock::Waiting => 0,
            RunClock::Open { since, before_ms } => before_ms + now.millis_since(since).max(0),
            RunClock::Stopped { elapsed_ms } | RunClock::Closed { elapsed_ms, .. } => elapsed_ms,
        }
    }

    pub fn after(&self, act: ClockAct, at: Timestamp) -> Result<RunClock, RefusedAct> {
        let elapsed_ms = self.elapsed_ms(at);
        match (self, act) {
            (RunClock::Waiting, ClockAct::Start) => Ok(RunClock::Open { since: at, before_ms: 0 }),
            (RunClock::Open { .. }, ClockAct::Stop) => Ok(RunClock::Stopped { elapsed_ms }),
            (RunClock::Stopped { .. }, ClockAct::Resume) => Ok(RunClock::Open { since: at, before_ms: elapsed_ms }),
            (RunClock::Open { .. } | RunClock::Stopped { .. }, ClockAct::Close) => {
                Ok(RunClock::Closed { elapsed_ms, at })
            }
            (RunClock::Open { .. } | RunClock::Stopped { .. }, ClockAct::AddTime) => Ok(*self),
            _ => Err(RefusedAct { act, state: self.state() }),
        }
    }
}

/// When a run's equipment was watched: the times between start and stop, resume and close, each with the position of its act in the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watched {
    spans: Vec<Span>,
    closed_by: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    from: (Timestamp, i64),
    to: Option<(Timestamp, i64)>,
}

impl Watched {
    pub fn note(&mut self, act: ClockAct, at: Timestamp, position: i64) {
        match act {
            ClockAct::Start | ClockAct::Resume => self.spans.push(Span { from: (at, position), to: None }),
            ClockAct::Stop | ClockAct::Close => {
                if let Some(Span { to: to @ None, .. }) = self.spans.last_mut() {
                    *to = Some((at, position));
                }
            }
            ClockAct::AddTime => {}
        }
        if act == ClockAct::Close {
            self.closed_by = Some(position);
        }
    }

    /// Whether the equipment was watched at a time, as far as the log says it up to a position. Closed at both ends, like the referee's
    /// windows.
    pub fn covers(&self, at: Timestamp, known: i64) -> bool {
        self.spans.iter().any(|Span { from, to }| {
            let to = to.filter(|(_, position)| *position <= known);
            from.1 <= known && from.0 <= at && to.is_none_or(|(to, _)| at <= to)
        })
    }

    /// The instants at which the clock was stopped or closed, as far as the log says it up to a position.
    pub fn ends(&self, known: i64) -> impl Iterator<Item = Timestamp> {
        self.spans.iter().filter_map(|span| span.to).filter(move |(_, position)| *position <= known).map(|(at, _)| at)
    }

    /// How much of the run's time had passed at a time: what its clock showed. Time stopped does not count.
    pub fn counted_ms(&self, at: Timestamp) -> i64 {
        let counted = |span: &Span| {
            let to = span.to.map_or(at, |(to, _)| to.min(at));
            to.millis_since(span.from.0).max(0)
        };
        self.spans.iter().map(counted).sum()
    }

    pub fn opened_at(&self) -> Option<Timestamp> {
        self.spans.first().map(|span| span.from.0)
    }

    /// The position in the log of the close.
    pub fn closed_by(&self) -> Option<i64> {
        self.closed_by
    }

    /// The position in the log of the first start.
    pub fn opened_by(&self) -> Option<i64> {
        self.spans.first().map(|span| span.from.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    #[test]
    fn stopped_time_does_not_count() {
        let mut clock = RunClock::Waiting;
        let mut watched = Watched::default();
        for (act, ms, position) in [
            (ClockAct::Start, 100, 1),
            (ClockAct::Stop, 300, 2),
            (ClockAct::Resume, 1000, 3),
            (ClockAct::Close, 1100, 4),
        ] {
            clock = clock.after(act, at(ms)).unwrap();
            watched.note(act, at(ms), position);
        }
        assert_eq!(clock, RunClock::Closed { elapsed_ms: 300, at: at(1100) });
        assert_eq!(
            [99, 100, 300, 301, 999, 1000, 1100, 1101].map(|ms| watched.covers(at(ms), 4)),
            [false, true, true, false, false, true, true, false]
        );
        assert_eq!(
            [0, 100, 150, 300, 600, 1000, 1040, 1100, 9000].map(|ms| watched.counted_ms(at(ms))),
            [0, 0, 50, 200, 200, 200, 240, 300, 300]
        );
        assert!(!watched.covers(at(200), 0), "the start is not in the log yet");
        assert!(watched.covers(at(500), 1), "nobody has stopped it yet");
        assert!(watched.covers(at(1200), 3) && !watched.covers(at(1200), 4));
    }

    proptest::proptest! {
        /// What was counted up to a time is what the clock showed then, whatever was done to it.
        #[test]
        fn counted_is_what_the_clock_showed(acts in proptest::collection::vec((0..5usize, 0..10_000i64), 0..30)) {
            let all = [ClockAct::Start, ClockAct::Stop, ClockAct::Resume, ClockAct::AddTime, ClockAct::Close];
            let (mut clock, mut watched, mut now) = (RunClock::Waiting, Watched::default(), 1_000);
            for (position, (act, later)) in (1..).zip(acts) {
                now += later;
                if let Ok(after) = clock.after(all[act], at(now)) {
                    clock = after;
                    watched.note(all[act], at(now), position);
                }
                for ms in [now, now + later / 2] {
                    proptest::prop_assert_eq!(watched.counted_ms(at(ms)), clock.elapsed_ms(at(ms)));
                }
            }
        }
    }

    #[test]
    fn what_a_clock_refuses() {
        let refused = [
            (RunClock::Waiting, ClockAct::Stop),
            (RunClock::Waiting, ClockAct::Close),
            (RunClock::Open { since: at(0), before_ms: 0 }, ClockAct::Start),
            (RunClock::Open { since: at(0), before_ms: 0 }, ClockAct::Resume),
            (RunClock::Closed { elapsed_ms: 1, at: at(1) }, ClockAct::Resume),
            (RunClock::Closed { elapsed_ms: 1, at: at(1) }, ClockAct::AddTime),
        ];
        for (clock, act) in refused {
            assert_eq!(clock.after(act, at(5)), Err(RefusedAct { act, state: clock.state() }));
        }
    }
}
