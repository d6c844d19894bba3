//! MQTT in. A message is acknowledged to the broker only when it is in the spool, and the session is kept, so what was on
//! its way when an edge died comes again.
//!
//! A retained message says what was true at some time before: without a time of its own it is uncertain.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use referee::Quality;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, Publish, QoS};
use telemetry::Tick;
use telemetry::batch::{self, Limits};
use tokio::sync::{mpsc, watch};

use crate::config::MqttConfig;
use crate::intake::{Done, Offer, Refusal};
use crate::state::State;

const KEEP_ALIVE: Duration = Duration::from_secs(10);
const RECONNECT_AFTER: Duration = Duration::from_millis(500);
const PACKET_BYTES_MAX: usize = 1 << 20;
/// Acknowledgements that may wait for the connection.
const REQUESTS_WAITING: usize = 8_192;

pub(crate) async fn run(
    state: Arc<State>,
    ix: usize,
    config: MqttConfig,
    offers: mpsc::Sender<Offer>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut is_connected = false;
    while !*stopped.borrow() {
        let why = tokio::select! {
            why = session(&state, &config, &offers, &mut is_connected) => why,
            _ = stopped.wait_for(|stopped| *stopped) => break,
        };
        if std::mem::take(&mut is_connected) {
            state.counts.mqtt_connected.fetch_sub(1, Ordering::Relaxed);
            tracing::warn!(broker = ix, host = %config.host, port = config.port, %why, "the broker is gone");
        }
        tokio::select! {
            () = tokio::time::sleep(RECONNECT_AFTER) => {}
            _ = stopped.wait_for(|stopped| *stopped) => break,
        }
    }
    if is_connected {
        state.counts.mqtt_connected.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One connection, until it breaks; says why it did.
async fn session(
    state: &Arc<State>,
    config: &MqttConfig,
    offers: &mpsc::Sender<Offer>,
    is_connected: &mut bool,
) -> String {
    let mut options = MqttOptions::new(config.client_id.clone(), config.host.clone(), config.port);
    options.set_keep_alive(KEEP_ALIVE);
    options.set_clean_session(false);
    options.set_manual_acks(true);
    options.set_max_packet_size(PACKET_BYTES_MAX, PACKET_BYTES_MAX);
    options.set_request_channel_capacity(REQUESTS_WAITING);
    if let Some((login, password)) = &config.login {
        options.set_credentials(login.clone(), password.clone());
    }
    let (client, mut connection) = AsyncClient::new(options, REQUESTS_WAITING);
    // A refusal for want of room ends the session: the broker keeps the message and sends it again.
    let (full, mut is_full) = mpsc::channel::<String>(1);
    let mut unknown = HashSet::new();
    loop {
        let event = tokio::select! {
            event = connection.poll() => event,
            Some(why) = is_full.recv() => return why,
        };
        match event {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                if !std::mem::replace(is_connected, true) {
                    state.counts.mqtt_connected.fetch_add(1, Ordering::Relaxed);
                    tracing::info!(host = %config.host, port = config.port, "the broker is there");
                }
                for topic in &config.topics {
                    let qos = if topic.qos == 0 { QoS::AtMostOnce } else { QoS::AtLeastOnce };
                    if let Err(error) = client.try_subscribe(topic.pattern.filter(), qos) {
                        return error.to_string();
                    }
                }
            }
            Ok(Event::Incoming(Packet::SubAck(answer)))
                if answer.return_codes.contains(&rumqttc::SubscribeReasonCode::Failure) =>
            {
                state.refuse("the broker refuses a subscription".to_owned());
            }
            Ok(Event::Incoming(Packet::Publish(message))) => {
                if !take(state, config, offers, &client, &full, message, &mut unknown).await {
                    return "the edge is stopping".to_owned();
                }
            }
            Ok(_) => {}
            Err(error) => return error.to_string(),
        }
    }
}

/// Offers what a message says; false when nobody takes offers any more.
async fn take(
    state: &Arc<State>,
    config: &MqttConfig,
    offers: &mpsc::Sender<Offer>,
    client: &AsyncClient,
    full: &mpsc::Sender<String>,
    message: Publish,
    unknown: &mut HashSet<String>,
) -> bool {
    let mut said = Vec::new();
    for topic in &config.topics {
        let Some(captured) = topic.pattern.captures(&message.topic) else { continue };
        let called = captured.station.unwrap_or_default();
        let Some(station) = topic.station.as_ref().or_else(|| config.stations.get(called)) else {
            // A venue may have stations that this edge is not asked about; each is said once.
            if unknown.len() < 1_000 && unknown.insert(called.to_owned()) {
                state.refuse(format!("{}: unknown station {called:?}", message.topic));
            } else {
                state.counts.refused.fetch_add(1, Ordering::Relaxed);
            }
            continue;
        };
        match topic.shape.read(&message.payload, captured.signal) {
            Ok(found) => {
                let now = state.clock.now().to_nanos();
                let mut quality = found.quality;
                if message.retain && found.at.is_none() {
                    quality = quality.max(Quality::Uncertain);
                }
                let tick =
                    Tick { station: station.clone(), at: found.at.unwrap_or(now), readings: found.readings, quality };
                let latest = state.clock.now().plus_millis(Limits::default().ahead_max_ms).to_nanos();
                match batch::check_time(1, &tick, latest) {
                    Ok(()) => said.push((tick, found.at.is_some())),
                    Err(fault) => state.refuse(format!("{}: {}", message.topic, fault.what.en)),
                }
            }
            Err(text) => state.refuse(format!("{}: {}", message.topic, text.en)),
        }
    }
    // What nobody could use is done with: it would come again for ever.
    if said.is_empty() {
        acknowledge(client, &message);
        return true;
    }
    let last = said.len() - 1;
    for (ix, (tick, has_own_time)) in said.into_iter().enumerate() {
        let done: Done = if ix < last {
            Box::new(|_| {})
        } else {
            let (client, message, full, state) = (client.clone(), message.clone(), full.clone(), state.clone());
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
                    } else {
                        let _ = full.try_send(why);
                    }
                }
            })
        };
        if offers.send(Offer::Message { tick, has_own_time, done }).await.is_err() {
            return false;
        }
    }
    true
}

fn acknowledge(client: &AsyncClient, message: &Publish) {
    if message.qos != QoS::AtMostOnce && client.try_ack(message).is_err() {
        // The connection is gone or far behind: the message comes again, and is recognised or repeated.
        tracing::debug!(topic = %message.topic, "an acknowledgement could not be sent");
    }
}
