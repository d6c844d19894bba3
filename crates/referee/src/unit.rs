//! Units of measurement: which figures may be compared or added, and by what they are converted.
//!
//! A unit is a product of powers of bases with a scale. Known names (`mm`, `kPa`, `rad/s` …) convert into each other;
//! any other text is a base of its own and agrees only with itself. A scale is a fraction, so that `0.005 m` is
//! exactly `5 mm`. Temperatures in °C and K don't convert: they differ by an offset, and a difference doesn't.

/// A base by its number in the list below, or an opaque text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Base {
    Known(u8),
    Opaque(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unit {
    /// Sorted by base, no zero powers.
    pub powers: Vec<(Base, i8)>,
    pub numerator: f64,
    pub denominator: f64,
}

const LENGTH: u8 = 0;
const MASS: u8 = 1;
const TIME: u8 = 2;
const CURRENT: u8 = 3;
const ANGLE: u8 = 4;
const CELSIUS: u8 = 5;
const KELVIN: u8 = 6;
const PERCENT: u8 = 7;

type Powers = &'static [(u8, i8)];
const FORCE: Powers = &[(LENGTH, 1), (MASS, 1), (TIME, -2)];
const PRESSURE: Powers = &[(LENGTH, -1), (MASS, 1), (TIME, -2)];
const ENERGY: Powers = &[(LENGTH, 2), (MASS, 1), (TIME, -2)];
const POWER: Powers = &[(LENGTH, 2), (MASS, 1), (TIME, -3)];
const VOLTAGE: Powers = &[(LENGTH, 2), (MASS, 1), (TIME, -3), (CURRENT, -1)];

/// Name, powers, scale as a fraction.
const KNOWN: &[(&str, Powers, f64, f64)] = &[
    ("m", &[(LENGTH, 1)], 1.0, 1.0),
    ("km", &[(LENGTH, 1)], 1e3, 1.0),
    ("cm", &[(LENGTH, 1)], 1.0, 1e2),
    ("mm", &[(LENGTH, 1)], 1.0, 1e3),
    ("um", &[(LENGTH, 1)], 1.0, 1e6),
    ("µm", &[(LENGTH, 1)], 1.0, 1e6),
    ("μm", &[(LENGTH, 1)], 1.0, 1e6),
    ("kg", &[(MASS, 1)], 1.0, 1.0),
    ("g", &[(MASS, 1)], 1.0, 1e3),
    ("h", &[(TIME, 1)], 3600.0, 1.0),
    ("min", &[(TIME, 1)], 60.0, 1.0),
    ("s", &[(TIME, 1)], 1.0, 1.0),
    ("ms", &[(TIME, 1)], 1.0, 1e3),
    ("us", &[(TIME, 1)], 1.0, 1e6),
    ("ns", &[(TIME, 1)], 1.0, 1e9),
    ("A", &[(CURRENT, 1)], 1.0, 1.0),
    ("mA", &[(CURRENT, 1)], 1.0, 1e3),
    ("rad", &[(ANGLE, 1)], 1.0, 1.0),
    ("deg", &[(ANGLE, 1)], std::f64::consts::PI, 180.0),
    ("°", &[(ANGLE, 1)], std::f64::consts::PI, 180.0),
    ("rpm", &[(TIME, -1), (ANGLE, 1)], std::f64::consts::PI, 30.0),
    ("°C", &[(CELSIUS, 1)], 1.0, 1.0),
    ("℃", &[(CELSIUS, 1)], 1.0, 1.0),
    ("degC", &[(CELSIUS, 1)], 1.0, 1.0),
    ("K", &[(KELVIN, 1)], 1.0, 1.0),
    ("%", &[(PERCENT, 1)], 1.0, 1.0),
    ("Hz", &[(TIME, -1)], 1.0, 1.0),
    ("kHz", &[(TIME, -1)], 1e3, 1.0),
    ("N", FORCE, 1.0, 1.0),
    ("kN", FORCE, 1e3, 1.0),
    ("Nm", ENERGY, 1.0, 1.0),
    ("J", ENERGY, 1.0, 1.0),
    ("W", POWER, 1.0, 1.0),
    ("kW", POWER, 1e3, 1.0),
    ("Pa", PRESSURE, 1.0, 1.0),
    ("kPa", PRESSURE, 1e3, 1.0),
    ("MPa", PRESSURE, 1e6, 1.0),
    ("bar", PRESSURE, 1e5, 1.0),
    ("mbar", PRESSURE, 1e2, 1.0),
    ("V", VOLTAGE, 1.0, 1.0),
    ("mV", VOLTAGE, 1.0, 1e3),
    ("L", &[(LENGTH, 3)], 1.0, 1e3),
];

impl Unit {
    /// The known names, for suggestions.
    pub fn names<'a>() -> impl Iterator<Item = &'a str> {
        KNOWN.iter().map(|(name, ..)| *name)
    }

    /// A plain number.
    pub fn one() -> Unit {
        Unit { powers: Vec::new(), numerator: 1.0, denominator: 1.0 }
    }

    /// Reads the text of a unit; a text that isn't made of known names is a unit of its own.
    pub fn read(text: &str) -> Unit {
        let text = text.trim();
        if text.is_empty() {
            return Unit::one();
        }
        Unit::read_known(text).unwrap_or_else(|| Unit {
            powers: vec![(Base::Opaque(text.to_owned()), 1)],
            numerator: 1.0,
            denominator: 1.0,
        })
    }

    /// `m/s`, `N·m`, `m/s2`, `mm/s²`: known names joined by `/`, `·` or `*`, each with an exponent of one digit.
    pub fn read_known(text: &str) -> Option<Unit> {
        let mut unit = Unit::one();
        let mut below = false;
        let mut rest = text;
        loop {
            let end = rest.find(['/', '·', '*']).unwrap_or(rest.len());
            let factor = Unit::read_factor(&rest[..end])?;
            unit = if below { unit.over(&factor) } else { unit.times(&factor) };
            let Some(joint) = rest[end..].chars().next() else { return Some(unit) };
            below = joint == '/';
            rest = &rest[end + joint.len_utf8()..];
        }
    }

    fn read_factor(text: &str) -> Option<Unit> {
        let named = |name: &str| {
            KNOWN.iter().find(|(known, ..)| *known == name).map(|(_, powers, numerator, denominator)| Unit {
                powers: powers.iter().map(|(base, power)| (Base::Known(*base), *power)).collect(),
                numerator: *numerator,
                denominator: *denominator,
            })
        };
        if let Some(unit) = named(text) {
            return Some(unit);
        }
        let last = text.chars().last()?;
        let exponent = match last {
            '²' => 2,
            '³' => 3,
            '2' | '3' => last as u8 - b'0',
            _ => return None,
        };
        let name = text[..text.len() - last.len_utf8()].trim_end_matches('^');
        let unit = named(name)?;
        (1..exponent).try_fold(unit.clone(), |power, _| Some(power.times(&unit)))
    }

    pub fn same_kind(&self, other: &Unit) -> bool {
        self.powers == other.powers
    }

    /// What a figure in this unit is multiplied and divided by to be one in `other`; `None` when nothing changes.
    pub fn factor_to(&self, other: &Unit) -> Option<(f64, f64)> {
        let (up, down) = (self.numerator * other.denominator, self.denominator * other.numerator);
        if up == down {
            return None;
        }
        // Whole ratios are said by one of the two, so that the conversion rounds once.
        if up % down == 0.0 {
            Some((up / down, 1.0))
        } else if down % up == 0.0 {
            Some((1.0, down / up))
        } else {
            Some((up, down))
        }
    }

    pub fn times(&self, other: &Unit) -> Unit {
        self.combined(other, 1, self.numerator * other.numerator, self.denominator * other.denominator)
    }

    pub fn over(&self, other: &Unit) -> Unit {
        self.combined(other, -1, self.numerator * other.denominator, self.denominator * other.numerator)
    }

    fn combined(&self, other: &Unit, sign: i8, numerator: f64, denominator: f64) -> Unit {
        let mut powers = self.powers.clone();
        for (base, power) in &other.powers {
            let power = power.saturating_mul(sign);
            match powers.iter_mut().find(|(held, _)| held == base) {
                Some((_, held)) => *held = held.saturating_add(power),
                None => powers.push((base.clone(), power)),
            }
        }
        powers.retain(|(_, power)| *power != 0);
        powers.sort();
        Unit { powers, numerator, denominator }
    }
}

/// Converts a figure between two units of one kind.
pub(crate) fn convert(figure: f64, from: &Unit, to: &Unit) -> f64 {
    match from.factor_to(to) {
        Some((up, down)) => figure * up / down,
        None => figure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_units_convert_exactly() {
        let cases = [
            ("m", "mm", 0.005, 5.0),
            ("mm", "m", 5.0, 0.005),
            ("s", "ms", 2.0, 2000.0),
            ("kPa", "bar", 600.0, 6.0),
            ("mm/s", "m/s", 250.0, 0.25),
            ("min", "s", 1.5, 90.0),
            ("N", "kN", 12.0, 0.012),
            ("km/h", "m/s", 36.0, 10.0),
            ("m/s2", "mm/s²", 9.81, 9810.0),
        ];
        for (from, to, figure, expected) in cases {
            let (from_unit, to_unit) = (Unit::read(from), Unit::read(to));
            assert!(from_unit.same_kind(&to_unit), "{from} {to}");
            assert_eq!(convert(figure, &from_unit, &to_unit), expected, "{from} {to}");
        }
    }

    #[test]
    fn different_kinds_and_unknown_texts_stay_apart() {
        for (one, other) in [("mm", "s"), ("°C", "K"), ("N", "Nm"), ("pcs", "mm"), ("pcs", "parts"), ("rad/s", "Hz")] {
            assert!(!Unit::read(one).same_kind(&Unit::read(other)), "{one} {other}");
        }
        assert!(Unit::read("pcs").same_kind(&Unit::read(" pcs ")));
        assert!(Unit::read("N·m").same_kind(&Unit::read("J")));
    }
}
