//! Rules that read what nobody says: a scheme held against the signals that have really come.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Suggestion, Text, suggestion};

use crate::load::in_order;
use crate::tree::{Node, Place, Tree};
use crate::{Diagnostic, LoadedScheme};

/// The stations that have sent a signal, by its name.
pub type Heard = BTreeMap<String, BTreeSet<String>>;

/// A warning for each signal that a rule reads and no station has sent, where the rule reads it first. Nothing while nothing was heard at
/// all: then it is too early to say.
pub fn unheard(scheme: &LoadedScheme, heard: &Heard) -> Vec<Diagnostic> {
    let Ok((tree, _)) = crate::tree::read(&scheme.source) else { return Vec::new() };
    if heard.is_empty() {
        return Vec::new();
    }
    let missing: BTreeSet<&str> = (scheme.rules.signals().iter().map(|signal| signal.name.as_str()))
        .filter(|name| !heard.contains_key(*name))
        .collect();
    let Node::Map(parts) = &tree.node else { return Vec::new() };
    let mut found = Vec::new();
    for (key, part) in parts {
        match (said(key), &part.node) {
            ("rules", Node::List(rules)) => {
                for (at, rule) in rules.iter().enumerate() {
                    look_in(rule, &format!("rules[{at}]"), &missing, &mut BTreeSet::new(), heard, &mut found);
                }
            }
            ("phases", Node::Map(phases)) => {
                for (name, phase) in phases {
                    look_in(
                        phase,
                        &format!("phases.{}", said(name)),
                        &missing,
                        &mut BTreeSet::new(),
                        heard,
                        &mut found,
                    );
                }
            }
            _ => {}
        }
    }
    in_order(&mut found);
    found
}

fn said(tree: &Tree) -> &str {
    match &tree.node {
        Node::Scalar { text, .. } => text,
        _ => "",
    }
}

fn look_in<'t>(
    tree: &'t Tree,
    path: &str,
    missing: &BTreeSet<&str>,
    told: &mut BTreeSet<&'t str>,
    heard: &Heard,
    found: &mut Vec<Diagnostic>,
) {
    match &tree.node {
        Node::Nothing => {}
        Node::List(items) => {
            for (at, item) in items.iter().enumerate() {
                look_in(item, &format!("{path}[{at}]"), missing, told, heard, found);
            }
        }
        Node::Map(pairs) => {
            // What a rule is called, and what it says, reads nothing.
            let reads = |key: &str| !["id", "aspect", "says", "request", "gate"].contains(&key);
            for (key, value) in pairs.iter().filter(|(key, _)| reads(said(key))) {
                look_in(value, &format!("{path}.{}", said(key)), missing, told, heard, found);
            }
        }
        Node::Scalar { text, inset } => {
            for (column, word) in words(text) {
                if missing.contains(word) && told.insert(word) {
                    let column = inset.map_or(0, |inset| inset + column);
                    let place = Place { line: tree.place.line, column: tree.place.column + column };
                    found.push(warning(place, path, word, heard));
                }
            }
        }
    }
}

fn warning(place: Place, path: &str, word: &str, heard: &Heard) -> Diagnostic {
    let stations: BTreeSet<&str> = heard.values().flatten().map(String::as_str).collect();
    let list = suggestion::listed(stations);
    let says = Text::new(
        format!("还没有工位发送过 `{word}`；有数据的工位：{list}"),
        format!("no station has sent `{word}` yet; stations that sent something: {list}"),
    );
    let names = heard.keys().map(String::as_str);
    let suggestion = Suggestion::near(word, names.clone()).unwrap_or_else(|| {
        let sent = suggestion::listed(names);
        Suggestion::advice(
            format!("已收到的信号：{sent}。请核对网关的设置，或改用其中之一"),
            format!("signals that came: {sent}; look at the gateway's settings, or read one of these"),
        )
    });
    Diagnostic::warning(place, path, says.zh, says.en, suggestion)
}

/// Words as signals are named, each with its place in characters; what stands in quotation marks is a text.
fn words(text: &str) -> Vec<(u32, &str)> {
    let (mut found, mut begins, mut quote) = (Vec::new(), None, None);
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    for (count, (at, c)) in text.char_indices().chain([(text.len(), ' ')]).enumerate() {
        match quote {
            Some(mark) if c == mark => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None => {}
        }
        match begins {
            None if is_word(c) && quote.is_none() => begins = Some((count as u32, at)),
            Some((column, from)) if !is_word(c) => {
                found.push((column, &text[from..at]));
                begins = None;
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SHIPPED_SCHEMES, load_scheme};

    fn heard(names: &[&str]) -> Heard {
        names.iter().map(|name| ((*name).to_owned(), BTreeSet::from(["E1".to_owned()]))).collect()
    }

    #[test]
    fn words_are_found_outside_quotation_marks() {
        assert_eq!(words("force > 40N && !ok"), [(0, "force"), (8, "40N"), (16, "ok")]);
        assert_eq!(words("state == \"idle\" && 数 x"), [(0, "state"), (21, "x")]);
        assert_eq!(words(""), []);
    }

    #[test]
    fn a_rule_that_reads_what_nobody_sends_is_told_at_its_place() {
        let source = SHIPPED_SCHEMES.iter().find(|shipped| shipped.name == "robot-maintenance").unwrap().source;
        let scheme = load_scheme(source).0.unwrap();
        let all: Vec<&str> = scheme.rules.signals().iter().map(|signal| signal.name.as_str()).collect();
        assert_eq!(unheard(&scheme, &heard(&all)), []);
        assert_eq!(unheard(&scheme, &Heard::new()), [], "nothing was heard yet");
        let mut some = all.clone();
        some.retain(|name| *name != "force" && *name != "tcp_speed");
        some.push("forces");
        let found = unheard(&scheme, &heard(&some));
        let told: Vec<(&str, Option<&str>)> =
            found.iter().map(|fault| (fault.path.as_str(), fault.suggestion.replacement())).collect();
        assert_eq!(
            told,
            [("phases.carrying.while", None), ("rules[0].check.mean", Some("forces")), ("rules[12].on.rises", None)]
        );
        let line = source.lines().nth(found[1].line as usize - 1).unwrap();
        let there: String = line.chars().skip(found[1].column as usize - 1).take(5).collect();
        assert_eq!(there, "force", "{line}");
        assert!(found[1].text.en.contains("E1"));
    }
}
