//! The words of a condition, each with its column.

use kernel::suggestion::meant;
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
        } else if let Some(flaw) = loose_unit(&chars, at, &tokens, own_units) {
            return Err(flaw);
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
                // Signs that are written the wrong way round are one slip.
                let (written, meant) = match (sign, chars.get(at + 1)) {
                    ("=", Some('>')) => ("=>", ">="),
                    ("=", Some('<')) => ("=<", "<="),
                    ("=", Some('!')) => ("=!", "!="),
                    ("=", _) => ("=", "=="),
                    _ => ("&", "&&"),
                };
                return Err(Flaw::new(
                    column,
                    format!("不认识 `{written}`"),
                    format!("`{written}` is unknown"),
                    Suggestion::replace(meant),
                ));
            }
            if sign == "," && !is_within_call(&tokens) {
                let begun = tokens.last().filter(|token| is_number(token)).map(|token| token.column as usize - 1);
                let written = begun.map(|begun| number_around(&chars, begun, at)).unwrap_or_default();
                if let (Some(begun), Some(suggestion)) = (begun, with_point(&written)) {
                    return Err(Flaw::new(
                        begun as u32 + 1,
                        format!("数 `{written}` 里有逗号"),
                        format!("there is a comma in the number `{written}`"),
                        suggestion,
                    ));
                }
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

fn is_number(token: &Token) -> bool {
    matches!(token.word, Word::Integer(_) | Word::Real(..))
}

/// Whether the words so far are within brackets: only there a comma parts two things.
fn is_within_call(tokens: &[Token]) -> bool {
    let count = |sign| tokens.iter().filter(|token| token.word == Word::Sign(sign)).count();
    count("(") > count(")")
}

/// A number with a comma in it, and what stands right behind it.
fn number_around(chars: &[char], begun: usize, comma: usize) -> String {
    let end = end_of(chars, comma, |c| c.is_alphanumeric() || ",.%°/·²³^_".contains(c));
    chars[begun..end].iter().collect()
}

/// A number that was written with a comma, as it is written here: `1,5N` is `1.5N`. Three digits behind a comma are mostly thousands.
pub fn with_point(written: &str) -> Option<Suggestion> {
    let sign = if written.starts_with('-') { "-" } else { "" };
    let parts: Vec<&str> = written[sign.len()..].split(',').collect();
    let (last, before) = parts.split_last()?;
    let digits = last.len() - last.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (digits, behind) = last.split_at(digits);
    let plain = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if before.is_empty() || !before.iter().all(plain) || digits.is_empty() {
        return None;
    }
    let thousands = digits.len() == 3 && before[1..].iter().all(|part| part.len() == 3);
    let whole = format!("{sign}{}{digits}{behind}", before.concat());
    match (thousands, before) {
        (true, [one]) => Some(Suggestion::advice(
            format!("千位写作 `{whole}`，小数写作 `{sign}{one}.{digits}{behind}`"),
            format!("write thousands as `{whole}`, a fraction as `{sign}{one}.{digits}{behind}`"),
        )),
        (true, _) => Some(Suggestion::write(whole)),
        (false, [one]) => Some(Suggestion::write(format!("{sign}{one}.{digits}{behind}"))),
        (false, _) => None,
    }
}

/// A unit that stands apart from its number.
fn loose_unit(chars: &[char], at: usize, tokens: &[Token], own_units: &[String]) -> Option<Flaw> {
    let number = tokens.last().filter(|token| matches!(token.word, Word::Integer(_) | Word::Real(_, None)))?;
    let length = unit_length(&chars[at..], own_units);
    let begun = number.column as usize - 1;
    let figure: String = chars[begun..at].iter().collect::<String>().trim_end().to_owned();
    let unit: String = chars[at..at + length].iter().collect();
    (length > 0).then(|| {
        Flaw::new(
            number.column,
            format!("数与单位 `{unit}` 之间有空格"),
            format!("a blank parts the number from its unit `{unit}`"),
            Suggestion::write(format!("{figure}{unit}")),
        )
    })
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
    // Nearly all units are near to each other: a slip of the pen leaves the first letter, and a signal's own unit is likelier.
    let first = |text: &str| text.chars().next().map(|c| c.to_lowercase().to_string());
    let long = |text: &str| text.chars().nth(1).is_some();
    let begins = |unit: &&str| first(unit) == first(written) && (long(unit) || !long(written));
    let own = own_units.iter().map(String::as_str).filter(begins);
    let known = || meant(written, Unit::names().filter(begins)).map(Suggestion::replace);
    Suggestion::near(written, own).or_else(known).unwrap_or_else(|| {
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
            ("min(1,5) 3", "min ( 1 , 5 ) 3 "),
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
            ("a => 5", "3: `=>` is unknown (>=?)"),
            ("a =< 5", "3: `=<` is unknown (<=?)"),
            ("a > 25 mm/s && b", "5: a blank parts the number from its unit `mm/s`; write `25mm/s`"),
            ("a > 2.5 pcs", "5: a blank parts the number from its unit `pcs`; write `2.5pcs`"),
            ("a > 1,5N", "5: there is a comma in the number `1,5N`; write `1.5N`"),
            (
                "a > 1,000N",
                "5: there is a comma in the number `1,000N`; write thousands as `1000N`, a fraction as `1.000N`",
            ),
            ("a > 1,000,000", "5: there is a comma in the number `1,000,000`; write `1000000`"),
            (
                "a < 25X",
                "7: the unit `X` is neither known nor that of a signal; write a known unit, such as mm, s, N, Nm, kPa, °C, %, or one that a signal declares",
            ),
            (
                "a < 5mn",
                "6: the unit `mn` is neither known nor that of a signal; write a known unit, such as mm, s, N, Nm, kPa, °C, %, or one that a signal declares",
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
