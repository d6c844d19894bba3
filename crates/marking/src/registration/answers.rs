//! What somebody answered, read by the fields that are asked: every fault at once, each at its field.

use std::collections::BTreeMap;

use kernel::Text;

use super::{Day, FieldKind, FieldRule, RegistrationRule};

const TEXT_CHARS_MOST: usize = 200;
const NUMBER_MOST: i64 = 1_000_000_000;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Text(String),
    Number(i64),
    Day(Day),
    /// The choice's code.
    Choice(String),
}

/// By the code of the field. What was left empty isn't here.
pub type Answers = BTreeMap<String, Answer>;

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerFault {
    pub field: String,
    pub says: Text,
}

impl RegistrationRule {
    /// Reads answers as they were written. Blanks around them don't count; an empty one is none; what nobody asked for is a fault, so that
    /// nothing is kept about a person that the rules don't ask.
    pub fn read(&self, written: &BTreeMap<String, String>) -> Result<Answers, Vec<AnswerFault>> {
        let mut answers = Answers::new();
        let mut faults = Vec::new();
        let mut fault = |field: &str, zh: String, en: String| {
            faults.push(AnswerFault { field: field.to_owned(), says: Text::new(zh, en) })
        };
        for field in &self.fields {
            let text = written.get(&field.code).map(|text| text.trim()).unwrap_or_default();
            if text.is_empty() {
                if field.required {
                    fault(&field.code, "不能为空".into(), "must not be empty".into());
                }
                continue;
            }
            match read(field, text) {
                Ok(answer) => drop(answers.insert(field.code.clone(), answer)),
                Err(says) => fault(&field.code, says.zh, says.en),
            }
        }
        for code in written.keys().filter(|code| self.field(code).is_none()) {
            let shown: String = code.chars().take(40).collect();
            fault(&shown, "规则没有要求填写这一项".into(), "the rules don't ask for this".into());
        }
        if faults.is_empty() { Ok(answers) } else { Err(faults) }
    }
}

fn read(field: &FieldRule, text: &str) -> Result<Answer, Text> {
    match &field.kind {
        FieldKind::Text => {
            if text.chars().count() > TEXT_CHARS_MOST || text.chars().any(char::is_control) {
                return Err(Text::new(
                    format!("最多 {TEXT_CHARS_MOST} 个字，不含控制字符"),
                    format!("at most {TEXT_CHARS_MOST} characters, none of them control characters"),
                ));
            }
            Ok(Answer::Text(text.to_owned()))
        }
        FieldKind::Number => {
            let digits = text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse::<i64>().ok().filter(|number| digits && *number <= NUMBER_MOST);
            number.map(Answer::Number).ok_or_else(|| {
                Text::new(
                    format!("填 0 至 {NUMBER_MOST} 的整数"),
                    format!("write a whole number from 0 to {NUMBER_MOST}"),
                )
            })
        }
        FieldKind::Date => text
            .parse()
            .map(Answer::Day)
            .map_err(|_| Text::new("填日期，例如 1990-01-31", "write a date from 1900 to 2100, such as 1990-01-31")),
        FieldKind::Choice(choices) => {
            let is = |known: &str| known == text || known.eq_ignore_ascii_case(text);
            let found = choices.iter().find(|choice| choice.code == text);
            let found = found.or_else(|| choices.iter().find(|choice| is(&choice.name.zh) || is(&choice.name.en)));
            found.map(|choice| Answer::Choice(choice.code.clone())).ok_or_else(|| {
                let listed = |name: fn(&Text) -> &str, between: &str| {
                    choices.iter().map(|choice| name(&choice.name)).collect::<Vec<_>>().join(between)
                };
                Text::new(
                    format!("须为其中之一：{}", listed(|name| &name.zh, "、")),
                    format!("must be one of: {}", listed(|name| &name.en, ", ")),
                )
            })
        }
    }
}

impl Answer {
    /// As it would be written, which reads as the same answer again.
    pub fn written(&self) -> String {
        match self {
            Answer::Text(text) | Answer::Choice(text) => text.clone(),
            Answer::Number(number) => number.to_string(),
            Answer::Day(day) => day.to_string(),
        }
    }
}
