//! What is marked a second time before results are published, and what follows from the errors that are found.
//!
//! Who acts: the chief judge orders the recheck; the arbitration group looks at every sheet of those who were chosen. The
//! first of the ranking are rechecked always; of the others a sample is drawn by published lots ([`kernel::Lots`], layer
//! `recheck`, or `recheck/` and the group's code where groups are rechecked apart), so that nobody can be spared or singled
//! out, and anybody can draw it again: the others stand in the order of their ids, each draws a number, and the lowest numbers are
//! rechecked. Where more of the rechecked marks are wrong than the rules allow, everything is rechecked.
//!
//! The seed is one of its own, which nobody knows before the marks are closed: whoever knew it could tell who will be spared.
//!
//! Invariant: who is chosen depends on the ranks, ids and seed alone.

use kernel::{Lots, Mark, Seed, Text};

use crate::{Division, Over, Rounding, Share};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecheckRule {
    pub over: Over,
    /// So many of the first, and so large a share of the ranked; where both are declared the greater counts.
    pub top_ranks: Option<u32>,
    pub top_share: Option<Share>,
    /// Of the others; a part of a person is a person.
    pub sample: Share,
    /// More wrong marks than this, and all are rechecked.
    pub error_rate_max: Share,
    /// A mark that is off by no more than this is not wrong.
    pub tolerance: Mark,
}

/// Why somebody is rechecked, or isn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chosen {
    Top,
    /// By lot.
    Sampled {
        lot: u32,
    },
    NotDrawn {
        lot: u32,
    },
}

impl Chosen {
    pub const fn is_rechecked(self) -> bool {
        matches!(self, Chosen::Top | Chosen::Sampled { .. })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<W> {
    pub who: W,
    pub rank: u32,
    pub chosen: Chosen,
    pub reason: Text,
}

/// A mark as it was given, and as the recheck found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    pub given: Mark,
    pub found: Mark,
}

/// What a recheck came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecheckOutcome {
    pub checked: u32,
    pub errors: u32,
    /// Everything must be rechecked.
    pub all_again: bool,
    pub says: Text,
}

impl RecheckRule {
    /// The name of the layer of lots.
    pub fn layer(group: Option<&str>) -> String {
        group.map_or_else(|| "recheck".to_owned(), |group| format!("recheck/{group}"))
    }

    /// How many of so many ranked are rechecked always; a rank that is shared at the edge comes on top.
    pub fn top_of(&self, ranked: u32) -> u32 {
        let share = self.top_share.map_or(0, |share| share.of(ranked, Rounding::Up));
        self.top_ranks.unwrap_or(0).max(share).min(ranked)
    }

    /// Everybody of the division who has a rank, by rank, then id. `group` is the code of the division's group where groups are
    /// rechecked apart (empty for those without a group), none for the whole field; `id` is what a stranger knows him by, so it must be published with the seed.
    pub fn choose<'n, W: Copy>(
        &self,
        seed: &Seed,
        group: Option<&str>,
        division: &Division<W>,
        id: impl Fn(W) -> &'n str,
    ) -> Vec<Choice<W>> {
        let ranked = division.contenders.iter().filter_map(|contender| Some((contender.rank?, contender.who)));
        let mut ranked: Vec<(u32, W)> = ranked.collect();
        ranked.sort_by_key(|(rank, who)| (*rank, id(*who)));
        let top = self.top_of(ranked.len() as u32);
        let others = ranked.split_off(ranked.partition_point(|(rank, _)| *rank <= top));
        let mut by_id = others.clone();
        by_id.sort_by_key(|(_, who)| id(*who));
        let lots = Lots::new(seed, &Self::layer(group)).numbers(by_id.len() as u32);
        let sampled = self.sample.of(others.len() as u32, Rounding::Up);
        let drawn = others.iter().map(|(rank, who)| {
            // Ids are unique, so each finds his own lot.
            let at = by_id.partition_point(|(_, other)| id(*other) < id(*who));
            let lot = lots.get(at).copied().unwrap_or_default();
            let chosen = if lot <= sampled { Chosen::Sampled { lot } } else { Chosen::NotDrawn { lot } };
            (*rank, *who, chosen)
        });
        let first = ranked.iter().map(|(rank, who)| (*rank, *who, Chosen::Top));
        let choice = |(rank, who, chosen)| Choice { who, rank, chosen, reason: reason(rank, chosen, top, sampled) };
        first.chain(drawn).map(choice).collect()
    }

    pub const fn is_wrong(&self, finding: Finding) -> bool {
        finding.given.hundredths().abs_diff(finding.found.hundredths()) > self.tolerance.hundredths().unsigned_abs()
    }

    /// Counts the errors of what has been rechecked, the top and the sample together.
    pub fn outcome(&self, findings: &[Finding]) -> RecheckOutcome {
        let checked = findings.len() as u32;
        let errors = findings.iter().filter(|finding| self.is_wrong(**finding)).count() as u32;
        let limit = self.error_rate_max;
        let all_again = limit.is_exceeded(errors.into(), checked.into());
        let (so_zh, so_en) = match all_again {
            true => (
                format!("超过 {limit} 的限值，须全部核查"),
                format!("more than the limit of {limit}: all marks are rechecked"),
            ),
            false => (format!("未超过 {limit} 的限值"), format!("within the limit of {limit}")),
        };
        let rate = per_cent(errors, checked);
        let says = match checked {
            0 => Text::new("尚未核查任何评分。", "Nothing has been rechecked yet."),
            _ => Text::new(
                format!("核查 {checked} 项评分，{errors} 项有误，错误率 {rate}，{so_zh}。"),
                format!("{checked} marks rechecked, {errors} wrong, {rate}, {so_en}."),
            ),
        };
        RecheckOutcome { checked, errors, all_again, says }
    }
}

/// To be shown, with two decimals; what decides is the fraction itself.
fn per_cent(part: u32, whole: u32) -> String {
    let rate = Mark::from_hundredths(i64::from(part) * 10_000).scaled(1, whole.into());
    rate.map_or_else(String::new, |rate| format!("{rate}%"))
}

fn reason(rank: u32, chosen: Chosen, top: u32, sampled: u32) -> Text {
    let (zh, en) = match chosen {
        Chosen::Top => (format!("前 {top} 名必须核查"), format!("the first {top} are always rechecked")),
        Chosen::Sampled { lot } => (
            format!("抽得 {lot} 号签，前 {sampled} 号核查"),
            format!("drew lot {lot}; lots up to {sampled} are rechecked"),
        ),
        Chosen::NotDrawn { lot } => (
            format!("抽得 {lot} 号签，只核查前 {sampled} 号"),
            format!("drew lot {lot}; only lots up to {sampled} are rechecked"),
        ),
    };
    Text::new(format!("第 {rank} 名：{zh}。"), format!("Rank {rank}: {en}."))
}
