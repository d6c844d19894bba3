//! Statements, and their text: canonical N-Quads (W3C RDF Dataset Canonicalization 1.0, appendix A).

use std::borrow::Cow;

/// Who a statement is about: an IRI, or somebody without a name, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Node<'a> {
    Iri(&'a str),
    Blank(u32),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Object<'a> {
    Node(Node<'a>),
    /// A text without a type of its own is of [`XSD_STRING`].
    Typed {
        text: Cow<'a, str>,
        datatype: &'a str,
    },
    /// In a language, by its tag in small letters.
    Said {
        text: &'a str,
        language: &'a str,
    },
}

/// A statement of the default graph: the only one in a credential of ours.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Quad<'a> {
    pub subject: Node<'a>,
    pub predicate: &'a str,
    pub object: Object<'a>,
}

pub(crate) const RDF_TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
pub(crate) const XSD_STRING: &str = "http://www.w3.org/2001/XMLSchema#string";
pub(crate) const XSD_BOOLEAN: &str = "http://www.w3.org/2001/XMLSchema#boolean";
pub(crate) const XSD_INTEGER: &str = "http://www.w3.org/2001/XMLSchema#integer";
pub(crate) const XSD_DOUBLE: &str = "http://www.w3.org/2001/XMLSchema#double";

impl Quad<'_> {
    /// The statement as a line with its line feed, where `label` writes the name of somebody without one.
    pub(crate) fn write(&self, line: &mut String, label: impl Fn(u32, &mut String)) {
        let node = |node: Node<'_>, line: &mut String| match node {
            Node::Iri(iri) => bracketed(iri, line),
            Node::Blank(blank) => {
                line.push_str("_:");
                label(blank, line);
            }
        };
        node(self.subject, line);
        line.push(' ');
        bracketed(self.predicate, line);
        line.push(' ');
        match &self.object {
            Object::Node(object) => node(*object, line),
            Object::Typed { text, datatype } => {
                quoted(text, line);
                if *datatype != XSD_STRING {
                    line.push_str("^^");
                    bracketed(datatype, line);
                }
            }
            Object::Said { text, language } => {
                quoted(text, line);
                line.push('@');
                line.push_str(language);
            }
        }
        line.push_str(" .\n");
    }

    /// The nameless ones of the statement, each with its place: `s` or `o`.
    pub(crate) fn blanks(&self) -> impl Iterator<Item = (u32, char)> {
        let of = |node: Node<'_>| if let Node::Blank(blank) = node { Some(blank) } else { None };
        let object = if let Object::Node(object) = self.object { of(object) } else { None };
        of(self.subject).map(|blank| (blank, 's')).into_iter().chain(object.map(|blank| (blank, 'o')))
    }
}

fn bracketed(iri: &str, line: &mut String) {
    line.push('<');
    line.push_str(iri);
    line.push('>');
}

fn quoted(text: &str, line: &mut String) {
    line.push('"');
    for letter in text.chars() {
        match letter {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            _ => line.push(letter),
        }
    }
    line.push('"');
}

/// Whether this is an absolute IRI that every reader takes as it stands (RFC 3987, and the letters that N-Quads forbids): a scheme, a colon,
/// and more. No `_:name`, which is no IRI.
pub(crate) fn is_iri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let scheme = scheme.as_bytes();
    let well_begun = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|letter| letter.is_ascii_alphanumeric() || b"+-.".contains(letter));
    let forbidden = |letter: char| {
        letter.is_control()
            || letter.is_whitespace()
            || "<>\"{}|\\^`".contains(letter)
            || ('\u{e000}'..='\u{f8ff}').contains(&letter)
    };
    well_begun && !rest.is_empty() && text.len() <= 2_000 && !text.chars().any(forbidden)
}
