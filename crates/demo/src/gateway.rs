//! A venue's gateway as the cells see it: what they say goes through the broker, and nothing that happens after it overtakes it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use edge::Edge;
use kernel::Timestamp;
use rumqttc::{AsyncClient, QoS};
use serde_json::{Map, Value};

/// The broker keeps so much for a gateway that is slow, and not for ever.
const AHEAD_MAX: u64 = 1_000;
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// What was not taken by then was lost on the way.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Gateway {
    edge: Edge,
    /// First part of its topics.
    place: String,
    published: AtomicU64,
    /// As far as was looked.
    taken: AtomicU64,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Gateway {
    pub fn new(edge: Edge, place: &str) -> Arc<Gateway> {
        Arc::new(Gateway { edge, place: place.to_owned(), published: AtomicU64::new(0), taken: AtomicU64::new(0) })
    }

    pub fn cut_line(&self, cut: bool) {
        self.edge.cut_line(cut);
    }

    /// Waits until the gateway hears the cells: one of them says what it was a second ago, before anything began, and the broker keeps that
    /// until somebody listens.
    pub async fn hears(&self, cell: &AsyncClient, station: &str, now: Timestamp) -> anyhow::Result<()> {
        let at = now.plus_millis(-1_000);
        let idle =
            Map::from_iter([("ts".to_owned(), at.as_millis().into()), ("program_state".to_owned(), "idle".into())]);
        self.published.fetch_add(1, Ordering::SeqCst);
        let topic = format!("{}/{station}/state", self.place);
        let said = Value::Object(idle).to_string();
        cell.publish(topic, QoS::AtLeastOnce, true, said).await.context("the broker takes nothing")?;
        self.has_taken_all().await;
        if self.look() == 0 {
            bail!("the gateway of {} doesn't hear its cells", self.place);
        }
        Ok(())
    }

    /// A cell says how it is at an instant.
    pub async fn say(
        &self,
        cell: &AsyncClient,
        station: &str,
        at: Timestamp,
        mut said: Map<String, Value>,
    ) -> anyhow::Result<()> {
        said.insert("ts".into(), at.as_millis().into());
        let topic = format!("{}/{station}/state", self.place);
        self.published.fetch_add(1, Ordering::SeqCst);
        let said = Value::Object(said).to_string();
        cell.publish(topic, QoS::AtLeastOnce, false, said).await.context("the broker takes nothing")?;
        self.has_taken_all_but(AHEAD_MAX).await;
        Ok(())
    }

    /// Waits until everything that was said is on the gateway's disk.
    pub async fn has_taken_all(&self) {
        self.has_taken_all_but(0).await;
    }

    async fn has_taken_all_but(&self, ahead: u64) {
        let published = self.published.load(Ordering::SeqCst);
        if self.taken.load(Ordering::SeqCst) + ahead >= published {
            return;
        }
        let taken = async {
            while self.look() + ahead < published {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        if tokio::time::timeout(PATIENCE, taken).await.is_err() {
            let missing = published.saturating_sub(self.look());
            tracing::warn!(place = self.place, missing, "samples were lost between cells and gateway");
            self.published.fetch_sub(missing, Ordering::SeqCst);
        }
    }

    fn look(&self) -> u64 {
        let taken = self.edge.status().accepted_ticks;
        self.taken.fetch_max(taken, Ordering::SeqCst).max(taken)
    }
}
