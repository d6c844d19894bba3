//! The commands of the binary, one file each.

pub mod archive;
pub mod contract;
pub mod convert;
pub mod demo;
pub mod doctor;
pub mod edge;
pub mod migrate;
pub mod replay;
pub mod serve;
pub mod verify;

use std::io::IsTerminal;

use anyhow::Context;
use tokio::runtime::Runtime;

use crate::config::LogFormat;

/// One runtime for a command that waits for anything.
pub fn runtime() -> anyhow::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime can't be started")
}

/// Logs go to standard error; `RUST_LOG` says how much.
pub fn log(format: LogFormat) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,access=warn,rumqttd=error,rumqttc=warn"));
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => logging.with_target(false).init(),
        LogFormat::Json => logging.json().init(),
    }
}

/// Until the process is asked to stop, by Ctrl-C or by the service manager.
pub async fn asked_to_stop() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::warn!(%error, "the stop signal can't be heard; only Ctrl-C stops");
            let _ = tokio::signal::ctrl_c().await;
            return;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
