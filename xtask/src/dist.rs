//! `cargo xtask dist`: what an operator takes away.

use std::fs;

use anyhow::Context;
use clap::Args;

use crate::shell::{command, root, run};
use crate::web;

/// What lies beside the program in the archive, as far as it is there.
const BESIDE: &[&str] = &["LICENSE", "README.md", "README.zh-CN.md", "CHANGELOG.md", "catalogue", "docs"];

/// Build the release program with its pages and pack it with catalogue and documents.
#[derive(Args)]
pub struct Dist {}

impl Dist {
    pub fn run(self) -> anyhow::Result<()> {
        web::build()?;
        run(command("", "cargo", &["build", "--release", "-p", "server"]))?;
        let name = format!("guildhall-{}-{}", env!("CARGO_PKG_VERSION"), std::env::consts::ARCH);
        let folder = root().join("target/dist").join(&name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        fs::copy(root().join("target/release/guildhall"), folder.join("guildhall"))
            .context("the program is not there")?;
        for beside in BESIDE.iter().filter(|beside| root().join(beside).exists()) {
            run(command("", "cp", &["-r", beside, &folder.display().to_string()]))?;
        }
        run(command("target/dist", "tar", &["--zstd", "-cf", &format!("{name}.tar.zst"), &name]))?;
        println!("target/dist/{name}.tar.zst");
        Ok(())
    }
}
