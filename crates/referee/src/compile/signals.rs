//! The signals that a scheme declares: names that a condition can say, each once.

use kernel::{Suggestion, Text};
use rustc_hash::FxHashMap;

use crate::SignalDecl;
use crate::fault::{Fault, Place};
use crate::parse::Function;

pub(super) fn check_signals(signals: &[SignalDecl]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut seen: FxHashMap<&str, usize> = FxHashMap::default();
    for (ix, signal) in signals.iter().enumerate() {
        let mut fault = |field: &str, zh: String, en: String, suggestion: Suggestion| {
            faults.push(Fault {
                place: Place::Signal(ix),
                field: field.into(),
                column: None,
                text: Text::new(zh, en),
                suggestion,
            });
        };
        let name = signal.name.as_str();
        let is_word = (1..=64).contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !is_word {
            fault(
                "name",
                format!("`{name}` 不能作信号名"),
                format!("`{name}` can't name a signal"),
                Suggestion::advice(
                    "以字母开头，用 1–64 个字母、数字和下划线，例如 `gripper_1`",
                    "begin with a letter and use 1–64 letters, digits and underscores, such as `gripper_1`",
                ),
            );
        }
        let reserved = ["true", "false", "and", "or", "not"];
        if reserved.contains(&name) || Function::ALL.iter().any(|(function, ..)| *function == name) {
            fault(
                "name",
                format!("`{name}` 是条件语言的保留词，不能作信号名"),
                format!("`{name}` is a word of the condition language and can't name a signal"),
                Suggestion::replace(format!("{name}_signal")),
            );
        }
        if seen.insert(name, ix).is_some() {
            let suggestion = Suggestion::advice("去掉或改名其中一个", "remove or rename one of them");
            let (zh, en) = (format!("信号 `{name}` 重复声明"), format!("the signal `{name}` is declared twice"));
            fault("name", zh, en, suggestion);
        }
        if signal.stale_after.is_some_and(|after| after.is_zero() || after.as_secs() > 31 * 86_400) {
            fault(
                "stale_after",
                "stale_after 太短或太长".into(),
                "stale_after is too short or too long".into(),
                Suggestion::advice("写 1ns 到 31 天，例如 `2s`", "write 1 ns to 31 days, such as `2s`"),
            );
        }
    }
    faults
}
