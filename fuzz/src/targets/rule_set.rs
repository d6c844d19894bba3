//! A rule-set file is refused with a fault at a place in both languages, or it is loaded; the same text in the same way.

use catalogue::load_rule_set;

use super::yaml;

pub const WORDS: &[&str] = &[
    "format: guildhall/rule-set/1\n",
    "prizes:\n",
    "  - to: competitors\n    over: whole_field\n",
    "to: teams",
    "over: each_group",
    "conditions: [{total: 60}]",
    "vacant: kept",
    "    shares: {of: ranked, rounding: up, ties: all, prizes: []}\n",
    "    ranks: {ties: none, prizes: []}\n",
    "    medals: {tie_within: 2}\n",
    "{code: first, name: {zh: 一, en: One}, share: 10%}",
    "{code: rest, name: {zh: 一, en: One}, to: rest}",
    "gold: {code: gold, name: {zh: 金, en: Gold}}",
    "scale: {formula: guildhall_open, over: whole_field, decimals: 0}\n",
    "scale: none\n",
    "recheck: {over: whole_field, top_ranks: 3, top_share: 10%, sample: 15%, error_rate_max: 5%, tolerance: 0.01}\n",
    "appeals: {after_run: 2h, after_publication: 2h, answer_within: 4h, instances: 2, second_within: 2h}\n",
    "panels:\n  levels: {judges: 3, spread_max: 1, rounds_most: 2}\n",
    "  marks: {judges: 3, drop_extremes: true}\n",
    "  recusal: [union, enterprise]\n",
    "draw:\n  over: whole_field\n  layers:\n",
    "    - {code: seat, name: {zh: 一, en: One}, number: \"S##\"}\n",
    "signatures: [chief_judge, supervisor]\n",
    "publication: {shows: numbers, freeze: 60min}\n",
    "theory: {share_max: 30%}\n",
    "12.5%",
    "0%",
    "100%",
    "-1",
    "4294967295",
    "~",
    "&x ",
    "*x",
    "!!str ",
    "|\n",
    "{zh: 一, en: One}",
    "\u{feff}",
    "---\n",
];

pub fn run(input: &[u8]) {
    yaml::check(input, load_rule_set, |rule_set, text| {
        assert_eq!((rule_set.source.as_ref(), rule_set.rules.faults()), (text, Vec::new()));
    });
}
