//! Why somebody gets a prize or none, in words. Nobody else is named: a sentence speaks of places and marks.

use kernel::Text;

use super::line::{Line, Standing};
use super::{Edge, Given, Medals, Part, Prize, PrizeKind, PrizeRule, PrizeTo, ShareOf};
use crate::sentence::capital;
use crate::{Contender, OpenScale};

/// Sentences one after the other.
struct Words(Vec<Text>);

impl Words {
    fn say(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.0.push(Text::new(zh, en));
    }

    fn text(self) -> Text {
        let zh: String = self.0.iter().map(|text| text.zh.as_str()).collect();
        let en = self.0.iter().map(|text| text.en.as_str()).collect::<Vec<_>>().join(" ");
        Text { zh, en }
    }
}

pub(super) fn of<W: Copy + Ord>(
    rule: &PrizeRule,
    line: &Line<'_, W>,
    contender: &Contender<W>,
    standing: Option<(&Standing<'_, W>, &Given)>,
) -> Text {
    let mut words = Words(Vec::new());
    if contender.withdrawn {
        words.say("已退出，不参加评奖。", "Withdrawn; not considered for prizes.");
        return words.text();
    }
    let Some(rank) = contender.rank else {
        words.say("没有名次，不参加评奖。", "Not ranked; not considered for prizes.");
        return words.text();
    };
    let unmet: Vec<_> = rule.conditions.iter().filter(|condition| !condition.is_met(contender)).collect();
    if !unmet.is_empty() {
        words.say(format!("第 {rank} 名。"), format!("Rank {rank}."));
        for condition in unmet {
            let (zh, en) = match condition.part {
                Part::Total => ("总分", "The total"),
                Part::Practice => ("实操成绩", "The mark for practice"),
                Part::Theory => ("理论成绩", "The mark for theory"),
            };
            let (mark, least) = (condition.mark_of(contender), condition.at_least);
            words.say(
                format!("{zh} {mark} 未达到评奖要求的 {least}。"),
                format!("{en}, {mark}, is below the {least} that prizes call for."),
            );
        }
        return words.text();
    }
    if let Some((place, given)) = standing {
        stands(&mut words, rank, place);
        match &rule.kind {
            PrizeKind::Medals(medals) => medal(&mut words, medals, place, given),
            kind => edges(&mut words, rule, kind, line, place, given),
        }
    }
    words.text()
}

/// The rank, and the places where they say more.
fn stands<W>(words: &mut Words, rank: u32, place: &Standing<'_, W>) {
    let Standing { first, last, .. } = *place;
    let moved = first != rank;
    match (first == last, moved) {
        (true, false) => words.say(format!("第 {rank} 名。"), format!("Rank {rank}.")),
        (true, true) => words.say(
            format!("第 {rank} 名，符合评奖条件者中第 {first} 位。"),
            format!("Rank {rank}, place {first} among those who meet the conditions."),
        ),
        (false, false) => words.say(
            format!("并列第 {rank} 名，占第 {first} 至 {last} 位。"),
            format!("Shares rank {rank}, places {first} to {last}."),
        ),
        (false, true) => words.say(
            format!("并列第 {rank} 名，占符合评奖条件者的第 {first} 至 {last} 位。"),
            format!("Shares rank {rank}, places {first} to {last} among those who meet the conditions."),
        ),
    }
}

fn edges<W: Copy + Ord>(
    words: &mut Words,
    rule: &PrizeRule,
    kind: &PrizeKind,
    line: &Line<'_, W>,
    place: &Standing<'_, W>,
    given: &Given,
) {
    let prizes = rule.prizes();
    let edge = match kind {
        PrizeKind::Shares { edge, .. } | PrizeKind::Ranks { edge, .. } => *edge,
        PrizeKind::Medals(_) => return,
    };
    // A tie that was kept out of a better prize is told so.
    let crossed = line.edges.iter().position(|edge| place.first <= *edge && *edge < place.last);
    if let (Some(crossed), Edge::NoneIn) = (crossed, edge) {
        let (name, end) = (&prizes[crossed].name, line.edges[crossed]);
        words.say(
            format!("并列超出{}的末位（第 {end} 位），按规则均不授予{}。", name.zh, name.zh),
            format!(
                "The tie reaches beyond place {end}, the last of {}; by the rules none of it gets that prize.",
                name.en
            ),
        );
    }
    match given.prize {
        Some(at) => {
            prize(words, rule, kind, line, prizes[at], at);
            if line.edges[at] < place.last {
                words.say(
                    "并列超出该奖末位，按规则一并授予。",
                    "The tie reaches beyond the last place; by the rules all of it gets the prize.",
                );
            }
        }
        None => match line.edges.last() {
            Some(0) | None => words.say("没有可授予的奖项。", "There is no place for a prize."),
            Some(end) => words.say(format!("奖项止于第 {end} 位。"), format!("The prizes end at place {end}.")),
        },
    }
}

/// Which places a prize is for, and how their number came about.
fn prize<W>(words: &mut Words, rule: &PrizeRule, kind: &PrizeKind, line: &Line<'_, W>, prize: &Prize, at: usize) {
    let name = &prize.name;
    let (from, to) = (if at == 0 { 1 } else { line.edges[at - 1] + 1 }, line.edges[at]);
    let places = match (from == to, to == u32::MAX) {
        (true, _) => Text::new(format!("第 {from} 位"), format!("place {from}")),
        (_, true) => Text::new(format!("第 {from} 位及以后"), format!("place {from} and all after it")),
        _ => Text::new(format!("第 {from} 至 {to} 位"), format!("places {from} to {to}")),
    };
    let PrizeKind::Shares { prizes, of, rounding, .. } = kind else {
        return words
            .say(format!("{}授予{}。", name.zh, places.zh), format!("{} goes to {}.", capital(&name.en), places.en));
    };
    let (share, field, count) = (prizes[at].1, line.field, to + 1 - from);
    let counter = match rule.to {
        PrizeTo::Competitors => "人",
        PrizeTo::Teams => "队",
    };
    let of = match of {
        ShareOf::Entered => Text::new("报名", "entered"),
        ShareOf::Ranked => Text::new("有名次的", "ranked"),
    };
    let rounding = rounding.says();
    words.say(
        format!(
            "{}为{} {field} {counter}的 {share}（{}），共 {count} 个，授予{}。",
            name.zh, of.zh, rounding.zh, places.zh
        ),
        format!(
            "{} is for {share} of the {field} {}, {}: {count}, {}.",
            capital(&name.en),
            of.en,
            rounding.en,
            places.en
        ),
    );
}

fn medal<W>(words: &mut Words, medals: &Medals, place: &Standing<'_, W>, given: &Given) {
    let (points, scale, total) = (given.points.unwrap_or_default(), OpenScale::name(), place.contender.total);
    words.say(format!("{} {points} 分。", scale.zh), format!("{points} points on the {}.", scale.en));
    let three = [&medals.gold, &medals.silver, &medals.bronze];
    match (given.prize, given.best) {
        (Some(at), Some(best)) if at < three.len() => {
            let name = &three[at].name;
            match (given.leads || given.sharing < 2, best == points) {
                (true, _) => words.say(
                    format!("{}授予第 {} 位。", name.zh, at + 1),
                    format!("{} goes to place {}.", capital(&name.en), at + 1),
                ),
                (false, true) => words.say(
                    format!("与{}得主的最高分 {best} 相同，同获{}。", name.zh, name.zh),
                    format!("Level with {best}, the best with {}, so it is shared.", name.en),
                ),
                (false, false) => words.say(
                    format!("与{}得主的最高分 {best} 相差不超过 {} 分，同获{}。", name.zh, medals.tie_within, name.zh),
                    format!(
                        "Not more than {} below {best}, the best with {}, so it is shared.",
                        medals.tie_within, name.en
                    ),
                ),
            }
            if given.sharing > 1 {
                shared(words, medals, &three[(at + 1).min(three.len())..(at + given.places).min(three.len())], given);
            }
        }
        (Some(_), _) => {
            let name = medals.medallion.as_ref().map_or_else(Text::default, |medallion| medallion.name.clone());
            words.say(
                format!("总分 {total} 不低于中位数 {}，获{}。", given.median, name.zh),
                format!("The total, {total}, is not below the median, {}: {}.", given.median, name.en),
            );
        }
        (None, _) if medals.medallion.is_some() && !given.reaches_median => words.say(
            format!("总分 {total} 低于中位数 {}。", given.median),
            format!("The total, {total}, is below the median, {}.", given.median),
        ),
        (None, _) => words.say("奖牌已由前面的选手获得。", "The medals went to those ahead."),
    }
}

/// How many share a medal, and which ones there are none of for that.
fn shared(words: &mut Words, medals: &Medals, without: &[&Prize], given: &Given) {
    let (within, sharing) = (medals.tie_within, given.sharing);
    let (zh, en): (Vec<&str>, Vec<String>) =
        without.iter().map(|prize| (prize.name.zh.as_str(), format!("no {}", prize.name.en))).unzip();
    match without.is_empty() {
        true => words.say(
            format!("相差不超过 {within} 分者共 {sharing} 名，视为并列。"),
            format!("{sharing} are within {within} points of the best, which is a tie."),
        ),
        false => words.say(
            format!("相差不超过 {within} 分者共 {sharing} 名，视为并列，因此不再颁发{}。", zh.join("和")),
            format!(
                "{sharing} are within {within} points of the best, which is a tie, so there is {}.",
                en.join(" and ")
            ),
        ),
    }
}

pub(super) fn waiting(appeals: usize) -> Option<Text> {
    let en = match appeals {
        0 => return None,
        1 => "An open appeal may still change this prize, so it isn't given yet.".to_owned(),
        several => format!("{several} open appeals may still change this prize, so it isn't given yet."),
    };
    Some(Text::new(format!("有 {appeals} 件申诉尚未裁定，可能影响该奖项，暂缓授予。"), en))
}
