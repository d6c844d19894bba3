//! The demonstration: a seeded final in two venues, and a robot's real day beside it. Simulated cells publish to a broker, gateways forward,
//! judges mark, disagree and correct, a line is cut from time to time; all of it through the hall's own HTTP and MQTT doors.
//!
//! What happens is decided by the seed, not by the moment: a run's physics follow from seed, competitor and module, a judge's mark from
//! seed, judge, competitor and aspect. Only the order in which things arrive is the machine's.
//!
//! Invariant: this crate knows no room; what it can do, anybody with the same roles can do.

mod broker;
mod cast;
mod cell;
mod chief;
mod client;
mod clock;
mod cobot;
mod judges;
mod setup;
mod stations;

use std::path::PathBuf;
use std::sync::Arc;

use kernel::{Role, Text};

pub use clock::DemoClock;

/// A role that the front page offers.
#[derive(Debug, Clone)]
pub struct Door {
    pub key: String,
    pub role: Role,
    pub title: Text,
    pub note: Text,
    pub lands_on: String,
    pub account: String,
}

/// Opens doors on the front page; the hall hands it in.
pub type OpenDoors = Arc<dyn Fn(Vec<Door>) + Send + Sync>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// The contest goes on until all runs are closed.
    Live,
    /// Runs are short; at their end the board is frozen, reviewed and made final.
    Final,
}

/// What is played where.
pub struct Staged {
    /// The hall's address, such as `http://127.0.0.1:8080`.
    pub base: String,
    /// For spools and recordings.
    pub folder: PathBuf,
    pub seed: u64,
    pub scenario: Scenario,
    pub clock: Arc<DemoClock>,
    /// The one account that is there before the play begins: its key among the one-click roles.
    pub administrator: String,
}

/// Plays until the end, or until the task is dropped.
pub async fn play(staged: Staged, open_doors: OpenDoors) -> anyhow::Result<()> {
    let staged = Arc::new(staged);
    let broker = broker::start()?;
    let set = setup::set_up(&staged, &open_doors).await?;
    let mut gateways = setup::gateways(&staged, &set, broker).await?;
    let mut tasks = tokio::task::JoinSet::new();
    for venue in &set.venues {
        for station in &venue.stations {
            tasks.spawn(stations::work(staged.clone(), set.clone(), venue.clone(), station.clone(), broker));
        }
    }
    for judge in &set.judges {
        tasks.spawn(judges::mark(staged.clone(), set.clone(), judge.clone()));
    }
    tasks.spawn(chief::oversee(staged.clone(), set.clone()));
    tasks.spawn(cobot::play(staged.clone(), set.cobot.clone(), broker));
    let cutting = set.clone();
    let west = gateways.remove(1);
    let cut_clock = staged.clock.clone();
    tasks.spawn(async move {
        let _kept = cutting;
        setup::cut_from_time_to_time(west, cut_clock).await
    });
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!("a part of the demonstration stopped: {error:#}"),
            Err(error) if error.is_cancelled() => {}
            Err(error) => tracing::warn!(%error, "a part of the demonstration failed"),
        }
    }
    Ok(())
}

/// A stream of its own for each thing that is decided, so that the order of decisions doesn't matter.
fn decide(seed: u64, about: &[&str]) -> kernel::Rng {
    // FNV-1a, 64 bits (Fowler, Noll, Vo): short, and the same everywhere.
    let mut hash = 0xcbf2_9ce4_8422_2325u64 ^ seed;
    for part in about {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    kernel::Rng::from_seed(hash)
}

#[cfg(test)]
mod tests {
    use super::decide;

    #[test]
    fn a_decision_depends_on_what_it_is_about_only() {
        let draw = |about: &[&str]| decide(1, about).next_u64();
        assert_eq!(draw(&["A07", "B"]), draw(&["A07", "B"]));
        assert_ne!(draw(&["A07", "B"]), draw(&["A0", "7B"]));
    }
}
