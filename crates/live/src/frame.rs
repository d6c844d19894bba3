//! Frames: what travels to a spectator. A frame is encoded once and shared by everybody who gets it.
//!
//! The text is Server-Sent Events, ended by an empty line, without HTTP chunks around it: the streams are delimited by
//! the end of the connection, so that the same bytes fit every reader.

use bytes::Bytes;

use crate::key::Key;

/// Whether a frame stands alone or builds on an earlier version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    /// The whole map; takes the place of everything known before.
    Snapshot,
    /// The keys that changed since the version it was composed for.
    Delta,
}

/// One encoded frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The version of the topic that a reader has after this frame.
    pub version: u64,
    pub kind: FrameKind,
    pub bytes: Bytes,
}

/// A comment: keeps proxies and phones from closing a quiet stream.
pub(crate) const HEARTBEAT: &[u8] = b":\n\n";

/// Encodes `{"v":…,"set":{…},"del":[…]}` as one event. `del` is left out when nothing was deleted.
pub(crate) fn encode<'a>(
    kind: FrameKind,
    epoch: &str,
    version: u64,
    set: impl Iterator<Item = (&'a Key, &'a Bytes)>,
    del: impl Iterator<Item = &'a Key>,
) -> Frame {
    let name = match kind {
        FrameKind::Snapshot => "snapshot",
        FrameKind::Delta => "delta",
    };
    let mut out = format!("event: {name}\nid: {epoch}-{version}\ndata: {{\"v\":{version},\"set\":{{").into_bytes();
    for (nth, (key, value)) in set.enumerate() {
        if nth > 0 {
            out.push(b',');
        }
        push_string(&mut out, key.as_str());
        out.push(b':');
        out.extend_from_slice(value);
    }
    out.push(b'}');
    let mut deleted = false;
    for key in del {
        out.extend_from_slice(if deleted { b"," } else { b",\"del\":[" });
        push_string(&mut out, key.as_str());
        deleted = true;
    }
    out.extend_from_slice(if deleted { b"]}\n\n" } else { b"}\n\n" });
    Frame { version, kind, bytes: Bytes::from(out) }
}

/// A frame's map as an object of its own, with its id in it.
pub(crate) fn alone(frame: &Bytes, epoch: &str, version: u64) -> Option<Bytes> {
    const DATA: &[u8] = b"\ndata: {";
    let begins = memchr::memmem::find(frame, DATA)? + DATA.len();
    let map = frame.get(begins..)?.strip_suffix(b"\n\n")?;
    Some([format!("{{\"id\":\"{epoch}-{version}\",").as_bytes(), map].concat().into())
}

/// A value that fits into one `data:` line. Between the tokens of JSON a line break is as good as a space, and inside
/// its strings there is none.
pub(crate) fn one_line(value: Bytes) -> Bytes {
    if memchr::memchr2(b'\n', b'\r', &value).is_none() {
        return value;
    }
    value.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }).collect::<Vec<u8>>().into()
}

fn push_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(frame: &Frame) -> &str {
        std::str::from_utf8(&frame.bytes).unwrap()
    }

    #[test]
    fn a_frame_is_one_event() {
        let (h, r) = (Key::from("h"), Key::from("r/\"\n\\1"));
        let (one, two) = (Bytes::from_static(b"1"), Bytes::from_static(b"[2,null]"));
        let snapshot =
            encode(FrameKind::Snapshot, "k3f9", 120, [(&h, &one), (&r, &two)].into_iter(), std::iter::empty());
        assert_eq!(
            text(&snapshot),
            "event: snapshot\nid: k3f9-120\ndata: {\"v\":120,\"set\":{\"h\":1,\"r/\\\"\\u000a\\\\1\":[2,null]}}\n\n"
        );
        let delta = encode(FrameKind::Delta, "k3f9", 121, std::iter::empty(), [&h, &r].into_iter());
        assert_eq!(
            text(&delta),
            "event: delta\nid: k3f9-121\ndata: {\"v\":121,\"set\":{},\"del\":[\"h\",\"r/\\\"\\u000a\\\\1\"]}\n\n"
        );
    }

    #[test]
    fn a_snapshot_stands_alone_as_well() {
        let (h, one) = (Key::from("h"), Bytes::from_static(b"\"\\ndata: {\""));
        let frame = encode(FrameKind::Snapshot, "k3f9", 120, [(&h, &one)].into_iter(), std::iter::empty());
        let alone = alone(&frame.bytes, "k3f9", 120).unwrap();
        assert_eq!(alone, br#"{"id":"k3f9-120","v":120,"set":{"h":"\ndata: {"}}"#[..]);
        let json: serde_json::Value = serde_json::from_slice(&alone).unwrap();
        assert_eq!(json["set"]["h"], "\ndata: {");
        assert_eq!(super::alone(&Bytes::from_static(HEARTBEAT), "k3f9", 1), None);
    }

    #[test]
    fn a_value_with_line_breaks_stays_one_line() {
        assert_eq!(one_line(Bytes::from_static(b"{\r\n \"a\": 1\n}")), &b"{   \"a\": 1 }"[..]);
        assert_eq!(one_line(Bytes::from_static(b"\"a b\"")), &b"\"a b\""[..]);
    }
}
