//! The two other formats of a stored statement: identifiers only, and one language only. Both go over the body that was
//! stored and keep everything else as it is, to the byte.

use crate::json::{Node, rebuild};
use crate::language::{LanguageRange, choose};
use crate::read::COMPONENTS;
use crate::{AgentKey, json::Document};

type It<'d, 'a> = Node<'d, 'a>;

/// `format=ids`: agents, groups, activities and verbs with no more than what identifies them. An anonymous group keeps its
/// members, each with its identifier.
pub fn ids(body: &str) -> String {
    formatted(body, &Ids)
}

/// `format=canonical`: each language map with the one text that fits the reader best.
pub fn canonical(body: &str, ranges: &[LanguageRange]) -> String {
    formatted(body, &Languages(ranges))
}

/// What is no JSON was never stored; it goes out as it is.
fn formatted(body: &str, format: &dyn Format) -> String {
    let Ok(document) = Document::parse(body) else { return body.to_owned() };
    let mut out = String::with_capacity(body.len());
    statement(document.root(), format, &mut out);
    out
}

/// How the things in a statement are written.
trait Format {
    fn who(&self, it: It<'_, '_>, out: &mut String);
    fn verb(&self, it: It<'_, '_>, out: &mut String);
    fn activity(&self, it: It<'_, '_>, out: &mut String);
    fn attachment(&self, it: It<'_, '_>, out: &mut String);
}

/// A statement or a substatement.
fn statement(it: It<'_, '_>, format: &dyn Format, out: &mut String) {
    rebuild(it, out, |name, value, out| match name {
        "actor" | "authority" => format.who(value, out),
        "verb" => format.verb(value, out),
        "object" => object(value, format, out),
        "context" => context(value, format, out),
        "attachments" => each(value, out, |it, out| format.attachment(it, out)),
        _ => out.push_str(value.raw()),
    });
}

fn object(it: It<'_, '_>, format: &dyn Format, out: &mut String) {
    match it.get("objectType").and_then(Node::text).as_deref() {
        Some("Agent" | "Group") => format.who(it, out),
        Some("StatementRef") => out.push_str(it.raw()),
        Some("SubStatement") => statement(it, format, out),
        _ => format.activity(it, out),
    }
}

fn context(it: It<'_, '_>, format: &dyn Format, out: &mut String) {
    rebuild(it, out, |name, value, out| match name {
        "instructor" | "team" => format.who(value, out),
        "contextActivities" => {
            rebuild(value, out, |_, list, out| each(list, out, |it, out| format.activity(it, out)));
        }
        "contextAgents" | "contextGroups" => each(value, out, |it, out| {
            rebuild(it, out, |name, value, out| match name {
                "agent" | "group" => format.who(value, out),
                _ => out.push_str(value.raw()),
            });
        }),
        _ => out.push_str(value.raw()),
    });
}

fn each(list: It<'_, '_>, out: &mut String, write: impl Fn(It<'_, '_>, &mut String)) {
    out.push('[');
    for (at, item) in list.items().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}

struct Ids;

impl Format for Ids {
    fn who(&self, it: It<'_, '_>, out: &mut String) {
        let anonymous = AgentKey::of(it).is_none();
        rebuild(it, out, |name, value, out| match name {
            "objectType" | "mbox" | "mbox_sha1sum" | "openid" | "account" => out.push_str(value.raw()),
            "member" if anonymous => each(value, out, |member, out| self.who(member, out)),
            _ => {}
        });
    }

    fn verb(&self, it: It<'_, '_>, out: &mut String) {
        only_id(it, out);
    }

    fn activity(&self, it: It<'_, '_>, out: &mut String) {
        only_id(it, out);
    }

    fn attachment(&self, it: It<'_, '_>, out: &mut String) {
        out.push_str(it.raw());
    }
}

fn only_id(it: It<'_, '_>, out: &mut String) {
    rebuild(it, out, |name, value, out| {
        if name == "id" {
            out.push_str(value.raw());
        }
    });
}

struct Languages<'r>(&'r [LanguageRange]);

impl Languages<'_> {
    fn map(&self, it: It<'_, '_>, out: &mut String) {
        let tags: Vec<_> = it.entries().filter_map(|(tag, _)| tag.text()).collect();
        let chosen = choose(tags.iter().map(|tag| &**tag), self.0);
        out.push('{');
        if let Some((tag, text)) = chosen.and_then(|at| it.entries().nth(at)) {
            out.push_str(tag.raw());
            out.push(':');
            out.push_str(text.raw());
        }
        out.push('}');
    }

    fn definition(&self, it: It<'_, '_>, out: &mut String) {
        rebuild(it, out, |name, value, out| match name {
            "name" | "description" => self.map(value, out),
            list if COMPONENTS.contains(&list) => each(value, out, |component, out| {
                self.maps(component, &["description"], out);
            }),
            _ => out.push_str(value.raw()),
        });
    }

    fn maps(&self, it: It<'_, '_>, maps: &[&str], out: &mut String) {
        rebuild(
            it,
            out,
            |name, value, out| {
                if maps.contains(&name) { self.map(value, out) } else { out.push_str(value.raw()) }
            },
        );
    }
}

impl Format for Languages<'_> {
    fn who(&self, it: It<'_, '_>, out: &mut String) {
        out.push_str(it.raw());
    }

    fn verb(&self, it: It<'_, '_>, out: &mut String) {
        self.maps(it, &["display"], out);
    }

    fn activity(&self, it: It<'_, '_>, out: &mut String) {
        rebuild(it, out, |name, value, out| match name {
            "definition" => self.definition(value, out),
            _ => out.push_str(value.raw()),
        });
    }

    fn attachment(&self, it: It<'_, '_>, out: &mut String) {
        self.maps(it, &["display", "description"], out);
    }
}
