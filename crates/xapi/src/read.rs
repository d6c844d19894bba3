//! Reading a foreign statement: every property is looked at, unknown ones are refused, and all faults are reported.
//! What an index wants to know is noted on the way.

mod statement;
mod what;
mod who;

use std::borrow::Cow;

use kernel::Timestamp;

use crate::check::{is_iri, is_language_tag, time_at};
use crate::json::{Kind, Node};
use crate::{AttachmentMeta, Defined, Fault, Mention, ObjectKey, Reference, Role, Uuid, Version};

pub(crate) use statement::Read;
pub(crate) use what::COMPONENTS;

/// So many faults are told; a body can have millions.
pub(crate) const FAULTS_MAX: usize = 50;

/// Goes through one statement.
pub(crate) struct Reader<'d, 'a> {
    version: Version,
    pub(crate) faults: Vec<Fault>,
    pub(crate) references: Vec<Reference<'a>>,
    pub(crate) attachments: Vec<AttachmentMeta<'a>>,
    pub(crate) definitions: Vec<Defined<'a>>,
    /// Context activities that stand alone and are to be stored as lists of one.
    pub(crate) singles: Vec<Node<'d, 'a>>,
}

/// Where the reader is: what the thing is in the statement, and whether that is the substatement.
#[derive(Debug, Clone, Copy)]
struct Place {
    role: Role,
    inside: bool,
}

/// The properties of one JSON object that were asked for, in the order of asking.
struct Properties<'d, 'a, const N: usize> {
    found: [Option<Node<'d, 'a>>; N],
    /// How many stand there that nobody has asked for.
    unknown: usize,
}

impl<'d, 'a> Reader<'d, 'a> {
    pub(crate) fn new(version: Version) -> Reader<'d, 'a> {
        Reader {
            version,
            faults: Vec::new(),
            references: Vec::new(),
            attachments: Vec::new(),
            definitions: Vec::new(),
            singles: Vec::new(),
        }
    }

    pub(crate) fn fault(&mut self, at: Node<'d, 'a>, zh: &str, en: &str) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault::new(&at.path(), zh, en));
        }
    }

    /// About a property of `it` that is not there, or that stands for others.
    fn fault_of(&mut self, it: Node<'d, 'a>, name: &str, zh: &str, en: &str) {
        if self.faults.len() < FAULTS_MAX {
            let mut path = it.path();
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(name);
            self.faults.push(Fault::new(&path, zh, en));
        }
    }

    fn missing(&mut self, it: Node<'d, 'a>, name: &str) {
        self.fault_of(it, name, "缺少此项", "is missing");
    }

    /// A value of the wrong kind. Null is said to be null: its author thinks that he left the property out.
    fn wrong(&mut self, it: Node<'d, 'a>, zh: &str, en: &str) {
        if it.is_null() {
            self.fault(it, "不得为 null", "must not be null");
        } else {
            self.fault(it, zh, en);
        }
    }

    /// The named properties of an object. Nothing if it is no object, which is a fault.
    fn properties<const N: usize>(&mut self, it: Node<'d, 'a>, names: &[&str; N]) -> Option<Properties<'d, 'a, N>> {
        if !it.is_object() {
            self.wrong(it, "应为 JSON 对象", "must be a JSON object");
            return None;
        }
        let mut all = Properties { found: [None; N], unknown: 0 };
        let mut next = 0;
        for (key, value) in it.entries() {
            // Most writers keep the specification's order, so the search goes on from the last one found.
            let Some(name) = key.text() else { continue };
            let found = names[next..].iter().position(|it| *it == name).map(|at| next + at);
            match found.or_else(|| names[..next].iter().position(|it| *it == name)) {
                Some(at) => {
                    all.found[at] = Some(value);
                    next = at + 1;
                }
                None => all.unknown += 1,
            }
        }
        Some(all)
    }

    /// What nobody has asked for is a fault.
    fn end<const N: usize>(&mut self, it: Node<'d, 'a>, all: &Properties<'d, 'a, N>, names: &[&str; N]) {
        if all.unknown > 0 {
            for (key, _) in it.entries().filter(|(key, _)| !names.iter().any(|name| key.is(name))) {
                self.fault(key, "未知的属性", "is no property known here");
            }
        }
    }

    fn text(&mut self, it: Node<'d, 'a>) -> Option<Cow<'a, str>> {
        let text = it.text();
        if text.is_none() {
            self.wrong(it, "应为文本", "must be text");
        }
        text
    }

    /// Text that passes a check, or a fault in the words given.
    fn checked(&mut self, it: Node<'d, 'a>, good: impl Fn(&str) -> bool, zh: &str, en: &str) -> Option<Cow<'a, str>> {
        let text = self.text(it)?;
        if good(&text) {
            return Some(text);
        }
        self.fault(it, zh, en);
        None
    }

    fn iri(&mut self, it: Node<'d, 'a>) -> Option<Cow<'a, str>> {
        self.checked(it, is_iri, "应为完整的 IRI，如 https://…", "must be an absolute IRI, such as https://…")
    }

    /// A property that has to be there.
    fn must(&mut self, it: Node<'d, 'a>, name: &str, value: Option<Node<'d, 'a>>) -> Option<Node<'d, 'a>> {
        if value.is_none() {
            self.missing(it, name);
        }
        value
    }

    fn must_iri(&mut self, it: Node<'d, 'a>, name: &str, value: Option<Node<'d, 'a>>) -> Option<Cow<'a, str>> {
        self.must(it, name, value).and_then(|value| self.iri(value))
    }

    fn uuid(&mut self, it: Node<'d, 'a>) -> Option<Uuid> {
        let text = self.text(it)?;
        let uuid = text.parse().ok();
        if uuid.is_none() {
            self.fault(it, "应为 UUID", "must be a UUID");
        }
        uuid
    }

    fn time(&mut self, it: Node<'d, 'a>) -> Option<Timestamp> {
        let text = self.text(it)?;
        let at = time_at(&text);
        if at.is_none() {
            self.fault(
                it,
                "应为带时区的 ISO 8601 时间，如 2026-11-22T08:00:00.000Z",
                "must be an ISO 8601 time with its offset, such as 2026-11-22T08:00:00.000Z",
            );
        }
        at
    }

    fn boolean(&mut self, it: Node<'d, 'a>) {
        if it.boolean().is_none() {
            self.wrong(it, "应为 true 或 false", "must be true or false");
        }
    }

    fn number(&mut self, it: Node<'d, 'a>) -> Option<f64> {
        let number = it.number();
        if number.is_none() {
            self.wrong(it, "应为数字", "must be a number");
        }
        number
    }

    fn language_tag(&mut self, it: Node<'d, 'a>) {
        self.checked(it, is_language_tag, "不是语言标签（RFC 5646）", "is no language tag (RFC 5646)");
    }

    fn language_map(&mut self, it: Node<'d, 'a>) {
        if !it.is_object() {
            self.wrong(it, "应为语言到文本的对象", "must be an object from language to text");
        }
        for (tag, text) in it.entries() {
            if !tag.text().is_some_and(|tag| is_language_tag(&tag)) {
                self.fault(tag, "不是语言标签（RFC 5646）", "is no language tag (RFC 5646)");
            }
            self.is_text(text);
        }
    }

    /// What stands under an extension is its author's, null included.
    fn extensions(&mut self, it: Node<'d, 'a>) {
        if !it.is_object() {
            self.wrong(it, "应为 JSON 对象", "must be a JSON object");
        }
        for (key, _) in it.entries() {
            if !key.text().is_some_and(|key| is_iri(&key)) {
                self.fault(key, "扩展的键应为 IRI", "an extension's key must be an IRI");
            }
        }
    }

    /// Text of any wording, which nobody wants to know.
    fn is_text(&mut self, it: Node<'d, 'a>) {
        if !matches!(it.kind(), Kind::Plain | Kind::Escaped) {
            self.wrong(it, "应为文本", "must be text");
        }
    }

    /// The elements of a list; nothing if it is none, which is a fault.
    fn list(&mut self, it: Node<'d, 'a>) -> impl Iterator<Item = Node<'d, 'a>> + use<'d, 'a> {
        if !it.is_array() {
            self.wrong(it, "应为列表", "must be a list");
        }
        it.items()
    }

    fn mention(&mut self, place: Place, member: bool, what: Mention<'a>) {
        self.references.push(Reference { role: place.role, member, inside: place.inside, what });
    }
}
