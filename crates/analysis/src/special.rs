//! The distributions that intervals need: F and t, by way of the incomplete beta function.
//!
//! Source of the formulas: NIST Digital Library of Mathematical Functions, 5.11.1 (ln Γ), 8.17.22 (continued fraction).

/// ln Γ(x) for x > 0: Stirling's series from 15 up, the recurrence below.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut shifted) = (x, 1.0_f64);
    while x < 15.0 {
        shifted *= x;
        x += 1.0;
    }
    let inverse = 1.0 / (x * x);
    let series = (1.0 / 12.0
        - inverse
            * (1.0 / 360.0
                - inverse
                    * (1.0 / 1260.0
                        - inverse * (1.0 / 1680.0 - inverse * (1.0 / 1188.0 - inverse * 691.0 / 360_360.0)))))
        / x;
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + series - shifted.ln()
}

/// I_x(a, b), regularised, for a, b > 0.
fn beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    // The fraction converges fast on this side only.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_fraction(1.0 - x, b, a);
    }
    beta_fraction(x, a, b)
}

/// The continued fraction, evaluated from the front (Lentz, "Generating Bessel functions in Mie scattering calculations
/// using continued fractions", Applied Optics 15 (1976), 668–671).
fn beta_fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let not_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp() / a;
    let (mut fraction, mut c, mut d) = (1.0, 1.0, 0.0);
    for step in 1..10_000_u32 {
        let m = f64::from(step / 2);
        let coefficient = if step % 2 == 0 {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        };
        d = 1.0 / not_zero(1.0 + coefficient * d);
        c = not_zero(1.0 + coefficient / c);
        fraction *= c * d;
        if (c * d - 1.0).abs() < 1e-16 {
            break;
        }
    }
    front / fraction
}

/// P(F ≤ f) with `above` and `below` degrees of freedom, which need not be whole.
pub fn f_below(f: f64, above: f64, below: f64) -> f64 {
    if f <= 0.0 { 0.0 } else { beta(above * f / (above * f + below), above / 2.0, below / 2.0) }
}

/// P(F > f).
pub fn f_beyond(f: f64, above: f64, below: f64) -> f64 {
    if f <= 0.0 { 1.0 } else { beta(below / (above * f + below), below / 2.0, above / 2.0) }
}

/// The F below which a share of the distribution lies; share within 0 and 1, both excluded.
pub fn f_quantile(share: f64, above: f64, below: f64) -> f64 {
    let (mut low, mut high) = (-600.0_f64, 600.0_f64);
    for _ in 0..120 {
        let middle = 0.5 * (low + high);
        if f_below(middle.exp(), above, below) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    (0.5 * (low + high)).exp()
}

/// The t that leaves 2.5 % on either side.
pub fn t_95(freedom: f64) -> f64 {
    f_quantile(0.95, 1.0, freedom).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From printed tables of t and F (e.g. NIST/SEMATECH e-Handbook 1.3.6.7), to three places.
    #[test]
    fn printed_tables() {
        for (freedom, t) in [(1.0, 12.706), (2.0, 4.303), (10.0, 2.228), (30.0, 2.042), (100.0, 1.984)] {
            assert!((t_95(freedom) - t).abs() < 5.1e-4, "{freedom}: {}", t_95(freedom));
        }
        for (above, below, f) in [(1.0, 1.0, 161.448), (5.0, 10.0, 3.326), (10.0, 100.0, 1.927)] {
            assert!((f_quantile(0.95, above, below) - f).abs() < 5.1e-4, "{above} {below}");
        }
    }

    #[test]
    fn both_sides_make_one() {
        for f in [0.01, 0.5, 1.0, 2.0, 50.0] {
            for (above, below) in [(1.0, 1.0), (3.5, 7.2), (76.0, 4484.0)] {
                assert!((f_below(f, above, below) + f_beyond(f, above, below) - 1.0).abs() < 1e-12);
            }
        }
    }
}
