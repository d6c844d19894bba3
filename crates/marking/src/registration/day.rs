//! A day of the calendar, and ages on it. No clock, no zone: a birthday is the same day wherever it is read.

use std::fmt;
use std::str::FromStr;

use kernel::Timestamp;

/// A day, from 1900 to 2100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: i32,
    month: u32,
    day: u32,
}

/// A text that is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadDay;

const YEAR_FIRST: i32 = 1900;
const YEAR_LAST: i32 = 2100;
const DAY_MS: i64 = 86_400_000;

const fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in(year: i32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Day {
    pub fn new(year: i32, month: u32, day: u32) -> Option<Day> {
        let is_day = (YEAR_FIRST..=YEAR_LAST).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day);
        is_day.then_some(Day { year, month, day })
    }

    /// The day of a moment, in UTC; elsewhere that of the moment put on by as much as clocks there are ahead. Beyond the years that a day may have,
    /// the first or the last of them.
    pub fn of(at: Timestamp) -> Day {
        let mut left = at.as_millis().div_euclid(DAY_MS);
        let mut year = 1970;
        while left < 0 && year > YEAR_FIRST {
            year -= 1;
            left += if is_leap(year) { 366 } else { 365 };
        }
        while year < YEAR_LAST {
            let length = if is_leap(year) { 366 } else { 365 };
            if left < length {
                break;
            }
            left -= length;
            year += 1;
        }
        let mut left = left.clamp(0, 365) as u32;
        let mut month = 1;
        while month < 12 && left >= days_in(year, month) {
            left -= days_in(year, month);
            month += 1;
        }
        Day { year, month, day: (left + 1).min(days_in(year, month)) }
    }

    /// Complete years from the birth of somebody to this day; negative before it. Who was born on 29 February completes a year on 1 March
    /// where the year has no such day.
    pub fn age_of(self, born: Day) -> i32 {
        let had_birthday = (self.month, self.day) >= (born.month, born.day);
        self.year - born.year - i32::from(!had_birthday)
    }
}

impl FromStr for Day {
    type Err = BadDay;

    /// `1990-01-31`, to the letter.
    fn from_str(text: &str) -> Result<Day, BadDay> {
        let bytes = text.as_bytes();
        let is_digit = |at: usize| bytes[at].is_ascii_digit();
        if bytes.len() != 10
            || bytes[4] != b'-'
            || bytes[7] != b'-'
            || ![0, 1, 2, 3, 5, 6, 8, 9].into_iter().all(is_digit)
        {
            return Err(BadDay);
        }
        let figure =
            |from: usize, to: usize| bytes[from..to].iter().fold(0u32, |sum, byte| sum * 10 + u32::from(byte - b'0'));
        Day::new(figure(0, 4) as i32, figure(5, 7), figure(8, 10)).ok_or(BadDay)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn texts_that_are_days_and_texts_that_are_none() {
        for text in ["1900-01-01", "2100-12-31", "2024-02-29", "2000-02-29", "1999-12-31"] {
            assert_eq!(day(text).to_string(), text);
        }
        for text in [
            "",
            "1990",
            "1990-1-31",
            "1990-01-32",
            "1990-13-01",
            "1990-00-10",
            "1990-10-00",
            "2023-02-29",
            "1900-02-29",
            "1899-12-31",
            "2101-01-01",
            "1990/01/31",
            "+990-01-31",
            "1990-01-3 ",
            " 990-01-31",
            "１９９０-01-31",
            "1990-01-311",
            "199０-1-1",
        ] {
            assert_eq!(text.parse::<Day>(), Err(BadDay), "{text}");
        }
    }

    #[test]
    fn ages_on_a_day() {
        for (born, on, age) in [
            ("2000-06-15", "2018-06-14", 17),
            ("2000-06-15", "2018-06-15", 18),
            ("2000-02-29", "2018-02-28", 17),
            ("2000-02-29", "2018-03-01", 18),
            ("2000-02-29", "2020-02-29", 20),
            ("2020-01-01", "2019-12-31", -1),
        ] {
            assert_eq!(day(on).age_of(day(born)), age, "{born} on {on}");
        }
    }

    #[test]
    fn the_day_of_a_moment() {
        for (ms, text) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (DAY_MS - 1, "1970-01-01"),
            (951_782_400_000, "2000-02-29"),
            (951_868_800_000, "2000-03-01"),
            (1_795_334_400_000, "2026-11-22"),
            (i64::MIN, "1900-01-01"),
            (i64::MAX, "2100-12-31"),
        ] {
            assert_eq!(Day::of(Timestamp::from_millis(ms)).to_string(), text, "{ms}");
        }
    }
}
