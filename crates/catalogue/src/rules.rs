//! The watching half of a scheme file: signals, phases and rules, read into the referee's specs.

mod event;
mod pattern;
mod scale;

use std::time::Duration;

use kernel::suggestion::listed;
use kernel::{Mark, Suggestion, Text};
use referee::{PhaseSpec, RuleSpec, SignalDecl, SignalKind, Unfinished};

use crate::page::Page;
use crate::rules::event::trigger;
use crate::rules::pattern::pattern;
use crate::tree::{Node, Tree};

pub(crate) fn signals(page: &mut Page, tree: &Tree) -> Vec<SignalDecl> {
    let mut all = page.fields(tree, "signals");
    let mut signals = Vec::new();
    for (name, place, tree) in all.named() {
        let path = format!("signals.{name}");
        page.note_key(format!("{path}.name"), place);
        let mut fields = page.fields(tree, &path);
        let kinds = [("bool", 0), ("integer", 1), ("real", 2), ("text", 3)];
        let kind = fields.required(page, "type").and_then(|tree| page.word(tree, &format!("{path}.type"), &kinds));
        let unit =
            fields.optional("unit").map(|tree| (tree, page.scalar(tree, &format!("{path}.unit")).unwrap_or_default()));
        let stale_after =
            fields.optional("stale_after").and_then(|tree| duration(page, tree, &format!("{path}.stale_after")));
        fields.end(page);
        if let (Some((tree, _)), Some(0 | 1 | 3)) = (&unit, kind) {
            let suggestion = Suggestion::advice("去掉 unit，或写 `type: real`", "remove unit, or write `type: real`");
            page.error(
                tree.place,
                &format!("{path}.unit"),
                "只有 real 信号有单位",
                "only a real has a unit",
                suggestion,
            );
        }
        let kind = match kind {
            Some(0) => SignalKind::Bool,
            Some(1) => SignalKind::Integer,
            Some(3) => SignalKind::Text,
            _ => SignalKind::Real { unit: unit.map(|(_, unit)| unit).unwrap_or_default() },
        };
        signals.push(SignalDecl { name: name.to_owned(), kind, stale_after });
    }
    signals
}

pub(crate) fn duration(page: &mut Page, tree: &Tree, path: &str) -> Option<Duration> {
    let written = page.scalar(tree, path)?;
    let units = [("ms", 1e6), ("s", 1e9), ("min", 60e9), ("h", 3600e9)];
    let split = written.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(written.len());
    let (figure, unit) = written.split_at(split);
    let nanos = figure.parse::<f64>().ok().zip(units.iter().find(|(name, _)| *name == unit.trim()));
    match nanos {
        Some((figure, (_, scale))) if figure * scale >= 1.0 && figure * scale <= 31.0 * 86_400e9 => {
            Some(Duration::from_nanos((figure * scale).round() as u64))
        }
        _ => {
            let suggestion = match figure.parse::<f64>() {
                Ok(figure) if unit.trim().is_empty() && figure > 0.0 => {
                    // Hours for an appeal, seconds for a signal: the unit that is usual here.
                    let example = page.example(path);
                    let usual = example
                        .trim_start_matches(|c: char| !c.is_ascii_digit())
                        .trim_matches(|c: char| c.is_ascii_digit());
                    Suggestion::replace(format!("{written}{usual}"))
                }
                _ => Suggestion::advice(
                    "写 2s、150ms、5min 这样的时长，最长 31 天",
                    "write a duration such as 2s, 150ms, 5min, 31 days at most",
                ),
            };
            let (zh, en) = (format!("`{written}` 不是时长"), format!("`{written}` is no duration"));
            page.error(tree.place, path, zh, en, suggestion);
            None
        }
    }
}

/// Phases by name, for the rules to refer to.
pub(crate) type Phases = Vec<(String, Option<PhaseSpec>)>;

pub(crate) fn phases(page: &mut Page, tree: &Tree) -> Phases {
    let mut all = page.fields(tree, "phases");
    let read = all.named().into_iter().map(|(name, place, tree)| {
        if name == "run" {
            page.error(
                place,
                "phases.run",
                "`run` 就是整场比赛，不能另作他用",
                "`run` is the whole run and can't be declared",
                Suggestion::advice("换一个名称，例如 `moving`", "take another name, such as `moving`"),
            );
        }
        (name.to_owned(), phase(page, tree, &format!("phases.{name}")))
    });
    read.collect()
}

fn phase(page: &mut Page, tree: &Tree, path: &str) -> Option<PhaseSpec> {
    let mut fields = page.fields(tree, path);
    let spec = match fields.among(&["while", "from", "to"]).as_slice() {
        ["while"] => {
            let tree = fields.required(page, "while")?;
            page.condition(tree, &fields.at("while")).map(PhaseSpec::While)
        }
        ["from", "to"] => {
            let from = fields.required(page, "from").and_then(|tree| trigger(page, tree, &format!("{path}.from")));
            let to = fields.required(page, "to").and_then(|tree| trigger(page, tree, &format!("{path}.to")));
            from.zip(to).map(|(from, to)| PhaseSpec::Between { from, to })
        }
        _ => {
            let lone = [("from", "to: {ends: run}"), ("to", "from: {begins: run}")];
            let named = fields.among(&["while", "from", "to"]);
            let suggestion = match lone.into_iter().find(|(field, _)| named == [*field]) {
                None if named.len() > 1 => {
                    Suggestion::advice("只写 `while`，或只写 `from` 和 `to`", "keep either `while`, or `from` and `to`")
                }
                Some((_, other)) => Suggestion::advice(format!("加上 `{other}`"), format!("add `{other}`")),
                None => Suggestion::advice(
                    "写 `{while: speed > 0}`，或 `{from: {rises: start}, to: {rises: done}}`",
                    "write `{while: speed > 0}`, or `{from: {rises: start}, to: {rises: done}}`",
                ),
            };
            let twice = named.len() > 1 && named[0] == "while";
            let (zh, en) = match twice {
                true => ("阶段既写了 while 又写了 from 或 to", "the phase has both `while` and `from` or `to`"),
                false => ("看不出阶段从何时到何时", "it doesn't say when the phase begins and ends"),
            };
            fields.fault(page, zh, en, suggestion);
            // What stands there is looked at nevertheless.
            if let Some(tree) = fields.optional("while") {
                page.condition(tree, &fields.at("while"));
            }
            for field in ["from", "to"] {
                if let Some(tree) = fields.optional(field) {
                    trigger(page, tree, &fields.at(field));
                }
            }
            None
        }
    };
    fields.end(page);
    spec
}

/// The rules of a file.
#[derive(Default)]
pub(crate) struct Rules {
    /// Each with its path in the file.
    pub read: Vec<(String, RuleSpec)>,
    /// The ids of those that can't be read; their faults are noted.
    pub unread: Vec<String>,
}

pub(crate) fn rules(page: &mut Page, tree: &Tree, phases: &Phases) -> Rules {
    let items = page.items(tree, "rules");
    let mut rules = Rules::default();
    for (ix, item) in items.iter().enumerate() {
        let path = format!("rules[{ix}]");
        match rule(page, item, &path, phases) {
            Ok(rule) => rules.read.push((path, rule)),
            Err(id) => rules.unread.extend(id),
        }
    }
    rules
}

/// A rule, or the id of one that can't be read.
fn rule(page: &mut Page, tree: &Tree, path: &str, phases: &Phases) -> Result<RuleSpec, Option<String>> {
    let mut fields = page.fields(tree, path);
    let mut scalar = |page: &mut Page, field| {
        let tree = fields.required(page, field)?;
        page.scalar(tree, &format!("{path}.{field}"))
    };
    let (id, aspect) = (scalar(page, "id"), scalar(page, "aspect"));
    let says = fields.required(page, "says").map_or_else(Text::default, |tree| says(page, tree, &fields.at("says")));
    let during = match fields.optional("during") {
        None => Some(PhaseSpec::Run),
        Some(tree) => during(page, tree, &format!("{path}.during"), phases),
    };
    let pattern = pattern(page, &mut fields);
    // Marks that can't be read are a fault already; a mark stands for them, so that they aren't said to be missing too.
    let mut marks = |page: &mut Page, field: &'static str, instead: i64| {
        let tree = fields.optional(field)?;
        let marks = page.marks(tree, &format!("{path}.{field}"));
        Some((tree, marks.unwrap_or(Mark::from_hundredths(instead))))
    };
    let (mut award, mut deduct) = (marks(page, "award", 100), marks(page, "deduct", 100));
    let (otherwise, at_most) = (marks(page, "otherwise", 100), marks(page, "at_most", 100));
    let min_total = marks(page, "min_total", -100);
    for (field, marks) in [("award", &mut award), ("deduct", &mut deduct)] {
        if let Some((tree, marks)) = marks
            && marks.hundredths() < 0
        {
            page.error(
                tree.place,
                &format!("{path}.{field}"),
                format!("{field} 为负"),
                format!("{field} is negative"),
                Suggestion::advice(
                    format!("加分写 `award: {0}`，扣分写 `deduct: {0}`", -*marks),
                    format!("write `award: {0}` to give, `deduct: {0}` to take", -*marks),
                ),
            );
            *marks = -*marks;
        }
    }
    if let (Some(_), Some((tree, _))) = (&award, &deduct) {
        page.error(
            tree.place,
            &format!("{path}.deduct"),
            "既写了 award 又写了 deduct",
            "there are both award and deduct",
            Suggestion::advice("去掉其中一个", "remove one of them"),
        );
    }
    let once = fields.optional("once").and_then(|tree| page.yes_no(tree, &fields.at("once"))).unwrap_or(false);
    let best_of = fields.optional("best_of").and_then(|tree| page.whole(tree, &fields.at("best_of")));
    let gate = fields.optional("gate").map_or_else(Vec::new, |tree| gate(page, tree, &fields.at("gate")));
    let policies = [("undecided", Unfinished::Undecided), ("missed", Unfinished::Missed)];
    let written = fields.optional("unfinished");
    let unfinished = written.and_then(|tree| page.word(tree, &fields.at("unfinished"), &policies));
    fields.end(page);
    let (Some(during), Some(pattern), Some(aspect)) = (during, pattern, aspect) else { return Err(id) };
    let rule = RuleSpec {
        id: id.ok_or(None)?,
        aspect,
        says,
        during,
        pattern,
        met: award.map(|(_, marks)| marks).or(deduct.map(|(_, marks)| -marks)),
        missed: otherwise.map(|(_, marks): (_, Mark)| marks),
        once,
        at_most: at_most.map(|(_, marks)| marks),
        min_total: min_total.map(|(_, marks)| marks),
        gate,
        best_of,
        unfinished: unfinished.unwrap_or_default(),
    };
    if let Some(tree) = written.filter(|_| unfinished.is_some() && !rule.may_stay_open()) {
        page.error(
            tree.place,
            &format!("{path}.unfinished"),
            "比赛结束时这条规则没有悬而未决的事，unfinished 不起作用",
            "nothing of this rule is open when the run ends, unfinished does nothing",
            Suggestion::advice("去掉 unfinished", "leave out unfinished"),
        );
    }
    Ok(rule)
}

/// What the rule says, in both languages, of which none is empty.
fn says(page: &mut Page, tree: &Tree, path: &str) -> Text {
    let text = page.text(tree, path);
    for (lang, said, such) in [("zh", &text.zh, "夹紧"), ("en", &text.en, "Gripped")] {
        let path = format!("{path}.{lang}");
        if said.is_empty() && !page.is_faulted(&path) {
            page.error(
                page.place(&path, None),
                &path,
                "没有写规则说的是什么",
                "it doesn't say what the rule is about",
                Suggestion::write(format!("{lang}: {such}")),
            );
        }
    }
    text
}

/// The id of a rule, or a list of ids.
fn gate(page: &mut Page, tree: &Tree, path: &str) -> Vec<String> {
    if let Node::Scalar { text, .. } = &tree.node {
        page.note(path, tree);
        page.note(&format!("{path}[0]"), tree);
        return vec![text.clone()];
    }
    let items = page.items(tree, path);
    if let Node::List(items) = &tree.node
        && items.is_empty()
    {
        page.error(
            tree.place,
            path,
            "gate 没有写任何规则",
            "the gate names no rule",
            Suggestion::advice("去掉 gate，或写 `gate: [规则编号]`", "leave out gate, or write `gate: [id of a rule]`"),
        );
    }
    items.iter().enumerate().filter_map(|(ix, item)| page.scalar(item, &format!("{path}[{ix}]"))).collect()
}

fn during(page: &mut Page, tree: &Tree, path: &str, phases: &Phases) -> Option<PhaseSpec> {
    let Node::Scalar { text, .. } = &tree.node else { return phase(page, tree, path) };
    page.note(path, tree);
    if text == "run" {
        return Some(PhaseSpec::Run);
    }
    if let Some((name, spec)) = phases.iter().find(|(name, _)| name == text) {
        page.alias(path.to_owned(), format!("phases.{name}"));
        return spec.clone();
    }
    let known = || phases.iter().map(|(name, _)| name.as_str()).chain(["run"]);
    let suggestion = Suggestion::near(text, known()).unwrap_or_else(|| {
        let (list, such) = (listed(known()), format!("phases: {{{text}: {{while: speed > 0}}}}"));
        Suggestion::advice(
            format!("可以写：{list}；或声明它：`{such}`"),
            format!("possible are {list}; or declare it: `{such}`"),
        )
    });
    let (zh, en) = (format!("没有声明阶段 `{text}`"), format!("the phase `{text}` isn't declared"));
    page.error(tree.place, path, zh, en, suggestion);
    None
}
