//! No arrow turns back: what a crate may lean on is given by its level, and rooms don't know each other.

use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::shell::root;

/// Each crate of the house with its level. A crate leans on lower levels only; what is level stays apart.
const LEVELS: &[(&str, u32)] = &[
    ("kernel", 0),
    ("marking", 1),
    ("referee", 1),
    ("xapi", 1),
    ("credential", 1),
    ("analysis", 1),
    ("print", 1),
    ("exam", 2),
    ("catalogue", 2),
    ("telemetry", 3),
    ("store", 1),
    ("live", 1),
    ("archive", 2),
    ("web", 4),
    ("people", 5),
    ("contest", 5),
    ("lrs", 5),
    ("edge", 6),
    ("demo", 7),
    ("server", 8),
    // Beside the house: they look at it, and nothing leans on them but tests.
    ("testkit", 1),
    ("bench", 9),
    ("xtask", 9),
];

/// What judges and computes has no hands: it leans on nothing that stores or sends.
const PURE: &[&str] =
    &["kernel", "marking", "referee", "xapi", "credential", "analysis", "exam", "print", "catalogue", "telemetry"];
const HANDS: &[&str] = &["store", "live", "archive"];

/// Crates from outside that the pure core never has, for they bring I/O, a clock, chance or a runtime.
const CORE: &[&str] = &["kernel", "marking", "referee", "xapi", "credential", "analysis", "exam"];
const NOT_IN_CORE: &[&str] = &[
    "tokio",
    "sqlx",
    "axum",
    "hyper",
    "reqwest",
    "rand",
    "libc",
    "socket2",
    "tracing",
    "futures-util",
    "serde",
    "serde_json",
];
/// The statement and the credential are wire types; items, answers and papers have stored shapes.
const BUT_MAY: &[(&str, &[&str])] =
    &[("xapi", &["serde", "serde_json"]), ("credential", &["serde", "serde_json"]), ("exam", &["serde"])];

/// What is heavy stands behind one crate: names that begin so, and who may lean on them.
const BEHIND_ONE: &[(&str, &str)] = &[("typst", "print")];

pub struct Crate {
    pub name: String,
    /// `(name, only for tests)`
    pub leans_on: Vec<(String, bool)>,
}

pub fn workspace() -> anyhow::Result<Vec<Crate>> {
    let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec()?;
    Ok(metadata
        .packages
        .iter()
        .map(|package| Crate {
            name: package.name.to_string(),
            leans_on: package
                .dependencies
                .iter()
                .map(|dependency| (dependency.name.clone(), dependency.kind == DependencyKind::Development))
                .collect(),
        })
        .collect())
}

pub fn check(crates: &[Crate]) -> Vec<String> {
    let level = |name: &str| LEVELS.iter().find(|(known, _)| *known == name).map(|(_, level)| *level);
    let mut breaches = Vec::new();
    for one in crates {
        let Some(own) = level(&one.name) else {
            breaches.push(format!("{}: give the new crate a level in xtask/src/tidy/dependencies.rs", one.name));
            continue;
        };
        for (other, only_tests) in &one.leans_on {
            let (name, other) = (one.name.as_str(), other.as_str());
            if CORE.contains(&name)
                && !only_tests
                && NOT_IN_CORE.contains(&other)
                && !BUT_MAY.iter().any(|(may, what)| *may == name && what.contains(&other))
            {
                breaches.push(format!("{name} is pure and must not lean on {other}"));
            }
            if let Some((_, only)) = BEHIND_ONE.iter().find(|(heavy, only)| other.starts_with(heavy) && name != *only) {
                breaches.push(format!("{name} must not lean on {other}: that stands behind {only}"));
            }
            let Some(theirs) = level(other) else { continue };
            let for_tests = *only_tests && (other == "testkit" || other == name);
            if for_tests {
                continue;
            }
            if other == "testkit" {
                breaches.push(format!("{name} leans on testkit outside its tests"));
            } else if theirs >= own {
                breaches.push(format!("{name} must not lean on {other}: only arrows downwards"));
            } else if PURE.contains(&name) && HANDS.contains(&other) {
                breaches.push(format!("{name} computes only and must not lean on {other}"));
            }
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaning(name: &str, others: &[(&str, bool)]) -> Vec<Crate> {
        vec![Crate {
            name: name.to_owned(),
            leans_on: others.iter().map(|(other, tests)| ((*other).to_owned(), *tests)).collect(),
        }]
    }

    #[test]
    fn arrows_go_downwards() {
        for (name, other, tests) in [
            ("kernel", "marking", false),
            ("people", "contest", false),
            ("people", "contest", true),
            ("store", "archive", false),
            ("telemetry", "store", false),
            ("marking", "serde", false),
            ("referee", "tokio", false),
            ("analysis", "marking", false),
            ("analysis", "serde_json", false),
            ("credential", "xapi", false),
            ("credential", "reqwest", false),
            ("exam", "serde_json", false),
            ("exam", "store", false),
            ("analysis", "exam", false),
            ("web", "testkit", false),
            ("print", "store", false),
            ("print", "analysis", false),
            ("contest", "typst-pdf", false),
            ("newcomer", "kernel", false),
        ] {
            assert_eq!(check(&leaning(name, &[(other, tests)])).len(), 1, "{name} → {other}");
        }
        for (name, other, tests) in [
            ("contest", "archive", false),
            ("xapi", "serde", false),
            ("credential", "serde_json", false),
            ("exam", "serde", false),
            ("exam", "analysis", false),
            ("web", "testkit", true),
            ("people", "people", true),
            ("server", "demo", false),
            ("marking", "serde", true),
            ("analysis", "serde_json", true),
            ("contest", "analysis", false),
            ("store", "sqlx", false),
            ("print", "typst", false),
            ("contest", "print", false),
        ] {
            assert!(check(&leaning(name, &[(other, tests)])).is_empty(), "{name} → {other}");
        }
    }
}
