//! `cargo xtask demo`: from a fresh clone to a moving scoreboard.

use anyhow::Context;
use clap::Args;

use crate::shell::{command, root, run};
use crate::web;

/// Build the pages and the hall, and open a demonstration contest on this machine.
#[derive(Args)]
pub struct Demo {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// Where to keep the hall's files. Without it: a temporary folder, removed at the end.
    #[arg(long)]
    data: Option<String>,
    /// Build with optimisation, for more spectators than a few.
    #[arg(long)]
    release: bool,
    /// Don't build the pages; the last build is used.
    #[arg(long)]
    skip_web: bool,
    /// Handed on to `guildhall demo`, such as `--seed 7 --speed 10 --scenario final`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

impl Demo {
    pub fn run(self) -> anyhow::Result<()> {
        if !self.skip_web {
            web::build()?;
        }
        let profile: &[&str] = if self.release { &["--release"] } else { &[] };
        run(command("", "cargo", &[&["build", "-p", "server"], profile].concat()))?;
        let temporary = tempfile::Builder::new().prefix("guildhall-demo-").tempdir().context("no temporary folder")?;
        let data = self.data.unwrap_or_else(|| temporary.path().display().to_string());
        let program = root().join("target").join(if self.release { "release" } else { "debug" }).join("guildhall");
        let mut args = vec!["demo", "--listen", &self.listen, "--data", &data];
        args.extend(self.rest.iter().map(String::as_str));
        println!("\nOpen http://{} once the hall says that it listens. Ctrl-C ends it.\n", self.listen);
        run(command("", &program.display().to_string(), &args))
    }
}
