//! What can be used and was probably not meant.

use kernel::Suggestion;

use super::Compiler;
use crate::ScaleSpec;
use crate::lex::Flaw;

/// A condition that no signal changes.
pub(crate) fn never_changes(always: bool) -> Flaw {
    let (zh, en) = match always {
        true => ("这个条件永远成立", "this condition is always true"),
        false => ("这个条件永远不成立", "this condition is never true"),
    };
    let advice = match always {
        true => Suggestion::advice(
            "核对两边、界限和方向；两者都要时用 `&&`",
            "look at both sides, bounds and directions again; where both are wanted, join them with `&&`",
        ),
        false => Suggestion::advice(
            "核对两边、界限和方向；满足其一即可时用 `||`",
            "look at both sides, bounds and directions again; where one of them is enough, join them with `||`",
        ),
    };
    Flaw::new(1, zh, en, advice)
}

/// A part of the whole as percent: 0.2 is 20.
pub(super) fn in_percent(fraction: f64) -> String {
    ((fraction * 1e8).round() / 1e6).to_string()
}

impl Compiler<'_> {
    /// A share is in percent. Where none of its figures has a unit, and none is above 1, they were meant as parts of 1.
    pub(super) fn warn_of_fractions(&mut self, scale: &ScaleSpec) {
        let figures: Vec<(String, &str)> = match scale {
            ScaleSpec::Range { low, high } => [low, high]
                .into_iter()
                .enumerate()
                .filter_map(|(at, bound)| Some((format!("check.between[{at}]"), bound.as_deref()?)))
                .collect(),
            ScaleSpec::Tolerance { target, full, zero } => [("target", target), ("full", full), ("zero", zero)]
                .map(|(field, figure)| (format!("check.tolerance.{field}"), figure.as_str()))
                .into(),
            ScaleSpec::Curve(points) => points
                .iter()
                .enumerate()
                .map(|(ix, (figure, _))| (format!("check.curve[{ix}][0]"), figure.as_str()))
                .collect(),
        };
        let read: Option<Vec<f64>> = figures.iter().map(|(_, figure)| figure.trim().parse().ok()).collect();
        let Some(read) = read.filter(|read| read.iter().all(|figure| (0.0..=1.0).contains(figure))) else { return };
        let first = read.iter().zip(&figures).find(|(figure, _)| **figure > 0.0 && **figure < 1.0);
        if let Some((figure, (field, text))) = first {
            let text = text.trim();
            let (zh, en) = (
                format!("时间占比以 % 计，`{text}` 就是 {text}%"),
                format!("a share of the time is in %, and `{text}` is {text} %"),
            );
            self.warn(field, Flaw::new(1, zh, en, Suggestion::replace(format!("{}%", in_percent(*figure)))));
        }
    }
}
