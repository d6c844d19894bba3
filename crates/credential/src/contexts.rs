//! The vocabularies that credentials are written in: JSON-LD contexts, handed in as files, known by their hash, compiled once.
//!
//! Of JSON-LD 1.1 the part is understood that these contexts use: terms with an IRI, a kind of value, a set or a single one, contexts scoped to
//! a type or to a property, protected terms. A context that uses more is refused when it is read, and a term whose values need more (lists,
//! graphs, JSON literals) is refused where a document uses it.

use std::fmt;

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::rdf::is_iri;

/// The base context of W3C Verifiable Credentials 2.0.
pub const CREDENTIALS_V2: &str = "https://www.w3.org/ns/credentials/v2";
/// The context of 1EdTech Open Badges 3.0, in its version 3.0.3.
pub const OPEN_BADGES_V3: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

/// The files by name, the URL that each stands for, and its hash: what is signed by one text of a context can't be checked by another.
const KNOWN: [(&str, &str, &str); 2] = [
    ("credentials-v2.json", CREDENTIALS_V2, "bf6fd611e6773d58f649459a45dbbb81f94e8cfd058a756644cd5a4a882c4050"),
    ("open-badges-3.0.3.json", OPEN_BADGES_V3, "e407ae98563c7b4708be4c8198a7f254bc09c131afc68e73d5f90eb0a34c6f7f"),
];

/// All contexts that a credential may name.
pub struct Contexts {
    layers: Vec<Layer>,
    /// By the place in [`KNOWN`]: its outermost layer.
    roots: [usize; KNOWN.len()],
}

impl fmt::Debug for Contexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contexts({} layers)", self.layers.len())
    }
}

/// Why certificates can be neither issued nor checked with these files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextsRefused {
    Missing(&'static str),
    /// A file that is not, byte for byte, the one this version knows.
    Other {
        name: &'static str,
        hash: String,
    },
    /// A context that says what this reader doesn't understand.
    Unread {
        name: &'static str,
        why: String,
    },
}

impl fmt::Display for ContextsRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ContextsRefused::Missing(name) => {
                write!(f, "contexts/{name} is missing: run npm ci && npm run build in web/ and build the program again")
            }
            ContextsRefused::Other { name, hash } => {
                write!(
                    f,
                    "contexts/{name} is another one (SHA-256 {hash}): install the versions of web/package-lock.json"
                )
            }
            ContextsRefused::Unread { name, why } => write!(f, "contexts/{name}: {why}"),
        }
    }
}

impl std::error::Error for ContextsRefused {}

impl Contexts {
    /// The names of the files that [`Contexts::read`] takes.
    pub fn files() -> impl Iterator<Item = &'static str> {
        KNOWN.iter().map(|(name, ..)| *name)
    }

    /// `file` answers the bytes of a file by its name.
    pub fn read(file: impl Fn(&str) -> Option<Vec<u8>>) -> Result<Contexts, ContextsRefused> {
        let mut contexts = Contexts { layers: Vec::new(), roots: [0; KNOWN.len()] };
        for (at, (name, _, known)) in KNOWN.into_iter().enumerate() {
            let bytes = file(name).ok_or(ContextsRefused::Missing(name))?;
            let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            if hash != known {
                return Err(ContextsRefused::Other { name, hash });
            }
            let unread = |why: String| ContextsRefused::Unread { name, why };
            let context: Value = serde_json::from_slice(&bytes).map_err(|error| unread(error.to_string()))?;
            let definition = context.get("@context").and_then(Value::as_object);
            let definition = definition.ok_or_else(|| unread("it has no @context".to_owned()))?;
            contexts.roots[at] = compile(definition, &mut contexts.layers).map_err(unread)?;
        }
        Ok(contexts)
    }

    pub(crate) fn root(&self, url: &str) -> Option<usize> {
        KNOWN.iter().position(|(_, known, _)| *known == url).map(|at| self.roots[at])
    }

    pub(crate) fn layer(&self, at: usize) -> &Layer {
        &self.layers[at]
    }
}

/// One context: terms that lie over those of the contexts before it.
pub(crate) struct Layer {
    terms: FxHashMap<Box<str>, Term>,
    /// As it was written: two contexts are the same if this is.
    source: Map<String, Value>,
}

impl Layer {
    pub(crate) fn term(&self, name: &str) -> Option<&Term> {
        self.terms.get(name)
    }

    pub(crate) fn terms(&self) -> impl Iterator<Item = (&str, &Term)> {
        self.terms.iter().map(|(name, term)| (name.as_ref(), term))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Means {
    /// Another word for `@id`.
    Id,
    /// Another word for `@type`.
    Type,
    Iri(Box<str>),
}

/// What a plain text under a term is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// An IRI.
    Id,
    /// A term, or an IRI.
    Vocab,
    /// A literal of this type.
    Datatype(Box<str>),
    /// What this reader doesn't understand: lists, graphs, JSON literals.
    Unread,
}

#[derive(Debug, Clone)]
pub(crate) struct Term {
    pub means: Means,
    pub kind: Kind,
    /// The layer that holds within the values of this property, or in nodes of this type.
    pub scoped: Option<usize>,
    pub is_protected: bool,
}

impl Contexts {
    /// Whether one definition may lie over the other although that one is protected (JSON-LD 1.1 API, 4.2.2, step 27).
    pub(crate) fn are_same(&self, one: &Term, other: &Term) -> bool {
        let scoped = match (one.scoped, other.scoped) {
            (None, None) => true,
            (Some(one), Some(other)) => self.layers[one].source == self.layers[other].source,
            _ => false,
        };
        scoped && one.means == other.means && one.kind == other.kind
    }
}

fn compile(definition: &Map<String, Value>, layers: &mut Vec<Layer>) -> Result<usize, String> {
    let is_protected = match definition.get("@protected") {
        None => false,
        Some(Value::Bool(is_protected)) => *is_protected,
        Some(_) => return Err("@protected must be true or false".to_owned()),
    };
    let mut terms = FxHashMap::default();
    for (name, written) in definition.iter().filter(|(name, _)| *name != "@protected") {
        if name.starts_with('@') {
            return Err(format!("{name} is not understood here"));
        }
        let term = compile_term(name, written, definition, layers)?;
        terms.insert(name.as_str().into(), Term { is_protected, ..term });
    }
    layers.push(Layer { terms, source: definition.clone() });
    Ok(layers.len() - 1)
}

fn compile_term(
    name: &str,
    written: &Value,
    context: &Map<String, Value>,
    layers: &mut Vec<Layer>,
) -> Result<Term, String> {
    let plain = |means| Term { means, kind: Kind::Text, scoped: None, is_protected: false };
    let definition = match written {
        Value::String(iri) => {
            // Such a term would be a prefix of compact IRIs.
            if iri.ends_with([':', '/', '?', '#', '[', ']', '@']) {
                return Err(format!("{name}: prefixes are not understood here"));
            }
            return Ok(plain(means(name, iri, context)?));
        }
        Value::Object(definition) => definition,
        _ => return Err(format!("{name}: a text or an object is expected")),
    };
    let iri = definition.get("@id").and_then(Value::as_str).ok_or_else(|| format!("{name}: it has no @id"))?;
    let mut term = plain(means(name, iri, context)?);
    for (keyword, value) in definition {
        match (keyword.as_str(), value) {
            ("@id", _) => {}
            ("@type", Value::String(kind)) => term.kind = kind_of(name, kind, context)?,
            ("@container", Value::String(container)) if container == "@set" => {}
            ("@container", Value::String(container)) if container == "@list" || container == "@graph" => {}
            ("@context", Value::Object(scoped)) => term.scoped = Some(compile(scoped, layers)?),
            ("@context", Value::Null) => {}
            _ => return Err(format!("{name}: {keyword} {value} is not understood here")),
        }
    }
    let container = definition.get("@container").and_then(Value::as_str);
    if matches!(container, Some("@list" | "@graph")) || definition.get("@context") == Some(&Value::Null) {
        term.kind = Kind::Unread;
    }
    Ok(term)
}

/// What a term stands for: a keyword, an IRI, or another term of the same context.
fn means(name: &str, written: &str, context: &Map<String, Value>) -> Result<Means, String> {
    match written {
        "@id" => Ok(Means::Id),
        "@type" => Ok(Means::Type),
        iri if is_absolute(iri, context) => Ok(Means::Iri(iri.into())),
        other => {
            let aliased =
                context.get(other).and_then(|written| written.as_str().or_else(|| written.get("@id")?.as_str()));
            match aliased {
                Some(iri) if is_absolute(iri, context) => Ok(Means::Iri(iri.into())),
                _ => Err(format!("{name}: {written} is no IRI")),
            }
        }
    }
}

fn kind_of(name: &str, written: &str, context: &Map<String, Value>) -> Result<Kind, String> {
    match written {
        "@id" => Ok(Kind::Id),
        "@vocab" => Ok(Kind::Vocab),
        "@json" => Ok(Kind::Unread),
        iri if is_absolute(iri, context) => Ok(Kind::Datatype(iri.into())),
        _ => Err(format!("{name}: the type {written} is no IRI")),
    }
}

/// An IRI that no term of the context could be meant to begin.
fn is_absolute(iri: &str, context: &Map<String, Value>) -> bool {
    is_iri(iri) && iri.split_once(':').is_some_and(|(prefix, _)| !context.contains_key(prefix))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_context_that_says_more_than_is_understood_is_refused() {
        for (definition, says) in [
            (json!({"@vocab": "https://a/"}), "@vocab"),
            (json!({"a": "https://a/"}), "prefixes"),
            (json!({"a": {"@id": "https://a/b", "@reverse": "x"}}), "@reverse"),
            (json!({"a": {"@id": "https://a/b", "@container": "@index"}}), "@container"),
            (json!({"a": {"@id": "https://a/b", "@type": "b"}}), "no IRI"),
            (json!({"a": {"@type": "@id"}}), "no @id"),
            (json!({"a": "b"}), "no IRI"),
            (json!({"a": null}), "expected"),
            (json!({"x": "https://a/b", "a": "x:b"}), "no IRI"),
            (json!({"a": {"@id": "https://a/b", "@context": {"@base": "https://c/"}}}), "@base"),
        ] {
            let refused = compile(definition.as_object().unwrap(), &mut Vec::new()).err().unwrap();
            assert!(refused.contains(says), "{refused} for {definition}");
        }
        let known = json!({"@protected": true, "id": "@id", "a": {"@id": "b"}, "b": {"@id": "https://a/b"}, "c": {"@id": "https://a/c", "@type": "@json"}});
        let mut layers = Vec::new();
        let at = compile(known.as_object().unwrap(), &mut layers).unwrap();
        assert_eq!(layers[at].term("a").unwrap().means, Means::Iri("https://a/b".into()));
        assert_eq!(layers[at].term("c").unwrap().kind, Kind::Unread);
    }

    #[test]
    fn files_are_known_by_their_hash() {
        assert_eq!(Contexts::read(|_| None).unwrap_err(), ContextsRefused::Missing("credentials-v2.json"));
        let other = Contexts::read(|_| Some(b"{\"@context\":{}}".to_vec())).unwrap_err();
        assert!(matches!(other, ContextsRefused::Other { name: "credentials-v2.json", .. }), "{other}");
    }
}
