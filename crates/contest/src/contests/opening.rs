//! What a contest lacks of what its rule set declares when it is to be opened: lots, and teams of the declared size.
//!
//! It can be opened even so, with a reason. The log says what it went without, and so do the draw and the result.

use kernel::{ErrorCode, Text};
use web::{ApiResult, Problem};

use crate::arena::Arena;
use crate::draw;
use crate::event::LeftOpen;
use crate::registration::small_teams;

/// What a contest went without when it was opened; nothing, where it lacks nothing.
pub(super) fn may_open(arena: &Arena, even_so: bool) -> ApiResult<Option<LeftOpen>> {
    let lacks = lacking(arena);
    match (lacks == LeftOpen::default(), even_so) {
        (true, false) => Ok(None),
        (true, true) => Err(Problem::invalid(
            "even_so",
            "没有缺少规则集所声明的内容，直接开赛即可",
            "nothing that the rule set declares is lacking: open it without",
        )),
        (false, true) => Ok(Some(lacks)),
        (false, false) => Err(refused(arena, lacks)),
    }
}

/// What a contest is opened without, counted, for the event that opens it even so.
pub(crate) fn opened_without(arena: &Arena) -> Option<LeftOpen> {
    Some(lacking(arena)).filter(|lacks| *lacks != LeftOpen::default())
}

fn lacking(arena: &Arena) -> LeftOpen {
    let undrawn = if draw::is_left_out(arena) { arena.plan.entries.len() } else { 0 };
    let counted = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
    LeftOpen { undrawn: counted(undrawn), small_teams: counted(small_teams(&arena.plan).len()), ..LeftOpen::default() }
}

fn refused(arena: &Arena, lacks: LeftOpen) -> Problem {
    let mut problem = Problem::new(ErrorCode::NotAsDeclared);
    if lacks.undrawn > 0 {
        let says = Text::new(
            "规则集要求抽签，尚未抽签：检录号将是导入时的号码",
            "the rule set declares a draw and no lots were drawn: the numbers of the import would count",
        );
        problem = problem.field_text("lots", says);
    }
    small_teams(&arena.plan).into_iter().fold(problem, |problem, team| {
        // Before its numbers are undone a team is known by its place only.
        let says = team.says(&arena.plan.team_name(team.at));
        problem.field_text(format!("teams[{}]", team.at), says)
    })
}
