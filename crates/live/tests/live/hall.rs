//! A hub behind a front door, and a stand-in for the HTTP server behind it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use kernel::FakeClock;
use live::{Front, Hub, LiveConfig};
use testkit::eventually;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

pub const OVERALL: &str = "contests/con_1/overall";
pub const OVERALL_PATH: &str = "/live/contests/con_1/overall";

/// What the hall's clock shows, which is not the hub's.
pub const HALL_MS: i64 = 1_790_000_000_123;

pub struct Hall {
    pub hub: Hub,
    pub address: SocketAddr,
    /// The live listener beside it.
    pub live: SocketAddr,
    pub clock: FakeClock,
    others: tokio::task::JoinHandle<()>,
}

pub fn config() -> LiveConfig {
    LiveConfig {
        epoch: "k3f9".to_owned(),
        shards: 2,
        window: Duration::ZERO,
        ahead: 0,
        hall_clock: Arc::new(FakeClock::at_millis(HALL_MS)),
        ..LiveConfig::default()
    }
}

/// A hall whose hub keeps its own time.
pub async fn open(config: LiveConfig) -> Hall {
    let hub = Hub::new(config).unwrap();
    serve(hub, FakeClock::default()).await
}

/// A hall whose hub's time is moved with [`Hall::pass`].
pub async fn open_by_hand(config: LiveConfig) -> Hall {
    let clock = FakeClock::at_millis(1_000_000);
    let hub = Hub::by_hand(config, Arc::new(clock.clone())).unwrap();
    serve(hub, clock).await
}

async fn serve(hub: Hub, clock: FakeClock) -> Hall {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut front = Front::open(listener, hub.clone()).unwrap();
    let address = front.local_addr();
    let live = hub.listen(SocketAddr::from(([127, 0, 0, 1], 0)), None).unwrap();
    // Says back what it got, so that a test sees that nothing was taken away.
    let others = tokio::spawn(async move {
        loop {
            let (mut socket, _) = front.accept().await;
            tokio::spawn(async move {
                let mut heard = vec![0; 64 * 1024];
                let length = socket.read(&mut heard).await.unwrap_or(0);
                let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nx-other: yes\r\n\r\n").await;
                let _ = socket.write_all(&heard[..length]).await;
            });
        }
    });
    Hall { hub, address, live, clock, others }
}

impl Hall {
    /// Lets time go by in the hub.
    pub fn pass(&self, span: Duration) {
        self.clock.advance_millis(span.as_millis() as i64);
        self.hub.tick();
    }

    /// Publishes one value.
    pub fn set(&self, topic: &str, key: &str, json: &str) {
        self.hub.topic(topic).apply([(key, Some(bytes::Bytes::from(json.to_owned())))]);
    }

    pub async fn until(&self, what: &str, mut holds: impl FnMut(&live::Stats) -> bool) {
        eventually(what, async || holds(&self.hub.stats())).await;
    }
}

impl Drop for Hall {
    fn drop(&mut self) {
        self.others.abort();
    }
}
