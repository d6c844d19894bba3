//! Why somebody goes on or doesn't, in words. Nobody else is named: a sentence speaks of places and marks.

use kernel::Text;

use super::line::Seen;
use super::{AdvanceRule, Candidate, ChainLink, Declined, Places, Pool, Ties};
use crate::sentence::capital;
use crate::{Over, ShareOf};

pub(super) fn of<W, O>(rule: &AdvanceRule, pool: &Pool<W, O>, places: u32, one: &Candidate<W, O>, seen: &Seen) -> Text {
    let rank = match one.rank {
        Some(rank) => Text::new(format!("第 {rank} 名。"), format!("Rank {rank}.")),
        None => Text::new("没有名次。", "Not ranked."),
    };
    let (zh, en) = match seen {
        Seen::NoRank => ("不能晋级。".to_owned(), "Nobody without a rank goes on.".to_owned()),
        Seen::BelowMinimum => {
            let (total, least) = (one.total, rule.total_min.unwrap_or_default());
            (
                format!("总分 {total} 未达到晋级要求的 {least}。"),
                format!("The total, {total}, is below the {least} that going on calls for."),
            )
        }
        Seen::Declined => {
            let (zh, en) = match rule.declined {
                Declined::Replaced => ("放弃晋级，名额依次递补。", "Declined; the place goes to the next in line."),
                Declined::Empty => ("放弃晋级，名额不递补。", "Declined; the place stays empty."),
            };
            (zh.to_owned(), en.to_owned())
        }
        Seen::Holds => ("晋级名额已授予。".to_owned(), "Has been given a place.".to_owned()),
        Seen::Goes { tied } => {
            let there = places_say(rule, pool, places);
            let (tie_zh, tie_en) = match tied {
                true => (
                    "并列超出末位，按规则一并晋级。",
                    " The tie reaches beyond the last place; by the rules all of it goes on.",
                ),
                false => ("", ""),
            };
            (format!("{}晋级。{tie_zh}", there.zh), format!("{} Goes on.{tie_en}", there.en))
        }
        Seen::OrganisationFull(sent) => {
            let most = rule.per_organisation.unwrap_or_default();
            (
                format!("本单位排在前面的已有 {sent} 人，按规则每单位最多晋级 {most} 人。"),
                format!("{sent} of the same organisation stand ahead; at most {most} of each go on."),
            )
        }
        Seen::OrganisationTied => {
            let most = rule.per_organisation.unwrap_or_default();
            (
                format!("与本单位同名次者争最后的名额（每单位最多 {most} 人），{}均不晋级。", not_parted(rule).zh),
                format!(
                    "Shares the rank with others of the same organisation, of which at most {most} go on; {}none of them does.",
                    not_parted(rule).en
                ),
            )
        }
        Seen::Behind(place) => {
            let there = places_say(rule, pool, places);
            (
                format!("{}名额已满，递补第 {place} 位。", there.zh),
                format!("{} They are taken; number {place} in line.", there.en),
            )
        }
        Seen::EdgeTied(place) => {
            let there = places_say(rule, pool, places);
            (
                format!("{}并列超出末位，{}均不晋级，递补第 {place} 位。", there.zh, not_parted(rule).zh),
                format!(
                    "{} The tie reaches beyond the last place; {}none of it goes on. Number {place} in line.",
                    there.en,
                    not_parted(rule).en
                ),
            )
        }
    };
    Text::new(format!("{}{zh}", rank.zh), format!("{} {en}", rank.en))
}

/// How many places there are, and how their number came about.
fn places_say<W, O>(rule: &AdvanceRule, pool: &Pool<W, O>, places: u32) -> Text {
    let (zh, en) = match rule.over {
        Over::EachGroup => ("本组", "of each group"),
        Over::WholeField => ("全场", "of the whole field"),
    };
    match rule.places {
        Places::First(_) => Text::new(format!("{zh}晋级名额 {places} 个。"), format!("The first {places} {en} go on.")),
        Places::Share { share, of, rounding } => {
            let count = AdvanceRule::counted(pool, of);
            let (of_zh, of_en) = match of {
                ShareOf::Entered => ("报名", "entered"),
                ShareOf::Ranked => ("有名次的", "ranked"),
            };
            let rounding = rounding.says();
            Text::new(
                format!("{zh}晋级名额为{of_zh} {count} 人的 {share}（{}），共 {places} 个。", rounding.zh),
                format!("{share} of the {count} {of_en} go on, {}: {places}.", rounding.en),
            )
        }
    }
}

/// That a chain has parted nobody; nothing where none was declared.
fn not_parted(rule: &AdvanceRule) -> Text {
    let Ties::Chain(links) = &rule.ties else { return Text::new("按规则", "by the rules ") };
    let (zh, en) = named(links);
    Text::new(format!("依次比较{zh}仍相同，按规则"), format!("equal in {en} too, so by the rules "))
}

/// The rule itself, for those who read it before anybody competes.
pub(super) fn rule(rule: &AdvanceRule) -> Text {
    let (over_zh, over_en) = match rule.over {
        Over::EachGroup => ("各组", "of each group"),
        Over::WholeField => ("全场", "of the whole field"),
    };
    let (mut zh, mut en) = match rule.places {
        Places::First(places) => {
            (format!("{over_zh}前 {places} 名晋级"), format!("the first {places} {over_en} go on"))
        }
        Places::Share { share, of, rounding } => {
            let (of_zh, of_en) = match of {
                ShareOf::Entered => ("报名", "those entered"),
                ShareOf::Ranked => ("有名次者", "those ranked"),
            };
            let rounding = rounding.says();
            (
                format!("{over_zh}{of_zh}的前 {share}（{}）晋级", rounding.zh),
                format!("the first {share} of {of_en} go on, {over_en}, {}", rounding.en),
            )
        }
    };
    if let Some(least) = rule.total_min {
        zh.push_str(&format!("；总分不低于 {least}"));
        en.push_str(&format!("; with a total of at least {least}"));
    }
    if let Some(most) = rule.per_organisation {
        zh.push_str(&format!("；每单位最多 {most} 人"));
        en.push_str(&format!("; at most {most} of one organisation"));
    }
    let (tie_zh, tie_en) = match &rule.ties {
        Ties::AllIn => ("末位并列一并晋级".to_owned(), "a tie at the last place goes on whole".to_owned()),
        Ties::NoneIn => ("末位并列均不晋级".to_owned(), "of a tie at the last place nobody goes on".to_owned()),
        Ties::Chain(links) => {
            let (links_zh, links_en) = named(links);
            (format!("末位并列依次比较{links_zh}"), format!("a tie at the last place is parted by {links_en}"))
        }
    };
    let (fate_zh, fate_en) = match rule.declined {
        Declined::Replaced => ("放弃的由下一名递补", "who declines is replaced by the next"),
        Declined::Empty => ("放弃的名额不递补", "the place of who declines stays empty"),
    };
    Text::new(format!("{zh}；{tie_zh}；{fate_zh}。"), format!("{}; {tie_en}; {fate_en}.", capital(&en)))
}

fn named(links: &[ChainLink]) -> (String, String) {
    let (zh, en): (Vec<&str>, Vec<&str>) = links
        .iter()
        .map(|link| match link {
            ChainLink::Practice => ("实操成绩", "practice"),
            ChainLink::Theory => ("理论成绩", "theory"),
            ChainLink::Time => ("用时", "time"),
        })
        .unzip();
    (zh.join("、"), en.join(", "))
}
