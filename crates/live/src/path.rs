//! From the target of a request to a topic's name: `/live/contests/{contest}/{view…}` → `contests/{contest}/{view…}`.
//!
//! Nothing is normalised: a segment is taken as it stands after percent-decoding, or the target names no topic at all.
//! Every name made here begins with `contests/`, and staff topics with `staff/`, so no public target reaches a staff
//! topic, whatever dots, slashes or escapes it holds.

/// The beginning of a request that a shard takes.
pub(crate) const PUBLIC: &str = "/live/contests/";

const NAME_LEN_MAX: usize = 256;
const EVENT_ID_LEN_MAX: usize = 64;

/// What a public target asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) topic: String,
    /// From `?last_event_id=`, for clients that can't set the header.
    pub(crate) last_event_id: Option<String>,
}

/// Reads a target; `None` when it can't name a public topic.
pub(crate) fn read_target(target: &str) -> Option<Asked> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let rest = path.strip_prefix(PUBLIC)?;
    let mut topic = String::from("contests");
    let mut segments = 0;
    for segment in rest.split('/') {
        topic.push('/');
        topic.push_str(&read_segment(segment)?);
        segments += 1;
    }
    // A contest alone is no view.
    if segments < 2 || topic.len() > NAME_LEN_MAX {
        return None;
    }
    Some(Asked { topic, last_event_id: resume_id(query).map(str::to_owned) })
}

/// The id in a query, `last_event_id=k3f9-120`, for clients that can't set the header.
pub fn resume_id(query: &str) -> Option<&str> {
    query.split('&').find_map(|pair| pair.strip_prefix("last_event_id=")).filter(|id| is_event_id(id))
}

/// Whether a text has the form of a frame's id. Others are as good as none.
pub(crate) fn is_event_id(text: &str) -> bool {
    text.len() <= EVENT_ID_LEN_MAX
        && text.split_once('-').is_some_and(|(epoch, version)| !epoch.is_empty() && !version.is_empty())
}

/// The version in a frame's id, if it is of this epoch.
pub(crate) fn version_in(event_id: &str, epoch: &str) -> Option<u64> {
    let version = event_id.strip_prefix(epoch)?.strip_prefix('-')?;
    if !version.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    version.parse().ok()
}

fn read_segment(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first == b'%' {
            let digits = tail.get(..2)?;
            bytes.push(hex(digits[0])? << 4 | hex(digits[1])?);
            rest = &tail[2..];
        } else {
            bytes.push(first);
        }
    }
    let segment = String::from_utf8(bytes).ok()?;
    let fits = !segment.is_empty()
        && segment != "."
        && segment != ".."
        && !segment.chars().any(|c| c.is_control() || matches!(c, '/' | '\\' | '%' | '?' | '#'));
    fits.then_some(segment)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn targets() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => Just("/live/contests/".to_owned()),
            2 => Just("/".to_owned()),
            1 => Just("staff".to_owned()),
            1 => Just("..".to_owned()),
            2 => "%[0-9a-fA-F+]{0,3}",
            1 => Just("%2e%2e".to_owned()),
            1 => Just("%2f".to_owned()),
            1 => Just("?last_event_id=".to_owned()),
            1 => "[?&=#;\\\\]",
            3 => "[a-z0-9_-]{0,9}",
            1 => "\\PC{0,5}",
            1 => "[\\x00-\\x20\\x7f]{0,2}",
        ];
        let rest = prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat());
        prop_oneof![3 => rest.clone().prop_map(|rest| format!("/live/contests/{rest}")), 1 => rest]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        /// Whatever is asked for, it is a view of a contest, taken as it stands, or nothing.
        #[test]
        fn no_target_leaves_the_public_topics(target in targets()) {
            if let Some(asked) = read_target(&target) {
                let segments: Vec<&str> = asked.topic.split('/').collect();
                prop_assert!(segments.len() >= 3 && segments[0] == "contests", "{}", asked.topic);
                prop_assert!(segments.iter().all(|one| !one.is_empty() && *one != "." && *one != ".."), "{}", asked.topic);
                prop_assert!(asked.topic.len() <= NAME_LEN_MAX);
                prop_assert!(!asked.topic.chars().any(|c| c.is_control() || matches!(c, '\\' | '%' | '?' | '#')), "{}", asked.topic);
                prop_assert!(asked.last_event_id.is_none_or(|id| is_event_id(&id)));
            }
        }

        /// An id is of this epoch and a plain number, or it resumes nothing.
        #[test]
        fn only_ids_of_our_own_making_resume(id in prop_oneof!["k3f[0-9]-?[0-9+-]{0,22}", "\\PC{0,12}", any::<u64>().prop_map(|v| format!("k3f9-{v}"))]) {
            if let Some(version) = version_in(&id, "k3f9") {
                let digits = id.strip_prefix("k3f9-").unwrap();
                prop_assert!(digits.bytes().all(|digit| digit.is_ascii_digit()));
                prop_assert_eq!(digits.parse::<u64>().unwrap(), version);
            }
        }
    }

    #[test]
    fn a_target_names_a_topic_or_nothing() {
        for (target, topic) in [
            ("/live/contests/con_1/overall", Some("contests/con_1/overall")),
            ("/live/contests/con_1/team/gx-1", Some("contests/con_1/team/gx-1")),
            ("/live/contests/con_1/ability/%E7%94%B5%e6%b0%94", Some("contests/con_1/ability/电气")),
            ("/live/contests/con_1/ability/电气", Some("contests/con_1/ability/电气")),
            ("/live/contests/con_1/overall?x=1", Some("contests/con_1/overall")),
            ("/live/contests/con_1", None),
            ("/live/contests/con_1/", None),
            ("/live/contests//overall", None),
            ("/live/contests/con_1//overall", None),
            ("/live/contests/con_1/overall/", None),
            ("/live/contests/../staff/contests/con_1/overall", None),
            ("/live/contests/%2e%2e/staff/contests/con_1/overall", None),
            ("/live/contests/con_1/./overall", None),
            ("/live/contests/..%2f..%2fstaff/overall", None),
            ("/live/contests/..%5c..%5cstaff/overall", None),
            ("/live/contests/con_1/%2e%2E%2foverall", None),
            ("/live/contests/con_1%2Foverall/x", None),
            ("/live/contests/con_1/over%00all", None),
            ("/live/contests/con_1/over%0d%0aall", None),
            ("/live/contests/con_1/over%2", None),
            ("/live/contests/con_1/over%zz", None),
            ("/live/contests/con_1/over%+1", None),
            ("/live/contests/con_1/%ff", None),
            ("/live/contests/con_1/%252e", None),
            ("/live/staff/contests/con_1/overall", None),
            ("//live/contests/con_1/overall", None),
            ("http://host/live/contests/con_1/overall", None),
        ] {
            assert_eq!(read_target(target).map(|asked| asked.topic).as_deref(), topic, "{target}");
        }
        assert_eq!(read_target(&format!("/live/contests/con_1/{}", "a".repeat(300))), None);
    }

    #[test]
    fn no_public_target_names_a_staff_topic() {
        for target in ["/live/contests/staff/contests/con_1/overall", "/live/contests/con_1/staff/overall"] {
            let topic = read_target(target).unwrap().topic;
            assert!(topic.starts_with("contests/"), "{target} → {topic}");
        }
    }

    #[test]
    fn an_event_id_counts_in_its_own_epoch() {
        for (id, version) in [
            ("k3f9-120", Some(120)),
            ("k3f9-0", Some(0)),
            ("k3f9-", None),
            ("k3f9--1", None),
            ("k3f9-+1", None),
            ("k3f9-99999999999999999999", None),
            ("k3f8-120", None),
            ("k3f9", None),
            ("", None),
        ] {
            assert_eq!(version_in(id, "k3f9"), version, "{id}");
        }
        let asked = read_target("/live/contests/c/overall?a=b&last_event_id=k3f9-7&last_event_id=k3f9-8").unwrap();
        assert_eq!(asked.last_event_id.as_deref(), Some("k3f9-7"));
        assert_eq!(read_target("/live/contests/c/overall?last_event_id=").unwrap().last_event_id, None);
    }
}
