//! `guildhall replay REC --scheme FILE`.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;

#[derive(Debug, clap::Args)]
pub struct ReplayCommand {
    /// A recording (MCAP)
    recording: PathBuf,
    /// The scheme file to judge by
    #[arg(long, value_name = "FILE")]
    scheme: PathBuf,
    /// json: one verdict a line, then the totals; text: for people
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// The station to judge, if the recording holds several
    #[arg(long)]
    station: Option<String>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    Json,
    Text,
}

impl ReplayCommand {
    pub fn run(self) -> anyhow::Result<()> {
        let scheme = std::fs::read_to_string(&self.scheme)
            .with_context(|| format!("the scheme {} can't be read", self.scheme.display()))?;
        let format = match self.format {
            Format::Json => telemetry::replay::Format::Json,
            Format::Text => telemetry::replay::Format::Text,
        };
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        let options = telemetry::replay::Options { station: self.station, format };
        telemetry::replay::replay(&self.recording, &scheme, &options, &mut out)?;
        out.flush().context("the result can't be written")
    }
}
