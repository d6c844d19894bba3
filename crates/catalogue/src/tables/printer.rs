//! A tree as YAML: what is long in blocks, the rest on its line. Nothing in it is ever read as something else than it was.

use crate::tree::{Node, Place, Tree};

/// Lists and maps that stand in lines of their own.
const BLOCKS: &[&str] = &[
    "abilities",
    "groups",
    "modules",
    "criteria",
    "sub_criteria",
    "aspects",
    "levels",
    "steps",
    "deductions",
    "signals",
    "phases",
    "rules",
];
/// Lists whose items are maps in lines of their own.
const TALL: &[&str] = &["modules", "criteria", "sub_criteria", "aspects", "rules"];

pub(super) fn scalar(text: impl Into<String>) -> Tree {
    tree(Node::Scalar { text: text.into(), inset: None })
}

pub(super) fn list(items: Vec<Tree>) -> Tree {
    tree(Node::List(items))
}

pub(super) fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Tree)>) -> Tree {
    tree(Node::Map(entries.into_iter().map(|(key, value)| (scalar(key), value)).collect()))
}

fn tree(node: Node) -> Tree {
    Tree { place: Place::default(), node }
}

/// A map with each of its entries on a line, or on several.
pub(super) fn document(tree: &Tree) -> String {
    let mut text = String::new();
    entries(tree, 0, &mut text);
    text
}

fn entries(tree: &Tree, indent: usize, text: &mut String) {
    let Node::Map(pairs) = &tree.node else { return };
    for (at, (key, value)) in pairs.iter().enumerate() {
        // The first one may stand behind a dash.
        if at > 0 || text.ends_with('\n') || text.is_empty() {
            text.extend(std::iter::repeat_n(' ', indent));
        }
        let name = flow(key);
        text.push_str(&name);
        text.push(':');
        match &value.node {
            Node::List(items)
                if BLOCKS.contains(&&*name) && items.iter().any(|item| matches!(item.node, Node::Map(_))) =>
            {
                text.push('\n');
                for item in items {
                    text.extend(std::iter::repeat_n(' ', indent + 2));
                    text.push_str("- ");
                    if TALL.contains(&&*name) && matches!(&item.node, Node::Map(pairs) if !pairs.is_empty()) {
                        entries(item, indent + 4, text);
                    } else {
                        text.push_str(&flow(item));
                        text.push('\n');
                    }
                }
            }
            Node::Map(pairs) if indent == 0 && BLOCKS.contains(&&*name) && !pairs.is_empty() => {
                text.push('\n');
                entries(value, indent + 2, text);
            }
            _ => {
                text.push(' ');
                text.push_str(&flow(value));
                text.push('\n');
            }
        }
    }
}

/// On one line.
pub(super) fn flow(tree: &Tree) -> String {
    match &tree.node {
        Node::Nothing => "~".to_owned(),
        Node::Scalar { text, .. } if is_plain(text) => text.clone(),
        Node::Scalar { text, .. } => quoted(text),
        Node::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Node::Map(pairs) => {
            let pairs = pairs.iter().map(|(key, value)| format!("{}: {}", flow(key), flow(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}

/// What is the same text without quotation marks, also between brackets. A number keeps its digits, for texts are read as they are written.
fn is_plain(text: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || " _./%°·-+<>=&|()（）、，。；：“”".contains(c);
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else { return false };
    let is_nothing = matches!(text, "null" | "Null" | "NULL");
    !is_nothing && first.is_alphanumeric() && last != ' ' && text.chars().all(inner)
}

/// YAML takes the escapes of JSON.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            // What YAML takes for the end of a line, and what no page may hold.
            '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_as_it_was() {
        for text in [
            "",
            " ",
            "~",
            "null",
            "true",
            "2.50",
            "0x10",
            "yes",
            "a: b",
            "a #b",
            "#a",
            "- a",
            "a,b",
            "{a}",
            "[a]",
            "*a",
            "&a",
            "!a",
            "a\nb",
            "\"a\"",
            "'a'",
            "a\\b",
            "汽缸、夹爪",
            "force > 40N && grip",
            "program_state == \"idle\"",
            "%a",
            "@a",
            "`a`",
            "?a",
            ": a",
            "a ",
            "1e5",
            ".5",
            "-1",
            "+1",
            "a\u{2028}b",
            "a\u{85}b",
            "a\tb",
            "2026-11-27",
            "=",
            "<<",
            "---",
        ] {
            let printed =
                document(&map([("zh", scalar(text)), ("en", list(vec![scalar(text), map([("a", scalar(text))])]))]));
            let (read, slips) = crate::tree::read(&printed).unwrap_or_else(|fault| panic!("{printed}: {fault}"));
            assert_eq!(slips, [], "{printed}");
            let Node::Map(pairs) = &read.node else { panic!("{printed}") };
            let said = |tree: &Tree| match &tree.node {
                Node::Scalar { text, .. } => text.clone(),
                other => panic!("{printed}: {other:?}"),
            };
            assert_eq!(said(&pairs[0].1), text, "{printed}");
            let Node::List(items) = &pairs[1].1.node else { panic!("{printed}") };
            assert_eq!(said(&items[0]), text, "{printed}");
        }
    }
}
