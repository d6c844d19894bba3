//! The markup of questions. Raw HTML is never stored and never shown: what is written here is text with a few marks, so
//! there is nothing that would have to be sanitised, in whatever order programs are updated.
//!
//! | written | means |
//! | --- | --- |
//! | `**…**` | strong |
//! | `` `…` `` | code, to the letter |
//! | `^{…}` `_{…}` | raised, lowered: `m^{2}`, `CO_{2}` |
//! | `![…](file)` | a picture by the id of its file, with its words |
//! | `[[2]]` | the place of the second blank |
//! | `\` | the next character as it is |
//! | a line's end | a line's end |

/// One piece of marked text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    Strong(Vec<Piece>),
    Raised(Vec<Piece>),
    Lowered(Vec<Piece>),
    Code(String),
    Picture {
        words: String,
        file: String,
    },
    /// Of a blank, counted from one.
    Place(u32),
    Break,
}

/// What is wrong, and at which character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkupFault {
    Unclosed { at: usize, mark: &'static str },
    TooDeep { at: usize },
    BadFile { at: usize },
    BadPlace { at: usize },
}

impl MarkupFault {
    pub fn says(self) -> (String, String) {
        match self {
            MarkupFault::Unclosed { at, mark } => (
                format!("第 {} 个字符处的 {mark} 没有结束", at + 1),
                format!("{mark} at character {} isn't closed", at + 1),
            ),
            MarkupFault::TooDeep { at } => {
                (format!("第 {} 个字符处套了太多层", at + 1), format!("too many levels at character {}", at + 1))
            }
            MarkupFault::BadFile { at } => (
                format!("第 {} 个字符处的图片不是文件编号", at + 1),
                format!("the picture at character {} names no file by its id", at + 1),
            ),
            MarkupFault::BadPlace { at } => (
                format!("第 {} 个字符处的 [[ 不是空的序号", at + 1),
                format!("[[ at character {} isn't followed by the number of a blank", at + 1),
            ),
        }
    }
}

const DEPTH_MOST: usize = 4;
/// A number of a blank has so many digits at most.
const PLACE_DIGITS_MOST: usize = 2;

/// Reads a text.
pub fn parse(text: &str) -> Result<Vec<Piece>, MarkupFault> {
    let characters: Vec<char> = text.chars().collect();
    let mut reader = Reader { text: &characters, at: 0 };
    reader.pieces(None, 0)
}

struct Reader<'a> {
    text: &'a [char],
    at: usize,
}

impl Reader<'_> {
    fn sees(&self, mark: &str) -> bool {
        mark.chars().enumerate().all(|(ahead, c)| self.text.get(self.at + ahead) == Some(&c))
    }

    fn pieces(
        &mut self,
        until: Option<(&'static str, &'static str, usize)>,
        depth: usize,
    ) -> Result<Vec<Piece>, MarkupFault> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let flush = |plain: &mut String, pieces: &mut Vec<Piece>| {
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(plain)));
            }
        };
        if depth > DEPTH_MOST {
            return Err(MarkupFault::TooDeep { at: self.at });
        }
        while let Some(&here) = self.text.get(self.at) {
            if let Some((end, ..)) = until
                && self.sees(end)
            {
                flush(&mut plain, &mut pieces);
                self.at += end.len();
                return Ok(pieces);
            }
            let begins = self.at;
            let piece = match here {
                '\\' => {
                    // A line's end is no sign that could be meant otherwise.
                    let next = self.text.get(self.at + 1).filter(|next| **next != '\n');
                    plain.push(*next.unwrap_or(&'\\'));
                    self.at += 1 + usize::from(next.is_some());
                    continue;
                }
                '\n' => {
                    self.at += 1;
                    Piece::Break
                }
                '*' if self.sees("**") => {
                    self.at += 2;
                    Piece::Strong(self.pieces(Some(("**", "**", begins)), depth + 1)?)
                }
                '^' if self.sees("^{") => {
                    self.at += 2;
                    Piece::Raised(self.pieces(Some(("}", "^{", begins)), depth + 1)?)
                }
                '_' if self.sees("_{") => {
                    self.at += 2;
                    Piece::Lowered(self.pieces(Some(("}", "_{", begins)), depth + 1)?)
                }
                '`' => {
                    self.at += 1;
                    Piece::Code(self.until('`').ok_or(MarkupFault::Unclosed { at: begins, mark: "`" })?)
                }
                '!' if self.sees("![") => {
                    self.at += 2;
                    let unclosed = MarkupFault::Unclosed { at: begins, mark: "![" };
                    let words = self.until(']').ok_or(unclosed)?;
                    if !self.sees("(") {
                        return Err(unclosed);
                    }
                    self.at += 1;
                    let file = self.until(')').ok_or(unclosed)?;
                    kernel::id::check(&file).map_err(|_| MarkupFault::BadFile { at: begins })?;
                    Piece::Picture { words, file }
                }
                '[' if self.sees("[[") => {
                    self.at += 2;
                    let digits = self.until(']').filter(|digits| {
                        (1..=PLACE_DIGITS_MOST).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
                    });
                    let place = digits.and_then(|digits| digits.parse().ok()).filter(|place| *place > 0);
                    let place = place.filter(|_| self.sees("]")).ok_or(MarkupFault::BadPlace { at: begins })?;
                    self.at += 1;
                    Piece::Place(place)
                }
                _ => {
                    plain.push(here);
                    self.at += 1;
                    continue;
                }
            };
            flush(&mut plain, &mut pieces);
            pieces.push(piece);
        }
        if let Some((_, mark, at)) = until {
            return Err(MarkupFault::Unclosed { at, mark });
        }
        flush(&mut plain, &mut pieces);
        Ok(pieces)
    }

    /// What stands before a character, to the letter, and steps behind it.
    fn until(&mut self, end: char) -> Option<String> {
        let length = self.text[self.at..].iter().position(|c| *c == end)?;
        let found = self.text[self.at..self.at + length].iter().collect();
        self.at += length + 1;
        Some(found)
    }
}

/// A text in which nothing is a mark.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let next = text[at + c.len_utf8()..].chars().next();
        let is_mark = matches!(c, '\\' | '`')
            || (c == '*' && (next == Some('*') || before == '*'))
            || (matches!(c, '^' | '_') && next == Some('{'))
            || (c == '!' && next == Some('['))
            || (c == '[' && next == Some('['));
        if is_mark {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

/// Pieces as they are written. What is written reads back to the same pieces, neighbouring texts joined.
pub fn write(pieces: &[Piece]) -> String {
    let mut out = String::new();
    write_into(pieces, false, &mut out);
    out
}

fn write_into(pieces: &[Piece], in_braces: bool, out: &mut String) {
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                for c in text.chars() {
                    // Every character that can be part of a mark: neighbours are not known here.
                    if matches!(c, '\\' | '`' | '*' | '^' | '_' | '!' | '[') || (in_braces && c == '}') {
                        out.push('\\');
                    }
                    out.push(c);
                }
            }
            Piece::Strong(inner) => {
                out.push_str("**");
                write_into(inner, in_braces, out);
                out.push_str("**");
            }
            Piece::Raised(inner) | Piece::Lowered(inner) => {
                out.push_str(if matches!(piece, Piece::Raised(_)) { "^{" } else { "_{" });
                write_into(inner, true, out);
                out.push('}');
            }
            Piece::Code(text) => {
                out.push('`');
                out.push_str(text);
                out.push('`');
            }
            Piece::Picture { words, file } => out.push_str(&format!("![{words}]({file})")),
            Piece::Place(number) => out.push_str(&format!("[[{number}]]")),
            Piece::Break => out.push('\n'),
        }
    }
}

/// What a reader reads, without marks; a picture is its words, a blank is `____`.
pub fn plain(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) | Piece::Code(text) => out.push_str(text),
            Piece::Strong(inner) | Piece::Raised(inner) | Piece::Lowered(inner) => out.push_str(&plain(inner)),
            Piece::Picture { words, .. } => out.push_str(words),
            Piece::Place(_) => out.push_str("____"),
            Piece::Break => out.push('\n'),
        }
    }
    out
}

/// The numbers of the blanks, in the order of the text.
pub fn places(pieces: &[Piece]) -> Vec<u32> {
    let mut found = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Place(number) => found.push(*number),
            Piece::Strong(inner) | Piece::Raised(inner) | Piece::Lowered(inner) => found.extend(places(inner)),
            Piece::Text(_) | Piece::Code(_) | Piece::Picture { .. } | Piece::Break => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_are_read() {
        let found = parse("**Warm** `a*b` m^{2} CO_{2} ![a bolt](fil_1) is [[1]]\\**\nend").unwrap();
        assert_eq!(plain(&found), "Warm a*b m2 CO2 a bolt is ____**\nend");
        assert_eq!(places(&found), [1]);
        assert_eq!(found[0], Piece::Strong(vec![Piece::Text("Warm".into())]));
        assert_eq!(plain(&parse("2*3 <b>x</b> a_b c^d [1]").unwrap()), "2*3 <b>x</b> a_b c^d [1]");
    }

    #[test]
    fn what_is_not_closed_is_named_with_its_place() {
        for (text, fault) in [
            ("a **b", MarkupFault::Unclosed { at: 2, mark: "**" }),
            ("钢`x", MarkupFault::Unclosed { at: 1, mark: "`" }),
            ("m^{2", MarkupFault::Unclosed { at: 1, mark: "^{" }),
            ("![a](fil", MarkupFault::Unclosed { at: 0, mark: "![" }),
            ("![a]b", MarkupFault::Unclosed { at: 0, mark: "![" }),
            ("![a](../etc)", MarkupFault::BadFile { at: 0 }),
            ("![a](http://x)", MarkupFault::BadFile { at: 0 }),
            ("[[0]]", MarkupFault::BadPlace { at: 0 }),
            ("[[a]]", MarkupFault::BadPlace { at: 0 }),
            ("[[1]", MarkupFault::BadPlace { at: 0 }),
            ("^{^{^{^{^{1}}}}}", MarkupFault::TooDeep { at: 10 }),
        ] {
            assert_eq!(parse(text), Err(fault), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_escaped_text_is_that_text(text in "[a*`_^{}!\\[\\]\\\\()钢 ]{0,40}") {
            prop_assert_eq!(plain(&parse(&escape(&text)).unwrap()), text);
        }

        #[test]
        fn what_is_read_writes_back(text in "[a*`_^{}!\\[\\]\\\\()1 \n]{0,40}") {
            if let Ok(pieces) = parse(&text) {
                prop_assert_eq!(parse(&write(&pieces)).unwrap(), pieces);
            }
        }
    }
}
