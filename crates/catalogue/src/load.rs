//! A scheme file becomes a scheme and its rules, or a list of everything that is wrong with it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kernel::{Mark, Suggestion, Text};
use marking::{AspectKind, Policy, Scheme, StartsAt};
use referee::{Examined, Fault, PatternSpec, Piece, Place as FaultPlace, RuleSet, RuleSpec, ScaleSpec, SignalDecl};
use sha2::{Digest, Sha256};

use crate::page::Page;
use crate::rules::Rules;
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
    let faults = page.faults.in_order();
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
    let Rules { read: rules, unread } =
        rules_tree.map_or_else(Rules::default, |tree| crate::rules::rules(page, tree, &phases));
    file.end(page);

    let named = named_aspects(&draft);
    check_aspects(page, &named, &rules);
    let worth = most_of_each(&draft);
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
    let Examined { rules: compiled, warnings } = referee::examine(&signals, &specs, &unread);
    let (compiled, faults) = match compiled {
        Ok(compiled) => (Some(compiled), Vec::new()),
        Err(faults) => (None, faults),
    };
    let faults = faults.into_iter().map(|fault| (Severity::Error, fault));
    for (severity, fault) in faults.chain(warnings.into_iter().map(|fault| (Severity::Warning, fault))) {
        if page.faults.are_enough() {
            break;
        }
        let above = match fault.place {
            FaultPlace::Signal(ix) => format!("signals.{}", signals[ix].name),
            FaultPlace::Rule(ix) => paths[ix].clone(),
            FaultPlace::Piece(_) => continue,
        };
        let path = if fault.field.is_empty() { above } else { format!("{above}.{}", fault.field) };
        // What stands in a declared phase is said there, once for all rules that use it.
        if (fault.column.is_some() && page.is_in_phase(&path)) || page.is_parted(&path) {
            continue;
        }
        say(page, severity, &path, fault);
    }
    check_pieces(page, &signals, &paths);
    check_worth(page, &worth, &paths, &specs);
    let scheme = scheme?;
    let hundred = Mark::from_hundredths(10_000);
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
    let (faults, warnings) = referee::check_pieces(signals, &pieces);
    let faults = faults.into_iter().map(|fault| (Severity::Error, fault));
    for (severity, fault) in faults.chain(warnings.into_iter().map(|fault| (Severity::Warning, fault))) {
        if let FaultPlace::Piece(ix) = fault.place {
            say(page, severity, &paths[ix], fault);
        }
    }
}

/// What the referee says of the part at a path.
fn say(page: &mut Page, severity: Severity, path: &str, fault: Fault) {
    let place = page.place(path, fault.column);
    match severity {
        Severity::Error => page.error(place, path, fault.text.zh, fault.text.en, fault.suggestion),
        Severity::Warning => page.warn(place, path, fault.text.zh, fault.text.en, fault.suggestion),
    }
}

/// Code, path and kind of each aspect.
fn named_aspects(draft: &marking::SchemeDraft) -> Vec<(String, String, AspectKind)> {
    draft.aspects().map(|(path, aspect)| (aspect.code.clone(), path, aspect.kind.clone())).collect()
}

/// Rules and aspects belong to each other.
fn check_aspects(page: &mut Page, aspects: &[(String, String, AspectKind)], rules: &[(String, RuleSpec)]) {
    let by_code: HashMap<&str, &AspectKind> = aspects.iter().map(|(code, _, kind)| (code.as_str(), kind)).collect();
    let has_no_code = aspects.iter().any(|(code, ..)| code.is_empty());
    for (path, rule) in rules {
        if page.faults.are_enough() {
            return;
        }
        let path = format!("{path}.aspect");
        match by_code.get(rule.aspect.as_str()) {
            Some(AspectKind::Automatic { .. }) => {}
            // What its type is was said there.
            Some(_) if has_no_type(page, aspects, &rule.aspect) => {}
            None if has_no_code => {}
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
        if own.is_empty() && *policy != Policy::Off && !page.is_faulted("rules") {
            page.error(
                page.place(path, None),
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
            page.warn(page.place(path, None), path, zh, en, suggestion);
        }
    }
}

/// Whether the type of the aspect of this code can't be read.
fn has_no_type(page: &Page, aspects: &[(String, String, AspectKind)], code: &str) -> bool {
    let path = aspects.iter().find(|(known, ..)| known == code).map(|(_, path, _)| format!("{path}.type"));
    path.is_some_and(|path| page.is_faulted(&path))
}

fn gives(rule: &RuleSpec) -> bool {
    let positive = |marks: Option<Mark>| marks.is_some_and(|marks| marks > Mark::ZERO);
    curve(rule).iter().any(|(_, marks)| *marks > Mark::ZERO) || positive(rule.met) || positive(rule.missed)
}

/// The curve that gives a rule's marks.
fn curve(rule: &RuleSpec) -> &[(String, Mark)] {
    match &rule.pattern {
        PatternSpec::On { check: Some(referee::CheckSpec::Figure { scale, .. }), .. }
        | PatternSpec::Count { scale: referee::CountScale::Scale(scale), .. }
        | PatternSpec::Measure { scale, .. }
        | PatternSpec::Figure { scale, .. } => match scale {
            ScaleSpec::Curve(points) => points,
            _ => &[],
        },
        _ => &[],
    }
}

/// The maximum of each aspect.
fn most_of_each(draft: &marking::SchemeDraft) -> HashMap<String, Mark> {
    draft.aspects().map(|(_, aspect)| (aspect.code.clone(), aspect.max)).collect()
}

/// A single verdict that is worth more than its aspect. The mark of an aspect stays between nothing and its maximum, so that such a
/// rule can be used (to take everything, for one); but mostly a figure is wrong.
fn check_worth(page: &mut Page, max: &HashMap<String, Mark>, paths: &[String], rules: &[RuleSpec]) {
    for (path, rule) in paths.iter().zip(rules) {
        let Some(max) = max.get(rule.aspect.as_str()).filter(|max| **max > Mark::ZERO) else { continue };
        let taken = rule.met.filter(|met| *met < Mark::ZERO);
        let given = rule.met.filter(|_| taken.is_none());
        let fields = [("award", given), ("deduct", taken), ("otherwise", rule.missed)];
        let fields = fields.into_iter().filter_map(|(field, marks)| Some((format!("{path}.{field}"), marks?)));
        // The page knows where a curve stands below its pattern's field.
        let head = match rule.pattern {
            PatternSpec::Count { .. } => "count",
            PatternSpec::Measure { .. } => "measure",
            _ => "check",
        };
        let points = curve(rule).iter().enumerate();
        let points = points.map(|(ix, (_, marks))| (format!("{path}.{head}.curve[{ix}][1]"), *marks));
        for (path, marks) in fields.chain(points) {
            let worth = Mark::from_hundredths(marks.hundredths().abs());
            if worth > *max && !page.is_faulted(&path) {
                let (zh, en) = (
                    format!("一次 {worth} 分，超过评分项 {} 的满分 {max}", rule.aspect),
                    format!("{worth} at once are more than the {max} of the aspect {}", rule.aspect),
                );
                let suggestion = Suggestion::advice(
                    format!("写不超过 {max} 的分值，或改评分项的 max"),
                    format!("write {max} at most, or change the aspect's max"),
                );
                page.warn(page.place(&path, None), &path, zh, en, suggestion);
            }
        }
    }
}

/// Abilities that aspects name exist, with a suggestion; abilities that nobody examines are a warning.
fn check_abilities(page: &mut Page, draft: &marking::SchemeDraft, abilities: &[String]) {
    let mut examined = HashSet::new();
    let declared: HashSet<&str> = abilities.iter().map(String::as_str).collect();
    for (path, aspect) in draft.aspects() {
        for (at, ability) in aspect.abilities.iter().enumerate() {
            examined.insert(ability.as_str());
            let path = format!("{path}.abilities[{at}]");
            let is_known = declared.contains(ability.as_str()) || page.faults.are_enough();
            if !is_known && !page.is_faulted(&path) {
                let suggestion = match abilities {
                    [] => Suggestion::advice(
                        format!("先声明：`abilities: [{{code: {ability}, name: {{zh: 动手, en: Handwork}}}}]`"),
                        format!("declare it: `abilities: [{{code: {ability}, name: {{zh: 动手, en: Handwork}}}}]`"),
                    ),
                    known => Suggestion::among(ability, known.iter().map(String::as_str)),
                };
                let (zh, en) = (format!("没有声明能力 `{ability}`"), format!("the ability `{ability}` isn't declared"));
                page.error(page.place(&path, None), &path, zh, en, suggestion);
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
