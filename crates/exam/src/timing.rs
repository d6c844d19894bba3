//! When an exam may be begun, until when answers are taken, and when it is handed in by itself. Pure functions of times: the
//! hall's clock decides, never the browser's.

use kernel::Timestamp;

const MINUTE_MS: i64 = 60_000;

/// What an exam declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    pub opens: Timestamp,
    /// Nobody begins then or later.
    pub closes: Timestamp,
    /// From the beginning of an attempt; `None`: until it closes.
    pub duration_ms: Option<i64>,
    pub attempts_most: u32,
    /// What was sent in time may arrive so much later.
    pub grace_ms: i64,
}

/// More time for one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extra {
    /// Of the duration (of the window, where there is none), in 1/100, rounded up to a millisecond.
    pub per_cent: u32,
    pub minutes: u32,
    /// It also counts beyond the close of the window.
    pub past_close: bool,
}

impl Extra {
    fn millis(self, timing: &Timing) -> i64 {
        let base = timing.duration_ms.unwrap_or_else(|| timing.closes.millis_since(timing.opens)).max(0);
        let share = (i128::from(base) * i128::from(self.per_cent) + 99) / 100;
        i64::try_from(share).unwrap_or(i64::MAX).saturating_add(i64::from(self.minutes) * MINUTE_MS)
    }
}

/// The last moment for answers of an attempt that began then:
/// min(start + duration + extra, close, or close + extra where that is declared).
pub fn deadline(timing: &Timing, extra: Extra, started: Timestamp) -> Timestamp {
    let more = extra.millis(timing);
    let close = if extra.past_close { timing.closes.plus_millis(more) } else { timing.closes };
    match timing.duration_ms {
        Some(duration) => close.min(started.plus_millis(duration.max(0)).plus_millis(more)),
        None => close,
    }
}

/// The moment from which an attempt that still runs is handed in by itself: nothing could arrive in time any more.
pub fn hand_in_at(timing: &Timing, extra: Extra, started: Timestamp) -> Timestamp {
    deadline(timing, extra, started).plus_millis(timing.grace_ms.max(0)).plus_millis(1)
}

/// Whether one may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayStart {
    Yes {
        deadline: Timestamp,
    },
    NotYet {
        opens: Timestamp,
    },
    Closed,
    /// An attempt runs: it is gone on with, never begun anew.
    Running {
        deadline: Timestamp,
    },
    NoneLeft {
        most: u32,
    },
}

/// Attempts in any order; those that ran out count as handed in.
pub fn may_start(timing: &Timing, extra: Extra, attempts: &[Attempt], now: Timestamp) -> MayStart {
    let running = attempts.iter().find(|one| one.handed_in.is_none() && now < hand_in_at(timing, extra, one.started));
    if let Some(running) = running {
        return MayStart::Running { deadline: deadline(timing, extra, running.started) };
    }
    if now < timing.opens {
        return MayStart::NotYet { opens: timing.opens };
    }
    if now >= timing.closes {
        return MayStart::Closed;
    }
    if attempts.len() >= timing.attempts_most as usize {
        return MayStart::NoneLeft { most: timing.attempts_most };
    }
    MayStart::Yes { deadline: deadline(timing, extra, now) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    pub started: Timestamp,
    pub handed_in: Option<Timestamp>,
}

/// What a save that arrives now means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Save {
    Taken,
    /// After the deadline, within the declared grace.
    TakenInGrace {
        late_ms: i64,
    },
    Late {
        deadline: Timestamp,
    },
    HandedIn {
        at: Timestamp,
    },
    /// From before the attempt began: clocks were moved, or it is somebody else's.
    BeforeStart,
}

pub fn save_at(timing: &Timing, extra: Extra, attempt: Attempt, now: Timestamp) -> Save {
    let deadline = deadline(timing, extra, attempt.started);
    match attempt.handed_in {
        Some(at) => Save::HandedIn { at },
        None if now < attempt.started => Save::BeforeStart,
        None if now <= deadline => Save::Taken,
        None if now < hand_in_at(timing, extra, attempt.started) => {
            Save::TakenInGrace { late_ms: now.millis_since(deadline) }
        }
        None => Save::Late { deadline },
    }
}
