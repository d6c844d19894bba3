//! What tests lean on: private PostgreSQL, NATS, MQTT and OPC UA servers on free ports, databases of both engines, a clock
//! that stands still, seeded randomness, and waiting for a condition instead of sleeping.
//!
//! Every server lives under a small shell that holds the other end of a pipe: when the test drops the server, or the
//! whole test process dies however it may, the pipe closes, and the shell stops the server and removes its files.
//!
//! A test that needs a server fails when there is none to start; it never passes by skipping. The one exception is
//! `GUILDHALL_TEST_POSTGRES=off`, by which a person leaves the second engine out on purpose.

mod databases;
mod server;

pub use databases::{PgServer, TestDatabase, databases, postgres, postgres_database, sqlite_database};
pub use kernel::{FakeClock, Rng};
pub use server::{
    Mosquitto, NatsServer, PythonServer, free_port, mosquitto, nats, node, python, python_module, python_server,
};
pub use tempfile::TempDir;

use std::time::Duration;

/// The moment at which tests begin: 2026-11-22T08:00:00Z.
pub const START_MS: i64 = 1_795_334_400_000;

/// How long [`eventually`] waits. Generous: the machines are small and shared.
const PATIENCE: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// A clock that shows [`START_MS`] until the test moves it.
pub fn clock() -> FakeClock {
    FakeClock::at_millis(START_MS)
}

/// The seed of this run: `GUILDHALL_TEST_SEED`, or 1. Printed, so that a failure can be run again.
pub fn seed() -> u64 {
    let seed = std::env::var("GUILDHALL_TEST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    eprintln!("seed {seed} (GUILDHALL_TEST_SEED)");
    seed
}

/// Randomness of this run's [`seed`].
pub fn rng() -> Rng {
    Rng::from_seed(seed())
}

/// An empty folder that is removed when it is dropped.
pub fn temp_dir() -> TempDir {
    match tempfile::Builder::new().prefix("guildhall-test-").tempdir() {
        Ok(dir) => dir,
        Err(error) => panic!("no temporary folder: {error}"),
    }
}

/// Looks until `condition` holds; fails with `what` when it doesn't in half a minute.
pub async fn eventually(what: &str, condition: impl AsyncFnMut() -> bool) {
    wait_for(PATIENCE, BETWEEN_LOOKS, what, condition).await;
}

/// The same for what takes minutes, looked at less often.
pub async fn eventually_within(patience: Duration, what: &str, condition: impl AsyncFnMut() -> bool) {
    wait_for(patience, BETWEEN_LOOKS * 20, what, condition).await;
}

async fn wait_for(patience: Duration, between: Duration, what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let looking = async {
        while !condition().await {
            tokio::time::sleep(between).await;
        }
    };
    if tokio::time::timeout(patience, looking).await.is_err() {
        panic!("waited {} s in vain: {what}", patience.as_secs());
    }
}
