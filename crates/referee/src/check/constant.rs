//! Conditions that are what they are whatever the signals say: `force > force`, `force > 25N && force < 20N`.
//!
//! Only what is certain: comparisons of one signal with constants, joined by `&&` (or by `||`), and comparisons of a thing with
//! itself. A value that is known is a finite number, so that one of `x > 5` and `x <= 5` is always so.

use rustc_hash::FxHashMap;

use super::Ir;
use crate::code::{Comparison, Leaf, Op};

impl Ir {
    /// What the condition always is, if it ever is something.
    pub(super) fn always(&self) -> Option<bool> {
        match self {
            Ir::Const(bits) => Some(*bits != 0),
            Ir::Load(_) => None,
            Ir::Step(Op::CompareInteger(comparison) | Op::CompareReal(comparison), operands) => {
                let same = matches!(operands.as_slice(), [left, right] if left == right);
                same.then_some(matches!(
                    comparison,
                    Comparison::Equal | Comparison::LessEqual | Comparison::GreaterEqual
                ))
            }
            Ir::Step(Op::Not, operands) => operands.first()?.always().map(|always| !always),
            Ir::Step(joint @ (Op::And | Op::Or), _) => {
                // What decides the whole alone: a false one of several that must all be true.
                let decides = *joint == Op::Or;
                let mut parts = Vec::new();
                self.joined_by(*joint, &mut parts);
                if parts.iter().any(|part| part.always() == Some(decides)) || leave_nothing(&parts, decides) {
                    Some(decides)
                } else if parts.iter().all(|part| part.always() == Some(!decides)) {
                    Some(!decides)
                } else {
                    None
                }
            }
            Ir::Step(..) => None,
        }
    }

    fn joined_by<'i>(&'i self, joint: Op, parts: &mut Vec<&'i Ir>) {
        match self {
            Ir::Step(op, operands) if *op == joint => {
                operands.iter().for_each(|operand| operand.joined_by(joint, parts));
            }
            other => parts.push(other),
        }
    }
}

/// Whether comparisons leave no value of some signal: none with which all of them are true, or `turned`, none with which all of
/// them are false. Whatever else there is leaves less still.
fn leave_nothing(parts: &[&Ir], turned: bool) -> bool {
    let mut left: FxHashMap<u32, Range> = FxHashMap::default();
    let mut leaves = Vec::new();
    for part in parts {
        match part {
            Ir::Load(signal) => left.entry(*signal).or_default().be(!turned),
            Ir::Step(Op::Not, operands) => {
                if let [Ir::Load(signal)] = operands.as_slice() {
                    left.entry(*signal).or_default().be(turned);
                }
            }
            Ir::Step(Op::CompareInteger(_) | Op::CompareReal(_), _) => {
                part.gather(Op::And, &mut leaves);
            }
            _ => {}
        }
    }
    if turned {
        leaves.iter_mut().for_each(|leaf| leaf.comparison = turned_over(leaf.comparison));
    }
    // What a signal is not is asked when it is known what it is.
    leaves.sort_by_key(|leaf| leaf.comparison == Comparison::Unequal);
    leaves.iter().for_each(|leaf| left.entry(leaf.signal).or_default().narrow(leaf));
    left.values().any(Range::is_empty)
}

/// What is left of a signal's values.
#[derive(Debug, Clone, Copy)]
struct Range {
    low: f64,
    high: f64,
    /// Whether the bound itself is left.
    with_low: bool,
    with_high: bool,
    truth: Option<bool>,
    equal: Option<Leaf>,
    /// It would have to be two things at once.
    torn: bool,
}

impl Default for Range {
    fn default() -> Self {
        Range {
            low: f64::NEG_INFINITY,
            high: f64::INFINITY,
            with_low: false,
            with_high: false,
            truth: None,
            equal: None,
            torn: false,
        }
    }
}

impl Range {
    fn be(&mut self, truth: bool) {
        self.torn |= self.truth.is_some_and(|other| other != truth);
        self.truth = Some(truth);
    }

    fn narrow(&mut self, leaf: &Leaf) {
        let figure = |leaf: &Leaf| {
            if leaf.real { f64::from_bits(leaf.constant) } else { leaf.constant as i64 as f64 }
        };
        let bound = figure(leaf);
        let is_same = |other: Leaf| if leaf.real { figure(&other) == bound } else { other.constant == leaf.constant };
        match leaf.comparison {
            Comparison::Unequal => self.torn |= self.equal.is_some_and(is_same),
            Comparison::Equal => {
                self.torn |= self.equal.is_some_and(|other| !is_same(other));
                self.equal = Some(*leaf);
                self.above(bound, true);
                self.below(bound, true);
            }
            Comparison::Greater => self.above(bound, false),
            Comparison::GreaterEqual => self.above(bound, true),
            Comparison::Less => self.below(bound, false),
            Comparison::LessEqual => self.below(bound, true),
        }
    }

    fn above(&mut self, bound: f64, with: bool) {
        if bound > self.low || (bound == self.low && !with) {
            (self.low, self.with_low) = (bound, with);
        }
    }

    fn below(&mut self, bound: f64, with: bool) {
        if bound < self.high || (bound == self.high && !with) {
            (self.high, self.with_high) = (bound, with);
        }
    }

    fn is_empty(&self) -> bool {
        /// Beyond this a whole number may be rounded: equal bounds prove nothing.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let touch = self.low == self.high && self.low.abs() < EXACT && !(self.with_low && self.with_high);
        self.torn || self.low > self.high || touch
    }
}

fn turned_over(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal => Comparison::Unequal,
        Comparison::Unequal => Comparison::Equal,
        Comparison::Less => Comparison::GreaterEqual,
        Comparison::LessEqual => Comparison::Greater,
        Comparison::Greater => Comparison::LessEqual,
        Comparison::GreaterEqual => Comparison::Less,
    }
}

#[cfg(test)]
mod tests {
    use crate::check::Scope;
    use crate::{SignalDecl, SignalKind};

    #[test]
    fn what_no_signal_changes_is_found_and_nothing_else() {
        let decl = |name: &str, kind| SignalDecl { name: name.into(), kind, stale_after: None };
        let signals = [
            decl("force", SignalKind::Real { unit: "N".into() }),
            decl("dist", SignalKind::Real { unit: "mm".into() }),
            decl("n", SignalKind::Integer),
            decl("grip", SignalKind::Bool),
            decl("shut", SignalKind::Bool),
            decl("mode", SignalKind::Text),
        ];
        for (condition, expected) in [
            ("force > force", Some(false)),
            ("force >= force", Some(true)),
            ("abs(force) != abs(force)", Some(false)),
            ("force + 1 > force + 1", Some(false)),
            ("force + 1 > force + 2", None),
            ("force > 25N && force < 20N", Some(false)),
            ("force > 20N && force < 25N", None),
            ("force > 25N && grip && 0.02kN > force", Some(false)),
            ("force > 25N && (grip || force < 20N)", None),
            ("grip && (shut && (force > 25N && force < 20N))", Some(false)),
            ("grip || (force > 25N && force < 20N)", None),
            ("force == 25N && force != 0.025kN", Some(false)),
            ("force >= 25N && force <= 25N", None),
            ("force > 25N && force <= 25N", Some(false)),
            ("dist > 1cm && dist < 5mm", Some(false)),
            ("dist > 1cm && dist < 11mm", None),
            ("n == 1 && n == 2", Some(false)),
            ("n == 1 && n != 1", Some(false)),
            ("n != 1 && n == 1", Some(false)),
            ("force == 0 && force == -0.0", None),
            ("n == 1 && n != 2", None),
            ("n > 1 && n < 2", None),
            ("n == 9007199254740993 && n >= 9007199254740992", None),
            ("n > 9007199254740992 && n <= 9007199254740993", None),
            ("mode == 'a' && mode == 'b'", Some(false)),
            ("mode == 'a' || mode == 'b'", None),
            ("mode != 'a' || mode != 'b'", Some(true)),
            ("grip && !grip", Some(false)),
            ("grip || !grip", Some(true)),
            ("grip == shut && grip != shut", None),
            ("force > 20N || force < 25N", Some(true)),
            ("force > 25N || force < 20N", None),
            ("grip || true", Some(true)),
            ("grip && true", None),
            ("!(grip && false)", Some(true)),
            ("force > 25N && dist < 20mm", None),
        ] {
            let compiled = Scope::new(&signals).condition(condition);
            assert_eq!(compiled.map(|compiled| compiled.always), Ok(expected), "{condition}");
        }
    }
}
