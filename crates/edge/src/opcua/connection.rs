//! One connection to a server, from the first word to the last.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::TryStreamExt;
use kernel::Nanos;
use opcua::client::{
    Client, ClientBuilder, IdentityToken, MonitoredItemMap, OnSubscriptionNotificationCore, Password, Session,
    SessionPollResult,
};
use opcua::crypto::SecurityPolicy;
use opcua::types::{
    AttributeId, DataChangeNotification, DataValue, EndpointDescription, ExtensionObject, MessageSecurityMode,
    MonitoredItemCreateRequest, MonitoringMode, MonitoringParameters, NodeId, NotificationMessage, ReadValueId,
    StatusChangeNotification, StatusCode, TimestampsToReturn,
};
use referee::Quality;
use telemetry::Tick;
use telemetry::batch::{self, Limits};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use super::progress::{Disbelieved, Progress};
use super::resolve::Map;
use super::{End, Server, is_stopped, trust, value};
use crate::config::opcua::{Mode, Policy, Security};
use crate::intake::{Done, Offer, Refusal};
use crate::source::{Source, SourceLink};

const CONNECT_WITHIN: Duration = Duration::from_secs(15);
const SETUP_WITHIN: Duration = Duration::from_secs(60);
const REQUEST_WITHIN: Duration = Duration::from_secs(5);
const KEEP_ALIVE: Duration = Duration::from_secs(2);
/// Failures of that, after which the server is given up.
const KEEP_ALIVE_FAILURES: u64 = 2;
const FAREWELL_WITHIN: Duration = Duration::from_secs(1);
/// Variables that were not there are looked for again.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
const ITEMS_AT_ONCE: usize = 500;
const NOTIFICATIONS_WAITING: usize = 1_000;
/// How long and how far later notifications may run ahead of a missing one.
const MISSING_WITHIN: Duration = Duration::from_secs(1);
const MISSING_AHEAD: usize = 16;
const LIFETIME_COUNT: u32 = 600;
const KEEP_ALIVE_COUNT: u32 = 10;

/// What the subscription says.
enum Said {
    Values { number: u32, values: Vec<(u32, DataValue)> },
    Ended(StatusCode),
}

/// Hands notifications over; never waits.
struct Ear {
    said: mpsc::Sender<Said>,
    is_overrun: Arc<AtomicBool>,
}

impl OnSubscriptionNotificationCore for Ear {
    fn on_subscription_notification(&mut self, notification: NotificationMessage, _: MonitoredItemMap<'_>) {
        let mut values = Vec::new();
        for part in notification.notification_data.unwrap_or_default() {
            if let Some(changes) = part.inner_as::<DataChangeNotification>() {
                let items = changes.monitored_items.iter().flatten();
                values.extend(items.map(|item| (item.client_handle, item.value.clone())));
            } else if let Some(change) = part.inner_as::<StatusChangeNotification>() {
                let _ = self.said.try_send(Said::Ended(change.status));
            }
        }
        let said = Said::Values { number: notification.sequence_number, values };
        if matches!(&said, Said::Values { values, .. } if values.is_empty()) {
            return;
        }
        if self.said.try_send(said).is_err() {
            self.is_overrun.store(true, Ordering::SeqCst);
        }
    }
}

pub(super) async fn run(server: &Server, has_spoken: &mut bool, stopped: &mut watch::Receiver<bool>) -> End {
    let connected = tokio::select! {
        connected = connect(server) => connected,
        () = is_stopped(stopped) => return End::Stopping,
    };
    let (session, mut driver) = match connected {
        Ok(connected) => connected,
        Err(why) => return End::Broken(why),
    };
    let (ear, mut said) = mpsc::channel(NOTIFICATIONS_WAITING);
    let is_overrun = Arc::new(AtomicBool::new(false));
    let ear = Ear { said: ear, is_overrun: is_overrun.clone() };
    let work = async {
        let subscription = subscribe(server, &session, ear).await?;
        let mut watched = vec![false; server.config.signals.len()];
        let lacking = watch(server, &session, subscription, &mut watched).await?;
        Ok::<_, String>((subscription, watched, lacking))
    };
    let (subscription, mut watched, lacking) = tokio::select! {
        ready = tokio::time::timeout(SETUP_WITHIN, work) => match ready {
            Ok(Ok(ready)) => ready,
            Ok(Err(why)) => return End::Broken(why),
            Err(_) => return End::Broken("the subscription took too long".to_owned()),
        },
        why = driver.join_next() => return End::Broken(why_of(why)),
        () = is_stopped(stopped) => return End::Stopping,
    };
    server.source.line_is(SourceLink::Up, lacking, server.state.clock.now());
    let mut listener = Listener::new(server);
    let mut look = tokio::time::interval_at(tokio::time::Instant::now() + LOOK_AGAIN, LOOK_AGAIN);
    let mut check = tokio::time::interval(MISSING_WITHIN);
    let lack_of_room = server.state.lack_of_room();
    tokio::pin!(lack_of_room);
    let end = loop {
        tokio::select! {
            biased;
            () = is_stopped(stopped) => break End::Stopping,
            Some(why) = listener.no_room.recv() => break End::NoRoom(why),
            why = &mut lack_of_room => break End::NoRoom(why),
            why = driver.join_next() => break End::Broken(why_of(why)),
            heard = said.recv() => match heard {
                None => break End::Broken("the subscription is gone".to_owned()),
                Some(Said::Ended(status)) => break End::Broken(format!("the subscription ended: {status}")),
                Some(Said::Values { number, values }) => {
                    *has_spoken = true;
                    if let Err(end) = listener.hear(number, values).await {
                        break end;
                    }
                }
            },
            _ = check.tick() => {
                if is_overrun.load(Ordering::SeqCst) {
                    Source::count(&server.source.counts.gaps, 1);
                    break End::Broken("notifications came faster than they could be taken".to_owned());
                }
                if let Err(end) = listener.is_complete() {
                    break end;
                }
            }
            _ = look.tick(), if watched.contains(&false) => {
                let again = tokio::time::timeout(SETUP_WITHIN, watch(server, &session, subscription, &mut watched));
                match again.await {
                    Ok(Ok(lacking)) => server.source.line_is(SourceLink::Up, lacking, server.state.clock.now()),
                    Ok(Err(why)) => break End::Broken(why),
                    Err(_) => break End::Broken("looking for variables took too long".to_owned()),
                }
            }
        }
    };
    // Servers keep clients that leave without a word for a long time.
    let _ = tokio::time::timeout(FAREWELL_WITHIN, session.disconnect()).await;
    end
}

fn why_of(ended: Option<Result<String, tokio::task::JoinError>>) -> String {
    match ended {
        Some(Ok(why)) => why,
        Some(Err(error)) => error.to_string(),
        None => "the connection is gone".to_owned(),
    }
}

fn client(server: &Server) -> Result<Client, String> {
    let application_uri = format!("urn:guildhall:edge:{}", server.state.config.edge);
    let mut builder = ClientBuilder::new()
        .application_name("Guildhall gateway")
        .application_uri(&application_uri)
        .product_uri("urn:guildhall:edge")
        .session_name(server.state.config.edge.to_string())
        .trust_server_certs(false)
        .verify_server_certs(true)
        .recreate_subscriptions(false)
        .session_retry_limit(0)
        .session_timeout(60_000)
        .keep_alive_interval(KEEP_ALIVE)
        .max_failed_keep_alive_count(KEEP_ALIVE_FAILURES)
        .request_timeout(REQUEST_WITHIN)
        .min_publish_interval(server.config.publishing);
    if let Some(pki) = &server.config.pki {
        trust::prepare(pki, &application_uri)?;
        builder = builder.pki_dir(pki);
    }
    builder.client().map_err(|faults| faults.join("; "))
}

fn wanted(security: Security) -> (SecurityPolicy, MessageSecurityMode) {
    match security {
        Security::None => (SecurityPolicy::None, MessageSecurityMode::None),
        Security::With { policy, mode } => (
            match policy {
                Policy::Basic256Sha256 => SecurityPolicy::Basic256Sha256,
                Policy::Aes128Sha256RsaOaep => SecurityPolicy::Aes128Sha256RsaOaep,
                Policy::Aes256Sha256RsaPss => SecurityPolicy::Aes256Sha256RsaPss,
            },
            match mode {
                Mode::Sign => MessageSecurityMode::Sign,
                Mode::SignAndEncrypt => MessageSecurityMode::SignAndEncrypt,
            },
        ),
    }
}

/// A session that is up, and the task that drives it; the task ends with the connection, and says why.
async fn connect(server: &Server) -> Result<(Arc<Session>, JoinSet<String>), String> {
    // Making a key takes a while.
    let mut client = {
        let server = Server {
            state: server.state.clone(),
            source: server.source.clone(),
            config: server.config.clone(),
            offers: server.offers.clone(),
        };
        tokio::task::spawn_blocking(move || client(&server)).await.map_err(|error| error.to_string())??
    };
    let url = server.config.url.as_str();
    let offered = tokio::time::timeout(CONNECT_WITHIN, client.get_server_endpoints_from_url(url))
        .await
        .map_err(|_| "the server doesn't answer".to_owned())?
        .map_err(|error| error.to_string())?;
    let (policy, mode) = wanted(server.config.security);
    let fits = |one: &&EndpointDescription| {
        one.security_mode == mode && SecurityPolicy::from_uri(one.security_policy_uri.as_ref()) == policy
    };
    let Some(endpoint) = offered.iter().find(fits) else {
        let list = offered.iter().map(|one| {
            let policy = one.security_policy_uri.as_ref().rsplit('#').next().unwrap_or_default().to_owned();
            format!("{policy} {}", one.security_mode)
        });
        let list = list.collect::<Vec<_>>().join(", ");
        return Err(format!("the server doesn't offer this security; it offers {list}"));
    };
    // A server may call itself by a name that nobody else knows.
    let endpoint = EndpointDescription { endpoint_url: url.into(), ..endpoint.clone() };
    let identity = match &server.config.login {
        Some((name, password)) => IdentityToken::UserName(name.clone(), Password::new(password.clone())),
        None => IdentityToken::Anonymous,
    };
    let (session, events) = client
        .connect_to_endpoint_directly(endpoint, identity)
        .map_err(|error| explained(server, &error.to_string()))?;
    let (up, is_up) = oneshot::channel();
    let mut up = Some(up);
    let mut driver = JoinSet::new();
    driver.spawn(async move {
        let events = events.enter();
        tokio::pin!(events);
        loop {
            match events.try_next().await {
                Ok(Some(SessionPollResult::Reconnected(_))) => {
                    if up.take().is_none_or(|up| up.send(()).is_err()) {
                        return "the connection was made anew".to_owned();
                    }
                }
                Ok(Some(SessionPollResult::ConnectionLost(status) | SessionPollResult::ReconnectFailed(status))) => {
                    return format!("the connection is lost: {status}");
                }
                Ok(Some(_)) => {}
                Ok(None) => return "the connection is closed".to_owned(),
                Err(status) => return format!("the connection can't be made: {status}"),
            }
        }
    });
    let made = tokio::select! {
        made = tokio::time::timeout(CONNECT_WITHIN, is_up) => made,
        why = driver.join_next() => return Err(explained(server, &why_of(why))),
    };
    match made {
        Ok(Ok(())) => Ok((session, driver)),
        Ok(Err(_)) => Err(explained(server, &why_of(driver.join_next().await))),
        Err(_) => Err("the session took too long".to_owned()),
    }
}

/// Says what to do, where it is ours to know.
fn explained(server: &Server, why: &str) -> String {
    match &server.config.pki {
        Some(pki) if why.contains("Untrusted") || why.contains("BadSecurityChecksFailed") => format!(
            "{why}: move the server's certificate from {} to trusted beside it, and let the server trust {}",
            pki.join("rejected").display(),
            pki.join("own/cert.der").display()
        ),
        _ => why.to_owned(),
    }
}

async fn subscribe(server: &Server, session: &Session, ear: Ear) -> Result<u32, String> {
    session
        .create_subscription(server.config.publishing, LIFETIME_COUNT, KEEP_ALIVE_COUNT, 0, 0, true, ear)
        .await
        .map_err(|error| error.to_string())
}

/// Watches what is not watched yet; says what is still lacking.
async fn watch(
    server: &Server,
    session: &Session,
    subscription: u32,
    watched: &mut [bool],
) -> Result<Option<String>, String> {
    let mut map = Map::default();
    let mut lacking = Vec::new();
    let mut items: Vec<(usize, NodeId)> = Vec::new();
    for (ix, signal) in server.config.signals.iter().enumerate().filter(|(ix, _)| !watched[*ix]) {
        match map.find(session, &signal.node).await {
            Ok(node) => items.push((ix, node)),
            Err(why) => lacking.push(format!("{}: {why}", signal.node)),
        }
    }
    for chunk in items.chunks(ITEMS_AT_ONCE) {
        let requests = chunk.iter().map(|(ix, node)| MonitoredItemCreateRequest {
            item_to_monitor: ReadValueId {
                node_id: node.clone(),
                attribute_id: AttributeId::Value as u32,
                ..ReadValueId::default()
            },
            monitoring_mode: MonitoringMode::Reporting,
            requested_parameters: MonitoringParameters {
                client_handle: *ix as u32 + 1,
                sampling_interval: server.config.sampling.as_secs_f64() * 1_000.0,
                filter: ExtensionObject::null(),
                queue_size: server.config.queue,
                discard_oldest: true,
            },
        });
        let made = session
            .create_monitored_items(subscription, TimestampsToReturn::Both, requests.collect())
            .await
            .map_err(|error| error.to_string())?;
        for ((ix, _), made) in chunk.iter().zip(made) {
            let node = &server.config.signals[*ix].node;
            if made.result.status_code.is_bad() {
                lacking.push(format!("{node}: {}", made.result.status_code));
                continue;
            }
            watched[*ix] = true;
            if made.result.revised_queue_size < 2 {
                tracing::warn!(%node, "the server keeps a queue of one: it says when it loses a value");
            }
        }
    }
    for one in &lacking {
        tracing::warn!(url = %server.config.url, %one, "a variable can't be watched");
    }
    Ok((!lacking.is_empty()).then(|| lacking.join("; ")))
}

/// Puts notifications in order and makes ticks of them.
struct Listener<'a> {
    server: &'a Server,
    progress: Vec<Progress>,
    expected: Option<u32>,
    ahead: BTreeMap<u32, Vec<(u32, DataValue)>>,
    /// Something ran ahead at the last look already.
    was_ahead: bool,
    full: mpsc::Sender<String>,
    no_room: mpsc::Receiver<String>,
}

/// Numbers go round, and leave out 0.
fn after(number: u32) -> u32 {
    number.checked_add(1).unwrap_or(1)
}

impl<'a> Listener<'a> {
    fn new(server: &'a Server) -> Listener<'a> {
        let (full, no_room) = mpsc::channel(1);
        Listener {
            server,
            progress: vec![Progress::default(); server.config.signals.len()],
            expected: None,
            ahead: BTreeMap::new(),
            was_ahead: false,
            full,
            no_room,
        }
    }

    async fn hear(&mut self, number: u32, values: Vec<(u32, DataValue)>) -> Result<(), End> {
        Source::count(&self.server.source.counts.messages, 1);
        self.ahead.insert(number, values);
        // The first notification of a subscription has the number 1.
        let mut next = self.expected.unwrap_or(1);
        while let Some(values) = self.ahead.remove(&next) {
            next = after(next);
            self.take(values).await?;
        }
        self.expected = Some(next);
        if self.ahead.len() > MISSING_AHEAD { Err(self.missing()) } else { Ok(()) }
    }

    fn missing(&self) -> End {
        Source::count(&self.server.source.counts.gaps, 1);
        End::Broken("a notification is missing".to_owned())
    }

    /// Looked at now and then: a missing notification that nothing follows is missing too.
    fn is_complete(&mut self) -> Result<(), End> {
        let is_ahead = !self.ahead.is_empty();
        if std::mem::replace(&mut self.was_ahead, is_ahead) && is_ahead { Err(self.missing()) } else { Ok(()) }
    }

    async fn take(&mut self, values: Vec<(u32, DataValue)>) -> Result<(), End> {
        let server = self.server;
        let now = server.state.clock.now();
        let latest = now.plus_millis(Limits::default().ahead_max_ms).to_nanos();
        let (mut current, mut changes) = (Gathered::default(), Gathered::default());
        for (handle, value) in values {
            let ix = (handle as usize).wrapping_sub(1);
            let Some(signal) = server.config.signals.get(ix) else { continue };
            let read = value::read(&value);
            if read.is_unfit {
                self.refuse(format!("{}: a value that is no signal", signal.node));
                // The signal is bad: that is taken.
            }
            if read.is_after_loss && !self.progress[ix].is_new() {
                Source::count(&server.source.counts.overflows, 1);
                tracing::warn!(node = %signal.node, "the server's queue has lost values: the signal is bad in between");
            }
            let believe = |at| {
                let tick = Tick { station: signal.station.clone(), at, readings: Vec::new(), quality: Quality::Good };
                batch::check_time(1, &tick, latest)
            };
            let place = match self.progress[ix].place(&read, value::arrival(now), believe) {
                Ok(place) => place,
                Err(Disbelieved { fault, bad_at }) => {
                    self.refuse(format!("{}: {}", signal.node, fault.what.en));
                    if let Some(bad_at) = bad_at {
                        changes.add(signal, bad_at, Quality::Bad, None);
                    }
                    continue;
                }
            };
            if let Some(bad_from) = place.bad_from {
                changes.add(signal, bad_from, Quality::Bad, None);
            }
            let gathered = if place.is_current { &mut current } else { &mut changes };
            // Its value is true, its time is not.
            let quality = if place.is_moved { read.quality.max(Quality::Uncertain) } else { read.quality };
            gathered.add(signal, place.at, quality, read.reading);
        }
        for (gathered, is_current) in [(current, true), (changes, false)] {
            let ticks = gathered.into_ticks();
            if ticks.is_empty() {
                continue;
            }
            let full = self.full.clone();
            let done: Done = Box::new(move |result| {
                if let Err(refusal) = result {
                    let why = match refusal {
                        Refusal::Full(why) => why,
                        Refusal::Fault(fault) => fault.what.en,
                        Refusal::Number(next) => format!("expected number {next}"),
                    };
                    let _ = full.try_send(why);
                }
            });
            let offer = Offer::Message { ticks, historical: Vec::new(), is_current, has_own_time: false, done };
            if server.offers.send(offer).await.is_err() {
                return Err(End::Stopping);
            }
        }
        Ok(())
    }

    fn refuse(&self, why: String) {
        Source::count(&self.server.source.counts.refused, 1);
        self.server.state.refuse(why);
    }
}

/// Readings by time, station and quality.
#[derive(Default)]
struct Gathered(BTreeMap<(Nanos, Arc<str>, u8), Tick>);

impl Gathered {
    fn add(
        &mut self,
        signal: &crate::config::opcua::NodeSignal,
        at: Nanos,
        quality: Quality,
        reading: telemetry::Reading,
    ) {
        let tick = self.0.entry((at, signal.station.clone(), quality as u8)).or_insert_with(|| Tick {
            station: signal.station.clone(),
            at,
            readings: Vec::new(),
            quality,
        });
        tick.readings.push((signal.signal.clone(), reading));
    }

    fn into_ticks(self) -> Vec<Tick> {
        self.0.into_values().collect()
    }
}
