//! `guildhall convert IN OUT.mcap`.

use std::path::PathBuf;

use kernel::Lang;

#[derive(Debug, clap::Args)]
pub struct ConvertCommand {
    /// CSV (wide, a column for each signal) or NDJSON; may be compressed with zstd
    input: PathBuf,
    /// The recording to write; must not exist
    output: PathBuf,
    /// The station that a CSV's rows belong to
    #[arg(long)]
    station: Option<String>,
    /// CSV of when the competitor asked to be judged: time, checkpoint and, with several stations, station
    #[arg(long, value_name = "FILE")]
    requests: Option<PathBuf>,
    /// zh or en
    #[arg(long, default_value = "en")]
    lang: String,
}

impl ConvertCommand {
    #[allow(clippy::print_stdout)]
    pub fn run(self) -> anyhow::Result<()> {
        let lang = Lang::from_accept(&self.lang);
        let options = telemetry::convert::Options { station: self.station, requests: self.requests };
        match telemetry::convert::convert(&self.input, &self.output, &options) {
            Ok(report) => {
                for line in report.lines(lang) {
                    println!("{line}");
                }
                Ok(())
            }
            Err(fault) => anyhow::bail!("{}", fault.text().get(lang)),
        }
    }
}
