//! One competitor in words: what he is strong and weak in beside the field, and where somebody else is ahead of him.

use kernel::{Mark, Text};

use crate::abilities::AbilityFigures;
use crate::limits::Limits;
use crate::words::{percent, spaced};

/// So many competitors make a field in which a quarter is somebody.
const FIELD_LEAST: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Strong,
    Weak,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Remark {
    /// A place in the setting's abilities.
    pub ability: u32,
    pub side: Side,
    /// Whether the whole interval of his share lies beyond the field's median.
    pub certain: bool,
    pub text: Text,
}

/// The best first, then the weakest last. `abilities` are as in [`Analysis`](crate::Analysis), `names` the setting's. Nothing
/// is said of an ability that tells nobody apart, nor in a field of fewer than four.
pub fn remarks(abilities: &[(u32, AbilityFigures)], names: &[Text], competitor: u32, limits: &Limits) -> Vec<Remark> {
    let mut found: Vec<(f64, Remark)> = abilities
        .iter()
        .filter_map(|(ability, figures)| remark(*ability, figures, names, competitor, limits))
        .collect();
    found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    found.into_iter().map(|(_, remark)| remark).collect()
}

fn remark(
    ability: u32,
    figures: &AbilityFigures,
    names: &[Text],
    competitor: u32,
    limits: &Limits,
) -> Option<(f64, Remark)> {
    if figures.standings.len() < FIELD_LEAST {
        return None;
    }
    let at = figures.standings.binary_search_by_key(&competitor, |standing| standing.competitor).ok()?;
    let standing = &figures.standings[at];
    let (side, limit) = match standing.percentile {
        place if place >= limits.strong.value => (Side::Strong, limits.strong),
        place if place <= limits.weak.value => (Side::Weak, limits.weak),
        _ => return None,
    };
    let median = figures.quartiles[1];
    let interval = standing.interval();
    let certain = interval.is_some_and(|interval| match side {
        Side::Strong => interval.low > median,
        Side::Weak => interval.high < median,
    });
    let name = names.get(ability as usize)?;
    let (share, middle, place, limit) =
        (percent(standing.share), percent(median), percent(standing.percentile), percent(limit.value));
    let (zh_range, en_range) = match interval {
        Some(range) => {
            let (low, high) = (percent(range.low), percent(range.high));
            (format!("，95% 区间 {low} 至 {high}"), format!(", 95% interval {low} to {high}"))
        }
        None => ("，只有一个评分项，无法给出区间".to_owned(), ", from one aspect, which gives no interval".to_owned()),
    };
    let (zh, en) = match side {
        Side::Strong => (
            format!(
                "“{}”是强项：得分率 {share}{zh_range}，中位数为 {middle}；位次高于 {place} 的选手（界限 {limit}）。",
                name.zh
            ),
            format!(
                "“{}” is a strong point: {share} of its marks{en_range}, where the field's median is {middle}; above \
                 {place} of the field (limit {limit}).",
                name.en
            ),
        ),
        Side::Weak => (
            format!(
                "“{}”是弱项，应优先训练：得分率 {share}{zh_range}，中位数为 {middle}；位次仅高于 {place} 的选手（界限 {limit}）。",
                name.zh
            ),
            format!(
                "“{}” is a weak point, to be trained first: {share} of its marks{en_range}, where the field's median is \
                 {middle}; above only {place} of the field (limit {limit}).",
                name.en
            ),
        ),
    };
    let (zh_doubt, en_doubt) = match certain {
        true => ("", ""),
        false => (
            "还不能肯定：换一批同类评分项，可能落在中位数的另一侧。",
            " It is not certain: with other aspects of the same kind he might be on the other side of the median.",
        ),
    };
    let text = Text::new(format!("{zh}{zh_doubt}"), spaced(&format!("{en}{en_doubt}")));
    Some((standing.percentile, Remark { ability, side, certain, text }))
}

/// A part of the total, such as a module: his marks and those of whom he is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub name: Text,
    pub own: Mark,
    pub other: Mark,
}

/// In which part most of the distance lies, and where he is ahead himself. None without parts.
pub fn distance(parts: &[Part]) -> Option<Text> {
    let behind = |part: &Part| part.other - part.own;
    let farthest = parts.iter().max_by_key(|part| behind(part))?;
    let total: Mark = parts.iter().map(behind).sum();
    let ahead: Vec<&Part> = parts.iter().filter(|part| behind(part) < Mark::ZERO).collect();
    let (mut zh, mut en) = match total {
        Mark::ZERO => ("与对方总分相同".to_owned(), "The totals are the same".to_owned()),
        total if total > Mark::ZERO => (format!("与对方相差 {total} 分"), format!("The distance is {total} marks")),
        total => (format!("领先对方 {} 分", -total), format!("The lead is {} marks", -total)),
    };
    if behind(farthest) > Mark::ZERO {
        zh.push_str(&format!("；“{}”落后最多，为 {} 分", farthest.name.zh, behind(farthest)));
        en.push_str(&format!("; most is lost in “{}”, {} marks", farthest.name.en, behind(farthest)));
    }
    if !ahead.is_empty() {
        let zh_names: Vec<String> =
            ahead.iter().map(|part| format!("“{}”（+{}）", part.name.zh, -behind(part))).collect();
        let en_names: Vec<String> =
            ahead.iter().map(|part| format!("“{}” (+{})", part.name.en, -behind(part))).collect();
        zh.push_str(&format!("；{}领先", zh_names.join("、")));
        en.push_str(&format!("; ahead in {}", en_names.join(", ")));
    }
    Some(Text::new(format!("{zh}。"), format!("{en}.")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abilities::{AbilityMark, ability_figures};

    fn field(shares: &[[f64; 3]]) -> Vec<(u32, AbilityFigures)> {
        let marks = shares.iter().zip(0..).flat_map(|(row, competitor)| {
            row.iter().zip(0..).map(move |(mark, aspect)| AbilityMark { competitor, aspect, mark: *mark, max: 1.0 })
        });
        vec![(0, ability_figures(&marks.collect::<Vec<_>>()).unwrap())]
    }

    /// Of five, the first is above 90 % (half of himself counts) and the last above 10 %; those between get no word.
    #[test]
    fn the_first_is_strong_and_the_last_weak() {
        let names = [Text::new("机械", "Mechanical")];
        let level = |at: f64| [at, at, at];
        let found = field(&[level(0.9), level(0.7), level(0.5), level(0.3), level(0.1)]);
        let of = |competitor| remarks(&found, &names, competitor, &Limits::default());
        let first = of(0);
        assert_eq!((first.len(), first[0].side, first[0].certain), (1, Side::Strong, true));
        assert_eq!(
            first[0].text.en,
            "“Mechanical” is a strong point: 90 % of its marks, 95 % interval 90 % to 90 %, where the field's median is \
             50 %; above 90 % of the field (limit 75 %)."
        );
        assert!(first[0].text.zh.starts_with("“机械”是强项：得分率 90%"), "{}", first[0].text.zh);
        assert_eq!((of(4)[0].side, of(2), of(9)), (Side::Weak, vec![], vec![]));
    }

    #[test]
    fn what_is_not_certain_says_so() {
        let names = [Text::new("机械", "Mechanical")];
        let found = field(&[[1.0, 1.0, 0.0], [0.5, 0.5, 0.5], [0.4, 0.5, 0.5], [0.0, 0.1, 0.9], [0.1, 0.1, 0.1]]);
        let first = &remarks(&found, &names, 0, &Limits::default())[0];
        assert!(!first.certain && first.text.zh.contains("还不能肯定") && first.text.en.contains("not certain"));
    }

    /// All level, or too few: nobody is strong or weak.
    #[test]
    fn nothing_is_made_up() {
        let names = [Text::new("机械", "Mechanical")];
        for shares in [&[[0.5; 3]; 8][..], &[[0.9; 3], [0.5; 3], [0.1; 3]][..], &[[1.0; 3]][..]] {
            assert_eq!(remarks(&field(shares), &names, 0, &Limits::default()), []);
        }
    }

    #[test]
    fn where_the_distance_lies() {
        let part = |zh: &str, en: &str, own, other| Part {
            name: Text::new(zh, en),
            own: Mark::from_hundredths(own),
            other: Mark::from_hundredths(other),
        };
        let parts = [part("甲", "A", 1000, 1900), part("乙", "B", 800, 500), part("丙", "C", 500, 600)];
        let found = distance(&parts).unwrap();
        assert_eq!(found.zh, "与对方相差 7.00 分；“甲”落后最多，为 9.00 分；“乙”（+3.00）领先。");
        assert_eq!(found.en, "The distance is 7.00 marks; most is lost in “A”, 9.00 marks; ahead in “B” (+3.00).");
        assert_eq!(distance(&parts[1..2]).unwrap().en, "The lead is 3.00 marks; ahead in “B” (+3.00).");
        assert_eq!(distance(&[part("甲", "A", 1, 1)]).unwrap().en, "The totals are the same.");
        assert_eq!(distance(&[]), None);
    }
}
