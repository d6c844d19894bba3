//! Whether two statements are one: what decides, when an id comes a second time, between "known already" and a conflict.

use std::borrow::Cow;

use crate::AgentKey;
use crate::check::time_at;
use crate::json::{Document, Kind, Node};

type It<'d, 'a> = Node<'d, 'a>;

/// Whether two JSON texts tell the same statement by the specification's rules for comparing (2.3.1).
///
/// Ignored are what a store sets (`stored`, `authority`, `version`, and `id` and `timestamp` where only one has them), what is
/// not part of a statement (definitions of activities, the display of verbs, attachments), the order of a group's members and of
/// properties, and spellings: times of one moment, durations beyond 0.01 s, 1 and 1.0, a single context activity and a list of one,
/// an object type that is left out and its default, empty lists and none, and the case of what has no case.
///
/// Texts that are no JSON are no statements, and not the same.
pub fn same(a: &str, b: &str) -> bool {
    match (Document::parse(a), Document::parse(b)) {
        (Ok(a), Ok(b)) => {
            let (a, b) = (a.root(), b.root());
            a.is_object() && b.is_object() && statement(a, b)
        }
        _ => false,
    }
}

fn statement(a: It<'_, '_>, b: It<'_, '_>) -> bool {
    let by_store = |name: &str| match (a.get(name), b.get(name)) {
        (Some(a), Some(b)) => property(name, a, b),
        _ => true,
    };
    by_store("id")
        && by_store("timestamp")
        && objects(a, b, &["id", "timestamp", "stored", "authority", "version", "attachments"], property)
}

/// A property of a statement, substatement, result or context, by its name.
fn property(name: &str, a: It<'_, '_>, b: It<'_, '_>) -> bool {
    match name {
        "actor" | "instructor" | "team" | "agent" | "group" => who(a, b),
        "verb" => texts(a.get("id"), b.get("id")),
        "object" => object(a, b),
        "result" | "score" | "context" | "contextActivities" => objects(a, b, &[], property),
        "parent" | "grouping" | "category" | "other" => activities(a, b),
        "contextAgents" | "contextGroups" => lists(a, b, |a, b| objects(a, b, &[], property)),
        "id" | "registration" => uncased(a, b),
        "statement" => objects(a, b, &[], property),
        "timestamp" => times(a, b),
        "duration" => match (a.text(), b.text()) {
            (Some(a), Some(b)) => hundredths(&a) == hundredths(&b),
            _ => false,
        },
        _ => anything(a, b),
    }
}

fn object(a: It<'_, '_>, b: It<'_, '_>) -> bool {
    let kind =
        |it: It<'_, '_>| it.get("objectType").and_then(Node::text).unwrap_or(Cow::Borrowed("Activity")).into_owned();
    let (kind, other) = (kind(a), kind(b));
    kind == other
        && match kind.as_str() {
            "Agent" | "Group" => who(a, b),
            "StatementRef" => objects(a, b, &[], property),
            "SubStatement" => objects(a, b, &["attachments"], property),
            _ => texts(a.get("id"), b.get("id")),
        }
}

fn who(a: It<'_, '_>, b: It<'_, '_>) -> bool {
    let group = |it: It<'_, '_>| it.get("objectType").is_some_and(|kind| kind.is("Group"));
    group(a) == group(b) && key(a) == key(b) && texts(a.get("name"), b.get("name")) && members(a, b)
}

fn key<'a>(it: It<'_, 'a>) -> Option<AgentKey<'a>> {
    AgentKey::of(it)
}

/// In any order.
fn members(a: It<'_, '_>, b: It<'_, '_>) -> bool {
    let sorted = |it: It<'_, '_>| {
        let members = it.get("member").into_iter().flat_map(Node::items);
        let mut keys: Vec<_> = members
            .map(|it| (key(it).map(AgentKey::into_owned), it.get("name").and_then(Node::text).map(Cow::into_owned)))
            .collect();
        keys.sort_unstable();
        keys
    };
    sorted(a) == sorted(b)
}

fn activities(a: It<'_, '_>, b: It<'_, '_>) -> bool {
    fn ids<'a>(it: It<'_, 'a>) -> Vec<Option<Cow<'a, str>>> {
        let id = |it: It<'_, 'a>| it.get("id").and_then(Node::text);
        if it.is_array() { it.items().map(id).collect() } else { vec![id(it)] }
    }
    ids(a) == ids(b)
}

fn lists(a: It<'_, '_>, b: It<'_, '_>, same: impl Fn(It<'_, '_>, It<'_, '_>) -> bool) -> bool {
    a.items().count() == b.items().count() && a.items().zip(b.items()).all(|(a, b)| same(a, b))
}

/// Objects of the specification: what is empty says nothing.
fn objects(a: It<'_, '_>, b: It<'_, '_>, but: &[&str], same: impl Fn(&str, It<'_, '_>, It<'_, '_>) -> bool) -> bool {
    let says = |it: It<'_, '_>| match it.kind() {
        Kind::Array => it.items().next().is_some(),
        Kind::Object => it.entries().next().is_some(),
        _ => true,
    };
    let told = |it: It<'_, '_>| {
        it.entries().filter(|(key, value)| says(*value) && !but.iter().any(|name| key.is(name))).count()
    };
    a.kind() == b.kind()
        && told(a) == told(b)
        && a.entries().filter(|(_, value)| says(*value)).all(|(key, value)| {
            let name = key.text().unwrap_or_default();
            but.contains(&&*name) || b.get(&name).is_some_and(|other| same(&name, value, other))
        })
}

/// Any JSON: extensions, and what has no rule of its own.
fn anything(a: It<'_, '_>, b: It<'_, '_>) -> bool {
    match (a.kind(), b.kind()) {
        (Kind::Object, Kind::Object) => {
            let (a, b) = (a.by_key(), b.by_key());
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| anything(*value, *other)))
        }
        (Kind::Array, Kind::Array) => lists(a, b, anything),
        (Kind::Number, Kind::Number) => a.raw() == b.raw() || a.number() == b.number(),
        (Kind::Plain | Kind::Escaped, Kind::Plain | Kind::Escaped) => a.text() == b.text(),
        (kind, other) => kind == other,
    }
}

fn texts(a: Option<It<'_, '_>>, b: Option<It<'_, '_>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.text() == b.text(),
        (a, b) => a.is_none() && b.is_none(),
    }
}

fn uncased(a: It<'_, '_>, b: It<'_, '_>) -> bool {
    match (a.text(), b.text()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(&b),
        _ => false,
    }
}

fn times(a: It<'_, '_>, b: It<'_, '_>) -> bool {
    let at = |it: It<'_, '_>| it.text().and_then(|text| time_at(&text));
    match (at(a), at(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

/// A duration without what follows the hundredths of its seconds; 2.0 compares no finer.
fn hundredths(duration: &str) -> String {
    let Some((whole, fraction)) = duration.strip_suffix('S').and_then(|text| text.split_once(['.', ','])) else {
        return duration.to_owned();
    };
    let kept = fraction.get(..2).unwrap_or(fraction).trim_end_matches('0');
    if kept.is_empty() { format!("{whole}S") } else { format!("{whole}.{kept}S") }
}
