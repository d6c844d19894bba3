//! Who leads, and in the end has won: in each group where groups are ranked apart, otherwise in the whole field. The ranks are the
//! board's. Beside them stand the prizes of the rule set: announced from the start, given when the result is published.

use marking::{EntryIx, GroupIx, Over, PrizeTo};
use serde::Serialize;

use super::configuration::division_ids;
use super::moments::both;
use super::shelf::{Kind, Object};
use crate::arena::Arena;
use crate::event::ContestState;
use crate::results::PrizeGiven;

#[derive(Debug, Serialize)]
struct Award {
    id: String,
    citation: String,
    /// Null: it is not given yet.
    team_ids: Option<Vec<String>>,
}

/// The standard's ids are that long at most.
const ID_LEN_MOST: usize = 36;

pub fn objects(arena: &Arena) -> Vec<Object> {
    let mut objects = winners(arena);
    objects.extend(prizes(arena));
    objects
}

/// Each prize for each group in which it is given. What an appeal may still change is not given yet, nor is anything while the result is under
/// review again.
fn prizes(arena: &Arena) -> Vec<Object> {
    let Some(rule_set) = &arena.plan.rule_set else { return Vec::new() };
    let groups = arena.plan.scheme.scheme.groups();
    let division = |place: usize| division_ids(&arena.plan).into_iter().nth(place).unwrap_or_default();
    let given = (arena.state == ContestState::Final).then(|| crate::results::prizes(arena));
    let mut objects = Vec::new();
    for rule in &rule_set.rules.prizes {
        let over: Vec<(Option<&str>, String, String)> = match (rule.to, rule.over) {
            (PrizeTo::Competitors, Over::EachGroup) if !groups.is_empty() => (groups.iter().enumerate())
                .map(|(place, group)| (Some(group.code.as_str()), division(place), both(&(&group.name).into())))
                .collect(),
            _ => vec![(None, String::new(), String::new())],
        };
        for prize in rule.prizes() {
            for (group, division, named) in &over {
                let of_it = |it: &&PrizeGiven| it.prize == prize.code && it.group.as_deref() == *group;
                let waits = |given: &[PrizeGiven]| given.iter().filter(of_it).any(|it| !it.waits_for.is_empty());
                let team_ids = given.as_ref().filter(|given| !waits(given)).map(|given| {
                    let mut ids: Vec<String> =
                        given.iter().filter(of_it).flat_map(|it| entries_of(arena, it)).collect();
                    ids.sort();
                    ids
                });
                let prize_name = both(&(&prize.name).into());
                let citation = if named.is_empty() { prize_name } else { format!("{named}：{prize_name}") };
                let id = ["prize", &prize.code, division].into_iter().filter(|part| !part.is_empty());
                let id = id.collect::<Vec<_>>().join("-");
                let fits = id.len() <= ID_LEN_MOST
                    && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
                let id = if fits { id } else { format!("prize-{}", objects.len() + 1) };
                objects.push(award(id, citation, team_ids));
            }
        }
    }
    objects
}

/// A team here is an entry: a team's prize is that of each of its competitors.
fn entries_of(arena: &Arena, given: &PrizeGiven) -> Vec<String> {
    match (&given.entry, &given.team) {
        (Some(entry), _) => vec![entry.0.to_string()],
        (None, team) => {
            let team = team.as_ref().map(|team| &team.0);
            let of_team = arena.plan.entries.iter().filter(|entry| team.is_some() && entry.team.as_ref() == team);
            of_team.map(|entry| entry.id.to_string()).collect()
        }
    }
}

fn winners(arena: &Arena) -> Vec<Object> {
    let (board, groups) = (&arena.board, arena.plan.scheme.scheme.groups());
    if groups.len() < 2 {
        let first = leaders(arena, board.ranking(), |entry| board.rank(entry));
        return vec![award("winner".into(), "冠军 / Winner".into(), Some(first))];
    }
    let ids = division_ids(&arena.plan);
    let of_group = |(place, (group, id)): (usize, (&marking::Group, String))| {
        let first = leaders(arena, board.group_ranking(GroupIx(place as u32)), |entry| board.group_rank(entry));
        let name = both(&(&group.name).into());
        award(format!("group-winner-{id}"), format!("{name}：第一名 / First place"), Some(first))
    };
    groups.iter().zip(ids).enumerate().map(of_group).collect()
}

fn award(id: String, citation: String, team_ids: Option<Vec<String>>) -> Object {
    Object::of(Kind::Awards, id.clone(), &Award { id, citation, team_ids })
}

/// Those who share the first place.
fn leaders(
    arena: &Arena,
    ranking: impl Iterator<Item = EntryIx>,
    rank: impl Fn(EntryIx) -> Option<u32>,
) -> Vec<String> {
    let first = ranking.take_while(|entry| rank(*entry) == Some(1));
    let mut ids: Vec<String> = first.map(|entry| arena.plan.entries[entry.index()].id.to_string()).collect();
    ids.sort();
    ids
}
