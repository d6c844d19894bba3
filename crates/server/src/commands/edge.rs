//! `guildhall edge --config FILE`.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;

use crate::commands::{asked_to_stop, log, runtime};
use crate::config::LogFormat;

#[derive(Debug, clap::Args)]
pub struct EdgeCommand {
    /// Settings file of the gateway (YAML); see docs/operations.md
    #[arg(long, value_name = "FILE", env = "GUILDHALL_EDGE_CONFIG")]
    config: PathBuf,
    /// text or json
    #[arg(long, default_value = "text")]
    log: LogFormat,
    /// Only check the settings
    #[arg(long)]
    check: bool,
}

impl EdgeCommand {
    #[allow(clippy::print_stdout)]
    pub fn run(self) -> anyhow::Result<()> {
        let yaml = std::fs::read_to_string(&self.config)
            .with_context(|| format!("the settings file {} can't be read", self.config.display()))?;
        let config = edge::EdgeConfig::parse(&yaml, |name| std::env::var(name).ok()).map_err(|faults| {
            let lines: Vec<String> = faults
                .iter()
                .map(|fault| format!("  {}:{}:{}: {}", self.config.display(), fault.line, fault.column, fault.text.en))
                .collect();
            anyhow::anyhow!("the settings are not acceptable:\n{}", lines.join("\n"))
        })?;
        if self.check {
            println!("{}: ok", self.config.display());
            return Ok(());
        }
        log(self.log);
        runtime()?.block_on(async {
            edge::run(config, Arc::new(kernel::SystemClock), asked_to_stop()).await.context("the gateway can't work")
        })
    }
}
