//! Whatever a spectator says he has seen: he gets a public topic or nothing, and the frame that brings what he truly had, if he had it, to
//! what everybody has.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use bytes::Bytes;
use futures_util::StreamExt;
use live::{Hub, LiveConfig, SteadyClock};
use serde_json::Value;

pub const WORDS: &[&str] = &[
    "GET ",
    " HTTP/1.1\r\n",
    "\r\n\r\n",
    "Last-Event-ID: ",
    "k3f9-",
    "k3f9-3",
    "?last_event_id=",
    "/live/contests/con_1/overall",
    "%2e%2e",
    "%2F",
    "staff",
    "18446744073709551615",
    "18446744073709551616",
    "HEAD ",
    "Content-Length: 0\r\n",
];

const TOPIC: &str = "contests/con_1/overall";
const EPOCH: &str = "k3f9";
const RING: usize = 4;

type Known = BTreeMap<String, Value>;

struct Stage {
    hub: Hub,
    /// What a reader of each version has.
    versions: BTreeMap<u64, Known>,
}

fn stage() -> &'static Stage {
    static STAGE: OnceLock<Stage> = OnceLock::new();
    STAGE.get_or_init(|| {
        let config = LiveConfig { epoch: EPOCH.to_owned(), ring: RING, shards: 1, ..LiveConfig::default() };
        let clock = std::sync::Arc::new(SteadyClock::start());
        let hub = Hub::by_hand(config, clock).unwrap_or_else(|error| panic!("{error}"));
        let topic = hub.topic(TOPIC);
        let mut versions = BTreeMap::new();
        for nth in 0..10u8 {
            let value = Bytes::from(nth.to_string());
            let mut changes = vec![(format!("r/{}", nth % 3), Some(value.clone())), ("s".to_owned(), Some(value))];
            if nth % 4 == 3 {
                changes.push((format!("r/{}", (nth + 1) % 3), None));
            }
            let before = topic.version();
            topic.apply(changes);
            while topic.version() == before {
                std::thread::sleep(std::time::Duration::from_millis(5));
                hub.tick();
            }
            let known = topic.entries().into_iter().map(|(key, value)| {
                (key.as_str().to_owned(), serde_json::from_slice(&value).unwrap_or_else(|error| panic!("{error}")))
            });
            versions.insert(topic.version(), known.collect());
        }
        Stage { hub, versions }
    })
}

fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap_or_else(|error| panic!("{error}"))
    })
}

pub fn run(input: &[u8]) {
    let Some((topic, id)) = live::fuzzed::asked(input) else { return };
    assert!(topic.starts_with("contests/"), "{topic}");
    // A request for another topic tries its id at the one that is there.
    let stage = stage();
    let Ok(mut stream) = stage.hub.spectate(TOPIC, id.as_deref()) else { panic!("no seat") };
    let claimed = id.as_deref().and_then(|id| id.strip_prefix(EPOCH)?.strip_prefix('-'));
    let claimed = claimed.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    let claimed = claimed.and_then(|digits| digits.parse::<u64>().ok());
    let had = claimed.and_then(|version| stage.versions.get(&version)).cloned();
    let (&newest, all) = stage.versions.last_key_value().unwrap_or_else(|| unreachable!());
    if claimed == Some(newest) {
        // Nothing is new: nothing would come.
        return;
    }
    let frame = runtime().block_on(async {
        stream.next().await;
        stream.next().await
    });
    let Some(frame) = frame else { panic!("the stream ended") };
    let text = String::from_utf8_lossy(&frame);
    let (kind, rest) = text.split_once("\nid: ").unwrap_or_else(|| panic!("{text}"));
    let (new_id, data) = rest.split_once("\ndata: ").unwrap_or_else(|| panic!("{text}"));
    assert_eq!(new_id, format!("{EPOCH}-{newest}"));
    let data: Value = serde_json::from_str(data.trim_end()).unwrap_or_else(|error| panic!("{error}: {text}"));
    let mut known = match kind {
        "event: snapshot" => Known::new(),
        "event: delta" => had.unwrap_or_else(|| panic!("a delta to what nobody had: {id:?}")),
        _ => panic!("{text}"),
    };
    for (key, value) in data["set"].as_object().into_iter().flatten() {
        known.insert(key.clone(), value.clone());
    }
    for key in data["del"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        known.remove(key);
    }
    assert_eq!(known, *all, "{text}");
}
