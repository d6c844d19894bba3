//! The watching half of a scheme file: signals, phases and rules, read into the referee's specs.

use std::time::Duration;

use kernel::{Mark, Text};
use referee::{
    CheckSpec, CountScale, PatternSpec, PhaseSpec, RuleSpec, ScaleSpec, SignalDecl, SignalKind, Statistic, TriggerSpec,
    Unfinished,
};

use crate::page::{Fields, Page};
use crate::tree::{Node, Tree};

pub(crate) fn signals(page: &mut Page, tree: &Tree) -> Vec<SignalDecl> {
    let mut all = page.fields(tree, "signals");
    let mut signals = Vec::new();
    for (name, _, tree) in all.named() {
        let path = format!("signals.{name}");
        let mut fields = page.fields(tree, &path);
        let kinds = [("bool", 0), ("integer", 1), ("real", 2), ("text", 3)];
        let kind = fields.required(page, "type").and_then(|tree| page.word(tree, &format!("{path}.type"), &kinds));
        let unit =
            fields.optional("unit").map(|tree| (tree, page.scalar(tree, &format!("{path}.unit")).unwrap_or_default()));
        let stale_after =
            fields.optional("stale_after").and_then(|tree| duration(page, tree, &format!("{path}.stale_after")));
        fields.end(page);
        if let (Some((tree, _)), Some(0 | 1 | 3)) = (&unit, kind) {
            page.error(tree.place, &format!("{path}.unit"), "只有 real 信号有单位", "only a real has a unit");
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

fn duration(page: &mut Page, tree: &Tree, path: &str) -> Option<Duration> {
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
            page.error(
                tree.place,
                path,
                format!("`{written}` 不是时长，例如写 2s、150ms、5min，最长 31 天"),
                format!("`{written}` is no duration, such as 2s, 150ms, 5min, at most 31 days"),
            );
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
            page.scalar(tree, &fields.at("while")).map(PhaseSpec::While)
        }
        ["from", "to"] => {
            let from = fields.required(page, "from").and_then(|tree| trigger(page, tree, &format!("{path}.from")));
            let to = fields.required(page, "to").and_then(|tree| trigger(page, tree, &format!("{path}.to")));
            from.zip(to).map(|(from, to)| PhaseSpec::Between { from, to })
        }
        _ => {
            fields.optional("while");
            fields.optional("from");
            fields.optional("to");
            page.error(
                fields.place,
                path,
                "阶段写 `while`，或 `from` 和 `to`",
                "a phase has `while`, or `from` and `to`",
            );
            None
        }
    };
    fields.end(page);
    spec
}

/// Rules, each with its path in the file; one that can't be read is left out, its faults are noted.
pub(crate) fn rules(page: &mut Page, tree: &Tree, phases: &Phases) -> Vec<(String, RuleSpec)> {
    let items = page.items(tree, "rules");
    let mut rules = Vec::new();
    for (ix, item) in items.iter().enumerate() {
        let path = format!("rules[{ix}]");
        if let Some(rule) = rule(page, item, &path, phases) {
            rules.push((path, rule));
        }
    }
    rules
}

fn rule(page: &mut Page, tree: &Tree, path: &str, phases: &Phases) -> Option<RuleSpec> {
    let mut fields = page.fields(tree, path);
    let mut scalar = |page: &mut Page, field| {
        let tree = fields.required(page, field)?;
        page.scalar(tree, &format!("{path}.{field}"))
    };
    let (id, aspect) = (scalar(page, "id"), scalar(page, "aspect"));
    let says = fields.required(page, "says").map_or_else(Text::default, |tree| page.text(tree, &fields.at("says")));
    let during = match fields.optional("during") {
        None => Some(PhaseSpec::Run),
        Some(tree) => during(page, tree, &format!("{path}.during"), phases),
    };
    let pattern = pattern(page, &mut fields);
    let mut marks = |page: &mut Page, field: &'static str| {
        let tree = fields.optional(field)?;
        Some((tree, page.marks(tree, &format!("{path}.{field}"))?))
    };
    let (award, deduct) = (marks(page, "award"), marks(page, "deduct"));
    let (otherwise, at_most) = (marks(page, "otherwise"), marks(page, "at_most"));
    for (field, marks) in [("award", &award), ("deduct", &deduct)] {
        if let Some((tree, marks)) = marks
            && marks.hundredths() < 0
        {
            page.error(
                tree.place,
                &format!("{path}.{field}"),
                "不写负数：加分用 award，扣分用 deduct",
                "not negative: award gives, deduct takes",
            );
        }
    }
    if let (Some(_), Some((tree, _))) = (&award, &deduct) {
        page.error(
            tree.place,
            &format!("{path}.deduct"),
            "award 和 deduct 只能写一个",
            "write award or deduct, not both",
        );
    }
    let once = fields.optional("once").and_then(|tree| page.yes_no(tree, &fields.at("once"))).unwrap_or(false);
    let policies = [("undecided", Unfinished::Undecided), ("missed", Unfinished::Missed)];
    let unfinished =
        fields.optional("unfinished").and_then(|tree| page.word(tree, &fields.at("unfinished"), &policies));
    fields.end(page);
    Some(RuleSpec {
        id: id?,
        aspect: aspect?,
        says,
        during: during?,
        pattern: pattern?,
        met: award.map(|(_, marks)| marks).or(deduct.map(|(_, marks)| -marks)),
        missed: otherwise.map(|(_, marks): (_, Mark)| marks),
        once,
        at_most: at_most.map(|(_, marks)| marks),
        unfinished: unfinished.unwrap_or_default(),
    })
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
    let fault = crate::Diagnostic::error(
        tree.place,
        path,
        format!("没有声明阶段 `{text}`"),
        format!("the phase `{text}` isn't declared"),
    );
    let known = phases.iter().map(|(name, _)| name.as_str()).chain(["run"]);
    page.faults.push(fault.suggesting(referee::nearest(text, known)));
    None
}

const EVENTS: [&str; 6] = ["rises", "falls", "changes", "request", "begins", "ends"];

fn pattern(page: &mut Page, fields: &mut Fields<'_>) -> Option<PatternSpec> {
    let (on, then) = (fields.optional("on"), fields.optional("then"));
    let (check, count, measure) = (fields.optional("check"), fields.optional("count"), fields.optional("measure"));
    let path = fields.path.clone();
    match (on, then, check, count, measure) {
        (Some(on), None, check, None, None) => {
            let mut event = page.fields(on, &format!("{path}.on"));
            if check.is_none() && event.among(&["holds"]) == ["holds"] {
                let condition = event.required(page, "holds").and_then(|tree| page.scalar(tree, &event.at("holds")));
                let lasting = event.required(page, "for").and_then(|tree| page.scalar(tree, &event.at("for")));
                event.end(page);
                return Some(PatternSpec::Holds { condition: condition?, lasting: lasting? });
            }
            let event = trigger(page, on, &format!("{path}.on"));
            let check = check.map(|tree| self::check(page, tree, &format!("{path}.check")));
            match check {
                None => Some(PatternSpec::On { event: event?, check: None }),
                Some(check) => Some(PatternSpec::On { event: event?, check: Some(check?) }),
            }
        }
        (Some(on), Some(then), None, None, None) => {
            let first = trigger(page, on, &format!("{path}.on"));
            let mut fields = page.fields(then, &format!("{path}.then"));
            let second = event_of(page, &mut fields);
            let within = fields.required(page, "within").and_then(|tree| page.scalar(tree, &fields.at("within")));
            fields.end(page);
            Some(PatternSpec::Then { first: first?, then: second?, within: within? })
        }
        (None, None, Some(check), None, None) => figure(page, check, &format!("{path}.check")),
        (None, None, None, Some(count), None) => {
            let mut fields = page.fields(count, &format!("{path}.count"));
            let event = event_of(page, &mut fields);
            let scale = scale(page, &mut fields);
            fields.end(page);
            let scale = match scale {
                Some(scale) => CountScale::Scale(scale?),
                None => CountScale::Each,
            };
            Some(PatternSpec::Count { event: event?, scale })
        }
        (None, None, None, None, Some(measure)) => {
            let mut fields = page.fields(measure, &format!("{path}.measure"));
            let from = fields.required(page, "from").and_then(|tree| trigger(page, tree, &fields.at("from")));
            let to = fields.required(page, "to").and_then(|tree| trigger(page, tree, &fields.at("to")));
            let scale = scale_required(page, &mut fields);
            fields.end(page);
            Some(PatternSpec::Measure { from: from?, to: to?, scale: scale? })
        }
        _ => {
            page.error(
                fields.place,
                &path,
                "一条规则写：`on`（可加 `check` 或 `then`）、`check`（整个阶段）、`count` 或 `measure` 之一",
                "a rule has one of: `on` (with `check` or `then`), `check` (over a phase), `count`, `measure`",
            );
            None
        }
    }
}

fn trigger(page: &mut Page, tree: &Tree, path: &str) -> Option<TriggerSpec> {
    let mut fields = page.fields(tree, path);
    let event = event_of(page, &mut fields);
    fields.end(page);
    event
}

fn event_of(page: &mut Page, fields: &mut Fields<'_>) -> Option<TriggerSpec> {
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

const STATISTICS: [(&str, Statistic); 3] =
    [("mean", Statistic::Mean), ("min", Statistic::Min), ("max", Statistic::Max)];

/// What has to be so at an event.
fn check(page: &mut Page, tree: &Tree, path: &str) -> Option<CheckSpec> {
    let mut fields = page.fields(tree, path);
    let kinds = ["is", "held", "mean", "min", "max"];
    let named = fields.among(&kinds);
    let mut scalar = |page: &mut Page, field| {
        let tree = fields.required(page, field)?;
        page.scalar(tree, &format!("{path}.{field}"))
    };
    let spec = match named.as_slice() {
        ["is"] => scalar(page, "is").map(CheckSpec::Is),
        ["held"] => {
            let (condition, lasting) = (scalar(page, "held"), scalar(page, "for"));
            condition.zip(lasting).map(|(condition, lasting)| CheckSpec::Held { condition, lasting })
        }
        [name @ ("mean" | "min" | "max")] => {
            let statistic = STATISTICS.iter().find(|(known, _)| known == name).map(|(_, statistic)| *statistic);
            let (of, over) = (scalar(page, name), scalar(page, "over"));
            let scale = scale_required(page, &mut fields);
            (|| Some(CheckSpec::Figure { statistic: statistic?, of: of?, over: over?, scale: scale? }))()
        }
        _ => {
            for kind in kinds {
                fields.optional(kind);
            }
            page.error(
                fields.place,
                path,
                format!("写且只写一个：{}", kinds.join(", ")),
                format!("write exactly one of {}", kinds.join(", ")),
            );
            None
        }
    };
    fields.end(page);
    spec
}

/// A statistic over the whole phase.
fn figure(page: &mut Page, tree: &Tree, path: &str) -> Option<PatternSpec> {
    let mut fields = page.fields(tree, path);
    let named = fields.among(&["mean", "min", "max"]);
    for (name, _) in STATISTICS {
        fields.optional(name);
    }
    let spec = match named.as_slice() {
        [name] => {
            let statistic = STATISTICS.iter().find(|(known, _)| known == name).map(|(_, statistic)| *statistic);
            let of = fields.required(page, name).and_then(|tree| page.scalar(tree, &fields.at(name)));
            let scale = scale_required(page, &mut fields);
            (|| Some(PatternSpec::Figure { statistic: statistic?, of: of?, scale: scale? }))()
        }
        _ => {
            page.error(
                fields.place,
                path,
                "没有 `on` 的 check 写 mean、min、max 之一",
                "a check without `on` has one of mean, min, max",
            );
            None
        }
    };
    fields.end(page);
    spec
}

fn scale_required(page: &mut Page, fields: &mut Fields<'_>) -> Option<ScaleSpec> {
    match scale(page, fields) {
        Some(scale) => scale,
        None => {
            page.error(
                fields.place,
                &fields.path,
                "缺少评分方式：between、tolerance 或 curve",
                "how the figure becomes marks is missing: between, tolerance or curve",
            );
            None
        }
    }
}

/// `None`: there is none. `Some(None)`: it can't be read.
fn scale(page: &mut Page, fields: &mut Fields<'_>) -> Option<Option<ScaleSpec>> {
    let kinds = ["between", "tolerance", "curve"];
    let named = fields.among(&kinds);
    let [between, tolerance, curve] = kinds.map(|kind| fields.optional(kind));
    if named.len() > 1 {
        page.error(
            fields.place,
            &fields.path,
            "between、tolerance、curve 只能写一个",
            "write only one of between, tolerance, curve",
        );
        return Some(None);
    }
    if let Some(tree) = between {
        return Some(self::between(page, tree, &fields.at("between")));
    }
    if let Some(tree) = tolerance {
        let mut fields = page.fields(tree, &fields.at("tolerance"));
        let mut scalar = |page: &mut Page, field| {
            let tree = fields.required(page, field)?;
            page.scalar(tree, &fields.at(field))
        };
        let (target, full, zero) = (scalar(page, "target"), scalar(page, "full"), scalar(page, "zero"));
        fields.end(page);
        return Some((|| Some(ScaleSpec::Tolerance { target: target?, full: full?, zero: zero? }))());
    }
    curve.map(|tree| self::curve(page, tree, &fields.at("curve")))
}

fn between(page: &mut Page, tree: &Tree, path: &str) -> Option<ScaleSpec> {
    let [low, high] = page.items(tree, path) else {
        page.error(
            tree.place,
            path,
            "写两个界限：[下限, 上限]，不限的写 ~",
            "write two bounds: [lower, upper], ~ for an open one",
        );
        return None;
    };
    let mut bound = |tree: &Tree, at: usize| match tree.node {
        Node::Nothing => Some(None),
        _ => page.scalar(tree, &format!("{path}[{at}]")).map(Some),
    };
    let (low, high) = (bound(low, 0), bound(high, 1));
    Some(ScaleSpec::Range { low: low?, high: high? })
}

fn curve(page: &mut Page, tree: &Tree, path: &str) -> Option<ScaleSpec> {
    let items = page.items(tree, path);
    let mut points = Vec::new();
    for (ix, item) in items.iter().enumerate() {
        let path = format!("{path}[{ix}]");
        let [x, marks] = page.items(item, &path) else {
            page.error(item.place, &path, "曲线的点写作 [数值, 分值]", "a point of a curve is written [figure, marks]");
            continue;
        };
        points.push(page.scalar(x, &format!("{path}[0]")).zip(page.marks(marks, &format!("{path}[1]"))));
    }
    if points.len() != items.len() {
        return None;
    }
    points.into_iter().collect::<Option<_>>().map(ScaleSpec::Curve)
}
