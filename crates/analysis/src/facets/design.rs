//! Who takes part in the estimate, which number stands for which measure, and what the ratings can't tell apart.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Rating;
use crate::lack::Lack;
use crate::square::Square;

/// A rating by places in the vector of measures.
#[derive(Debug, Clone, Copy)]
pub struct Placed {
    pub competitor: usize,
    pub aspect: usize,
    pub judge: usize,
    /// Among the scales.
    pub scale: usize,
    /// Among the categories that were given.
    pub category: usize,
}

/// The vector of measures: competitors, aspects, judges, thresholds.
#[derive(Debug)]
pub struct Design {
    pub competitors: Vec<u32>,
    pub aspects: Vec<u32>,
    pub judges: Vec<u32>,
    /// Each scale with the categories that were given and the places of its thresholds.
    pub scales: Vec<(u32, Vec<u32>, Range<usize>)>,
    pub scale_of: BTreeMap<u32, u32>,
    pub ratings: Vec<Placed>,
    /// Directions in which the likelihood is level; orthonormal.
    pub level: Vec<Vec<f64>>,
    /// The same directions, each with the block in which it is taken out.
    gauge: Vec<(Vec<f64>, Range<usize>)>,
}

const FACETS: [fn(&Rating) -> u32; 3] = [|rating| rating.competitor, |rating| rating.aspect, |rating| rating.judge];

impl Design {
    /// `ratings` sorted.
    pub fn of(ratings: &[Rating]) -> Result<Design, Lack> {
        Lack::unless(!ratings.is_empty(), Lack::Marks { has: 0, needs: 1 })?;
        let mut scale_of: BTreeMap<u32, u32> = BTreeMap::new();
        for rating in ratings {
            let scale = scale_of.entry(rating.aspect).or_insert(rating.scale);
            *scale = rating.scale.min(*scale);
        }
        let kept = without_extremes(ratings, &scale_of);
        Lack::unless(!kept.is_empty(), Lack::OnlyExtremes)?;
        let given = categories(&kept, &scale_of);
        let numbers =
            |of: fn(&Rating) -> u32| -> Vec<u32> { kept.iter().map(of).collect::<BTreeSet<_>>().into_iter().collect() };
        let [competitors, aspects, judges] = FACETS.map(numbers);
        let mut next = competitors.len() + aspects.len() + judges.len();
        let mut scales = Vec::new();
        for (scale, categories) in given {
            let thresholds = next..next + categories.len() - 1;
            next = thresholds.end;
            scales.push((scale, categories.into_iter().collect::<Vec<u32>>(), thresholds));
        }
        let mut design = Design {
            competitors,
            aspects,
            judges,
            scales,
            scale_of,
            ratings: Vec::new(),
            level: Vec::new(),
            gauge: Vec::new(),
        };
        design.ratings = kept.iter().filter_map(|rating| design.place(rating)).collect();
        design.find_level();
        Ok(design)
    }

    pub fn size(&self) -> usize {
        self.scales.last().map_or(0, |(_, _, thresholds)| thresholds.end)
    }

    pub fn competitor_places(&self) -> Range<usize> {
        0..self.competitors.len()
    }

    pub fn aspect_places(&self) -> Range<usize> {
        let from = self.competitors.len();
        from..from + self.aspects.len()
    }

    pub fn judge_places(&self) -> Range<usize> {
        let from = self.aspect_places().end;
        from..from + self.judges.len()
    }

    pub fn thresholds(&self, scale: usize) -> Range<usize> {
        self.scales[scale].2.clone()
    }

    fn scale_ix(&self, aspect: u32) -> Option<usize> {
        let scale = self.scale_of.get(&aspect)?;
        self.scales.binary_search_by_key(scale, |(scale, ..)| *scale).ok()
    }

    fn category_ix(&self, scale: usize, category: u32) -> usize {
        let categories = &self.scales[scale].1;
        categories.partition_point(|given| *given < category).min(categories.len() - 1)
    }

    /// `None` when one of the three is not in the estimate.
    fn place(&self, rating: &Rating) -> Option<Placed> {
        let scale = self.scale_ix(rating.aspect)?;
        Some(Placed {
            competitor: self.competitors.binary_search(&rating.competitor).ok()?,
            aspect: self.competitors.len() + self.aspects.binary_search(&rating.aspect).ok()?,
            judge: self.aspect_places().end + self.judges.binary_search(&rating.judge).ok()?,
            scale,
            category: self.category_ix(scale, rating.category),
        })
    }

    /// The places of the two others and the category, for a rating of somebody who is not in the estimate himself.
    pub fn place_others(&self, rating: &Rating, facet: usize) -> Option<([usize; 2], usize, usize)> {
        let competitor = || self.competitors.binary_search(&rating.competitor).ok();
        let aspect = || Some(self.competitors.len() + self.aspects.binary_search(&rating.aspect).ok()?);
        let judge = || Some(self.aspect_places().end + self.judges.binary_search(&rating.judge).ok()?);
        let others = match facet {
            0 => [aspect()?, judge()?],
            1 => [competitor()?, judge()?],
            _ => [competitor()?, aspect()?],
        };
        let scale = self.scale_ix(rating.aspect)?;
        Some((others, scale, self.category_ix(scale, rating.category)))
    }

    /// A direction is level when every step of every rating stays as likely as it was. They are found from the matrix
    /// that counts which measures meet in a step, and put in order: one is taken out by its thresholds, if it moves
    /// any; else by its judges, else by its aspects.
    fn find_level(&mut self) {
        let mut met = Square::zero(self.size());
        for rating in &self.ratings {
            for threshold in self.thresholds(rating.scale) {
                let step = [(rating.competitor, 1.0), (rating.aspect, -1.0), (rating.judge, -1.0), (threshold, -1.0)];
                for (one, sign) in step {
                    for (other, other_sign) in step {
                        met.add(one, other, sign * other_sign);
                    }
                }
            }
        }
        let mut vectors = met.null_space();
        self.level = orthonormal(&vectors);
        let thresholds = self.judge_places().end..self.size();
        for block in [thresholds, self.judge_places(), self.aspect_places(), self.competitor_places()] {
            while let Some((at, norm)) = longest(&vectors, &block) {
                let mut vector = vectors.swap_remove(at);
                vector.iter_mut().for_each(|value| *value /= norm);
                for other in &mut vectors {
                    take_out(other, &vector, &block);
                }
                self.gauge.push((vector, block.clone()));
            }
        }
    }

    /// Moves measures along the level directions to where the means are zero.
    pub fn settle(&self, measures: &mut [f64]) {
        for (vector, block) in &self.gauge {
            take_out(measures, vector, block);
        }
    }

    /// For each place, a number that is equal within a facet for those whose difference the ratings determine.
    pub fn subsets(&self, places: Range<usize>) -> Vec<u32> {
        let mut seen: Vec<usize> = Vec::new();
        let alike = |one: usize, other: usize| self.level.iter().all(|v| (v[one] - v[other]).abs() < 1e-6);
        places
            .map(|place| {
                let known = seen.iter().position(|first| alike(*first, place));
                known.unwrap_or_else(|| {
                    seen.push(place);
                    seen.len() - 1
                }) as u32
            })
            .collect()
    }
}

/// Takes `vector` out of `other`, judged by one block, in which `vector` has length 1.
fn take_out(other: &mut [f64], vector: &[f64], block: &Range<usize>) {
    let along: f64 = block.clone().map(|at| other[at] * vector[at]).sum();
    if along != 0.0 {
        other.iter_mut().zip(vector).for_each(|(value, part)| *value -= along * part);
    }
}

fn longest(vectors: &[Vec<f64>], block: &Range<usize>) -> Option<(usize, f64)> {
    let norm = |vector: &Vec<f64>| block.clone().map(|at| vector[at] * vector[at]).sum::<f64>().sqrt();
    let norms = vectors.iter().map(norm).enumerate();
    norms.max_by(|(_, one), (_, other)| one.total_cmp(other)).filter(|(_, norm)| *norm > 1e-7)
}

fn orthonormal(vectors: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut found: Vec<Vec<f64>> = Vec::new();
    for vector in vectors {
        let mut vector = vector.clone();
        let all = 0..vector.len();
        // Twice, against rounding.
        for _ in 0..2 {
            found.iter().for_each(|other| take_out(&mut vector, other, &all));
        }
        let norm = vector.iter().map(|value| value * value).sum::<f64>().sqrt();
        if norm > 1e-9 {
            vector.iter_mut().for_each(|value| *value /= norm);
            found.push(vector);
        }
    }
    found
}

fn categories(ratings: &[Rating], scale_of: &BTreeMap<u32, u32>) -> BTreeMap<u32, BTreeSet<u32>> {
    let mut given: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for rating in ratings {
        given.entry(scale_of[&rating.aspect]).or_default().insert(rating.category);
    }
    given
}

/// Takes out who has only lowest or only highest categories, until nobody has.
fn without_extremes(ratings: &[Rating], scale_of: &BTreeMap<u32, u32>) -> Vec<Rating> {
    let mut kept = ratings.to_vec();
    loop {
        let given = categories(&kept, scale_of);
        let ends = |rating: &Rating| {
            let of_scale = &given[&scale_of[&rating.aspect]];
            (of_scale.first() == Some(&rating.category), of_scale.last() == Some(&rating.category))
        };
        let before = kept.len();
        for facet in FACETS {
            let mut sides: BTreeMap<u32, (bool, bool)> = BTreeMap::new();
            for rating in &kept {
                let (lowest, highest) = ends(rating);
                let side = sides.entry(facet(rating)).or_insert((true, true));
                *side = (side.0 && lowest, side.1 && highest);
            }
            kept.retain(|rating| sides[&facet(rating)] == (false, false));
        }
        if kept.len() == before {
            return kept;
        }
    }
}
