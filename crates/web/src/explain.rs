//! What serde says about a body, said to a person in both languages.
//!
//! serde's messages are English and of a dozen shapes; each shape has its Chinese sentence here. A message of no known
//! shape keeps its English words behind a general Chinese one, so nothing is ever hidden.

use kernel::Text;

use crate::wire::BETWEEN;

/// A fault's words, and the name of a missing or unknown field that belongs at the end of its path.
pub(crate) struct Fault {
    pub text: Text,
    pub field: Option<String>,
}

pub(crate) fn explain(message: &str) -> Fault {
    let message = without_position(message);
    if let Some((zh, en)) = message.split_once(BETWEEN) {
        return Fault { text: Text::new(zh, en), field: None };
    }
    if let Some(name) = message.strip_prefix("missing field ").map(unquoted) {
        return Fault { text: Text::new("缺少这一项", "this field is missing"), field: Some(name) };
    }
    if let Some(name) = message.strip_prefix("duplicate field ").map(unquoted) {
        return Fault { text: Text::new("这一项出现了两次", "this field is given twice"), field: Some(name) };
    }
    if let Some((name, rest)) = message.strip_prefix("unknown field ").and_then(first_quoted) {
        let known = rest.trim_start_matches(", expected ").trim_start_matches("one of ").replace('`', "");
        let text = match rest.contains("there are no fields") {
            true => Text::new("这里不接受任何项", "no fields are taken here"),
            false => Text::new(
                format!("没有这一项，可用的有：{known}"),
                format!("there is no such field; known are: {known}"),
            ),
        };
        return Fault { text, field: Some(name) };
    }
    if let Some((name, rest)) = message.strip_prefix("unknown variant ").and_then(first_quoted) {
        let known = rest.trim_start_matches(", expected ").trim_start_matches("one of ").replace('`', "");
        let name: String = name.chars().take(80).collect();
        return plain(
            format!("“{name}” 不在可选值之中，可选：{known}"),
            format!("{name:?} is none of the known values: {known}"),
        );
    }
    for (start, zh) in
        [("invalid type: ", "类型不对"), ("invalid value: ", "值不合适"), ("invalid length ", "长度不对")]
    {
        if let Some((got, expected)) = message.strip_prefix(start).and_then(|rest| rest.rsplit_once(", expected ")) {
            let got: String = got.chars().take(80).collect();
            let said_zh = format!("{zh}：收到{}，应为{}", in_chinese(&got), in_chinese(expected));
            return plain(said_zh, format!("{start}{got}, expected {expected}"));
        }
    }
    plain(format!("不符合要求（{message}）"), message.to_owned())
}

/// serde's words for the kinds of JSON values and for the numbers that a field takes.
fn in_chinese(words: &str) -> String {
    const KINDS: [(&str, &str); 13] = [
        ("a string", "文本"),
        ("string", "文本"),
        ("a boolean", " true 或 false"),
        ("boolean", "逻辑值"),
        ("floating point", "小数"),
        ("integer", "整数"),
        ("null", "空值"),
        ("a sequence", "列表"),
        ("sequence", "列表"),
        ("a map", "对象"),
        ("map", "对象"),
        ("struct", "对象"),
        ("unit", "空值"),
    ];
    if matches!(words, "u8" | "u16" | "u32" | "u64" | "usize") {
        return format!("非负整数（{words}）");
    }
    if matches!(words, "i8" | "i16" | "i32" | "i64" | "isize") {
        return format!("整数（{words}）");
    }
    let known =
        KINDS.iter().find(|(en, _)| words == *en || words.strip_prefix(en).is_some_and(|rest| rest.starts_with(' ')));
    match known {
        Some((en, zh)) => format!("{zh}{}", words[en.len()..].replace('`', "")),
        None => format!(" {words}"),
    }
}

fn plain(zh: String, en: String) -> Fault {
    Fault { text: Text::new(zh, en), field: None }
}

/// serde_json ends its messages with the position, which a problem says in its own words.
pub(crate) fn without_position(message: &str) -> &str {
    match message.rfind(" at line ") {
        Some(at) if message[at..].contains(" column ") => &message[..at],
        _ => message,
    }
}

fn unquoted(text: &str) -> String {
    text.trim_matches('`').to_owned()
}

/// The text between the first two backticks, and what follows them.
fn first_quoted(text: &str) -> Option<(String, &str)> {
    let rest = text.strip_prefix('`')?;
    let end = rest.find('`')?;
    Some((rest[..end].to_owned(), &rest[end + 1..]))
}

/// `marks[3]` and `value` make `marks[3].value`.
pub(crate) fn joined(path: &str, field: Option<&str>) -> String {
    let path = if path == "." { "" } else { path };
    match field {
        Some(field) if path.is_empty() => field.to_owned(),
        // serde's path already ends in the unknown field itself.
        Some(field) if path == field || path.ends_with(&format!(".{field}")) => path.to_owned(),
        Some(field) => format!("{path}.{field}"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shape_has_its_sentence() {
        for (message, zh, en, field) in [
            ("missing field `login` at line 1 column 2", "缺少这一项", "this field is missing", Some("login")),
            (
                "unknown field `x`, expected `a` or `b`",
                "没有这一项，可用的有：a or b",
                "there is no such field; known are: a or b",
                Some("x"),
            ),
            ("unknown field `x`, there are no fields", "这里不接受任何项", "no fields are taken here", Some("x")),
            (
                "unknown variant `boss`, expected one of `judge`, `staff`",
                "“boss” 不在可选值之中，可选：judge, staff",
                "\"boss\" is none of the known values: judge, staff",
                None,
            ),
            (
                "invalid type: string \"a, expected b\", expected u32 at line 3 column 9",
                "类型不对：收到文本 \"a, expected b\"，应为非负整数（u32）",
                "invalid type: string \"a, expected b\", expected u32",
                None,
            ),
            (
                "invalid type: null, expected a string",
                "类型不对：收到空值，应为文本",
                "invalid type: null, expected a string",
                None,
            ),
            (
                "invalid value: integer `-1`, expected u32",
                "值不合适：收到整数 -1，应为非负整数（u32）",
                "invalid value: integer `-1`, expected u32",
                None,
            ),
            ("duplicate field `a`", "这一项出现了两次", "this field is given twice", Some("a")),
            ("必须为正\u{1f}must be positive", "必须为正", "must be positive", None),
            ("something else", "不符合要求（something else）", "something else", None),
        ] {
            let fault = explain(message);
            assert_eq!((fault.text.zh.as_str(), fault.text.en.as_str()), (zh, en));
            assert_eq!(fault.field.as_deref(), field, "{message}");
        }
    }

    #[test]
    fn a_path_ends_in_its_field_once() {
        assert_eq!(joined(".", Some("login")), "login");
        assert_eq!(joined("marks[3]", Some("value")), "marks[3].value");
        assert_eq!(joined("marks[3].x", Some("x")), "marks[3].x");
        assert_eq!(joined("marks[3].x", None), "marks[3].x");
    }
}
