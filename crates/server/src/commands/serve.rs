//! `guildhall serve`.

use std::path::PathBuf;

use crate::commands::{asked_to_stop, log, runtime};
use crate::config::{self, Overrides};
use crate::hall::{self, Opening};

#[derive(Debug, clap::Args)]
pub struct Serve {
    /// Settings file (YAML); environment `GUILDHALL_…` and flags win over it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
}

impl Serve {
    pub fn run(self) -> anyhow::Result<()> {
        let config = config::load(self.config.as_deref(), &self.overrides).map_err(anyhow::Error::msg)?;
        log(config.log);
        runtime()?.block_on(async {
            let live = config.live().map_err(|faults| anyhow::anyhow!(faults.join("; ")))?;
            let printing = config.printing().map_err(|faults| anyhow::anyhow!(faults.join("; ")))?;
            let running = hall::open(Opening::of(&config, live, printing)).await?;
            if let Some(live) = running.live {
                tracing::info!(address = %live, "the live listener is open");
            }
            tracing::info!(address = %running.address, database = running.hall.db.shown_url(), "the hall is open");
            asked_to_stop().await;
            running.close().await;
            Ok(())
        })
    }
}
