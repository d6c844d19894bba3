//! The catalogue's YAML files, parsed, then resolved: schemes and rule sets with every fault and its place.
//!
//! Who acts: an expert writes a scheme file; an organiser makes a contest from it; `replay` judges a recording by it.
//! The flow: page (`tree`) → fields (`page`) → drafts and specs (`scheme`, `rules`) → the checked
//! [`marking::Scheme`] and [`referee::RuleSet`] ([`load_scheme`]). A rule-set file, which holds what a contest adds to its
//! scheme, goes the same way to a [`marking::ContestRules`] ([`load_rule_set`]), a season file to a [`Season`]
//! ([`load_season`]), the list of trades to [`Trades`] ([`load_trades`]). Each step goes on after a fault, so that
//! an author sees all mistakes at once, each with line, column, path, what is wrong in both languages, and what to write
//! instead. What may be written in either kind of file, and how, is in a table (`shape`, `rule_set::shape`).
//!
//! Invariant: this crate does no I/O; it is handed the text of a file.

mod changes;
mod compare;
mod diagnostic;
mod encoding;
mod faults;
mod heard;
mod load;
mod page;
mod rule_set;
mod rules;
mod schema;
mod scheme;
mod season;
mod shape;
mod shipped;
pub mod tables;
mod trades;
mod tree;
pub mod view;
mod yaml;

pub use changes::{Change, ChangeKind, changes};
pub use compare::RuleDifference;
pub use diagnostic::{Diagnostic, Severity};
pub use encoding::text_of;
pub use heard::{Heard, unheard};
pub use load::{LoadedScheme, SCHEME_FORMAT, load_scheme};
pub use rule_set::{LoadedRuleSet, RULE_SET_FORMAT, check_rule_set_shape, load_rule_set, rule_set_json_schema};
pub use schema::{check_shape, json_schema};
pub use season::{
    Level, LoadedSeason, SEASON_FORMAT, Season, Tier, check_season_shape, load_season, season_json_schema,
};
pub use shipped::{SHIPPED_RULE_SETS, SHIPPED_SCHEMES, SHIPPED_SEASONS, ShippedRuleSet, ShippedScheme, ShippedSeason};
pub use trades::{SHIPPED_TRADES, TRADES_FORMAT, Trade, TradeFamily, Trades, load_trades, shipped as trades};
pub use view::{HowView, SchemeView};
