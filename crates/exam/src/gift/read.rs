//! GIFT text → items.

use kernel::Mark;

use super::lexer::{Block, Letter, blocks, find, find_run, text};
use super::{BYTES_MOST, QUESTIONS_MOST};
use crate::decimal::{decimal, middle_and_half};
use crate::draft::{
    BlankDraft, BodyDraft, CriterionDraft, LevelDraft, OptionDraft, PairDraft, QuestionDraft, ToleranceDraft,
};
use crate::exchange::{Defaults, Refused, Taken, question, words};
use crate::{Credit, Fold, Words, markup};

/// An answer to an essay may get so long where nothing says otherwise.
const ESSAY_CHARS_MOST: u32 = 5_000;

/// Reads a file. What is sound is taken, everything else is named with its line.
pub fn read(source: &str, defaults: &Defaults) -> Taken {
    let mut taken = Taken::default();
    if source.len() > BYTES_MOST {
        let most = BYTES_MOST >> 20;
        let says = (format!("文件超过 {most} MB"), format!("the file has more than {most} MB"));
        taken.refuse("line 1", Refused::new(says, ("分成几个文件", "part it into several files")));
        return taken;
    }
    let blocks = blocks(source.strip_prefix('\u{feff}').unwrap_or(source));
    for (at, block) in blocks.iter().enumerate() {
        let place = format!("line {}", block.line);
        if at == QUESTIONS_MOST {
            let says =
                (format!("超过 {QUESTIONS_MOST} 道题"), format!("there are more than {QUESTIONS_MOST} questions"));
            taken.refuse(place, Refused::new(says, ("分成几个文件", "part it into several files")));
            break;
        }
        match read_block(block, defaults.marks) {
            Ok(question) => taken.take(&place, defaults, question),
            Err(refused) => taken.refuse(place, refused),
        }
    }
    taken
}

fn refused<T>(zh: &str, en: &str, advice: (&str, &str)) -> Result<T, Refused> {
    Err(Refused::new((zh, en), advice))
}

fn read_block(block: &Block, marks: Mark) -> Result<QuestionDraft, Refused> {
    let mut letters = block.letters.as_slice();
    let begins_title =
        |letters: &[Letter]| find_run(letters, "::").filter(|at| letters[..*at].iter().all(|l| l.c.is_whitespace()));
    if let Some(begin) = begins_title(letters) {
        let rest = &letters[begin + 2..];
        let Some(end) = find_run(rest, "::") else {
            return refused("题名的 :: 没有结束", "the title's :: isn't closed", ("补上 ::", "close it with ::"));
        };
        letters = &rest[end + 2..];
    }
    letters = without_format(letters)?;
    let Some(open) = find(letters, '{') else {
        return refused("没有答案", "there is no answer", ("在花括号中写答案", "write the answer in braces"));
    };
    let Some(close) = find(&letters[open..], '}').map(|at| open + at) else {
        return refused("花括号没有结束", "the brace isn't closed", ("补上 }", "close it with }"));
    };
    let (before, inside, after) = (&letters[..open], &letters[open + 1..close], &letters[close + 1..]);
    if find(after, '{').is_some() || find(after, '}').is_some() || find(inside, '{').is_some() {
        let advice =
            ("一题只写一处答案，正文中的花括号写作 \\{", "one answer for a question; write a brace in a text as \\{");
        return refused("有多处花括号", "there are several braces", advice);
    }
    // `=` and `~` mean something in answers only, but others' readers stop at them; a forgotten escape is better named.
    if find(before, '}').is_some() {
        return refused("正文中有 }", "there is a } in the text", ("写作 \\}", "write it as \\}"));
    }
    let (inside, explanation) = match find_run(inside, "####") {
        Some(at) => (&inside[..at], text(&inside[at + 4..])),
        None => (inside, String::new()),
    };
    let is_gap = !text(after).is_empty();
    let stem = |with_place: bool| {
        let (before, after) = (markup::escape(&text(before)), markup::escape(&text(after)));
        let parts = [before.as_str(), if with_place { "[[1]]" } else { "" }, after.as_str()];
        words(parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" "))
    };
    let body = body(inside, is_gap, marks)?;
    let has_place = matches!(body, BodyDraft::Blank { .. });
    let mut question = question(stem(has_place), marks, body);
    question.explanation = plain_words(&explanation);
    Ok(question)
}

/// `[plain]`, `[moodle]`, `[markdown]`, `[html]` in front of a text.
fn without_format(letters: &[Letter]) -> Result<&[Letter], Refused> {
    let begin = letters.iter().position(|letter| !letter.c.is_whitespace()).unwrap_or(0);
    for format in ["[plain]", "[moodle]", "[markdown]", "[html]"] {
        if find_run(&letters[begin..], format) == Some(0) {
            let rest = &letters[begin + format.len()..];
            if format == "[html]" && find(rest, '<').is_some() {
                return refused(
                    "正文是 HTML",
                    "the text is HTML",
                    ("改成纯文本，或用 QTI 导入", "make it plain text, or bring it as QTI"),
                );
            }
            return Ok(rest);
        }
    }
    Ok(letters)
}

fn plain_words(plain: &str) -> Words {
    if plain.is_empty() { Words::default() } else { words(markup::escape(plain)) }
}

/// One `=…` or `~…`: its weight in percent where it has one, its text, its feedback.
struct Entry {
    right: bool,
    weight: Option<String>,
    text: Vec<Letter>,
    feedback: String,
}

fn entries(inside: &[Letter]) -> Result<Vec<Entry>, Refused> {
    let is_mark = |letter: &Letter| !letter.escaped && matches!(letter.c, '=' | '~');
    let starts: Vec<usize> =
        inside.iter().enumerate().filter(|(_, letter)| is_mark(letter)).map(|(at, _)| at).collect();
    let first = starts.first().copied().unwrap_or(inside.len());
    if !text(&inside[..first]).is_empty() {
        let advice = ("每个答案前写 = 或 ~", "write = or ~ before each answer");
        return refused("答案前没有 = 或 ~", "an answer has no = or ~ before it", advice);
    }
    let ends = starts.iter().skip(1).copied().chain([inside.len()]);
    let mut found = Vec::new();
    for (begin, end) in starts.iter().copied().zip(ends) {
        let mut part = &inside[begin + 1..end];
        let mut weight = None;
        let skip = part.iter().position(|letter| !letter.c.is_whitespace()).unwrap_or(0);
        if part.get(skip).is_some_and(|letter| letter.c == '%' && !letter.escaped) {
            let rest = &part[skip + 1..];
            let Some(close) = find(rest, '%') else {
                return refused("百分比没有结束", "a percentage isn't closed", ("写作 %50%", "write it as %50%"));
            };
            weight = Some(text(&rest[..close]));
            part = &rest[close + 1..];
        }
        let (words, feedback) = match find(part, '#') {
            Some(at) => (&part[..at], text(&part[at + 1..])),
            None => (part, String::new()),
        };
        found.push(Entry { right: inside[begin].c == '=', weight, text: words.to_vec(), feedback });
    }
    Ok(found)
}

fn body(inside: &[Letter], is_gap: bool, marks: Mark) -> Result<BodyDraft, Refused> {
    let whole = text(inside);
    if whole.is_empty() {
        return Ok(essay(marks));
    }
    let said = text(&inside[..find(inside, '#').unwrap_or(inside.len())]).to_uppercase();
    match said.as_str() {
        "T" | "TRUE" => return Ok(BodyDraft::Judgement { truth: true }),
        "F" | "FALSE" => return Ok(BodyDraft::Judgement { truth: false }),
        _ => {}
    }
    let begin = inside.iter().position(|letter| !letter.c.is_whitespace()).unwrap_or(0);
    if inside[begin].c == '#' && !inside[begin].escaped {
        return number(&inside[begin + 1..]);
    }
    let entries = entries(inside)?;
    if entries.iter().all(|entry| entry.right && find_run(&entry.text, "->").is_some()) {
        return Ok(pairs(&entries));
    }
    let has_wrong = entries.iter().any(|entry| !entry.right);
    let has_right = entries.iter().any(|entry| entry.right);
    match (has_right, has_wrong) {
        (true, false) => {
            if entries.iter().any(|entry| !matches!(entry.weight.as_deref(), None | Some("100"))) {
                let advice = ("去掉百分比", "leave the percentage out");
                return refused("填空答案有部分得分", "an accepted answer has partial marks", advice);
            }
            let accepts = entries.iter().map(|entry| text(&entry.text)).collect();
            let blanks = vec![BlankDraft::Typed { accepts, fold: Fold::default() }];
            Ok(BodyDraft::Blank { blanks, credit: Credit::AllOrNothing })
        }
        (true, true) => {
            if entries.iter().any(|entry| entry.weight.is_some()) {
                let advice = (
                    "去掉百分比，或改成多选题（每项都写 ~）",
                    "leave the percentages out, or make it a multiple choice with ~ throughout",
                );
                return refused("单选题的选项有部分得分", "an option of a single choice has partial marks", advice);
            }
            let options = entries.iter().map(|entry| option(entry, entry.right)).collect();
            Ok(if is_gap {
                BodyDraft::Blank { blanks: vec![BlankDraft::Chosen { options }], credit: Credit::AllOrNothing }
            } else {
                BodyDraft::Single { options }
            })
        }
        _ => multiple(&entries, is_gap),
    }
}

fn essay(marks: Mark) -> BodyDraft {
    let level = |zh: &str, en: &str, marks| LevelDraft { words: Words::new(zh, en), marks };
    let levels = vec![level("未达到要求", "not met", Mark::ZERO), level("达到要求", "met", marks)];
    let rubric = vec![CriterionDraft { name: Words::new("内容", "Content"), levels }];
    BodyDraft::Short { rubric, length_most: ESSAY_CHARS_MOST, sample: Words::default() }
}

fn option(entry: &Entry, right: bool) -> OptionDraft {
    OptionDraft { words: plain_words(&text(&entry.text)), right, stays: false, feedback: plain_words(&entry.feedback) }
}

fn pairs(entries: &[Entry]) -> BodyDraft {
    let (mut pairs, mut distractors) = (Vec::new(), Vec::new());
    for entry in entries {
        let at = find_run(&entry.text, "->").unwrap_or(entry.text.len());
        let (left, right) = (text(&entry.text[..at]), text(&entry.text[(at + 2).min(entry.text.len())..]));
        match left.is_empty() {
            true => distractors.push(plain_words(&right)),
            false => pairs.push(PairDraft { left: plain_words(&left), right: plain_words(&right) }),
        }
    }
    BodyDraft::Match { pairs, distractors, credit: Credit::PerPart }
}

fn multiple(entries: &[Entry], is_gap: bool) -> Result<BodyDraft, Refused> {
    let weight = |entry: &Entry| entry.weight.as_deref().map_or(Some(0.0), |text| decimal(text)?.to_f64());
    let weights: Option<Vec<f64>> = entries.iter().map(weight).collect();
    let Some(weights) = weights else {
        return refused("百分比不是数", "a percentage is no number", ("写作 %50%", "write it as %50%"));
    };
    if is_gap {
        return refused(
            "填空处有多个正确选项",
            "several options are right in a gap",
            ("改成多选题", "make it a multiple choice"),
        );
    }
    let right: Vec<f64> = weights.iter().copied().filter(|weight| *weight > 0.0).collect();
    if right.is_empty() {
        let advice = ("标出正确选项", "mark the right options");
        return refused("没有正确选项", "no option is right", advice);
    }
    let differ = right.iter().any(|weight| (weight - right[0]).abs() > 0.01);
    let sum: f64 = right.iter().sum();
    if differ || !(99.0..=101.0).contains(&sum) {
        let advice = ("各正确选项写相同的百分比，合计 100", "give all right options the same percentage, 100 together");
        return refused(
            "正确选项的百分比不等或合计不为 100",
            "the right options' percentages differ, or don't make 100",
            advice,
        );
    }
    let spoils = weights.iter().filter(|weight| **weight <= 0.0).all(|weight| *weight <= -99.0);
    let credit = if spoils { Credit::NoneWrong } else { Credit::Minus };
    let options = entries.iter().zip(&weights).map(|(entry, weight)| option(entry, *weight > 0.0)).collect();
    Ok(BodyDraft::Multiple { options, credit })
}

fn number(letters: &[Letter]) -> Result<BodyDraft, Refused> {
    let mut part = letters;
    let begin = part.iter().position(|letter| !letter.c.is_whitespace()).unwrap_or(0);
    if part.get(begin).is_some_and(|letter| letter.c == '=' && !letter.escaped) {
        part = &part[begin + 1..];
    }
    if find(part, '=').or_else(|| find(part, '~')).is_some() {
        let advice = ("只写一个范围", "write one range only");
        return refused("数值题有多个范围", "a number has several ranges", advice);
    }
    let written = text(&part[..find(part, '#').unwrap_or(part.len())]);
    let advice = ("写作 {#3.14:0.01} 或 {#1..5}", "write {#3.14:0.01} or {#1..5}");
    let (value, by) = match (written.split_once(".."), written.split_once(':')) {
        (Some((low, high)), _) => {
            let ends = decimal(low).zip(decimal(high));
            match ends.and_then(|(low, high)| middle_and_half(low, high)) {
                Some(found) => found,
                None => return refused("数值范围不可读", "the range can't be read", advice),
            }
        }
        (None, Some((value, by))) => (value.trim().to_owned(), by.trim().to_owned()),
        (None, None) => (written.clone(), "0".to_owned()),
    };
    if decimal(&value).is_none() || decimal(&by).is_none() {
        return refused("数值不可读", "the number can't be read", advice);
    }
    Ok(BodyDraft::Numeric { value, tolerance: ToleranceDraft::Absolute(by), unit: None, figures: None })
}
