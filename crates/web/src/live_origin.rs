//! Where browsers find the live listener: an origin of its own beside the main address. Pages name it, and the policy of
//! what they may connect to allows it.

use http::HeaderMap;
use http::header::HOST;

/// The live listener as browsers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiveOrigin {
    /// As the operator says, such as `https://live.example:8443`.
    Named(String),
    /// At a port of whatever host the browser came to.
    Beside { port: u16, secure: bool },
}

impl LiveOrigin {
    /// Reads what an operator wrote; the error says what is wrong with it.
    pub fn named(text: &str) -> Result<LiveOrigin, String> {
        let (scheme, rest) = text.split_once("://").unwrap_or_default();
        let host = host_of(rest).filter(|host| {
            let port = &rest[host.len()..];
            port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse().is_ok_and(|port: u16| port > 0))
        });
        match host {
            Some(_) if scheme == "http" || scheme == "https" => Ok(LiveOrigin::Named(text.to_owned())),
            _ => Err(format!("{text:?} is no origin: write it as https://live.example:8443, without a path")),
        }
    }

    /// The origin for who sent these headers; `None` when they don't name a host that can be one.
    pub fn for_request(&self, headers: &HeaderMap) -> Option<String> {
        match self {
            LiveOrigin::Named(origin) => Some(origin.clone()),
            LiveOrigin::Beside { port, secure } => {
                let host = host_of(headers.get(HOST)?.to_str().ok()?)?;
                Some(format!("{}://{host}:{port}", if *secure { "https" } else { "http" }))
            }
        }
    }
}

/// The address that a request was sent to.
pub(crate) fn address_of(headers: &HeaderMap, secure: bool) -> Option<String> {
    let authority = headers.get(HOST)?.to_str().ok()?;
    let port = &authority[host_of(authority)?.len()..];
    let is_port = port.strip_prefix(':').is_some_and(|port| port.parse().is_ok_and(|port: u16| port > 0));
    (port.is_empty() || is_port).then(|| format!("{}://{authority}", if secure { "https" } else { "http" }))
}

/// The host at the beginning of `host:port`, when it is made of nothing but what hosts are made of.
fn host_of(authority: &str) -> Option<&str> {
    let end = match authority.strip_prefix('[') {
        Some(six) => six.find(']')? + 2,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let host = &authority[..end];
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let fits = match inner {
        Some(six) => six.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')),
        None => host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')),
    };
    (fits && (1..=253).contains(&inner.unwrap_or(host).len())).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_names_an_origin_and_nothing_else() {
        for text in ["https://live.example:8443", "http://10.0.0.7:81", "http://[::1]:8081", "https://live.example"] {
            assert_eq!(LiveOrigin::named(text), Ok(LiveOrigin::Named(text.to_owned())));
        }
        for text in [
            "",
            "live.example",
            "ftp://live.example",
            "https://",
            "https://live.example/",
            "https://live.example:0",
            "https://live.example:99999",
            "https://live.example:",
            "https://a b",
            "https://a;script-src *",
            "https://[::1",
            "https://u@live.example",
            "https://\"onload=",
            "https://[]:1",
        ] {
            assert!(LiveOrigin::named(text).unwrap_err().contains("is no origin"), "{text}");
        }
    }

    #[test]
    fn beside_the_main_address_it_has_the_host_that_the_browser_knows() {
        let beside = LiveOrigin::Beside { port: 8081, secure: false };
        for (host, origin) in [
            ("hall.example", Some("http://hall.example:8081")),
            ("hall.example:8080", Some("http://hall.example:8081")),
            ("[2001:db8::1]:80", Some("http://[2001:db8::1]:8081")),
            ("127.0.0.1:8080", Some("http://127.0.0.1:8081")),
            ("", None),
            (":80", None),
            ("a b", None),
            ("evil.example; script-src *", None),
            ("\"><script>", None),
            ("[::1", None),
        ] {
            let headers = HeaderMap::from_iter([(HOST, host.parse().unwrap())]);
            assert_eq!(beside.for_request(&headers).as_deref(), origin, "{host}");
        }
        assert_eq!(beside.for_request(&HeaderMap::new()), None);
        let secure = LiveOrigin::Beside { port: 8443, secure: true };
        let headers = HeaderMap::from_iter([(HOST, "hall".parse().unwrap())]);
        assert_eq!(secure.for_request(&headers).as_deref(), Some("https://hall:8443"));
    }
}
