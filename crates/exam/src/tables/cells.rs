//! What is inside a cell.

use crate::Words;
use crate::exchange;

/// Parts between separators; a `\` before one takes it for itself. Full-width separators count as well.
pub(super) fn split(text: &str, separators: &[char]) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let part = parts.len() - 1;
        match c {
            '\\' if characters.peek().is_some_and(|next| *next == '\\' || separators.contains(next)) => {
                parts[part].extend(characters.next());
            }
            c if separators.contains(&c) => parts.push(String::new()),
            c => parts[part].push(c),
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

pub(super) fn escape(text: &str, separators: &[char]) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c == '\\' || separators.contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// In which language a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    Zh,
    En,
}

const BOTH: &str = "||";

pub(super) fn tongue(stem: &str) -> Tongue {
    match stem.split_once(BOTH) {
        Some(_) => Tongue::Zh,
        None if exchange::words(stem.to_owned()).zh.is_empty() => Tongue::En,
        None => Tongue::Zh,
    }
}

pub(super) fn words(text: &str, tongue: Tongue) -> Words {
    match (text.split_once(BOTH), tongue) {
        (Some((zh, en)), _) => Words::new(zh.trim(), en.trim()),
        (None, Tongue::Zh) => Words::new(text.trim(), ""),
        (None, Tongue::En) => Words::new("", text.trim()),
    }
}

/// The tongue in which a row with this stem is read again.
pub(super) fn tongue_of(stem: &Words) -> Tongue {
    tongue(&written(stem, if stem.zh.is_empty() { Tongue::En } else { Tongue::Zh }))
}

/// Bars in a text that would part languages are written as markup that shows the same.
pub(super) fn written(words: &Words, tongue: Tongue) -> String {
    let [zh, en] = [&words.zh, &words.en].map(|text| text.replace(BOTH, "|\\|"));
    match (zh.is_empty(), en.is_empty(), tongue) {
        (true, true, _) => String::new(),
        (false, true, Tongue::Zh) => zh,
        (true, false, Tongue::En) => en,
        _ => format!("{zh} {BOTH} {en}"),
    }
}
