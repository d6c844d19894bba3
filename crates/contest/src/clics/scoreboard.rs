//! The scoreboard: totals and ranks are the board's, those of a group's scoreboard too.
//!
//! `score.time` is null: the chain by which a scheme parts equal totals is not the time of the last mark, and a client that breaks ties by it
//! would rank otherwise than the hall.

use std::collections::BTreeSet;

use kernel::{Mark, Timestamp};
use serde::Serialize;

use super::configuration::{division_of, problem_ids, team_name};
use super::course::State;
use super::moments::{Moments, number};
use super::work::{Work, score};
use crate::arena::Arena;

/// Everybody as he stood at a moment: kept while the public board stands still.
#[derive(Debug, Clone)]
pub struct Standings {
    at: Timestamp,
    moments: Moments,
    teams: Vec<Standing>,
    groups: BTreeSet<String>,
}

#[derive(Debug, Clone)]
struct Standing {
    team: String,
    name: String,
    venue: String,
    division: Option<String>,
    rank: Option<u32>,
    rank_in_division: Option<u32>,
    total: Mark,
    problems: Vec<ProblemShape>,
}

#[derive(Debug, Serialize)]
pub struct Scoreboard {
    time: String,
    contest_time: String,
    state: State,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    rank: u32,
    team_id: String,
    score: ScoreShape,
    problems: Vec<ProblemShape>,
}

#[derive(Debug, Serialize)]
struct ScoreShape {
    score: f64,
    time: (),
}

#[derive(Debug, Clone, Serialize)]
struct ProblemShape {
    problem_id: String,
    num_judged: u32,
    num_pending: u32,
    score: f64,
    /// Of work that is worth something, and of no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
}

impl Standings {
    pub fn of(arena: &Arena, work: &Work) -> Standings {
        let (board, plan, moments) = (&arena.board, &*arena.plan, Moments::of(arena));
        let problems = problem_ids(plan);
        let teams = board
            .everybody()
            .filter_map(|entry| {
                let seat = plan.entries.get(entry.index())?;
                let on = |(module, id): (_, &String)| {
                    let (score, piece) = (score(arena, (entry, module)), work.piece((entry, module)));
                    let is_judged = piece.is_some_and(|piece| piece.is_judged());
                    let time =
                        piece.filter(|_| score > Mark::ZERO).map(|piece| moments.since_start_or_zero(piece.moved));
                    ProblemShape {
                        problem_id: id.clone(),
                        num_judged: u32::from(is_judged),
                        num_pending: u32::from(piece.is_some() && !is_judged),
                        score: number(score),
                        time,
                    }
                };
                Some(Standing {
                    team: seat.id.to_string(),
                    name: team_name(plan, seat).to_owned(),
                    venue: seat.venue.to_string(),
                    division: division_of(plan, seat),
                    rank: board.rank(entry),
                    rank_in_division: board.group_rank(entry),
                    total: board.total(entry),
                    problems: board.scheme().module_ixs().zip(&problems).map(on).collect(),
                })
            })
            .collect();
        let venues = plan.venues.iter().map(|venue| venue.id.to_string());
        let groups = venues.chain(super::configuration::division_ids(plan)).collect();
        Standings { at: arena.at, moments, teams, groups }
    }

    /// The whole field's scoreboard, or a group's; none if there is no such group.
    pub fn scoreboard(&self, state: State, group: Option<&str>) -> Option<Scoreboard> {
        if group.is_some_and(|group| !self.groups.contains(group)) {
            return None;
        }
        let of_group = |standing: &&Standing| {
            group.is_none_or(|group| standing.venue == group || standing.division.as_deref() == Some(group))
        };
        let among: Vec<&Standing> = self.teams.iter().filter(of_group).collect();
        // A division is ranked by the board; a venue is a part of the field in the field's order.
        let ranked_apart =
            group.is_some_and(|group| self.teams.iter().any(|one| one.division.as_deref() == Some(group)));
        let rank = |one: &Standing| if ranked_apart { one.rank_in_division } else { one.rank };
        let mut rows: Vec<(u32, &Standing)> = among
            .iter()
            .map(|one| {
                // Who has no mark yet comes after all who have one.
                let before = among.iter().filter(|other| match (rank(one), rank(other)) {
                    (Some(own), Some(other)) => other < own,
                    (None, Some(_)) => true,
                    (_, None) => false,
                });
                (before.count() as u32 + 1, *one)
            })
            .collect();
        rows.sort_by(|(rank, one), (other_rank, other)| {
            (rank, &one.name, &one.team).cmp(&(other_rank, &other.name, &other.team))
        });
        let rows = rows.into_iter().map(|(rank, one)| Row {
            rank,
            team_id: one.team.clone(),
            score: ScoreShape { score: number(one.total), time: () },
            problems: one.problems.clone(),
        });
        Some(Scoreboard {
            time: self.at.to_string(),
            contest_time: self.moments.since_start(self.at),
            state,
            rows: rows.collect(),
        })
    }
}
