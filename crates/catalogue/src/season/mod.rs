//! A season file (`catalogue/seasons/<id>.yaml`) becomes a season, or a list of everything that is wrong with it.
//!
//! Who acts: a federation's staff declare the tiers of a year's contests and who goes on from one to the next; the hall keeps
//! the source and its hash with the season. What each field means: `docs/seasons.md`.

mod read;
mod schema;
mod shape;

use std::sync::Arc;

use kernel::Text;
use marking::AdvanceRule;
use sha2::{Digest, Sha256};

use crate::page::Page;
use crate::{Diagnostic, Severity};

pub(crate) use shape::SEASON;

pub use schema::{check_season_shape, season_json_schema};

/// The format that this reads.
pub const SEASON_FORMAT: &str = "guildhall/season/1";

/// Contests of several tiers, and how one goes on from each to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Season {
    pub code: String,
    pub version: u32,
    pub title: Text,
    /// Codes of the trades that it is for; empty for all of the catalogue.
    pub trades: Vec<String>,
    /// From the first round to the last.
    pub tiers: Vec<Tier>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    pub code: String,
    pub name: Text,
    pub level: Level,
    /// Who goes on to the next tier; none from the last.
    pub advance: Option<AdvanceRule>,
}

/// Of the organisation tree: who holds the contests of a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Enterprise,
    Town,
    District,
    City,
}

impl Level {
    pub const ALL: [Level; 4] = [Level::Enterprise, Level::Town, Level::District, Level::City];

    pub const fn code(self) -> &'static str {
        match self {
            Level::Enterprise => "enterprise",
            Level::Town => "town",
            Level::District => "district",
            Level::City => "city",
        }
    }
}

impl Season {
    pub fn tier(&self, code: &str) -> Option<&Tier> {
        self.tiers.iter().find(|tier| tier.code == code)
    }

    /// The tier to which one goes on from another.
    pub fn after(&self, code: &str) -> Option<&Tier> {
        let at = self.tiers.iter().position(|tier| tier.code == code)?;
        self.tiers.get(at + 1)
    }

    pub fn has_trade(&self, code: &str) -> bool {
        self.trades.is_empty() || self.trades.iter().any(|trade| trade == code)
    }
}

/// A season file without faults.
#[derive(Debug, Clone)]
pub struct LoadedSeason {
    pub season: Arc<Season>,
    /// SHA-256 of the source, in hex.
    pub hash: String,
    pub source: Arc<str>,
}

/// Loads a season file. The diagnostics hold every fault in the order of the page; there is a season exactly if none of them is an error.
pub fn load_season(yaml: &str) -> (Option<LoadedSeason>, Vec<Diagnostic>) {
    let (tree, slips) = match crate::tree::read(yaml) {
        Ok(read) => read,
        Err(fault) => return (None, vec![*fault]),
    };
    let mut page = Page::reading(&SEASON, slips);
    let season = read::season(&mut page, &tree);
    let faults = page.faults.in_order();
    let sound = faults.iter().all(|fault| fault.severity == Severity::Warning);
    let loaded = sound.then(|| LoadedSeason {
        season: Arc::new(season),
        hash: hex::encode(Sha256::digest(yaml.as_bytes())),
        source: yaml.into(),
    });
    (loaded, faults)
}
