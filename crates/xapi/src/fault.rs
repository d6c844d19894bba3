//! What is wrong with a statement, and where.

use kernel::Text;

/// One fault. A reader finds all of a statement, so that its author sees them at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Such as `actor.mbox` or `context.contextActivities.parent[0].id`; empty for the statement itself.
    pub path: String,
    pub text: Text,
}

impl Fault {
    pub(crate) fn new(path: &str, zh: impl Into<String>, en: impl Into<String>) -> Fault {
        Fault { path: path.to_owned(), text: Text::new(zh, en) }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() { f.write_str(&self.text.en) } else { write!(f, "{}: {}", self.path, self.text.en) }
    }
}
