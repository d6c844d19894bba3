//! Every draw of a log follows from what was published: the seeds from their commitments, the ids of the field from the list that was bound with the
//! seed.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Seed;

use crate::arena::{Arena, Logged};
use crate::draw::{DrawList, VoidDraw};
use crate::event::Happened;

use super::verify::Difference;

/// How a draw was bound before it was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// No lots were drawn.
    NotDrawn,
    /// By the seed alone: ids and list are what the hall says. So it was before lists were bound.
    BySeed,
    BySeedAndList,
}

/// The seed of the draw that counts is checked elsewhere; here those that are void, and the list.
pub fn must_follow(arena: &Arena, log: &[Logged]) -> Result<Bound, Difference> {
    let Some(draw) = &arena.draw else { return Ok(Bound::NotDrawn) };
    let commitments: Vec<&Logged> =
        log.iter().filter(|logged| matches!(logged.happened, Happened::DrawCommitted { .. })).collect();
    // Each is made void by the one after it.
    for (void, by) in draw.void.iter().zip(commitments.iter().skip(1)) {
        must_be_what_was_committed_to(void, by)?;
    }
    let seed = draw.seed.as_ref().and_then(|seed| seed.parse::<Seed>().ok());
    let (Some(seed), true) = (seed, draw.drawn_at.is_some()) else { return Ok(Bound::NotDrawn) };
    match &draw.list {
        Some(list) => must_be_the_field(arena, list, &seed).map(|()| Bound::BySeedAndList),
        None if draw.void.iter().any(|void| void.list.is_some()) => Err(wrong(
            commitments.last().copied(),
            "承诺值没有附名单",
            "no list was committed to, as there was one before",
        )),
        None => Ok(Bound::BySeed),
    }
}

fn wrong(at: Option<&Logged>, zh: &str, en: &str) -> Difference {
    let place = at.map_or_else(|| "log.ndjson".to_owned(), |logged| format!("log.ndjson:{}", logged.position));
    Difference::new(place, zh, en)
}

fn must_be_what_was_committed_to(void: &VoidDraw, by: &Logged) -> Result<(), Difference> {
    let Some(seed) = &void.seed else {
        // Before lists were bound nobody published it.
        return match void.list {
            Some(_) => Err(wrong(Some(by), "作废的种子没有公布", "the seed that is void was not published")),
            None => Ok(()),
        };
    };
    let secret = match &void.public_part {
        Some(public) => seed.strip_suffix(public.as_str()).and_then(|secret| secret.strip_suffix(' ')),
        None => Some(seed.as_str()),
    };
    let committed = secret.and_then(|secret| secret.parse::<Seed>().ok()).map(|secret| secret.commitment());
    match committed.as_ref() == Some(&void.commitment) {
        true => Ok(()),
        false => {
            Err(wrong(Some(by), "作废的种子与当时的承诺值不符", "the void seed is not the one that was committed to"))
        }
    }
}

/// The field is the list, each under the id that follows from the seed, and the rule set is the one by which it was to be drawn.
fn must_be_the_field(arena: &Arena, list: &DrawList, seed: &Seed) -> Result<(), Difference> {
    let plan = &arena.plan;
    if plan.rule_set.as_ref().map(|loaded| &loaded.hash) != Some(&list.rules) {
        let (zh, en) = ("不是承诺时的规则集", "it is not the rule set that was committed to");
        return Err(Difference::new("rule-set.yaml", zh, en));
    }
    let follows: BTreeMap<String, Option<&str>> =
        list.entries_after(seed).map(|(id, listed)| (id, listed.group.as_deref())).collect();
    for (at, entry) in plan.entries.iter().enumerate() {
        let group = plan.scheme.scheme.group_ix(&entry.group).map(|_| entry.group.as_str());
        if follows.get(entry.id.as_str()) != Some(&group) {
            return Err(Difference::new(
                format!("field.json: entries[{at}].id"),
                "此编号不由种子和承诺时的名单得出",
                "the id does not follow from the seed and the list that was committed to",
            ));
        }
    }
    let teams: BTreeSet<String> = list.teams_after(seed).collect();
    for (at, team) in plan.teams.iter().enumerate() {
        if !teams.contains(team.id.as_str()) {
            return Err(Difference::new(
                format!("field.json: teams[{at}].id"),
                "此编号不由种子和承诺时的名单得出",
                "the id does not follow from the seed and the list that was committed to",
            ));
        }
    }
    if (follows.len(), teams.len()) != (plan.entries.len(), plan.teams.len()) {
        let (zh, en) = ("人数或队数与承诺时的名单不同", "the field is not as large as the list that was committed to");
        return Err(Difference::new("field.json", zh, en));
    }
    Ok(())
}
