//! All stations at once, over one connection.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kernel::{Clock, SystemClock};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};

/// Messages that may be on the way to the gateway's disk, where the rate is for the gateway to find.
const ON_THE_WAY: u64 = 4_000;
/// What the shipped scheme watches; the rest of a station's signals nobody asks for.
const WATCHED: [&str; 4] = ["force", "joint_temp", "motor_current", "air_pressure"];
const SWITCHES: [&str; 4] = ["estop", "gripper_closed", "cycle_start", "cycle_done"];

#[derive(Clone, Copy)]
pub enum Shape {
    Ticks { per_second: f64, signals: usize },
    Singles,
}

impl Shape {
    pub fn samples_per_message(self) -> u64 {
        match self {
            Shape::Ticks { signals, .. } => signals as u64,
            Shape::Singles => 1,
        }
    }
}

pub struct Load {
    /// When each message was handed to the client.
    sent: Arc<Mutex<Vec<Instant>>>,
    is_over: Arc<AtomicBool>,
    accepted: Arc<AtomicU64>,
}

impl Load {
    pub async fn start(broker: u16, stations: &[String], shape: Shape, span: Duration) -> anyhow::Result<Load> {
        let load = Load { sent: Arc::default(), is_over: Arc::default(), accepted: Arc::default() };
        let (sent, is_over, accepted) = (load.sent.clone(), load.is_over.clone(), load.accepted.clone());
        let stations = stations.to_vec();
        // A thread of its own: the look at the gateway must not wait for it, nor it for the look.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                runtime.block_on(publish(broker, &stations, shape, span, &sent, &accepted));
            }
            is_over.store(true, Ordering::SeqCst);
            // The processor time of a thread that has ended is nobody's: it stays until it was counted.
            while Arc::strong_count(&is_over) > 1 {
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        Ok(load)
    }

    pub fn accepted(&self, messages: u64) {
        self.accepted.store(messages, Ordering::SeqCst);
    }

    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    pub fn published(&self) -> u64 {
        self.sent.lock().map_or(0, |sent| sent.len() as u64)
    }

    /// From handing a message over to the first look at which the hall had as many, in milliseconds, shortest first.
    pub fn latencies(&self, begun: Instant, seen: &[(Duration, u64)], per_message: u64) -> Vec<f64> {
        let Ok(sent) = self.sent.lock() else { return Vec::new() };
        let mut spans = Vec::new();
        let mut look = seen.iter().peekable();
        for (ix, at) in sent.iter().enumerate() {
            let wanted = (ix as u64 + 1) * per_message;
            while look.peek().is_some_and(|(_, samples)| *samples < wanted) {
                look.next();
            }
            if let Some((seen_at, _)) = look.peek() {
                spans.push(seen_at.saturating_sub(at.duration_since(begun)).as_secs_f64() * 1_000.0);
            }
        }
        spans.sort_unstable_by(f64::total_cmp);
        spans
    }
}

async fn publish(
    broker: u16,
    stations: &[String],
    shape: Shape,
    span: Duration,
    sent: &Mutex<Vec<Instant>>,
    accepted: &AtomicU64,
) {
    let mut options = MqttOptions::new("cells", "127.0.0.1", broker);
    options.set_keep_alive(Duration::from_secs(30));
    options.set_inflight(1_000);
    let (client, mut events) = AsyncClient::new(options, 1_000);
    let (heard, acknowledged) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let counting = acknowledged.clone();
    let pump = tokio::spawn(async move {
        while let Ok(event) = events.poll().await {
            match event {
                Event::Incoming(Packet::ConnAck(_)) => heard.store(1, Ordering::SeqCst),
                Event::Incoming(Packet::PubAck(_)) => {
                    counting.fetch_add(1, Ordering::SeqCst);
                }
                _ => {}
            }
        }
    });
    let begun = Instant::now();
    let mut number = 0u64;
    let mut payload = String::new();
    while begun.elapsed() < span {
        let station = &stations[(number % stations.len() as u64) as usize];
        let (topic, body) = match shape {
            Shape::Ticks { per_second, signals } => {
                let due = begun + Duration::from_secs_f64(number as f64 / per_second);
                tokio::time::sleep_until(due.into()).await;
                tick(&mut payload, number, signals);
                (format!("tick/{station}"), payload.clone())
            }
            Shape::Singles => {
                while number.saturating_sub(accepted.load(Ordering::SeqCst)) > ON_THE_WAY {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                let signal = (number / stations.len() as u64) % 200;
                (format!("one/{station}/s{signal:03}"), format!("{:.3}", wave(number, 0.0)))
            }
        };
        if let Ok(mut sent) = sent.lock() {
            sent.push(Instant::now());
        }
        if client.publish(topic, QoS::AtLeastOnce, false, body).await.is_err() {
            break;
        }
        number += 1;
    }
    // What the client still holds goes out too.
    while acknowledged.load(Ordering::SeqCst) < number && begun.elapsed() < span + Duration::from_secs(30) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    pump.abort();
}

fn wave(number: u64, phase: f64) -> f64 {
    (number as f64 * 0.37 + phase).sin() * 50.0 + 50.0
}

/// A tick of so many signals: a few switches, a few that are watched, the others with three decimals.
fn tick(out: &mut String, number: u64, signals: usize) {
    use std::fmt::Write;
    out.clear();
    let _ = write!(out, "{{\"at\":{}", SystemClock.now().as_millis());
    for ix in 0..signals {
        let _ = match (SWITCHES.get(ix), ix.checked_sub(SWITCHES.len()).and_then(|ix| WATCHED.get(ix))) {
            (Some(name), _) => write!(out, ",\"{name}\":{}", ix > 0 && (number / 80 + ix as u64) % 40 < 20),
            (_, Some(name)) => write!(out, ",\"{name}\":{:.3}", wave(number, ix as f64)),
            _ => write!(out, ",\"s{ix:03}\":{:.3}", wave(number, ix as f64)),
        };
    }
    out.push('}');
}
