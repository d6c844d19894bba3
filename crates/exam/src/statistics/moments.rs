//! Means, deviations and what goes with them, with n as the divisor, as equating takes them (Kolen and Brennan 2014, p. 30).

/// Of one group's marks on one form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    pub n: usize,
    pub mean: f64,
    pub deviation: f64,
    /// Third standardised moment.
    pub skewness: f64,
    /// Fourth standardised moment, 3 for a normal distribution.
    pub kurtosis: f64,
}

impl Moments {
    /// `None` for fewer than two marks, for one that is no number, or where all are the same.
    pub fn of(marks: &[f64]) -> Option<Moments> {
        if marks.len() < 2 || !marks.iter().all(|mark| mark.is_finite()) {
            return None;
        }
        let n = marks.len() as f64;
        let mean = marks.iter().sum::<f64>() / n;
        let central = |power: i32| marks.iter().map(|mark| (mark - mean).powi(power)).sum::<f64>() / n;
        let deviation = central(2).sqrt();
        (deviation > 1e-12 * (1.0 + mean.abs())).then(|| Moments {
            n: marks.len(),
            mean,
            deviation,
            skewness: central(3) / deviation.powi(3),
            kurtosis: central(4) / deviation.powi(4),
        })
    }
}

/// Of one group on a form and its anchor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paired {
    pub form_mean: f64,
    pub form_deviation: f64,
    pub anchor_mean: f64,
    pub anchor_deviation: f64,
    pub covariance: f64,
}

impl Paired {
    /// Of `(form, anchor)` for each candidate; as [`Moments::of`].
    pub fn of(marks: &[(f64, f64)]) -> Option<Paired> {
        let (form, anchor): (Vec<f64>, Vec<f64>) = marks.iter().copied().unzip();
        let (of_form, of_anchor) = (Moments::of(&form)?, Moments::of(&anchor)?);
        let together =
            marks.iter().map(|(form, anchor)| (form - of_form.mean) * (anchor - of_anchor.mean)).sum::<f64>();
        Some(Paired {
            form_mean: of_form.mean,
            form_deviation: of_form.deviation,
            anchor_mean: of_anchor.mean,
            anchor_deviation: of_anchor.deviation,
            covariance: together / marks.len() as f64,
        })
    }
}
