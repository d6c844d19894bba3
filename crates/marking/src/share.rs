//! Parts of a whole as rules write them: `10%`, `12.5%`.

use kernel::Text;

/// A share of at most the whole, in 1/100 of a per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Share(u32);

/// What a part of a whole number of people is made whole by. Always declared, never assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    Up,
    Down,
    /// Halves go up.
    Nearest,
}

impl Rounding {
    pub const ALL: [Rounding; 3] = [Rounding::Up, Rounding::Down, Rounding::Nearest];

    pub const fn code(self) -> &'static str {
        match self {
            Rounding::Up => "up",
            Rounding::Down => "down",
            Rounding::Nearest => "nearest",
        }
    }

    pub(crate) fn says(self) -> Text {
        match self {
            Rounding::Up => Text::new("进位取整", "rounded up"),
            Rounding::Down => Text::new("舍去小数", "rounded down"),
            Rounding::Nearest => Text::new("四舍五入", "rounded to the nearest"),
        }
    }
}

impl Share {
    pub const NONE: Share = Share(0);
    pub const WHOLE: Share = Share(10_000);

    /// `None` for more than the whole.
    pub const fn from_hundredths_of_percent(hundredths: u32) -> Option<Share> {
        if hundredths <= Share::WHOLE.0 { Some(Share(hundredths)) } else { None }
    }

    pub const fn hundredths_of_percent(self) -> u32 {
        self.0
    }

    /// This share of so many.
    pub const fn of(self, count: u32, rounding: Rounding) -> u32 {
        let (parts, whole) = (self.0 as u64 * count as u64, Share::WHOLE.0 as u64);
        let rounded = match rounding {
            Rounding::Up => parts.div_ceil(whole),
            Rounding::Down => parts / whole,
            Rounding::Nearest => (parts + whole / 2) / whole,
        };
        rounded as u32
    }

    /// Whether `part` of `whole` is more than this share; nothing of nothing is not.
    pub const fn is_exceeded(self, part: u64, whole: u64) -> bool {
        part as u128 * Share::WHOLE.0 as u128 > self.0 as u128 * whole as u128
    }
}

/// `10%`, `12.5%`.
impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match rest {
            0 => write!(f, "{whole}%"),
            _ if rest % 10 == 0 => write!(f, "{whole}.{}%", rest / 10),
            _ => write!(f, "{whole}.{rest:02}%"),
        }
    }
}

/// Reads `10%`, `12.5 %`: at most two decimals, at most 100.
impl std::str::FromStr for Share {
    type Err = String;
    fn from_str(text: &str) -> Result<Share, String> {
        let wrong = || format!("{text:?} is no share: write a percentage from 0% to 100%, such as 12.5%");
        let figure = text.strip_suffix('%').ok_or_else(wrong)?.trim_end();
        let (whole, fraction) = figure.split_once('.').unwrap_or((figure, "0"));
        let digits = |part: &str, most: usize| {
            !part.is_empty() && part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(whole, 3) || !digits(fraction, 2) {
            return Err(wrong());
        }
        let hundredths: u32 = format!("{whole}{fraction:0<2}").parse().map_err(|_| wrong())?;
        Share::from_hundredths_of_percent(hundredths).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_survives_its_text() {
        for hundredths in 0..=10_000 {
            let share = Share(hundredths);
            assert_eq!(share.to_string().parse(), Ok(share));
        }
        for text in ["", "%", "10", "100.01%", "101%", "-1%", "1.234%", "1e1%", ".5%", "５%", "1000%"] {
            assert!(text.parse::<Share>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_share_of_people_is_rounded_as_declared() {
        let of = |share: &str, count| Rounding::ALL.map(|rounding| share.parse::<Share>().unwrap().of(count, rounding));
        for (share, count, expected) in [
            ("10%", 77, [8, 7, 8]),
            ("20%", 77, [16, 15, 15]),
            ("30%", 77, [24, 23, 23]),
            ("10%", 70, [7, 7, 7]),
            ("50%", 5, [3, 2, 3]),
            ("0%", 5, [0, 0, 0]),
            ("100%", u32::MAX, [u32::MAX; 3]),
        ] {
            assert_eq!(of(share, count), expected, "{share} of {count}");
        }
    }

    #[test]
    fn exactly_the_limit_does_not_exceed_it() {
        let limit: Share = "5%".parse().unwrap();
        assert_eq!(
            [(1, 20), (1, 19), (0, 0), (5, 100), (6, 100)].map(|(part, whole)| limit.is_exceeded(part, whole)),
            [false, true, false, false, true]
        );
    }
}
