//! Who chose what: the options of a question by thirds of the field.

/// An option that fewer choose does not work. Source: Haladyna and Downing, "How many options is enough for a
/// multiple-choice test item?", Educational and Psychological Measurement 53 (1993), 999–1010.
pub const WORKING_LEAST: f64 = 0.05;

/// Of one option. Shares of all who answered in a third, in 0 to 1; none of an empty third.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OptionFigures {
    pub chosen: usize,
    pub share: f64,
    pub upper: Option<f64>,
    pub middle: Option<f64>,
    pub lower: Option<f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Distractors {
    /// In the order of the item's options.
    pub options: Vec<OptionFigures>,
    /// The share of the field that left it empty.
    pub empty: f64,
    /// Wrong options that fewer than 5 % chose.
    pub idle: Vec<usize>,
    /// Wrong options that more of the upper than of the lower third chose: the key may be wrong, or the option right too.
    pub misleading: Vec<usize>,
}

/// One candidate: his total on the paper, and the option he chose, as its place in the item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chosen {
    pub total: f64,
    pub option: Option<usize>,
}

/// Candidates in any order. Who are level at the edge of a third stand in both, in the shares that the edge cuts, so that
/// the order of arrival changes nothing. `None` of nobody, of a total that is no number, or of an option that isn't there.
pub fn distractors(field: &[Chosen], options: usize, right: usize) -> Option<Distractors> {
    let is_sound = |one: &Chosen| one.total.is_finite() && one.option.is_none_or(|option| option < options);
    if field.is_empty() || right >= options || !field.iter().all(is_sound) {
        return None;
    }
    let n = field.len() as f64;
    let mut sorted: Vec<f64> = field.iter().map(|one| one.total).collect();
    sorted.sort_by(f64::total_cmp);
    let (mut weight, mut whole) = (vec![[0.0_f64; 3]; options], [0.0_f64; 3]);
    let mut count = vec![0_usize; options];
    let mut empty = 0_usize;
    for one in field {
        let below = sorted.partition_point(|total| *total < one.total) as f64;
        let upto = sorted.partition_point(|total| *total <= one.total) as f64;
        let part = |third: usize| {
            let (from, to) = (third as f64 * n / 3.0, (third + 1) as f64 * n / 3.0);
            (upto.min(to) - below.max(from)).max(0.0) / (upto - below)
        };
        let parts = [part(0), part(1), part(2)];
        let add = |to: &mut [f64; 3]| to.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        add(&mut whole);
        match one.option {
            Some(option) => {
                count[option] += 1;
                add(&mut weight[option]);
            }
            None => empty += 1,
        }
    }
    let share = |option: usize, third: usize| (whole[third] > 0.0).then(|| weight[option][third] / whole[third]);
    let options: Vec<OptionFigures> = (0..options)
        .map(|at| OptionFigures {
            chosen: count[at],
            share: count[at] as f64 / n,
            upper: share(at, 2),
            middle: share(at, 1),
            lower: share(at, 0),
        })
        .collect();
    let wrong = |is: &dyn Fn(&OptionFigures) -> bool| {
        (0..options.len()).filter(|at| *at != right && is(&options[*at])).collect::<Vec<_>>()
    };
    let idle = wrong(&|one| one.share < WORKING_LEAST);
    let misleading = wrong(&|one| one.upper.zip(one.lower).is_some_and(|(upper, lower)| upper > lower));
    Some(Distractors { empty: empty as f64 / n, idle, misleading, options })
}
