//! Waking: who follows a log learns that it has grown. A wake says where to look, never what is there.

use std::sync::Arc;

use tokio::sync::broadcast::{self, error::RecvError};

use crate::{Arg, ArgKind, Db, Statement, StoreError};

/// Wakes kept for a follower that is slow; beyond it he is told to look everywhere.
pub(crate) const WAKES_KEPT: usize = 4096;

/// The log of `topic` has reached at least `position`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wake {
    pub topic: Arc<str>,
    pub position: i64,
}

/// What a follower hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Woken {
    Topic(Wake),
    /// Some wakes were passed over: look at every topic that you follow.
    Missed,
}

/// The wakes of this process, from the moment of [`Db::wakes`] on. A position may come after a greater one.
#[derive(Debug)]
pub struct Wakes(pub(crate) broadcast::Receiver<Wake>);

impl Wakes {
    /// The next wake; `None` when the database was closed for good.
    pub async fn next(&mut self) -> Option<Woken> {
        match self.0.recv().await {
            Ok(wake) => Some(Woken::Topic(wake)),
            Err(RecvError::Lagged(_)) => Some(Woken::Missed),
            Err(RecvError::Closed) => None,
        }
    }
}

pub(crate) const LEAVE: Statement = Statement::new(
    "leave a wake in the outbox",
    "insert into store_outbox (topic, position) values ($1, $2)
     on conflict (topic) do update set position = excluded.position where excluded.position > store_outbox.position",
    &[ArgKind::Text, ArgKind::Int],
);

pub(crate) const TAKE: Statement = Statement::new(
    "take wakes from the outbox",
    "select topic, position from store_outbox order by topic limit $1",
    &[ArgKind::Int],
);

pub(crate) const FORWARDED: Statement = Statement::new(
    "strike a wake that was forwarded",
    "delete from store_outbox where topic = $1 and position <= $2",
    &[ArgKind::Text, ArgKind::Int],
);

impl Db {
    /// What wakes followers in this process, after each commit.
    pub fn wakes(&self) -> Wakes {
        Wakes(self.wake_sender().subscribe())
    }

    /// Wakes that nobody has confirmed as forwarded: those of a moment ago, and those that a crash left behind.
    /// They stay until [`Db::outbox_forwarded`]; taking and forwarding one twice is harmless.
    pub async fn outbox_take(&self, limit: i64) -> Result<Vec<Wake>, StoreError> {
        let rows = self.all(TAKE, &[Arg::from(limit)]).await?;
        rows.iter()
            .map(|row| Ok(Wake { topic: row.get::<String>("topic")?.into(), position: row.get("position")? }))
            .collect()
    }

    /// Strikes wakes that have reached the bus. A topic that has moved on meanwhile stays.
    pub async fn outbox_forwarded(&self, wakes: &[Wake]) -> Result<(), StoreError> {
        if wakes.is_empty() {
            return Ok(());
        }
        self.write(|tx| {
            Box::pin(async move {
                for wake in wakes {
                    tx.exec(FORWARDED, &crate::args![&wake.topic, wake.position]).await?;
                }
                Ok(())
            })
        })
        .await
    }
}
