//! The patterns: each rule has exactly one, named by its leading field.

use referee::{CheckSpec, CountScale, PatternSpec, PerSpec, Statistic, StepSpec, WithoutSpec};

use crate::page::{Fields, Page};
use crate::rules::event::{event_of, trigger};
use crate::rules::scale::{bounds, scale, scale_required};
use crate::tree::Tree;

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
            let by = fields.required(page, "by").and_then(|tree| page.scalar(tree, &fields.at("by")));
            Some(PatternSpec::Absent { event: event?, by: by? })
        }
        ["sequence"] => self::sequence(page, fields, sequence?),
        ["forbidden"] => self::forbidden(page, forbidden?, &format!("{path}.forbidden")),
        ["while"] => {
            let condition = page.scalar(never?, &format!("{path}.while"));
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
            for field in ["then", "without", "by", "within", "per"] {
                fields.optional(field);
            }
            let list = HEADS.join(", ");
            page.error(
                fields.place,
                &path,
                format!("一条规则写且只写一个：{list}（`on` 可加 `check`、`then` 或 `without`）"),
                format!("a rule has exactly one of {list} (`on` may have `check`, `then` or `without`)"),
            );
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
        let within = step.optional("within").map(|tree| page.scalar(tree, &step.at("within")));
        step.end(page);
        steps.push(event.and_then(|event| match within {
            Some(within) => Some(StepSpec { event, within: Some(within?) }),
            None => Some(StepSpec { event, within: None }),
        }));
    }
    let within = fields.optional("within").map(|tree| page.scalar(tree, &fields.at("within")));
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
        page.error(
            tree.place,
            path,
            "写两个事件：[不得先出现的, 须先出现的]",
            "write two events: [what must not come first, what must come before it]",
        );
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
                let condition = event.required(page, "holds").and_then(|tree| page.scalar(tree, &event.at("holds")));
                let lasting = event.required(page, "for").and_then(|tree| page.scalar(tree, &event.at("for")));
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
            let within = fields.required(page, "within").and_then(|tree| page.scalar(tree, &fields.at("within")));
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
                page.error(
                    fields.place,
                    &fields.path,
                    "写且只写一个：within（之后）或 before（之前）",
                    "write exactly one of within (after it) and before (before it)",
                );
            }
            let within = within.and_then(|tree| page.scalar(tree, &fields.at("within"))).map(WithoutSpec::Within);
            let before = before.and_then(|tree| page.scalar(tree, &fields.at("before"))).map(WithoutSpec::Before);
            fields.end(page);
            let time = if sides.len() == 1 { within.or(before) } else { None };
            Some(PatternSpec::Without { event: event?, without: other?, time: time? })
        }
        _ => {
            page.error(
                fields.place,
                &path,
                "`check`、`then`、`without` 只能写一个",
                "write only one of `check`, `then`, `without`",
            );
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
    let of = fields.required(page, name).and_then(|tree| page.scalar(tree, &fields.at(name)));
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
        ["is"] => fields.required(page, "is").and_then(|tree| page.scalar(tree, &fields.at("is"))).map(CheckSpec::Is),
        ["held"] => {
            let condition = fields.required(page, "held").and_then(|tree| page.scalar(tree, &fields.at("held")));
            let lasting = fields.required(page, "for").and_then(|tree| page.scalar(tree, &fields.at("for")));
            condition.zip(lasting).map(|(condition, lasting)| CheckSpec::Held { condition, lasting })
        }
        [name] => {
            let read = statistic(page, &mut fields, name);
            let over = fields.required(page, "over").and_then(|tree| page.scalar(tree, &fields.at("over")));
            read.zip(over).map(|((statistic, of, scale), over)| CheckSpec::Figure { statistic, of, over, scale })
        }
        _ => {
            for kind in &kinds {
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
    let spec = match fields.among(&STATISTICS).as_slice() {
        [name] => statistic(page, &mut fields, name).map(|(statistic, of, scale)| PatternSpec::Figure {
            statistic,
            of,
            scale,
        }),
        _ => {
            for kind in STATISTICS {
                fields.optional(kind);
            }
            let list = STATISTICS.join(", ");
            page.error(
                fields.place,
                path,
                format!("没有 `on` 的 check 写且只写一个：{list}"),
                format!("a check without `on` has exactly one of {list}"),
            );
            None
        }
    };
    fields.end(page);
    spec
}
