//! What is so of every file that the catalogue reads: it is refused with a fault at a place in both languages, or it is loaded; the same text in
//! the same way.

use catalogue::{Diagnostic, Severity};

/// `sound` looks at what was loaded.
pub fn check<T>(input: &[u8], load: fn(&str) -> (Option<T>, Vec<Diagnostic>), sound: impl Fn(&T, &str)) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (loaded, faults) = load(text);
    let faultless = faults.iter().all(|fault| fault.severity == Severity::Warning);
    assert_eq!(loaded.is_some(), faultless, "{faults:?}");
    // YAML breaks a line at either, and at both together once.
    let lines = text.replace("\r\n", "\n").split(['\n', '\r']).count() as u32 + 1;
    for fault in &faults {
        assert!(!fault.text.zh.is_empty() && !fault.text.en.is_empty(), "{fault:?}");
        let instead = fault.suggestion.text();
        assert!(!instead.zh.is_empty() && !instead.en.is_empty(), "{fault:?}");
        assert!((1..=lines).contains(&fault.line) && fault.column >= 1, "{fault:?}");
    }
    if let Some(loaded) = &loaded {
        sound(loaded, text);
    }
    let (again, same) = load(text);
    assert_eq!((again.is_some(), format!("{same:?}")), (faultless, format!("{faults:?}")));
}
