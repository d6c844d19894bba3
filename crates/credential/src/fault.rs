//! What keeps a certificate from being issued, and where it stands.

use kernel::Text;

/// One fault. All of a certificate are found at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// As in the struct that was handed in: `holder.name`, `abilities[1].address`.
    pub place: String,
    pub text: Text,
}

impl Fault {
    pub(crate) fn new(place: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Fault {
        Fault { place: place.into(), text: Text::new(zh, en) }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.text.en)
    }
}
