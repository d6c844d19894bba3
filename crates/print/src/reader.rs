//! What is handed in, read: spaces put in order, every text looked at for what can't be printed, all faults kept.

use std::collections::BTreeSet;

use kernel::text::{Lang, Text};
use serde_json::{Value, json};

use crate::Languages;
use crate::fault::{Fault, Refusal, Wrong};
use crate::fonts::Fonts;
use crate::qr;

/// Characters in a text of one line. At these lengths the smallest letters still fit their place.
pub(crate) const NAME_MAX: usize = 100;
pub(crate) const TITLE_MAX: usize = 200;
pub(crate) const NUMBER_MAX: usize = 40;
/// Characters in a sentence or two.
pub(crate) const SENTENCE_MAX: usize = 600;
/// Items of a list.
pub(crate) const ITEMS_MAX: usize = 60;

pub(crate) struct Reader<'f> {
    fonts: &'f Fonts,
    languages: Languages,
    faults: Vec<Fault>,
}

impl<'f> Reader<'f> {
    pub(crate) fn new(fonts: &'f Fonts, languages: Languages) -> Self {
        Self { fonts, languages, faults: Vec::new() }
    }

    pub(crate) fn fault(&mut self, place: &str, wrong: Wrong) {
        self.faults.push(Fault { place: place.to_owned(), wrong });
    }

    /// A text that must be there, without line breaks.
    pub(crate) fn line(&mut self, place: &str, text: &str, max: usize) -> String {
        let line = self.any(place, text, max);
        if line.is_empty() {
            self.fault(place, Wrong::Empty);
        }
        line
    }

    /// The same in the languages of the paper. Where one is missing the other stands in for it.
    pub(crate) fn both(&mut self, place: &str, text: &Text, max: usize) -> Value {
        let (zh, en) = (!text.zh.trim().is_empty(), !text.en.trim().is_empty());
        if !zh && !en {
            self.fault(place, Wrong::Empty);
        }
        // Only what is printed needs letters.
        let zh_used = zh && (self.languages.contains(Lang::Zh) || !en);
        let en_used = en && (self.languages.contains(Lang::En) || !zh);
        let zh_line = if zh_used { self.any(&format!("{place}.zh"), &text.zh, max) } else { String::new() };
        let en_line = if en_used { self.any(&format!("{place}.en"), &text.en, max) } else { String::new() };
        let stands_in = |own: &str, other: &str| if own.is_empty() { other.to_owned() } else { own.to_owned() };
        json!({ "zh": stands_in(&zh_line, &en_line), "en": stands_in(&en_line, &zh_line) })
    }

    pub(crate) fn both_if_any(&mut self, place: &str, text: Option<&Text>, max: usize) -> Value {
        text.map_or(Value::Null, |text| self.both(place, text, max))
    }

    pub(crate) fn list(&mut self, place: &str, texts: &[Text]) -> Value {
        self.count(place, texts.len());
        let items = texts.iter().enumerate().take(ITEMS_MAX);
        items.map(|(at, text)| self.both(&format!("{place}[{at}]"), text, SENTENCE_MAX)).collect()
    }

    pub(crate) fn count(&mut self, place: &str, items: usize) {
        if items > ITEMS_MAX {
            self.fault(place, Wrong::TooMany { max: ITEMS_MAX });
        }
    }

    /// A QR code of what must be there.
    pub(crate) fn code(&mut self, place: &str, content: &str) -> String {
        if content.is_empty() {
            self.fault(place, Wrong::Empty);
            return String::new();
        }
        qr::svg(content).unwrap_or_else(|| {
            self.fault(place, Wrong::TooLongForCode);
            String::new()
        })
    }

    /// A share, 0 to 1.
    pub(crate) fn share(&mut self, place: &str, share: f64) -> f64 {
        if (0.0..=1.0).contains(&share) {
            return share;
        }
        self.fault(place, Wrong::Figure);
        0.0
    }

    fn any(&mut self, place: &str, text: &str, max: usize) -> String {
        let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.chars().count() > max {
            self.fault(place, Wrong::TooLong { max });
            return line;
        }
        let (invisible, visible): (BTreeSet<char>, BTreeSet<char>) = line.chars().partition(|one| is_invisible(*one));
        if !invisible.is_empty() {
            self.fault(place, Wrong::Invisible(invisible.into_iter().collect()));
        }
        let lacking: Vec<char> = visible.into_iter().filter(|letter| !self.fonts.has(*letter)).collect();
        if !lacking.is_empty() {
            self.fault(place, Wrong::NoGlyph(lacking));
        }
        line
    }

    pub(crate) fn finish(self) -> Result<(), Refusal> {
        if self.faults.is_empty() { Ok(()) } else { Err(Refusal::Faults(self.faults)) }
    }
}

/// Control characters, and what Unicode calls format characters: they show nothing, and some turn what stands around
/// them. Source: the general categories Cc and Cf, and the variation selectors, of Unicode 16.
fn is_invisible(one: char) -> bool {
    one.is_control()
        || matches!(one,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{115f}' | '\u{1160}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffc}' | '\u{110bd}' | '\u{110cd}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}
