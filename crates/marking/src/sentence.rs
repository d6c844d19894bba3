//! Why somebody stands where he stands, and what a mark waits for, in words.
//!
//! A rank's sentence names the neighbour it was decided against: the next worse place (for the last, the next better), and
//! also the next better one where not the total but a tie-break decided. So it stays true while the rest of the field moves.

use kernel::{Mark, Text};

use crate::AspectState;
use crate::ladder::{Keys, Ladder};

/// What one number of a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link<'a> {
    Total,
    Module(&'a str),
    Practice,
    Theory,
    Time,
}

impl Link<'_> {
    fn name(self) -> Text {
        match self {
            Link::Total => Text::new("总分", "total"),
            Link::Module(code) => Text::new(format!("模块 {code} "), format!("module {code}")),
            Link::Practice => Text::new("实操成绩", "practice"),
            Link::Theory => Text::new("理论成绩", "theory"),
            Link::Time => Text::new("用时", "time"),
        }
    }

    fn value(self, key: i64) -> Text {
        match self {
            Link::Time if key == i64::MIN => Text::new("无记录", "none recorded"),
            Link::Time => Text::new(clock(-key), clock(-key)),
            _ => Text::new(Mark::from_hundredths(key).to_string(), Mark::from_hundredths(key).to_string()),
        }
    }
}

/// `1:02:03`, with milliseconds only where there are any.
fn clock(elapsed_ms: i64) -> String {
    let (seconds, ms) = (elapsed_ms / 1000, elapsed_ms % 1000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = if ms == 0 { String::new() } else { format!(".{ms:03}") };
    format!("{hours}:{minutes:02}:{seconds:02}{fraction}")
}

pub(crate) fn no_marks() -> Text {
    Text::new("尚无评分。", "No marks yet.")
}

pub(crate) fn withdrawn() -> Text {
    Text::new("已退出，不参加排名。", "Withdrawn; not ranked.")
}

pub(crate) fn not_ranked() -> Text {
    Text::new("不参加排名。", "Not ranked.")
}

/// The sentence for `who`'s rank. `name` gives what others are called, in both languages; `counter` is the Chinese word that
/// counts them.
pub(crate) fn of_rank<'n>(
    ladder: &Ladder,
    keys: &Keys,
    links: &[Link<'_>],
    who: u32,
    name: impl Fn(u32) -> (&'n str, &'n str),
    counter: &str,
    deciding_round: bool,
) -> Text {
    let Some(rank) = ladder.rank(who) else {
        return not_ranked();
    };
    let order = ladder.order();
    let run = ladder.run(rank as usize - 1);
    let mut clauses = Vec::new();
    if run.len() > 1 {
        let others: Vec<u32> = order[run.clone()].iter().copied().filter(|other| *other != who).collect();
        clauses.push(shares(keys, links, who, &several(&others, &name, counter), deciding_round));
    }
    if run.start > 0 {
        let better = &order[ladder.run(run.start - 1)];
        let clause = against(keys, links, who, better, &name, counter, false);
        let last = run.end == order.len();
        if let Some((link, clause)) = clause
            && (last || link > 0)
        {
            clauses.push(clause);
        }
    }
    if run.end < order.len() {
        let worse = &order[ladder.run(run.end)];
        clauses.extend(against(keys, links, who, worse, &name, counter, true).map(|(_, clause)| clause));
    }
    if clauses.is_empty() {
        let total = links[0].value(keys.of(who)[0]);
        clauses.push(Text::new(
            format!("目前只有一{counter}参加排名，总分 {}", total.zh),
            format!("alone in the ranking, with {}", total.en),
        ));
    }
    let join = |get: fn(&Text) -> &str, mark: &str| clauses.iter().map(get).collect::<Vec<_>>().join(mark);
    Text::new(
        format!("{}。", join(|clause| &clause.zh, "；")),
        format!("{}.", capital(&join(|clause| &clause.en, "; "))),
    )
}

fn shares(keys: &Keys, links: &[Link<'_>], who: u32, others: &Text, deciding_round: bool) -> Text {
    let total = links[0].value(keys.of(who)[0]);
    let (all_zh, all_en) =
        if links.len() > 1 { ("，其余各项也相同", ", equal in every tie-break too") } else { ("", "") };
    let (round_zh, round_en) =
        if deciding_round { ("，须加赛决定", ", so a deciding round is needed") } else { ("", "") };
    Text::new(
        format!("与{}并列：总分同为 {}{all_zh}{round_zh}", apart(&others.zh), total.zh),
        format!("shares the rank with {}: equal in total, {}{all_en}{round_en}", others.en, total.en),
    )
}

/// The first link that parts `who` from the holders of the neighbouring place, and the clause that says so.
fn against<'n>(
    keys: &Keys,
    links: &[Link<'_>],
    who: u32,
    others: &[u32],
    name: &impl Fn(u32) -> (&'n str, &'n str),
    counter: &str,
    ahead: bool,
) -> Option<(usize, Text)> {
    let (mine, theirs) = (keys.of(who), keys.of(*others.first()?));
    let at = (0..links.len()).find(|at| mine[*at] != theirs[*at])?;
    let (what, mine, theirs) = (links[at].name(), links[at].value(mine[at]), links[at].value(theirs[at]));
    let total = links[0].value(keys.of(who)[0]);
    let others = several(others, name, counter);
    let (equal_zh, equal_en) = if at > 0 {
        (format!("总分同为 {}，", total.zh), format!(", after equal totals of {}", total.en))
    } else {
        (String::new(), String::new())
    };
    let (zh, en) = if ahead { ("领先于", "ahead of") } else { ("落后于", "behind") };
    Some((
        at,
        Text::new(
            format!("{equal_zh}{}以 {} 比 {} {zh}{}", what.zh, mine.zh, theirs.zh, apart(&others.zh).trim_end()),
            format!("{en} {} by {}, {} to {}{equal_en}", others.en, what.en, mine.en, theirs.en),
        ),
    ))
}

/// A name within a Chinese sentence: Latin letters and digits stand apart from the characters around them, characters don't.
fn apart(name: &str) -> String {
    let latin = |letter: Option<char>| if letter.is_some_and(|letter| letter.is_ascii()) { " " } else { "" };
    format!("{}{name}{}", latin(name.chars().next()), latin(name.chars().last()))
}

/// `A05`, `A05 and A07`, `A05 and 3 others`.
fn several<'n>(who: &[u32], name: &impl Fn(u32) -> (&'n str, &'n str), counter: &str) -> Text {
    let names: Vec<_> = who.iter().take(2).map(|who| name(*who)).collect();
    match (names.as_slice(), who.len()) {
        ([(zh, en)], _) => Text::new(*zh, *en),
        ([(zh, en), (zh2, en2)], 2) => Text::new(format!("{zh}、{zh2}"), format!("{en} and {en2}")),
        ([(zh, en), ..], n) => {
            Text::new(format!("{}等 {n} {counter}", apart(zh).trim_start()), format!("{en} and {} others", n - 1))
        }
        ([], _) => Text::default(),
    }
}

pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What an aspect's mark waits for.
pub(crate) fn of_state(state: AspectState, spread_max: u32) -> Option<Text> {
    match state {
        AspectState::Waiting | AspectState::Marked => None,
        AspectState::Partly { given, expected } => Some(Text::new(
            format!("{expected} 名裁判中已有 {given} 名打分"),
            format!("{given} of {expected} judges have marked"),
        )),
        AspectState::NeedsRound { round, spread } => Some(Text::new(
            format!("第 {round} 轮等级相差 {spread}，超过限值 {spread_max}，须商议后重评"),
            format!(
                "the levels of round {round} are {spread} apart, the limit is {spread_max}: another round is needed"
            ),
        )),
        AspectState::Undecided => {
            Some(Text::new("数据缺失，智能裁判无法判定，请裁判处理", "samples were missing, so a judge must decide"))
        }
        AspectState::ToConfirm => Some(Text::new("判定等待裁判确认", "a verdict waits for a judge's confirmation")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_apart_in_a_sentence_only_where_it_is_latin() {
        assert_eq!([apart("曾军"), apart("A05"), apart("A05、曾军"), apart("")], ["曾军", " A05 ", " A05、曾军", ""]);
    }

    #[test]
    fn a_time_reads_like_a_clock() {
        assert_eq!([clock(0), clock(61_000), clock(3_723_045)], ["0:00:00", "0:01:01", "1:02:03.045"]);
    }
}
