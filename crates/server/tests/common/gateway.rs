//! A venue's gateway as a process, with a broker and a door.

use std::path::{Path, PathBuf};

use serde_json::Value;
use testkit::eventually;

use crate::common::program::{Program, text};
use crate::common::stage::{EDGE, Staged};
use crate::common::visitor::http;

pub struct Settings<'a> {
    pub hall: &'a str,
    pub staged: &'a Staged,
    /// Where everything lies that it keeps.
    pub folder: &'a Path,
    pub broker: u16,
    pub door: &'a str,
    pub stations: &'a [&'a str],
    /// What a message on `cell/{station}/state` says, beside its time in milliseconds as `ts`. On `bare/{station}/{signal}` a message
    /// is a value.
    pub values: &'a str,
}

impl Settings<'_> {
    /// The file that they are written to.
    pub fn write(&self) -> PathBuf {
        let Settings { hall, staged, folder, broker, door, stations, values } = self;
        let path = folder.join("edge.yaml");
        let text = format!(
            "format: guildhall/edge/1\nedge: {EDGE}\ncontest: {contest}\nhall: {hall}\nkey: {key}\nlisten: {door}\nlisten_key: by-hand\n\
             spool: {{folder: {spool}, max_mib: 64}}\nrecordings: {{folder: {recordings}, flush_ms: 50}}\n\
             forward: {{batch_ms: 20, samples_max: 200, timeout_ms: 5000, retry_max_ms: 200, heartbeat_ms: 200}}\ngather_ms: 5\n\
             stations: [{stations}]\nmqtt:\n  - broker: 127.0.0.1:{broker}\n    topics:\n\
             \x20     - {{topic: \"cell/{{station}}/state\", values: {values}, time: ts, time_unit: ms}}\n\
             \x20     - {{topic: \"bare/{{station}}/{{signal}}\"}}\n",
            contest = staged.contest,
            key = staged.edge_key,
            spool = folder.join("spool").display(),
            recordings = folder.join("recordings").display(),
            stations = stations.join(", "),
        );
        std::fs::write(&path, text).unwrap();
        path
    }
}

/// Opened once it hears its broker.
pub async fn open(config: &Path, door: &str) -> Program {
    let mut gateway = Program::start(&["edge", "--config", text(config)]);
    eventually("the gateway opens", async || {
        assert!(gateway.is_running(), "{}", gateway.stderr());
        match http().get(format!("http://{door}/status")).send().await {
            Ok(answer) => answer.json::<Value>().await.is_ok_and(|status| status["mqtt_connected"] == 1),
            Err(_) => false,
        }
    })
    .await;
    gateway
}
