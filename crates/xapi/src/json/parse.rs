//! From text to cells, in one pass.

use super::{Cell, Document, Kind, text};

/// How deep lists and objects may stand in each other.
pub(crate) const DEPTH_MAX: u32 = 64;
/// Up to this many keys are compared each with each.
const FEW: usize = 12;

/// Where the text stops being JSON, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) at: usize,
    pub(crate) why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Syntax,
    TooDeep,
    /// Beyond what a double can hold.
    TooLarge,
    /// More than 4 GiB.
    TooLong,
}

impl<'a> Document<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Document<'a>, Broken> {
        if u32::try_from(text.len()).is_err() {
            return Err(Broken { at: 0, why: Why::TooLong });
        }
        // About one cell for 8 bytes in statements; each is 16 bytes.
        let cells = Vec::with_capacity(text.len() / 8 + 8);
        let mut parser = Parser { text, bytes: text.as_bytes(), at: 0, cells, twice: Vec::new(), spaces: 0 };
        parser.space();
        parser.value(0)?;
        parser.space();
        if parser.at < text.len() {
            return Err(parser.broken(Why::Syntax));
        }
        Ok(Document { text, cells: parser.cells, twice: parser.twice })
    }
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    cells: Vec<Cell>,
    twice: Vec<u32>,
    /// Bytes of space between values so far.
    spaces: u32,
}

impl Parser<'_> {
    fn broken(&self, why: Why) -> Broken {
        Broken { at: self.at, why }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
            self.spaces += 1;
        }
    }

    fn push(&mut self, kind: Kind, start: usize) {
        let next = self.cells.len() as u32 + 1;
        self.cells.push(Cell { kind, spaced: false, start: start as u32, end: self.at as u32, next });
    }

    fn value(&mut self, depth: u32) -> Result<(), Broken> {
        let start = self.at;
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b'{') => self.container(Kind::Object, depth),
            Some(b'[') => self.container(Kind::Array, depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Kind::True, start),
            Some(b'f') => self.word("false", Kind::False, start),
            Some(b'n') => self.word("null", Kind::Null, start),
            _ => Err(self.broken(Why::Syntax)),
        }
    }

    fn word(&mut self, word: &str, kind: Kind, start: usize) -> Result<(), Broken> {
        if !self.bytes[start..].starts_with(word.as_bytes()) {
            return Err(self.broken(Why::Syntax));
        }
        self.at += word.len();
        self.push(kind, start);
        Ok(())
    }

    /// One of 64 bits, by the text's length and last letter: texts with different bits differ. All bits where it has escapes.
    fn string(&mut self) -> Result<u64, Broken> {
        let start = self.at;
        match text::end_of(self.bytes, start + 1) {
            Ok((end, escaped)) => {
                self.at = end + 1;
                self.push(if escaped { Kind::Escaped } else { Kind::Plain }, start);
                let bit = (end - start) ^ usize::from(self.bytes[end - 1]) << 2;
                Ok(if escaped { u64::MAX } else { 1 << (bit & 63) })
            }
            Err(at) => Err(Broken { at, why: Why::Syntax }),
        }
    }

    fn container(&mut self, kind: Kind, depth: u32) -> Result<(), Broken> {
        if depth >= DEPTH_MAX {
            return Err(self.broken(Why::TooDeep));
        }
        let (start, cell, spaces) = (self.at, self.cells.len(), self.spaces);
        let close = if kind == Kind::Object { b'}' } else { b']' };
        self.push(kind, start);
        self.at += 1;
        self.space();
        let mut count = 0;
        let (mut seen, mut alike) = (0u64, false);
        if self.peek() == Some(close) {
            self.at += 1;
        } else {
            loop {
                if kind == Kind::Object {
                    if self.peek() != Some(b'"') {
                        return Err(self.broken(Why::Syntax));
                    }
                    let mark = self.string()?;
                    alike |= seen & mark != 0;
                    seen |= mark;
                    self.space();
                    if self.peek() != Some(b':') {
                        return Err(self.broken(Why::Syntax));
                    }
                    self.at += 1;
                    self.space();
                }
                self.value(depth + 1)?;
                count += 1;
                self.space();
                let found = self.peek();
                if found != Some(b',') && found != Some(close) {
                    return Err(self.broken(Why::Syntax));
                }
                self.at += 1;
                if found == Some(close) {
                    break;
                }
                self.space();
            }
        }
        let next = self.cells.len() as u32;
        let spaced = self.spaces != spaces;
        self.cells[cell] = Cell { kind, spaced, start: start as u32, end: self.at as u32, next };
        if alike {
            self.note_twice(cell, count);
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), Broken> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        let mut large = self.at - start > 300;
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
            large = true;
        }
        if large && !self.text[start..self.at].parse().is_ok_and(f64::is_finite) {
            return Err(Broken { at: start, why: Why::TooLarge });
        }
        self.push(Kind::Number, start);
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Broken> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { Err(self.broken(Why::Syntax)) } else { Ok(()) }
    }

    /// Notes the keys of the object at `cell` that it has a second time.
    fn note_twice(&mut self, cell: usize, count: usize) {
        let mut few = [0u32; FEW];
        let mut many = Vec::new();
        let keys = if count <= FEW {
            &mut few[..count]
        } else {
            many.resize(count, 0);
            &mut many[..]
        };
        let mut at = cell as u32 + 1;
        for key in keys.iter_mut() {
            *key = at;
            at = self.cells[at as usize + 1].next;
        }
        if count <= FEW {
            for (place, key) in keys.iter().enumerate() {
                if keys[..place].iter().any(|earlier| self.same_key(*earlier, *key)) {
                    self.twice.push(*key);
                }
            }
            return;
        }
        let mut said: Vec<(std::borrow::Cow<'_, str>, u32)> = keys.iter().map(|key| (self.key(*key), *key)).collect();
        said.sort_unstable();
        let twice: Vec<u32> = said.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1).collect();
        self.twice.extend(twice);
    }

    fn same_key(&self, one: u32, other: u32) -> bool {
        let (a, b) = (self.cells[one as usize], self.cells[other as usize]);
        if a.kind == Kind::Plain && b.kind == Kind::Plain {
            a.end - a.start == b.end - b.start
                && self.bytes[a.start as usize..a.end as usize] == self.bytes[b.start as usize..b.end as usize]
        } else {
            self.key(one) == self.key(other)
        }
    }

    fn key(&self, at: u32) -> std::borrow::Cow<'_, str> {
        let cell = self.cells[at as usize];
        let inner = &self.text[cell.start as usize + 1..cell.end as usize - 1];
        if cell.kind == Kind::Plain { inner.into() } else { text::unescape(inner).into() }
    }
}
