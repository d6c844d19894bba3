//! The demonstration: a seeded final in two venues, and a robot's real day beside it. Simulated cells publish to a broker, gateways forward,
//! judges mark, disagree and correct, a line is cut from time to time; all of it through the hall's own HTTP and MQTT doors.
//!
//! What happens is decided by the seed, not by the moment: a run's physics follow from seed, competitor and module, a judge's mark from
//! seed, judge, competitor and aspect, a decision from seed, competitor, aspect, rule and place. Runs begin and end at instants of the play's
//! clock ([`DemoClock`]), and samples lie between them at theirs. Only the order in which things arrive is the machine's. So two finals of one
//! seed end with the same marks, ranks, sentences and verdicts, as long as no visitor takes part; an [`Exporter`] writes
//! them down.
//!
//! Invariant: this crate knows no room; what it can do, anybody with the same roles can do.

mod after;
mod broker;
mod cast;
mod cell;
mod chief;
mod client;
mod clock;
mod cobot;
mod export;
mod gateway;
mod judges;
mod registration;
mod run;
mod season;
mod setup;
mod stations;

use std::path::PathBuf;
use std::sync::Arc;

use kernel::{Role, Text};

pub use clock::{DemoClock, Turn};
pub use cobot::parts_of_the_day;
pub use export::{Exporter, FORMAT};

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
    /// A year of contests in four tiers, most of them over.
    Season,
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

/// What the play says to the one who stages it.
pub struct Cues {
    pub open_doors: OpenDoors,
    /// Called when everything is set up, with one who can write the standing down.
    pub ready: Box<dyn FnOnce(Exporter) + Send>,
    /// Called when the final has come to its end.
    pub ended: Box<dyn FnOnce() + Send>,
}

/// Plays until the end, or until the task is dropped. `opening` is the turn that came with the clock: until the first scene the clock stands
/// still, so that what the hall makes meanwhile sorts as the seed wants it.
pub async fn play(staged: Staged, opening: Turn, cues: Cues) -> anyhow::Result<()> {
    let staged = Arc::new(staged);
    let mut opening = opening;
    if staged.scenario == Scenario::Season {
        season::set_up(&staged, &cues.open_doors, &mut opening).await?;
        tracing::info!("the season is set up");
        return Ok(());
    }
    let broker = broker::start()?;
    let set = setup::set_up(&staged, &cues.open_doors, &mut opening).await?;
    let gateways = setup::gateways(&staged, &set, broker).await?;
    (cues.ready)(Exporter::new(&set));
    let pending = judges::SecondThoughts::default();
    let mut tasks = tokio::task::JoinSet::new();
    for (venue, gateway) in set.venues.iter().zip(&gateways.venues) {
        for (at, station) in venue.stations.iter().enumerate() {
            let mqtt = stations::connect(broker, &station.code);
            if at == 0 {
                gateway.hears(&mqtt, &station.code, opening.now()).await?;
            }
            let (venue, station, gateway) = (venue.clone(), station.clone(), gateway.clone());
            let place = stations::Place { venue, station, gateway, mqtt };
            tasks.spawn(stations::work(staged.clone(), set.clone(), place, opening.another()));
        }
    }
    let mut judges = Vec::new();
    for judge in &set.judges {
        judges.push(tasks.spawn(judges::mark(staged.clone(), set.clone(), judge.clone(), pending.clone())));
    }
    let chief = chief::oversee(staged.clone(), set.clone(), pending);
    let ended = cues.ended;
    tasks.spawn(async move {
        chief.await?;
        judges.iter().for_each(tokio::task::AbortHandle::abort);
        ended();
        Ok(())
    });
    tasks.spawn(cobot::play(staged.clone(), set.cobot.clone(), gateways.lab, broker, opening.another()));
    if let Some(west) = gateways.venues.last() {
        tasks.spawn(setup::cut_from_time_to_time(west.clone(), staged.clock.clone()));
    }
    drop(opening);
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
