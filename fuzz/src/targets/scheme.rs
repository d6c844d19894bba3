//! A scheme file is refused with a fault at a place in both languages, or it is loaded; the same text in the same way.

use catalogue::{Severity, load_scheme};

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
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (loaded, faults) = load_scheme(text);
    let sound = faults.iter().all(|fault| fault.severity == Severity::Warning);
    assert_eq!(loaded.is_some(), sound, "{faults:?}");
    // YAML breaks a line at either, and at both together once.
    let lines = text.replace("\r\n", "\n").split(['\n', '\r']).count() as u32 + 1;
    for fault in &faults {
        assert!(!fault.text.zh.is_empty() && !fault.text.en.is_empty(), "{fault:?}");
        let instead = fault.suggestion.text();
        assert!(!instead.zh.is_empty() && !instead.en.is_empty(), "{fault:?}");
        assert!((1..=lines).contains(&fault.line) && fault.column >= 1, "{fault:?}");
    }
    if let Some(scheme) = loaded {
        // What is shown of it can be made, and the editors' schema takes it too.
        scheme.view();
        scheme.rules.memory_bound();
    }
    let (again, same) = load_scheme(text);
    assert_eq!((again.is_some(), format!("{same:?}")), (sound, format!("{faults:?}")));
}
