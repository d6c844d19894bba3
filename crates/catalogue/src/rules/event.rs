//! Events, as rules and phases name them.

use kernel::Suggestion;
use referee::{Piece, TriggerSpec};

use crate::page::{Fields, Page};
use crate::tree::{Node, Tree};

const EVENTS: [&str; 7] = ["rises", "falls", "changes", "request", "begins", "ends", "agree"];

/// A map that is one event.
pub(super) fn trigger(page: &mut Page, tree: &Tree, path: &str) -> Option<TriggerSpec> {
    let mut fields = page.fields(tree, path);
    let event = event_of(page, &mut fields);
    fields.end(page);
    event
}

/// An event among other fields of a map.
pub(super) fn event_of(page: &mut Page, fields: &mut Fields<'_>) -> Option<TriggerSpec> {
    let named = fields.among(&EVENTS);
    let trees: Vec<_> = EVENTS.iter().map(|event| fields.optional(event)).collect();
    let [event] = named.as_slice() else {
        let list = EVENTS.join(", ");
        let suggestion = match named.as_slice() {
            [] => Suggestion::advice(
                format!("写其中之一：{list}，例如 `rises: force > 40N`"),
                format!("write one of {list}, such as `rises: force > 40N`"),
            ),
            several => Suggestion::advice(
                format!("{} 中只留一个", several.join(", ")),
                format!("keep one of {}", several.join(", ")),
            ),
        };
        let (zh, en) = match named.len() {
            0 => ("没有写事件", "no event is named"),
            _ => ("写了不止一个事件", "more than one event is named"),
        };
        fields.fault(page, zh, en, suggestion);
        return None;
    };
    let tree = trees.into_iter().flatten().next()?;
    let path = fields.at(event);
    if matches!(*event, "begins" | "ends") {
        page.word(tree, &path, &[("run", ()), ("phase", ())])?;
        return Some(if *event == "begins" { TriggerSpec::Begins } else { TriggerSpec::Ends });
    }
    if *event == "agree" {
        return agreement(page, tree, &path);
    }
    let text = match *event {
        "rises" | "falls" => page.condition(tree, &path),
        "changes" => page.piece(tree, &path, Piece::Signal),
        _ => page.scalar(tree, &path),
    }?;
    Some(match *event {
        "rises" => TriggerSpec::Rises(text),
        "falls" => TriggerSpec::Falls(text),
        "changes" => TriggerSpec::Changes(text),
        _ => TriggerSpec::Request((text != "any").then_some(text)),
    })
}

/// A list of witnesses, or a map of them with how many and within which time.
fn agreement(page: &mut Page, tree: &Tree, path: &str) -> Option<TriggerSpec> {
    if let Node::List(_) = tree.node {
        page.note(path, tree);
        page.alias(format!("{path}.witnesses"), path.to_owned());
        return Some(TriggerSpec::Agree { witnesses: witnesses(page, tree, path)?, at_least: None, within: None });
    }
    let mut fields = page.fields(tree, path);
    let witnesses =
        fields.required(page, "witnesses").and_then(|tree| self::witnesses(page, tree, &fields.at("witnesses")));
    let at_least = fields.optional("at_least").map(|tree| page.whole(tree, &fields.at("at_least")));
    let within = fields.optional("within").map(|tree| page.duration(tree, &fields.at("within")));
    fields.end(page);
    // What was written and can't be read is a fault, not the usual.
    let at_least = match at_least {
        Some(at_least) => Some(at_least?),
        None => None,
    };
    let within = match within {
        Some(within) => Some(within?),
        None => None,
    };
    Some(TriggerSpec::Agree { witnesses: witnesses?, at_least, within })
}

fn witnesses(page: &mut Page, tree: &Tree, path: &str) -> Option<Vec<String>> {
    let items = page.items(tree, path);
    items.iter().enumerate().map(|(ix, item)| page.condition(item, &format!("{path}[{ix}]"))).collect()
}
