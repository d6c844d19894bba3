//! How often the referee and the judges came to the same mark: the figures on which a rule is promoted.

use std::collections::HashMap;

use axum::extract::State;
use kernel::RunId;
use marking::{AspectIx, AspectKind, Policy};
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, Text};
use web::{ApiResult, Json, Listed, Path};

use crate::ContestRoom;
use crate::arena::{Arena, MarkNow};

#[derive(Debug, Serialize, ToSchema)]
pub struct Agreement {
    pub aspect: String,
    pub name: Text,
    /// `automatic`, `confirm` or `shadow`: in force now.
    pub policy: String,
    /// Runs in which both the referee and a judge came to a mark, judged by the rules that this aspect has now.
    pub rule_marks: usize,
    /// Of these, how often it was the same mark.
    pub agreed: usize,
    /// `agreed / rule_marks`; null without a run.
    pub rate: Option<f64>,
    /// The 95 % interval of the rate.
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// Every aspect that the referee judges and that is not off. A run counts where it was judged to its end and none of its verdicts on the
/// aspect is undecided; what a person decided on them afterwards doesn't matter, and a referee that found nothing has said what the aspect
/// starts at. The judge's is the first mark that he gave, before he saw a verdict: a correction after that agrees with nobody. Runs that were
/// judged by other rules of the aspect are left out: they say nothing of these.
#[utoipa::path(get, path = "/api/contests/{contest}/rules/agreement", tag = "rules", operation_id = "rules_agreement", params(ContestId), responses((status = 200, body = Listed<Agreement>)))]
pub async fn agreement(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
) -> ApiResult<Json<Listed<Agreement>>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let scheme = &arena.rules.in_force().scheme.scheme;
    let judged = scheme.aspect_ixs().zip(scheme.aspects()).filter_map(|(ix, aspect)| match aspect.kind {
        AspectKind::Automatic { policy, .. } if policy != Policy::Off => Some((ix, aspect, policy)),
        _ => None,
    });
    let by_judges = first_marks(&arena);
    let items = judged.map(|(ix, aspect, policy)| {
        let (agreed, of) = agreed_of(&arena, &by_judges, ix, &aspect.code);
        let interval = wilson(agreed, of);
        Agreement {
            aspect: aspect.code.clone(),
            name: (&aspect.name).into(),
            policy: policy.code().to_owned(),
            rule_marks: of,
            agreed,
            rate: (of > 0).then(|| agreed as f64 / of as f64),
            low: interval.map(|(low, _)| low),
            high: interval.map(|(_, high)| high),
        }
    });
    Ok(Json(Listed::whole(items.collect())))
}

type FirstMarks<'a> = HashMap<(&'a RunId, AspectIx), &'a MarkNow>;

/// The first mark that anybody gave to an aspect of a run.
fn first_marks(arena: &Arena) -> FirstMarks<'_> {
    let mut first: FirstMarks<'_> = HashMap::new();
    for mark in arena.marks.values() {
        let known = first.entry((&mark.run, mark.aspect)).or_insert(mark);
        if mark.position < known.position {
            *known = mark;
        }
    }
    first
}

/// How often both came to the same mark, of how many runs in which both came to one.
fn agreed_of(arena: &Arena, by_judges: &FirstMarks<'_>, aspect: AspectIx, code: &str) -> (usize, usize) {
    let in_force = arena.rules.in_force();
    // One comparison of texts for each version, not for each run.
    let alike: Vec<u32> = arena
        .rules
        .versions()
        .filter(|rules| rules.version == in_force.version || rules.scheme.judges_alike(&in_force.scheme, code))
        .map(|rules| rules.version)
        .collect();
    let module = arena.board.scheme().aspect(aspect).map(|aspect| aspect.module);
    let both = arena.plan.runs.iter().filter_map(|run| {
        let of_module = arena.module_of(&run.id) == module;
        if !of_module || !alike.contains(&arena.rules_of(&run.id).version) {
            return None;
        }
        let entry = arena.entry_of(&run.id)?;
        let watched = arena.runs.get(&run.id)?.judged && arena.board.policy(entry, aspect) != Some(Policy::Off);
        let by_judge = by_judges.get(&(&run.id, aspect)).filter(|_| watched)?.given;
        Some(arena.board.referee_alone(entry, aspect)? == by_judge)
    });
    both.fold((0, 0), |(agreed, of), same| (agreed + usize::from(same), of + 1))
}

/// The 95 % interval of a rate, by E. B. Wilson's score: (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n). Unlike the textbook's p ± z·√…, it
/// doesn't collapse at 0 and 1 and holds for few cases. Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
/// Journal of the American Statistical Association 22 (1927), 209–212.
pub fn wilson(agreed: usize, of: usize) -> Option<(f64, f64)> {
    /// The 97.5th percentile of the normal distribution.
    const Z: f64 = 1.959_963_984_540_054;
    if of == 0 || agreed > of {
        return None;
    }
    let n = of as f64;
    let (p, z2) = (agreed as f64 / n, Z * Z);
    let (middle, width) = (p + z2 / (2.0 * n), Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt());
    let scale = 1.0 + z2 / n;
    // At the ends the bound is 0 or 1 to the letter; the sum of rounded figures is not.
    let low = if agreed == 0 { 0.0 } else { (middle - width) / scale };
    let high = if agreed == of { 1.0 } else { (middle + width) / scale };
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Newcombe, "Two-Sided Confidence Intervals for the Single Proportion", Statistics in Medicine 17 (1998), Table I, method 3; to four places.
    #[test]
    fn published_values() {
        for (agreed, of, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let (l, h) = wilson(agreed, of).unwrap();
            assert!((l - low).abs() < 5e-5 && (h - high).abs() < 5e-5, "{agreed} of {of}: {l} to {h}");
        }
        assert_eq!((wilson(0, 0), wilson(3, 2)), (None, None));
    }

    proptest! {
        #[test]
        fn holds_the_rate_and_narrows(of in 1usize..5_000, share in 0.0f64..=1.0) {
            let agreed = ((of as f64) * share) as usize;
            let (low, high) = wilson(agreed, of).unwrap();
            let rate = agreed as f64 / of as f64;
            prop_assert!((0.0..=rate).contains(&low) && (rate..=1.0).contains(&high) && low < high);
            let (wider_low, wider_high) = (low, high);
            let (low, high) = wilson(agreed * 10, of * 10).unwrap();
            prop_assert!(high - low < wider_high - wider_low);
            // What agrees and what doesn't are each other's mirror.
            let (mirrored_low, mirrored_high) = wilson(of - agreed, of).unwrap();
            prop_assert!((1.0 - mirrored_high - wider_low).abs() < 1e-12 && (1.0 - mirrored_low - wider_high).abs() < 1e-12);
        }
    }
}
