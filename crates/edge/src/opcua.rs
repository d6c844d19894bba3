//! OPC UA in: one subscription for each server, a queue at each variable, the server's own times.
//!
//! | what comes | what it means here |
//! | --- | --- |
//! | a value with a status that is good, uncertain, bad | the same quality; a bad one has no value |
//! | the first value after a connection | what is now, however long it has been that |
//! | the overflow bit | values between the last one and this are lost: the signal is bad in between |
//! | a time too far ahead, or before any clock was set | refused; the signal is bad from its arrival on, until the next value |
//! | a number missing between notifications, or the end of the subscription | the connection is given up and made anew |
//! | the line is down, or nothing can be kept | every signal of the server is bad from then on |
//!
//! A server can't be asked for what the edge could not keep: so nothing is read while there is no room.

mod connection;
mod progress;
mod resolve;
mod trust;
mod value;

use std::sync::Arc;
use std::time::Duration;

use kernel::Timestamp;
use referee::Quality;
use telemetry::Tick;
use tokio::sync::{mpsc, watch};

use crate::config::OpcuaConfig;
use crate::intake::Offer;
use crate::mqtt::hand_in;
use crate::source::{Source, SourceLink};
use crate::state::State;

const RETRY_FIRST: Duration = Duration::from_millis(500);

/// One server, over all its connections.
pub(crate) struct Server {
    state: Arc<State>,
    source: Arc<Source>,
    config: OpcuaConfig,
    offers: mpsc::Sender<Offer>,
}

/// Returns once the edge is to stop.
async fn is_stopped(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Why a connection ended.
enum End {
    Broken(String),
    NoRoom(String),
    Stopping,
}

impl Server {
    pub fn new(state: Arc<State>, source: Arc<Source>, config: OpcuaConfig, offers: mpsc::Sender<Offer>) -> Server {
        Server { state, source, config, offers }
    }

    pub async fn run(self, mut stopped: watch::Receiver<bool>) {
        let mut retry = RETRY_FIRST;
        // What happened before this edge was here is not known.
        let mut lost_at = Some(self.state.away_since);
        while !*stopped.borrow() {
            let again = async {
                self.state.wait_for_room().await;
                if let Some(at) = lost_at.take() {
                    self.mark(at).await;
                }
            };
            tokio::select! {
                () = again => {}
                () = is_stopped(&mut stopped) => break,
            }
            let mut has_spoken = false;
            let end = connection::run(&self, &mut has_spoken, &mut stopped).await;
            let now = self.state.clock.now();
            match end {
                End::Stopping => break,
                End::Broken(why) => self.source.line_is(SourceLink::Down, Some(why), now),
                End::NoRoom(why) => self.source.line_is(SourceLink::Paused, Some(why), now),
            }
            if has_spoken {
                lost_at = Some(now);
                retry = RETRY_FIRST;
            }
            if let Some(at) = lost_at
                && self.state.has_room()
            {
                lost_at = None;
                tokio::select! {
                    () = self.mark(at) => {}
                    () = is_stopped(&mut stopped) => break,
                }
            }
            tokio::select! {
                () = tokio::time::sleep(retry) => {}
                () = is_stopped(&mut stopped) => break,
            }
            retry = (retry * 2).min(self.config.retry_max);
        }
        self.source.line_is(SourceLink::Down, Some("the edge is stopping".to_owned()), self.state.clock.now());
    }

    /// Every signal of the server is bad from `at` on; handed in until it is taken.
    async fn mark(&self, at: Timestamp) {
        let mut ticks: Vec<Tick> = Vec::new();
        for one in &self.config.signals {
            let of_station = ticks.iter_mut().find(|tick| tick.station == one.station);
            match of_station {
                Some(tick) => tick.readings.push((one.signal.clone(), None)),
                None => ticks.push(Tick {
                    station: one.station.clone(),
                    at: at.to_nanos(),
                    readings: vec![(one.signal.clone(), None)],
                    quality: Quality::Bad,
                }),
            }
        }
        Source::count(&self.source.counts.deaths, 1);
        while !hand_in(&self.offers, ticks.clone()).await {
            tokio::time::sleep(RETRY_FIRST).await;
            self.state.wait_for_room().await;
        }
    }
}
