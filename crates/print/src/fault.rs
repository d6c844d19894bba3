//! What can be wrong with what is handed in, and what to say about it.

use kernel::{ErrorCode, Text};

/// Something that can't be printed, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// As in the struct that was handed in: `signers[1].name`, `contest.en`.
    pub place: String,
    pub wrong: Wrong,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    Empty,
    TooLong {
        max: usize,
    },
    /// Letters that none of the fonts has, each once.
    NoGlyph(Vec<char>),
    /// Characters that are not to be seen, such as one that turns the direction of writing.
    Invisible(Vec<char>),
    /// Not `http://` or `https://`.
    NoAddress,
    /// Longer than a QR code of this size holds.
    TooLongForCode,
    /// A figure out of its range, or no number.
    Figure,
    TooMany {
        max: usize,
    },
    /// Each text is allowed, but together they need more than the one page that the paper has. Without a place.
    DoesNotFit,
}

impl Fault {
    pub fn words(&self) -> Text {
        match &self.wrong {
            Wrong::Empty => Text::new("不能为空", "must not be empty"),
            Wrong::TooLong { max } => {
                Text::new(format!("最多 {max} 个字符"), format!("must have {max} characters at most"))
            }
            Wrong::NoGlyph(letters) => {
                let listed = listed(letters);
                Text::new(
                    format!("打印字体中没有这些字：{listed}；请改用字体中已有的写法，或加装含这些字的字体"),
                    format!("the fonts for printing lack {listed}: write it otherwise, or add a font that has it"),
                )
            }
            Wrong::Invisible(characters) => {
                let codes: Vec<String> = characters.iter().map(|one| code(*one)).collect();
                let listed = codes.join(", ");
                Text::new(
                    format!("含有不可见字符 {listed}，请删去"),
                    format!("has invisible characters: remove {listed}"),
                )
            }
            Wrong::NoAddress => Text::new("须以 http:// 或 https:// 开头", "must begin with http:// or https://"),
            Wrong::TooLongForCode => Text::new("内容过长，放不进二维码", "is too long for a QR code"),
            Wrong::Figure => Text::new("数值超出范围", "is a figure out of range"),
            Wrong::DoesNotFit => Text::new(
                "各项文字合计超出一页，请缩短较长的内容",
                "all texts together need more than one page: shorten the longest",
            ),
            Wrong::TooMany { max } => Text::new(format!("最多 {max} 项"), format!("must have {max} items at most")),
        }
    }
}

fn code(one: char) -> String {
    format!("U+{:04X}", one as u32)
}

/// `“𠮷”(U+20BB7)`, the first ten.
fn listed(letters: &[char]) -> String {
    let named: Vec<String> = letters.iter().take(10).map(|one| format!("“{one}”({})", code(*one))).collect();
    named.join(" ")
}

/// Why there is no paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// All that is wrong with what was handed in.
    Faults(Vec<Fault>),
    /// The template itself failed: not the fault of who asked. For the log.
    Broken(String),
}

impl Refusal {
    pub fn code(&self) -> ErrorCode {
        match self {
            Refusal::Faults(_) => ErrorCode::Invalid,
            Refusal::Broken(_) => ErrorCode::Internal,
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::Faults(faults) => {
                let lines: Vec<String> =
                    faults.iter().map(|fault| format!("{}: {}", fault.place, fault.words().en)).collect();
                f.write_str(&lines.join("; "))
            }
            Refusal::Broken(why) => write!(f, "the template failed: {why}"),
        }
    }
}

impl std::error::Error for Refusal {}
