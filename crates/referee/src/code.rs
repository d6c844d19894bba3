//! Compiled conditions: what they are made of, and how they are evaluated on the newest samples.
//!
//! Three values: a condition that reads an unknown signal is unknown, unless `&&` or `||` doesn't need it (Kleene).
//! An integer overflow, a division by zero and a result that is no number are unknown too.

use crate::cuts::Stretch;
use crate::rules::Kind;

/// The newest good value of a signal, and whether it still counts. What a sample needs to know stands here together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    /// A bool or a text's number, an `i64`, or the bits of an `f64`, by the signal's kind.
    pub bits: u64,
    /// Of the newest good sample.
    pub at: i64,
    /// Values among which no condition turns. Means something only while the value is known.
    pub quiet: Stretch,
    pub state: SlotState,
    pub kind: Kind,
    pub figures: Figures,
}

/// What becomes of a sample besides conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figures {
    None,
    /// Figures are taken when its instant is settled.
    Settled,
    /// It goes into this window, and nobody hears of it. The newest one is owed: another one of its instant may take its
    /// place, so it is given when time has moved on or somebody asks.
    Owed(u32),
    /// The newest one is in this window.
    Given(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlotState {
    /// Nothing has come yet, and it isn't overdue.
    Awaited,
    Known,
    /// Overdue, or the newest sample is not good.
    Unknown,
}

impl Slot {
    pub fn empty(kind: Kind, gauged: bool) -> Slot {
        let figures = if gauged { Figures::Settled } else { Figures::None };
        Slot { bits: 0, at: i64::MIN, quiet: Stretch::only(0), state: SlotState::Awaited, kind, figures }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Comparison {
    Equal,
    Unequal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Comparison {
    /// The same comparison with its sides swapped.
    pub fn mirrored(self) -> Comparison {
        match self {
            Comparison::Less => Comparison::Greater,
            Comparison::LessEqual => Comparison::GreaterEqual,
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterEqual => Comparison::LessEqual,
            same => same,
        }
    }

    #[inline(always)]
    fn holds<T: PartialOrd>(self, left: T, right: T) -> bool {
        match self {
            Comparison::Equal => left == right,
            Comparison::Unequal => left != right,
            Comparison::Less => left < right,
            Comparison::LessEqual => left <= right,
            Comparison::Greater => left > right,
            Comparison::GreaterEqual => left >= right,
        }
    }
}

/// A step of the stack machine. Reals are carried as their bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    Const(u64),
    Load(u32),
    ToReal,
    Scale(u64, u64),
    Not,
    NegativeInteger,
    NegativeReal,
    AbsInteger,
    AbsReal,
    AddInteger,
    SubtractInteger,
    MultiplyInteger,
    DivideInteger,
    MinInteger,
    MaxInteger,
    AddReal,
    SubtractReal,
    MultiplyReal,
    DivideReal,
    MinReal,
    MaxReal,
    /// Also of bools and of the numbers of texts.
    CompareInteger(Comparison),
    CompareReal(Comparison),
    And,
    Or,
    /// Jumps over so many steps when the top is false (true); the top stays.
    SkipIfFalse(u32),
    SkipIfTrue(u32),
    Select,
}

pub(crate) const DEEPEST_STACK: usize = 64;

/// Room for one evaluation, kept between evaluations so that none allocates.
#[derive(Debug, Clone)]
pub(crate) struct Stack {
    cells: Box<[u64; DEEPEST_STACK]>,
}

impl Default for Stack {
    fn default() -> Self {
        Stack { cells: Box::new([0; DEEPEST_STACK]) }
    }
}

/// A comparison of one signal with a constant: what most conditions are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Leaf {
    pub signal: u32,
    pub comparison: Comparison,
    pub real: bool,
    pub constant: u64,
}

impl Leaf {
    #[inline(always)]
    fn evaluate(&self, slots: &[Slot]) -> Option<bool> {
        let slot = &slots[self.signal as usize];
        (slot.state == SlotState::Known).then(|| self.holds(slot.bits))
    }

    /// Whether a value by its bits is on the right side of the constant.
    #[inline(always)]
    pub fn holds(&self, bits: u64) -> bool {
        if self.real {
            self.comparison.holds(f64::from_bits(bits), f64::from_bits(self.constant))
        } else {
            self.comparison.holds(bits as i64, self.constant as i64)
        }
    }
}

/// A condition, in the cheapest form that says it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Condition {
    All(Box<[Leaf]>),
    Any(Box<[Leaf]>),
    Code(Box<[Op]>),
}

impl Condition {
    #[inline]
    pub fn evaluate(&self, slots: &[Slot], stack: &mut Stack) -> Option<bool> {
        match self {
            Condition::All(leaves) => {
                let mut known = true;
                for leaf in leaves {
                    match leaf.evaluate(slots) {
                        Some(true) => {}
                        Some(false) => return Some(false),
                        None => known = false,
                    }
                }
                known.then_some(true)
            }
            Condition::Any(leaves) => {
                let mut known = true;
                for leaf in leaves {
                    match leaf.evaluate(slots) {
                        Some(false) => {}
                        Some(true) => return Some(true),
                        None => known = false,
                    }
                }
                known.then_some(false)
            }
            Condition::Code(ops) => run(ops, slots, stack).map(|bits| bits != 0),
        }
    }
}

/// Runs the steps and returns the top, or `None` when it is unknown.
pub(crate) fn run(ops: &[Op], slots: &[Slot], stack: &mut Stack) -> Option<u64> {
    let cells = &mut *stack.cells;
    // Bit i says whether cell i is known.
    let mut known: u64 = 0;
    let mut top = 0usize;
    let mut at = 0usize;
    macro_rules! push {
        ($bits:expr) => {
            match $bits {
                Some(bits) => {
                    cells[top] = bits;
                    known |= 1 << top;
                }
                None => known &= !(1 << top),
            }
            top += 1;
        };
    }
    macro_rules! unary {
        ($f:expr) => {{
            top -= 1;
            let result = if known >> top & 1 == 1 { $f(cells[top]) } else { None };
            push!(result);
        }};
    }
    macro_rules! binary {
        ($f:expr) => {{
            top -= 2;
            let result = if known >> top & 3 == 3 { $f(cells[top], cells[top + 1]) } else { None };
            push!(result);
        }};
    }
    macro_rules! integers {
        ($f:expr) => {
            binary!(|left: u64, right: u64| $f(left as i64, right as i64).map(|result: i64| result as u64))
        };
    }
    macro_rules! reals {
        ($f:expr) => {
            binary!(|left: u64, right: u64| number($f(f64::from_bits(left), f64::from_bits(right))))
        };
    }
    while at < ops.len() {
        let op = ops[at];
        at += 1;
        match op {
            Op::Const(bits) => {
                push!(Some(bits));
            }
            Op::Load(signal) => {
                let slot = &slots[signal as usize];
                push!((slot.state == SlotState::Known).then_some(slot.bits));
            }
            Op::ToReal => unary!(|bits: u64| Some((bits as i64 as f64).to_bits())),
            Op::Scale(up, down) => {
                unary!(|bits: u64| number(f64::from_bits(bits) * f64::from_bits(up) / f64::from_bits(down)))
            }
            Op::Not => unary!(|bits: u64| Some(u64::from(bits == 0))),
            Op::NegativeInteger => unary!(|bits: u64| (bits as i64).checked_neg().map(|n| n as u64)),
            Op::NegativeReal => unary!(|bits: u64| Some((-f64::from_bits(bits)).to_bits())),
            Op::AbsInteger => unary!(|bits: u64| (bits as i64).checked_abs().map(|n| n as u64)),
            Op::AbsReal => unary!(|bits: u64| Some(f64::from_bits(bits).abs().to_bits())),
            Op::AddInteger => integers!(i64::checked_add),
            Op::SubtractInteger => integers!(i64::checked_sub),
            Op::MultiplyInteger => integers!(i64::checked_mul),
            Op::DivideInteger => integers!(i64::checked_div),
            Op::MinInteger => integers!(|left: i64, right: i64| Some(left.min(right))),
            Op::MaxInteger => integers!(|left: i64, right: i64| Some(left.max(right))),
            Op::AddReal => reals!(|left: f64, right: f64| left + right),
            Op::SubtractReal => reals!(|left: f64, right: f64| left - right),
            Op::MultiplyReal => reals!(|left: f64, right: f64| left * right),
            Op::DivideReal => reals!(|left: f64, right: f64| if right == 0.0 { f64::NAN } else { left / right }),
            Op::MinReal => reals!(f64::min),
            Op::MaxReal => reals!(f64::max),
            Op::CompareInteger(comparison) => {
                binary!(|left: u64, right: u64| Some(u64::from(comparison.holds(left as i64, right as i64))))
            }
            Op::CompareReal(comparison) => binary!(|left: u64, right: u64| Some(u64::from(
                comparison.holds(f64::from_bits(left), f64::from_bits(right))
            ))),
            Op::And => {
                top -= 2;
                let (left, right) = (cell(known, cells, top), cell(known, cells, top + 1));
                push!(match (left, right) {
                    (Some(0), _) | (_, Some(0)) => Some(0),
                    (Some(_), Some(_)) => Some(1),
                    _ => None,
                });
            }
            Op::Or => {
                top -= 2;
                let (left, right) = (cell(known, cells, top), cell(known, cells, top + 1));
                push!(match (left, right) {
                    (Some(1), _) | (_, Some(1)) => Some(1),
                    (Some(_), Some(_)) => Some(0),
                    _ => None,
                });
            }
            Op::SkipIfFalse(steps) => {
                if cell(known, cells, top - 1) == Some(0) {
                    at += steps as usize;
                }
            }
            Op::SkipIfTrue(steps) => {
                if cell(known, cells, top - 1) == Some(1) {
                    at += steps as usize;
                }
            }
            Op::Select => {
                top -= 3;
                let chosen = match cell(known, cells, top) {
                    Some(0) => cell(known, cells, top + 2),
                    Some(_) => cell(known, cells, top + 1),
                    None => None,
                };
                push!(chosen);
            }
        }
    }
    cell(known, cells, top.checked_sub(1)?)
}

fn cell(known: u64, cells: &[u64; DEEPEST_STACK], at: usize) -> Option<u64> {
    (known >> at & 1 == 1).then_some(cells[at])
}

fn number(figure: f64) -> Option<u64> {
    (!figure.is_nan()).then_some(figure.to_bits())
}
