//! `cargo xtask bench NAME`: the benchmarks, built with optimisation. Each prints one JSON object as its last line.

use clap::Args;

use crate::shell::{command, run};
use crate::web;

/// Run a benchmark; its last line is one JSON object with the figures and the ratios.
#[derive(Args)]
pub struct Bench {
    /// Which one, such as `marking` or `live`; without it the program lists them.
    name: Option<String>,
    /// Handed on to the benchmark.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

impl Bench {
    pub fn run(self) -> anyhow::Result<()> {
        // What it measures is the program itself.
        if matches!(self.name.as_deref(), Some("edge" | "lrs")) {
            run(command("", "cargo", &["build", "--release", "--quiet", "-p", "server"]))?;
        }
        if self.name.as_deref() == Some("credential") {
            // The vocabularies of certificates come with the pages.
            web::install("web")?;
            run(command("web", "node", &["dev/contexts.mjs", "dist/contexts"]))?;
        }
        if self.name.as_deref() == Some("paint") {
            // A browser is measured, by a script that speaks to it; the screens are built in.
            web::build()?;
            run(command("", "cargo", &["build", "--release", "--quiet", "-p", "server"]))?;
            let mut args = vec!["bench/paint/paint.mjs"];
            args.extend(self.rest.iter().map(String::as_str));
            return run(command("", "node", &args));
        }
        let mut args = vec!["run", "--release", "--quiet", "-p", "bench"];
        if self.name.as_deref() == Some("referee") {
            // Its peer has a large tree of crates that nothing else needs.
            args.extend(["--features", "rtlola"]);
        }
        args.push("--");
        match &self.name {
            Some(name) => args.push(name),
            None => args.push("--help"),
        }
        args.extend(self.rest.iter().map(String::as_str));
        run(command("", "cargo", &args))
    }
}
