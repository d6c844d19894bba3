//! What an OPC UA server is asked for, as checked settings; nothing here knows the protocol's library.
#![cfg_attr(not(feature = "opcua"), allow(dead_code, reason = "settings are checked without the client too"))]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// One server.
#[derive(Clone)]
pub struct OpcuaConfig {
    /// `opc.tcp://host:port/path`
    pub url: String,
    pub(crate) security: Security,
    /// Where the own certificate is, and the folder of servers that are trusted.
    pub(crate) pki: Option<PathBuf>,
    pub(crate) login: Option<(String, String)>,
    pub(crate) sampling: Duration,
    pub(crate) publishing: Duration,
    pub(crate) queue: u32,
    pub(crate) retry_max: Duration,
    pub(crate) signals: Vec<NodeSignal>,
}

/// Without the password.
impl std::fmt::Debug for OpcuaConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpcuaConfig").field("url", &self.url).field("security", &self.security).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    None,
    With { policy: Policy, mode: Mode },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    Basic256Sha256,
    Aes128Sha256RsaOaep,
    Aes256Sha256RsaPss,
}

impl Policy {
    pub const ALL: [Policy; 3] = [Policy::Basic256Sha256, Policy::Aes128Sha256RsaOaep, Policy::Aes256Sha256RsaPss];

    pub fn code(self) -> &'static str {
        match self {
            Policy::Basic256Sha256 => "Basic256Sha256",
            Policy::Aes128Sha256RsaOaep => "Aes128-Sha256-RsaOaep",
            Policy::Aes256Sha256RsaPss => "Aes256-Sha256-RsaPss",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Sign,
    SignAndEncrypt,
}

/// A variable of the server, and what it is here.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NodeSignal {
    pub node: NodeRef,
    pub station: Arc<str>,
    pub signal: Arc<str>,
}

/// How a variable is found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NodeRef {
    Id {
        namespace: Namespace,
        identifier: Identifier,
    },
    /// Browse names from the Objects folder on.
    Path(Vec<Step>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Namespace {
    Index(u16),
    /// Its index is looked up in the server's table at each connection.
    Uri(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Identifier {
    Number(u32),
    Text(String),
    Guid(String),
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// In this namespace, or in any.
    Named(Option<u16>, String),
    /// The first child.
    First,
}

impl std::fmt::Display for NodeRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NodeRef::Id { namespace, identifier } => {
                match namespace {
                    Namespace::Index(0) => {}
                    Namespace::Index(index) => write!(f, "ns={index};")?,
                    Namespace::Uri(uri) => write!(f, "nsu={uri};")?,
                }
                match identifier {
                    Identifier::Number(number) => write!(f, "i={number}"),
                    Identifier::Text(text) => write!(f, "s={text}"),
                    Identifier::Guid(text) => write!(f, "g={text}"),
                }
            }
            NodeRef::Path(steps) => {
                for step in steps {
                    match step {
                        Step::First => write!(f, "/*")?,
                        Step::Named(None, name) => write!(f, "/{name}")?,
                        Step::Named(Some(index), name) => write!(f, "/{index}:{name}")?,
                    }
                }
                Ok(())
            }
        }
    }
}

impl NodeRef {
    /// `ns=2;s=Robot.Force`, `i=2258`, `nsu=urn:cell:plc;i=7`, `g=…`; or the path `/DeviceSet/2:Robot/Force`.
    pub fn parse(text: &str) -> Option<NodeRef> {
        match text.strip_prefix('/') {
            Some(path) => parse_path(path).map(NodeRef::Path),
            None => parse_id(text),
        }
    }
}

fn parse_id(text: &str) -> Option<NodeRef> {
    // A text identifier and a namespace's address may hold a semicolon themselves: the last `;x=` of a kind counts.
    let (namespace, rest) = if let Some(rest) = text.strip_prefix("ns=") {
        let (index, rest) = rest.split_once(';')?;
        (Namespace::Index(index.parse().ok()?), rest)
    } else if let Some(rest) = text.strip_prefix("nsu=") {
        let (uri, rest) = rest.split_once(';')?;
        if uri.is_empty() {
            return None;
        }
        (Namespace::Uri(uri.to_owned()), rest)
    } else {
        (Namespace::Index(0), text)
    };
    let (kind, value) = rest.split_once('=')?;
    let identifier = match kind {
        "i" => Identifier::Number(value.parse().ok()?),
        "s" if !value.is_empty() && value.len() <= 4_096 => Identifier::Text(value.to_owned()),
        "g" if is_guid(value) => Identifier::Guid(value.to_owned()),
        _ => return None,
    };
    Some(NodeRef::Id { namespace, identifier })
}

fn is_guid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

pub(crate) fn parse_path(path: &str) -> Option<Vec<Step>> {
    let step = |text: &str| match text.split_once(':') {
        _ if text == "*" => Some(Step::First),
        Some((index, name)) if !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(Step::Named(Some(index.parse().ok()?), name.to_owned())).filter(|_| !name.is_empty())
        }
        _ if text.is_empty() => None,
        _ => Some(Step::Named(None, text.to_owned())),
    };
    path.split('/').map(step).collect()
}

/// What the companion specification for robots (OPC 40010-1, `SafetyStateType`) has every robot say of its safety, and
/// the signals that it becomes. The specification says: for information, not for functional safety.
pub(crate) const ROBOT_SAFETY: [(&str, &str); 3] = [
    ("OperationalMode", "operational_mode"),
    ("EmergencyStop", "emergency_stop"),
    ("ProtectiveStop", "protective_stop"),
];

/// `{system}/SafetyStates/{state}/ParameterSet/{variable}`; the namespaces' indexes differ from server to server.
pub(crate) fn robot_safety(system: &[Step], state: Option<&str>, variable: &str) -> NodeRef {
    let named = |name: &str| Step::Named(None, name.to_owned());
    let state = state.map_or(Step::First, named);
    let tail = [named("SafetyStates"), state, named("ParameterSet"), named(variable)];
    NodeRef::Path(system.iter().cloned().chain(tail).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_named_as_the_standard_writes_them() {
        for text in [
            "ns=2;s=Robot.Force",
            "i=2258",
            "nsu=http://cell.example/UA/;i=7",
            "ns=3;g=09087e75-8e5e-499b-954f-f2a9603db28a",
            "ns=4;s=with;semicolon=and equals",
            "/DeviceSet/2:Robot/*/Force",
            "/3:a:b",
        ] {
            assert_eq!(NodeRef::parse(text).map(|node| node.to_string()).as_deref(), Some(text));
        }
        for text in
            ["", "Robot", "ns=x;i=1", "ns=2;i=-1", "ns=2;s=", "ns=2;q=1", "nsu=;i=1", "g=12", "/", "/a//b", "/2:"]
        {
            assert_eq!(NodeRef::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_robots_safety_is_where_the_companion_specification_puts_it() {
        let system = parse_path("DeviceSet/Cell").unwrap_or_default();
        assert_eq!(
            robot_safety(&system, None, "EmergencyStop").to_string(),
            "/DeviceSet/Cell/SafetyStates/*/ParameterSet/EmergencyStop"
        );
    }
}
