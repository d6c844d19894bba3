//! `cargo xtask generate`: what is derived from the code and committed all the same, so that a change of the contract
//! shows in review: `contract/` by the hall, the client's types by the front end's own tool, and the gallery of rules in
//! the referee's page from the folders that are tested.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use clap::Args;

use crate::shell::{command, root, run};
use crate::{gallery, rust, tidy, web};

/// Where the client's types lie, within `web/`.
const CLIENT_TYPES: &str = "src/shared/api/schema.d.ts";
/// Kept by hand in `contract/`.
const BY_HAND: &[&str] = &["README.md"];

/// Write `contract/` and the front end's types anew from the code.
#[derive(Args)]
pub struct Generate {
    /// Write nothing; fail if what is committed differs from what the code says.
    #[arg(long)]
    check: bool,
    /// Only the gallery of rules, for which the hall needn't be built.
    #[arg(long, conflicts_with = "check")]
    gallery: bool,
}

impl Generate {
    pub fn run(self) -> anyhow::Result<()> {
        match self {
            Generate { check: true, .. } => check(),
            Generate { gallery: true, .. } => write_gallery(),
            Generate { .. } => write(),
        }
    }
}

fn write_gallery() -> anyhow::Result<()> {
    let page = root().join(gallery::PAGE);
    let (_, fresh) = gallery_page()?;
    fs::write(&page, fresh).with_context(|| format!("can't write {}", page.display()))
}

fn write() -> anyhow::Result<()> {
    write_gallery()?;
    contract_into(&root().join("contract"))?;
    web::install("web")?;
    run(command("web", "npm", &["run", "generate"]))
}

/// The referee's page as it is, and as it should be.
fn gallery_page() -> anyhow::Result<(String, String)> {
    let sources = tidy::sources()?;
    let page = sources.iter().find(|source| source.path == gallery::PAGE).context("the referee has no page")?;
    let files = sources.iter().map(|source| (source.path.as_str(), source.text.as_str()));
    Ok((page.text.clone(), gallery::into_page(&page.text, files)?))
}

fn contract_into(folder: &Path) -> anyhow::Result<()> {
    let program = rust::program()?;
    run(command("", &program.display().to_string(), &["contract", "--out", &folder.display().to_string()]))
}

/// Generates beside what is committed, and compares.
pub fn check() -> anyhow::Result<()> {
    let fresh = tempfile::Builder::new().prefix("guildhall-contract-").tempdir()?;
    let contract = fresh.path().join("contract");
    contract_into(&contract)?;
    let mut differing = differences(&files(&root().join("contract"))?, &files(&contract)?);

    web::install("web")?;
    let types = fresh.path().join("schema.d.ts");
    let openapi = contract.join("openapi.json");
    run(command(
        "web",
        "npx",
        &["openapi-typescript", &openapi.display().to_string(), "-o", &types.display().to_string()],
    ))?;
    let committed = fs::read(root().join("web").join(CLIENT_TYPES)).unwrap_or_default();
    if committed != fs::read(&types).context("openapi-typescript wrote nothing")? {
        differing.push(format!("web/{CLIENT_TYPES} is not what the contract says"));
    }
    let (page, fresh) = gallery_page()?;
    if page != fresh {
        differing.push(format!("{} has another gallery than its folders", gallery::PAGE));
    }
    if differing.is_empty() {
        return Ok(());
    }
    bail!("{}\nRun `cargo xtask generate` and commit what it writes", differing.join("\n"))
}

/// Every file below a folder, by its path in it.
fn files(folder: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(&at).with_context(|| format!("can't read {}", at.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder)?.display().to_string();
            found.insert(name, fs::read(&path)?);
        }
    }
    Ok(found)
}

fn differences(committed: &BTreeMap<String, Vec<u8>>, fresh: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let changed = fresh.iter().filter_map(|(name, content)| match committed.get(name) {
        None => Some(format!("contract/{name} is missing")),
        Some(other) if other != content => Some(format!("contract/{name} is not what the code says")),
        Some(_) => None,
    });
    let left_over = committed
        .keys()
        .filter(|name| !fresh.contains_key(*name) && !BY_HAND.contains(&name.as_str()))
        .map(|name| format!("contract/{name} is not generated any more"));
    changed.chain(left_over).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named() {
        let of = |files: &[(&str, &str)]| -> BTreeMap<String, Vec<u8>> {
            files.iter().map(|(name, content)| ((*name).to_owned(), content.as_bytes().to_vec())).collect()
        };
        let committed = of(&[("a", "1"), ("b", "1"), ("old", "1"), ("README.md", "x")]);
        let fresh = of(&[("a", "1"), ("b", "2"), ("new", "1")]);
        assert_eq!(
            differences(&committed, &fresh),
            [
                "contract/b is not what the code says",
                "contract/new is missing",
                "contract/old is not generated any more"
            ]
        );
        assert!(differences(&fresh, &fresh).is_empty());
    }
}
