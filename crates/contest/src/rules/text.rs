//! A scheme's text as an event of the log holds it.

use catalogue::LoadedScheme;
use serde::{Deserialize, Serialize};

/// Text that loads, with what it says. It is written as text and read as a scheme, so an event whose text this program can't read is one that it
/// can't read as a whole: nobody folds past it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SchemeText(pub LoadedScheme);

impl PartialEq for SchemeText {
    fn eq(&self, other: &Self) -> bool {
        self.0.source == other.0.source
    }
}

impl From<SchemeText> for String {
    fn from(text: SchemeText) -> String {
        text.0.source.to_string()
    }
}

impl TryFrom<String> for SchemeText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (scheme, faults) = catalogue::load_scheme(&text);
        scheme.map(SchemeText).ok_or_else(|| {
            let first = faults.first().map(ToString::to_string).unwrap_or_default();
            format!("the scheme no longer loads: {first}")
        })
    }
}
