//! A scheme file is refused with a fault at a place in both languages, or it is loaded; the same text in the same way.

use catalogue::load_scheme;

use super::yaml;

pub const WORDS: &[&str] = &[
    "format: guildhall/scheme/1\n",
    "rules:\n",
    "  - id: ",
    "    on: ",
    "{rises: a}",
    "{falls: a}",
    "{changes: n}",
    "{request: any}",
    "{begins: run}",
    "{ends: phase}",
    "{agree: [a, b]}",
    "{agree: {witnesses: [a, b], at_least: 2}}",
    "    then: {rises: a, within: 2s}\n",
    "    without: {rises: a, before: 2s}\n",
    "    check: {mean: x, over: 5s, between: [1, ~]}\n",
    "    absent: {rises: a}\n    by: 5s\n",
    "    sequence: [{rises: a}, {falls: a}]\n",
    "    forbidden: [{rises: a}, {rises: b}]\n",
    "    while: a\n    per: second\n",
    "    measure: {from: {rises: a}, to: {falls: a}, curve: [[1s, 2], [2s, 0]]}\n",
    "    count: {rises: a, between: [1, 2]}\n",
    "    award: 1\n",
    "    deduct: 1\n",
    "    otherwise: -1\n",
    "    gate: [a]\n",
    "    best_of: 3\n",
    "    min_total: -1\n",
    "    at_most: 2\n",
    "    once: true\n",
    "    during: {while: a}\n",
    "signals:\n",
    "type: real",
    "unit: mm",
    "stale_after: 2s",
    "&x ",
    "*x",
    "!!str ",
    "|\n",
    "~",
    "{zh: 一, en: One}",
    "\u{feff}",
    "---\n",
];

pub fn run(input: &[u8]) {
    yaml::check(input, load_scheme, |scheme, _| {
        // What is shown of it can be made, and the editors' schema takes it too.
        scheme.view();
        scheme.rules.memory_bound();
    });
}
