//! Words of a question: in Chinese, in English, or in both, in the small markup of [`markup`](crate::markup).

use kernel::Lang;
use serde::{Deserialize, Serialize};

/// A question bank is mostly in one language, so one of the two may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub zh: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
}

impl Words {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Words {
        Words { zh: zh.into(), en: en.into() }
    }

    pub fn zh(text: impl Into<String>) -> Words {
        Words::new(text, "")
    }

    pub fn is_empty(&self) -> bool {
        self.zh.trim().is_empty() && self.en.trim().is_empty()
    }

    /// In the language that is asked for, or else in the other.
    pub fn get(&self, lang: Lang) -> &str {
        let (first, second) = match lang {
            Lang::Zh => (&self.zh, &self.en),
            Lang::En => (&self.en, &self.zh),
        };
        if first.trim().is_empty() { second } else { first }
    }

    /// Those that are written, with their keys.
    pub fn written(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [("zh", self.zh.as_str()), ("en", self.en.as_str())].into_iter().filter(|(_, text)| !text.trim().is_empty())
    }
}
