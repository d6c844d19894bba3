//! The contest schemes, rule sets and seasons that ship with the program, as a starting point for an organiser's own.

/// A scheme file of `catalogue/contests/`, as it is written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShippedScheme {
    /// The name of its folder.
    pub name: &'static str,
    pub source: &'static str,
}

macro_rules! shipped {
    ($($name:literal),+) => {
        /// All of them, the most complete one first.
        pub const SHIPPED_SCHEMES: &[ShippedScheme] = &[$(ShippedScheme {
            name: $name,
            source: include_str!(concat!("../../../catalogue/contests/", $name, "/scheme.yaml")),
        }),+];
    };
}

shipped!("robot-maintenance", "cobot-day");

/// A rule-set file of `catalogue/contests/rule-sets/`, as it is written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShippedRuleSet {
    /// Its file's name without the ending, which is its code.
    pub name: &'static str,
    pub source: &'static str,
}

macro_rules! shipped_rule_sets {
    ($($name:literal),+) => {
        /// All of them.
        pub const SHIPPED_RULE_SETS: &[ShippedRuleSet] = &[$(ShippedRuleSet {
            name: $name,
            source: include_str!(concat!("../../../catalogue/contests/rule-sets/", $name, ".yaml")),
        }),+];
    };
}

shipped_rule_sets!("china-industry-final", "worldskills-style");

/// A season file of `catalogue/seasons/`, as it is written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShippedSeason {
    /// Its file's name without the ending, which is its code.
    pub name: &'static str,
    pub source: &'static str,
}

/// All of them.
pub const SHIPPED_SEASONS: &[ShippedSeason] = &[ShippedSeason {
    name: "district-skills-season",
    source: include_str!("../../../catalogue/seasons/district-skills-season.yaml"),
}];
