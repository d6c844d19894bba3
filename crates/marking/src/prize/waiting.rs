//! Whose prize waits for an open appeal.
//!
//! An appeal can move one contender over others whose totals lie within what is at stake, and each of those moves by one
//! place at most. So everybody's best and worst place under all open appeals are known without trying each outcome: if both
//! get the same prize, no outcome changes it. What is at stake is not narrowed further, so a prize may wait in vain; it is
//! never given in vain. (`tests/prizes.rs` decides appeals at random and compares.)
//!
//! On a scale each total moves the median, so there every prize waits; and where somebody without a rank may get one, the
//! field that shares are taken of may grow, so everybody waits as well.

use super::line::{Line, prize_at};
use super::{OpenAppeal, Part, PrizeKind, PrizeRule, ShareOf};
use crate::Contender;

/// The appeals that may change what `contender` gets; `at` is his place in the line, if he may have a prize.
pub(super) fn on<W: Copy + Ord>(
    rule: &PrizeRule,
    line: &Line<'_, W>,
    contender: &Contender<W>,
    at: Option<usize>,
    appeals: &[OpenAppeal<W>],
) -> Vec<W> {
    let open: Vec<(&Contender<W>, &OpenAppeal<W>)> = (appeals.iter())
        .filter_map(|appeal| Some((*line.all.iter().find(|contender| contender.who == appeal.who)?, appeal)))
        .collect();
    let mut waits_for: Vec<W> = Vec::new();
    if open.iter().any(|(other, _)| other.who == contender.who) {
        waits_for.push(contender.who);
    }
    if let Some(at) = at {
        waits_for.extend(of_others(rule, line, contender, at, &open));
    }
    waits_for.sort_unstable();
    waits_for.dedup();
    waits_for
}

fn of_others<W: Copy + Ord>(
    rule: &PrizeRule,
    line: &Line<'_, W>,
    contender: &Contender<W>,
    at: usize,
    open: &[(&Contender<W>, &OpenAppeal<W>)],
) -> Vec<W> {
    let everyone = || open.iter().map(|(other, _)| other.who).collect();
    let edge = match &rule.kind {
        PrizeKind::Medals(_) => return everyone(),
        PrizeKind::Shares { edge, of, .. } => {
            if *of == ShareOf::Ranked && open.iter().any(|(other, _)| other.rank.is_none()) {
                return everyone();
            }
            *edge
        }
        PrizeKind::Ranks { edge, .. } => *edge,
    };
    let place = &line.standing[at];
    // A condition on a part may shut out somebody whatever his total.
    let parts_count = rule.conditions.iter().any(|condition| condition.part != Part::Total);
    let (mut above, mut level, mut below) = (0, 0, 0);
    let mut may_pass = Vec::new();
    for (other, appeal) in open.iter().filter(|(other, _)| other.who != contender.who) {
        let stands = line.standing.iter().any(|place| place.contender.who == other.who);
        let may_fall = parts_count || appeal.lowest.min(other.total) <= contender.total;
        let may_rise = appeal.highest.max(other.total) >= contender.total;
        match (stands, other.rank.cmp(&contender.rank)) {
            (true, std::cmp::Ordering::Less) if may_fall => above += 1,
            (true, std::cmp::Ordering::Equal) => level += 1,
            (true, std::cmp::Ordering::Greater) | (false, _) if may_rise => below += 1,
            _ => continue,
        }
        may_pass.push(other.who);
    }
    let best = prize_at(&line.edges, edge, place.first - above, place.last - above - level);
    let worst = prize_at(&line.edges, edge, place.first + below + level, place.last + below);
    if best == worst { Vec::new() } else { may_pass }
}
