//! Days in words.

use jiff::civil::{Date, DateTime};
use kernel::text::Text;
use serde_json::{Value, json};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// From Monday.
const WEEKDAYS: [(&str, &str); 7] = [
    ("一", "Monday"),
    ("二", "Tuesday"),
    ("三", "Wednesday"),
    ("四", "Thursday"),
    ("五", "Friday"),
    ("六", "Saturday"),
    ("日", "Sunday"),
];

/// `2026年12月6日`, `6 December 2026`.
pub(crate) fn day(date: Date) -> Text {
    let (year, month, day) = (date.year(), date.month(), date.day());
    let named = MONTHS[(month - 1) as usize];
    Text::new(format!("{year}年{month}月{day}日"), format!("{day} {named} {year}"))
}

/// `2026年12月6日（星期日）`, `Sunday, 6 December 2026`.
pub(crate) fn weekday(date: Date) -> Text {
    let (zh, en) = WEEKDAYS[date.weekday().to_monday_zero_offset() as usize];
    let day = day(date);
    Text::new(format!("{}（星期{zh}）", day.zh), format!("{en}, {}", day.en))
}

/// `08:30`.
pub(crate) fn clock(at: DateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// As a template reads it.
pub(crate) fn both(text: Text) -> Value {
    json!({ "zh": text.zh, "en": text.en })
}

/// For the file's own date.
pub(crate) fn parts(date: Date) -> Value {
    json!({ "year": date.year(), "month": date.month(), "day": date.day() })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_are_written_as_people_write_them() {
        for (on, zh, en) in [
            (date(2026, 12, 6), "2026年12月6日（星期日）", "Sunday, 6 December 2026"),
            (date(2024, 2, 29), "2024年2月29日（星期四）", "Thursday, 29 February 2024"),
            (date(2027, 1, 4), "2027年1月4日（星期一）", "Monday, 4 January 2027"),
        ] {
            assert_eq!(weekday(on), Text::new(zh, en));
        }
        assert_eq!(clock(date(2026, 12, 6).at(8, 5, 59, 0)), "08:05");
    }
}
