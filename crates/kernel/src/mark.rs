//! Marks are integers in hundredths, so that a total never depends on the order of addition.

/// A mark or a sum of marks, in 1/100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Mark(i64);

impl Mark {
    pub const ZERO: Mark = Mark(0);

    pub const fn from_hundredths(hundredths: i64) -> Self {
        Self(hundredths)
    }

    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// `self · numerator / denominator`, rounded half away from zero, once. `None` if the denominator is not positive.
    pub const fn scaled(self, numerator: i64, denominator: i64) -> Option<Self> {
        if denominator <= 0 {
            return None;
        }
        Some(Self(round_div(self.0 as i128 * numerator as i128, denominator as i128)))
    }

    pub const fn clamp(self, low: Mark, high: Mark) -> Mark {
        if self.0 < low.0 {
            low
        } else if self.0 > high.0 {
            high
        } else {
            self
        }
    }
}

/// Integer division, rounded half away from zero. `denominator` must be positive.
pub const fn round_div(numerator: i128, denominator: i128) -> i64 {
    let half = denominator / 2;
    let shifted = if numerator >= 0 { numerator + half } else { numerator - half };
    (shifted / denominator) as i64
}

impl std::ops::Add for Mark {
    type Output = Mark;
    fn add(self, other: Mark) -> Mark {
        Mark(self.0 + other.0)
    }
}
impl std::ops::Sub for Mark {
    type Output = Mark;
    fn sub(self, other: Mark) -> Mark {
        Mark(self.0 - other.0)
    }
}
impl std::ops::Neg for Mark {
    type Output = Mark;
    fn neg(self) -> Mark {
        Mark(-self.0)
    }
}
impl std::ops::AddAssign for Mark {
    fn add_assign(&mut self, other: Mark) {
        self.0 += other.0;
    }
}
impl std::ops::SubAssign for Mark {
    fn sub_assign(&mut self, other: Mark) {
        self.0 -= other.0;
    }
}
impl std::iter::Sum for Mark {
    fn sum<I: Iterator<Item = Mark>>(marks: I) -> Mark {
        Mark(marks.map(|mark| mark.0).sum())
    }
}

/// `27.50`: always two decimals.
impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

/// Reads `3`, `2.7`, `-0.25`: at most two decimals, at most 9 digits before the point.
impl std::str::FromStr for Mark {
    type Err = String;
    fn from_str(text: &str) -> Result<Mark, String> {
        let wrong = || format!("{text:?} is no mark: write a number with at most two decimals, such as 2.75");
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str, most: usize| {
            !part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit())
        };
        if !all_digits(whole, 9) || !all_digits(fraction, 2) {
            return Err(wrong());
        }
        let whole: i64 = whole.parse().map_err(|_| wrong())?;
        let hundredths: i64 = format!("{fraction:0<2}").parse().map_err(|_| wrong())?;
        Ok(Mark(sign * (whole * 100 + hundredths)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_away_from_zero() {
        let third = |n| Mark::from_hundredths(n).scaled(1, 2).unwrap().hundredths();
        assert_eq!([third(1), third(-1), third(3), third(-3), third(4)], [1, -1, 2, -2, 2]);
        assert_eq!(Mark::from_hundredths(5).scaled(1, 0), None);
    }

    proptest! {
        #[test]
        fn a_mark_survives_its_text(hundredths in -99_999_999_999i64..=99_999_999_999) {
            let mark = Mark::from_hundredths(hundredths);
            prop_assert_eq!(mark.to_string().parse::<Mark>().unwrap(), mark);
        }
    }

    #[test]
    fn what_is_no_mark_is_refused() {
        for text in ["", "-", ".5", "1.", "1.234", "NaN", "1e3", "+1", "１", "9999999999"] {
            assert!(text.parse::<Mark>().is_err(), "{text:?}");
        }
    }
}
