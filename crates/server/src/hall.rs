//! Opens a hall and closes it: database, rooms, listener, bus.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use contest::ContestRoom;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use kernel::{Clock, Rng, SystemClock};
use live::{Bus, Front, Hub, LiveConfig, Seal};
use lrs::Lrs;
use people::DemoDoors;
use prometheus_client::metrics::gauge::Gauge;
use store::Db;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use web::{Hall, HallConfig, LiveOrigin};

use crate::config::{Config, LivePlace, Printing};
use crate::taking::{PATIENCE, Taking};
use crate::{measures, screens};

/// So long the door stays open when the hall stops, while `/readyz` says that nobody should come.
const NOTICE: Duration = Duration::from_secs(1);
/// So long open requests may take when the hall stops.
const DRAIN: Duration = Duration::from_secs(10);
/// How often to look for contests of other nodes.
const LOOK_FOR_CONTESTS: Duration = Duration::from_secs(2);
/// The head of a request must be there after so long; an idle connection is closed then.
const HEAD_WITHIN: Duration = Duration::from_secs(60);

/// What a hall is opened with.
pub struct Opening {
    pub listen: SocketAddr,
    pub database: String,
    pub nats: Option<String>,
    pub spectators_max: usize,
    pub live: Option<LivePlace>,
    pub config: HallConfig,
    pub clock: Arc<dyn Clock>,
    /// Seeds ids and draws; from the operating system without it.
    pub seed: Option<u64>,
    pub doors: DemoDoors,
}

impl Opening {
    pub fn of(config: &Config, live: Option<LivePlace>, printing: Printing) -> Self {
        Self {
            listen: config.listen,
            database: config.database.clone(),
            nats: config.nats.clone(),
            spectators_max: config.spectators_max,
            live,
            config: HallConfig {
                secure: config.secure_cookies,
                behind_proxy: config.behind_proxy,
                public_url: printing.public_url,
                zone: printing.zone,
                ..HallConfig::default()
            },
            clock: Arc::new(SystemClock),
            seed: None,
            doors: DemoDoors::default(),
        }
    }
}

/// The shared state over an open database.
pub fn of(db: Db, opening: &Opening) -> anyhow::Result<Hall> {
    let secrets = web::secrets_from_os().context("the operating system gives no randomness")?;
    let rng = match opening.seed {
        Some(seed) => Rng::from_seed(seed),
        None => web::secrets_from_os().context("the operating system gives no randomness")?,
    };
    Ok(Hall::new(db, opening.clock.clone(), rng, secrets, opening.config.clone()))
}

/// A hall that is open.
pub struct Running {
    pub address: SocketAddr,
    /// The live listener's address, when there is one.
    pub live: Option<SocketAddr>,
    pub hall: Hall,
    hub: Hub,
    accepting: tokio::task::JoinHandle<()>,
    connections: Connections,
}

/// The connections that are open, and how they are asked to end after the request they are at.
#[derive(Clone)]
struct Connections {
    open: TaskTracker,
    stop: CancellationToken,
}

pub async fn open(mut opening: Opening) -> anyhow::Result<Running> {
    let limit = live::raise_descriptor_limit();
    tracing::debug!(limit, "open files allowed");
    // First the address, then the database: a hall that can't be reached should leave no trace.
    let listener = TcpListener::bind(opening.listen)
        .await
        .with_context(|| format!("{} can't be listened on; is another hall running there?", opening.listen))?;
    let live_config = LiveConfig {
        connections: opening.spectators_max as u64,
        hall_clock: opening.clock.clone(),
        ..LiveConfig::default()
    };
    let hub = Hub::new(live_config).context("the live threads can't be started")?;
    let live = match &opening.live {
        Some(place) => {
            let (address, origin) = open_live(place, &hub)?;
            opening.config.live = Some(origin);
            Some(address)
        }
        None => None,
    };
    // The store names the database itself, without its password.
    let db = Db::connect(&opening.database).await?;
    db.migrate().await.context("the database can't be brought to this program's version")?;
    let hall = of(db, &opening)?;
    let contests = ContestRoom::new(hall.clone(), hub.clone(), screens::paper_fonts);
    lrs::tenants::prepare(&hall).await?;
    if hall.is_demo() {
        lrs::clients::create::demo(&hall).await?;
    }
    let records = Lrs::new(hall.clone());
    records.begin();
    let rooms = vec![
        people::room(hall.clone(), opening.doors.clone()),
        contest::room(contests.clone()),
        lrs::room(records.clone()),
    ];
    let in_motion = measures::register(&hall, &hub, &contests);
    let router = web::App::new(hall.clone(), rooms).screens(screens::router(opening.config.live.clone())).build()?;
    let opened = contests.open_all().await.context("the contests can't be opened")?;
    tracing::debug!(opened, "contests in motion");
    if let Some(url) = &opening.nats {
        let bus = Bus::nats(url).await?;
        tokio::spawn(forward_wakes(hall.clone(), bus.clone()));
        contests.follow(bus);
    }
    tokio::spawn(look_for_contests(hall.clone(), contests, in_motion));
    tokio::spawn(clear_expired(hall.clone()));
    let front = Front::open(listener, hub.clone())?;
    let address = front.local_addr();
    let connections = Connections { open: TaskTracker::new(), stop: CancellationToken::new() };
    let accepting = tokio::spawn(accept(front, router, connections.clone()));
    Ok(Running { address, live, hall, hub, accepting, connections })
}

/// Opens the live listener: where it is, and where browsers find it.
fn open_live(place: &LivePlace, hub: &Hub) -> anyhow::Result<(SocketAddr, LiveOrigin)> {
    let seal = place.seal.as_ref().map(|files| Seal::read(&files.certificate, &files.key)).transpose()?;
    let address = hub.listen(place.listen, seal.as_ref()).with_context(|| {
        format!("{} can't be listened on for the live listener; it needs an address of its own", place.listen)
    })?;
    let secure = seal.is_some();
    if let Some(seal) = seal {
        tokio::spawn(renew(seal, signal(SignalKind::hangup()).context("the signal to renew can't be heard")?));
    }
    let beside = LiveOrigin::Beside { port: address.port(), secure };
    Ok((address, place.origin.clone().unwrap_or(beside)))
}

/// A renewed certificate is read when the process is told so (SIGHUP).
async fn renew(seal: Arc<Seal>, mut told: tokio::signal::unix::Signal) {
    while told.recv().await.is_some() {
        match seal.renew() {
            Ok(()) => tracing::info!("the live listener's certificate was read again"),
            Err(error) => tracing::error!(%error, "the live listener goes on with the certificate it has"),
        }
    }
}

impl Running {
    /// Tells the balancer, sends the spectators elsewhere, closes the door, lets open requests end, then closes the database.
    pub async fn close(self) {
        tracing::info!("the hall is closing");
        self.hall.drain();
        self.hub.drain();
        self.connections.stop.cancel();
        // Who comes meanwhile is still answered, once for each connection: nobody should meet a closed door before the balancer knows.
        tokio::time::sleep(NOTICE).await;
        self.accepting.abort();
        self.connections.open.close();
        if tokio::time::timeout(DRAIN, self.connections.open.wait()).await.is_err() {
            tracing::warn!("some requests were still open and are given up");
        }
        self.hub.drained(Duration::from_secs(2)).await;
        self.hall.close();
        self.hall.db.close().await;
        tracing::info!("the hall is closed");
    }
}

async fn accept(mut front: Front, router: Router, connections: Connections) {
    loop {
        let (socket, peer) = front.accept().await;
        serve_connection(socket, peer, router.clone(), &connections);
    }
}

fn serve_connection(socket: TcpStream, peer: SocketAddr, router: Router, connections: &Connections) {
    let service = router.map_request(move |mut request: http::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        request.map(axum::body::Body::new)
    });
    let stop = connections.stop.clone();
    connections.open.spawn(async move {
        let mut builder = hyper::server::conn::http1::Builder::new();
        // Who comes when the hall is about to stop gets one answer.
        let leaving = stop.is_cancelled();
        builder.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).keep_alive(!leaving);
        let connection =
            builder.serve_connection(TokioIo::new(Taking::new(socket, PATIENCE)), TowerToHyperService::new(service));
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = stop.cancelled(), if !leaving => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, %error, "a connection ended early");
        }
    });
}

/// From the outbox to the bus: at once after each commit, and what a crash left behind.
async fn forward_wakes(hall: Hall, bus: Bus) {
    let mut wakes = hall.db.wakes();
    while !hall.is_closed() {
        let waited = tokio::time::timeout(Duration::from_secs(1), wakes.next()).await;
        if let Ok(Some(store::Woken::Topic(wake))) = &waited {
            bus.wake(&wake.topic, wake.position);
        }
        if waited.is_err() {
            match hall.db.outbox_take(1000).await {
                Ok(left) => {
                    left.iter().for_each(|wake| bus.wake(&wake.topic, wake.position));
                    if let Err(error) = hall.db.outbox_forwarded(&left).await {
                        tracing::warn!(%error, "the outbox can't be cleared; its wakes are sent again");
                    }
                }
                Err(error) => tracing::warn!(%error, "the outbox can't be read"),
            }
        }
    }
}

/// Contests that another node has made, and that nobody has asked this node for yet: their spectators may come here first.
async fn look_for_contests(hall: Hall, contests: ContestRoom, in_motion: Gauge) {
    let mut look = tokio::time::interval(LOOK_FOR_CONTESTS);
    while !hall.is_closed() {
        look.tick().await;
        match contests.open_new().await {
            Ok(count) => {
                in_motion.set(count as i64);
            }
            Err(error) => tracing::warn!(%error, "new contests can't be looked for"),
        }
    }
}

async fn clear_expired(hall: Hall) {
    let mut hourly = tokio::time::interval(Duration::from_secs(3600));
    while !hall.is_closed() {
        hourly.tick().await;
        if let Err(error) = web::clear_expired(&hall).await {
            tracing::warn!(%error, "what has expired can't be cleared");
        }
    }
}
