//! Items → GIFT text. What GIFT can't say is refused by name, never written as something else.

use kernel::Lang;

use crate::decimal::share_of;
use crate::exchange::{Refused, SourceFault};
use crate::item::{Blank, Body, Choice, Item, Tolerance};
use crate::{Credit, Words, markup};

/// The text, and the items that are not in it.
pub fn write(items: &[Item], lang: Lang) -> (String, Vec<SourceFault>) {
    let (mut out, mut faults) = (String::new(), Vec::new());
    for item in items {
        match one(item, lang) {
            Ok(text) => {
                out.push_str(&format!("::{}::{text}\n\n", item.id));
            }
            Err(refused) => faults.push(SourceFault { place: item.id.clone(), fault: refused.at("question") }),
        }
    }
    (out, faults)
}

fn cannot<T>(zh: &str, en: &str) -> Result<T, Refused> {
    Err(Refused::new((zh, en), ("用 QTI 或表格导出", "export it as QTI or as a table")))
}

fn one(item: &Item, lang: Lang) -> Result<String, Refused> {
    let question = &item.question;
    let stem = escaped(&question.stem, lang)?;
    let explanation = match question.explanation.is_empty() {
        true => String::new(),
        false => format!("####{}", escaped(&question.explanation, lang)?),
    };
    let inside = match &question.body {
        Body::Judgement { truth } => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        Body::Single { options, right } => {
            choices(options, lang, |at| if at == *right { "=" } else { "~" }.to_owned())?
        }
        Body::Multiple { options, right, credit } => {
            let share = 100.0 / right.iter().filter(|right| **right).count() as f64;
            let wrong = match credit {
                Credit::NoneWrong => "-100".to_owned(),
                Credit::Minus => format!("{:.5}", -share),
                Credit::AllOrNothing | Credit::PerPart => {
                    return cannot("GIFT 写不出这种多选计分", "GIFT can't say how this multiple choice is marked");
                }
            };
            choices(options, lang, |at| if right[at] { format!("~%{share:.5}%") } else { format!("~%{wrong}%") })?
        }
        Body::Blank { blanks, .. } => {
            let [blank] = blanks.as_slice() else {
                return cannot("GIFT 一题只有一个空", "GIFT has one blank in a question");
            };
            let inside = match blank {
                Blank::Typed { accepts, .. } => {
                    accepts.iter().map(|text| format!("={}", escape(text))).collect::<Vec<_>>().join(" ")
                }
                Blank::Chosen { options, right } => {
                    choices(options, lang, |at| if at == *right { "=" } else { "~" }.to_owned())?
                }
            };
            let (before, after) = stem.split_once("____").unwrap_or((stem.as_str(), ""));
            if after.trim().is_empty() && matches!(blank, Blank::Chosen { .. }) {
                return cannot("GIFT 中选择的空后面要有文字", "GIFT needs text behind a blank that is chosen for");
            }
            return Ok(format!("{before}{{{inside}{explanation}}}{after}"));
        }
        Body::Match { left, right, partner, .. } => {
            let mut lines = Vec::new();
            for (left, partner) in left.iter().zip(partner) {
                lines.push(format!("={} -> {}", escaped(left, lang)?, escaped(&right[*partner], lang)?));
            }
            for (at, right) in right.iter().enumerate() {
                if !partner.contains(&at) {
                    lines.push(format!("= -> {}", escaped(right, lang)?));
                }
            }
            lines.join("\n")
        }
        Body::Numeric(numeric) => {
            if numeric.figures.is_some() || numeric.unit.as_ref().is_some_and(|unit| unit.asked) {
                return cannot("GIFT 写不出有效数字和单位的要求", "GIFT can't ask for figures or a unit");
            }
            let by = match &numeric.tolerance {
                Tolerance::Absolute(by, _) => by.to_string(),
                Tolerance::Relative(share, _) => share_of(*share, numeric.value).to_string(),
            };
            format!("#{}:{by}", numeric.value)
        }
        Body::Short { .. } => String::new(),
        Body::Order { .. } => return cannot("GIFT 没有排序题", "GIFT has no ordering"),
        Body::Case { .. } => return cannot("GIFT 没有案例题", "GIFT has no cases"),
    };
    Ok(format!("{stem} {{{inside}{explanation}}}"))
}

fn choices(options: &[Choice], lang: Lang, mark: impl Fn(usize) -> String) -> Result<String, Refused> {
    let mut lines = Vec::new();
    for (at, option) in options.iter().enumerate() {
        let feedback = match option.feedback.is_empty() {
            true => String::new(),
            false => format!("#{}", escaped(&option.feedback, lang)?),
        };
        lines.push(format!("{}{}{feedback}", mark(at), escaped(&option.words, lang)?));
    }
    Ok(lines.join("\n"))
}

/// GIFT has no marks within a text: what is strong, raised or code becomes plain, and a picture is refused.
fn escaped(words: &Words, lang: Lang) -> Result<String, Refused> {
    let pieces = markup::parse(words.get(lang)).unwrap_or_default();
    if pieces.iter().any(|piece| matches!(piece, markup::Piece::Picture { .. })) {
        return cannot("GIFT 写不了图片", "GIFT has no pictures");
    }
    Ok(escape(&markup::plain(&pieces)))
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '~' | '=' | '#' | '{' | '}' | ':' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}
