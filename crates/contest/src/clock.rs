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
            (RunClock::Open { .. } | RunClock::Stopped { .. }, ClockAct::Close) => Ok(RunClock::Closed { elapsed_ms, at }),
            (RunClock::Open { .. } | RunClock::Stopped { .. }, ClockAct::AddTime) => Ok(*self),
            _ => Err(RefusedAct { act, state: self.state() }),
        }
    }
}

/// When a run's equipment was watched: the times between start and stop, resume and close.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watched {
    spans: Vec<(Timestamp, Option<Timestamp>)>,
}

impl Watched {
    pub fn note(&mut self, act: ClockAct, at: Timestamp) {
        match act {
            ClockAct::Start | ClockAct::Resume => self.spans.push((at, None)),
            ClockAct::Stop | ClockAct::Close => {
                if let Some((_, end @ None)) = self.spans.last_mut() {
                    *end = Some(at);
                }
            }
            ClockAct::AddTime => {}
        }
    }

    /// Closed at both ends, like the referee's windows.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.spans.iter().any(|(from, to)| *from <= at && to.is_none_or(|to| at <= to))
    }

    pub fn opened_at(&self) -> Option<Timestamp> {
        self.spans.first().map(|(from, _)| *from)
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
        for (act, ms) in [(ClockAct::Start, 100), (ClockAct::Stop, 300), (ClockAct::Resume, 1000), (ClockAct::Close, 1100)] {
            clock = clock.after(act, at(ms)).unwrap();
            watched.note(act, at(ms));
        }
        assert_eq!(clock, RunClock::Closed { elapsed_ms: 300, at: at(1100) });
        assert_eq!([99, 100, 300, 301, 999, 1000, 1100, 1101].map(|ms| watched.covers(at(ms))), [
            false, true, true, false, false, true, true, false
        ]);
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
