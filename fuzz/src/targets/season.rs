//! A season file is refused with a fault at a place in both languages, or it is loaded; the same text in the same way.

use catalogue::load_season;

use super::yaml;

pub const WORDS: &[&str] = &[
    "format: guildhall/season/1\n",
    "id: a\nversion: 1\ntitle: {zh: 一, en: One}\n",
    "trades: [welder]\n",
    "tiers:\n  - code: a\n    name: {zh: 一, en: One}\n    level: enterprise\n",
    "    advance:\n      over: each_group\n      first: 3\n",
    "      share: 30%\n      of: ranked\n      rounding: up\n",
    "over: whole_field",
    "per_organisation: 3",
    "total_min: 60",
    "ties: chain",
    "chain: [practice, theory, time]",
    "declined: replaced",
    "level: town",
    "level: district",
    "level: city",
    "0%",
    "4294967295",
    "~",
    "&x ",
    "*x",
    "|\n",
    "---\n",
];

pub fn run(input: &[u8]) {
    yaml::check(input, load_season, |season, text| {
        assert_eq!(season.source.as_ref(), text);
        assert!(!season.season.tiers.is_empty());
    });
}
