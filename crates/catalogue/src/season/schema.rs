//! The JSON Schema of season files, for editors. It says the shape; what `load_season` says beyond it needs the whole file.

use schemars::{JsonSchema, schema_for};
use serde::Deserialize;

use crate::schema::{Quantity, Words, shapes, words};

/// The JSON Schema of `guildhall/season/1`, generated from the types below.
pub fn season_json_schema() -> serde_json::Value {
    schema_for!(SeasonFile).to_value()
}

/// Reads a file by the schema's own types, so that a test can hold them against the loader's.
pub fn check_season_shape(yaml: &str) -> Result<(), String> {
    serde_saphyr::from_str::<SeasonFile>(yaml).map(drop).map_err(|error| error.to_string())
}

words! {
    Format { One "guildhall/season/1" }
    /// Who holds the contests of a tier.
    Level { Enterprise "enterprise", Town "town", District "district", City "city" }
    /// All together, or each group by itself.
    Over { WholeField "whole_field", EachGroup "each_group" }
    /// Everybody who was entered, or everybody who has a rank.
    ShareOf { Entered "entered", Ranked "ranked" }
    Rounding { Up "up", Down "down", Nearest "nearest" }
    /// Of a shared rank that reaches beyond the last place: all of it goes on, or none, or it is parted by `chain`.
    Ties { All "all", None "none", Chain "chain" }
    Link { Practice "practice", Theory "theory", Time "time" }
    /// The place of somebody who declines goes to the next in line, or stays empty.
    Declined { Replaced "replaced", Empty "empty" }
}

shapes! {
    /// A season: contests of several tiers, and who goes on from each to the next.
    SeasonFile {
        format: Format,
        /// The season's own code.
        id: String,
        version: u32,
        title: Words,
        /// Codes of the trades; without it all of the catalogue.
        trades: Option<Vec<String>>,
        /// From the first round to the last.
        tiers: Vec<Tier>,
    }
    Tier { code: String, name: Words, level: Level,
        /// Who goes on to the next tier: in every tier but the last.
        advance: Option<Advance>,
    }
    /// Exactly one of `first` and `share`.
    Advance {
        over: Over, first: Option<u32>, share: Option<String>, of: Option<ShareOf>, rounding: Option<Rounding>,
        /// At most so many of one organisation.
        per_organisation: Option<u32>,
        total_min: Option<Quantity>, ties: Ties, chain: Option<Vec<Link>>, declined: Declined,
    }
}
