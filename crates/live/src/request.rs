//! The head of a spectator's request. Read strictly: what two readers could understand differently is refused.

use crate::path::is_event_id;

/// The longest head that is read.
pub(crate) const HEAD_LEN_MAX: usize = 16 * 1024;

/// What a peer wants to do. Names are told apart by case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Head,
    Options,
    Other,
}

/// What a shard needs of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) target: String,
    /// From the `Last-Event-ID` header, if it has the form of an id.
    pub(crate) last_event_id: Option<String>,
}

/// What has arrived so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Head {
    Incomplete,
    Complete(Request),
    TooLong,
    Malformed,
}

/// Reads as much of a head as has arrived. What follows it, such as a second request, is not looked at: the answer to
/// the first lasts as long as the connection.
pub(crate) fn read_head(arrived: &[u8]) -> Head {
    let Some(end) = memchr::memmem::find(arrived, b"\r\n\r\n") else {
        return if arrived.len() >= HEAD_LEN_MAX { Head::TooLong } else { Head::Incomplete };
    };
    if end + 4 > HEAD_LEN_MAX {
        return Head::TooLong;
    }
    match read_lines(&arrived[..end]) {
        Some(request) => Head::Complete(request),
        None => Head::Malformed,
    }
}

fn read_lines(head: &[u8]) -> Option<Request> {
    let mut lines = head.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let breaks = memchr::memchr_iter(b'\n', head).count();
    // Every line ends in CR LF, and a CR stands nowhere else.
    if memchr::memmem::find_iter(head, b"\r\n").count() != breaks || memchr::memchr_iter(b'\r', head).count() != breaks
    {
        return None;
    }
    let (method, target) = read_request_line(lines.next()?)?;
    let mut last_event_id = None;
    for line in lines {
        let colon = memchr::memchr(b':', line)?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.is_empty() || !name.iter().all(|byte| is_token(*byte)) {
            return None;
        }
        if value.iter().any(|byte| *byte < 0x20 && *byte != b'\t' || *byte == 0x7f) {
            return None;
        }
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        if method == Method::Get && (is("transfer-encoding") || is("content-length") && value != b"0") {
            // A GET of a view has no body; whose end would be a guess.
            return None;
        }
        if is("last-event-id") {
            last_event_id = std::str::from_utf8(value).ok().filter(|id| is_event_id(id)).map(str::to_owned);
        }
    }
    Some(Request { method, target, last_event_id })
}

fn read_request_line(line: &[u8]) -> Option<(Method, String)> {
    let line = std::str::from_utf8(line).ok()?;
    let mut parts = line.split(' ');
    let (name, target, version) = (parts.next()?, parts.next()?, parts.next()?);
    let method = match name {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "OPTIONS" => Method::Options,
        _ if !name.is_empty() && name.bytes().all(is_token) => Method::Other,
        _ => return None,
    };
    let fits = parts.next().is_none()
        && (version == "HTTP/1.1" || version == "HTTP/1.0")
        && (target.starts_with('/') || method == Method::Options && target == "*")
        && !target.chars().any(char::is_control);
    fits.then(|| (method, target.to_owned()))
}

/// A character of a header's name (RFC 9110, section 5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Pieces of which requests are made, and bytes of which they are not.
    fn heads() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just("GET".to_owned()),
            Just("OPTIONS".to_owned()),
            Just(" ".to_owned()),
            Just("/live/contests/c/overall".to_owned()),
            Just(" HTTP/1.1".to_owned()),
            Just("\r\n".to_owned()),
            Just("\r\n\r\n".to_owned()),
            Just("Last-Event-ID: k3f9-".to_owned()),
            Just("Content-Length:".to_owned()),
            "[ -~]{0,12}",
            "\\PC{0,4}",
            "[0-9]{0,20}",
        ]
        .prop_map(String::into_bytes);
        let bytes = prop::collection::vec(any::<u8>(), 0..6);
        let long = (0usize..40_000).prop_map(|length| vec![b'a'; length]);
        let part = prop_oneof![12 => piece, 2 => bytes, 1 => long];
        prop::collection::vec(part, 0..16).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        /// What is understood is clean, and doesn't depend on how it was cut on the way.
        #[test]
        fn a_head_is_the_same_in_any_pieces(bytes in heads(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
            let whole = read_head(&bytes);
            for cut in cuts {
                let at = cut.index(bytes.len() + 1);
                let early = read_head(&bytes[..at]);
                if early != Head::Incomplete {
                    prop_assert_eq!(&early, &whole, "cut after {}", at);
                }
            }
            if let Head::Complete(request) = whole {
                prop_assert!(!request.target.chars().any(|c| c.is_control() || c == ' '));
                prop_assert!(request.target.starts_with('/') || request.method == Method::Options);
                prop_assert!(request.last_event_id.is_none_or(|id| is_event_id(&id)));
            } else if bytes.len() > HEAD_LEN_MAX {
                prop_assert!(whole != Head::Incomplete, "nobody may go on for ever");
            }
        }
    }

    #[test]
    fn a_browsers_head_is_read() {
        let head = b"GET /live/contests/c/overall?x=1 HTTP/1.1\r\nHost: hall:8080\r\nlast-event-id:  k3f9-120 \r\n\
                     User-Agent: \xe5\xae\xb6\r\n\r\nGET /second HTTP/1.1\r\n\r\n";
        let request = Request {
            method: Method::Get,
            target: "/live/contests/c/overall?x=1".to_owned(),
            last_event_id: Some("k3f9-120".to_owned()),
        };
        assert_eq!(read_head(head), Head::Complete(request));
        let end = memchr::memmem::find(head, b"\r\n\r\n").unwrap() + 4;
        for cut in 0..end {
            assert_eq!(read_head(&head[..cut]), Head::Incomplete, "after {cut} bytes");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for head in [
            "\r\n\r\n",
            "GET\r\n\r\n",
            "GET /live\r\n\r\n",
            "GET /live HTTP/2.0\r\n\r\n",
            "GET /live HTTP/1.1 x\r\n\r\n",
            "GET  /live HTTP/1.1\r\n\r\n",
            "GET live HTTP/1.1\r\n\r\n",
            "GET /li\tve HTTP/1.1\r\n\r\n",
            "G\u{eb}T /live HTTP/1.1\r\n\r\n",
            " GET /live HTTP/1.1\r\n\r\n",
            "GET * HTTP/1.1\r\n\r\n",
            "CONNECT hall:80 HTTP/1.1\r\n\r\n",
            "GET /live HTTP/1.1\nHost: a\r\n\r\n",
            "GET /live HTTP/1.1\r\nHost: a\rb\r\n\r\n",
            "GET /live HTTP/1.1\r\nHost\r\n\r\n",
            "GET /live HTTP/1.1\r\nHost : a\r\n\r\n",
            "GET /live HTTP/1.1\r\n: a\r\n\r\n",
            "GET /live HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
            "GET /live HTTP/1.1\r\nHost: a\0b\r\n\r\n",
            "GET /live HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
            "GET /live HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        ] {
            assert_eq!(read_head(head.as_bytes()), Head::Malformed, "{head:?}");
        }
        assert_eq!(read_head(b"GET /li\xffve HTTP/1.1\r\n\r\n"), Head::Malformed);
    }

    #[test]
    fn a_method_is_told_apart() {
        for (line, method) in [
            ("GET /live", Method::Get),
            ("HEAD /live", Method::Head),
            ("OPTIONS /live", Method::Options),
            ("OPTIONS *", Method::Options),
            ("POST /live", Method::Other),
            ("get /live", Method::Other),
            ("M-SEARCH /", Method::Other),
        ] {
            // What a body would be is nobody's concern where the method is refused.
            let head = format!("{line} HTTP/1.1\r\nHost: a\r\n\r\n");
            let Head::Complete(request) = read_head(head.as_bytes()) else { panic!("{line}") };
            assert_eq!(request.method, method, "{line}");
        }
        let with_body = b"POST /live HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello";
        assert!(matches!(read_head(with_body), Head::Complete(Request { method: Method::Other, .. })));
    }

    #[test]
    fn a_head_has_an_end() {
        let mut head = b"GET /live HTTP/1.1\r\nX: ".to_vec();
        head.resize(HEAD_LEN_MAX - 1, b'a');
        assert_eq!(read_head(&head), Head::Incomplete);
        head.push(b'a');
        assert_eq!(read_head(&head), Head::TooLong);
        head.extend_from_slice(b"\r\n\r\n");
        assert_eq!(read_head(&head), Head::TooLong);
    }

    #[test]
    fn an_id_that_is_none_is_left_out() {
        for id in ["", "x", "-", &"a-1".repeat(100), "\u{5320}"] {
            let head = format!("GET / HTTP/1.1\r\nLast-Event-ID: {id}\r\n\r\n");
            let Head::Complete(request) = read_head(head.as_bytes()) else { panic!("{id}") };
            assert_eq!(request.last_event_id, None, "{id}");
        }
    }
}
