//! `cargo xtask demo`: from a fresh clone to a moving scoreboard.

use std::os::unix::process::CommandExt;

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

/// Runs the hall and removes the folder (if any) after it, also when the demonstration is ended from the keyboard.
/// An interrupt reaches the whole group; this shell waits until the hall has drained.
const STAGE_HAND: &str = r#"
remove=$1; shift
"$@" &
hall=$!
trap 'kill -TERM "$hall" 2>/dev/null' INT TERM
wait "$hall"; code=$?
while kill -0 "$hall" 2>/dev/null; do wait "$hall"; code=$?; done
if [ -n "$remove" ]; then rm -rf "$remove"; fi
exit "$code"
"#;

impl Demo {
    pub fn run(self) -> anyhow::Result<()> {
        if !self.skip_web {
            web::build()?;
        }
        let profile: &[&str] = if self.release { &["--release"] } else { &[] };
        run(command("", "cargo", &[&["build", "-p", "server"], profile].concat()))?;
        let program = root().join("target").join(if self.release { "release" } else { "debug" }).join("guildhall");
        let (data, remove) = match self.data {
            Some(data) => (data, String::new()),
            None => {
                let temporary =
                    tempfile::Builder::new().prefix("guildhall-demo-").tempdir().context("no temporary folder")?;
                let data = temporary.keep().display().to_string();
                (data.clone(), data)
            }
        };
        println!("\nOpen http://{} once the hall says that it listens. Ctrl-C ends it.\n", self.listen);
        let program = program.display().to_string();
        let mut args =
            vec!["-c", STAGE_HAND, "demo", &remove, &program, "demo", "--listen", &self.listen, "--data", &data];
        args.extend(self.rest.iter().map(String::as_str));
        Err(command("", "/bin/sh", &args).exec()).context("can't run /bin/sh")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        demo: Demo,
    }

    #[test]
    fn what_is_not_ours_is_handed_on() {
        let line = ["demo", "--listen", "127.0.0.1:9000", "--release", "--seed", "7", "--speed", "10"];
        let demo = Line::try_parse_from(line).map(|line| line.demo);
        let demo = demo.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((demo.listen.as_str(), demo.release, demo.data), ("127.0.0.1:9000", true, None));
        assert_eq!(demo.rest, ["--seed", "7", "--speed", "10"]);
    }
}
