//! `guildhall archive …`: the archive without a hall that runs.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use archive::Tenant;
use clap::{Args, ValueEnum};
use store::Db;

use crate::commands::runtime;
use crate::config::{self, Overrides};

#[derive(Debug, Args)]
pub struct ArchiveCommand {
    what: What,
    /// Settings file (YAML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
    /// Whose statements; 0 is the hall itself
    #[arg(long, default_value_t = 0)]
    tenant: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Recompute the chain of hashes, and say where it first doesn't fit
    Verify,
    /// Build what statements are looked up by anew
    Rebuild,
    /// Write all statements to standard output, a line each (NDJSON)
    Export,
}

impl ArchiveCommand {
    pub fn run(self) -> anyhow::Result<()> {
        let config = config::load(self.config.as_deref(), &self.overrides).map_err(anyhow::Error::msg)?;
        let tenant = Tenant::new(self.tenant).context("there is no such tenant")?;
        runtime()?.block_on(async {
            let db = Db::connect_existing(&config.database).await?;
            let done = self.what.carry_out(&db, tenant).await;
            db.close().await;
            done
        })
    }
}

impl What {
    #[allow(clippy::print_stdout)]
    async fn carry_out(self, db: &Db, tenant: Tenant) -> anyhow::Result<()> {
        match self {
            What::Verify => {
                let proof = archive::verify_of(db, tenant).await?;
                println!("{} statements, each in its place; newest hash {}", proof.statements, proof.hash);
            }
            What::Rebuild => {
                archive::order_rebuild(db, tenant).await?;
                println!("{} statements", archive::rebuild(db).await?);
            }
            What::Export => export(db, tenant).await?,
        }
        Ok(())
    }
}

async fn export(db: &Db, tenant: Tenant) -> anyhow::Result<()> {
    let reader = archive::Reader::new(db.clone(), tenant);
    let (end, mut at) = (archive::newest_of(db, tenant).await?, tenant.start());
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    loop {
        let records = reader.between(at, end, archive::LIMIT_MAX).await?;
        let Some(last) = records.last() else { break };
        at = last.position;
        for record in &records {
            match out.write_all(lrs::export::line(record, tenant).as_bytes()) {
                // Whoever reads has seen enough.
                Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
                written => written?,
            }
        }
    }
    Ok(out.flush()?)
}
