//! The patterns: each rule has exactly one, named by its leading field.

use kernel::Suggestion;
use referee::{CheckSpec, CountScale, PatternSpec, PerSpec, Piece, Statistic, StepSpec, WithoutSpec};

use crate::page::{Fields, Page};
use crate::rules::event::{event_of, trigger};
use crate::rules::scale::{bounds, scale, scale_required};
use crate::tree::{Node, Tree};

/// The fields that begin a pattern.
const HEADS: [&str; 8] = ["on", "check", "count", "measure", "absent", "sequence", "forbidden", "while"];

pub(super) fn pattern(page: &mut Page, fields: &mut Fields<'_>) -> Option<PatternSpec> {
    let path = fields.path.clone();
    let named = fields.among(&HEADS);
    let [on, check, count, measure, absent, sequence, forbidden, never] = HEADS.map(|head| fields.optional(head));
    match named.as_slice() {
        ["on"] | ["on", "check"] => self::on(page, fields, on?, check),
        ["check"] => figure(page, check?, &format!("{path}.check")),
        ["count"] => self::count(page, count?, &format!("{path}.count")),
        ["measure"] => self::measure(page, measure?, &format!("{path}.measure")),
        ["absent"] => {
            let event = trigger(page, absent?, &format!("{path}.absent"));
            let by = fields.required(page, "by").and_then(|tree| page.duration(tree, &fields.at("by")));
            Some(PatternSpec::Absent { event: event?, by: by? })
        }
        ["sequence"] => self::sequence(page, fields, sequence?),
        ["forbidden"] => self::forbidden(page, forbidden?, &format!("{path}.forbidden")),
        ["while"] => {
            let condition = page.condition(never?, &format!("{path}.while"));
            let words = [
                ("violation", PerSpec::Violation),
                ("second", PerSpec::Second),
                ("started_second", PerSpec::StartedSecond),
            ];
            let per = match fields.optional("per") {
                Some(tree) => page.word(tree, &fields.at("per"), &words),
                None => Some(PerSpec::default()),
            };
            Some(PatternSpec::While { condition: condition?, per: per? })
        }
        _ => {
            fields.any(page);
            let list = HEADS.join(", ");
            let (zh, en, suggestion) = match named.as_slice() {
                [] => (
                    "没有写规则看什么",
                    "the rule doesn't say what it looks for",
                    Suggestion::advice(
                        format!("写其中之一：{list}，例如 `on: {{rises: force > 40N}}`"),
                        format!("write one of {list}, such as `on: {{rises: force > 40N}}`"),
                    ),
                ),
                several => (
                    "一条规则写了不止一个模式",
                    "the rule has more than one pattern",
                    Suggestion::advice(
                        format!("{} 中只留一个，其余另写规则", several.join(", ")),
                        format!("keep one of {} and write rules of their own for the others", several.join(", ")),
                    ),
                ),
            };
            fields.fault(page, zh, en, suggestion);
            None
        }
    }
}

/// A list of events, each later than the one before.
fn sequence(page: &mut Page, fields: &mut Fields<'_>, tree: &Tree) -> Option<PatternSpec> {
    let path = fields.at("sequence");
    let mut steps = Vec::new();
    for (ix, item) in page.items(tree, &path).iter().enumerate() {
        let mut step = page.fields(item, &format!("{path}[{ix}]"));
        let event = event_of(page, &mut step);
        let within = step.optional("within").map(|tree| page.duration(tree, &step.at("within")));
        step.end(page);
        steps.push(event.and_then(|event| match within {
            Some(within) => Some(StepSpec { event, within: Some(within?) }),
            None => Some(StepSpec { event, within: None }),
        }));
    }
    let within = fields.optional("within").map(|tree| page.duration(tree, &fields.at("within")));
    let per = match fields.optional("per") {
        Some(tree) => page.word(tree, &fields.at("per"), &[("sequence", false), ("step", true)]),
        None => Some(false),
    };
    let within = match within {
        Some(within) => Some(within?),
        None => None,
    };
    Some(PatternSpec::Sequence { steps: steps.into_iter().collect::<Option<_>>()?, within, each_step: per? })
}

/// Two events, of which the first must not come before the second.
fn forbidden(page: &mut Page, tree: &Tree, path: &str) -> Option<PatternSpec> {
    let [first, second] = page.items(tree, path) else {
        if let Node::List(_) = tree.node {
            page.error(
                tree.place,
                path,
                "事件不是两个",
                "there aren't two events",
                Suggestion::advice(
                    "写 `[不得先出现的, 须先出现的]`，例如 `[{rises: start}, {rises: door_shut}]`",
                    "write `[what must not come first, what must come before it]`, such as `[{rises: start}, {rises: door_shut}]`",
                ),
            );
        }
        return None;
    };
    let (first, second) = (trigger(page, first, &format!("{path}[0]")), trigger(page, second, &format!("{path}[1]")));
    Some(PatternSpec::Forbidden { first: first?, second: second? })
}

/// What begins with an event.
fn on(page: &mut Page, fields: &mut Fields<'_>, on: &Tree, check: Option<&Tree>) -> Option<PatternSpec> {
    let path = fields.path.clone();
    let (then, without) = (fields.optional("then"), fields.optional("without"));
    match (check, then, without) {
        (None, None, None) => {
            let mut event = page.fields(on, &format!("{path}.on"));
            if event.among(&["holds"]) == ["holds"] {
                let condition = event.required(page, "holds").and_then(|tree| page.condition(tree, &event.at("holds")));
                let lasting = event.required(page, "for").and_then(|tree| page.duration(tree, &event.at("for")));
                event.end(page);
                return Some(PatternSpec::Holds { condition: condition?, lasting: lasting? });
            }
            let event = trigger(page, on, &format!("{path}.on"));
            Some(PatternSpec::On { event: event?, check: None })
        }
        (Some(check), None, None) => {
            let event = trigger(page, on, &format!("{path}.on"));
            let check = self::check(page, check, &format!("{path}.check"));
            Some(PatternSpec::On { event: event?, check: Some(check?) })
        }
        (None, Some(then), None) => {
            let first = trigger(page, on, &format!("{path}.on"));
            let mut fields = page.fields(then, &format!("{path}.then"));
            let second = event_of(page, &mut fields);
            let within = fields.required(page, "within").and_then(|tree| page.duration(tree, &fields.at("within")));
            let unless = fields.optional("unless").map(|tree| trigger(page, tree, &fields.at("unless")));
            fields.end(page);
            let unless = match unless {
                Some(unless) => Some(unless?),
                None => None,
            };
            Some(PatternSpec::Then { first: first?, then: second?, within: within?, unless })
        }
        (None, None, Some(without)) => {
            let event = trigger(page, on, &format!("{path}.on"));
            let mut fields = page.fields(without, &format!("{path}.without"));
            let other = event_of(page, &mut fields);
            let sides = fields.among(&["within", "before"]);
            let [within, before] = ["within", "before"].map(|side| fields.optional(side));
            if sides.len() != 1 {
                let (zh, en) = match sides.len() {
                    0 => ("没有写在多长时间内", "it doesn't say within which time"),
                    _ => ("既写了 within 又写了 before", "there are both within and before"),
                };
                let suggestion = Suggestion::advice(
                    "之后写 `within: 5s`，之前写 `before: 5s`，只写一个",
                    "write one of `within: 5s` (after it) and `before: 5s` (before it)",
                );
                fields.fault(page, zh, en, suggestion);
            }
            let within = within.and_then(|tree| page.duration(tree, &fields.at("within"))).map(WithoutSpec::Within);
            let before = before.and_then(|tree| page.duration(tree, &fields.at("before"))).map(WithoutSpec::Before);
            fields.end(page);
            let time = if sides.len() == 1 { within.or(before) } else { None };
            Some(PatternSpec::Without { event: event?, without: other?, time: time? })
        }
        _ => {
            let suggestion = Suggestion::advice(
                "check、then、without 中只留一个，其余另写规则",
                "keep one of check, then, without and write rules of their own for the others",
            );
            let (zh, en) = ("`on` 带了不止一个条件", "there is more than one of check, then and without");
            fields.fault(page, zh, en, suggestion);
            None
        }
    }
}

fn count(page: &mut Page, tree: &Tree, path: &str) -> Option<PatternSpec> {
    let mut fields = page.fields(tree, path);
    let event = event_of(page, &mut fields);
    let scale = scale(page, &mut fields);
    fields.end(page);
    let scale = match scale {
        Some(scale) => CountScale::Scale(scale?),
        None => CountScale::Each,
    };
    Some(PatternSpec::Count { event: event?, scale })
}

fn measure(page: &mut Page, tree: &Tree, path: &str) -> Option<PatternSpec> {
    let mut fields = page.fields(tree, path);
    let from = fields.required(page, "from").and_then(|tree| trigger(page, tree, &fields.at("from")));
    let to = fields.required(page, "to").and_then(|tree| trigger(page, tree, &fields.at("to")));
    let scale = scale_required(page, &mut fields);
    fields.end(page);
    Some(PatternSpec::Measure { from: from?, to: to?, scale: scale? })
}

/// The fields that name a statistic.
const STATISTICS: [&str; 9] =
    ["mean", "min", "max", "last", "time_mean", "integral", "percentile", "time_in_band", "share_in_band"];

/// A statistic, what it is of, and its scale.
fn statistic(
    page: &mut Page,
    fields: &mut Fields<'_>,
    name: &'static str,
) -> Option<(Statistic, String, referee::ScaleSpec)> {
    let of = fields.required(page, name).and_then(|tree| page.piece(tree, &fields.at(name), Piece::Figure));
    let statistic = match name {
        "mean" => Some(Statistic::Mean),
        "min" => Some(Statistic::Min),
        "max" => Some(Statistic::Max),
        "last" => Some(Statistic::Last),
        "time_mean" => Some(Statistic::TimeMean),
        "integral" => Some(Statistic::Integral),
        "percentile" => {
            let percent = fields.required(page, "p").and_then(|tree| page.scalar(tree, &fields.at("p")));
            percent.map(Statistic::Percentile)
        }
        _ => {
            let band = fields.required(page, "band").and_then(|tree| bounds(page, tree, &fields.at("band")));
            band.map(|(low, high)| match name {
                "time_in_band" => Statistic::TimeInBand { low, high },
                _ => Statistic::ShareInBand { low, high },
            })
        }
    };
    let scale = scale_required(page, fields);
    Some((statistic?, of?, scale?))
}

/// What has to be so at an event.
fn check(page: &mut Page, tree: &Tree, path: &str) -> Option<CheckSpec> {
    let mut fields = page.fields(tree, path);
    let kinds = [&["is", "held"], STATISTICS.as_slice()].concat();
    let spec = match fields.among(&kinds).as_slice() {
        ["is"] => {
            fields.required(page, "is").and_then(|tree| page.condition(tree, &fields.at("is"))).map(CheckSpec::Is)
        }
        ["held"] => {
            let condition = fields.required(page, "held").and_then(|tree| page.condition(tree, &fields.at("held")));
            let lasting = fields.required(page, "for").and_then(|tree| page.duration(tree, &fields.at("for")));
            condition.zip(lasting).map(|(condition, lasting)| CheckSpec::Held { condition, lasting })
        }
        [name] => {
            let read = statistic(page, &mut fields, name);
            let over = fields.required(page, "over").and_then(|tree| page.duration(tree, &fields.at("over")));
            read.zip(over).map(|((statistic, of, scale), over)| CheckSpec::Figure { statistic, of, over, scale })
        }
        _ => {
            fields.any(page);
            let (zh, en, suggestion) = one_check(&fields, &kinds, "is: grip");
            fields.fault(page, zh, en, suggestion);
            None
        }
    };
    fields.end(page);
    spec
}

/// A statistic over the whole phase.
fn figure(page: &mut Page, tree: &Tree, path: &str) -> Option<PatternSpec> {
    let mut fields = page.fields(tree, path);
    let spec = match fields.among(&STATISTICS).as_slice() {
        [name] => statistic(page, &mut fields, name).map(|(statistic, of, scale)| PatternSpec::Figure {
            statistic,
            of,
            scale,
        }),
        _ => {
            fields.any(page);
            let (zh, en, suggestion) = one_check(&fields, &STATISTICS, "mean: force");
            fields.fault(page, zh, en, suggestion);
            None
        }
    };
    fields.end(page);
    spec
}

/// A check that names no kind, or more than one.
fn one_check(fields: &Fields<'_>, kinds: &[&'static str], such: &str) -> (&'static str, &'static str, Suggestion) {
    match fields.among(kinds).as_slice() {
        [] => {
            let list = kinds.join(", ");
            let suggestion = Suggestion::advice(
                format!("写其中之一：{list}，例如 `{such}`"),
                format!("write one of {list}, such as `{such}`"),
            );
            ("没有写检查什么", "it doesn't say what is checked", suggestion)
        }
        several => {
            let list = several.join(", ");
            let suggestion = Suggestion::advice(format!("{list} 中只留一个"), format!("keep one of {list}"));
            ("检查写了不止一个", "more than one thing is checked", suggestion)
        }
    }
}
