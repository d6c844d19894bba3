//! The words of a condition, each with its column.

use kernel::{Suggestion, Text};

use crate::unit::Unit;

/// What is wrong at a column of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// In characters, from 1.
    pub column: u32,
    pub text: Text,
    /// Its replacement is for the word at the column.
    pub suggestion: Suggestion,
}

impl Flaw {
    pub fn new(column: u32, zh: impl Into<String>, en: impl Into<String>, suggestion: Suggestion) -> Flaw {
        Flaw { column, text: Text::new(zh, en), suggestion }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Word {
    Integer(i64),
    /// A number with a fraction, an exponent or a unit.
    Real(f64, Option<String>),
    Text(String),
    Name(String),
    /// An operator or a bracket.
    Sign(&'static str),
    End,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    pub word: Word,
    pub column: u32,
}

/// Longest first.
const SIGNS: [&str; 20] =
    ["&&", "||", "<=", ">=", "==", "!=", "<", ">", "!", "+", "-", "*", "/", "?", ":", "(", ")", ",", "=", "&"];

/// Signs of a Chinese keyboard and of other languages, and what is written here instead.
const ELSEWHERE: [(&str, &str); 16] = [
    ("（", "("),
    ("）", ")"),
    ("，", ","),
    ("！", "!"),
    ("＜", "<"),
    ("＞", ">"),
    ("＝", "=="),
    ("＆", "&&"),
    ("｜", "||"),
    ("？", "?"),
    ("：", ":"),
    ("≤", "<="),
    ("≥", ">="),
    ("≠", "!="),
    ("×", "*"),
    ("÷", "/"),
];

/// Splits a text into words. Texts of signals' own units are needed to know where a unit ends.
pub(crate) fn words(text: &str, own_units: &[String]) -> Result<Vec<Token>, Flaw> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let column = at as u32 + 1;
        let first = chars[at];
        if first.is_whitespace() {
            at += 1;
        } else if first.is_ascii_digit() || (first == '.' && chars.get(at + 1).is_some_and(char::is_ascii_digit)) {
            let (word, next) = number(&chars, at, own_units)?;
            tokens.push(Token { word, column });
            at = next;
        } else if first.is_ascii_alphabetic() || first == '_' {
            let end = end_of(&chars, at, |c| c.is_ascii_alphanumeric() || c == '_');
            tokens.push(Token { word: Word::Name(chars[at..end].iter().collect()), column });
            at = end;
        } else if first == '"' || first == '\'' {
            let end = end_of(&chars, at + 1, |c| c != first);
            if end == chars.len() {
                let rest: String = chars[at..].iter().collect();
                return Err(Flaw::new(
                    column,
                    "引号没有闭合",
                    "the quotation mark isn't closed",
                    Suggestion::advice(
                        format!("在文本后加上 `{first}`，例如 `{}{first}`", rest.trim_end()),
                        format!("end the text with `{first}`, such as `{}{first}`", rest.trim_end()),
                    ),
                ));
            }
            tokens.push(Token { word: Word::Text(chars[at + 1..end].iter().collect()), column });
            at = end + 1;
        } else if let Some(sign) =
            SIGNS.into_iter().find(|sign| sign.chars().eq(chars[at..].iter().copied().take(sign.len())))
        {
            if sign == "=" || sign == "&" {
                let meant = if sign == "=" { "==" } else { "&&" };
                return Err(Flaw::new(
                    column,
                    format!("不认识 `{sign}`"),
                    format!("`{sign}` is unknown"),
                    Suggestion::replace(meant),
                ));
            }
            tokens.push(Token { word: Word::Sign(sign), column });
            at += sign.len();
        } else {
            let meant = ELSEWHERE.into_iter().find(|(sign, _)| sign.starts_with(first)).map(|(_, meant)| meant);
            let meant = if first == '|' { Some("||") } else { meant };
            return Err(Flaw::new(
                column,
                format!("条件里不能用 `{first}`"),
                format!("`{first}` has no meaning in a condition"),
                meant.map_or_else(
                    || {
                        Suggestion::advice(
                            "去掉它；条件由信号名、数值和 `&& || ! == != < <= > >= + - * / ? : ( )` 组成",
                            "remove it; a condition is made of signals' names, numbers and `&& || ! == != < <= > >= + - * / ? : ( )`",
                        )
                    },
                    Suggestion::replace,
                ),
            ));
        }
    }
    tokens.push(Token { word: Word::End, column: chars.len() as u32 + 1 });
    Ok(tokens)
}

fn end_of(chars: &[char], from: usize, inside: impl Fn(char) -> bool) -> usize {
    chars[from..].iter().position(|c| !inside(*c)).map_or(chars.len(), |length| from + length)
}

fn number(chars: &[char], from: usize, own_units: &[String]) -> Result<(Word, usize), Flaw> {
    let digits = |from| end_of(chars, from, |c| c.is_ascii_digit());
    let mut end = digits(from);
    let mut whole = true;
    if chars.get(end) == Some(&'.') {
        whole = false;
        end = digits(end + 1);
    }
    if matches!(chars.get(end), Some('e' | 'E')) {
        let sign = usize::from(matches!(chars.get(end + 1), Some('+' | '-')));
        if chars.get(end + 1 + sign).is_some_and(char::is_ascii_digit) {
            whole = false;
            end = digits(end + 1 + sign);
        }
    }
    let text: String = chars[from..end].iter().collect();
    let column = from as u32 + 1;
    let wrong = || {
        Flaw::new(
            column,
            format!("`{text}` 不是可用的数"),
            format!("`{text}` is no number that can be used"),
            Suggestion::advice(
                "数太大，写小一些的数，例如 `1e9`",
                "it is too large, write a smaller one, such as `1e9`",
            ),
        )
    };
    let unit_length = unit_length(&chars[end..], own_units);
    if unit_length == 0 && chars.get(end).is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '%' | '°')) {
        let stop = end_of(chars, end, |c| c.is_alphanumeric() || matches!(c, '_' | '.' | '%' | '°'));
        let unit: String = chars[end..stop].iter().collect();
        return Err(Flaw::new(
            end as u32 + 1,
            format!("不认识单位 `{unit}`"),
            format!("the unit `{unit}` is neither known nor that of a signal"),
            unit_near(&unit, own_units),
        ));
    }
    let word = if whole && unit_length == 0 {
        Word::Integer(text.parse().map_err(|_| wrong())?)
    } else {
        let figure: f64 = text.parse().map_err(|_| wrong())?;
        if !figure.is_finite() {
            return Err(wrong());
        }
        let unit: String = chars[end..end + unit_length].iter().collect();
        Word::Real(figure, (unit_length > 0).then_some(unit))
    };
    Ok((word, end + unit_length))
}

/// A unit that was probably meant, or what is a unit at all.
fn unit_near(written: &str, own_units: &[String]) -> Suggestion {
    let own = own_units.iter().map(String::as_str);
    Suggestion::near(written, own.chain(Unit::names())).unwrap_or_else(|| {
        Suggestion::advice(
            "写已知单位，例如 mm、s、N、Nm、kPa、°C、%，或信号声明中的单位",
            "write a known unit, such as mm, s, N, Nm, kPa, °C, %, or one that a signal declares",
        )
    })
}

/// The longest unit that follows a number directly: `5mm/s` is a speed, `5mm/width` a quotient.
fn unit_length(chars: &[char], own_units: &[String]) -> usize {
    let inside = |c: char| c.is_alphanumeric() || "%°℃µμ/·²³^_".contains(c);
    let longest = end_of(chars, 0, inside);
    (1..=longest)
        .rev()
        .filter(|length| {
            // A unit doesn't end inside a word.
            let next = chars.get(*length);
            !next.is_some_and(|c| c.is_alphanumeric() || *c == '_') || !chars[length - 1].is_alphanumeric()
        })
        .find(|length| {
            let text: String = chars[..*length].iter().collect();
            Unit::read_known(&text).is_some() || own_units.contains(&text)
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        match words(text, &["pcs".to_owned()]) {
            Ok(tokens) => tokens
                .iter()
                .map(|token| match &token.word {
                    Word::Integer(n) => format!("{n}"),
                    Word::Real(x, Some(unit)) => format!("{x}[{unit}]"),
                    Word::Real(x, None) => format!("{x:?}"),
                    Word::Text(text) => format!("{text:?}"),
                    Word::Name(name) => name.clone(),
                    Word::Sign(sign) => (*sign).to_owned(),
                    Word::End => String::new(),
                })
                .collect::<Vec<_>>()
                .join(" "),
            Err(flaw) => format!("{}: {}{}", flaw.column, flaw.text.en, flaw.suggestion),
        }
    }

    #[test]
    fn a_unit_ends_where_it_stops_to_be_one() {
        for (text, expected) in [
            ("a<5mm", "a < 5[mm] "),
            ("a < 5mm/s", "a < 5[mm/s] "),
            ("5mm/speed", "5[mm] / speed "),
            ("5.0mm / s", "5[mm] / s "),
            ("1e3 2.5e-1N 7pcs", "1000.0 0.25[N] 7[pcs] "),
            ("45°C 45℃ 10% .5", "45[°C] 45[℃] 10[%] 0.5 "),
            ("state == 'on'", "state == \"on\" "),
        ] {
            assert_eq!(said(text), expected);
        }
    }

    #[test]
    fn what_is_no_word_is_named_by_its_column() {
        for (text, expected) in [
            ("a ＜ 5", "3: `＜` has no meaning in a condition (<?)"),
            ("a = 5", "3: `=` is unknown (==?)"),
            (
                "a < 5furlongs",
                "6: the unit `furlongs` is neither known nor that of a signal; write a known unit, such as mm, s, N, Nm, kPa, °C, %, or one that a signal declares",
            ),
            ("a < 5kn", "6: the unit `kn` is neither known nor that of a signal (kN?)"),
            ("a < 5pce", "6: the unit `pce` is neither known nor that of a signal (pcs?)"),
            ("s == \"on", "6: the quotation mark isn't closed; end the text with `\"`, such as `\"on\"`"),
            (
                "99999999999999999999",
                "1: `99999999999999999999` is no number that can be used; it is too large, write a smaller one, such as `1e9`",
            ),
            ("1e999", "1: `1e999` is no number that can be used; it is too large, write a smaller one, such as `1e9`"),
            (
                "a @ b",
                "3: `@` has no meaning in a condition; remove it; a condition is made of signals' names, numbers and `&& || ! == != < <= > >= + - * / ? : ( )`",
            ),
        ] {
            assert_eq!(said(text), expected);
        }
    }
}
