//! A clock that runs faster than the one on the wall.

use std::time::Duration;

use kernel::{Clock, SystemClock, Timestamp};

#[derive(Debug, Clone)]
pub struct DemoClock {
    started: Timestamp,
    speed: f64,
}

impl DemoClock {
    pub fn start(speed: f64) -> Self {
        Self { started: SystemClock.now(), speed }
    }

    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Waits for so much of the play's time.
    pub async fn pass(&self, ms: f64) {
        tokio::time::sleep(Duration::from_secs_f64((ms / 1000.0 / self.speed).max(0.0))).await;
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        let passed = SystemClock.now().millis_since(self.started) as f64 * self.speed;
        self.started.plus_millis(passed as i64)
    }
}
