//! From where on a figure is worth a sentence. Limits are values that a contest may set; each carries where it comes
//! from, and a finding shows both.

use crate::krippendorff::Bootstrap;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    pub value: f64,
    pub source: Source,
}

/// Where a limit comes from, in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    pub zh: &'static str,
    pub en: &'static str,
}

impl Source {
    pub const fn published(source: &'static str) -> Source {
        Source { zh: source, en: source }
    }

    /// No publication stands behind it: change it freely.
    pub const OWN: Source = Source { zh: "本平台默认值", en: "this platform's own" };
    pub const CUSTOMARY: Source = Source { zh: "试题分析惯例", en: "customary in item analysis" };
}

/// How aspects share scales in the Rasch model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scales {
    /// Aspects with equally many steps share one (Andrich's rating scale): few thresholds, for fields of a contest's
    /// size.
    BySteps,
    /// Each aspect has its own (Masters' partial credit): takes many competitors.
    EachAspect,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Mean share of the maximum above which an aspect is too easy.
    pub easy: Limit,
    /// And below which it is too hard.
    pub hard: Limit,
    /// Upper–lower index below which an aspect does not tell strong from weak.
    pub discrimination: Limit,
    /// Item–rest correlation below which it contradicts the others.
    pub contradiction: Limit,
    /// Cronbach's α below which ranks are unsure.
    pub reliability: Limit,
    /// Mean deviation from the panel, in shares of the maximum, from which a judge is severe or lenient, if its
    /// interval leaves out 0.
    pub deviation: Limit,
    /// Infit from which a judge is erratic.
    pub infit: Limit,
    /// Krippendorff's α, interval metric, below which judges as a whole don't agree.
    pub agreement: Limit,
    /// ICC of the panel's mean, for agreement, below which a panel's marks are not to be relied on.
    pub panel: Limit,
    /// Change in an hour, in shares of the maximum, from which marks or a judge drift, if the interval leaves out 0.
    pub drift: Limit,
    /// Mean residual, in shares of the maximum, from which a venue differs, if the interval leaves out 0.
    pub venue: Limit,
    /// Rate below which machine and people disagree on an aspect.
    pub machine: Limit,
    /// Median share of an ability below which the field should train it.
    pub mastery: Limit,
    /// Distance of the quartiles of an ability from which the field is uneven in it.
    pub unevenness: Limit,
    /// Reliability of an ability below which nobody should be selected by it.
    pub selection: Limit,
    /// Place in the field, as the share of it below, from which an ability is a competitor's strong point.
    pub strong: Limit,
    /// And up to which it is a weak one.
    pub weak: Limit,
    /// Aspects with more steps are put on a scale of so many for the Rasch model.
    pub steps_most: u32,
    pub scales: Scales,
    /// Of Krippendorff's α.
    pub bootstrap: Bootstrap,
}

impl Default for Limits {
    fn default() -> Limits {
        let customary = |value| Limit { value, source: Source::CUSTOMARY };
        let own = |value| Limit { value, source: Source::OWN };
        let published = |value, source| Limit { value, source: Source::published(source) };
        Limits {
            easy: customary(0.90),
            hard: customary(0.20),
            discrimination: published(0.20, "Ebel 1965, Measuring Educational Achievement"),
            contradiction: customary(0.0),
            reliability: published(0.70, "Nunnally 1978, Psychometric Theory"),
            deviation: own(0.05),
            infit: published(1.5, "Linacre 2002, Rasch Measurement Transactions 16:2"),
            agreement: published(0.667, "Krippendorff 2004, Content Analysis"),
            panel: published(0.75, "Koo & Li 2016, Journal of Chiropractic Medicine 15"),
            drift: own(0.01),
            venue: own(0.03),
            machine: own(0.90),
            mastery: own(0.60),
            unevenness: own(0.30),
            selection: published(0.70, "Nunnally 1978, Psychometric Theory"),
            strong: own(0.75),
            weak: own(0.25),
            steps_most: 10,
            scales: Scales::BySteps,
            bootstrap: Bootstrap { seed: 1, resamples: 1000 },
        }
    }
}
