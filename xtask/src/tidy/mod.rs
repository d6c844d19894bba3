//! `cargo xtask tidy`: the rules of the house that no compiler checks. Each rule is a file here with one `check` and
//! a test that shows it biting. A rule answers a line for each breach: where, and what to do.

mod absences;
mod decisions;
mod dependencies;
mod files;
mod gallery;
mod locales;
mod migrations;

use std::fs;

use anyhow::{Context, bail};
use clap::Args;

use crate::shell::{command, output, root};

/// Prove the dependency rule, the absences, and the small rules about files.
#[derive(Args)]
pub struct Tidy {}

impl Tidy {
    pub fn run(self) -> anyhow::Result<()> {
        check()
    }
}

/// A file of the repository, committed or about to be, with its text.
pub struct Source {
    /// From the root, such as `crates/kernel/src/lib.rs`.
    pub path: String,
    pub text: String,
}

pub fn check() -> anyhow::Result<()> {
    let sources = sources()?;
    let rules: [(&str, Vec<String>); 7] = [
        ("dependencies", dependencies::check(&dependencies::workspace()?)),
        ("absences", absences::check(&sources)),
        ("files", files::check(&sources)),
        ("migrations", migrations::check(&sources)),
        ("decisions", decisions::check(&sources)),
        ("locales", locales::check(&sources)),
        ("gallery", gallery::check(&sources)),
    ];
    let mut breaches = 0;
    for (rule, found) in rules {
        println!("{rule}: {}", if found.is_empty() { "ok".to_owned() } else { format!("{} breaches", found.len()) });
        for breach in &found {
            println!("  {breach}");
        }
        breaches += found.len();
    }
    if breaches > 0 {
        bail!("{breaches} breaches of the house's rules");
    }
    Ok(())
}

/// What git knows or would add: no build products, no packages.
pub fn sources() -> anyhow::Result<Vec<Source>> {
    let listed = output(command("", "git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))
        .context("tidy reads the list of files from git")?;
    let mut sources: Vec<Source> = listed
        .split('\0')
        .filter(|path| !path.is_empty())
        // A file that is deleted but not yet committed is listed too, and pictures are no text.
        .filter_map(|path| Some(Source { path: path.to_owned(), text: fs::read_to_string(root().join(path)).ok()? }))
        .collect();
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(sources)
}

#[cfg(test)]
fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}
