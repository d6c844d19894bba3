//! Packages of npm, and the front end's build, as far as other commands need them.

use std::fs;
use std::time::SystemTime;

use crate::shell::{command, root, run};

/// Whether what the lock file names is what was last installed.
pub fn is_installed(folder: &str) -> bool {
    let changed =
        |path: &str| -> Option<SystemTime> { fs::metadata(root().join(folder).join(path)).ok()?.modified().ok() };
    changed("node_modules/.package-lock.json") >= changed("package-lock.json")
}

/// `npm ci` where the lock file is newer than what it last installed.
pub fn install(folder: &str) -> anyhow::Result<()> {
    if is_installed(folder) {
        return Ok(());
    }
    run(command(folder, "npm", &["ci", "--no-audit", "--no-fund"]))
}

/// The pages that the hall serves, into `web/dist`.
pub fn build() -> anyhow::Result<()> {
    install("web")?;
    run(command("web", "npm", &["run", "build"]))
}
