//! A scheme file becomes a scheme and its rules, or a list of everything that is wrong with it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kernel::{Suggestion, Text};
use marking::{AspectKind, Policy, Scheme, StartsAt};
use referee::{PatternSpec, Piece, Place as FaultPlace, RuleSet, RuleSpec, SignalDecl};
use sha2::{Digest, Sha256};

use crate::page::Page;
use crate::shape::SCHEME;
use crate::tree::{Node, Tree};
use crate::view::{SchemeView, Written};
use crate::{Diagnostic, Severity};

/// The format that this reads.
pub const SCHEME_FORMAT: &str = "guildhall/scheme/1";

/// A scheme file without faults: what is marked and what is watched.
#[derive(Debug, Clone)]
pub struct LoadedScheme {
    pub scheme: Arc<Scheme>,
    pub rules: Arc<RuleSet>,
    /// The rules as read, in the order of [`RuleSet::rules`].
    pub rule_specs: Arc<[RuleSpec]>,
    /// SHA-256 of the source, in hex.
    pub hash: String,
    pub source: Arc<str>,
    /// The rules as written, for people who want to see them.
    pub(crate) written: Arc<[Written]>,
}

impl LoadedScheme {
    /// What a verdict on this aspect is worth; `None` for an aspect that no rule marks.
    pub fn policy(&self, aspect: &str) -> Option<Policy> {
        match self.scheme.aspect(self.scheme.aspect_ix(aspect)?)?.kind {
            AspectKind::Automatic { policy, .. } => Some(policy),
            _ => None,
        }
    }

    /// The rules that mark an aspect: id and what it says.
    pub fn rules_of(&self, aspect: &str) -> impl Iterator<Item = (&str, &Text)> {
        self.rule_specs.iter().filter(move |rule| rule.aspect == aspect).map(|rule| (rule.id.as_str(), &rule.says))
    }

    /// The scheme as data, for screens.
    pub fn view(&self) -> SchemeView {
        SchemeView::of(self)
    }
}

/// Loads a scheme file. The diagnostics hold every fault and every warning in the order of the page; there is a scheme
/// exactly if none of them is an error.
pub fn load_scheme(yaml: &str) -> (Option<LoadedScheme>, Vec<Diagnostic>) {
    let (tree, slips) = match crate::tree::read(yaml) {
        Ok(read) => read,
        Err(fault) => return (None, vec![*fault]),
    };
    let mut page = Page::reading(&SCHEME, slips);
    let loaded = resolve(&mut page, &tree, yaml);
    let mut faults = page.faults;
    in_order(&mut faults);
    faults.dedup();
    let sound = faults.iter().all(|fault| fault.severity == Severity::Warning);
    (loaded.filter(|_| sound), faults)
}

/// In the order of the page.
pub(crate) fn in_order(faults: &mut [Diagnostic]) {
    faults.sort_by(|one, other| (one.line, one.column, &one.path).cmp(&(other.line, other.column, &other.path)));
}

fn resolve(page: &mut Page, tree: &Tree, yaml: &str) -> Option<LoadedScheme> {
    let mut file = page.fields(tree, "");
    if let Some(tree) = file.required(page, "format") {
        page.word(tree, "format", &[(SCHEME_FORMAT, ())]);
    }
    let draft = crate::scheme::draft(page, &mut file);
    let signals = file.optional("signals").map_or_else(Vec::new, |tree| crate::rules::signals(page, tree));
    let phases = file.optional("phases").map_or_else(Vec::new, |tree| crate::rules::phases(page, tree));
    let rules_tree = file.optional("rules");
    let rules = rules_tree.map_or_else(Vec::new, |tree| crate::rules::rules(page, tree, &phases));
    file.end(page);

    let named = named_aspects(&draft);
    check_aspects(page, &named, &rules);
    let abilities: Vec<String> = draft.abilities.iter().map(|ability| ability.code.clone()).collect();
    check_abilities(page, &draft, &abilities);
    let scheme = match draft.check() {
        Ok(scheme) => Some(scheme),
        Err(faults) => {
            for fault in faults {
                if !page.is_faulted(&fault.path) {
                    let place = page.place(&fault.path, None);
                    page.error(place, &fault.path, fault.says.zh, fault.says.en, fault.suggestion);
                }
            }
            None
        }
    };
    let (paths, specs): (Vec<String>, Vec<RuleSpec>) = rules.into_iter().unzip();
    let compiled = match referee::compile(&signals, &specs) {
        Ok(compiled) => Some(compiled),
        Err(faults) => {
            for fault in faults {
                let above = match fault.place {
                    FaultPlace::Signal(ix) => format!("signals.{}", signals[ix].name),
                    FaultPlace::Rule(ix) => paths[ix].clone(),
                    FaultPlace::Piece(_) => continue,
                };
                let path = if fault.field.is_empty() { above } else { format!("{above}.{}", fault.field) };
                // What stands in a declared phase is said there, once for all rules that use it.
                if fault.column.is_some() && page.is_in_phase(&path) {
                    continue;
                }
                let place = page.place(&path, fault.column);
                page.error(place, &path, fault.text.zh, fault.text.en, fault.suggestion);
            }
            None
        }
    };
    check_pieces(page, &signals, &paths);
    let scheme = scheme?;
    let hundred = kernel::Mark::from_hundredths(10_000);
    if scheme.max() != hundred {
        let (zh, en) = (format!("总分为 {}", scheme.max()), format!("the scheme adds up to {}", scheme.max()));
        let suggestion =
            Suggestion::advice("通常为 100，请核对各评分项的 max", "usual are 100, look at the aspects' max again");
        page.warn(page.place("modules", None), "modules", zh, en, suggestion);
    }
    let written = match rules_tree.map(|tree| &tree.node) {
        Some(Node::List(items)) => items.iter().map(Written::of).collect(),
        _ => Vec::new(),
    };
    Some(LoadedScheme {
        scheme: Arc::new(scheme),
        rules: Arc::new(compiled?),
        rule_specs: specs.into(),
        hash: hex::encode(Sha256::digest(yaml.as_bytes())),
        source: yaml.into(),
        written: written.into(),
    })
}

/// What stands in phases, and in rules that can't be compiled because something else is wrong with them.
fn check_pieces(page: &mut Page, signals: &[SignalDecl], compiled: &[String]) {
    let compiled: HashSet<&str> = compiled.iter().map(String::as_str).collect();
    let all = std::mem::take(&mut page.pieces).into_iter();
    let (paths, pieces): (Vec<String>, Vec<Piece>) =
        all.filter(|(path, _)| !compiled.contains(path.split('.').next().unwrap_or_default())).unzip();
    for fault in referee::check_pieces(signals, &pieces) {
        let FaultPlace::Piece(ix) = fault.place else { continue };
        let place = page.place(&paths[ix], fault.column);
        page.error(place, &paths[ix], fault.text.zh, fault.text.en, fault.suggestion);
    }
}

/// Code, path and kind of each aspect.
fn named_aspects(draft: &marking::SchemeDraft) -> Vec<(String, String, AspectKind)> {
    let mut named = Vec::new();
    for (m, module) in draft.modules.iter().enumerate() {
        for (c, criterion) in module.criteria.iter().enumerate() {
            for (a, aspect) in criterion.aspects.iter().enumerate() {
                let path = format!("modules[{m}].criteria[{c}].aspects[{a}]");
                named.push((aspect.code.clone(), path, aspect.kind.clone()));
            }
        }
    }
    named
}

/// Rules and aspects belong to each other.
fn check_aspects(page: &mut Page, aspects: &[(String, String, AspectKind)], rules: &[(String, RuleSpec)]) {
    let by_code: HashMap<&str, &AspectKind> = aspects.iter().map(|(code, _, kind)| (code.as_str(), kind)).collect();
    for (path, rule) in rules {
        let path = format!("{path}.aspect");
        match by_code.get(rule.aspect.as_str()) {
            Some(AspectKind::Automatic { .. }) => {}
            Some(_) => page.error(
                page.place(&path, None),
                &path,
                format!("评分项 {} 不是 automatic，规则不能给它评分", rule.aspect),
                format!("the aspect {} is not automatic, no rule can mark it", rule.aspect),
                Suggestion::advice(
                    "换一个 automatic 评分项，或把它的 type 改成 automatic",
                    "take an automatic aspect, or write `type: automatic` there",
                ),
            ),
            None => {
                let automatic = || {
                    aspects
                        .iter()
                        .filter(|(_, _, kind)| matches!(kind, AspectKind::Automatic { .. }))
                        .map(|(code, ..)| code.as_str())
                };
                let suggestion = match automatic().next() {
                    Some(_) => Suggestion::among(&rule.aspect, automatic().collect::<Vec<_>>()),
                    None => Suggestion::advice(
                        "先在 modules 下写一个 `type: automatic` 的评分项",
                        "write an aspect of `type: automatic` under modules first",
                    ),
                };
                let (zh, en) = (format!("没有评分项 {}", rule.aspect), format!("there is no aspect {}", rule.aspect));
                page.error(page.place(&path, None), &path, zh, en, suggestion);
            }
        }
    }
    let mut of_aspect: HashMap<&str, Vec<&RuleSpec>> = HashMap::new();
    for (_, rule) in rules {
        of_aspect.entry(rule.aspect.as_str()).or_default().push(rule);
    }
    for (code, path, kind) in aspects {
        let AspectKind::Automatic { policy, starts_at } = kind else { continue };
        let own = of_aspect.get(code.as_str()).map_or(&[][..], Vec::as_slice);
        let place = page.place(path, None);
        if own.is_empty() && *policy != Policy::Off && !page.is_faulted("rules") {
            page.error(
                place,
                path,
                format!("自动评分项 {code} 没有任何规则"),
                format!("the automatic aspect {code} has no rule"),
                Suggestion::advice(
                    format!("在 rules 下写一条 `aspect: {code}` 的规则，或写 `policy: off`"),
                    format!("write a rule with `aspect: {code}` under rules, or `policy: off` here"),
                ),
            );
        }
        let gives = own.iter().any(|rule| gives(rule));
        let warning = match starts_at {
            _ if own.is_empty() => continue,
            StartsAt::Zero if !gives => Some((
                format!("{code} 从零分起，却只有扣分规则，永远得不到分"),
                format!("{code} starts at zero and only has deductions, nobody can earn it"),
                Suggestion::advice("加上 `starts_at: full`", "add `starts_at: full`"),
            )),
            StartsAt::Full if gives => Some((
                format!("{code} 从满分起，加分规则不起作用"),
                format!("{code} starts at the maximum, rules that give add nothing"),
                Suggestion::advice("去掉 `starts_at: full`，或改用 deduct", "remove `starts_at: full`, or use deduct"),
            )),
            _ => None,
        };
        if let Some((zh, en, suggestion)) = warning {
            page.warn(place, path, zh, en, suggestion);
        }
    }
}

fn gives(rule: &RuleSpec) -> bool {
    let positive = |marks: Option<kernel::Mark>| marks.is_some_and(|marks| marks > kernel::Mark::ZERO);
    let curve = match &rule.pattern {
        PatternSpec::On { check: Some(referee::CheckSpec::Figure { scale, .. }), .. }
        | PatternSpec::Count { scale: referee::CountScale::Scale(scale), .. }
        | PatternSpec::Measure { scale, .. }
        | PatternSpec::Figure { scale, .. } => match scale {
            referee::ScaleSpec::Curve(points) => points.iter().any(|(_, marks)| *marks > kernel::Mark::ZERO),
            _ => false,
        },
        _ => false,
    };
    curve || positive(rule.met) || positive(rule.missed)
}

/// Abilities that aspects name exist, with a suggestion; abilities that nobody examines are a warning.
fn check_abilities(page: &mut Page, draft: &marking::SchemeDraft, abilities: &[String]) {
    let mut examined = HashSet::new();
    for (m, module) in draft.modules.iter().enumerate() {
        for (c, criterion) in module.criteria.iter().enumerate() {
            for (a, aspect) in criterion.aspects.iter().enumerate() {
                for (at, ability) in aspect.abilities.iter().enumerate() {
                    examined.insert(ability.as_str());
                    let path = format!("modules[{m}].criteria[{c}].aspects[{a}].abilities[{at}]");
                    if !abilities.contains(ability) && !page.is_faulted(&path) {
                        let suggestion = match abilities {
                            [] => Suggestion::advice(
                                format!("先声明：`abilities: [{{code: {ability}, name: {{zh: 动手, en: Handwork}}}}]`"),
                                format!(
                                    "declare it: `abilities: [{{code: {ability}, name: {{zh: 动手, en: Handwork}}}}]`"
                                ),
                            ),
                            known => Suggestion::among(ability, known.iter().map(String::as_str)),
                        };
                        let (zh, en) =
                            (format!("没有声明能力 `{ability}`"), format!("the ability `{ability}` isn't declared"));
                        page.error(page.place(&path, None), &path, zh, en, suggestion);
                    }
                }
            }
        }
    }
    for (ix, ability) in abilities.iter().enumerate() {
        let path = format!("abilities[{ix}]");
        if !examined.contains(ability.as_str()) && !page.is_faulted(&path) && !page.is_faulted("modules") {
            let (zh, en) =
                (format!("没有评分项考查能力 `{ability}`"), format!("no aspect examines the ability `{ability}`"));
            let suggestion = Suggestion::advice(
                format!("在一个评分项中写 `abilities: [{ability}]`，或去掉这项能力"),
                format!("write `abilities: [{ability}]` at an aspect, or remove the ability"),
            );
            page.warn(page.place(&path, None), &path, zh, en, suggestion);
        }
    }
}
