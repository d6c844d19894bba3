//! The fonts that papers are set with, and which letters they have.

use std::collections::BTreeSet;
use std::fmt;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

use crate::press::TEMPLATES;

/// Fonts in the order in which they are asked for a letter. Read once; cheap to lend to every paper.
pub struct Fonts {
    fonts: Vec<Font>,
    book: LazyHash<FontBook>,
    families: Vec<String>,
}

/// Why these fonts can't print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FontsRefused {
    /// The files that are no fonts, counted from 0.
    Unreadable(Vec<usize>),
    /// Letters of the papers' own words that none of them has.
    Lack(Vec<char>),
}

impl Fonts {
    /// Each item is a file: TrueType, OpenType, or a collection of them.
    pub fn new(files: Vec<Vec<u8>>) -> Result<Fonts, FontsRefused> {
        let read: Vec<Vec<Font>> = files.into_iter().map(|file| Font::iter(Bytes::new(file)).collect()).collect();
        let unreadable: Vec<usize> = (0..).zip(&read).filter(|(_, fonts)| fonts.is_empty()).map(|(at, _)| at).collect();
        if !unreadable.is_empty() {
            return Err(FontsRefused::Unreadable(unreadable));
        }
        let fonts: Vec<Font> = read.into_iter().flatten().collect();
        let mut families: Vec<String> = Vec::new();
        for font in &fonts {
            // typst knows a family by its name in small letters.
            let family = font.info().family.to_lowercase();
            if !families.contains(&family) {
                families.push(family);
            }
        }
        let fonts = Fonts { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts, families };
        let lacking: BTreeSet<char> = own_letters().filter(|letter| !fonts.has(*letter)).collect();
        if lacking.is_empty() { Ok(fonts) } else { Err(FontsRefused::Lack(lacking.into_iter().collect())) }
    }

    pub(crate) fn has(&self, letter: char) -> bool {
        self.fonts.iter().any(|font| font.info().coverage.contains(letter as u32))
    }

    pub(crate) fn families(&self) -> &[String] {
        &self.families
    }

    pub(crate) fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    pub(crate) fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }
}

/// What the templates say, dates and figures included.
fn own_letters() -> impl Iterator<Item = char> {
    const DATES: &str = "年月日星期一二三四五六";
    let said = TEMPLATES.iter().flat_map(|(_, text)| text.chars());
    said.chain(DATES.chars()).chain(' '..='~').filter(|letter| !letter.is_control())
}

impl fmt::Display for FontsRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FontsRefused::Unreadable(at) => write!(f, "no font can be read from the files {at:?} (counted from 0)"),
            FontsRefused::Lack(letters) => {
                let first: String = letters.iter().take(20).collect();
                write!(f, "no font has {} of the letters that the papers need, such as {first}", letters.len())
            }
        }
    }
}

impl std::error::Error for FontsRefused {}
