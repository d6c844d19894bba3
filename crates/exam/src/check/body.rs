//! What belongs to one kind.

use kernel::Mark;

use super::{Faults, alike, question};
use crate::decimal::{Decimal, decimal};
use crate::draft::{BlankDraft, BodyDraft, CriterionDraft, OptionDraft, PairDraft, ToleranceDraft, UnitDraft};
use crate::item::{Blank, Body, Choice, Criterion, Level, Numeric, Tolerance};
use crate::{Credit, Fold, Words};

const OPTIONS_MOST: usize = 26;
const BLANKS_MOST: usize = 50;
const ACCEPTS_MOST: usize = 50;
const ACCEPTED_CHARS_MOST: usize = 500;
const ENTRIES_MOST: usize = 30;
const PARTS_MOST: usize = 20;
const CRITERIA_MOST: usize = 20;
const LEVELS_MOST: usize = 10;
/// So long an answer may be allowed to get.
const LENGTH_MOST: u32 = 20_000;
const SYMBOL_CHARS_MOST: usize = 20;
const FIGURES_MOST: u32 = 15;

/// `None` only beside a fault.
pub(super) fn check(faults: &mut Faults, path: &str, draft: BodyDraft, marks: Mark, may_be_case: bool) -> Option<Body> {
    match draft {
        BodyDraft::Single { options } => {
            let (options, right) = one_right(faults, &format!("{path}.options"), options)?;
            Some(Body::Single { options, right })
        }
        BodyDraft::Multiple { options, credit } => {
            let path = format!("{path}.options");
            let (options, right) = check_options(faults, &path, options);
            let some_right = right.contains(&true);
            let advice = ("至少标一个为正确", "mark one at least as right");
            faults.unless(some_right, &path, ("没有正确选项", "no option is right"), advice);
            some_right.then_some(Body::Multiple { options, right, credit })
        }
        BodyDraft::Judgement { truth } => Some(Body::Judgement { truth }),
        BodyDraft::Blank { blanks, credit } => {
            let path = format!("{path}.blanks");
            faults.count(&path, blanks.len(), 1, BLANKS_MOST);
            let read = |(at, blank)| check_blank(faults, &format!("{path}[{at}]"), blank);
            // All of them first: a fault in one must not hide the others'.
            let blanks: Vec<Option<Blank>> = blanks.into_iter().enumerate().map(read).collect();
            Some(Body::Blank { blanks: blanks.into_iter().collect::<Option<_>>()?, credit })
        }
        BodyDraft::Order { entries, credit } => {
            let path = format!("{path}.entries");
            faults.count(&path, entries.len(), 2, ENTRIES_MOST);
            check_list(faults, &path, "", entries.iter());
            Some(Body::Order { entries, credit })
        }
        BodyDraft::Match { pairs, distractors, credit } => Some(check_match(faults, path, pairs, distractors, credit)),
        BodyDraft::Short { rubric, length_most, sample } => {
            check_short(faults, path, rubric, length_most, sample, marks)
        }
        BodyDraft::Case { parts } => {
            if !may_be_case {
                faults.add(
                    path,
                    "案例题的小题不能再是案例题",
                    "a part of a case can't be a case",
                    ("拆成小题", "make it parts of its own"),
                );
                return None;
            }
            let path = format!("{path}.parts");
            faults.count(&path, parts.len(), 1, PARTS_MOST);
            let sum: Mark = parts.iter().map(|part| part.marks).sum();
            if sum != marks {
                let says = (
                    format!("小题合计 {sum}，与题目的 {marks} 不符"),
                    format!("the parts add up to {sum}, the question has {marks}"),
                );
                let advice = (
                    format!("改小题分值，或把题目写成 {sum}"),
                    format!("change the parts' marks, or write {sum} for the question"),
                );
                faults.add(&path, says.0, says.1, advice);
            }
            let read = |(at, part)| question(faults, &format!("{path}[{at}]"), part, false);
            let parts: Vec<_> = parts.into_iter().enumerate().map(read).collect();
            Some(Body::Case { parts: parts.into_iter().collect::<Option<_>>()? })
        }
        BodyDraft::Numeric { value, tolerance, unit, figures } => {
            check_numeric(faults, path, value, tolerance, unit, figures)
        }
    }
}

/// Each with words, none twice.
fn check_list<'a>(faults: &mut Faults, path: &str, field: &str, list: impl Iterator<Item = &'a Words>) {
    let mut seen: Vec<(String, String)> = Vec::new();
    for (at, words) in list.enumerate() {
        let path = format!("{path}[{at}]{field}");
        faults.words(&path, words);
        let same = |other: &&(String, String)| {
            let (zh, en) = alike(words);
            (!zh.is_empty() && zh == other.0) || (!en.is_empty() && en == other.1)
        };
        if let Some(first) = seen.iter().find(same).and_then(|found| seen.iter().position(|other| other == found)) {
            let says = (format!("与第 {} 项相同", first + 1), format!("it reads like number {}", first + 1));
            faults.add(&path, says.0, says.1, ("改写或去掉一个", "change or remove one of them"));
        }
        seen.push(alike(words));
    }
}

fn check_options(faults: &mut Faults, path: &str, options: Vec<OptionDraft>) -> (Vec<Choice>, Vec<bool>) {
    faults.count(path, options.len(), 2, OPTIONS_MOST);
    check_list(faults, path, ".words", options.iter().map(|option| &option.words));
    for (at, option) in options.iter().enumerate() {
        faults.markup(&format!("{path}[{at}].feedback"), &option.feedback);
    }
    let right = options.iter().map(|option| option.right).collect();
    let choice = |option: OptionDraft| Choice { words: option.words, stays: option.stays, feedback: option.feedback };
    (options.into_iter().map(choice).collect(), right)
}

fn one_right(faults: &mut Faults, path: &str, options: Vec<OptionDraft>) -> Option<(Vec<Choice>, usize)> {
    let (options, right) = check_options(faults, path, options);
    let count = right.iter().filter(|right| **right).count();
    let advice = ("只标一个为正确", "mark exactly one as right");
    match count {
        0 => faults.add(path, "没有正确选项", "no option is right", advice),
        1 => {}
        _ => {
            faults.add(path, format!("有 {count} 个正确选项"), format!("{count} options are right"), advice);
        }
    }
    (count == 1).then(|| right.iter().position(|right| *right)).flatten().map(|right| (options, right))
}

fn check_blank(faults: &mut Faults, path: &str, blank: BlankDraft) -> Option<Blank> {
    match blank {
        BlankDraft::Typed { accepts, fold } => {
            let path = format!("{path}.accepts");
            faults.count(&path, accepts.len(), 1, ACCEPTS_MOST);
            for (at, accepted) in accepts.iter().enumerate() {
                check_accepted(faults, &format!("{path}[{at}]"), accepted, &accepts[..at], fold);
            }
            Some(Blank::Typed { accepts, fold })
        }
        BlankDraft::Chosen { options } => {
            let (options, right) = one_right(faults, &format!("{path}.options"), options)?;
            Some(Blank::Chosen { options, right })
        }
    }
}

fn check_accepted(faults: &mut Faults, path: &str, accepted: &str, before: &[String], fold: Fold) {
    let folded = fold.of(accepted);
    if folded.is_empty() || accepted.chars().count() > ACCEPTED_CHARS_MOST {
        let advice =
            (format!("写 1 到 {ACCEPTED_CHARS_MOST} 字"), format!("write 1 to {ACCEPTED_CHARS_MOST} characters"));
        faults.add(path, "答案为空或太长", "the answer is empty or too long", advice);
    } else if before.iter().any(|other| fold.of(other) == folded) {
        faults.add(path, "与前面的答案等同", "it is the same as an answer before it", ("去掉它", "remove it"));
    }
}

fn check_match(
    faults: &mut Faults,
    path: &str,
    pairs: Vec<PairDraft>,
    distractors: Vec<Words>,
    credit: Credit,
) -> Body {
    faults.count(&format!("{path}.pairs"), pairs.len(), 2, ENTRIES_MOST);
    faults.count(&format!("{path}.distractors"), distractors.len(), 0, ENTRIES_MOST);
    check_list(faults, &format!("{path}.pairs"), ".left", pairs.iter().map(|pair| &pair.left));
    let (mut left, mut right, mut partner) = (Vec::new(), Vec::<Words>::new(), Vec::new());
    for (at, pair) in pairs.into_iter().enumerate() {
        faults.words(&format!("{path}.pairs[{at}].right"), &pair.right);
        let known = right.iter().position(|other| alike(other) == alike(&pair.right));
        partner.push(known.unwrap_or(right.len()));
        if known.is_none() {
            right.push(pair.right);
        }
        left.push(pair.left);
    }
    for (at, distractor) in distractors.into_iter().enumerate() {
        let path = format!("{path}.distractors[{at}]");
        faults.words(&path, &distractor);
        let is_new = right.iter().all(|other| alike(other) != alike(&distractor));
        faults.unless(
            is_new,
            &path,
            ("与右边的另一项相同", "it reads like another on the right"),
            ("改写或去掉", "change or remove it"),
        );
        right.push(distractor);
    }
    if right.len() < 2 && left.len() >= 2 {
        faults.add(
            format!("{path}.pairs"),
            "右边只有一项",
            "there is one partner only",
            ("加干扰项", "add distractors"),
        );
    }
    Body::Match { left, right, partner, credit }
}

fn check_short(
    faults: &mut Faults,
    path: &str,
    rubric: Vec<CriterionDraft>,
    length_most: u32,
    sample: Words,
    marks: Mark,
) -> Option<Body> {
    faults.markup(&format!("{path}.sample"), &sample);
    faults.unless(
        (1..=LENGTH_MOST).contains(&length_most),
        &format!("{path}.length_most"),
        ("答案长度不可用", "that can't be an answer's length"),
        ("写 1 到 20000 字", "write 1 to 20000 characters"),
    );
    let path = format!("{path}.rubric");
    faults.count(&path, rubric.len(), 1, CRITERIA_MOST);
    let highest: Mark = rubric.iter().filter_map(|one| one.levels.iter().map(|level| level.marks).max()).sum();
    if highest != marks {
        let says = (
            format!("各项最高分合计 {highest}，与题目的 {marks} 不符"),
            format!("the highest levels add up to {highest}, the question has {marks}"),
        );
        let advice = (
            format!("改等级分值，或把题目写成 {highest}"),
            format!("change the levels' marks, or write {highest} for the question"),
        );
        faults.add(&path, says.0, says.1, advice);
    }
    for (at, criterion) in rubric.iter().enumerate() {
        let path = format!("{path}[{at}]");
        faults.words(&format!("{path}.name"), &criterion.name);
        faults.count(&format!("{path}.levels"), criterion.levels.len(), 2, LEVELS_MOST);
        let mut before = None;
        for (at, level) in criterion.levels.iter().enumerate() {
            let path = format!("{path}.levels[{at}]");
            faults.words(&format!("{path}.words"), &level.words);
            let fits = level.marks >= Mark::ZERO && before.is_none_or(|before| level.marks > before);
            faults.unless(
                fits,
                &format!("{path}.marks"),
                ("等级的分值要从低到高，不为负", "marks of levels rise and are not negative"),
                ("按从低到高写", "write them from the lowest to the highest"),
            );
            before = Some(level.marks);
        }
    }
    let level = |level: crate::draft::LevelDraft| Level { words: level.words, marks: level.marks };
    let criterion =
        |one: CriterionDraft| Criterion { name: one.name, levels: one.levels.into_iter().map(level).collect() };
    Some(Body::Short { rubric: rubric.into_iter().map(criterion).collect(), length_most, sample })
}

fn check_numeric(
    faults: &mut Faults,
    path: &str,
    value_text: String,
    tolerance: ToleranceDraft,
    unit: Option<UnitDraft>,
    figures: Option<u32>,
) -> Option<Body> {
    let value = number(faults, &format!("{path}.value"), &value_text);
    let (field, text) = match &tolerance {
        ToleranceDraft::Absolute(text) => ("absolute", text),
        ToleranceDraft::Relative(text) => ("relative", text),
    };
    let tolerance_path = format!("{path}.tolerance.{field}");
    let by = number(faults, &tolerance_path, text);
    if by.is_some_and(Decimal::is_negative) {
        faults.add(&tolerance_path, "误差为负", "the tolerance is negative", ("写 0 或正数", "write 0 or more"));
    }
    if let (ToleranceDraft::Relative(_), Some(value)) = (&tolerance, value)
        && value.is_zero()
    {
        let advice = ("改用绝对误差", "use an absolute tolerance");
        faults.add(&tolerance_path, "值为零时相对误差没有意义", "a share of zero is no tolerance", advice);
    }
    if let (Some(figures), Some(value)) = (figures, value) {
        let path = format!("{path}.figures");
        let fits = (1..=FIGURES_MOST).contains(&figures);
        faults.unless(
            fits,
            &path,
            ("有效数字位数不可用", "that can't be a number of figures"),
            ("写 1 到 15", "write 1 to 15"),
        );
        if fits && !value.has_figures(figures) {
            let says = ("答案本身的有效数字位数不同", "the value itself is written with other figures");
            faults.add(path, says.0, says.1, ("改写值或位数", "change the value or the number"));
        }
    }
    if let Some(unit) = &unit {
        let fits = (1..=SYMBOL_CHARS_MOST).contains(&unit.symbol.trim().chars().count());
        let advice = ("写单位符号，例如 mm", "write its symbol, such as mm");
        faults.unless(
            fits,
            &format!("{path}.unit.symbol"),
            ("单位为空或太长", "the unit is empty or too long"),
            advice,
        );
    }
    let (value, by) = (value?, by?);
    let tolerance = match tolerance {
        ToleranceDraft::Absolute(text) => Tolerance::Absolute(by, text),
        ToleranceDraft::Relative(text) => Tolerance::Relative(by, text),
    };
    Some(Body::Numeric(Numeric { value, value_text, tolerance, unit, figures }))
}

fn number(faults: &mut Faults, path: &str, text: &str) -> Option<Decimal> {
    let read = decimal(text);
    if read.is_none() {
        let shown: String = text.chars().take(40).collect();
        let says = (format!("{shown:?} 不是数"), format!("{shown:?} is no number"));
        faults.add(
            path,
            says.0,
            says.1,
            ("写作 12.5 或 1.6e-19，最多 15 位", "write 12.5 or 1.6e-19, with at most 15 digits"),
        );
    }
    read
}
