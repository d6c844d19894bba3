//! Numbers as people write them, compared exactly: no floating point decides whether an answer is right.

use crate::fold::narrow;

const LENGTH_MOST: usize = 40;
const DIGITS_MOST: usize = 15;
const EXPONENT_MOST: i32 = 60;

/// `mantissa · 10^exponent`, with the significant figures that its writing may have.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    mantissa: i128,
    exponent: i32,
    /// Fewest and most: `1200` may have two to four.
    figures: (u32, u32),
}

impl Decimal {
    pub fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    pub fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Whether it may have been written with so many significant figures. Zero has none that could be counted.
    pub fn has_figures(self, figures: u32) -> bool {
        self.is_zero() || (self.figures.0..=self.figures.1).contains(&figures)
    }

    fn abs(self) -> Decimal {
        Decimal { mantissa: self.mantissa.abs(), ..self }
    }

    /// For figures, never for grading. `None` where it is beyond what floating point holds.
    pub fn to_f64(self) -> Option<f64> {
        let value = self.mantissa as f64 * 10f64.powi(self.exponent);
        value.is_finite().then_some(value)
    }

    /// Times a power of ten.
    pub fn shifted(self, places: i32) -> Decimal {
        Decimal { exponent: self.exponent + places, ..self }.shortened()
    }

    /// Without zeros behind its last digit.
    fn shortened(mut self) -> Decimal {
        while self.mantissa != 0 && self.mantissa % 10 == 0 && self.exponent < 0 {
            self.mantissa /= 10;
            self.exponent += 1;
        }
        if self.mantissa == 0 { Decimal { mantissa: 0, exponent: 0, figures: (0, 0) } } else { self }
    }

    fn term(self, sign: i128) -> (i128, i32) {
        (sign * self.mantissa, self.exponent)
    }

    /// Less, equal or greater, exactly.
    pub fn compare(self, other: Decimal) -> std::cmp::Ordering {
        sign_of_sum(vec![self.term(1), other.term(-1)]).cmp(&0)
    }
}

/// In full digits where that is short, or else with an exponent; [`decimal`] reads it back.
impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let digits = self.mantissa.unsigned_abs().to_string();
        match self.exponent {
            0 => write!(f, "{sign}{digits}"),
            -15..0 => {
                let places = self.exponent.unsigned_abs() as usize;
                let padded = format!("{digits:0>width$}", width = places + 1);
                let (whole, fraction) = padded.split_at(padded.len() - places);
                write!(f, "{sign}{whole}.{fraction}")
            }
            exponent @ 1..=6 => write!(f, "{sign}{digits}{}", "0".repeat(exponent as usize)),
            exponent => write!(f, "{sign}{digits}e{exponent}"),
        }
    }
}

/// share · |value|.
pub fn share_of(share: Decimal, value: Decimal) -> Decimal {
    let mantissa = share.mantissa * value.mantissa.abs();
    Decimal { mantissa, exponent: share.exponent + value.exponent, figures: (0, 0) }.shortened()
}

/// The middle of a range and half its width, exactly. `None` where low isn't the lower, or they are too far apart to be
/// written in 15 digits.
pub fn middle_and_half(low: Decimal, high: Decimal) -> Option<(String, String)> {
    let exponent = low.exponent.min(high.exponent);
    let aligned = |one: Decimal| {
        let shift = u32::try_from(one.exponent - exponent).ok().filter(|shift| *shift <= 20)?;
        one.mantissa.checked_mul(10_i128.pow(shift))
    };
    let (low, high) = (aligned(low)?, aligned(high)?);
    // A half has one more place: n/2 = 5n/10.
    let half = |doubled: i128| {
        Some(Decimal { mantissa: doubled.checked_mul(5)?, exponent: exponent - 1, figures: (0, 0) }.shortened())
    };
    let (middle, half) = (half(low.checked_add(high)?)?, half(high.checked_sub(low)?)?);
    let texts = (middle.to_string(), half.to_string());
    (low <= high && decimal(&texts.0).is_some() && decimal(&texts.1).is_some()).then_some(texts)
}

/// `-12.50`, `1.6e-19`, `6.02×10^23`, full-width digits as well: a number in at most 15 digits. Everything else (`NaN`,
/// `1,200`, `½`, an empty text) is `None`.
pub fn decimal(text: &str) -> Option<Decimal> {
    if text.chars().count() > LENGTH_MOST {
        return None;
    }
    let narrowed = narrow(text).replace('×', "*").replace(' ', "");
    let (number, exponent) = match narrowed.split_once("*10^").or_else(|| narrowed.split_once(['e', 'E'])) {
        Some((number, exponent)) => (number, whole_exponent(exponent)?),
        None => (narrowed.as_str(), 0),
    };
    let (sign, digits) = match number.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) || (digits.contains('.') && fraction.is_empty()) {
        return None;
    }
    let written = format!("{whole}{fraction}");
    let significant = written.trim_start_matches('0');
    if significant.len() > DIGITS_MOST {
        return None;
    }
    let mantissa: i128 = if significant.is_empty() { 0 } else { significant.parse().ok()? };
    let most = significant.len() as u32;
    let fewest = if fraction.is_empty() { significant.trim_end_matches('0').len() as u32 } else { most };
    Some(Decimal { mantissa: sign * mantissa, exponent: exponent - fraction.len() as i32, figures: (fewest, most) })
}

fn whole_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_short = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let exponent: i32 = if is_short { text.parse().ok()? } else { return None };
    (exponent.abs() <= EXPONENT_MOST).then_some(exponent)
}

/// |answer − value| ≤ tolerance.
pub fn within_absolute(answer: Decimal, value: Decimal, tolerance: Decimal) -> bool {
    let above = sign_of_sum(vec![answer.term(1), value.term(-1), tolerance.term(-1)]) <= 0;
    let below = sign_of_sum(vec![value.term(1), answer.term(-1), tolerance.term(-1)]) <= 0;
    above && below
}

/// |answer − value| ≤ share · |value|.
pub fn within_relative(answer: Decimal, value: Decimal, share: Decimal) -> bool {
    let value_abs = value.abs();
    let tolerance = Decimal {
        mantissa: share.mantissa * value_abs.mantissa,
        exponent: share.exponent + value_abs.exponent,
        figures: (0, 0),
    };
    within_absolute(answer, value, tolerance)
}

/// −1, 0 or 1. From the greatest power down: where the sum so far no longer fits, what follows is too small to turn it,
/// for each mantissa is below 10^30 and there are three.
fn sign_of_sum(mut terms: Vec<(i128, i32)>) -> i128 {
    terms.retain(|(mantissa, _)| *mantissa != 0);
    terms.sort_by_key(|(_, exponent)| std::cmp::Reverse(*exponent));
    let mut sum = 0_i128;
    let mut power = terms.first().map_or(0, |(_, exponent)| *exponent);
    for (mantissa, exponent) in terms {
        while power > exponent && sum != 0 {
            match sum.checked_mul(10) {
                Some(next) if next.abs() < 10_i128.pow(36) => sum = next,
                _ => return sum.signum(),
            }
            power -= 1;
        }
        power = exponent;
        sum += mantissa;
    }
    sum.signum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cmp::Ordering;

    fn read(text: &str) -> Decimal {
        decimal(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn what_people_write_is_read() {
        for (one, other) in [
            ("1.50", "1.5"),
            ("１．５", "1.5"),
            ("-0", "0"),
            ("+3", "3"),
            ("1.5e3", "1500"),
            ("6.02×10^23", "6.02e23"),
            ("1.6 * 10^-19", "1.6E-19"),
            ("−2", "-2"),
        ] {
            assert_eq!(read(one).compare(read(other)), Ordering::Equal, "{one}");
        }
        for text in [
            "",
            " ",
            "-",
            ".5",
            "5.",
            "NaN",
            "inf",
            "1,200",
            "1/2",
            "½",
            "0x1",
            "1e",
            "1e999",
            "1e-61",
            "--1",
            "1234567890123456",
            "1 000 000 000 000 000 0",
            "三",
            "1e1e1",
            &"1".repeat(50),
        ] {
            assert!(decimal(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn the_edge_of_a_tolerance_is_within_it() {
        for (answer, value, tolerance, fits) in [
            ("10.1", "10", "0.1", true),
            ("9.9", "10", "0.1", true),
            ("10.1000000001", "10", "0.1", false),
            ("0.3", "0.1", "0.2", true),
            ("1e-30", "0", "0", false),
            ("1e30", "1e30", "1e-30", true),
            ("1e30", "1.00000000000001e30", "1e-30", false),
        ] {
            assert_eq!(within_absolute(read(answer), read(value), read(tolerance)), fits, "{answer} {value}");
        }
        for (answer, value, share, fits) in [
            ("102", "100", "0.02", true),
            ("102.01", "100", "0.02", false),
            ("-98", "-100", "0.02", true),
            ("0", "0", "0.02", true),
            ("0.001", "0", "0.02", false),
            ("1.602e-19", "1.6e-19", "0.00125", true),
        ] {
            assert_eq!(within_relative(read(answer), read(value), read(share)), fits, "{answer} {value}");
        }
    }

    #[test]
    fn significant_figures_are_those_of_the_writing() {
        for (text, fit, misfit) in [
            ("1200", vec![2, 3, 4], 1),
            ("1200.0", vec![5], 4),
            ("0.00120", vec![3], 2),
            ("1.20e3", vec![3], 2),
            ("0", vec![1, 9], 99),
        ] {
            assert!(fit.iter().all(|figures| read(text).has_figures(*figures)), "{text}");
            assert!(text == "0" || !read(text).has_figures(misfit), "{text}");
        }
    }

    #[test]
    fn a_range_is_its_middle_and_half() {
        let found = |low: &str, high: &str| middle_and_half(read(low), read(high));
        let texts = |middle: &str, half: &str| Some((middle.to_owned(), half.to_owned()));
        assert_eq!(found("1", "5"), texts("3", "2"));
        assert_eq!(found("-0.5", "1"), texts("0.25", "0.75"));
        assert_eq!(found("2", "2"), texts("2", "0"));
        assert_eq!(found("5", "1"), None);
        assert_eq!(found("1e-60", "1e60"), None);
        for text in ["0.0012", "-12.5", "1e20", "1200", "1.6e-19"] {
            assert_eq!(read(&read(text).to_string()).compare(read(text)), Ordering::Equal, "{text}");
        }
        assert_eq!(share_of(read("0.02"), read("-150")).to_string(), "3");
    }

    proptest! {
        #[test]
        fn integers_agree_with_the_machine(a in -1_000_000i64..1_000_000, v in -1_000_000i64..1_000_000, t in 0i64..1_000_000) {
            let as_decimal = |n: i64| read(&format!("{}{}.{:03}", if n < 0 { "-" } else { "" }, n.abs() / 1000, n.abs() % 1000));
            prop_assert_eq!(within_absolute(as_decimal(a), as_decimal(v), as_decimal(t)), (a - v).abs() <= t);
            prop_assert_eq!(as_decimal(a).compare(as_decimal(v)), a.cmp(&v));
        }
    }
}
