//! Figures as people read them.

/// `0.712`, never `-0.000`.
pub fn fixed(value: f64) -> String {
    format!("{:.3}", (value * 1000.0).round() / 1000.0 + 0.0)
}

/// `2.35`, as marks are written.
pub fn marks(value: f64) -> String {
    format!("{:.2}", (value * 100.0).round() / 100.0 + 0.0)
}

/// A share as `71%`.
pub fn percent(share: f64) -> String {
    format!("{:.0}%", (share * 100.0).round() + 0.0)
}

/// A difference of shares as `7.1%`.
pub fn points(difference: f64) -> String {
    format!("{:.1}%", (difference * 1000.0).round() / 10.0 + 0.0)
}

/// `+7.1%`, `-7.1%`, `0.0%`.
pub fn signed_points(difference: f64) -> String {
    let sign = if (difference * 1000.0).round() > 0.0 { "+" } else { "" };
    format!("{sign}{}", points(difference))
}

/// `95%` as English sentences of this house have it: `95 %`.
pub fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if letter == '%' && spaced.ends_with(|before: char| before.is_ascii_digit()) {
            spaced.push(' ');
        }
        spaced.push(letter);
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minus_before_nothing() {
        assert_eq!([fixed(-0.0001), fixed(0.6667), percent(0.994), percent(-0.001)], ["0.000", "0.667", "99%", "0%"]);
        assert_eq!(spaced("7% of %"), "7 % of %");
        assert_eq!([marks(-0.001), marks(2.346)], ["0.00", "2.35"]);
        assert_eq!([signed_points(0.0712), signed_points(-0.07), signed_points(-0.0001)], ["+7.1%", "-7.0%", "0.0%"]);
    }
}
