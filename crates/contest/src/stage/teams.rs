//! How a team did: what its competitors made on average, against the whole field, and what separates it from the next place.

use std::collections::BTreeSet;

use kernel::Mark;
use marking::{AbilityIx, EntryIx, ModuleIx, TeamIx};
use serde_json::{Value, json};

use super::values::{encode, put, spread_of};
use super::{Changes, View};
use crate::arena::Arena;

/// The mean of a team's competitors, rounded once; none for a team of which nobody was marked in it.
fn mean(
    arena: &Arena,
    team: TeamIx,
    is_marked: impl Fn(EntryIx) -> bool,
    of: impl Fn(EntryIx) -> Mark,
) -> Option<Mark> {
    let members = arena.board.team_members(team);
    if !members.iter().any(|entry| is_marked(*entry)) {
        return None;
    }
    let sum = members.iter().map(|entry| of(*entry).hundredths()).sum();
    Mark::from_hundredths(sum).scaled(1, i64::try_from(members.len()).ok()?)
}

/// One more than there are teams with a better mean; none for one that has none.
fn rank(means: &[(TeamIx, Option<Mark>)], own: Option<Mark>) -> Option<usize> {
    let own = own?;
    Some(1 + means.iter().filter(|(_, other)| other.is_some_and(|other| other > own)).count())
}

pub(super) fn spread(
    arena: &Arena,
    modules: &BTreeSet<ModuleIx>,
    abilities: &BTreeSet<AbilityIx>,
    changes: &mut Changes,
) {
    let board = &arena.board;
    for module in modules {
        let Some(declared) = board.scheme().module(*module) else { continue };
        let field = board.module_distribution(*module).map(spread_of).unwrap_or_default();
        for team in board.field().team_ixs() {
            let mark = mean(
                arena,
                team,
                |entry| board.is_marked_in_module(entry, *module),
                |entry| board.module_mark(entry, *module),
            );
            let mut value = vec![json!(mark.map(Mark::hundredths)), json!(declared.max.hundredths())];
            value.extend(field.map(|mark| json!(mark)));
            put(changes, View::Team(team), format!("m/{}", declared.code), Some(encode(Value::Array(value))));
        }
    }
    for ability in abilities {
        let Some(declared) = board.scheme().ability(*ability) else { continue };
        let [_, q1, median, q3, _] = board.ability_distribution(*ability).map(spread_of).unwrap_or_default();
        let means: Vec<_> = board
            .field()
            .team_ixs()
            .map(|team| {
                let is_marked = |entry| board.is_marked_in_ability(entry, *ability);
                (team, mean(arena, team, is_marked, |entry| board.ability_mark(entry, *ability)))
            })
            .collect();
        for (team, mark) in &means {
            let value =
                json!([mark.map(Mark::hundredths), declared.max.hundredths(), q1, median, q3, rank(&means, *mark),]);
            put(changes, View::Team(*team), format!("b/{}", declared.code), Some(encode(value)));
        }
    }
}

/// How far the next better place is: none for the first, and for a team without marks.
pub(super) fn gaps(arena: &Arena, changes: &mut Changes) {
    let board = &arena.board;
    let order: Vec<_> =
        board.team_ranking().filter_map(|team| Some((team, board.team_rank(team)?, board.team(team).total))).collect();
    for team in board.field().team_ixs() {
        let own = order.iter().find(|(of, _, _)| *of == team);
        // The first of those who share the place before: the order is best first.
        let next = own.and_then(|(_, rank, _)| {
            let better = order.iter().filter(|(_, other, _)| other < rank).map(|(_, other, _)| *other).max()?;
            order.iter().find(|(_, other, _)| *other == better)
        });
        let gap = own.zip(next).map(|((_, _, own), (next, _, total))| {
            json!([(*total - *own).hundredths(), arena.plan.teams[next.index()].id.as_str()])
        });
        put(changes, View::Team(team), "gap".into(), Some(encode(json!(gap))));
    }
}
