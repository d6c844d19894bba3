//! `guildhall replay REC --scheme FILE`.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use telemetry::replay::ReplayFault;

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
        let scheme = std::fs::read(&self.scheme)
            .with_context(|| format!("the scheme {} can't be read", self.scheme.display()))?;
        let scheme = catalogue::text_of(scheme).map_err(|fault| {
            anyhow::Error::new(ReplayFault::Scheme(vec![*fault])).context(self.scheme.display().to_string())
        })?;
        let format = match self.format {
            Format::Json => telemetry::replay::Format::Json,
            Format::Text => telemetry::replay::Format::Text,
        };
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        let options = telemetry::replay::Options { station: self.station, format };
        telemetry::replay::replay(&self.recording, &scheme, &options, &mut out).map_err(|fault| {
            let about = match &fault {
                ReplayFault::Scheme(_) => &self.scheme,
                ReplayFault::Recording(_) | ReplayFault::Write(_) => &self.recording,
            };
            let (about, said) = (about.display().to_string(), anyhow::Error::new(fault));
            // A file that can't be opened names itself.
            if said.to_string().contains(&about) { said } else { said.context(about) }
        })?;
        out.flush().context("the result can't be written")
    }
}
