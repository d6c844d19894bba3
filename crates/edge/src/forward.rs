//! Hands the hall its batches, one at a time, in order, until each is acknowledged.
//!
//! A new spool first asks where the hall is, by an empty batch with a number that no hall waits for ([`PROBE`]): its
//! answer names the number to begin with. Guessing would be wrong once: a hall that has batch 1 of a spool that is gone
//! would acknowledge the new batch 1 without taking it.
//!
//! | the hall says | the edge does |
//! | --- | --- |
//! | `{"next": seq + 1}` | goes on |
//! | `{"next": more}`, and this batch is the newest it ever numbered | its spool is newer than the hall's memory: this batch was never taken, it is numbered `more` and sent again |
//! | 409 with `next` | goes back to that batch while it is still here, or numbers what it has from there |
//! | 413 | cuts smaller batches |
//! | 422 with a line | puts that line aside, with the reason, in `refused.ndjson`, and sends the rest |
//! | 409 without `next` | is set up for another place: waits, keeps everything, and says so in `/status` |
//! | anything else, or nothing | waits, longer each time, and tries the same batch again |

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use kernel::Timestamp;
use telemetry::batch::{self, Header};
use tokio::sync::watch;

use crate::EdgeFault;
use crate::spool::{Aside, Cut, Lines};
use crate::state::{HallLink, State};

/// The largest whole number that every reader of JSON knows.
const PROBE: u64 = (1 << 53) - 1;
const BODY_BYTES_MAX: usize = 2 << 20;
const RETRY_FIRST: Duration = Duration::from_millis(50);
/// After a stop, one more try takes no longer than this.
const LAST_TRY: Duration = Duration::from_secs(2);

pub(crate) struct Forwarder {
    state: Arc<State>,
    client: reqwest::Client,
    url: String,
    samples_max: usize,
    retry_after: Duration,
}

enum Woken {
    Committed,
    Idle,
    Stopped,
}

/// What became of one try.
enum Outcome {
    /// Go on at once.
    Moved,
    /// Try again after a while.
    Wait,
}

/// The hall's answer.
enum Answer {
    Next(u64),
    Gap(u64),
    TooLarge,
    /// A line (from 1, the header's) can't be taken, or none is named.
    Unacceptable {
        line: Option<usize>,
        why: String,
    },
    No {
        why: String,
        after: Option<Duration>,
    },
}

impl Forwarder {
    pub fn new(state: Arc<State>) -> Result<Forwarder, EdgeFault> {
        // Without a provider https fails with a panic deep in the client; a second installation changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(state.config.forward.timeout)
            .connect_timeout(state.config.forward.timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        let url = format!("{}/api/contests/{}/telemetry", state.config.hall, state.config.contest);
        let samples_max = state.config.forward.samples_max;
        Ok(Forwarder { state, client, url, samples_max, retry_after: RETRY_FIRST })
    }

    pub async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        loop {
            let stopping = *stopped.borrow();
            match self.step(stopping).await {
                Ok(Some(Outcome::Moved)) => continue,
                Ok(Some(Outcome::Wait)) if stopping => return,
                Ok(Some(Outcome::Wait)) => {
                    tokio::select! {
                        () = tokio::time::sleep(self.retry_after) => {}
                        _ = stopped.wait_for(|stopped| *stopped) => {}
                    }
                    self.retry_after = (self.retry_after * 2).min(self.state.config.forward.retry_max);
                }
                // Nothing waits.
                Ok(None) if stopping => return,
                Ok(None) => {
                    let state = self.state.clone();
                    let woken = tokio::select! {
                        () = state.committed.notified() => Woken::Committed,
                        _ = stopped.wait_for(|stopped| *stopped) => Woken::Stopped,
                        () = tokio::time::sleep(state.config.forward.heartbeat) => Woken::Idle,
                    };
                    match woken {
                        Woken::Committed => self.gather(&mut stopped).await,
                        Woken::Idle => {
                            if let Err(fault) = self.heartbeat().await {
                                tracing::warn!(why = %crate::intake::root_cause(&fault), "no heartbeat can be made");
                            }
                        }
                        Woken::Stopped => {}
                    }
                }
                Err(fault) => {
                    let why = crate::intake::root_cause(&fault);
                    tracing::error!(%why, "the spool can't be used; nothing is forwarded");
                    self.state.line_is(HallLink::Down, Some(why));
                    if stopping {
                        return;
                    }
                    tokio::time::sleep(self.state.config.forward.retry_max).await;
                }
            }
        }
    }

    /// Lets a batch grow for a moment.
    async fn gather(&self, stopped: &mut watch::Receiver<bool>) {
        let until = tokio::time::sleep(self.state.config.forward.batch);
        tokio::pin!(until);
        loop {
            let enough =
                self.state.with_keeper(|keeper| keeper.spool.uncut_samples(self.samples_max)).unwrap_or_default();
            if enough >= self.samples_max {
                return;
            }
            tokio::select! {
                () = &mut until => return,
                () = self.state.committed.notified() => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
        }
    }

    /// An empty batch, so that the hall knows that the edge is there, also before the first sample. While the line is down none are made,
    /// except by a new spool: it has nothing to send that would find the line up again.
    async fn heartbeat(&mut self) -> Result<(), EdgeFault> {
        if self.state.with_keeper(|keeper| keeper.spool.is_new()) == Some(true) {
            self.ask_where(false).await?;
        }
        if !self.state.line_is_down() {
            let work = |state: &State| {
                state
                    .with_keeper(|keeper| if keeper.spool.is_new() { Ok(()) } else { keeper.spool.cut(1, 1).map(drop) })
            };
            self.on_disk(work).await?.transpose()?;
        }
        Ok(())
    }

    /// Sends the batch whose turn it is, if there is one.
    async fn step(&mut self, stopping: bool) -> Result<Option<Outcome>, EdgeFault> {
        let samples_max = self.samples_max;
        let is_new = self.state.with_keeper(|keeper| keeper.spool.is_new() && keeper.spool.has_uncut());
        if is_new == Some(true) {
            return self.ask_where(stopping).await.map(Some);
        }
        let work = move |state: &State| {
            state.with_keeper(|keeper| -> Result<_, EdgeFault> {
                let spool = &mut keeper.spool;
                let cut = match spool.outstanding() {
                    Some(cut) => cut,
                    None if spool.has_uncut() => spool.cut(samples_max, BODY_BYTES_MAX)?,
                    None => return Ok(None),
                };
                let lines = spool.lines(cut)?;
                let behind = spool.waiting_ticks().saturating_sub(lines.places.len() as u64);
                Ok(Some((cut, lines, behind)))
            })
        };
        let Some(Some((cut, lines, behind))) = self.on_disk(work).await?.transpose()? else { return Ok(None) };
        let answer = self.send(cut, &lines, behind, stopping).await;
        self.handle(cut, lines, answer).await.map(Some)
    }

    async fn ask_where(&mut self, stopping: bool) -> Result<Outcome, EdgeFault> {
        let nothing = Lines { body: Vec::new(), places: Vec::new(), oldest: None, samples: 0 };
        let backlog = self.state.with_keeper(|keeper| keeper.spool.waiting_ticks()).unwrap_or_default();
        match self.send(Cut { seq: PROBE, first: 0, end: 0 }, &nothing, backlog, stopping).await {
            Answer::Gap(next) | Answer::Next(next) if next < PROBE => {
                self.state.line_is(HallLink::Up, None);
                self.retry_after = RETRY_FIRST;
                self.on_disk(move |state| state.with_keeper(|keeper| keeper.spool.begin_at(next)))
                    .await?
                    .transpose()?;
                Ok(Outcome::Moved)
            }
            Answer::No { why, .. } | Answer::Unacceptable { why, .. } => {
                self.state.line_is(HallLink::Down, Some(why));
                Ok(Outcome::Wait)
            }
            Answer::Gap(_) | Answer::Next(_) | Answer::TooLarge => {
                self.state.line_is(HallLink::Down, Some("the hall doesn't say which batch it expects".to_owned()));
                Ok(Outcome::Wait)
            }
        }
    }

    async fn send(&self, cut: Cut, lines: &Lines, backlog: u64, stopping: bool) -> Answer {
        if self.state.line_is_cut() {
            return Answer::No { why: "the line is cut".to_owned(), after: None };
        }
        let config = &self.state.config;
        let now = self.state.clock.now();
        let lag_ms = lines.oldest.map_or(0, |oldest| now.millis_since(oldest).max(0) as u64);
        let backlog = self.state.waiting(backlog);
        let header = Header { edge: config.edge.clone(), seq: cut.seq, backlog, lag_ms, sent_at: now };
        let mut body = batch::encode_header(&header);
        body.extend_from_slice(&lines.body);
        let mut request = self
            .client
            .post(&self.url)
            .bearer_auth(&config.key)
            .header("content-type", "application/x-ndjson")
            .header("idempotency-key", format!("{}-{}", config.edge, cut.seq))
            .body(body);
        if stopping {
            request = request.timeout(LAST_TRY);
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Answer::No { why: root_cause(&error), after: None },
        };
        let status = response.status();
        let after = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        let body: serde_json::Value = match response.bytes().await {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
            Err(error) => return Answer::No { why: root_cause(&error), after },
        };
        let next = body.get("next").and_then(serde_json::Value::as_u64);
        let detail =
            body.pointer("/detail/en").or(body.get("detail")).and_then(|detail| detail.as_str()).unwrap_or_default();
        match (status.as_u16(), next) {
            (200..=299, Some(next)) => Answer::Next(next),
            (409, Some(next)) => Answer::Gap(next),
            (413, _) => Answer::TooLarge,
            (422, _) => Answer::Unacceptable { line: line_of(&body), why: detail.to_owned() },
            // What the hall says of it is meant for people who sign in.
            (401, _) => Answer::No { why: "401 the hall doesn't know the gateway's key".to_owned(), after },
            (code, _) => Answer::No { why: format!("{code} {detail}").trim().to_owned(), after },
        }
    }

    async fn handle(&mut self, cut: Cut, lines: Lines, answer: Answer) -> Result<Outcome, EdgeFault> {
        match answer {
            Answer::No { why, after } => {
                self.state.line_is(HallLink::Down, Some(why));
                if let Some(after) = after {
                    self.retry_after = self.retry_after.max(after.min(self.state.config.forward.retry_max));
                }
                return Ok(Outcome::Wait);
            }
            _ => {
                self.state.line_is(HallLink::Up, None);
                self.retry_after = RETRY_FIRST;
            }
        }
        let state = self.state.clone();
        let samples_max = &mut self.samples_max;
        match answer {
            Answer::Next(next) if next == cut.seq + 1 => {
                *samples_max = state.config.forward.samples_max.min(samples_max.saturating_mul(2));
                let counts = &state.counts;
                counts.forwarded_batches.fetch_add(1, Ordering::Relaxed);
                counts.forwarded_ticks.fetch_add(lines.places.len() as u64, Ordering::Relaxed);
                counts.forwarded_samples.fetch_add(lines.samples, Ordering::Relaxed);
                self.on_disk(move |state| state.with_keeper(|keeper| keeper.spool.acknowledge(cut)))
                    .await?
                    .transpose()?;
            }
            Answer::Next(next) if next > cut.seq => {
                let work = move |state: &State| {
                    state.with_keeper(|keeper| {
                        let spool = &mut keeper.spool;
                        if spool.next_seq() == cut.seq + 1 {
                            tracing::warn!(
                                seq = cut.seq,
                                next,
                                "the hall knows later batches of this edge than its spool: numbering on"
                            );
                            spool.renumber(cut, next)
                        } else {
                            spool.acknowledge(cut)
                        }
                    })
                };
                self.on_disk(work).await?.transpose()?;
            }
            // A hall that knows nothing of this edge yet has no use for a batch without samples: it gets its number
            // again with some in it. Otherwise it contradicts itself, and asking at once would ask for ever.
            Answer::Gap(next) | Answer::Next(next) if next == cut.seq => {
                if lines.places.is_empty() {
                    self.on_disk(move |state| state.with_keeper(|keeper| keeper.spool.renumber(cut, cut.seq)))
                        .await?
                        .transpose()?;
                }
                return Ok(Outcome::Wait);
            }
            Answer::Next(next) | Answer::Gap(next) => {
                let work = move |state: &State| {
                    state.with_keeper(|keeper| {
                        let spool = &mut keeper.spool;
                        if next < spool.next_seq() && spool.go_to(next)? {
                            return Ok(());
                        }
                        if next != cut.seq {
                            let from = if next < cut.seq { spool.oldest_cut().unwrap_or(cut) } else { cut };
                            tracing::warn!(
                                seq = cut.seq,
                                next,
                                from = from.seq,
                                "the hall asks for a batch that is not here: numbering anew"
                            );
                            spool.renumber(from, next)?;
                        }
                        Ok::<_, EdgeFault>(())
                    })
                };
                self.on_disk(work).await?.transpose()?;
            }
            Answer::TooLarge if lines.places.len() > 1 => {
                *samples_max = (*samples_max / 2).max(1).min(lines.places.len() / 2 + 1);
                let frames = cut.end - cut.first;
                if frames > 1 {
                    self.on_disk(move |state| state.with_keeper(|keeper| keeper.spool.renumber(cut, cut.seq)))
                        .await?
                        .transpose()?;
                } else {
                    return self
                        .put_aside(lines, None, "the hall takes no batch as large as this frame".to_owned())
                        .await;
                }
            }
            Answer::TooLarge => {
                return self.put_aside(lines, None, "the hall takes no line as large as this".to_owned()).await;
            }
            // Which line it is, smaller batches tell.
            Answer::Unacceptable { line: None, .. } if cut.end - cut.first > 1 => {
                *samples_max = 1;
                self.on_disk(move |state| state.with_keeper(|keeper| keeper.spool.renumber(cut, cut.seq)))
                    .await?
                    .transpose()?;
            }
            Answer::Unacceptable { line, why } if !lines.places.is_empty() => {
                return self.put_aside(lines, line, why).await;
            }
            Answer::Unacceptable { why, .. } => {
                self.state.line_is(HallLink::Down, Some(why));
                return Ok(Outcome::Wait);
            }
            Answer::No { .. } => {}
        }
        Ok(Outcome::Moved)
    }

    /// Keeps lines that the hall can't take in a file of their own; the others go on.
    async fn put_aside(&mut self, lines: Lines, line: Option<usize>, why: String) -> Result<Outcome, EdgeFault> {
        let all: Vec<&[u8]> = lines.body.split_inclusive(|byte| *byte == b'\n').collect();
        // Line 1 is the header.
        let named = line.and_then(|line| line.checked_sub(2)).filter(|ix| *ix < lines.places.len());
        let chosen: Vec<usize> = match named {
            Some(ix) => vec![ix],
            None => (0..lines.places.len()).collect(),
        };
        let refused_at = self.state.clock.now();
        let mut kept = Vec::new();
        for ix in &chosen {
            let line = all.get(*ix).copied().unwrap_or_default();
            kept.extend(refused(refused_at, &why, line));
        }
        let places: Vec<(u64, u32)> = chosen.iter().map(|ix| lines.places[*ix]).collect();
        tracing::error!(lines = places.len(), %why, "the hall refuses lines; they are kept in refused.ndjson");
        self.state.refuse(format!("the hall: {why}"));
        self.state.counts.set_aside.fetch_add(places.len() as u64, Ordering::Relaxed);
        let work = move |state: &State| {
            state.with_keeper(|keeper| {
                keeper.spool.keep_aside(Aside::Refused, &kept)?;
                places.into_iter().try_for_each(|place| keeper.spool.set_aside(place))
            })
        };
        self.on_disk(work).await?.transpose()?;
        Ok(Outcome::Moved)
    }

    /// Work that waits for the disk, off the runtime's own threads.
    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&State) -> T + Send + 'static,
    ) -> Result<T, EdgeFault> {
        let state = self.state.clone();
        tokio::task::spawn_blocking(move || work(&state)).await.map_err(|error| {
            let source = std::io::Error::other(error);
            EdgeFault::Spool(crate::spool::SpoolFault::Io { doing: "working on the spool".to_owned(), source })
        })
    }
}

/// A line of `refused.ndjson`: when, why, and the line as it was to be sent.
fn refused(at: Timestamp, why: &str, line: &[u8]) -> Vec<u8> {
    let why = serde_json::Value::from(why);
    let mut kept = format!("{{\"refused_at\":\"{at}\",\"why\":{why},\"line\":").into_bytes();
    kept.extend_from_slice(line.trim_ascii_end());
    kept.extend_from_slice(b"}\n");
    kept
}

/// A problem names the line as `line`, or in the path of its first field (`lines[3]`, `line 3`).
fn line_of(problem: &serde_json::Value) -> Option<usize> {
    if let Some(line) = problem.get("line").and_then(serde_json::Value::as_u64) {
        return usize::try_from(line).ok();
    }
    let path = problem.pointer("/fields/0/path")?.as_str()?;
    let digits: String = path.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// What it comes down to: "connection refused", without the layers around it.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
