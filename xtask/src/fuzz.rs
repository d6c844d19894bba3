//! `cargo xtask fuzz TARGET`: mutated inputs for whatever reads what strangers wrote.
//!
//! The harness lies in `fuzz/`, outside the workspace, for it is built with coverage counters. They come from a pass of
//! the stable compiler; only what runs has them, not what runs while it is built, hence the target.

use anyhow::Context;
use clap::Args;

use crate::shell::{command, output, run};

const COUNTERS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 \
                        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                        --cfg=fuzzing";

/// Fuzz a target: `condition`, `scheme`, `rule-set`, `season`, `tables`, `questions`, `recording`, `batch`, `sparkplug`, `certificate`, `statements`,
/// `resume`. What breaks is kept in `fuzz/broken`.
#[derive(Args)]
pub struct Fuzz {
    /// Which one; without it the program lists them.
    target: Option<String>,
    /// Handed on: `--seconds 600`, `--seed 2`, or files to try again.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

impl Fuzz {
    pub fn run(self) -> anyhow::Result<()> {
        let about = output(command("", "rustc", &["-vV"]))?;
        let host = about.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc doesn't name its host")?;
        let mut args =
            vec!["run", "--release", "--quiet", "--manifest-path", "fuzz/Cargo.toml", "--target", host, "--"];
        args.extend(self.target.as_deref());
        args.extend(self.rest.iter().map(String::as_str));
        let mut fuzz = command("", "cargo", &args);
        fuzz.env("RUSTFLAGS", COUNTERS);
        run(fuzz)
    }
}
