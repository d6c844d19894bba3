//! What must not be written where. Invariants of the crates, proved by their absence.

use super::Source;

/// A word that must not stand in some files.
struct Absence {
    word: &'static str,
    /// Beginnings of paths.
    within: &'static [&'static str],
    but: &'static [&'static str],
    why: &'static str,
}

const CORE: &[&str] = &[
    "crates/kernel/src/",
    "crates/marking/src/",
    "crates/referee/src/",
    "crates/xapi/src/",
    "crates/credential/src/",
    "crates/analysis/src/",
    "crates/exam/src/",
    "crates/print/src/",
];
/// Where input from outside ends up: a panic there is a hall that stops.
const REACHED_BY_INPUT: &[&str] = &[
    "crates/web/src/",
    "crates/people/src/",
    "crates/contest/src/",
    "crates/edge/src/",
    "crates/server/src/",
    "crates/store/src/",
    "crates/archive/src/",
    "crates/xapi/src/",
    "crates/credential/src/",
    "crates/live/src/",
    "crates/catalogue/src/",
    "crates/telemetry/src/",
    "crates/print/src/",
    "crates/exam/src/",
];

const ABSENCES: &[Absence] = &[
    Absence {
        word: "SystemTime::now",
        within: CORE,
        but: &["crates/kernel/src/clock.rs"],
        why: "time comes in through kernel::Clock",
    },
    Absence { word: "Instant::now", within: CORE, but: &[], why: "time comes in through kernel::Clock" },
    Absence { word: "thread_rng", within: &["crates/"], but: &[], why: "chance comes in through kernel::Rng" },
    Absence { word: "std::fs", within: CORE, but: &[], why: "the core does no I/O" },
    Absence { word: "std::net", within: CORE, but: &[], why: "the core does no I/O" },
    Absence { word: "std::env", within: CORE, but: &[], why: "the core reads no environment" },
    Absence { word: "async fn", within: CORE, but: &[], why: "the core waits for nothing" },
    Absence { word: ".unwrap()", within: REACHED_BY_INPUT, but: &[], why: "input may reach it: answer an error" },
    Absence {
        word: "#[ignore",
        within: &["crates/", "xtask/", "bench/"],
        but: &["xtask/src/tidy/"],
        why: "a test runs or is deleted",
    },
    Absence {
        word: "sqlx::query",
        within: &["crates/"],
        but: &["crates/store/", "crates/testkit/"],
        why: "statements run through store",
    },
];

pub fn check(sources: &[Source]) -> Vec<String> {
    let mut breaches = Vec::new();
    for source in sources.iter().filter(|source| source.path.ends_with(".rs") && !is_test_file(&source.path)) {
        let lines: Vec<(usize, &str)> = lines_of_code(&source.text).collect();
        for absence in ABSENCES {
            let begins = |places: &[&str]| places.iter().any(|place| source.path.starts_with(place));
            if !begins(absence.within) || begins(absence.but) {
                continue;
            }
            let found = lines.iter().filter(|(_, line)| line.contains(absence.word));
            breaches.extend(
                found.map(|(number, _)| format!("{}:{number}: {} ({})", source.path, absence.word, absence.why)),
            );
        }
    }
    breaches
}

/// `tests/…`, and modules that a `#[cfg(test)]` declares by their customary names.
fn is_test_file(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.ends_with("_tests.rs")
}

/// Numbered lines, without comments, and without the test module that closes a file.
fn lines_of_code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines: Vec<&str> = text.lines().collect();
    let tests_begin = lines
        .windows(2)
        .position(|pair| {
            pair[0].trim_start().starts_with("#[cfg(test)]")
                && pair[1].trim_start().starts_with("mod ")
                && pair[1].ends_with('{')
        })
        .unwrap_or(lines.len());
    lines
        .into_iter()
        .take(tests_begin)
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(at, line)| (at + 1, line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::source;

    #[test]
    fn an_absence_bites_in_code_only() {
        let text = "// SystemTime::now in words\nfn now() {\n    SystemTime::now();\n}\n#[cfg(test)]\nmod tests {\n    x.unwrap();\n}\n";
        let at = |path: &str| check(&[source(path, text)]);
        assert_eq!(
            at("crates/marking/src/board.rs"),
            ["crates/marking/src/board.rs:3: SystemTime::now (time comes in through kernel::Clock)"]
        );
        assert!(at("crates/kernel/src/clock.rs").is_empty());
        assert!(at("crates/marking/tests/board.rs").is_empty());
        assert!(at("crates/web/src/time.rs").is_empty(), "clippy.toml bans it there, with reasons allowed");
        let unwraps = [source("crates/contest/src/a.rs", "fn f() {\n    x.unwrap();\n}\n")];
        assert_eq!(check(&unwraps).len(), 1);
    }
}
