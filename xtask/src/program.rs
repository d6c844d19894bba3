//! The hall's program as the tests build it.

use std::path::PathBuf;

use crate::shell::{command, root, run};

/// Builds it with the features that a test of the whole workspace selects: by itself it would have fewer, and every
/// dependency that two crates share would be compiled a second time.
pub fn build() -> anyhow::Result<PathBuf> {
    run(command("", "cargo", &["test", "--quiet", "--workspace", "--no-run", "--test", "whole"]))?;
    Ok(root().join("target/debug/guildhall"))
}
