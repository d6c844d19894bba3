//! Checks of single fields that go on after the first fault, so that a person sees all of them at once.

use crate::{ApiResult, Problem};
use kernel::ErrorCode;

/// The faults of a request so far.
#[derive(Debug, Default)]
pub struct Faults(Option<Problem>);

impl Faults {
    /// Notes a fault of the field at `path`.
    pub fn add(&mut self, path: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) {
        let problem = self.0.take().unwrap_or_else(|| Problem::new(ErrorCode::Invalid));
        self.0 = Some(problem.field(path, zh, en));
    }

    /// A text without blanks around it, of 1 to `max` characters and without control characters.
    pub fn text(&mut self, path: &str, text: &str, max: usize) -> String {
        let trimmed = text.trim();
        let length = trimmed.chars().count();
        if length == 0 {
            self.add(path, "不能为空", "must not be empty");
        } else if length > max {
            self.add(
                path,
                format!("最多 {max} 个字符，现有 {length} 个"),
                format!("at most {max} characters; this has {length}"),
            );
        } else if trimmed.chars().any(char::is_control) {
            self.add(path, "不能含有控制字符", "must not hold control characters");
        }
        trimmed.to_owned()
    }

    /// Refuses the request if there was any.
    pub fn finish(self) -> ApiResult<()> {
        self.0.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told_at_once() {
        let mut faults = Faults::default();
        assert_eq!(faults.text("name", " 陈大文 ", 10), "陈大文");
        faults.text("note", "   ", 10);
        faults.text("code", "123456", 5);
        faults.text("word", "a\u{7}b", 5);
        let problem = faults.finish().unwrap_err();
        let paths: Vec<&str> = problem.fields().map(|(path, _)| path).collect();
        assert_eq!(paths, ["note", "code", "word"]);
        assert!(Faults::default().finish().is_ok());
    }
}
