//! `opcua`: servers, their security, and which of their variables are which signals.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_saphyr::Spanned;
use telemetry::check_signal;

use super::{Faults, between, here, secret};
use crate::config::opcua::{
    Mode, NodeRef, NodeSignal, OpcuaConfig, Policy, ROBOT_SAFETY, Security, parse_path, robot_safety,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOpcua {
    server: Spanned<String>,
    security: Option<Spanned<String>>,
    mode: Option<Spanned<String>>,
    pki: Option<PathBuf>,
    username: Option<Spanned<String>>,
    password: Option<String>,
    password_env: Option<Spanned<String>>,
    #[serde(default = "sampling_ms")]
    sampling_ms: Spanned<u64>,
    #[serde(default = "publishing_ms")]
    publishing_ms: Spanned<u64>,
    #[serde(default = "queue")]
    queue: Spanned<u64>,
    #[serde(default = "retry_max_ms")]
    retry_max_ms: Spanned<u64>,
    #[serde(default)]
    signals: Vec<RawSignal>,
    #[serde(default)]
    robots: Vec<RawRobot>,
}

fn sampling_ms() -> Spanned<u64> {
    here(50)
}
fn publishing_ms() -> Spanned<u64> {
    here(100)
}
fn queue() -> Spanned<u64> {
    here(20)
}
fn retry_max_ms() -> Spanned<u64> {
    here(10_000)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSignal {
    node: Spanned<String>,
    station: Spanned<String>,
    signal: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRobot {
    system: Spanned<String>,
    safety: Option<Spanned<String>>,
    station: Spanned<String>,
    #[serde(default)]
    prefix: Option<Spanned<String>>,
}

/// A station as `stations` lists it, or a fault.
pub(super) fn station_of(known: &[Arc<str>], station: &Spanned<String>, faults: &mut Faults) -> Option<Arc<str>> {
    let found = known.iter().find(|known| ***known == *station.value).cloned();
    if found.is_none() {
        let list = known.join(", ");
        faults.add(
            station,
            format!("未知工位 {}，已列出的是 {list}", station.value),
            format!("unknown station {}: stations lists {list}", station.value),
        );
    }
    found
}

pub(super) fn resolve(
    raw: &RawOpcua,
    known: &[Arc<str>],
    env: &dyn Fn(&str) -> Option<String>,
    faults: &mut Faults,
) -> OpcuaConfig {
    let host = raw.server.value.strip_prefix("opc.tcp://");
    if host.is_none_or(|host| host.is_empty() || host.starts_with(['/', ':'])) {
        faults.add(
            &raw.server,
            "server 应形如 opc.tcp://主机:4840",
            "server is expected to look like opc.tcp://host:4840",
        );
    }
    if !cfg!(feature = "opcua") {
        faults.add(&raw.server, "本程序编译时不含 OPC UA", "this program was built without OPC UA");
    }
    between(&raw.sampling_ms, "sampling_ms", 1, 60_000, faults);
    between(&raw.publishing_ms, "publishing_ms", 10, 60_000, faults);
    // A queue of one loses every transition but the last between two publications.
    between(&raw.queue, "queue", 2, 10_000, faults);
    between(&raw.retry_max_ms, "retry_max_ms", 100, 300_000, faults);
    let security = security(raw, faults);
    let login = login(raw, env, faults);
    let mut signals = Vec::new();
    let mut mapped = HashSet::new();
    let mut map = |at: &Spanned<String>, node: NodeRef, station: Arc<str>, signal: String, faults: &mut Faults| {
        if let Err(bad) = check_signal(&signal) {
            faults.text(at, bad.text);
        } else if !mapped.insert((station.clone(), signal.clone())) {
            faults.add(
                at,
                format!("重复映射：工位 {station} 的信号 {signal} 已经映射"),
                format!("mapped twice: signal {signal} of station {station} is mapped above"),
            );
        } else {
            signals.push(NodeSignal { node, station, signal: signal.into() });
        }
    };
    for one in &raw.signals {
        let node = NodeRef::parse(&one.node.value);
        if node.is_none() {
            faults.add(
                &one.node,
                "node 应形如 ns=2;s=Robot.Force、nsu=…;i=7 或路径 /DeviceSet/2:Robot/Force",
                "node is expected to look like ns=2;s=Robot.Force, nsu=…;i=7, or the path /DeviceSet/2:Robot/Force",
            );
        }
        if let (Some(station), Some(node)) = (station_of(known, &one.station, faults), node) {
            map(&one.signal, node, station, one.signal.value.clone(), faults);
        }
    }
    for robot in &raw.robots {
        let system = robot.system.value.strip_prefix('/').and_then(parse_path);
        if system.is_none() {
            faults.add(
                &robot.system,
                "system 应为机器人系统的路径，例如 /DeviceSet/Cell1",
                "system is expected to be the path of the motion device system, such as /DeviceSet/Cell1",
            );
        }
        if let (Some(station), Some(system)) = (station_of(known, &robot.station, faults), system) {
            let prefix = robot.prefix.as_ref().map_or("", |prefix| &prefix.value);
            for (variable, signal) in ROBOT_SAFETY {
                let node = robot_safety(&system, robot.safety.as_ref().map(|state| state.value.as_str()), variable);
                map(&robot.system, node, station.clone(), format!("{prefix}{signal}"), faults);
            }
        }
    }
    if raw.signals.is_empty() && raw.robots.is_empty() {
        faults.add(&raw.server, "既没有 signals 也没有 robots", "neither signals nor robots is there");
    }
    OpcuaConfig {
        url: raw.server.value.clone(),
        security,
        pki: raw.pki.clone(),
        login,
        sampling: Duration::from_millis(raw.sampling_ms.value),
        publishing: Duration::from_millis(raw.publishing_ms.value),
        queue: raw.queue.value.min(10_000) as u32,
        retry_max: Duration::from_millis(raw.retry_max_ms.value),
        signals,
    }
}

fn security(raw: &RawOpcua, faults: &mut Faults) -> Security {
    let mode = match raw.mode.as_ref().map(|mode| (mode, mode.value.as_str())) {
        None | Some((_, "SignAndEncrypt")) => Mode::SignAndEncrypt,
        Some((_, "Sign")) => Mode::Sign,
        Some((at, other)) => {
            faults.add(
                at,
                format!("mode {other} 应为 Sign 或 SignAndEncrypt"),
                format!("mode {other} is expected to be Sign or SignAndEncrypt"),
            );
            Mode::SignAndEncrypt
        }
    };
    let Some(written) = raw.security.as_ref().filter(|written| written.value != "none") else {
        if let Some(mode) = &raw.mode {
            faults.add(mode, "有 mode 而没有 security", "mode is there without security");
        }
        return Security::None;
    };
    if raw.pki.is_none() {
        faults.add(written, "security 需要 pki：证书所在文件夹", "security needs pki: the folder of the certificates");
    }
    match Policy::ALL.into_iter().find(|policy| policy.code() == written.value) {
        Some(policy) => Security::With { policy, mode },
        None => {
            let list = Policy::ALL.map(Policy::code).join(", ");
            faults.add(
                written,
                format!("security {} 应为 none 或 {list}", written.value),
                format!("security {} is expected to be none or one of {list}", written.value),
            );
            Security::None
        }
    }
}

fn login(raw: &RawOpcua, env: &dyn Fn(&str) -> Option<String>, faults: &mut Faults) -> Option<(String, String)> {
    let password = match &raw.password_env {
        Some(_) => secret("password", &None, &raw.password_env, env, faults),
        None => raw.password.clone(),
    };
    match (&raw.username, password) {
        (Some(name), password) => Some((name.value.clone(), password.unwrap_or_default())),
        (None, Some(_)) => {
            faults.add(&raw.server, "有 password 而没有 username", "a password is there without username");
            None
        }
        (None, None) => None,
    }
}
