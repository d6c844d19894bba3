//! How often the referee and the judges came to the same mark: the figures on which a rule is promoted.

use std::collections::HashMap;

use analysis::interval::wilson;
use axum::extract::State;
use kernel::{Mark, RunId};
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
        let (agreed, of) = pairs(&arena, &by_judges, ix)
            .fold((0, 0), |(agreed, of), pair| (agreed + usize::from(pair.referee == pair.judge.given), of + 1));
        let interval = wilson(agreed, of);
        Agreement {
            aspect: aspect.code.clone(),
            name: (&aspect.name).into(),
            policy: policy.code().to_owned(),
            rule_marks: of,
            agreed,
            rate: (of > 0).then(|| agreed as f64 / of as f64),
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
        }
    });
    Ok(Json(Listed::whole(items.collect())))
}

pub type FirstMarks<'a> = HashMap<(&'a RunId, AspectIx), &'a MarkNow>;

/// The first mark that anybody gave to an aspect of a run.
pub fn first_marks(arena: &Arena) -> FirstMarks<'_> {
    let mut first: FirstMarks<'_> = HashMap::new();
    for mark in arena.marks.values() {
        let known = first.entry((&mark.run, mark.aspect)).or_insert(mark);
        if mark.position < known.position {
            *known = mark;
        }
    }
    first
}

/// What the referee and a judge gave to an aspect of a run, neither knowing of the other.
pub struct Pair<'a> {
    pub referee: Mark,
    pub judge: &'a MarkNow,
}

/// The runs in which both came to a mark.
pub fn pairs<'a>(
    arena: &'a Arena,
    by_judges: &'a FirstMarks<'a>,
    aspect: AspectIx,
) -> impl Iterator<Item = Pair<'a>> + 'a {
    let in_force = arena.rules.in_force();
    let known = arena.board.scheme().aspect(aspect);
    // One comparison of texts for each version, not for each run.
    let alike: Vec<u32> = arena
        .rules
        .versions()
        .filter(|rules| {
            let alike = |code: &String| rules.scheme.judges_alike(&in_force.scheme, code);
            rules.version == in_force.version || known.is_some_and(|aspect| alike(&aspect.code))
        })
        .map(|rules| rules.version)
        .collect();
    let module = known.map(|aspect| aspect.module);
    arena.plan.runs.iter().filter_map(move |run| {
        let of_module = arena.module_of(&run.id) == module;
        if !of_module || !alike.contains(&arena.rules_of(&run.id).version) {
            return None;
        }
        let entry = arena.entry_of(&run.id)?;
        let watched = arena.runs.get(&run.id)?.judged && arena.board.policy(entry, aspect) != Some(Policy::Off);
        let judge = by_judges.get(&(&run.id, aspect)).filter(|_| watched)?;
        Some(Pair { referee: arena.board.referee_alone(entry, aspect)?, judge })
    })
}
