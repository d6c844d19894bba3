//! From a tree to code: names become signals, types and units are checked, constants are folded.
//!
//! A number without a unit takes the unit of what it meets (`dist < 5` means 5 mm where `dist` is in mm); a number
//! with one is converted. Integers become reals where they meet reals. Texts are only compared with literals.

mod constant;
mod quantity;

use std::sync::Arc;

use kernel::Suggestion;
use kernel::suggestion::listed;
use rustc_hash::FxHashMap;

use crate::code::{Comparison, Condition, DEEPEST_STACK, Leaf, Op, Stack, run};
use crate::lex::Flaw;
use crate::parse::{Function, Node, Operator, Tree, parse};
use crate::unit::Unit;
use crate::{SignalDecl, SignalKind};

/// What a text may refer to.
pub(crate) struct Scope<'a> {
    pub signals: &'a [SignalDecl],
    units: Vec<Unit>,
    own_units: Vec<String>,
    by_name: FxHashMap<&'a str, u32>,
    /// Text literals of all conditions; a text's number is its place + 1.
    pub texts: Vec<Arc<str>>,
    text_numbers: FxHashMap<Arc<str>, u64>,
}

impl<'a> Scope<'a> {
    pub fn new(signals: &'a [SignalDecl]) -> Scope<'a> {
        let mut own_units: Vec<String> =
            (signals.iter()).map(|signal| signal.kind.unit().to_owned()).filter(|unit| !unit.is_empty()).collect();
        own_units.sort_unstable();
        own_units.dedup();
        Scope {
            signals,
            units: signals.iter().map(|signal| Unit::read(signal.kind.unit())).collect(),
            own_units,
            by_name: signals.iter().enumerate().map(|(ix, signal)| (signal.name.as_str(), ix as u32)).collect(),
            texts: Vec::new(),
            text_numbers: FxHashMap::default(),
        }
    }

    pub fn signal(&self, name: &str, column: u32) -> Result<u32, Flaw> {
        self.by_name.get(name).copied().ok_or_else(|| {
            let (zh, en) = (format!("没有声明信号 `{name}`"), format!("the signal `{name}` isn't declared"));
            Flaw::new(column, zh, en, self.signal_near(name))
        })
    }

    /// The flaw of a text without quotation marks: a name that nobody declares, compared with a signal that is a text.
    fn bare_text(&self, signal: &Tree, bare: &Tree) -> Option<Flaw> {
        let (Node::Signal(signal), Node::Signal(name)) = (&signal.node, &bare.node) else { return None };
        let signal = *self.by_name.get(signal.as_str())?;
        if self.signals[signal as usize].kind != SignalKind::Text || self.by_name.contains_key(name.as_str()) {
            return None;
        }
        let (zh, en) = (format!("文本 `{name}` 没有加引号"), format!("the text `{name}` has no quotation marks"));
        Some(Flaw::new(bare.column, zh, en, Suggestion::replace(format!("\"{name}\""))))
    }

    /// The signal that was probably meant, or which there are and how one is declared.
    fn signal_near(&self, name: &str) -> Suggestion {
        if let Some(word) = ["true", "false"].into_iter().find(|word| name.eq_ignore_ascii_case(word)) {
            return Suggestion::replace(word);
        }
        let known = || self.signals.iter().map(|signal| signal.name.as_str());
        Suggestion::near(name, known()).unwrap_or_else(|| {
            let example = format!("signals: {{{name}: {{type: real, unit: N}}}}");
            match known().next() {
                None => Suggestion::advice(format!("先声明：`{example}`"), format!("declare it: `{example}`")),
                Some(_) => Suggestion::advice(
                    format!("已声明的有 {}；或声明它：`{example}`", listed(known())),
                    format!("declared are {}; or declare it: `{example}`", listed(known())),
                ),
            }
        })
    }

    /// A unit by the name that a signal or everybody gives it.
    fn unit_name(&self, unit: &Unit) -> Option<&str> {
        let same = |name: &str| {
            let known = Unit::read(name);
            known.same_kind(unit) && known.factor_to(unit).is_none()
        };
        self.own_units.iter().map(String::as_str).chain(Unit::names()).find(|name| same(name))
    }

    /// A figure with a unit of this kind, as a person would write it.
    fn in_kind(&self, figure: &str, unit: &Unit) -> String {
        format!("{figure}{}", self.unit_name(unit).unwrap_or_default())
    }

    /// Compiles a text that is true or false.
    pub fn condition(&mut self, text: &str) -> Result<Compiled<Condition>, Vec<Flaw>> {
        let (typed, column) = self.typed(text)?;
        if typed.kind != Kind::Bool {
            return Err(vec![Flaw::new(
                column,
                format!("条件应为真或假，这里是{}", typed.kind.zh()),
                format!("a condition is true or false, this is {}", typed.kind.en()),
                typed.kind.made_bool(text.trim()),
            )]);
        }
        let reads = typed.reads(column)?;
        let always = typed.ir.always();
        let condition =
            typed.ir.leaves(true).map(Condition::All).or_else(|| typed.ir.leaves(false).map(Condition::Any));
        Ok(Compiled {
            code: match condition {
                Some(condition) => condition,
                None => Condition::Code(typed.ops(column)?.into()),
            },
            reads,
            unit: Unit::one(),
            always,
        })
    }

    /// Compiles a text that is a number; its code always gives a real.
    pub fn figure(&mut self, text: &str) -> Result<Compiled<Box<[Op]>>, Vec<Flaw>> {
        let (typed, column) = self.typed(text)?;
        let unit = match &typed.kind {
            Kind::Integer => Unit::one(),
            Kind::Real(unit) => unit.clone().unwrap_or_else(Unit::one),
            other => {
                return Err(vec![Flaw::new(
                    column,
                    format!("这里应为数值，而不是{}", other.zh()),
                    format!("a number is expected here, not {}", other.en()),
                    match other {
                        // A colon within a value needs quotation marks on the page.
                        Kind::Bool => Suggestion::write(format!("\"{} ? 1 : 0\"", text.trim())),
                        other => other.made_number(text.trim()),
                    },
                )]);
            }
        };
        let reads = typed.reads(column)?;
        let typed = typed.into_real();
        Ok(Compiled { code: typed.ops(column)?.into(), reads, unit, always: None })
    }

    fn typed(&mut self, text: &str) -> Result<(Typed, u32), Vec<Flaw>> {
        let tree = parse(text, &self.own_units).map_err(|flaw| vec![flaw])?;
        let mut checker = Checker { scope: self, flaws: Vec::new() };
        let typed = checker.check(&tree);
        let mut flaws = checker.flaws;
        flaws.sort_by_key(|flaw| flaw.column);
        match typed {
            Some(typed) if flaws.is_empty() => Ok((typed, tree.column)),
            _ => Err(flaws),
        }
    }
}

/// Code and what it reads.
#[derive(Debug, Clone)]
pub(crate) struct Compiled<C> {
    pub code: C,
    /// Sorted, each once.
    pub reads: Vec<u32>,
    pub unit: Unit,
    /// What a condition always is, whatever its signals say.
    pub always: Option<bool>,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Bool,
    Integer,
    /// `None`: a literal that takes any unit.
    Real(Option<Unit>),
    Text,
}

impl Kind {
    fn zh(&self) -> &'static str {
        match self {
            Kind::Bool => "真假值",
            Kind::Integer => "整数",
            Kind::Real(_) => "数值",
            Kind::Text => "文本",
        }
    }

    fn en(&self) -> &'static str {
        match self {
            Kind::Bool => "true or false",
            Kind::Integer => "an integer",
            Kind::Real(_) => "a number",
            Kind::Text => "a text",
        }
    }
}

impl Kind {
    /// How a value of this kind is made true or false.
    fn made_bool(&self, written: &str) -> Suggestion {
        match self {
            Kind::Text => Suggestion::write(format!("{written} == \"on\"")),
            _ => Suggestion::advice(
                format!("写一个比较，例如 `{written} > 0`"),
                format!("write a comparison, such as `{written} > 0`"),
            ),
        }
    }

    /// How a number is made of a value of this kind.
    fn made_number(&self, written: &str) -> Suggestion {
        match self {
            Kind::Bool => Suggestion::write(format!("({written} ? 1 : 0)")),
            _ => Suggestion::advice("换成 integer 或 real 信号", "take a signal that is an integer or a real"),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Ir {
    Const(u64),
    Load(u32),
    /// A step on the operands.
    Step(Op, Vec<Ir>),
}

impl Ir {
    fn emit(&self, ops: &mut Vec<Op>) {
        match self {
            Ir::Const(bits) => ops.push(Op::Const(*bits)),
            Ir::Load(signal) => ops.push(Op::Load(*signal)),
            Ir::Step(op @ (Op::And | Op::Or), operands) => {
                operands[0].emit(ops);
                let skip = ops.len();
                ops.push(*op);
                operands[1].emit(ops);
                ops.push(*op);
                let steps = (ops.len() - skip - 1) as u32;
                ops[skip] = if *op == Op::And { Op::SkipIfFalse(steps) } else { Op::SkipIfTrue(steps) };
            }
            Ir::Step(op, operands) => {
                operands.iter().for_each(|operand| operand.emit(ops));
                ops.push(*op);
            }
        }
    }

    fn stack(&self) -> usize {
        match self {
            Ir::Const(_) | Ir::Load(_) => 1,
            Ir::Step(_, operands) => {
                operands.iter().enumerate().map(|(below, operand)| below + operand.stack()).max().unwrap_or(1)
            }
        }
    }

    fn reads(&self, signals: &mut Vec<u32>) {
        match self {
            Ir::Const(_) => {}
            Ir::Load(signal) => signals.push(*signal),
            Ir::Step(_, operands) => operands.iter().for_each(|operand| operand.reads(signals)),
        }
    }

    /// The leaves, where this is nothing but comparisons with constants joined by `&&` (or by `||`).
    fn leaves(&self, all: bool) -> Option<Box<[Leaf]>> {
        let mut leaves = Vec::new();
        self.gather(if all { Op::And } else { Op::Or }, &mut leaves).then(|| leaves.into())
    }

    fn gather(&self, joint: Op, leaves: &mut Vec<Leaf>) -> bool {
        let mut leaf = |signal: &u32, comparison, real, constant: &u64| {
            leaves.push(Leaf { signal: *signal, comparison, real, constant: *constant });
            true
        };
        match self {
            // Only bools are loaded where a condition stands.
            Ir::Load(signal) => leaf(signal, Comparison::Equal, false, &1),
            Ir::Step(Op::Not, operands) => match operands.as_slice() {
                [Ir::Load(signal)] => leaf(signal, Comparison::Equal, false, &0),
                _ => false,
            },
            Ir::Step(op @ (Op::CompareInteger(comparison) | Op::CompareReal(comparison)), operands) => {
                let real = matches!(op, Op::CompareReal(_));
                match operands.as_slice() {
                    [Ir::Load(signal), Ir::Const(constant)] => leaf(signal, *comparison, real, constant),
                    [Ir::Const(constant), Ir::Load(signal)] => leaf(signal, comparison.mirrored(), real, constant),
                    _ => false,
                }
            }
            Ir::Step(op, operands) if *op == joint => operands.iter().all(|operand| operand.gather(joint, leaves)),
            _ => false,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Typed {
    kind: Kind,
    ir: Ir,
}

impl Typed {
    fn constant(&self) -> Option<u64> {
        match self.ir {
            Ir::Const(bits) => Some(bits),
            _ => None,
        }
    }

    /// A literal integer or a real without a unit.
    fn adopts(&self) -> bool {
        match self.kind {
            Kind::Integer => self.constant().is_some(),
            Kind::Real(None) => true,
            _ => false,
        }
    }

    fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Integer | Kind::Real(_))
    }

    fn into_real(self) -> Typed {
        if self.kind != Kind::Integer {
            return self;
        }
        let unit = if self.constant().is_some() { None } else { Some(Unit::one()) };
        let ir = fold(Ir::Step(Op::ToReal, vec![self.ir])).unwrap_or(Ir::Const(0));
        Typed { kind: Kind::Real(unit), ir }
    }

    fn in_unit(self, unit: &Unit) -> Typed {
        let factor = match &self.kind {
            Kind::Real(Some(own)) => own.factor_to(unit),
            _ => None,
        };
        let ir = match factor {
            Some((up, down)) => {
                fold(Ir::Step(Op::Scale(up.to_bits(), down.to_bits()), vec![self.ir])).unwrap_or(Ir::Const(0))
            }
            None => self.ir,
        };
        Typed { kind: Kind::Real(Some(unit.clone())), ir }
    }

    fn reads(&self, column: u32) -> Result<Vec<u32>, Vec<Flaw>> {
        let mut reads = Vec::new();
        self.ir.reads(&mut reads);
        reads.sort_unstable();
        reads.dedup();
        if reads.is_empty() {
            return Err(vec![Flaw::new(
                column,
                "没有用到任何信号，结果永远不变",
                "it reads no signal and never changes",
                Suggestion::advice("写上一个信号，例如 `force > 40N`", "write a signal into it, such as `force > 40N`"),
            )]);
        }
        Ok(reads)
    }

    fn ops(&self, column: u32) -> Result<Vec<Op>, Vec<Flaw>> {
        if self.ir.stack() > DEEPEST_STACK {
            let suggestion = Suggestion::advice("拆成几条规则", "split it into several rules");
            return Err(vec![Flaw::new(column, "条件过于复杂", "too complex", suggestion)]);
        }
        let mut ops = Vec::new();
        self.ir.emit(&mut ops);
        Ok(ops)
    }
}

/// Computes a step whose operands are all constant. `None`: it has no value (overflow, division by zero).
fn fold(ir: Ir) -> Option<Ir> {
    let Ir::Step(_, operands) = &ir else { return Some(ir) };
    if !operands.iter().all(|operand| matches!(operand, Ir::Const(_))) {
        return Some(ir);
    }
    let mut ops = Vec::new();
    ir.emit(&mut ops);
    run(&ops, &[], &mut Stack::default()).map(Ir::Const)
}

struct Checker<'s, 'a> {
    scope: &'s mut Scope<'a>,
    flaws: Vec<Flaw>,
}

impl Checker<'_, '_> {
    fn flaw(
        &mut self,
        column: u32,
        zh: impl Into<String>,
        en: impl Into<String>,
        suggestion: Suggestion,
    ) -> Option<Typed> {
        self.flaws.push(Flaw::new(column, zh, en, suggestion));
        None
    }

    /// A comparison that a text takes part in.
    fn compared_text(&self, literal: &str) -> Suggestion {
        let mut texts = self.scope.signals.iter().filter(|signal| signal.kind == SignalKind::Text);
        match texts.next() {
            Some(signal) => Suggestion::write(format!("{} == \"{literal}\"", signal.name)),
            None => Suggestion::advice(
                "先声明一个 text 信号：`signals: {mode: {type: text}}`",
                "declare a signal that is a text: `signals: {mode: {type: text}}`",
            ),
        }
    }

    fn check(&mut self, tree: &Tree) -> Option<Typed> {
        let column = tree.column;
        match &tree.node {
            Node::Bool(value) => Some(Typed { kind: Kind::Bool, ir: Ir::Const(u64::from(*value)) }),
            Node::Integer(number) => Some(Typed { kind: Kind::Integer, ir: Ir::Const(*number as u64) }),
            Node::Real(number, unit) => {
                let unit = unit.as_deref().map(Unit::read);
                Some(Typed { kind: Kind::Real(unit), ir: Ir::Const(number.to_bits()) })
            }
            Node::Text(literal) => {
                let suggestion = self.compared_text(literal);
                self.flaw(column, "文本不能单独使用", "a text can't stand alone", suggestion)
            }
            Node::Signal(name) => match self.scope.signal(name, column) {
                Ok(ix) => {
                    let kind = match &self.scope.signals[ix as usize].kind {
                        SignalKind::Bool => Kind::Bool,
                        SignalKind::Integer => Kind::Integer,
                        SignalKind::Real { .. } => Kind::Real(Some(self.scope.units[ix as usize].clone())),
                        SignalKind::Text => Kind::Text,
                    };
                    Some(Typed { kind, ir: Ir::Load(ix) })
                }
                Err(flaw) => {
                    self.flaws.push(flaw);
                    None
                }
            },
            Node::Not(inside) => {
                let typed = self.check_bool(inside)?;
                self.step(Kind::Bool, Op::Not, vec![typed.ir], column)
            }
            Node::Negative(inside) => {
                let typed = self.check_number(inside)?;
                let op = if typed.kind == Kind::Integer { Op::NegativeInteger } else { Op::NegativeReal };
                self.step(typed.kind, op, vec![typed.ir], column)
            }
            Node::Both(operator @ (Operator::And | Operator::Or), left, right) => {
                let (left, right) = (self.check_bool(left), self.check_bool(right));
                let op = if *operator == Operator::And { Op::And } else { Op::Or };
                self.step(Kind::Bool, op, vec![left?.ir, right?.ir], column)
            }
            Node::Both(operator, left, right) if operator.compares() => self.compare(*operator, left, right, column),
            Node::Both(operator @ (Operator::Multiply | Operator::Divide), left, right) => {
                let (left, right) = (self.check_number(left), self.check_number(right));
                self.scale(*operator, left?, right?, column)
            }
            Node::Both(operator, left, right) => {
                let (left, right) = (self.check_number(left), self.check_number(right));
                let (left, right) = self.agree(left?, right?, column)?;
                let op = match (operator, left.kind == Kind::Integer) {
                    (Operator::Add, true) => Op::AddInteger,
                    (Operator::Add, false) => Op::AddReal,
                    (_, true) => Op::SubtractInteger,
                    (_, false) => Op::SubtractReal,
                };
                self.step(left.kind, op, vec![left.ir, right.ir], column)
            }
            Node::Choice(which, yes, no) => self.choose(which, yes, no, column),
            Node::Call(function, arguments) => self.call(*function, arguments, column),
        }
    }

    fn step(&mut self, kind: Kind, op: Op, operands: Vec<Ir>, column: u32) -> Option<Typed> {
        match fold(Ir::Step(op, operands)) {
            Some(ir) => Some(Typed { kind, ir }),
            None => self.flaw(
                column,
                "这一步算不出结果（溢出或除以零）",
                "this has no value (overflow or division by zero)",
                Suggestion::advice(
                    "换成除数不为零、结果不超出范围的数",
                    "write numbers that don't divide by zero and stay in range",
                ),
            ),
        }
    }

    fn check_bool(&mut self, tree: &Tree) -> Option<Typed> {
        let typed = self.check(tree)?;
        if typed.kind == Kind::Bool {
            return Some(typed);
        }
        self.flaw(
            tree.column,
            format!("这里应为真或假，而不是{}", typed.kind.zh()),
            format!("true or false is expected here, not {}", typed.kind.en()),
            typed.kind.made_bool(named(tree)),
        )
    }

    fn check_number(&mut self, tree: &Tree) -> Option<Typed> {
        let typed = self.check(tree)?;
        if typed.is_number() {
            return Some(typed);
        }
        self.flaw(
            tree.column,
            format!("这里应为数值，而不是{}", typed.kind.zh()),
            format!("a number is expected here, not {}", typed.kind.en()),
            typed.kind.made_number(named(tree)),
        )
    }

    /// Brings two numbers to one kind and unit.
    fn agree(&mut self, left: Typed, right: Typed, column: u32) -> Option<(Typed, Typed)> {
        if left.kind == Kind::Integer && right.kind == Kind::Integer {
            return Some((left, right));
        }
        let (left_adopts, right_adopts) = (left.adopts(), right.adopts());
        let (left, right) = (left.into_real(), right.into_real());
        let unit = |typed: &Typed| match &typed.kind {
            Kind::Real(unit) => unit.clone(),
            _ => None,
        };
        match (unit(&left), unit(&right)) {
            (None, None) => Some((left, right)),
            (None, Some(unit)) if left_adopts => Some((Typed { kind: Kind::Real(Some(unit)), ir: left.ir }, right)),
            (Some(unit), None) if right_adopts => Some((left, Typed { kind: Kind::Real(Some(unit)), ir: right.ir })),
            (Some(left_unit), Some(right_unit)) if left_unit.same_kind(&right_unit) => {
                // What is constant is converted when the rule is loaded, not with every sample.
                Some(if left.constant().is_some() {
                    (left.in_unit(&right_unit), right)
                } else {
                    (left, right.in_unit(&left_unit))
                })
            }
            (left_unit, right_unit) => {
                let name = |unit: Option<Unit>| {
                    let unit = unit.unwrap_or_else(Unit::one);
                    let none = unit.powers.is_empty();
                    let (zh, en) = if none { ("无单位", "no unit") } else { ("复合单位", "a compound unit") };
                    let name = self.scope.unit_name(&unit).filter(|_| !none);
                    (name.unwrap_or(zh).to_owned(), name.unwrap_or(en).to_owned())
                };
                let ((left_zh, left_en), (right_zh, right_en)) = (name(left_unit), name(right_unit));
                let suggestion = Suggestion::advice(
                    format!("左边是 {left_zh}，右边是 {right_zh}，改成同一类单位"),
                    format!("left is {left_en}, right is {right_en}: write units of one kind"),
                );
                self.flaw(column, "两边的单位不同，不能比较或相加减", "the units of both sides differ", suggestion);
                None
            }
        }
    }

    fn scale(&mut self, operator: Operator, left: Typed, right: Typed, column: u32) -> Option<Typed> {
        let times = operator == Operator::Multiply;
        let zero = |divisor: &Typed, bits: u64| match divisor.kind {
            Kind::Integer => bits == 0,
            _ => f64::from_bits(bits) == 0.0,
        };
        if !times && right.constant().is_some_and(|bits| zero(&right, bits)) {
            let advice = Suggestion::advice("写不为零的除数", "write a divisor that isn't zero");
            return self.flaw(column, "除数总是零", "the divisor is always zero", advice);
        }
        if left.kind == Kind::Integer && right.kind == Kind::Integer {
            let op = if times { Op::MultiplyInteger } else { Op::DivideInteger };
            return self.step(Kind::Integer, op, vec![left.ir, right.ir], column);
        }
        let (left, right) = (left.into_real(), right.into_real());
        let unit = match (&left.kind, &right.kind) {
            (Kind::Real(None), Kind::Real(None)) => None,
            (Kind::Real(one), Kind::Real(other)) => {
                let (one, other) = (one.clone().unwrap_or_else(Unit::one), other.clone().unwrap_or_else(Unit::one));
                Some(if times { one.times(&other) } else { one.over(&other) })
            }
            _ => None,
        };
        let op = if times { Op::MultiplyReal } else { Op::DivideReal };
        self.step(Kind::Real(unit), op, vec![left.ir, right.ir], column)
    }

    fn compare(&mut self, operator: Operator, left: &Tree, right: &Tree, column: u32) -> Option<Typed> {
        let comparison = match operator {
            Operator::Equal => Comparison::Equal,
            Operator::Unequal => Comparison::Unequal,
            Operator::Less => Comparison::Less,
            Operator::LessEqual => Comparison::LessEqual,
            Operator::Greater => Comparison::Greater,
            _ => Comparison::GreaterEqual,
        };
        let equality = matches!(comparison, Comparison::Equal | Comparison::Unequal);
        if let (Node::Text(literal), other) | (other, Node::Text(literal)) = (&left.node, &right.node) {
            return self.compare_text(comparison, other, literal, column);
        }
        if let Some(flaw) = self.scope.bare_text(left, right).or_else(|| self.scope.bare_text(right, left)) {
            self.flaws.push(flaw);
            return None;
        }
        let (left, right) = (self.check(left), self.check(right));
        let (left, right) = (left?, right?);
        match (&left.kind, &right.kind) {
            (Kind::Bool, Kind::Bool) if equality => {
                self.step(Kind::Bool, Op::CompareInteger(comparison), vec![left.ir, right.ir], column)
            }
            _ if left.is_number() && right.is_number() => {
                let (left, right) = self.agree(left, right, column)?;
                let op = if left.kind == Kind::Integer {
                    Op::CompareInteger(comparison)
                } else {
                    Op::CompareReal(comparison)
                };
                self.step(Kind::Bool, op, vec![left.ir, right.ir], column)
            }
            (Kind::Text, Kind::Text) => {
                let suggestion = self.compared_text("on");
                self.flaw(column, "两个文本信号不能比较", "two text signals can't be compared", suggestion)
            }
            (one, other) => {
                let (zh, en) = (
                    format!("不能用 `{}` 比较{}与{}", operator.sign(), one.zh(), other.zh()),
                    format!("`{}` can't compare {} with {}", operator.sign(), one.en(), other.en()),
                );
                let suggestion = match (one, other) {
                    (Kind::Bool, Kind::Bool) => Suggestion::advice("用 `==` 或 `!=`", "use `==` or `!=`"),
                    (Kind::Text, _) | (_, Kind::Text) => self.compared_text("on"),
                    _ => Suggestion::advice(
                        "两边写同一类值，例如 `force > 40N && grip`",
                        "write values of one kind on both sides, such as `force > 40N && grip`",
                    ),
                };
                self.flaw(column, zh, en, suggestion)
            }
        }
    }

    fn compare_text(&mut self, comparison: Comparison, other: &Node, literal: &str, column: u32) -> Option<Typed> {
        let Node::Signal(name) = other else {
            let suggestion = self.compared_text(literal);
            let (zh, en) = ("文本只能与文本信号比较", "a text can only be compared with a text signal");
            return self.flaw(column, zh, en, suggestion);
        };
        let signal = match self.scope.signal(name, column) {
            Ok(signal) => signal,
            Err(flaw) => {
                self.flaws.push(flaw);
                return None;
            }
        };
        if self.scope.signals[signal as usize].kind != SignalKind::Text {
            let suggestion = match &self.scope.signals[signal as usize].kind {
                SignalKind::Bool => Suggestion::advice(
                    format!("真假信号直接写 `{name}` 或 `!{name}`"),
                    format!("it is true or false, write `{name}` or `!{name}`"),
                ),
                _ => Suggestion::advice(
                    format!("与数值比较，不加引号，例如 `{name} == 1`"),
                    format!("compare it with a number, without quotation marks, such as `{name} == 1`"),
                ),
            };
            let (zh, en) = (format!("信号 `{name}` 不是文本"), format!("the signal `{name}` is no text"));
            return self.flaw(column, zh, en, suggestion);
        }
        if !matches!(comparison, Comparison::Equal | Comparison::Unequal) {
            let (zh, en) = ("文本没有大小之分", "texts have no order");
            return self.flaw(column, zh, en, Suggestion::advice("用 `==` 或 `!=`", "use `==` or `!=`"));
        }
        let next = self.scope.texts.len() as u64 + 1;
        let number = *self.scope.text_numbers.entry(literal.into()).or_insert(next);
        if number == next {
            self.scope.texts.push(literal.into());
        }
        let operands = vec![Ir::Load(signal), Ir::Const(number)];
        self.step(Kind::Bool, Op::CompareInteger(comparison), operands, column)
    }

    fn choose(&mut self, which: &Tree, yes: &Tree, no: &Tree, column: u32) -> Option<Typed> {
        let (which, yes, no) = (self.check_bool(which), self.check(yes), self.check(no));
        let (which, yes, no) = (which?, yes?, no?);
        let (yes, no) = match (&yes.kind, &no.kind) {
            (Kind::Bool, Kind::Bool) => (yes, no),
            _ if yes.is_number() && no.is_number() => self.agree(yes, no, column)?,
            _ => {
                return self.flaw(
                    column,
                    "`?:` 的两个结果不是同一类值",
                    "the results of `?:` are of different kinds",
                    Suggestion::advice(
                        "两个结果都写真假值，或都写数值，例如 `a ? 1 : 0`",
                        "make both true or false, or both numbers, such as `a ? 1 : 0`",
                    ),
                );
            }
        };
        self.step(yes.kind, Op::Select, vec![which.ir, yes.ir, no.ir], column)
    }

    fn call(&mut self, function: Function, arguments: &[Tree], column: u32) -> Option<Typed> {
        let arguments: Vec<Option<Typed>> = arguments.iter().map(|argument| self.check_number(argument)).collect();
        let arguments: Vec<Typed> = arguments.into_iter().collect::<Option<_>>()?;
        let mut arguments = arguments.into_iter();
        let first = arguments.next()?;
        match function {
            Function::Abs => {
                let op = if first.kind == Kind::Integer { Op::AbsInteger } else { Op::AbsReal };
                self.step(first.kind, op, vec![first.ir], column)
            }
            Function::Min => self.extreme(first, arguments.next()?, false, column),
            Function::Max => self.extreme(first, arguments.next()?, true, column),
            // clamp(x, low, high) = min(max(x, low), high)
            Function::Clamp => {
                let raised = self.extreme(first, arguments.next()?, true, column)?;
                self.extreme(raised, arguments.next()?, false, column)
            }
        }
    }

    fn extreme(&mut self, left: Typed, right: Typed, greatest: bool, column: u32) -> Option<Typed> {
        let (left, right) = self.agree(left, right, column)?;
        let op = match (greatest, left.kind == Kind::Integer) {
            (true, true) => Op::MaxInteger,
            (true, false) => Op::MaxReal,
            (false, true) => Op::MinInteger,
            (false, false) => Op::MinReal,
        };
        self.step(left.kind, op, vec![left.ir, right.ir], column)
    }
}

/// What a suggestion calls a part of a condition.
fn named(tree: &Tree) -> &str {
    match &tree.node {
        Node::Signal(name) => name,
        _ => "x",
    }
}
