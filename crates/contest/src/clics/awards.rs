//! Who leads, and in the end has won: in each group where groups are ranked apart, otherwise in the whole field. The ranks are the
//! board's. The prizes of a rule set will stand beside them under ids of their own.

use marking::{EntryIx, GroupIx};
use serde::Serialize;

use super::configuration::division_ids;
use super::moments::both;
use super::shelf::{Kind, Object};
use crate::arena::Arena;

#[derive(Debug, Serialize)]
struct Award {
    id: String,
    citation: String,
    team_ids: Vec<String>,
}

pub fn objects(arena: &Arena) -> Vec<Object> {
    let (board, groups) = (&arena.board, arena.plan.scheme.scheme.groups());
    if groups.len() < 2 {
        let first = leaders(arena, board.ranking(), |entry| board.rank(entry));
        return vec![award("winner".into(), "冠军 / Winner".into(), first)];
    }
    let ids = division_ids(&arena.plan);
    let of_group = |(place, (group, id)): (usize, (&marking::Group, String))| {
        let first = leaders(arena, board.group_ranking(GroupIx(place as u32)), |entry| board.group_rank(entry));
        let name = both(&(&group.name).into());
        award(format!("group-winner-{id}"), format!("{name}：第一名 / First place"), first)
    };
    groups.iter().zip(ids).enumerate().map(of_group).collect()
}

fn award(id: String, citation: String, team_ids: Vec<String>) -> Object {
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
