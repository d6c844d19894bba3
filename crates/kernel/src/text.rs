//! Words shown to people exist in both languages from the start.

/// A language of the hall's screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    #[default]
    Zh,
    En,
}

impl Lang {
    /// The best of an `Accept-Language` header: English only if it is asked for before Chinese.
    pub fn from_accept(header: &str) -> Lang {
        for range in header.split(',') {
            let tag = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            if tag.starts_with("zh") {
                return Lang::Zh;
            }
            if tag.starts_with("en") {
                return Lang::En;
            }
        }
        Lang::Zh
    }
}

/// One text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Text {
    pub zh: String,
    pub en: String,
}

impl Text {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_known_language_wins() {
        for (header, expected) in
            [("", Lang::Zh), ("en-GB,zh;q=0.5", Lang::En), ("fr, zh-CN", Lang::Zh), ("de,en", Lang::En)]
        {
            assert_eq!(Lang::from_accept(header), expected, "{header}");
        }
    }
}
