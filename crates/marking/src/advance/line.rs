//! The line of those who may go on, walked from its head.

use std::collections::BTreeMap;

use super::{AdvanceRule, Candidate, ChainLink, Declined, Outcome, Pool, Stands, Ties};

/// What the walk says of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    NoRank,
    BelowMinimum,
    Declined,
    /// Has his place from before.
    Holds,
    /// The tie that he stands in was parted, or was let in beyond the edge.
    Goes {
        tied: bool,
    },
    /// His organisation has sent so many.
    OrganisationFull(u32),
    /// He shares a rank with others of his organisation, for whom it hasn't places enough.
    OrganisationTied,
    /// Behind the last place, so many in line.
    Behind(u32),
    /// In a tie that reaches beyond the last place.
    EdgeTied(u32),
}

impl Seen {
    pub fn outcome(&self) -> Outcome {
        match self {
            Seen::Holds | Seen::Goes { .. } => Outcome::Advances,
            Seen::Behind(place) | Seen::EdgeTied(place) => Outcome::NextInLine(*place),
            _ => Outcome::Stays,
        }
    }
}

/// What an organisation has sent, and that nobody more of it is taken.
#[derive(Default, Clone, Copy)]
struct Sent {
    count: u32,
    closed: bool,
}

/// For each of the pool, in its order.
pub(super) fn walk<W: Copy + Ord, O: Copy + Ord>(rule: &AdvanceRule, pool: &Pool<W, O>, places: u32) -> Vec<Seen> {
    let mut seen = vec![Seen::NoRank; pool.len()];
    let mut sent: BTreeMap<O, Sent> = BTreeMap::new();
    let mut taken = 0;
    let mut line = Vec::new();
    for (at, one) in pool.iter().enumerate() {
        let below = rule.total_min.is_some_and(|least| one.total < least);
        seen[at] = match (one.stands, one.rank) {
            (Stands::Offered, _) => {
                taken += 1;
                sent.entry(one.organisation).or_default().count += 1;
                Seen::Holds
            }
            (Stands::Declined, _) => {
                // A place that stays empty is counted as if he had it.
                if rule.declined == Declined::Empty {
                    taken += 1;
                    sent.entry(one.organisation).or_default().count += 1;
                }
                Seen::Declined
            }
            (Stands::Open, None) => Seen::NoRank,
            (Stands::Open, Some(_)) if below => Seen::BelowMinimum,
            (Stands::Open, Some(rank)) => {
                line.push((key(rule, one, rank), at));
                continue;
            }
        };
    }
    line.sort_unstable_by(|(a, at), (b, other)| a.cmp(b).then_with(|| pool[*at].who.cmp(&pool[*other].who)));
    let (mut ended, mut behind) = (false, 0);
    for side_by_side in line.chunk_by(|(a, _), (b, _)| a == b) {
        let members: Vec<usize> = side_by_side.iter().map(|(_, at)| *at).collect();
        let free = admitted(rule, pool, &members, &mut sent, &mut seen);
        let room = places.saturating_sub(taken);
        let beyond = free.len() as u32 > room;
        ended |= room == 0 || (beyond && rule.ties != Ties::AllIn);
        if ended {
            for at in &free {
                seen[*at] = if beyond && room > 0 { Seen::EdgeTied(behind + 1) } else { Seen::Behind(behind + 1) };
            }
            behind += free.len() as u32;
            continue;
        }
        taken += free.len() as u32;
        for at in &free {
            seen[*at] = Seen::Goes { tied: beyond };
            sent.entry(pool[*at].organisation).or_default().count += 1;
        }
    }
    seen
}

/// Of those who stand side by side, whom their organisations may still send; of the others it is said why not.
fn admitted<W, O: Copy + Ord>(
    rule: &AdvanceRule,
    pool: &Pool<W, O>,
    members: &[usize],
    sent: &mut BTreeMap<O, Sent>,
    seen: &mut [Seen],
) -> Vec<usize> {
    let Some(most) = rule.per_organisation else { return members.to_vec() };
    let mut here: BTreeMap<O, u32> = BTreeMap::new();
    for at in members {
        *here.entry(pool[*at].organisation).or_default() += 1;
    }
    let mut free = Vec::new();
    for at in members {
        let organisation = pool[*at].organisation;
        let of_it = sent.entry(organisation).or_default();
        let room = most.saturating_sub(of_it.count);
        if of_it.closed || room == 0 {
            seen[*at] = Seen::OrganisationFull(of_it.count);
        } else if here[&organisation] > room && rule.ties != Ties::AllIn {
            seen[*at] = Seen::OrganisationTied;
        } else {
            free.push(*at);
        }
    }
    // Nobody behind a tie that was kept out goes on in its place.
    for at in members.iter().filter(|at| seen[**at] == Seen::OrganisationTied) {
        sent.entry(pool[*at].organisation).or_default().closed = true;
    }
    free
}

/// Less is better.
fn key<W, O>(rule: &AdvanceRule, one: &Candidate<W, O>, rank: u32) -> Vec<i64> {
    let mut key = vec![i64::from(rank)];
    if let Ties::Chain(links) = &rule.ties {
        key.extend(links.iter().map(|link| match link {
            ChainLink::Practice => -one.practice.hundredths(),
            ChainLink::Theory => -one.theory.hundredths(),
            ChainLink::Time => one.time_ms.map_or(i64::MAX, |ms| i64::try_from(ms).unwrap_or(i64::MAX)),
        }));
    }
    key
}
