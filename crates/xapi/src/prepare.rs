//! From the bytes of a request to statements that are ready to be stored.

use std::borrow::Cow;

use kernel::Timestamp;

use crate::json::{Broken, DEPTH_MAX, Document, Node, Why, write};
use crate::read::{FAULTS_MAX, Read, Reader};
use crate::{AgentKey, AttachmentMeta, Defined, Fault, ObjectKey, Reference, Uuid, Version};

/// What a request brought.
#[derive(Debug)]
pub struct Batch<'a> {
    /// Whether they came as a list. One that stands alone is no list.
    pub list: bool,
    pub statements: Vec<Prepared<'a>>,
}

/// A statement without faults: what an index needs of it, and its text.
#[derive(Debug)]
pub struct Prepared<'a> {
    /// `None` if the store is to give one.
    pub id: Option<Uuid>,
    /// `None` for an anonymous group; its members are among the references.
    pub actor: Option<AgentKey<'a>>,
    /// Its IRI.
    pub verb: Cow<'a, str>,
    pub object: ObjectKey<'a>,
    pub registration: Option<Uuid>,
    /// Everybody and everything that it mentions, actor and object included, in the order of reading.
    pub references: Vec<Reference<'a>>,
    /// The statement that its object points at.
    pub target: Option<Uuid>,
    /// Whether it takes its target back.
    pub voids: bool,
    /// When it happened, if it says so.
    pub timestamp: Option<Timestamp>,
    pub attachments: Vec<AttachmentMeta<'a>>,
    /// What it says about activities.
    pub definitions: Vec<Defined<'a>>,
    /// The text of its properties that are kept, without the braces; each piece is whole properties.
    kept: Vec<Cow<'a, str>>,
    authority: Option<Cow<'a, str>>,
    has_timestamp: bool,
    has_version: bool,
}

/// What a store puts on a statement.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'s> {
    pub id: Uuid,
    /// When it was stored, as text. It is the timestamp of a statement that has none.
    pub stored: &'s str,
    /// Who vouches for it: ready JSON. `None` leaves the statement's own, if it has one.
    pub authority: Option<&'s str>,
    /// The version of a statement that has none, such as `1.0.0` or `2.0.0`; one that it has is kept.
    pub version: &'s str,
}

/// Reads a body: one statement or a list of them, each by the given edition of the specification.
/// Either all are without faults, or all faults are told (up to 50), with paths such as `[3].actor.mbox`.
pub fn prepare(body: &[u8], version: Version) -> Result<Batch<'_>, Vec<Fault>> {
    let text = std::str::from_utf8(body).map_err(|_| vec![Fault::new("", "应为 UTF-8 文本", "must be UTF-8")])?;
    let document = Document::parse(text).map_err(|it| vec![broken(text, it)])?;
    let root = document.root();
    let mut reader = Reader::new(version);
    tell_twice(&document, &mut reader);
    let mut statements = Vec::with_capacity(root.items().count().max(1));
    if root.is_array() {
        for item in root.items() {
            statements.extend(one(&mut reader, item));
        }
        tell_same_ids(root, &statements, &mut reader);
    } else {
        statements.extend(one(&mut reader, root));
    }
    if reader.faults.is_empty() { Ok(Batch { list: root.is_array(), statements }) } else { Err(reader.faults) }
}

fn one<'d, 'a>(reader: &mut Reader<'d, 'a>, it: Node<'d, 'a>) -> Option<Prepared<'a>> {
    let Read { id, actor, verb, object, registration, timestamp, voids } = reader.statement(it)?;
    let target = match object {
        ObjectKey::StatementRef(target) => Some(target),
        _ => None,
    };
    let mut prepared = Prepared {
        id,
        actor,
        verb,
        object,
        registration,
        references: std::mem::take(&mut reader.references),
        target,
        voids,
        timestamp,
        attachments: std::mem::take(&mut reader.attachments),
        definitions: std::mem::take(&mut reader.definitions),
        kept: Vec::with_capacity(2),
        authority: None,
        has_timestamp: false,
        has_version: false,
    };
    prepared.keep(it, &reader.singles);
    reader.singles.clear();
    Some(prepared)
}

impl<'a> Prepared<'a> {
    /// Notes what of the text is kept. Neighbours are kept as one piece, so that most statements are one.
    fn keep<'d>(&mut self, it: Node<'d, 'a>, singles: &[Node<'d, 'a>]) {
        let rewrite = it.is_spaced() || !singles.is_empty();
        let raw = it.raw();
        let begin = it.span().0;
        let mut run: Option<(usize, usize)> = None;
        for (key, value) in it.entries() {
            let (start, end) = (key.span().0 - begin, value.span().1 - begin);
            let name = key.text().unwrap_or_default();
            let ours = match &*name {
                "id" | "stored" => true,
                "authority" => {
                    self.authority = Some(written(value, singles, rewrite));
                    true
                }
                "timestamp" => {
                    self.has_timestamp = true;
                    false
                }
                "version" => {
                    self.has_version = true;
                    false
                }
                _ => false,
            };
            if rewrite {
                if !ours {
                    let mut piece = String::with_capacity(end - start);
                    piece.push_str(key.raw());
                    piece.push(':');
                    write(value, singles, &mut piece);
                    self.kept.push(piece.into());
                }
                continue;
            }
            run = match (run, ours) {
                (Some((first, _)), false) => Some((first, end)),
                (None, false) => Some((start, end)),
                (Some((first, last)), true) => {
                    self.kept.push(raw[first..last].into());
                    None
                }
                (None, true) => None,
            };
        }
        if let Some((first, last)) = run {
            self.kept.push(raw[first..last].into());
        }
    }

    /// Appends the JSON that is stored: all that came, as it came and in its order, but without space between values, with
    /// single context activities as lists of one, and with what the [`Stamp`] puts on it.
    pub fn body(&self, stamp: &Stamp<'_>, out: &mut String) {
        out.push_str("{\"id\":\"");
        stamp.id.write(out);
        out.push('"');
        for piece in &self.kept {
            out.push(',');
            out.push_str(piece);
        }
        if !self.has_timestamp {
            out.push_str(",\"timestamp\":\"");
            out.push_str(stamp.stored);
            out.push('"');
        }
        out.push_str(",\"stored\":\"");
        out.push_str(stamp.stored);
        out.push('"');
        if let Some(authority) = stamp.authority.or(self.authority.as_deref()) {
            out.push_str(",\"authority\":");
            out.push_str(authority);
        }
        if !self.has_version {
            out.push_str(",\"version\":\"");
            out.push_str(stamp.version);
            out.push('"');
        }
        out.push('}');
    }

    /// About how long a body will be, in bytes.
    pub fn body_len(&self) -> usize {
        self.kept.iter().map(|piece| piece.len() + 1).sum::<usize>() + 400
    }
}

fn written<'a>(it: Node<'_, 'a>, singles: &[Node<'_, 'a>], rewrite: bool) -> Cow<'a, str> {
    if !rewrite {
        return it.raw().into();
    }
    let mut text = String::new();
    write(it, singles, &mut text);
    text.into()
}

/// Two statements of one request must not have one id: which of them would be the statement?
fn tell_same_ids<'d, 'a>(root: Node<'d, 'a>, statements: &[Prepared<'a>], reader: &mut Reader<'d, 'a>) {
    if !reader.faults.is_empty() {
        return;
    }
    let mut ids: Vec<(Uuid, usize)> = statements.iter().enumerate().filter_map(|(at, it)| Some((it.id?, at))).collect();
    ids.sort_unstable();
    let mut again: Vec<usize> = ids.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1).collect();
    again.sort_unstable();
    for at in again.into_iter().take(FAULTS_MAX) {
        if let Some(id) = root.items().nth(at).and_then(|it| it.get("id")) {
            reader.fault(id, "本次请求中编号重复", "is the id of an earlier statement of this request");
        }
    }
}

pub(crate) fn tell_twice<'d, 'a>(document: &'d Document<'a>, reader: &mut Reader<'d, 'a>) {
    for key in document.twice() {
        reader.fault(key, "属性重复", "stands twice");
    }
}

/// Where and why a text is no JSON that can be read.
pub(crate) fn broken(text: &str, it: Broken) -> Fault {
    let before = text.get(..it.at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let (zh, en) = match it.why {
        Why::Syntax => ("不是有效的 JSON".to_owned(), "is no valid JSON".to_owned()),
        Why::TooDeep => (format!("嵌套超过 {DEPTH_MAX} 层"), format!("is nested more than {DEPTH_MAX} deep")),
        Why::TooLarge => ("数字过大".to_owned(), "has a number that is too large".to_owned()),
        Why::TooLong => ("文本过长".to_owned(), "is too long".to_owned()),
    };
    Fault::new("", format!("第 {line} 行第 {column} 列：{zh}"), format!("line {line}, column {column}: {en}"))
}
