//! MQTT in. A message is acknowledged to the broker only when it is in the spool, and the session is kept, so what was on
//! its way when an edge died comes again.
//!
//! When the spool has no room, the broker is let go of until it has, whether or not something was refused yet: what was not
//! acknowledged waits there, and so does what comes meanwhile.
//! A retained message says what was true at some time before, and one that is delivered again may have come before: without a
//! time of its own either is uncertain. What the line to the broker loses is bad from then on ([`told`](crate::told)).

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use kernel::{Nanos, Timestamp};
use referee::Quality;
use rumqttc::{
    AsyncClient, ConnectionError, Event, EventLoop, LastWill, MqttOptions, Outgoing, Packet, Publish, QoS, StateError,
};
use telemetry::Tick;
use telemetry::batch::{self, Limits};
use tokio::sync::{mpsc, oneshot, watch};

use crate::config::MqttConfig;
use crate::intake::{Done, Offer, Refusal};
use crate::source::{Source, SourceLink};
use crate::sparkplug::{self, Nodes};
use crate::state::State;
use crate::told::{By, Told};

const KEEP_ALIVE: Duration = Duration::from_secs(10);
const RECONNECT_AFTER: Duration = Duration::from_millis(500);
/// How long a broker may take to hear that it is let go of.
const PARTING: Duration = Duration::from_secs(2);
const PACKET_BYTES_MAX: usize = 1 << 20;
/// How long a broker that has kept the session may take to tell what has waited there.
const TOLD_WITHIN_MS: i64 = 5_000;
/// Acknowledgements that may wait for the connection.
const REQUESTS_WAITING: usize = 8_192;

/// One broker, over all its connections.
pub(crate) struct Broker {
    state: Arc<State>,
    source: Arc<Source>,
    config: MqttConfig,
    offers: mpsc::Sender<Offer>,
    unknown: HashSet<String>,
    nodes: Option<Nodes>,
    told: Told,
    /// Since when the broker tells nothing; `None` while it does.
    lost_at: Option<Timestamp>,
    /// What is bad since then and was not taken yet.
    owed: Vec<Tick>,
}

/// Why a connection ended.
enum End {
    /// What was said from `since` on may be lost.
    Broken {
        why: String,
        since: Timestamp,
    },
    NoRoom(String),
    Stopping,
}

impl Broker {
    /// `found` is what was told before this edge was started. What nobody kept for it meanwhile is not known.
    pub fn new(
        state: Arc<State>,
        source: Arc<Source>,
        config: MqttConfig,
        offers: mpsc::Sender<Offer>,
        found: &BTreeSet<(Arc<str>, Arc<str>)>,
    ) -> Broker {
        let mut told = Told::default();
        for (station, signal) in found {
            if let Some(by) = config.tells(station, signal) {
                told.find(station, signal, by);
            }
        }
        if config.is_kept() {
            source.keeps_what_comes();
        }
        let since = state.away_since;
        let owed = told.lose(since.to_nanos(), |by| by != By::Kept);
        let nodes = config.sparkplug.clone().map(|sparkplug| Nodes::new(sparkplug, config.stations.clone()));
        Broker { state, source, config, offers, unknown: HashSet::new(), nodes, told, lost_at: Some(since), owed }
    }

    pub async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            let end = tokio::select! {
                end = self.session() => end,
                _ = stopped.wait_for(|stopped| *stopped) => break,
            };
            let now = self.state.clock.now();
            let (is_full, since) = match end {
                End::Stopping => break,
                End::Broken { why, since } => {
                    self.source.line_is(SourceLink::Down, Some(why), now);
                    (false, since)
                }
                End::NoRoom(why) => {
                    self.source.line_is(SourceLink::Paused, Some(why), now);
                    (true, now)
                }
            };
            if self.config.is_kept() {
                self.source.keeps_what_comes();
            }
            // However often it is tried in vain: it was lost once.
            let at = *self.lost_at.get_or_insert(since);
            let nodes = self.nodes.as_mut().map(|nodes| nodes.lost(at)).unwrap_or_default();
            self.owed.extend(nodes);
            self.owed.extend(self.told.lose(at.to_nanos(), |by| by == By::Unkept));
            self.show_nodes();
            let go_on = async {
                if is_full {
                    self.state.wait_for_room().await;
                }
                while !self.mark().await {
                    tokio::time::sleep(RECONNECT_AFTER).await;
                    self.state.wait_for_room().await;
                }
                tokio::time::sleep(RECONNECT_AFTER).await;
            };
            tokio::select! {
                () = go_on => {}
                _ = stopped.wait_for(|stopped| *stopped) => break,
            }
        }
        self.source.line_is(SourceLink::Down, Some("the edge is stopping".to_owned()), self.state.clock.now());
    }

    /// Hands in what is bad; whether it was taken.
    async fn mark(&mut self) -> bool {
        if self.owed.is_empty() {
            return true;
        }
        let is_taken = hand_in(&self.offers, self.owed.clone()).await;
        if is_taken {
            Source::count(&self.source.counts.deaths, 1);
            self.owed.clear();
        }
        is_taken
    }

    /// One connection, until it breaks.
    async fn session(&mut self) -> End {
        let config = &self.config;
        let mut options = MqttOptions::new(config.client_id.clone(), config.host.clone(), config.port);
        options.set_keep_alive(KEEP_ALIVE);
        options.set_clean_session(false);
        options.set_manual_acks(true);
        options.set_max_packet_size(PACKET_BYTES_MAX, PACKET_BYTES_MAX);
        options.set_request_channel_capacity(REQUESTS_WAITING);
        if let Some((login, password)) = &config.login {
            options.set_credentials(login.clone(), password.clone());
        }
        let host = config.sparkplug.as_ref().and_then(|sparkplug| sparkplug.host_id.clone());
        let state_topic = host.map(|host| format!("{}/STATE/{host}", sparkplug::NAMESPACE));
        // The will of a host carries the time of its birth, by which nodes tell an old one.
        let host_state = |is_online: bool, at: i64| format!(r#"{{"online":{is_online},"timestamp":{at}}}"#);
        let connected_at = self.state.clock.now().as_millis();
        if let Some(topic) = &state_topic {
            options.set_last_will(LastWill::new(topic, host_state(false, connected_at), QoS::AtLeastOnce, true));
        }
        let (client, mut connection) = AsyncClient::new(options, REQUESTS_WAITING);
        // Want of room ends the session: the broker keeps what was refused, and sends it again.
        let (full, mut is_full) = mpsc::channel::<String>(1);
        let shared = self.state.clone();
        let lack_of_room = shared.lack_of_room();
        tokio::pin!(lack_of_room);
        // Until the broker has confirmed them all it passes by what is told to it.
        let mut unconfirmed = 0;
        let mut lacking = None;
        let mut told_within_ms = 0;
        let mut heard_at = self.state.clock.now();
        loop {
            let event = tokio::select! {
                biased;
                Some(why) = is_full.recv() => Err(why),
                why = &mut lack_of_room => Err(why),
                event = connection.poll() => Ok(event),
            };
            let event = match event {
                Ok(event) => event,
                Err(why) => {
                    let offline = state_topic.map(|topic| (topic, host_state(false, connected_at)));
                    part(&client, &mut connection, offline).await;
                    return End::NoRoom(why);
                }
            };
            if let Ok(Event::Incoming(_)) = &event {
                heard_at = self.state.clock.now();
            }
            match event {
                Ok(Event::Incoming(Packet::ConnAck(answer))) => {
                    // Nothing is subscribed to yet: what comes then follows what is called bad here.
                    if answer.session_present {
                        told_within_ms = TOLD_WITHIN_MS;
                    } else {
                        let at = self.lost_at.unwrap_or(heard_at).to_nanos();
                        self.owed.extend(self.told.lose(at, |by| by != By::Sparkplug));
                    }
                    if !self.mark().await {
                        return End::NoRoom("what the broker has lost can't be noted".to_owned());
                    }
                    self.lost_at = None;
                    unconfirmed = match self.subscribe(&client) {
                        Ok(subscriptions) => subscriptions,
                        Err(error) => return End::Broken { why: error.to_string(), since: heard_at },
                    };
                    if let Some(topic) = &state_topic {
                        let _ = client.try_publish(topic, QoS::AtLeastOnce, true, host_state(true, connected_at));
                    }
                    self.ask_all(&client);
                }
                Ok(Event::Incoming(Packet::SubAck(answer))) => {
                    if answer.return_codes.contains(&rumqttc::SubscribeReasonCode::Failure) {
                        let why = "the broker refuses a subscription".to_owned();
                        self.refuse(why.clone());
                        lacking = Some(why);
                    }
                    unconfirmed -= answer.return_codes.len().min(unconfirmed);
                    if unconfirmed == 0 {
                        self.source.has_told_by(heard_at.plus_millis(told_within_ms));
                        self.source.line_is(SourceLink::Up, lacking.take(), heard_at);
                    }
                }
                Ok(Event::Incoming(Packet::Publish(message))) => {
                    Source::count(&self.source.counts.messages, 1);
                    let taken = match &self.nodes {
                        Some(_) if message.topic.starts_with(sparkplug::NAMESPACE) => {
                            self.hear(&client, &full, message).await
                        }
                        _ => self.take(&client, &full, message).await,
                    };
                    if !taken {
                        return End::Stopping;
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    let since = if is_sudden(&error) { self.state.clock.now() } else { heard_at };
                    return End::Broken { why: error.to_string(), since };
                }
            }
        }
    }

    /// Asks for all that the settings name; how many subscriptions that are.
    fn subscribe(&self, client: &AsyncClient) -> Result<usize, rumqttc::ClientError> {
        let config = &self.config;
        let topics = config.topics.iter().map(|topic| {
            let qos = if topic.qos == 0 { QoS::AtMostOnce } else { QoS::AtLeastOnce };
            (topic.pattern.filter(), qos)
        });
        let wills = config.wills.iter().map(|will| (will.topic.filter(), QoS::AtLeastOnce));
        let births = config.sparkplug.iter().flat_map(|sparkplug| sparkplug.filters());
        let all = topics.chain(wills).chain(births.map(|filter| (filter, QoS::AtLeastOnce)));
        let mut asked = 0;
        for (filter, qos) in all {
            client.try_subscribe(filter, qos)?;
            asked += 1;
        }
        Ok(asked)
    }

    /// Asks every node that was heard of to be born again: what it said meanwhile is not known.
    fn ask_all(&mut self, client: &AsyncClient) {
        let names = self.nodes.as_ref().map(Nodes::names).unwrap_or_default();
        for name in names {
            self.ask(client, &name);
        }
    }

    fn ask(&mut self, client: &AsyncClient, name: &sparkplug::NodeName) {
        let now = self.state.clock.now();
        let Some(nodes) = &mut self.nodes else { return };
        if !nodes.may_ask(name, now) {
            return;
        }
        let command = sparkplug::rebirth_command(now.as_millis().max(0) as u64);
        if client.try_publish(name.command_topic(), QoS::AtMostOnce, false, command).is_ok() {
            tracing::info!(node = %name, "a node is asked for its births");
            Source::count(&self.source.counts.rebirths, 1);
            self.source.node(&name.to_string(), now, |node| node.rebirths += 1);
        }
    }

    fn show_nodes(&self) {
        let (Some(nodes), now) = (&self.nodes, self.state.clock.now()) else { return };
        for name in nodes.names() {
            let (is_alive, devices) = nodes.how(&name);
            self.source.node(&name.to_string(), now, |node| (node.is_alive, node.devices) = (is_alive, devices));
        }
    }

    fn refuse(&self, why: String) {
        Source::count(&self.source.counts.refused, 1);
        self.state.refuse(why);
    }

    /// A Sparkplug message; false when nobody takes offers any more.
    async fn hear(&mut self, client: &AsyncClient, full: &mpsc::Sender<String>, message: Publish) -> bool {
        let now = self.state.clock.now();
        let Some(nodes) = &mut self.nodes else { return true };
        let mut heard = nodes.hear(&message.topic, &message.payload, now);
        let counts = &self.source.counts;
        Source::count(&counts.gaps, heard.gap);
        Source::count(&counts.unknown_aliases, heard.unknown_aliases);
        Source::count(&counts.deaths, u64::from(heard.is_death));
        Source::count(&counts.historical, heard.historical.len() as u64);
        if let Some(name) = &heard.node {
            let (is_alive, devices) = nodes.how(name);
            self.source.node(&name.to_string(), now, |node| {
                (node.is_alive, node.devices) = (is_alive, devices);
                node.gaps += heard.gap;
                node.unknown_aliases += heard.unknown_aliases;
            });
            if heard.gap > 0 {
                tracing::warn!(node = %name, missing = heard.gap, "messages of a node are missing");
            }
        }
        for why in std::mem::take(&mut heard.refused) {
            self.refuse(format!("{}: {why}", message.topic));
        }
        if let (true, Some(name)) = (heard.wants_rebirth, heard.node.clone()) {
            self.ask(client, &name);
        }
        let mut ticks = self.dated(&message.topic, heard.ticks, now.to_nanos());
        for tick in &ticks {
            self.told.hear(tick, By::Sparkplug);
        }
        let historical = std::mem::take(&mut heard.historical);
        if ticks.is_empty() && historical.is_empty() {
            acknowledge(client, &message);
            return true;
        }
        ticks.sort_by_key(|tick| tick.at);
        let done = when_kept(&self.state, client, full, message);
        let offer = Offer::Message {
            ticks,
            historical,
            is_current: heard.is_birth,
            has_own_time: heard.has_own_time && !heard.is_death && !heard.is_birth,
            done,
        };
        self.offers.send(offer).await.is_ok()
    }

    /// A time that can't be meant is refused. Its signals have changed, nobody knows when and since when: they are bad from
    /// now on, so that nothing is decided by what they were before.
    fn dated(&self, topic: &str, mut ticks: Vec<Tick>, now: Nanos) -> Vec<Tick> {
        let latest = self.latest();
        for tick in &mut ticks {
            if let Err(fault) = batch::check_time(1, tick, latest) {
                self.refuse(format!("{topic}: {}", fault.what.en));
                (tick.at, tick.quality) = (now, Quality::Bad);
                tick.readings.iter_mut().for_each(|(_, reading)| *reading = None);
            }
        }
        ticks
    }

    fn latest(&self) -> Nanos {
        self.state.clock.now().plus_millis(Limits::default().ahead_max_ms).to_nanos()
    }

    /// Offers what a message says; false when nobody takes offers any more.
    async fn take(&mut self, client: &AsyncClient, full: &mpsc::Sender<String>, message: Publish) -> bool {
        let mut said = Vec::new();
        let mut has_own_time = true;
        let now = self.state.clock.now().to_nanos();
        for ix in 0..self.config.topics.len() {
            let topic = &self.config.topics[ix];
            let Some(captured) = topic.pattern.captures(&message.topic) else { continue };
            let called = captured.station.unwrap_or_default();
            let Some(station) = topic.station.as_ref().or_else(|| self.config.stations.get(called)).cloned() else {
                self.is_unknown(&message.topic, called.to_owned());
                continue;
            };
            match topic.shape.read(&message.payload, captured.signal) {
                Ok(found) => {
                    let mut quality = found.quality;
                    if (message.retain || message.dup) && found.at.is_none() {
                        quality = quality.max(Quality::Uncertain);
                    }
                    has_own_time &= found.at.is_some();
                    said.push(Tick { station, at: found.at.unwrap_or(now), readings: found.readings, quality });
                }
                Err(text) => self.refuse(format!("{}: {}", message.topic, text.en)),
            }
        }
        let mut said = self.dated(&message.topic, said, now);
        let by = if message.qos == QoS::AtMostOnce { By::Unkept } else { By::Kept };
        let mut seeds = false;
        for tick in &mut said {
            let was_lost = self.told.hear(tick, by);
            if message.retain && was_lost {
                tick.at = tick.at.max(now);
                seeds = true;
            }
        }
        for ix in 0..self.config.wills.len() {
            let will = &self.config.wills[ix];
            let Some(captured) = will.topic.captures(&message.topic) else { continue };
            let called = captured.station.unwrap_or_default();
            let Some(station) = will.station.as_ref().or_else(|| self.config.stations.get(called)).cloned() else {
                self.is_unknown(&message.topic, called.to_owned());
                continue;
            };
            if let Some(tick) = will.read(&message.payload, &station, &self.told, now) {
                Source::count(&self.source.counts.deaths, 1);
                has_own_time = false;
                said.push(tick);
            }
        }
        // What nobody could use is done with: it would come again for ever.
        if said.is_empty() {
            acknowledge(client, &message);
            return true;
        }
        let done = when_kept(&self.state, client, full, message);
        let offer = Offer::Message {
            ticks: said,
            historical: Vec::new(),
            is_current: seeds,
            has_own_time: has_own_time && !seeds,
            done,
        };
        self.offers.send(offer).await.is_ok()
    }

    /// A venue may have stations that this edge is not asked about; each is said once.
    fn is_unknown(&mut self, topic: &str, called: String) {
        if self.unknown.len() < 1_000 && self.unknown.insert(called.clone()) {
            self.refuse(format!("{topic}: unknown station {called:?}"));
        } else {
            Source::count(&self.source.counts.refused, 1);
            self.state.count_refused();
        }
    }
}

/// Whether the other end has said that the line is gone. Otherwise it was found out by silence, and what was said since the
/// broker was heard last may be lost.
fn is_sudden(error: &ConnectionError) -> bool {
    use std::io::ErrorKind;
    let (ConnectionError::Io(io) | ConnectionError::MqttState(StateError::Io(io))) = error else {
        return matches!(error, ConnectionError::MqttState(StateError::ConnectionAborted));
    };
    matches!(
        io.kind(),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof
    )
}

/// Leaves a broker in good order: what was acknowledged is said before, and the state of a host is told as its will would be.
/// Messages that come meanwhile are left to the broker.
async fn part(client: &AsyncClient, connection: &mut EventLoop, offline: Option<(String, String)>) {
    if let Some((topic, state)) = offline {
        let _ = client.try_publish(topic, QoS::AtLeastOnce, true, state);
    }
    if client.try_disconnect().is_err() {
        return;
    }
    let parting = async {
        while let Ok(event) = connection.poll().await {
            if event == Event::Outgoing(Outgoing::Disconnect) {
                return;
            }
        }
    };
    if tokio::time::timeout(PARTING, parting).await.is_err() {
        tracing::debug!("the broker did not take the goodbye");
    }
}

/// Offers ticks of the edge's own making; whether they were kept.
pub(crate) async fn hand_in(offers: &mpsc::Sender<Offer>, ticks: Vec<Tick>) -> bool {
    let (answer, answered) = oneshot::channel();
    let done: Done = Box::new(move |result| {
        let _ = answer.send(result.is_ok());
    });
    let offer = Offer::Message { ticks, historical: Vec::new(), is_current: false, has_own_time: false, done };
    offers.send(offer).await.is_ok() && answered.await.unwrap_or(false)
}

/// Acknowledges a message once it is kept.
fn when_kept(state: &Arc<State>, client: &AsyncClient, full: &mpsc::Sender<String>, message: Publish) -> Done {
    let (state, client, full) = (state.clone(), client.clone(), full.clone());
    Box::new(move |result| match result {
        Ok(()) => acknowledge(&client, &message),
        Err(refusal) => {
            let why = match refusal {
                Refusal::Full(why) => why,
                Refusal::Fault(fault) => fault.what.en,
                Refusal::Number(next) => format!("expected number {next}"),
            };
            // Without an acknowledgement the broker keeps it, unless it was sent without that promise.
            if message.qos == QoS::AtMostOnce {
                state.refuse(format!("{}: {why}", message.topic));
            }
            let _ = full.try_send(why);
        }
    })
}

fn acknowledge(client: &AsyncClient, message: &Publish) {
    if message.qos != QoS::AtMostOnce && client.try_ack(message).is_err() {
        // The connection is gone or far behind: the message comes again, and is recognised or repeated.
        tracing::debug!(topic = %message.topic, "an acknowledgement could not be sent");
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    #[test]
    fn a_line_that_fell_silent_was_lost_when_it_was_heard_last() {
        for (error, sudden) in [
            (ConnectionError::Io(ErrorKind::UnexpectedEof.into()), true),
            (ConnectionError::MqttState(StateError::Io(ErrorKind::ConnectionReset.into())), true),
            (ConnectionError::MqttState(StateError::ConnectionAborted), true),
            (ConnectionError::MqttState(StateError::AwaitPingResp), false),
            (ConnectionError::MqttState(StateError::Io(ErrorKind::TimedOut.into())), false),
            (ConnectionError::Io(Error::other("no route")), false),
            (ConnectionError::NetworkTimeout, false),
        ] {
            assert_eq!(is_sudden(&error), sudden, "{error}");
        }
    }
}
