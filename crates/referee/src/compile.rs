//! From rules as written to a [`RuleSet`], or to all that is wrong with them.
//!
//! Equal conditions, figures and windows are found by their code, not by their text: `a&&b` and `(a && b)` are one.

mod agree;
mod doubts;
mod marks;
pub(crate) mod pieces;
mod signals;

use std::sync::Arc;

use kernel::{Mark, Suggestion, Text};
use rustc_hash::FxHashMap;

use crate::check::Scope;
use crate::code::{Condition, Op};
use crate::compile::doubts::{in_percent, never_changes};
use crate::compile::signals::check_signals;
use crate::fault::{Fault, Place};
use crate::gate::Gates;
use crate::lex::Flaw;
use crate::link::link;
use crate::rules::{
    Agreement, AgreementShape, Check, Follower, Gauge, GaugeCode, Pattern, Phase, Predicate, Role, Rule, RuleSet,
    Scale, Side, Step, Trigger, Watch, WindowShape,
};
use crate::unit::Unit;
use crate::window::{Band, Fold, TallyKind};
use crate::{
    CheckSpec, CountScale, PatternSpec, PhaseSpec, RuleSpec, ScaleSpec, SignalDecl, SignalKind, Statistic, StepSpec,
    TriggerSpec, WithoutSpec,
};

/// A longer sequence is two rules.
const MOST_STEPS: usize = 32;

/// Compiles rules against the signals they may read. Every fault of every rule is found.
pub fn compile(signals: &[SignalDecl], rules: &[RuleSpec]) -> Result<RuleSet, Vec<Fault>> {
    examine(signals, rules, &[]).rules
}

/// What is said of rules that somebody wrote.
#[derive(Debug)]
pub struct Examined {
    pub rules: Result<RuleSet, Vec<Fault>>,
    /// What can be used and was probably not meant.
    pub warnings: Vec<Fault>,
}

/// Compiles rules, with warnings. `unread` are the ids of further rules that something else is wrong with: whoever names one of them
/// makes no mistake.
pub fn examine(signals: &[SignalDecl], rules: &[RuleSpec], unread: &[String]) -> Examined {
    let mut faults = check_signals(signals);
    let mut compiler = Compiler {
        scope: Scope::new(signals),
        predicates: Vec::new(),
        predicate_by_code: FxHashMap::default(),
        gauges: Vec::new(),
        gauge_by_code: FxHashMap::default(),
        windows: Vec::new(),
        window_by_shape: FxHashMap::default(),
        watches: Vec::new(),
        watch_by_signal: FxHashMap::default(),
        agreements: Vec::new(),
        agreement_by_shape: FxHashMap::default(),
        faults: Vec::new(),
        warnings: Vec::new(),
        rule_ix: 0,
    };
    let mut compiled = Vec::with_capacity(rules.len());
    let mut seen: FxHashMap<&str, usize> = FxHashMap::default();
    for (ix, spec) in rules.iter().enumerate() {
        compiler.rule_ix = ix;
        if !is_code(&spec.id) {
            let (zh, en) = (format!("规则编号 `{}` 不合规", spec.id), format!("`{}` can't be a rule's id", spec.id));
            compiler.fault("id", &zh, &en, as_code());
        }
        if let Some(first) = seen.insert(&spec.id, ix) {
            let (zh, en) = (
                format!("规则编号 `{}` 与第 {} 条规则重复", spec.id, first + 1),
                format!("the rule id `{}` was already used by rule number {}", spec.id, first + 1),
            );
            let free = Suggestion::advice(
                format!("另取一个，例如 `{}-{}`", spec.id, ix + 1),
                format!("take another one, such as `{}-{}`", spec.id, ix + 1),
            );
            compiler.fault("id", &zh, &en, free);
        }
        if let Some(rule) = compiler.rule(spec) {
            compiled.push(rule);
        }
    }
    let (gates, mut gate_faults) = crate::gate::resolve(rules, unread);
    faults.append(&mut compiler.faults);
    faults.append(&mut gate_faults);
    let warnings = std::mem::take(&mut compiler.warnings);
    let rules = if faults.is_empty() { Ok(compiler.finish(compiled, gates)) } else { Err(faults) };
    Examined { rules, warnings }
}

fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

fn as_code() -> Suggestion {
    Suggestion::advice(
        "用 1–64 个字母、数字、`-`、`_` 或 `.`，例如 `grip-1`",
        "use 1–64 letters, digits, `-`, `_` or `.`, such as `grip-1`",
    )
}

/// Where the beginning or the end of a phase stands and can't.
fn inner_event() -> Suggestion {
    Suggestion::advice("写一个中间的事件，例如 `{rises: grip}`", "write an event of its own, such as `{rises: grip}`")
}

struct Compiler<'a> {
    scope: Scope<'a>,
    predicates: Vec<Predicate>,
    predicate_by_code: FxHashMap<Condition, u32>,
    gauges: Vec<Gauge>,
    gauge_by_code: FxHashMap<GaugeCode, u32>,
    windows: Vec<WindowShape>,
    window_by_shape: FxHashMap<WindowShape, u32>,
    watches: Vec<Watch>,
    watch_by_signal: FxHashMap<u32, u32>,
    agreements: Vec<Agreement>,
    agreement_by_shape: FxHashMap<AgreementShape, u32>,
    faults: Vec<Fault>,
    warnings: Vec<Fault>,
    rule_ix: usize,
}

impl Compiler<'_> {
    fn fault(&mut self, field: &str, zh: &str, en: &str, suggestion: Suggestion) {
        self.faults.push(Fault {
            place: Place::Rule(self.rule_ix),
            field: field.to_owned(),
            column: None,
            text: Text::new(zh, en),
            suggestion,
        });
    }

    fn warn(&mut self, field: &str, flaw: Flaw) {
        self.warnings.push(Fault {
            place: Place::Rule(self.rule_ix),
            field: field.to_owned(),
            column: Some(flaw.column),
            text: flaw.text,
            suggestion: flaw.suggestion,
        });
    }

    fn flaws(&mut self, field: &str, flaws: impl IntoIterator<Item = Flaw>) {
        for flaw in flaws {
            self.faults.push(Fault {
                place: Place::Rule(self.rule_ix),
                field: field.to_owned(),
                column: Some(flaw.column),
                text: flaw.text,
                suggestion: flaw.suggestion,
            });
        }
    }

    fn rule(&mut self, spec: &RuleSpec) -> Option<Rule> {
        // Every part is looked at before the first fault ends it.
        let phase = self.phase(&spec.during);
        let pattern = self.pattern(&spec.pattern);
        self.marks(spec);
        let (phase, pattern) = (phase?, pattern?);
        let rule = Rule {
            id: spec.id.as_str().into(),
            aspect: spec.aspect.as_str().into(),
            says: spec.says.clone(),
            phase,
            pattern,
            met: spec.met.map_or(0, Mark::hundredths),
            missed: spec.missed.map_or(0, Mark::hundredths),
            once: spec.once,
            at_most: spec.at_most.map(Mark::hundredths),
            min_total: spec.min_total.map(Mark::hundredths),
            best_of: spec.best_of,
            gates: Box::default(),
            behind: Box::default(),
            unfinished: spec.unfinished,
        };
        self.follow(&rule);
        Some(rule)
    }

    fn phase(&mut self, spec: &PhaseSpec) -> Option<Phase> {
        match spec {
            PhaseSpec::Run => Some(Phase::Run),
            PhaseSpec::While(condition) => self.predicate("during.while", condition).map(Phase::While),
            PhaseSpec::Between { from, to } => {
                let (open, close) = (self.trigger("during.from", from), self.trigger("during.to", to));
                if close == Some(Trigger::Begins) || open == Some(Trigger::Ends) {
                    self.fault(
                        "during",
                        "阶段不能从结束开始，也不能到开始为止",
                        "a phase can't start with an end or end with a start",
                        Suggestion::write("{from: {rises: \"start\"}, to: {ends: run}}"),
                    );
                }
                Some(Phase::Between { open: open?, close: close? })
            }
        }
    }

    fn pattern(&mut self, spec: &PatternSpec) -> Option<Pattern> {
        match spec {
            PatternSpec::On { event, check } => {
                let event = self.trigger("on", event);
                let check = check.as_ref().map(|check| self.check(check));
                Some(Pattern::On { event: event?, check: check.map_or(Some(None), |check| check.map(Some))? })
            }
            PatternSpec::Holds { condition, lasting } => {
                let (predicate, lasting) = (self.predicate("on.holds", condition), self.duration("on.for", lasting));
                Some(Pattern::Holds { predicate: predicate?, lasting: lasting? })
            }
            PatternSpec::Then { first, then, within, unless } => {
                let first = self.first("on", first);
                let second = self.second("then", then);
                let within = self.duration("then.within", within);
                let unless = match unless {
                    Some(event) => self.within_phase("then.unless", event).map(Some),
                    None => Some(None),
                };
                Some(Pattern::Then { first: first?, second: second?, within: within?, unless: unless? })
            }
            PatternSpec::Without { event, without, time } => {
                let (event, side, within) = match time {
                    WithoutSpec::Within(time) => {
                        (self.first("on", event), Side::After, self.duration("without.within", time))
                    }
                    WithoutSpec::Before(time) => {
                        (self.trigger("on", event), Side::Before, self.duration("without.before", time))
                    }
                };
                let other = self.within_phase("without", without);
                Some(Pattern::Without { event: event?, other: other?, within: within?, side })
            }
            PatternSpec::Absent { event, by } => {
                let (other, within) = (self.within_phase("absent", event), self.duration("by", by));
                Some(Pattern::Without { event: Trigger::Begins, other: other?, within: within?, side: Side::FromBegin })
            }
            PatternSpec::Sequence { steps, within, each_step } => {
                let within = self.optional_duration("within", within.as_deref());
                let read: Vec<Option<Step>> = steps.iter().enumerate().map(|(ix, step)| self.step(ix, step)).collect();
                if !(2..=MOST_STEPS).contains(&steps.len()) {
                    let count = steps.len();
                    let (zh, en) = (format!("步骤不能是 {count} 个"), format!("a sequence can't have {count} steps"));
                    let suggestion = if count < 2 {
                        Suggestion::advice(
                            "写两步或更多：`[{rises: a}, {rises: b}]`；只有一步时用 `on`",
                            "write two or more: `[{rises: a}, {rises: b}]`; for a single one use `on`",
                        )
                    } else {
                        Suggestion::advice(
                            format!("最多 {MOST_STEPS} 步，请拆成两条规则"),
                            format!("{MOST_STEPS} at most, split it into two rules"),
                        )
                    };
                    self.fault("sequence", &zh, &en, suggestion);
                    return None;
                }
                let steps: Box<[Step]> = read.into_iter().collect::<Option<_>>()?;
                Some(Pattern::Sequence { steps, within: within?, each: *each_step })
            }
            PatternSpec::Forbidden { first, second } => {
                let (event, after) =
                    (self.within_phase("forbidden[0]", first), self.within_phase("forbidden[1]", second));
                if event.is_some() && event == after {
                    let suggestion = Suggestion::advice("换掉其中一个", "change one of them");
                    let (zh, en) = ("两个事件相同，没有先后", "both events are the same, there is no order");
                    self.fault("forbidden", zh, en, suggestion);
                }
                Some(Pattern::Forbidden { event: event?, after: after? })
            }
            PatternSpec::While { condition, per } => {
                Some(Pattern::While { predicate: self.predicate("while", condition)?, per: *per })
            }
            PatternSpec::Count { event, scale } => {
                let event = self.trigger("count", event);
                if matches!(event, Some(Trigger::Begins | Trigger::Ends)) {
                    self.fault(
                        "count",
                        "阶段的开始和结束不用计数",
                        "the beginning and the end of a phase can't be counted",
                        inner_event(),
                    );
                }
                let scale = match scale {
                    CountScale::Each => Some(None),
                    CountScale::Scale(scale) => self.scale("count", scale, Some(&Unit::one()), 1.0).map(Some),
                };
                Some(Pattern::Count { event: event?, scale: scale? })
            }
            PatternSpec::Measure { from, to, scale } => {
                let from = self.first("measure.from", from);
                let to = self.second("measure.to", to);
                let scale = self.scale("measure", scale, Some(&Unit::read("s")), 1e9);
                Some(Pattern::Measure { from: from?, to: to?, scale: scale? })
            }
            PatternSpec::Figure { statistic, of, scale } => {
                let (gauge, fold, scale) = self.figure(statistic, of, scale);
                let gauge = gauge?;
                self.gauges[gauge as usize].rules.push(self.rule_ix as u32);
                Some(Pattern::Figure { gauge, fold: fold?, scale: scale? })
            }
        }
    }

    fn first(&mut self, field: &str, spec: &TriggerSpec) -> Option<Trigger> {
        let trigger = self.trigger(field, spec)?;
        if trigger == Trigger::Ends {
            self.fault(field, "结束之后不会再有别的事", "nothing comes after the end", inner_event());
        }
        Some(trigger)
    }

    fn second(&mut self, field: &str, spec: &TriggerSpec) -> Option<Trigger> {
        let trigger = self.trigger(field, spec)?;
        if trigger == Trigger::Begins {
            self.fault(field, "开始之前不会有别的事", "nothing comes before the beginning", inner_event());
        }
        Some(trigger)
    }

    fn step(&mut self, ix: usize, spec: &StepSpec) -> Option<Step> {
        let field = format!("sequence[{ix}]");
        let event = self.trigger(&field, &spec.event);
        if matches!(event, Some(Trigger::Ends)) || (ix > 0 && matches!(event, Some(Trigger::Begins))) {
            self.fault(
                &field,
                "阶段的开始只能是第一步，结束不能是步骤",
                "the beginning of a phase can only be the first step, its end can't be one",
                inner_event(),
            );
        }
        let within = self.optional_duration(&format!("{field}.within"), spec.within.as_deref());
        if ix == 0 && spec.within.is_some() {
            self.fault(
                &format!("{field}.within"),
                "第一步之前没有步骤",
                "no step comes before the first one",
                Suggestion::advice("去掉 within", "leave out within"),
            );
        }
        Some(Step { event: event?, within: within? })
    }

    fn optional_duration(&mut self, field: &str, text: Option<&str>) -> Option<Option<i64>> {
        match text {
            Some(text) => self.duration(field, text).map(Some),
            None => Some(None),
        }
    }

    /// An event inside a phase: neither its beginning nor its end.
    fn within_phase(&mut self, field: &str, spec: &TriggerSpec) -> Option<Trigger> {
        let trigger = self.trigger(field, spec)?;
        if matches!(trigger, Trigger::Begins | Trigger::Ends) {
            let (zh, en) = ("这里不能写阶段的开始或结束", "the beginning or the end of a phase has no place here");
            self.fault(field, zh, en, inner_event());
        }
        Some(trigger)
    }

    fn check(&mut self, spec: &CheckSpec) -> Option<Check> {
        match spec {
            CheckSpec::Is(condition) => Some(Check::Is { predicate: self.predicate("check.is", condition)? }),
            CheckSpec::Held { condition, lasting } => {
                let (predicate, lasting) =
                    (self.predicate("check.held", condition), self.duration("check.for", lasting));
                if let Some(predicate) = predicate {
                    self.predicates[predicate as usize].looked_back_on = true;
                }
                Some(Check::Held { predicate: predicate?, lasting: lasting? })
            }
            CheckSpec::Figure { statistic, of, over, scale } => {
                let (gauge, fold, scale) = self.figure(statistic, of, scale);
                let over = self.duration("check.over", over);
                Some(Check::Figure { window: self.window(gauge?, fold?, over?), scale: scale? })
            }
        }
    }

    /// A statistic of a figure, and its scale in the statistic's unit.
    fn figure(
        &mut self,
        statistic: &Statistic,
        of: &str,
        scale: &ScaleSpec,
    ) -> (Option<u32>, Option<Fold>, Option<Scale>) {
        let gauge = self.gauge(&format!("check.{}", statistic.code()), of);
        // Of a figure that can't be read nobody knows the unit.
        let unit = gauge.as_ref().map(|(_, unit)| unit);
        let fold = match statistic {
            Statistic::Mean => Some(Fold::Tally(TallyKind::Mean)),
            Statistic::Min => Some(Fold::Tally(TallyKind::Min)),
            Statistic::Max => Some(Fold::Tally(TallyKind::Max)),
            Statistic::Percentile(percent) => self.percentile("check.p", percent).map(Fold::Percentile),
            Statistic::Last => Some(Fold::Last),
            Statistic::TimeMean => Some(Fold::TimeMean),
            Statistic::Integral => Some(Fold::Integral),
            Statistic::TimeInBand { low, high } => self.band(low, high, unit).map(Fold::TimeInBand),
            Statistic::ShareInBand { low, high } => self.band(low, high, unit).map(Fold::ShareInBand),
        };
        let scale = match statistic {
            Statistic::Integral => {
                self.scale("check", scale, unit.map(|unit| unit.times(&Unit::read("s"))).as_ref(), 1.0)
            }
            Statistic::TimeInBand { .. } => self.scale("check", scale, Some(&Unit::read("s")), 1e9),
            Statistic::ShareInBand { .. } => {
                self.warn_of_fractions(scale);
                self.scale("check", scale, Some(&Unit::read("%")), 1.0)
            }
            _ => self.scale("check", scale, unit, 1.0),
        };
        (gauge.map(|(gauge, _)| gauge), fold, scale)
    }

    /// A number from 0 to 100 with at most four decimals, in ten-thousandths.
    fn percentile(&mut self, field: &str, text: &str) -> Option<u32> {
        let written = text.trim().trim_end_matches('%').trim_end();
        let decimals = written.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        match written.parse::<f64>() {
            Ok(percent) if (0.0..=100.0).contains(&percent) && decimals <= 4 => {
                if percent > 0.0 && percent < 1.0 && !text.contains('%') {
                    let (zh, en) = (
                        format!("`{text}` 指第 {written} 百分位，几乎就是最小值"),
                        format!("`{text}` is the percentile of {written} %, nearly the least sample"),
                    );
                    self.warn(field, Flaw::new(1, zh, en, Suggestion::replace(in_percent(percent))));
                }
                Some((percent * 1e4).round() as u32)
            }
            _ => {
                let (zh, en) = (format!("`{text}` 不是百分位"), format!("`{text}` is no percentile"));
                let suggestion = Suggestion::advice(
                    "写 0 到 100 的数，最多四位小数，例如 `95`",
                    "write a number from 0 to 100 with at most four decimals, such as `95`",
                );
                self.fault(field, &zh, &en, suggestion);
                None
            }
        }
    }

    fn band(&mut self, low: &Option<String>, high: &Option<String>, unit: Option<&Unit>) -> Option<Band> {
        let (low, high) = self.bounds("check.band", low, high, unit, 1.0)?;
        Some(Band::new(low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY)))
    }

    fn trigger(&mut self, field: &str, spec: &TriggerSpec) -> Option<Trigger> {
        match spec {
            TriggerSpec::Rises(condition) => {
                let predicate = self.predicate(&format!("{field}.rises"), condition)?;
                Some(Trigger::Edge { predicate, rises: true })
            }
            TriggerSpec::Falls(condition) => {
                let predicate = self.predicate(&format!("{field}.falls"), condition)?;
                Some(Trigger::Edge { predicate, rises: false })
            }
            TriggerSpec::Changes(signal) => {
                Some(Trigger::Change { watch: self.watch(&format!("{field}.changes"), signal)? })
            }
            TriggerSpec::Agree { witnesses, at_least, within } => {
                self.agreement(field, witnesses, *at_least, within.as_deref())
            }
            TriggerSpec::Request(checkpoint) => {
                if let Some(name) = checkpoint.as_ref().filter(|name| !is_code(name)) {
                    let (zh, en) =
                        (format!("检查点名 `{name}` 不合规"), format!("`{name}` can't be a checkpoint's name"));
                    self.fault(&format!("{field}.request"), &zh, &en, as_code());
                }
                Some(Trigger::Request(checkpoint.as_deref().map(Arc::from)))
            }
            TriggerSpec::Begins => Some(Trigger::Begins),
            TriggerSpec::Ends => Some(Trigger::Ends),
        }
    }

    fn predicate(&mut self, field: &str, text: &str) -> Option<u32> {
        let compiled = match self.scope.condition(text) {
            Ok(compiled) => compiled,
            Err(flaws) => {
                self.flaws(field, flaws);
                return None;
            }
        };
        if let Some(always) = compiled.always {
            self.warn(field, never_changes(always));
        }
        let next = self.predicates.len() as u32;
        let place = *self.predicate_by_code.entry(compiled.code.clone()).or_insert(next);
        if place == next {
            self.predicates.push(Predicate {
                condition: compiled.code,
                reads: compiled.reads,
                followers: Vec::new(),
                testifies: Vec::new(),
                looked_back_on: false,
                source: text.trim().into(),
            });
        }
        Some(place)
    }

    fn watch(&mut self, field: &str, name: &str) -> Option<u32> {
        let signal = match self.scope.signal(name.trim(), 1) {
            Ok(signal) => signal,
            Err(flaw) => {
                self.flaws(field, [flaw]);
                return None;
            }
        };
        if matches!(self.scope.signals[signal as usize].kind, SignalKind::Real { .. }) {
            let compared = format!("rises: \"{} > 0\"", name.trim());
            self.fault(
                field,
                "实数信号几乎每次都变",
                "a real changes with nearly every sample",
                Suggestion::advice(format!("改写比较：`{compared}`"), format!("compare it instead: `{compared}`")),
            );
            return None;
        }
        let next = self.watches.len() as u32;
        let place = *self.watch_by_signal.entry(signal).or_insert(next);
        if place == next {
            self.watches.push(Watch { signal, followers: Vec::new() });
        }
        Some(place)
    }

    fn gauge(&mut self, field: &str, text: &str) -> Option<(u32, Unit)> {
        let compiled = match self.scope.figure(text) {
            Ok(compiled) => compiled,
            Err(flaws) => {
                self.flaws(field, flaws);
                return None;
            }
        };
        let code = match &*compiled.code {
            [Op::Load(signal)] => GaugeCode::Signal(*signal),
            _ => GaugeCode::Code(compiled.code),
        };
        let next = self.gauges.len() as u32;
        let place = *self.gauge_by_code.entry(code.clone()).or_insert(next);
        if place == next {
            // The unit is named by the first signal that has one of the figure's kind.
            let units = compiled.reads.iter().map(|signal| self.scope.signals[*signal as usize].kind.unit());
            let unit = units.clone().find(|text| {
                let unit = Unit::read(text);
                unit.same_kind(&compiled.unit) && unit.factor_to(&compiled.unit).is_none()
            });
            let patience = |signal: &u32| {
                self.scope.signals[*signal as usize].stale_after.map_or(0, |after| after.as_nanos() as i64)
            };
            self.gauges.push(Gauge {
                code,
                unit: unit.unwrap_or_default().into(),
                patience: compiled.reads.iter().map(patience).min().unwrap_or(0),
                reads: compiled.reads,
                source: text.trim().into(),
                windows: Vec::new(),
                rules: Vec::new(),
            });
        }
        Some((place, compiled.unit))
    }

    fn window(&mut self, gauge: u32, fold: Fold, over: i64) -> u32 {
        let shape = WindowShape { gauge, fold, over };
        let next = self.windows.len() as u32;
        let place = *self.window_by_shape.entry(shape).or_insert(next);
        if place == next {
            self.windows.push(shape);
            self.gauges[gauge as usize].windows.push(place);
        }
        place
    }

    fn duration(&mut self, field: &str, text: &str) -> Option<i64> {
        let duration = self.scope.duration(text);
        self.kept(field, duration)
    }

    fn kept<T>(&mut self, field: &str, result: Result<T, Flaw>) -> Option<T> {
        match result {
            Ok(kept) => Some(kept),
            Err(flaw) => {
                self.flaws(field, [flaw]);
                None
            }
        }
    }

    /// Compiles a scale whose quantities are in `unit`; figures are that many times larger (`times`, for ns).
    fn scale(&mut self, field: &str, spec: &ScaleSpec, unit: Option<&Unit>, times: f64) -> Option<Scale> {
        match spec {
            ScaleSpec::Range { low, high } => {
                let (low, high) = self.bounds(&format!("{field}.between"), low, high, unit, times)?;
                Some(Scale::Range { low, high })
            }
            ScaleSpec::Tolerance { target, full, zero } => {
                let field = format!("{field}.tolerance");
                let target = self.quantity(&format!("{field}.target"), target, unit, times);
                let full = self.quantity(&format!("{field}.full"), full, unit, times);
                let zero = self.quantity(&format!("{field}.zero"), zero, unit, times);
                unit?;
                let (target, full, zero) = (target?, full?, zero?);
                if full < 0.0 || zero <= full {
                    let suggestion = Suggestion::advice(
                        "写 0 ≤ full < zero，例如 `full: 1, zero: 5`",
                        "write 0 ≤ full < zero, such as `full: 1, zero: 5`",
                    );
                    let (zh, en) = ("满分偏差为负，或不小于零分偏差", "full is negative, or not less than zero");
                    self.fault(&field, zh, en, suggestion);
                }
                Some(Scale::Tolerance { target, full, zero })
            }
            ScaleSpec::Curve(points) => {
                let field = format!("{field}.curve");
                let read: Vec<Option<(f64, i64)>> = points
                    .iter()
                    .enumerate()
                    .map(|(ix, (x, marks))| {
                        Some((self.quantity(&format!("{field}[{ix}][0]"), x, unit, times)?, marks.hundredths()))
                    })
                    .collect();
                unit?;
                let read: Vec<(f64, i64)> = read.into_iter().collect::<Option<_>>()?;
                if read.len() < 2 {
                    let suggestion = Suggestion::write("curve: [[2s, 5], [10s, 0]]");
                    self.fault(&field, "曲线不足两个点", "the curve has less than two points", suggestion);
                }
                if let Some(ix) = read.windows(2).position(|pair| pair[0].0 >= pair[1].0) {
                    self.fault(
                        &format!("{field}[{}]", ix + 1),
                        "这个点的数值不大于前一个",
                        "this point's figure isn't above the one before",
                        Suggestion::advice("把点从小到大排列", "let the points ascend"),
                    );
                }
                Some(Scale::Curve(read))
            }
        }
    }

    /// A lower and an upper bound, of which one may be open.
    fn bounds(
        &mut self,
        field: &str,
        low: &Option<String>,
        high: &Option<String>,
        unit: Option<&Unit>,
        times: f64,
    ) -> Option<(Option<f64>, Option<f64>)> {
        let (spec_low, spec_high) = (low, high);
        let mut bound = |at: usize, text: &Option<String>| match text {
            Some(text) => self.quantity(&format!("{field}[{at}]"), text, unit, times).map(Some),
            None => Some(None),
        };
        let (low, high) = (bound(0, low), bound(1, high));
        unit?;
        let (low, high) = (low?, high?);
        match (low, high) {
            (None, None) => {
                let suggestion = Suggestion::advice(
                    "至少写一个，例如 `[1, ~]`、`[~, 5]`",
                    "write at least one, such as `[1, ~]` or `[~, 5]`",
                );
                self.fault(field, "两个界限都没有", "both bounds are open", suggestion);
            }
            (Some(least), Some(most)) if least > most => {
                let written = [spec_low, spec_high].map(|bound| bound.as_deref().unwrap_or("~").trim().to_owned());
                let suggestion = Suggestion::advice(
                    format!("对调：`[{1}, {0}]`", written[0], written[1]),
                    format!("swap them: `[{1}, {0}]`", written[0], written[1]),
                );
                self.fault(field, "下限大于上限", "the lower bound is above the upper one", suggestion);
            }
            _ => {}
        }
        Some((low, high))
    }

    fn quantity(&mut self, field: &str, text: &str, unit: Option<&Unit>, times: f64) -> Option<f64> {
        let is_time = times != 1.0;
        if is_time && text.trim().parse::<f64>().is_ok_and(|figure| figure != 0.0) {
            let missing = self.scope.duration(text).map(|ns| ns as f64);
            return self.kept(field, missing);
        }
        let quantity =
            self.scope.quantity(text, unit).map(|figure| if is_time { (figure * times).round() } else { figure });
        self.kept(field, quantity)
    }

    /// Enters the rule with everything it wants to hear of.
    fn follow(&mut self, rule: &Rule) {
        for (role, trigger) in rule.parts() {
            let follower = |rises| Follower { rule: self.rule_ix as u32, role, rises };
            match trigger {
                Trigger::Edge { predicate, rises } => {
                    self.predicates[*predicate as usize].followers.push(follower(*rises));
                }
                Trigger::Change { watch } => self.watches[*watch as usize].followers.push(follower(true)),
                Trigger::Agree { agreement } => {
                    self.agreements[*agreement as usize].followers.push(follower(true));
                }
                Trigger::Request(_) | Trigger::Begins | Trigger::Ends => {}
            }
        }
        let level = Follower { rule: self.rule_ix as u32, role: Role::Level, rises: true };
        if let Phase::While(predicate) = rule.phase {
            self.predicates[predicate as usize].followers.push(level);
        }
        if let Some(predicate) = rule.pattern.level() {
            self.predicates[predicate as usize].followers.push(level);
        }
    }

    fn finish(self, mut rules: Vec<Rule>, gates: Gates) -> RuleSet {
        for (rule, gate) in rules.iter_mut().zip(gates.of) {
            rule.gates = gate.into();
        }
        for (rule, behind) in rules.iter_mut().zip(gates.behind) {
            rule.behind = behind.into();
        }
        let signals = self.scope.signals;
        let compiled = link(signals, &self.predicates, &self.gauges, &self.watches);
        RuleSet {
            decls: signals.to_vec(),
            signals: compiled,
            predicates: self.predicates,
            gauges: self.gauges,
            windows: self.windows,
            watches: self.watches,
            agreements: self.agreements,
            rules,
            gate_order: gates.order,
            texts: self.scope.texts,
        }
    }
}
