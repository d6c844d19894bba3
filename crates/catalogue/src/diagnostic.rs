//! What is wrong in a file of the catalogue, and where.

use kernel::{Suggestion, Text};

use crate::tree::Place;

/// One finding, with its place on the page. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub line: u32,
    pub column: u32,
    /// Where in the document's structure, such as `modules[0].criteria[1].aspects[2].max`.
    pub path: String,
    pub severity: Severity,
    pub text: Text,
    /// What to write; its replacement is for the word at the place.
    pub suggestion: Suggestion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The file can't be used.
    Error,
    /// The file can be used, but this is probably not what was meant.
    Warning,
}

impl Severity {
    pub const fn code(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

impl Diagnostic {
    pub(crate) fn error(
        place: Place,
        path: &str,
        zh: impl Into<String>,
        en: impl Into<String>,
        suggestion: Suggestion,
    ) -> Diagnostic {
        Diagnostic {
            line: place.line,
            column: place.column,
            path: path.to_owned(),
            severity: Severity::Error,
            text: Text::new(zh, en),
            suggestion,
        }
    }

    pub(crate) fn warning(
        place: Place,
        path: &str,
        zh: impl Into<String>,
        en: impl Into<String>,
        suggestion: Suggestion,
    ) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(place, path, zh, en, suggestion) }
    }
}

/// `12:7: error: rules[0].on.rises: the signal `forc` isn't declared (force?)`, or with advice behind a semicolon.
impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}: ", self.line, self.column, self.severity.code())?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{}{}", self.text.en, self.suggestion)
    }
}
