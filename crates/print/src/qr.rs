//! A QR code as a drawing: one path of black runs, with the quiet zone that readers need.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// Modules of white around the code.
const QUIET: usize = 4;
/// A code that a phone reads from paper at the size we print: version 15.
const WIDTH_MAX: usize = 77;

/// SVG, or `None` if the content is too long.
pub(crate) fn svg(content: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(content, EcLevel::M).ok()?;
    let width = code.width();
    if width > WIDTH_MAX {
        return None;
    }
    let size = width + 2 * QUIET;
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            let long = run.len();
            if run[0] == Color::Dark {
                let _ = write!(path, "M{} {}h{long}v1h-{long}z", x + QUIET, y + QUIET);
            }
            x += long;
        }
    }
    Some(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path fill="#000" d="{path}"/></svg>"##
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_with_its_quiet_zone() {
        let drawn = svg("A").unwrap();
        // Version 1: 21 modules; the finder's edge is a run of 7.
        assert!(drawn.contains(r#"viewBox="0 0 29 29""#) && drawn.contains("M4 4h7v1h-7z"), "{drawn}");
        assert_ne!(svg("A"), svg("B"));
    }

    #[test]
    fn what_no_phone_would_read_is_refused() {
        assert!(svg(&"a".repeat(400)).is_some());
        assert!(svg(&"a".repeat(600)).is_none());
        assert!(svg(&"a".repeat(10_000)).is_none());
    }
}
