//! Conditions against the `cel` crate: the same text on the same values says the same, or neither says anything.
//!
//! Where the two differ on purpose, the translation says so: a unit is left out and its number converted, integers that
//! meet reals become reals (`double(n)`), two minus signs don't cancel, `abs`, `min`, `max` and `clamp` are written out, a
//! division of reals by zero has no value. An unknown signal is a name that `cel` doesn't find.

mod common;

use std::sync::Arc;

use cel::{Context, Program};
use kernel::{Nanos, Text};
use proptest::prelude::*;
use referee::*;

const FLAGS: [&str; 2] = ["a", "b"];
const WHOLES: [&str; 2] = ["n", "m"];
const REALS: [&str; 2] = ["x", "y"];
const LENGTH: &str = "len";
const MODE: &str = "mode";
const MODES: [&str; 3] = ["run", "stop", "it's"];

fn signals() -> Vec<SignalDecl> {
    let decl = |name: &str, kind| SignalDecl { name: name.into(), kind, stale_after: None };
    let real = |unit: &str| SignalKind::Real { unit: unit.into() };
    let mut signals: Vec<SignalDecl> = Vec::new();
    signals.extend(FLAGS.map(|name| decl(name, SignalKind::Bool)));
    signals.extend(WHOLES.map(|name| decl(name, SignalKind::Integer)));
    signals.extend(REALS.map(|name| decl(name, real(""))));
    signals.extend([decl(LENGTH, real("mm")), decl(MODE, SignalKind::Text)]);
    signals
}

#[derive(Debug, Clone)]
enum Bool {
    Known(bool),
    Flag(usize),
    Mode(bool, usize),
    Length(usize, i64, &'static str),
    Not(Box<Bool>),
    Both(usize, Box<Bool>, Box<Bool>),
    Wholes(usize, Box<Whole>, Box<Whole>),
    Reals(usize, Box<Real>, Box<Real>),
    Choice(Box<Bool>, Box<Bool>, Box<Bool>),
}

#[derive(Debug, Clone)]
enum Whole {
    Literal(i64),
    Signal(usize),
    Minus(Box<Whole>),
    Abs(Box<Whole>),
    Both(usize, Box<Whole>, Box<Whole>),
    Least(bool, Box<Whole>, Box<Whole>),
    Clamp(Box<Whole>, Box<Whole>, Box<Whole>),
    Choice(Box<Bool>, Box<Whole>, Box<Whole>),
}

#[derive(Debug, Clone)]
enum Real {
    /// Eighths.
    Literal(i32),
    Signal(usize),
    OfWhole(Box<Whole>),
    Minus(Box<Real>),
    Abs(Box<Real>),
    Both(usize, Box<Real>, Box<Real>),
    Least(bool, Box<Real>, Box<Real>),
    Clamp(Box<Real>, Box<Real>, Box<Real>),
    Choice(Box<Bool>, Box<Real>, Box<Real>),
}

const LOGIC: [(&str, u8); 4] = [("&&", 3), ("||", 2), ("==", 4), ("!=", 4)];
const COMPARE: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];
const SUMS: [(&str, u8); 4] = [("+", 5), ("-", 5), ("*", 6), ("/", 6)];
const CHOICE: u8 = 1;
const COMPARED: u8 = 4;
const PREFIX: u8 = 7;

/// Whose text is written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum For {
    Us,
    Cel,
}

/// In brackets only where what stands around binds at least as tightly.
fn within(text: String, own: u8, around: u8) -> String {
    if own > around { text } else { format!("({text})") }
}

fn joined(sign: &str, power: u8, left: String, right: String, around: u8) -> String {
    within(format!("{left} {sign} {right}"), power, around)
}

fn minus(inside: String, around: u8) -> String {
    within(format!("-{inside}"), PREFIX, around)
}

/// Two minus signs in a row cancel in CEL; here each one negates, and the least integer has no negative.
fn minus_around(whose: For) -> u8 {
    if whose == For::Cel { PREFIX } else { PREFIX - 1 }
}

/// Written out, for `cel` has none of these functions.
fn chosen(left: &str, sign: &str, right: &str, yes: &str, no: &str) -> String {
    format!("({left} {sign} {right} ? {yes} : {no})")
}

impl Bool {
    fn show(&self, whose: For, around: u8) -> String {
        match self {
            Bool::Known(value) => value.to_string(),
            Bool::Flag(ix) => FLAGS[*ix].to_owned(),
            Bool::Mode(same, ix) => {
                let sign = if *same { "==" } else { "!=" };
                within(format!("{MODE} {sign} \"{}\"", MODES[*ix]), COMPARED, around)
            }
            Bool::Length(sign, number, unit) => {
                let factor = if *unit == "cm" { 10 } else { 1 };
                let number = match whose {
                    For::Us => format!("{number}{unit}"),
                    For::Cel => format!("{}.0", number * factor),
                };
                joined(COMPARE[*sign], COMPARED, LENGTH.to_owned(), number, around)
            }
            Bool::Not(inside) => within(format!("!{}", inside.show(whose, PREFIX - 1)), PREFIX, around),
            Bool::Both(sign, left, right) => {
                let (sign, power) = LOGIC[*sign];
                // Comparisons are not chained; the others lean to the left.
                let of_left = if power == COMPARED { power } else { power - 1 };
                joined(sign, power, left.show(whose, of_left), right.show(whose, power), around)
            }
            Bool::Wholes(sign, left, right) => {
                let (left, right) = (left.show(whose, COMPARED), right.show(whose, COMPARED));
                joined(COMPARE[*sign], COMPARED, left, right, around)
            }
            Bool::Reals(sign, left, right) => {
                let (left, right) = (left.show(whose, COMPARED), right.show(whose, COMPARED));
                joined(COMPARE[*sign], COMPARED, left, right, around)
            }
            Bool::Choice(which, yes, no) => {
                choice(which.show(whose, CHOICE), yes.show(whose, CHOICE), no.show(whose, CHOICE - 1), around)
            }
        }
    }
}

fn choice(which: String, yes: String, no: String, around: u8) -> String {
    within(format!("{which} ? {yes} : {no}"), CHOICE, around)
}

impl Whole {
    fn show(&self, whose: For, around: u8) -> String {
        match self {
            Whole::Literal(number) => number.to_string(),
            Whole::Signal(ix) => WHOLES[*ix].to_owned(),
            Whole::Minus(inside) => minus(inside.show(whose, minus_around(whose)), around),
            Whole::Abs(inside) => {
                let inside = inside.show(whose, 0);
                match whose {
                    For::Us => format!("abs({inside})"),
                    For::Cel => {
                        chosen(&format!("({inside})"), "<", "0", &format!("-({inside})"), &format!("({inside})"))
                    }
                }
            }
            Whole::Both(sign, left, right) => {
                let (sign, power) = SUMS[*sign];
                joined(sign, power, left.show(whose, power - 1), right.show(whose, power), around)
            }
            Whole::Least(least, left, right) => extreme(*least, &left.show(whose, 0), &right.show(whose, 0), whose),
            Whole::Clamp(inside, low, high) => {
                clamp(&inside.show(whose, 0), &low.show(whose, 0), &high.show(whose, 0), whose)
            }
            Whole::Choice(which, yes, no) => {
                choice(which.show(whose, CHOICE), yes.show(whose, CHOICE), no.show(whose, CHOICE - 1), around)
            }
        }
    }
}

impl Real {
    fn show(&self, whose: For, around: u8) -> String {
        match self {
            Real::Literal(eighths) => format!("{:?}", f64::from(*eighths) / 8.0),
            Real::Signal(ix) => REALS[*ix].to_owned(),
            Real::OfWhole(inside) => {
                let inside = inside.show(whose, 0);
                match whose {
                    For::Us => within(format!("({inside}) * 1.0"), 6, around),
                    For::Cel => format!("double({inside})"),
                }
            }
            Real::Minus(inside) => minus(inside.show(whose, minus_around(whose)), around),
            Real::Abs(inside) => {
                let inside = inside.show(whose, 0);
                match whose {
                    For::Us => format!("abs({inside})"),
                    For::Cel => {
                        chosen(&format!("({inside})"), "<", "0.0", &format!("-({inside})"), &format!("({inside})"))
                    }
                }
            }
            Real::Both(3, left, right) if whose == For::Cel => {
                let (left, right) = (left.show(whose, 0), right.show(whose, 0));
                chosen(&format!("({right})"), "==", "0.0", "no_value", &format!("({left}) / ({right})"))
            }
            Real::Both(sign, left, right) => {
                let (sign, power) = SUMS[*sign];
                joined(sign, power, left.show(whose, power - 1), right.show(whose, power), around)
            }
            Real::Least(least, left, right) => extreme(*least, &left.show(whose, 0), &right.show(whose, 0), whose),
            Real::Clamp(inside, low, high) => {
                clamp(&inside.show(whose, 0), &low.show(whose, 0), &high.show(whose, 0), whose)
            }
            Real::Choice(which, yes, no) => {
                choice(which.show(whose, CHOICE), yes.show(whose, CHOICE), no.show(whose, CHOICE - 1), around)
            }
        }
    }
}

fn extreme(least: bool, left: &str, right: &str, whose: For) -> String {
    let (name, sign) = if least { ("min", "<") } else { ("max", ">") };
    match whose {
        For::Us => format!("{name}({left}, {right})"),
        For::Cel => {
            chosen(&format!("({left})"), sign, &format!("({right})"), &format!("({left})"), &format!("({right})"))
        }
    }
}

fn clamp(inside: &str, low: &str, high: &str, whose: For) -> String {
    match whose {
        For::Us => format!("clamp({inside}, {low}, {high})"),
        For::Cel => extreme(true, &extreme(false, inside, low, whose), high, whose),
    }
}

fn boxed<T>(tree: T) -> Box<T> {
    Box::new(tree)
}

fn bools(depth: u32) -> BoxedStrategy<Bool> {
    let leaf = prop_oneof![
        1 => any::<bool>().prop_map(Bool::Known),
        6 => (0..FLAGS.len()).prop_map(Bool::Flag),
        3 => (any::<bool>(), 0..MODES.len()).prop_map(|(same, ix)| Bool::Mode(same, ix)),
        3 => (0..COMPARE.len(), -6i64..7, prop::sample::select(vec!["mm", "cm", ""])).prop_map(|(sign, number, unit)| {
            Bool::Length(sign, number, unit)
        }),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = || bools(depth - 1);
    prop_oneof![
        2 => leaf,
        2 => inner().prop_map(|inside| Bool::Not(boxed(inside))),
        5 => (0..LOGIC.len(), inner(), inner()).prop_map(|(sign, one, two)| Bool::Both(sign, boxed(one), boxed(two))),
        3 => (0..COMPARE.len(), wholes(depth - 1), wholes(depth - 1)).prop_map(|(sign, one, two)| {
            Bool::Wholes(sign, boxed(one), boxed(two))
        }),
        3 => (0..COMPARE.len(), reals(depth - 1), reals(depth - 1)).prop_map(|(sign, one, two)| {
            Bool::Reals(sign, boxed(one), boxed(two))
        }),
        1 => (inner(), inner(), inner()).prop_map(|(which, yes, no)| Bool::Choice(boxed(which), boxed(yes), boxed(no))),
    ]
    .boxed()
}

fn wholes(depth: u32) -> BoxedStrategy<Whole> {
    let leaf = prop_oneof![
        2 => (0i64..5).prop_map(Whole::Literal),
        1 => Just(Whole::Literal(i64::MAX)),
        6 => (0..WHOLES.len()).prop_map(Whole::Signal),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = || wholes(depth - 1);
    prop_oneof![
        3 => leaf,
        1 => inner().prop_map(|inside| Whole::Minus(boxed(inside))),
        1 => inner().prop_map(|inside| Whole::Abs(boxed(inside))),
        4 => (0..SUMS.len(), inner(), inner()).prop_map(|(sign, one, two)| Whole::Both(sign, boxed(one), boxed(two))),
        1 => (any::<bool>(), inner(), inner()).prop_map(|(least, one, two)| Whole::Least(least, boxed(one), boxed(two))),
        1 => (inner(), inner(), inner()).prop_map(|(one, low, high)| Whole::Clamp(boxed(one), boxed(low), boxed(high))),
        1 => (bools(depth - 1), inner(), inner()).prop_map(|(which, yes, no)| {
            Whole::Choice(boxed(which), boxed(yes), boxed(no))
        }),
    ]
    .boxed()
}

fn reals(depth: u32) -> BoxedStrategy<Real> {
    let leaf = prop_oneof![
        2 => (0i32..40).prop_map(Real::Literal),
        6 => (0..REALS.len()).prop_map(Real::Signal),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = || reals(depth - 1);
    prop_oneof![
        3 => leaf,
        1 => wholes(depth - 1).prop_map(|inside| Real::OfWhole(boxed(inside))),
        1 => inner().prop_map(|inside| Real::Minus(boxed(inside))),
        1 => inner().prop_map(|inside| Real::Abs(boxed(inside))),
        4 => (0..SUMS.len(), inner(), inner()).prop_map(|(sign, one, two)| Real::Both(sign, boxed(one), boxed(two))),
        1 => (any::<bool>(), inner(), inner()).prop_map(|(least, one, two)| Real::Least(least, boxed(one), boxed(two))),
        1 => (inner(), inner(), inner()).prop_map(|(one, low, high)| Real::Clamp(boxed(one), boxed(low), boxed(high))),
        1 => (bools(depth - 1), inner(), inner()).prop_map(|(which, yes, no)| {
            Real::Choice(boxed(which), boxed(yes), boxed(no))
        }),
    ]
    .boxed()
}

/// A value for each signal; `None`: unknown.
type Row = Vec<Option<Value>>;

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let seen = |value: BoxedStrategy<Value>| prop::option::weighted(0.85, value);
    let flag = || seen(any::<bool>().prop_map(Value::Bool).boxed());
    let whole = || {
        let extremes = prop::sample::select(vec![i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX]);
        seen(prop_oneof![6 => -5i64..6, 1 => extremes].prop_map(Value::Integer).boxed())
    };
    let real = || seen((-40i32..41).prop_map(|eighths| Value::Real(f64::from(eighths) / 8.0)).boxed());
    let length = || seen((-60i32..61).prop_map(|mm| Value::Real(f64::from(mm))).boxed());
    let mode =
        || seen(prop::sample::select(vec!["run", "stop", "else"]).prop_map(|mode| Value::Text(mode.into())).boxed());
    let row = (flag(), flag(), whole(), whole(), real(), real(), length(), mode());
    prop::collection::vec(row.prop_map(|(a, b, n, m, x, y, len, mode)| vec![a, b, n, m, x, y, len, mode]), 1..10)
}

/// What the referee says of each row.
fn ours(set: RuleSet, rows: &[Row]) -> Vec<Option<bool>> {
    let mut monitor = Monitor::new(Arc::new(set), Nanos(0));
    for (at, row) in rows.iter().enumerate() {
        let at = Nanos(at as i64);
        for (ix, value) in row.iter().enumerate() {
            let (value, quality) = match (value, &signals()[ix].kind) {
                (Some(value), _) => (value.clone(), Quality::Good),
                (None, SignalKind::Bool) => (Value::Bool(true), Quality::Bad),
                (None, SignalKind::Integer) => (Value::Integer(1), Quality::Bad),
                (None, SignalKind::Real { .. }) => (Value::Real(1.0), Quality::Bad),
                (None, SignalKind::Text) => (Value::Text("run".into()), Quality::Bad),
            };
            assert_eq!(monitor.observe(&Sample { at, signal: SignalIx(ix as u32), value, quality }), Taken::Taken);
        }
        monitor.request(at, None);
    }
    monitor.advance(Nanos(rows.len() as i64));
    let said = |verdict: Verdict| match verdict.outcome {
        Outcome::Met => Some(true),
        Outcome::Missed => Some(false),
        Outcome::Undecided => None,
    };
    monitor.drain().into_iter().map(said).collect()
}

fn theirs(program: &Program, context: &Context<'_, '_>, rows: &[Row]) -> Vec<Option<bool>> {
    let one = |row: &Row| {
        let mut scope = context.new_inner_scope();
        for (decl, value) in signals().iter().zip(row) {
            let name = decl.name.clone();
            match value {
                None => Ok(()),
                Some(Value::Bool(value)) => scope.add_variable(name, *value),
                Some(Value::Integer(value)) => scope.add_variable(name, *value),
                Some(Value::Real(value)) => scope.add_variable(name, *value),
                Some(Value::Text(value)) => scope.add_variable(name, value.to_string()),
            }
            .unwrap();
        }
        match program.execute(&scope) {
            Ok(cel::Value::Bool(value)) => Some(value),
            Ok(other) => panic!("{other:?}"),
            Err(_) => None,
        }
    };
    rows.iter().map(one).collect()
}

fn compiled(condition: &str) -> Result<RuleSet, Vec<Fault>> {
    let rule = RuleSpec {
        says: Text::new("规则", "rule"),
        missed: Some(kernel::Mark::ZERO),
        ..common::rule(PatternSpec::On {
            event: TriggerSpec::Request(None),
            check: Some(CheckSpec::Is(condition.to_owned())),
        })
    };
    compile(&signals(), &[rule])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, max_global_rejects: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn the_same_condition_says_the_same(tree in bools(4), rows in rows()) {
        let condition = tree.show(For::Us, 0);
        // What no signal decides, or what has no value whatever they are, is refused when it is loaded.
        let set = match compiled(&condition) {
            Ok(set) => set,
            Err(faults) => {
                let refused = ["reads no signal", "has no value", "always zero", "too complex", "nested deeper", "longer than"];
                let is_known = |fault: &Fault| refused.iter().any(|known| fault.text.en.contains(known));
                prop_assert!(faults.iter().all(is_known), "{} {:?}", condition, faults);
                return Err(TestCaseError::reject("refused"));
            }
        };
        let text = tree.show(For::Cel, 0);
        let program = Program::compile(&text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        prop_assert_eq!(ours(set, &rows), theirs(&program, &Context::default(), &rows), "{}\n{}", condition, text);
    }
}

/// One text for both, where nothing differs on purpose; and what is written differently.
#[test]
fn cases_that_both_read() {
    let row = |a: Option<bool>, n: Option<i64>, x: Option<f64>| -> Row {
        let mode = Some(Value::Text("run".into()));
        let (n, x) = (n.map(Value::Integer), x.map(Value::Real));
        vec![
            a.map(Value::Bool),
            Some(Value::Bool(false)),
            n,
            Some(Value::Integer(0)),
            x,
            Some(Value::Real(0.5)),
            None,
            mode,
        ]
    };
    let rows = [
        row(Some(true), Some(3), Some(2.0)),
        row(None, Some(-3), Some(-2.0)),
        row(Some(false), Some(i64::MAX), Some(0.5)),
        row(None, None, None),
    ];
    let context = Context::default();
    for (condition, cel, expected) in [
        ("a || b && n > 0", "", [Some(true), None, Some(false), None]),
        ("a && n > 0 || x < 0.0", "", [Some(true), Some(true), Some(false), None]),
        ("!a == b", "", [Some(true), None, Some(false), None]),
        ("n / m > 0 || true && n == 3", "", [Some(true), None, None, None]),
        ("n + 1 > n", "", [Some(true), Some(true), None, None]),
        ("n / 2 * 2 == n", "", [Some(false), Some(false), Some(false), None]),
        ("n - 1 - 1 == 1", "", [Some(true), Some(false), Some(false), None]),
        ("-x < y ? a : b", "", [Some(true), Some(false), Some(false), None]),
        ("mode == 'run' && a", "", [Some(true), None, Some(false), None]),
        // Two minus signs, units, mixed numbers, functions, a division by zero.
        ("--n == n", "-(-n) == n", [Some(true), Some(true), Some(true), None]),
        ("len < 1cm", "len < 10.0", [None; 4]),
        ("n > 0.5", "double(n) > 0.5", [Some(true), Some(false), Some(true), None]),
        ("n > x", "double(n) > x", [Some(true), Some(false), Some(true), None]),
        ("abs(x) > 1", "(x < 0.0 ? -x : x) > 1.0", [Some(true), Some(true), Some(false), None]),
        ("x / (y - y) > 0", "y - y == 0.0 ? no_value : x / (y - y) > 0.0", [None; 4]),
    ] {
        let text = if cel.is_empty() { condition } else { cel };
        let set = compiled(condition).unwrap_or_else(|faults| panic!("{condition}: {faults:?}"));
        assert_eq!(ours(set, &rows), expected, "{condition}");
        assert_eq!(theirs(&Program::compile(text).unwrap(), &context, &rows), expected, "{text}");
    }
}
