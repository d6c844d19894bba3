//! What is known of an activity, when another statement defines it once more.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::json::{Document, Node, rebuild, write};
use crate::read::COMPONENTS;

type It<'d, 'a> = Node<'d, 'a>;

/// The stored definition of an activity with what a later one says, as JSON; `None` if it says nothing new.
///
/// The later one fills what is missing and replaces what differs. Language maps are merged by tag and extensions by key, so that
/// nothing is lost that the later one doesn't speak of. A list of components is replaced, but a component that keeps its
/// id keeps the languages of its description. Both must be JSON objects; what is not is left aside.
pub fn merge_definitions(stored: &str, later: &str) -> Option<String> {
    if stored == later {
        return None;
    }
    let new = Document::parse(later).ok().filter(|new| new.root().is_object())?;
    let old = match Document::parse(stored) {
        Ok(old) if old.root().is_object() => old,
        _ => return Some(compact(new.root())),
    };
    let mut merged = String::with_capacity(stored.len() + later.len());
    both(old.root(), new.root(), &mut merged, |name, old, new, out| match name {
        "name" | "description" | "extensions" => both(old, new, out, |_, _, new, out| write(new, &[], out)),
        list if COMPONENTS.contains(&list) => components(old, new, out),
        _ => write(new, &[], out),
    });
    (merged != compact(old.root())).then_some(merged)
}

fn compact(it: It<'_, '_>) -> String {
    let mut out = String::new();
    write(it, &[], &mut out);
    out
}

/// The properties of both, the old ones first and in their order; what both have is written as told.
fn both<'o, 'n>(
    old: It<'_, 'o>,
    new: It<'_, 'n>,
    out: &mut String,
    merged: impl Fn(&str, It<'_, 'o>, It<'_, 'n>, &mut String),
) {
    if !old.is_object() || !new.is_object() {
        return write(new, &[], out);
    }
    let (of_old, of_new) = (old.by_key(), new.by_key());
    rebuild(old, out, |name, value, out| match of_new.get(name) {
        Some(later) => merged(name, value, *later, out),
        None => write(value, &[], out),
    });
    out.pop();
    let mut first = of_old.is_empty();
    for (key, value) in new.entries() {
        if !of_old.contains_key(&key.text().unwrap_or_default()) {
            if !first {
                out.push(',');
            }
            first = false;
            out.push_str(key.raw());
            out.push(':');
            write(value, &[], out);
        }
    }
    out.push('}');
}

fn components(old: It<'_, '_>, new: It<'_, '_>, out: &mut String) {
    let id = |it: It<'_, '_>| it.get("id").and_then(Node::text).map(Cow::into_owned);
    let before: HashMap<_, _> = old.items().map(|it| (id(it), it)).collect();
    out.push('[');
    for (at, component) in new.items().enumerate() {
        if at > 0 {
            out.push(',');
        }
        match before.get(&id(component)) {
            Some(before) => both(*before, component, out, |_, old, new, out| {
                both(old, new, out, |_, _, new, out| write(new, &[], out));
            }),
            None => write(component, &[], out),
        }
    }
    out.push(']');
}
