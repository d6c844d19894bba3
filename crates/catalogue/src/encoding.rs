//! A file as bytes becomes text: UTF-8, or the place where it stops to be.

use kernel::Suggestion;

use crate::Diagnostic;
use crate::tree::Place;

/// The text of a scheme file or a rule set, or the first place that is no UTF-8.
pub fn text_of(bytes: Vec<u8>) -> Result<String, Box<Diagnostic>> {
    String::from_utf8(bytes).map_err(|error| {
        let sound = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        let last = sound.rsplit('\n').next().unwrap_or_default();
        let place = Place { line: sound.matches('\n').count() as u32 + 1, column: last.chars().count() as u32 + 1 };
        Box::new(Diagnostic::error(
            place,
            "",
            "文件从这里起不是 UTF-8 编码",
            "from here on the file is no UTF-8",
            Suggestion::advice(
                "在编辑器中另存为 UTF-8 编码（不是 GBK 或 UTF-16）",
                "save the file as UTF-8 in your editor (not as GBK or UTF-16)",
            ),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_that_of_the_first_byte_that_is_no_text() {
        assert_eq!(text_of("id: 小赛\n".into()).unwrap(), "id: 小赛\n");
        for (bytes, expected) in [
            (&b"a: 1\nb: \xd0\x10\xc8\xfc\n"[..], (2, 4)),
            (b"\xff\xfea\0", (1, 1)),
            ("名: 甲\u{7532}".as_bytes().split_last().unwrap().1, (1, 5)),
        ] {
            let fault = text_of(bytes.to_vec()).unwrap_err();
            assert_eq!((fault.line, fault.column), expected, "{fault}");
            assert!(fault.text.zh.contains("UTF-8") && !fault.suggestion.text().zh.is_empty());
        }
    }
}
