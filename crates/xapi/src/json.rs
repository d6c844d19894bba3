//! A JSON text as a flat list of cells that point into it. Nothing is copied: texts, numbers and whole values are read
//! where they stand, which is what lets a statement be stored byte for byte as it came.
//!
//! Stricter than the grammar of RFC 8259 where a text could be understood in two ways or not at all: a property that
//! stands twice in an object is reported, and numbers beyond a double and nesting beyond [`DEPTH_MAX`] are refused.

mod parse;
#[cfg(test)]
mod tests;
mod text;
mod write;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write;

pub(crate) use parse::{Broken, DEPTH_MAX, Why};
pub(crate) use write::{rebuild, write};

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    True,
    False,
    Number,
    /// Without escapes: what it says is what stands there.
    Plain,
    Escaped,
    Array,
    Object,
}

/// One value or key: where it begins and ends in the text, and the cell that follows all that is within it.
#[derive(Debug, Clone, Copy)]
struct Cell {
    kind: Kind,
    /// For arrays and objects: whether there is space between what they hold.
    spaced: bool,
    start: u32,
    end: u32,
    next: u32,
}

/// A text that has been read. Keys and values of an object follow each other as cells.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    text: &'a str,
    cells: Vec<Cell>,
    /// Keys that stand in their object a second time.
    twice: Vec<u32>,
}

/// A place in a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'d, 'a> {
    document: &'d Document<'a>,
    at: u32,
}

impl PartialEq for Node<'_, '_> {
    /// Within one document.
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl<'a> Document<'a> {
    pub(crate) fn root(&self) -> Node<'_, 'a> {
        Node { document: self, at: 0 }
    }

    pub(crate) fn twice(&self) -> impl Iterator<Item = Node<'_, 'a>> {
        self.twice.iter().map(|at| Node { document: self, at: *at })
    }
}

impl<'d, 'a> Node<'d, 'a> {
    #[inline]
    fn cell(self) -> Cell {
        self.document.cells[self.at as usize]
    }

    fn to(self, at: u32) -> Node<'d, 'a> {
        Node { document: self.document, at }
    }

    pub(crate) fn kind(self) -> Kind {
        self.cell().kind
    }

    /// The value as it stands in the text.
    #[inline]
    pub(crate) fn raw(self) -> &'a str {
        let cell = self.cell();
        &self.document.text[cell.start as usize..cell.end as usize]
    }

    /// Where it begins and ends in the text.
    pub(crate) fn span(self) -> (usize, usize) {
        let cell = self.cell();
        (cell.start as usize, cell.end as usize)
    }

    pub(crate) fn is_spaced(self) -> bool {
        self.cell().spaced
    }

    pub(crate) fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    pub(crate) fn is_object(self) -> bool {
        self.kind() == Kind::Object
    }

    pub(crate) fn is_array(self) -> bool {
        self.kind() == Kind::Array
    }

    #[inline]
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        let raw = self.raw();
        match self.kind() {
            Kind::Plain => Some(Cow::Borrowed(&raw[1..raw.len() - 1])),
            Kind::Escaped => Some(Cow::Owned(text::unescape(&raw[1..raw.len() - 1]))),
            _ => None,
        }
    }

    /// Whether it is this text.
    pub(crate) fn is(self, text: &str) -> bool {
        let raw = self.raw();
        match self.kind() {
            Kind::Plain => raw.as_bytes()[1..raw.len() - 1] == *text.as_bytes(),
            Kind::Escaped => text::unescape(&raw[1..raw.len() - 1]) == text,
            _ => false,
        }
    }

    pub(crate) fn boolean(self) -> Option<bool> {
        match self.kind() {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    pub(crate) fn number(self) -> Option<f64> {
        if self.kind() == Kind::Number { self.raw().parse().ok() } else { None }
    }

    /// Keys with their values; nothing if it is no object.
    pub(crate) fn entries(self) -> impl Iterator<Item = (Node<'d, 'a>, Node<'d, 'a>)> {
        let end = if self.is_object() { self.cell().next } else { 0 };
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            (at < end).then(|| {
                let (key, value) = (self.to(at), self.to(at + 1));
                at = value.cell().next;
                (key, value)
            })
        })
    }

    /// The elements; nothing if it is no list.
    pub(crate) fn items(self) -> impl Iterator<Item = Node<'d, 'a>> {
        let end = if self.is_array() { self.cell().next } else { 0 };
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            (at < end).then(|| {
                let item = self.to(at);
                at = item.cell().next;
                item
            })
        })
    }

    pub(crate) fn get(self, name: &str) -> Option<Node<'d, 'a>> {
        self.entries().find(|(key, _)| key.is(name)).map(|(_, value)| value)
    }

    /// All entries by their keys, for objects that can be large.
    pub(crate) fn by_key(self) -> HashMap<Cow<'a, str>, Node<'d, 'a>> {
        self.entries().filter_map(|(key, value)| Some((key.text()?, value))).collect()
    }

    /// Such as `[3].actor.mbox`. Found anew from the root each time, so that reading carries no paths along.
    pub(crate) fn path(self) -> String {
        let mut path = String::new();
        let mut around = self.to(0);
        while around.at != self.at {
            let inner = match around.kind() {
                Kind::Array => around.items().enumerate().find(|(_, item)| item.holds(self)).map(|(place, item)| {
                    let _ = write!(path, "[{place}]");
                    item
                }),
                _ => {
                    around.entries().find(|(key, value)| key.at == self.at || value.holds(self)).map(|(key, value)| {
                        if !path.is_empty() {
                            path.push('.');
                        }
                        path.push_str(&key.text().unwrap_or_default());
                        if key.at == self.at { key } else { value }
                    })
                }
            };
            match inner {
                Some(inner) => around = inner,
                None => break,
            }
        }
        path
    }

    fn holds(self, other: Node<'_, '_>) -> bool {
        (self.at..self.cell().next).contains(&other.at)
    }
}
