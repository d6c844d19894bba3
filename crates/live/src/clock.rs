//! A clock that only goes forward. Pace, heartbeats and time limits are spans of waiting, and the hall's wall clock
//! may be set back or forward while a contest runs; so they count from here, and nothing that is stored or shown does.

use std::time::Duration;

use kernel::Clock as _;

/// Time since some fixed beginning.
pub trait Steady: Send + Sync {
    fn now(&self) -> Duration;
}

/// The machine's monotonic clock.
#[derive(Debug)]
pub struct SteadyClock(std::time::Instant);

impl SteadyClock {
    // Transport only: see the module.
    #[allow(clippy::disallowed_methods)]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }
}

impl Steady for SteadyClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Tests move time by hand.
impl Steady for kernel::FakeClock {
    fn now(&self) -> Duration {
        Duration::from_millis(kernel::Clock::now(self).as_millis().max(0) as u64)
    }
}

/// An epoch for a process that is given none: the time it began, in base 36.
pub(crate) fn epoch_of_now() -> String {
    let mut rest = kernel::SystemClock.now().as_millis().max(0) as u64;
    let mut digits = Vec::new();
    while rest > 0 {
        digits.push(b"0123456789abcdefghijklmnopqrstuvwxyz"[(rest % 36) as usize]);
        rest /= 36;
    }
    digits.iter().rev().map(|digit| char::from(*digit)).collect()
}
