//! The Rust of the workspace, compiled once for everything that is checked of it.
//!
//! Clippy's driver is a compiler that also lints. With it as the compiler of the workspace's crates a build of the tests is linted as it is
//! made; `cargo clippy` beside a build would check every dependency a second time, which is a quarter of what a bare machine has to do.

use std::path::PathBuf;
use std::process::Command;

use crate::shell::{command, root, run};

/// Cargo at work on the tests, each crate of the workspace linted with warnings denied.
pub fn linted(args: &[&str]) -> Command {
    let mut cargo = command("", "cargo", args);
    // What `cargo clippy -- -D warnings` hands to its driver.
    cargo.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver");
    cargo.env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
    cargo
}

/// Builds and lints all that is tested, and says where the hall's program is. By itself the program would be built with fewer features,
/// and every dependency that two crates share would be compiled a second time.
pub fn program() -> anyhow::Result<PathBuf> {
    run(linted(&["test", "--workspace", "--no-run", "--test", "whole"]))?;
    Ok(root().join("target/debug/guildhall"))
}
