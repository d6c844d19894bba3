//! A measured quantity, exact: an integer in millionths of its unit, so that 10.05 is 10.05.

/// A value read from an instrument, in 1/1,000,000 of the unit that the aspect names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Measure(i64);

impl Measure {
    pub const ZERO: Measure = Measure(0);
    /// Digits that [`Measure::from_str`](std::str::FromStr) takes before and after the point.
    pub const WHOLE_DIGITS_MOST: usize = 9;
    pub const DECIMALS_MOST: usize = 6;

    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// How far apart two values are.
    pub const fn distance(self, other: Measure) -> u64 {
        self.0.abs_diff(other.0)
    }
}

/// `10.02`: as many decimals as it needs.
impl std::fmt::Display for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, fraction) = (self.0.unsigned_abs() / 1_000_000, self.0.unsigned_abs() % 1_000_000);
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        write!(f, "{sign}{whole}.{}", format!("{fraction:06}").trim_end_matches('0'))
    }
}

/// Reads `10`, `-0.25`, `10.020001`: at most 9 digits before the point and 6 after it.
impl std::str::FromStr for Measure {
    type Err = String;
    fn from_str(text: &str) -> Result<Measure, String> {
        let wrong = || {
            let shown: String = text.chars().take(40).collect();
            format!("{shown:?} is no measured value: write a number with at most six decimals, such as 10.02")
        };
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str, most: usize| {
            !part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit())
        };
        if !all_digits(whole, Self::WHOLE_DIGITS_MOST) || !all_digits(fraction, Self::DECIMALS_MOST) {
            return Err(wrong());
        }
        let whole: i64 = whole.parse().map_err(|_| wrong())?;
        let fraction: i64 = format!("{fraction:0<6}").parse().map_err(|_| wrong())?;
        Ok(Measure(sign * (whole * 1_000_000 + fraction)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_measure_is_refused() {
        for text in ["", "-", ".5", "1.", "1.2345678", "NaN", "inf", "1e3", "+1", "１", "1234567890", "1,5"] {
            assert!(text.parse::<Measure>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn trailing_zeros_mean_nothing() {
        assert_eq!("10.020".parse::<Measure>(), "10.02".parse());
        assert_eq!("10.020".parse::<Measure>().unwrap().to_string(), "10.02");
        assert_eq!("-0.5".parse::<Measure>().unwrap().to_string(), "-0.5");
    }

    proptest! {
        #[test]
        fn a_measure_survives_its_text(millionths in -999_999_999_999_999i64..=999_999_999_999_999) {
            let measure = Measure::from_millionths(millionths);
            prop_assert_eq!(measure.to_string().parse::<Measure>().unwrap(), measure);
        }
    }
}
