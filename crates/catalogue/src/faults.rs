//! The faults of a page as they are found, and which parts of it they concern.
//!
//! A page of two megabytes can hold a hundred thousand faults. Nobody mends more than [`FAULTS_MOST`] at once, so that many errors and as
//! many warnings are kept; whoever mends them sees the next ones.

use std::collections::HashSet;

use crate::{Diagnostic, Severity};

/// More than anybody reads.
pub(crate) const FAULTS_MOST: usize = 500;
/// A fault repeats what was written, which may be long.
const SAID_BYTES_MOST: usize = 1 << 20;

#[derive(Default)]
pub(crate) struct Faults {
    found: Vec<Diagnostic>,
    errors: usize,
    warnings: usize,
    /// How long the texts of all of them are.
    said: usize,
    /// Paths with an error.
    faulted: HashSet<String>,
    /// Paths around them.
    around: HashSet<String>,
}

impl Faults {
    pub fn of(slips: Vec<Diagnostic>) -> Faults {
        let mut faults = Faults::default();
        slips.into_iter().for_each(|slip| faults.add(slip));
        faults
    }

    pub fn add(&mut self, fault: Diagnostic) {
        let long = self.said > SAID_BYTES_MOST;
        let count = match fault.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        // One error is kept whatever was said before it: a file that has one isn't sound.
        if *count == FAULTS_MOST || (long && *count > 0) {
            return;
        }
        *count += 1;
        self.said += fault.text.zh.len() + fault.text.en.len() + fault.path.len();
        if fault.severity == Severity::Error && !fault.path.is_empty() && self.faulted.insert(fault.path.clone()) {
            self.around.extend(parts_around(&fault.path).map(str::to_owned));
        }
        self.found.push(fault);
    }

    /// Whether there are as many errors as are kept: nothing more needs to be looked for.
    pub fn are_enough(&self) -> bool {
        self.errors == FAULTS_MOST || (self.errors > 0 && self.said > SAID_BYTES_MOST)
    }

    /// Whether something at, above or below this path has an error.
    pub fn concern(&self, path: &str) -> bool {
        self.faulted.contains(path)
            || self.around.contains(path)
            || parts_around(path).any(|around| self.faulted.contains(around))
    }

    /// In the order of the page, each once.
    pub fn in_order(self) -> Vec<Diagnostic> {
        let mut found = self.found;
        crate::load::in_order(&mut found);
        found.dedup();
        found
    }
}

/// The parts that a path stands in: `a` and `a[0]` of `a[0].b`.
fn parts_around(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices(['.', '[']).map(|(end, _)| &path[..end]).filter(|around| !around.is_empty())
}

#[cfg(test)]
mod tests {
    use kernel::Suggestion;

    use super::*;
    use crate::tree::Place;

    fn error(path: &str) -> Diagnostic {
        Diagnostic::error(Place { line: 1, column: 1 }, path, "一", "one", Suggestion::advice("二", "two"))
    }

    #[test]
    fn a_fault_concerns_what_is_at_above_and_below_it() {
        let faults = Faults::of(vec![error("a[0].b"), error("")]);
        for (path, concerned) in [
            ("a", true),
            ("a[0]", true),
            ("a[0].b", true),
            ("a[0].b.c[1]", true),
            ("a[0].bc", false),
            ("a[1]", false),
            ("b", false),
        ] {
            assert_eq!(faults.concern(path), concerned, "{path}");
        }
    }

    #[test]
    fn warnings_without_end_hide_no_error() {
        let mut faults = Faults::default();
        for at in 0..2_000 {
            faults.add(Diagnostic { severity: Severity::Warning, line: at, ..error("") });
        }
        assert!(!faults.are_enough());
        faults.add(error("late"));
        let found = faults.in_order();
        assert_eq!(found.len(), FAULTS_MOST + 1);
        assert!(found.iter().any(|fault| fault.severity == Severity::Error));
    }
}
