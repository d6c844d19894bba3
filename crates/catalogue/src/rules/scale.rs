//! How a figure becomes marks: `between`, `tolerance` or `curve`.

use kernel::Suggestion;
use referee::ScaleSpec;

use crate::page::{Fields, Page};
use crate::tree::{Node, Tree};

pub(super) fn scale_required(page: &mut Page, fields: &mut Fields<'_>) -> Option<ScaleSpec> {
    match scale(page, fields) {
        Some(scale) => scale,
        None => {
            fields.fault(
                page,
                "没有写数值怎样变成分值",
                "it doesn't say how the figure becomes marks",
                Suggestion::advice(
                    "加上 `between: [1N, 5N]`，或 tolerance、curve",
                    "add `between: [1N, 5N]`, or a tolerance or curve",
                ),
            );
            None
        }
    }
}

/// `None`: there is none. `Some(None)`: it can't be read.
pub(super) fn scale(page: &mut Page, fields: &mut Fields<'_>) -> Option<Option<ScaleSpec>> {
    let kinds = ["between", "tolerance", "curve"];
    let named = fields.among(&kinds);
    let [between, tolerance, curve] = kinds.map(|kind| fields.optional(kind));
    if named.len() > 1 {
        fields.fault(
            page,
            "评分方式写了不止一个",
            "there is more than one way to make marks of the figure",
            Suggestion::advice(format!("{} 中只留一个", named.join(", ")), format!("keep one of {}", named.join(", "))),
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
    bounds(page, tree, path).map(|(low, high)| ScaleSpec::Range { low, high })
}

/// `[low, high]`, `~` for an open one.
pub(super) fn bounds(page: &mut Page, tree: &Tree, path: &str) -> Option<(Option<String>, Option<String>)> {
    let [low, high] = page.items(tree, path) else {
        // What is no list has been said already.
        if let Node::List(_) = tree.node {
            page.error(
                tree.place,
                path,
                "界限不是两个",
                "there aren't two bounds",
                Suggestion::advice(
                    "写 `[下限, 上限]`，不限的写 `~`，例如 `[1N, ~]`",
                    "write `[lower, upper]`, `~` for an open one, such as `[1N, ~]`",
                ),
            );
        }
        return None;
    };
    let mut bound = |tree: &Tree, at: usize| match tree.node {
        Node::Nothing => Some(None),
        _ => page.scalar(tree, &format!("{path}[{at}]")).map(Some),
    };
    let (low, high) = (bound(low, 0), bound(high, 1));
    Some((low?, high?))
}

fn curve(page: &mut Page, tree: &Tree, path: &str) -> Option<ScaleSpec> {
    let items = page.items(tree, path);
    let mut points = Vec::new();
    for (ix, item) in items.iter().enumerate() {
        let path = format!("{path}[{ix}]");
        let [x, marks] = page.items(item, &path) else {
            if let Node::List(_) = item.node {
                let suggestion = Suggestion::advice(
                    "写 `[数值, 分值]`，例如 `[10s, 5]`",
                    "write `[figure, marks]`, such as `[10s, 5]`",
                );
                page.error(item.place, &path, "曲线的点不是一对数", "a point of the curve is no pair", suggestion);
            }
            continue;
        };
        points.push(page.scalar(x, &format!("{path}[0]")).zip(page.marks(marks, &format!("{path}[1]"))));
    }
    if points.len() != items.len() {
        return None;
    }
    points.into_iter().collect::<Option<_>>().map(ScaleSpec::Curve)
}
