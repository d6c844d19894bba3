//! Nodes and devices say what they like, in any order: nothing breaks, what is told can be kept, and what can't is refused in words.
//!
//! An input is messages one after the other: a byte that names the topic, two with the payload's length, the payload.

use edge::fuzzed::heard;
use telemetry::{Limits, check_signal};

pub const WORDS: &[&str] = &[
    "\x00\x10\x00",
    "\x02\x10\x00",
    "\x06\x00\x00",
    "\x0a\x09TCP/Force",
    "\x0a\x0cSafety/EStop",
    "\x0a\x04Mode",
    "\x0a\x05bdSeq",
    "\x0a\x14Node Control/Rebirth",
    "\x0a\x07Quality",
    "\x12\x10",
    "\x10\x0b",
    "\x18\x01",
    "\x20\x0a",
    "\x28\x01",
    "\x38\x01",
    "\x08\u{80}",
];

const TOPICS: [&str; 9] = [
    "spBv1.0/plant/NBIRTH/gw",
    "spBv1.0/plant/NDATA/gw",
    "spBv1.0/plant/DBIRTH/gw/robot",
    "spBv1.0/plant/DDATA/gw/robot",
    "spBv1.0/plant/DDEATH/gw/robot",
    "spBv1.0/plant/NDEATH/gw",
    // The broker is lost.
    "",
    "spBv1.0/plant/NCMD/gw",
    "spBv1.0/plant/DDATA/other/arm",
];

pub fn run(input: &[u8]) {
    let mut messages = Vec::new();
    let mut rest = input;
    while let [topic, low, high, tail @ ..] = rest {
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(tail.len());
        let (payload, tail) = tail.split_at(length);
        messages.push((TOPICS[usize::from(*topic) % TOPICS.len()], payload));
        rest = tail;
    }
    let limits = Limits::default();
    for (ticks, refused) in heard(&messages) {
        assert!(refused.iter().all(|words| !words.is_empty()));
        for tick in ticks {
            assert!(!tick.readings.is_empty(), "{tick:?}");
            let mut names: Vec<_> = tick.readings.iter().map(|(name, _)| name.clone()).collect();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), tick.readings.len(), "a signal is told twice: {tick:?}");
            for (name, reading) in &tick.readings {
                assert!(check_signal(name).is_ok(), "{tick:?}");
                match reading {
                    Some(referee::Value::Real(value)) => assert!(value.is_finite()),
                    Some(referee::Value::Text(text)) => assert!(text.len() <= limits.text_len_max),
                    _ => {}
                }
            }
        }
    }
}
