//! JSON-LD to statements (JSON-LD 1.1 Processing Algorithms, expansion and "Deserialize JSON-LD to RDF"), for the part of the language that
//! [`crate::contexts`] understands.
//!
//! Stricter than the standard, which drops silently what it can't map: here every name, text and number of the document ends up in a statement,
//! or the document is refused. So a signature over the statements covers the document.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Number, Value};

use crate::contexts::{CREDENTIALS_V2, Contexts, Kind, Means, Term};
use crate::rdf::{Node, Object, Quad, RDF_TYPE, XSD_BOOLEAN, XSD_DOUBLE, XSD_INTEGER, XSD_STRING, is_iri};
use crate::refusal::Refusal;

const CONTEXTS_MAX: usize = 4;
/// Integers that every reader of JSON takes exactly (RFC 8259, section 6).
const INTEGER_MAX: i64 = (1 << 53) - 1;

/// The statements of a node at the top of a document, in the given contexts, without its entries `@context` and `without`.
pub(crate) fn statements<'a>(
    contexts: &'a Contexts,
    context: &Value,
    node: &'a Map<String, Value>,
    without: &str,
) -> Result<Vec<Quad<'a>>, Refusal> {
    let top = node.get("id").or_else(|| node.get("@id")).and_then(Value::as_str);
    let mut expansion = Expansion { contexts, top, quads: Vec::with_capacity(64), blanks: 0 };
    let active = expansion.opened(context)?;
    let entries = node.iter().filter(|(name, _)| *name != "@context" && *name != without);
    expansion.node(&active, &Place::Top, entries.map(|(name, value)| (name.as_str(), value)).collect())?;
    Ok(expansion.quads)
}

/// The contexts that hold at a place: those that go on into nested nodes, and those of the node's own types, which don't.
#[derive(Clone, Default)]
struct Active {
    lasting: Vec<usize>,
    typed: Vec<usize>,
}

/// Where in the document, for what is said about it.
enum Place<'p> {
    Top,
    Entry(&'p Place<'p>, &'p str),
    Item(&'p Place<'p>, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Top => Ok(()),
            Place::Entry(Place::Top, name) => f.write_str(name),
            Place::Entry(parent, name) => write!(f, "{parent}.{name}"),
            Place::Item(parent, at) => write!(f, "{parent}[{at}]"),
        }
    }
}

struct Expansion<'a> {
    contexts: &'a Contexts,
    /// The id of the document's own node.
    top: Option<&'a str>,
    quads: Vec<Quad<'a>>,
    blanks: u32,
}

impl<'a> Expansion<'a> {
    /// What `@context` names, one after the other. The base context comes first, as the data model wants it.
    fn opened(&self, context: &Value) -> Result<Active, Refusal> {
        let named = match context {
            Value::String(_) => std::slice::from_ref(context),
            Value::Array(named) if named.len() <= CONTEXTS_MAX => named,
            _ => {
                return Err(Refusal::malformed(
                    "@context",
                    "应为词汇表地址的列表",
                    "it must be a list of context URLs",
                ));
            }
        };
        let mut active = Active::default();
        for (at, url) in named.iter().enumerate() {
            let url = url.as_str().ok_or_else(|| Refusal::UnknownContext(url.to_string()))?;
            if (at == 0) != (url == CREDENTIALS_V2) {
                let zh = format!("第一个且仅第一个应为 {CREDENTIALS_V2}");
                return Err(Refusal::malformed(
                    "@context",
                    zh,
                    format!("the first one, and only it, must be {CREDENTIALS_V2}"),
                ));
            }
            let root = self.contexts.root(url).ok_or_else(|| Refusal::UnknownContext(url.to_owned()))?;
            self.protect(&active, root, &Place::Top)?;
            active.lasting.push(root);
        }
        if active.lasting.is_empty() {
            return Err(Refusal::malformed("@context", "不能为空", "it must not be empty"));
        }
        Ok(active)
    }

    fn term(&self, active: &Active, name: &str) -> Option<&'a Term> {
        let layers = active.typed.iter().rev().chain(active.lasting.iter().rev());
        layers.into_iter().find_map(|layer| self.contexts.layer(*layer).term(name))
    }

    fn means(&self, active: &Active, name: &str) -> Option<&'a Means> {
        match name {
            "@id" => Some(&Means::Id),
            "@type" => Some(&Means::Type),
            _ => self.term(active, name).map(|term| &term.means),
        }
    }

    /// A protected term keeps its meaning under the contexts that follow.
    fn protect(&self, active: &Active, layer: usize, place: &Place<'_>) -> Result<(), Refusal> {
        for (name, new) in self.contexts.layer(layer).terms() {
            let old = self.term(active, name).filter(|old| old.is_protected);
            if old.is_some_and(|old| !self.contexts.are_same(old, new)) {
                let zh = format!("“{name}”的含义不得改变");
                return Err(Refusal::malformed(place, zh, format!("{name} must keep its meaning")));
            }
        }
        Ok(())
    }

    fn node(
        &mut self,
        outer: &Active,
        place: &Place<'_>,
        entries: Vec<(&'a str, &'a Value)>,
    ) -> Result<Node<'a>, Refusal> {
        if entries.is_empty() {
            return Err(Refusal::malformed(place, "不能为空", "it must not be empty"));
        }
        let (mut id, mut types) = (None, None);
        for (name, value) in &entries {
            let place = Place::Entry(place, name);
            let is_twice = match self.means(outer, name) {
                Some(Means::Id) => id.replace(iri(value, &place)?).is_some(),
                Some(Means::Type) => types.replace(names(value, &place)?).is_some(),
                _ => false,
            };
            if is_twice {
                return Err(Refusal::malformed(&place, "重复出现", "it stands twice"));
            }
        }
        let subject = id.map_or_else(
            || {
                self.blanks += 1;
                Node::Blank(self.blanks - 1)
            },
            Node::Iri,
        );

        // Somewhere else in the document its end or its status could be said, and not be seen by who looks for them where they belong.
        if id.is_some() && id == self.top && !matches!(place, Place::Top) {
            let en = "it must not describe the credential a second time";
            return Err(Refusal::malformed(Place::Entry(place, "id"), "不得在别处再次描述证书本身", en));
        }

        let mut active = outer.clone();
        let mut types = types.unwrap_or_default();
        let begun = self.quads.len();
        for name in &types {
            let object = Object::Node(Node::Iri(self.vocabulary(outer, name, place)?));
            // Two names may be one type's.
            if self.quads[begun..].iter().any(|before| before.object == object) {
                return Err(Refusal::malformed(Place::Entry(place, "type"), "重复出现", "it stands twice"));
            }
            self.quads.push(Quad { subject, predicate: RDF_TYPE, object });
        }
        types.sort_unstable();
        for name in types {
            if let Some(scoped) = self.term(outer, name).and_then(|term| term.scoped) {
                self.protect(&active, scoped, place)?;
                active.typed.push(scoped);
            }
        }

        for (name, value) in entries {
            let place = Place::Entry(place, name);
            // What a type's context makes of these words must be what they were when the types were read.
            let (before, now) = (self.means(outer, name), self.means(&active, name));
            match now {
                Some(Means::Id | Means::Type) if before == now => continue,
                Some(Means::Iri(_)) if !matches!(before, Some(Means::Id | Means::Type)) => {}
                None => {
                    let en = "the contexts don't define it here, so no signature covers it";
                    return Err(Refusal::malformed(&place, "词汇表中没有这一项", en));
                }
                _ => return Err(Refusal::malformed(&place, "含义不明", "its meaning is not clear")),
            }
            let Some(term) = self.term(&active, name) else { continue };
            let Means::Iri(predicate) = &term.means else { continue };
            self.values(&active, term, name, (subject, predicate), value, &place)?;
        }
        Ok(subject)
    }

    fn values(
        &mut self,
        active: &Active,
        term: &'a Term,
        name: &str,
        of: (Node<'a>, &'a str),
        value: &'a Value,
        place: &Place<'_>,
    ) -> Result<(), Refusal> {
        if term.kind == Kind::Unread {
            return Err(Refusal::malformed(place, "不支持此种取值", "values of this kind are not supported"));
        }
        let Value::Array(items) = value else {
            let object = self.object(active, term, name, value, place)?;
            self.quads.push(Quad { subject: of.0, predicate: of.1, object });
            return Ok(());
        };
        if items.is_empty() {
            return Err(Refusal::malformed(place, "不能为空", "it must not be empty"));
        }
        let mut said = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let place = Place::Item(place, at);
            let object = self.object(active, term, name, item, &place)?;
            // A set says a thing once; said twice, it could be left out of the text and not be missed by the signature.
            if said.contains(&object) {
                return Err(Refusal::malformed(&place, "重复出现", "it stands twice"));
            }
            said.push(object);
        }
        self.quads.extend(said.into_iter().map(|object| Quad { subject: of.0, predicate: of.1, object }));
        Ok(())
    }

    fn object(
        &mut self,
        active: &Active,
        term: &'a Term,
        name: &str,
        value: &'a Value,
        place: &Place<'_>,
    ) -> Result<Object<'a>, Refusal> {
        // A property's own context may define the property anew for what stands in it.
        let anew = term.scoped.and_then(|scoped| self.contexts.layer(scoped).term(name));
        let kind = &anew.unwrap_or(term).kind;
        let typed = |text: Cow<'a, str>, own: &'a str| {
            let datatype = if let Kind::Datatype(datatype) = kind { datatype } else { own };
            Object::Typed { text, datatype }
        };
        match value {
            Value::String(text) => match kind {
                Kind::Id => iri(value, place).map(|iri| Object::Node(Node::Iri(iri))),
                Kind::Vocab => {
                    let mut within = active.clone();
                    within.typed.extend(term.scoped);
                    self.vocabulary(&within, text, place).map(|iri| Object::Node(Node::Iri(iri)))
                }
                _ => plain(text, place).map(|text| typed(Cow::Borrowed(text), XSD_STRING)),
            },
            Value::Bool(is_so) => Ok(typed(Cow::Borrowed(if *is_so { "true" } else { "false" }), XSD_BOOLEAN)),
            Value::Number(number) => {
                let (text, own) = canonical_number(number, kind, place)?;
                Ok(typed(Cow::Owned(text), own))
            }
            Value::Object(map) if map.contains_key("@value") => said(map, kind, place),
            Value::Object(map) => {
                // The contexts of types don't go on into nested nodes. A property's own context does, and it may redefine what is protected.
                let mut within = Active { lasting: active.lasting.clone(), typed: Vec::new() };
                within.lasting.extend(term.scoped);
                let entries = map.iter().map(|(name, value)| (name.as_str(), value)).collect();
                self.node(&within, place, entries).map(Object::Node)
            }
            Value::Null | Value::Array(_) => {
                Err(Refusal::malformed(place, "此处不能为空或为列表", "it must be neither null nor a list"))
            }
        }
    }

    /// A term's IRI, or the IRI itself.
    fn vocabulary(&self, active: &Active, name: &'a str, place: &Place<'_>) -> Result<&'a str, Refusal> {
        match self.term(active, name).map(|term| &term.means) {
            Some(Means::Iri(iri)) => Ok(iri),
            None if is_iri(name) => Ok(name),
            _ => {
                let zh = format!("词汇表中没有“{}”", crate::refusal::shown(name));
                Err(Refusal::malformed(place, zh, format!("the contexts don't define {}", crate::refusal::shown(name))))
            }
        }
    }
}

fn iri<'a>(value: &'a Value, place: &Place<'_>) -> Result<&'a str, Refusal> {
    let iri = value.as_str().filter(|text| is_iri(text));
    iri.ok_or_else(|| Refusal::malformed(place, "应为完整的网址或标识（IRI）", "it must be an absolute IRI"))
}

/// The values of `type`: a text, or a list of different ones.
fn names<'a>(value: &'a Value, place: &Place<'_>) -> Result<Vec<&'a str>, Refusal> {
    let wrong = || Refusal::malformed(place, "应为类型名称的列表", "it must be a list of different names of types");
    let names = match value {
        Value::String(name) => vec![name.as_str()],
        Value::Array(names) => names.iter().map(Value::as_str).collect::<Option<_>>().ok_or_else(wrong)?,
        _ => return Err(wrong()),
    };
    let is_new = |(at, name): (usize, &&str)| !names[..at].contains(name);
    if names.is_empty() || names.len() > 16 || !names.iter().enumerate().all(is_new) {
        return Err(wrong());
    }
    Ok(names)
}

/// Control characters and what is no character: written differently by different readers, and seen by nobody.
pub(crate) fn is_unseen(letter: char) -> bool {
    let is_none = u32::from(letter) & 0xfffe == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&letter);
    is_none || (letter.is_control() && !matches!(letter, '\n' | '\t'))
}

fn plain<'a>(text: &'a str, place: &Place<'_>) -> Result<&'a str, Refusal> {
    if text.contains(is_unseen) {
        return Err(Refusal::malformed(place, "含有控制字符", "it has control characters"));
    }
    Ok(text)
}

/// A text in a language: `{"@value": "…", "@language": "en"}`.
fn said<'a>(map: &'a Map<String, Value>, kind: &Kind, place: &Place<'_>) -> Result<Object<'a>, Refusal> {
    let text = |name: &str| map.get(name).and_then(Value::as_str);
    let (Some(text), Some(language), 2, Kind::Text) = (text("@value"), text("@language"), map.len(), kind) else {
        let en = "a text in a language must have @value and @language, and nothing else";
        return Err(Refusal::malformed(place, "带语言的文字应只有 @value 和 @language", en));
    };
    // Some readers write a tag's capitals small, and others keep them.
    let is_tag = (1..=35).contains(&language.len())
        && language.split('-').all(|part| {
            (1..=8).contains(&part.len())
                && part.bytes().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
        });
    if !is_tag {
        return Err(Refusal::malformed(
            place,
            "语言标记应为小写，如 zh-cn",
            "the language tag must be small, such as zh-cn",
        ));
    }
    Ok(Object::Said { text: plain(text, place)?, language })
}

/// A number as the standard writes it (JSON-LD 1.1 API, 8.6), and its type where the term gives none.
fn canonical_number(number: &Number, kind: &Kind, place: &Place<'_>) -> Result<(String, &'static str), Refusal> {
    let wrong = || {
        let en = "a number must be whole and below 2^53, or have a fraction and be between 0.000001 and 2^53";
        Refusal::malformed(place, "数字应为小于 2^53 的整数，或介于 0.000001 与 2^53 之间的小数", en)
    };
    let is_double = matches!(kind, Kind::Datatype(datatype) if &**datatype == XSD_DOUBLE);
    if let Some(whole) = number.as_i64() {
        let is_exact = (-INTEGER_MAX..=INTEGER_MAX).contains(&whole);
        return if is_exact && !is_double { Ok((whole.to_string(), XSD_INTEGER)) } else { Err(wrong()) };
    }
    // `16.0` is an integer to some readers and a fraction to others.
    let value =
        number.as_f64().filter(|value| value.fract() != 0.0 && value.abs() >= 1e-6 && value.abs() < INTEGER_MAX as f64);
    let written = format!("{:.15e}", value.ok_or_else(wrong)?);
    let (digits, exponent) = written.split_once('e').ok_or_else(wrong)?;
    let digits = digits.trim_end_matches('0');
    let digits = if digits.ends_with('.') { format!("{digits}0") } else { digits.to_owned() };
    Ok((format!("{digits}E{exponent}"), XSD_DOUBLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_standard_writes_them() {
        let float = Kind::Datatype("https://www.w3.org/2001/XMLSchema#float".into());
        for (written, expected) in [
            ("16", Some("16")),
            ("0", Some("0")),
            ("-3", Some("-3")),
            ("9007199254740991", Some("9007199254740991")),
            ("9007199254740992", None),
            ("16.0", None),
            ("2.5", Some("2.5E0")),
            ("0.1", Some("1.0E-1")),
            ("5.3", Some("5.3E0")),
            ("1234.56", Some("1.23456E3")),
            ("1e300", None),
            ("0.0000001", None),
        ] {
            let number: Number = serde_json::from_str(written).unwrap();
            let text = canonical_number(&number, &float, &Place::Top).ok().map(|(text, _)| text);
            assert_eq!(text.as_deref(), expected, "{written}");
        }
    }
}
