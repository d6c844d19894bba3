//! Events, as rules and phases name them.

use referee::TriggerSpec;

use crate::page::{Fields, Page};
use crate::tree::Tree;

const EVENTS: [&str; 6] = ["rises", "falls", "changes", "request", "begins", "ends"];

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
        page.error(
            fields.place,
            &fields.path,
            format!("写且只写一个事件：{}", EVENTS.join(", ")),
            format!("write exactly one event: {}", EVENTS.join(", ")),
        );
        return None;
    };
    let tree = trees.into_iter().flatten().next()?;
    let path = fields.at(event);
    if matches!(*event, "begins" | "ends") {
        page.word(tree, &path, &[("run", ()), ("phase", ())])?;
        return Some(if *event == "begins" { TriggerSpec::Begins } else { TriggerSpec::Ends });
    }
    let text = page.scalar(tree, &path)?;
    Some(match *event {
        "rises" => TriggerSpec::Rises(text),
        "falls" => TriggerSpec::Falls(text),
        "changes" => TriggerSpec::Changes(text),
        _ => TriggerSpec::Request((text != "any").then_some(text)),
    })
}
