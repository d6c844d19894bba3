//! What a judge may give for an aspect, and what one such value is worth.

use kernel::{ErrorCode, Mark, Text};

use crate::{Aspect, AspectKind, Levels, Measure, Tolerance};

/// What was entered on the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenValue {
    /// 0 to 3.
    Level(u32),
    Marks(Mark),
    YesNo(bool),
    Measured(Measure),
    /// Codes of the steps that were met.
    Steps(Vec<String>),
    /// How often each deduction was found, by code.
    Deductions(Vec<(String, u32)>),
}

impl GivenValue {
    /// The value's `kind` on the wire.
    pub const fn kind_code(&self) -> &'static str {
        match self {
            GivenValue::Level(_) => "level",
            GivenValue::Marks(_) => "marks",
            GivenValue::YesNo(_) => "yes_no",
            GivenValue::Measured(_) => "measured",
            GivenValue::Steps(_) => "steps",
            GivenValue::Deductions(_) => "deductions",
        }
    }
}

/// Why an event changes nothing. It depends on the scheme, the field and the event alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    EntryUnknown,
    AspectUnknown,
    ModuleUnknown,
    /// The value is of another kind than the aspect takes.
    KindMismatch {
        aspect: String,
        expected: &'static str,
        got: &'static str,
    },
    LevelOutOfRange {
        aspect: String,
        level: u32,
    },
    MarksOutOfRange {
        aspect: String,
        marks: Mark,
        max: Mark,
    },
    MarksOffStep {
        aspect: String,
        marks: Mark,
        step: Mark,
    },
    StepUnknown {
        aspect: String,
        code: String,
    },
    StepTwice {
        aspect: String,
        code: String,
    },
    CountOutOfRange {
        aspect: String,
        code: String,
        count: u32,
    },
    RoundOutOfRange {
        aspect: String,
        round: u32,
    },
    TimeOutOfRange {
        elapsed_ms: u64,
    },
}

/// How often one deduction may be found.
pub const COUNT_MOST: u32 = 10_000;
/// Rounds that anybody can open.
pub const ROUND_MOST: u32 = 99;
/// 1,000 h: longer than any contest.
pub const ELAPSED_MS_MOST: u64 = 3_600_000_000;
/// No mark of any verdict or aspect is greater than a million.
pub const MARK_MOST: Mark = Mark::from_hundredths(100_000_000);

impl Refusal {
    pub const fn code(&self) -> ErrorCode {
        match self {
            Refusal::EntryUnknown => ErrorCode::EntryUnknown,
            Refusal::AspectUnknown => ErrorCode::MarkUnknownAspect,
            Refusal::KindMismatch { .. } => ErrorCode::MarkKindMismatch,
            Refusal::LevelOutOfRange { .. }
            | Refusal::MarksOutOfRange { .. }
            | Refusal::MarksOffStep { .. }
            | Refusal::StepUnknown { .. }
            | Refusal::StepTwice { .. }
            | Refusal::CountOutOfRange { .. } => ErrorCode::MarkOutOfRange,
            Refusal::ModuleUnknown | Refusal::RoundOutOfRange { .. } | Refusal::TimeOutOfRange { .. } => {
                ErrorCode::Invalid
            }
        }
    }

    /// What is wrong, for the person who sent it.
    pub fn says(&self) -> Text {
        match self {
            Refusal::EntryUnknown => Text::new("本场没有这名选手", "there is no such entry in this contest"),
            Refusal::AspectUnknown => Text::new("本场没有这个评分项", "there is no such aspect in this contest"),
            Refusal::ModuleUnknown => Text::new("本场没有这个模块", "there is no such module in this contest"),
            Refusal::KindMismatch { aspect, expected, got } => Text::new(
                format!("评分项 {aspect} 应按 {expected} 打分，收到的是 {got}"),
                format!("aspect {aspect} takes {expected}, not {got}"),
            ),
            Refusal::LevelOutOfRange { aspect, level } => Text::new(
                format!("评分项 {aspect} 的等级只能是 0 到 3，收到的是 {level}"),
                format!("aspect {aspect} takes a level from 0 to 3, not {level}"),
            ),
            Refusal::MarksOutOfRange { aspect, marks, max } => Text::new(
                format!("评分项 {aspect} 的分值应在 0 到 {max} 之间，收到的是 {marks}"),
                format!("aspect {aspect} takes a mark from 0 to {max}, not {marks}"),
            ),
            Refusal::MarksOffStep { aspect, marks, step } => Text::new(
                format!("评分项 {aspect} 按 {step} 一档打分，收到的是 {marks}"),
                format!("aspect {aspect} takes marks in steps of {step}, not {marks}"),
            ),
            Refusal::StepUnknown { aspect, code } => {
                let code = shown(code);
                Text::new(format!("评分项 {aspect} 没有 {code} 这一条"), format!("aspect {aspect} has no item {code}"))
            }
            Refusal::StepTwice { aspect, code } => {
                let code = shown(code);
                Text::new(
                    format!("评分项 {aspect} 的 {code} 重复了"),
                    format!("aspect {aspect}: item {code} is there twice"),
                )
            }
            Refusal::CountOutOfRange { aspect, code, count } => Text::new(
                format!("评分项 {aspect} 的 {code} 次数过多：{count}，最多 {COUNT_MOST}"),
                format!("aspect {aspect}: {count} times {code} is more than {COUNT_MOST}"),
            ),
            Refusal::RoundOutOfRange { aspect, round } => Text::new(
                format!("评分项 {aspect} 不能有第 {round} 轮"),
                format!("aspect {aspect} can't have a round {round}"),
            ),
            Refusal::TimeOutOfRange { elapsed_ms } => {
                Text::new(format!("用时 {elapsed_ms} 毫秒过长"), format!("{elapsed_ms} ms is longer than any contest"))
            }
        }
    }
}

/// Codes come from outside: show enough of one to find it.
fn shown(code: &str) -> String {
    code.chars().take(40).collect()
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.says().en)
    }
}
impl std::error::Error for Refusal {}

/// What one judge's value is worth by itself: the `given` of a sheet. Where several judges mark, the aspect's mark is
/// made of their values, not of these rounded marks.
pub fn check_value(aspect: &Aspect, value: &GivenValue) -> Result<Mark, Refusal> {
    let max = aspect.max;
    match (&aspect.kind, value) {
        (AspectKind::YesNo, GivenValue::YesNo(yes)) => Ok(if *yes { max } else { Mark::ZERO }),
        (AspectKind::Tolerance(tolerance), GivenValue::Measured(measured)) => Ok(tolerated(max, tolerance, *measured)),
        (AspectKind::Steps(steps), GivenValue::Steps(met)) => {
            let mut mark = Mark::ZERO;
            for (at, code) in met.iter().enumerate() {
                let Some(step) = steps.iter().find(|step| step.code == *code) else {
                    return Err(Refusal::StepUnknown { aspect: aspect.code.clone(), code: code.clone() });
                };
                if met[..at].contains(code) {
                    return Err(Refusal::StepTwice { aspect: aspect.code.clone(), code: code.clone() });
                }
                mark += step.marks;
            }
            Ok(mark)
        }
        (AspectKind::Deductions(deductions), GivenValue::Deductions(counts)) => {
            let mut mark = max;
            for (at, (code, count)) in counts.iter().enumerate() {
                let Some(deduction) = deductions.iter().find(|deduction| deduction.code == *code) else {
                    return Err(Refusal::StepUnknown { aspect: aspect.code.clone(), code: code.clone() });
                };
                if counts[..at].iter().any(|(other, _)| other == code) {
                    return Err(Refusal::StepTwice { aspect: aspect.code.clone(), code: code.clone() });
                }
                if *count > COUNT_MOST {
                    return Err(Refusal::CountOutOfRange {
                        aspect: aspect.code.clone(),
                        code: code.clone(),
                        count: *count,
                    });
                }
                mark -= Mark::from_hundredths(deduction.marks.hundredths() * i64::from(*count));
            }
            Ok(mark.clamp(Mark::ZERO, max))
        }
        (AspectKind::Levels(_), GivenValue::Level(level)) => {
            if *level > Levels::LEVEL_MOST {
                return Err(Refusal::LevelOutOfRange { aspect: aspect.code.clone(), level: *level });
            }
            Ok(part(max, i64::from(*level), i64::from(Levels::LEVEL_MOST)))
        }
        (AspectKind::Panel(panel), GivenValue::Marks(marks)) => {
            within(aspect, *marks)?;
            if marks.hundredths() % panel.step.hundredths() != 0 {
                return Err(Refusal::MarksOffStep { aspect: aspect.code.clone(), marks: *marks, step: panel.step });
            }
            Ok(*marks)
        }
        (AspectKind::Automatic { .. }, GivenValue::Marks(marks)) => within(aspect, *marks).map(|()| *marks),
        (kind, value) => {
            Err(Refusal::KindMismatch { aspect: aspect.code.clone(), expected: takes(kind), got: value.kind_code() })
        }
    }
}

/// A theory paper's mark: only for a theory aspect, and within its maximum.
pub(crate) fn check_imported(aspect: &Aspect, marks: Mark) -> Result<(), Refusal> {
    if aspect.kind != AspectKind::Theory {
        return Err(Refusal::KindMismatch {
            aspect: aspect.code.clone(),
            expected: takes(&aspect.kind),
            got: takes(&AspectKind::Theory),
        });
    }
    within(aspect, marks)
}

/// A corrected mark: of any aspect, within its maximum. Steps bind who judges, not who corrects a mean.
pub(crate) fn check_corrected(aspect: &Aspect, marks: Mark) -> Result<(), Refusal> {
    within(aspect, marks)
}

fn within(aspect: &Aspect, marks: Mark) -> Result<(), Refusal> {
    if marks < Mark::ZERO || marks > aspect.max {
        return Err(Refusal::MarksOutOfRange { aspect: aspect.code.clone(), marks, max: aspect.max });
    }
    Ok(())
}

/// The kind of value on the wire that an aspect takes.
const fn takes(kind: &AspectKind) -> &'static str {
    match kind {
        AspectKind::YesNo => "yes_no",
        AspectKind::Tolerance(_) => "measured",
        AspectKind::Steps(_) => "steps",
        AspectKind::Deductions(_) => "deductions",
        AspectKind::Levels(_) => "level",
        AspectKind::Panel(_) | AspectKind::Automatic { .. } => "marks",
        AspectKind::Theory => "imported",
    }
}

fn tolerated(max: Mark, tolerance: &Tolerance, measured: Measure) -> Mark {
    let off = i64::try_from(measured.distance(tolerance.target)).unwrap_or(i64::MAX);
    let (full, zero) = (tolerance.full.millionths(), tolerance.zero.millionths());
    if off <= full {
        max
    } else if off >= zero {
        Mark::ZERO
    } else {
        part(max, zero - off, zero - full)
    }
}

/// `max · numerator / denominator`, rounded half away from zero. A checked scheme has no zero denominator.
pub(crate) fn part(max: Mark, numerator: i64, denominator: i64) -> Mark {
    max.scaled(numerator, denominator).unwrap_or(Mark::ZERO)
}
