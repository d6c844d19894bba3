//! The bus over NATS core messages: one subject for the hall, `guildhall.wake`, and in each message a position and the
//! name of its log, `120 contest/con_1`. Nothing is stored there, and nothing needs to be.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::{BusError, Followers};
use crate::core::locked;

const SUBJECT: &str = "guildhall.wake";
/// Nobody ever listens here.
const NOBODY: &str = "guildhall.nobody";
const CONNECT: Duration = Duration::from_secs(5);
/// The longest pause between two attempts to mend a broken connection.
const MEND: Duration = Duration::from_secs(2);

/// A connection to NATS.
pub(super) struct Wire {
    outgoing: Arc<Outgoing>,
    tasks: [JoinHandle<()>; 3],
}

/// The newest position of each log that has not been sent yet. However long the connection is broken, it holds one
/// position for each log.
#[derive(Default)]
struct Outgoing {
    unsent: Mutex<BTreeMap<String, i64>>,
    bell: Notify,
}

impl Wire {
    pub(super) async fn connect(url: &str, followers: Arc<Followers>) -> Result<Wire, BusError> {
        let unreachable =
            |source: Box<dyn std::error::Error + Send + Sync>| BusError::Unreachable { url: shown(url), source };
        let (broken, mended) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
        let mends = mended.clone();
        let options = async_nats::ConnectOptions::new()
            .name("guildhall")
            // What this process says it has told its own followers already.
            .no_echo()
            .connection_timeout(CONNECT)
            .reconnect_delay_callback(|attempt| MEND.min(Duration::from_millis(20 << attempt.min(7))))
            .event_callback(move |event| {
                match event {
                    async_nats::Event::Connected if broken.swap(false, SeqCst) => mends.notify_one(),
                    async_nats::Event::Connected => {}
                    async_nats::Event::Disconnected => broken.store(true, SeqCst),
                    event => tracing::warn!(%event, "the connection to NATS"),
                }
                std::future::ready(())
            });
        let client = options.connect(url).await.map_err(|error| unreachable(Box::new(error)))?;
        let mut incoming = client.subscribe(SUBJECT).await.map_err(|error| unreachable(Box::new(error)))?;
        // From here on the server knows the subscription: nothing that is said after `connect` is missed.
        there_and_back(&client).await;

        let mender = tokio::spawn(mend(client.clone(), mended, followers.clone()));
        let listener = tokio::spawn(async move {
            while let Some(message) = incoming.next().await {
                match read(&message.payload) {
                    Some((subject, position)) => followers.wake(subject, position),
                    None => tracing::warn!(bytes = message.payload.len(), "a message on {SUBJECT} that is no wake"),
                }
            }
        });
        let outgoing = Arc::new(Outgoing::default());
        let sender = tokio::spawn(send(client, outgoing.clone()));
        Ok(Wire { outgoing, tasks: [mender, listener, sender] })
    }

    pub(super) fn wake(&self, subject: &str, position: i64) {
        let mut unsent = locked(&self.outgoing.unsent);
        match unsent.get_mut(subject) {
            Some(newest) => *newest = position.max(*newest),
            None => drop(unsent.insert(subject.to_owned(), position)),
        }
        drop(unsent);
        self.outgoing.bell.notify_one();
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// After a break: what was said meanwhile is lost, and so may be what is said until the server knows the subscription
/// again. So followers look twice, at once and when it does.
async fn mend(client: async_nats::Client, mended: Arc<Notify>, followers: Arc<Followers>) {
    loop {
        mended.notified().await;
        tracing::info!("the connection to NATS is whole again");
        followers.wake_all();
        there_and_back(&client).await;
        followers.wake_all();
    }
}

/// Returns when the server has done everything that it was told on this connection before. It answers a request that
/// nobody listens to by itself, and in turn.
async fn there_and_back(client: &async_nats::Client) {
    let answered = tokio::time::timeout(CONNECT, client.request(NOBODY, bytes::Bytes::new())).await;
    if answered.is_err() {
        tracing::warn!("the NATS server is slow; the first wakes may be missed");
    }
}

async fn send(client: async_nats::Client, outgoing: Arc<Outgoing>) {
    loop {
        outgoing.bell.notified().await;
        loop {
            let Some((subject, position)) = locked(&outgoing.unsent).pop_first() else { break };
            // Waits while the connection is broken and the client's buffer is full; meanwhile positions only grow newer.
            if let Err(error) = client.publish(SUBJECT, format!("{position} {subject}").into()).await {
                tracing::warn!(%error, subject, position, "a wake was not sent");
            }
        }
    }
}

fn read(payload: &[u8]) -> Option<(&str, i64)> {
    let (position, subject) = std::str::from_utf8(payload).ok()?.split_once(' ')?;
    Some((subject, position.parse().ok()?))
}

/// A server's address without the password that may stand in it.
fn shown(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => format!("{}{}", &url[..scheme + 3], &url[at + 1..]),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wake_is_a_position_and_a_name() {
        assert_eq!(read(b"120 contest/con_1"), Some(("contest/con_1", 120)));
        assert_eq!(read("-1 a b 匠".as_bytes()), Some(("a b 匠", -1)));
        for bad in [&b""[..], b"120", b"x contest", b" contest", b"\xff 1", b"99999999999999999999 a"] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_error_shows_no_password() {
        assert_eq!(shown("nats://hall:secret@10.0.0.1:4222"), "nats://10.0.0.1:4222");
        assert_eq!(shown("nats://10.0.0.1:4222"), "nats://10.0.0.1:4222");
    }
}
