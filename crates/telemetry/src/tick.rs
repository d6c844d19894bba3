//! What a station says at one instant.

use std::collections::HashSet;
use std::sync::Arc;

use kernel::{Nanos, Text};
use referee::{Quality, Value};

pub const SIGNAL_NAME_LEN_MAX: usize = 64;
pub const STATION_NAME_LEN_MAX: usize = 32;

/// A signal's value, or `None` where the source knows the signal but could not say its value.
pub type Reading = Option<Value>;

/// Readings by the names of their signals.
pub type Readings = Vec<(Arc<str>, Reading)>;

/// The readings of one station at one instant, by signal name, each name once.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    pub station: Arc<str>,
    pub at: Nanos,
    pub readings: Readings,
    pub quality: Quality,
}

impl Tick {
    pub fn get(&self, signal: &str) -> Option<&Reading> {
        self.readings.iter().find(|(name, _)| &**name == signal).map(|(_, reading)| reading)
    }
}

/// Why a text names no signal or station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadName {
    pub text: Text,
}

impl std::fmt::Display for BadName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text.en)
    }
}
impl std::error::Error for BadName {}

/// A signal is named as in scheme files: a letter, then letters, digits and `_`.
pub fn check_signal(name: &str) -> Result<(), BadName> {
    let word = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if word && name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.len() <= SIGNAL_NAME_LEN_MAX {
        return Ok(());
    }
    let shown = shortened(name);
    Err(BadName {
        text: Text::new(
            format!("“{shown}”不是信号名：以字母开头，由字母、数字和下划线组成，最长 {SIGNAL_NAME_LEN_MAX} 个字符"),
            format!(
                "{shown:?} is no signal name: a letter, then letters, digits and _, at most {SIGNAL_NAME_LEN_MAX} long"
            ),
        ),
    })
}

/// A station is named by letters, digits, `-` and `_`, beginning with a letter or digit: it becomes part of file names.
pub fn check_station(name: &str) -> Result<(), BadName> {
    let word = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if word && name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.len() <= STATION_NAME_LEN_MAX {
        return Ok(());
    }
    let shown = shortened(name);
    Err(BadName {
        text: Text::new(
            format!(
                "“{shown}”不是工位名：以字母或数字开头，由字母、数字、- 和 _ 组成，最长 {STATION_NAME_LEN_MAX} 个字符"
            ),
            format!(
                "{shown:?} is no station name: a letter or digit, then letters, digits, - and _, at most \
                 {STATION_NAME_LEN_MAX} long"
            ),
        ),
    })
}

/// Foreign text in a message: enough to recognise it, never a page.
pub(crate) fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Names that were met already, so that a million ticks share one allocation for each.
#[derive(Debug, Clone, Default)]
pub struct Names(HashSet<Arc<str>>);

impl Names {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return known.clone();
        }
        let fresh: Arc<str> = name.into();
        self.0.insert(fresh.clone());
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words() {
        for name in ["force", "current_j0", "A", &"a".repeat(64)] {
            assert_eq!(check_signal(name), Ok(()), "{name}");
        }
        for name in ["", "0a", "_a", "a-b", "a.b", "a b", "力", "../a", &"a".repeat(65)] {
            assert!(check_signal(name).is_err(), "{name}");
        }
        for name in ["S01", "1", "east-3", "a_b"] {
            assert_eq!(check_station(name), Ok(()), "{name}");
        }
        for name in ["", "-a", "..", "a/b", "a b", "工位", &"a".repeat(33)] {
            assert!(check_station(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_name_in_a_message_is_short() {
        assert_eq!(shortened(&"x".repeat(1000)).chars().count(), 41);
    }
}
