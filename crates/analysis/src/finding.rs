//! What the figures say to organisers, in words.
//!
//! Every sentence follows from one figure that passes one limit, and names both. Where a figure has an interval, a
//! finding is certain only if the whole interval lies beyond the limit, and says so when it is not.

use kernel::Text;

use crate::analyse::Analysis;
use crate::interval::{Estimate, Interval};
use crate::limits::{Limit, Limits};
use crate::observation::Setting;
use crate::words::{fixed, marks, percent, points, signed_points, spaced};

/// Places in the setting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    Contest,
    Aspect(u32),
    Judge(u32),
    Panel(Vec<u32>),
    Venue(u32),
    Ability(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Unreliable,
    JudgesDisagree,
    MarksDrift,
    TooEasy,
    TooHard,
    Contradicts,
    DoesNotDiscriminate,
    MachineDisagrees,
    Severe,
    Lenient,
    Erratic,
    JudgeDrifts,
    PanelUnreliable,
    VenueDiffers,
    Train,
    Uneven,
    NotForSelection,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub about: About,
    pub kind: Kind,
    /// What it follows from, in its own unit.
    pub figure: f64,
    pub interval: Option<Interval>,
    pub limit: Limit,
    /// Whether the whole interval lies beyond the limit; without an interval, nobody knows.
    pub certain: bool,
    /// What is so, by which figure and limit, and what to do.
    pub text: Text,
}

/// Ordered by what they are about, then by kind. The same figures may be told to readers who know judges by other names:
/// only the setting's words go into a sentence.
pub fn findings(analysis: &Analysis, setting: &Setting, limits: &Limits) -> Vec<Finding> {
    let mut writer = Writer { setting, limits, found: Vec::new() };
    writer.contest(analysis);
    writer.aspects(analysis);
    writer.judges(analysis);
    writer.venues(analysis);
    writer.abilities(analysis);
    writer.found.sort_by(|one, other| one.about.cmp(&other.about).then(one.kind.cmp(&other.kind)));
    writer.found
}

struct Writer<'a> {
    setting: &'a Setting,
    limits: &'a Limits,
    found: Vec<Finding>,
}

/// On which side of its limit a figure is worth a word.
#[derive(Clone, Copy)]
enum Side {
    Below,
    Above,
}

impl Writer<'_> {
    /// `say` gets figure and limit in words of its own.
    fn when(
        &mut self,
        about: About,
        kind: Kind,
        (figure, interval): (f64, Option<Interval>),
        (side, limit): (Side, Limit),
        in_words: impl Fn(f64) -> String,
        say: impl FnOnce(&str) -> Text,
    ) {
        let beyond = |value: f64| match side {
            Side::Below => value < limit.value,
            Side::Above => value > limit.value,
        };
        if !beyond(figure) {
            return;
        }
        let certain = interval.is_some_and(|interval| beyond(interval.low) && beyond(interval.high));
        let said = say(&in_words(figure));
        let range =
            |low: &str, high: &str| (format!("，95% 区间 {low} 至 {high}"), format!(", 95% interval {low} to {high}"));
        let (mut zh_range, mut en_range) = (String::new(), String::new());
        if let Some(interval) = interval {
            (zh_range, en_range) = range(&in_words(interval.low), &in_words(interval.high));
        }
        let (zh_doubt, en_doubt) = match (certain, interval) {
            (false, Some(_)) => (
                "区间跨过界限，是否真的超出还不能肯定。",
                " The interval reaches across the limit, so that it is not certain.",
            ),
            _ => ("", ""),
        };
        let limit_in_words = in_words(limit.value);
        let text = Text::new(
            format!("{}（界限 {limit_in_words}，{}{zh_range}）。{zh_doubt}", said.zh, limit.source.zh),
            spaced(&format!("{} (limit {limit_in_words}, {}{en_range}).{en_doubt}", said.en, limit.source.en)),
        );
        self.found.push(Finding { about, kind, figure, interval, limit, certain, text });
    }

    /// For differences in shares of the maximum, which say something in both directions, and nothing unless their
    /// interval leaves out 0. `say` gets the size in words, and whether it is below.
    fn when_apart(
        &mut self,
        about: About,
        kinds: (Kind, Kind),
        estimate: &Estimate,
        limit: Limit,
        say: impl Fn(&str, bool) -> Text,
    ) {
        if estimate.interval.holds(0.0) {
            return;
        }
        let below = estimate.value < 0.0;
        let (kind, side) = if below { (kinds.0, Side::Below) } else { (kinds.1, Side::Above) };
        let limit = Limit { value: if below { -limit.value } else { limit.value }, ..limit };
        let figure = (estimate.value, Some(estimate.interval));
        let size = points(estimate.value.abs());
        self.when(about, kind, figure, (side, limit), signed_points, |_| say(&size, below));
    }

    fn contest(&mut self, analysis: &Analysis) {
        let limits = self.limits;
        if let Ok(found) = &analysis.reliability {
            let figure = (found.alpha, Some(found.interval));
            let error = marks(found.error);
            self.when(About::Contest, Kind::Unreliable, figure, (Side::Below, limits.reliability), fixed, |figure| {
                Text::new(
                    format!(
                        "总分的可靠性不足：α 为 {figure}，总分的测量标准误为 {error} 分，\
                         分差小于它的名次不可靠，应增加评分项"
                    ),
                    format!(
                        "The total is not reliable enough: α is {figure} and a total has a standard \
                         error of {error} marks, so that ranks closer than that are unsure; examine more \
                         aspects"
                    ),
                )
            });
        }
        if let Ok(found) = &analysis.agreement.interval {
            let figure = (found.alpha, found.interval);
            self.when(About::Contest, Kind::JudgesDisagree, figure, (Side::Below, limits.agreement), fixed, |figure| {
                Text::new(
                    format!("裁判之间一致性不足：Krippendorff α 为 {figure}，赛前应统一评分标准并试评"),
                    format!(
                        "The judges agree too little: Krippendorff's α is {figure}; agree on \
                         benchmarks and mark samples together beforehand"
                    ),
                )
            });
        }
        if let Ok(found) = &analysis.drift {
            let kinds = (Kind::MarksDrift, Kind::MarksDrift);
            self.when_apart(About::Contest, kinds, found, limits.drift, |figure, falls| {
                let (zh, en) = if falls { ("走低", "fall") } else { ("走高", "rise") };
                Text::new(
                    format!("得分随时间{zh}：每小时变化满分的 {figure}，应检查评分尺度、设备和出场安排"),
                    format!(
                        "Marks {en} with time, by {figure} of the maximum in an hour; look at \
                         standards, equipment and the order of starts"
                    ),
                )
            });
        }
    }

    fn aspects(&mut self, analysis: &Analysis) {
        let limits = self.limits;
        for (aspect, figures) in &analysis.aspects {
            let name = self.aspect(*aspect);
            let about = || About::Aspect(*aspect);
            let mut plain = true;
            if let Some(difficulty) = figures.difficulty {
                let figure = (difficulty, None);
                let full = percent(figures.full.unwrap_or_default());
                self.when(about(), Kind::TooEasy, figure, (Side::Above, limits.easy), percent, |figure| {
                    Text::new(
                        format!("评分项{}太容易：平均得分率 {figure}，满分率 {full}，应提高要求或降低分值", name.zh),
                        format!(
                            "Aspect {} is too easy: the field has {figure} of its marks, and {full} \
                             have all; ask more or give it fewer marks",
                            name.en
                        ),
                    )
                });
                self.when(about(), Kind::TooHard, figure, (Side::Below, limits.hard), percent, |figure| {
                    Text::new(
                        format!("评分项{}太难：平均得分率 {figure}，应检查任务、时间和说明", name.zh),
                        format!(
                            "Aspect {} is too hard: the field has {figure} of its marks; look at \
                             task, time and wording",
                            name.en
                        ),
                    )
                });
                // Where nearly all or nearly none succeed, nothing can be told apart, and that has been said.
                plain = (limits.hard.value..=limits.easy.value).contains(&difficulty);
            }
            let interval = figures.item_rest_interval();
            let contradicts = figures.item_rest.is_ok_and(|value| value < limits.contradiction.value);
            // The few who succeed, or fail, where hardly anybody does make a correlation of chance.
            let told = plain || interval.is_some_and(|interval| interval.high < limits.contradiction.value);
            if let Ok(item_rest) = figures.item_rest
                && told
            {
                let figure = (item_rest, interval);
                self.when(about(), Kind::Contradicts, figure, (Side::Below, limits.contradiction), fixed, |figure| {
                    Text::new(
                        format!(
                            "评分项{}与其余评分项相反：相关系数 {figure}，总体越强的选手在此得分越低，\
                             应检查评分标准和答案",
                            name.zh
                        ),
                        format!(
                            "Aspect {} contradicts the others: the correlation is {figure}, so that \
                             the stronger lose here; look for an error in its criteria",
                            name.en
                        ),
                    )
                });
            }
            if let Ok(index) = figures.upper_lower
                && plain
                && !contradicts
            {
                let figure = (index, None);
                let side = (Side::Below, limits.discrimination);
                self.when(about(), Kind::DoesNotDiscriminate, figure, side, fixed, |figure| {
                    Text::new(
                        format!("评分项{}区分度低：前后 27% 选手的得分率只差 {figure}，应修改或换掉", name.zh),
                        format!(
                            "Aspect {} hardly tells strong from weak: the best and the last 27% \
                             differ by {figure} of its marks; change or replace it",
                            name.en
                        ),
                    )
                });
            }
        }
        for figures in &analysis.machine {
            let name = self.aspect(figures.aspect);
            let figure = (figures.rate, Some(figures.interval));
            let difference = figures.difference.map(|estimate| estimate.value).unwrap_or_default();
            let (zh, en) = if difference < 0.0 { ("低", "severer") } else { ("高", "milder") };
            let difference = points(difference.abs());
            let (about, side) = (About::Aspect(figures.aspect), (Side::Below, limits.machine));
            self.when(about, Kind::MachineDisagrees, figure, side, percent, |figure| {
                Text::new(
                    format!(
                        "评分项{}上智能裁判与人工评分不一致：一致率 {figure}，\
                         智能裁判平均{zh}满分的 {difference}，采信前应核对规则",
                        name.zh
                    ),
                    format!(
                        "On aspect {} the smart referee and people disagree: they agree in {figure} \
                         of cases, and the referee is {en} by {difference} of the maximum on average; check \
                         its rule before relying on it",
                        name.en
                    ),
                )
            });
        }
    }

    fn judges(&mut self, analysis: &Analysis) {
        let limits = self.limits;
        for figures in &analysis.judges {
            let name = self.judge(figures.judge);
            if let Ok(deviation) = &figures.deviation {
                let kinds = (Kind::Severe, Kind::Lenient);
                self.when_apart(About::Judge(figures.judge), kinds, deviation, limits.deviation, |figure, severe| {
                    let (zh, en) = if severe { ("偏严", "severe") } else { ("偏松", "lenient") };
                    let (than, side) = if severe { ("低", "below") } else { ("高", "above") };
                    Text::new(
                        format!("裁判 {name} {zh}：平均比同组其他裁判{than}满分的 {figure}，应统一尺度"),
                        format!(
                            "Judge {name} is {en}: on average {figure} of the maximum {side} the \
                             others of the panel; agree on a standard"
                        ),
                    )
                });
            }
            if let Ok(drift) = &figures.drift {
                let kinds = (Kind::JudgeDrifts, Kind::JudgeDrifts);
                self.when_apart(About::Judge(figures.judge), kinds, drift, limits.drift, |figure, severer| {
                    let (zh, en) = if severer { ("越来越严", "severer") } else { ("越来越松", "milder") };
                    Text::new(
                        format!(
                            "裁判 {name} 当天{zh}：与同组其他裁判之差每小时变化满分的 {figure}，\
                             应安排休息并复看标准样例"
                        ),
                        format!(
                            "Judge {name} grew {en} as time went on, by {figure} of the maximum in an \
                             hour against the panel; plan rests, and look at the benchmarks again"
                        ),
                    )
                });
            }
        }
        for measure in analysis.facets.iter().flat_map(|facets| &facets.judges) {
            let Some(fit) = measure.fit else { continue };
            let name = self.judge(measure.of);
            let (about, side) = (About::Judge(measure.of), (Side::Above, limits.infit));
            self.when(about, Kind::Erratic, (fit.infit, None), side, fixed, |figure| {
                Text::new(
                    format!("裁判 {name} 评分不稳定：加权拟合值（infit）为 {figure}，模型预期为 1，应复核其评分"),
                    format!(
                        "Judge {name} marks erratically: infit is {figure} where the model expects 1; \
                         check these marks again"
                    ),
                )
            });
        }
        for panel in &analysis.panels {
            let Some(form) = panel.icc.ok().and_then(|forms| forms.mean_agreement) else { continue };
            let names: Vec<String> = panel.judges.iter().map(|judge| self.judge(*judge)).collect();
            let figure = (form.value, form.interval);
            let about = About::Panel(panel.judges.clone());
            self.when(about, Kind::PanelUnreliable, figure, (Side::Below, limits.panel), fixed, |figure| {
                Text::new(
                    format!("裁判组（{}）的平均分不可靠：ICC 为 {figure}，应增加裁判或统一尺度", names.join("、")),
                    format!(
                        "The mean of the panel of {} is not to be relied on: ICC is {figure}; add \
                         judges or agree on a standard",
                        names.join(", ")
                    ),
                )
            });
        }
    }

    fn venues(&mut self, analysis: &Analysis) {
        if analysis.venues.len() < 2 {
            return;
        }
        for figures in &analysis.venues {
            let Ok(residual) = &figures.residual else { continue };
            let name = self.setting.venues[figures.venue as usize].clone();
            let kinds = (Kind::VenueDiffers, Kind::VenueDiffers);
            self.when_apart(About::Venue(figures.venue), kinds, residual, self.limits.venue, |figure, below| {
                let (zh, en) = if below { ("低", "below") } else { ("高", "above") };
                Text::new(
                    format!(
                        "赛场“{}”得分偏{zh}：平均比全体选手{zh}满分的 {figure}，应检查设备、\
                         环境和裁判组",
                        name.zh
                    ),
                    format!(
                        "Marks at “{}” differ: on average {figure} of the maximum {en} the whole \
                         field's; look at equipment, surroundings and panel",
                        name.en
                    ),
                )
            });
        }
    }

    fn abilities(&mut self, analysis: &Analysis) {
        let limits = self.limits;
        for (ability, figures) in &analysis.abilities {
            let name = self.setting.abilities[*ability as usize].clone();
            let about = || About::Ability(*ability);
            let [first, median, third] = figures.quartiles;
            self.when(about(), Kind::Train, (median, None), (Side::Below, limits.mastery), percent, |figure| {
                Text::new(
                    format!("能力“{}”需要加强培训：参赛选手得分率的中位数只有 {figure}", name.zh),
                    format!("Ability “{}” should be trained: the field's median is {figure} of the marks", name.en),
                )
            });
            self.when(
                about(),
                Kind::Uneven,
                (third - first, None),
                (Side::Above, limits.unevenness),
                points,
                |figure| {
                    let (first, third) = (percent(first), percent(third));
                    Text::new(
                        format!(
                            "选手在能力“{}”上差距大：四分位数为 {first} 和 {third}，相差 {figure}，\
                             选拔赛应提前考核，并对薄弱选手分层培训",
                            name.zh
                        ),
                        format!(
                            "The field is uneven in ability “{}”: the quartiles are {first} and {third}, \
                             {figure} apart; examine it in earlier rounds, and train the weaker ones apart",
                            name.en
                        ),
                    )
                },
            );
            let Some(reliability) = figures.reliability else { continue };
            let (has, wanted) = (figures.aspects, aspects_for(figures.aspects, reliability, limits.selection.value));
            let (zh, en) = match wanted {
                Some(wanted) => (
                    format!("现有 {has} 个评分项，约需 {wanted} 个"),
                    format!("it has {has} aspects and would take about {wanted}"),
                ),
                None => (
                    format!("现有 {has} 个评分项几乎区分不出选手，应重新设计"),
                    format!("its {has} aspects hardly tell competitors apart and should be designed anew"),
                ),
            };
            self.when(
                about(),
                Kind::NotForSelection,
                (reliability, None),
                (Side::Below, limits.selection),
                fixed,
                |figure| {
                    Text::new(
                        format!("不宜仅凭能力“{}”选拔选手：可靠性 {figure}，{zh}", name.zh),
                        format!(
                            "Nobody should be selected by ability “{}” alone: its reliability is {figure}; {en}",
                            name.en
                        ),
                    )
                },
            );
        }
    }

    fn aspect(&self, aspect: u32) -> Text {
        let aspect = &self.setting.aspects[aspect as usize];
        Text::new(format!(" {}“{}”", aspect.code, aspect.name.zh), format!("{} “{}”", aspect.code, aspect.name.en))
    }

    fn judge(&self, judge: u32) -> String {
        self.setting.judges[judge as usize].clone()
    }
}

/// How many aspects of the same kind would reach a reliability: Spearman and Brown's prophecy, `has · r*(1−r) /
/// r(1−r*)`. None where more aspects of that kind would not help, or it would take more than a hundred.
fn aspects_for(has: usize, reliability: f64, wanted: f64) -> Option<usize> {
    if reliability <= 0.0 || !(0.0..1.0).contains(&wanted) {
        return None;
    }
    let takes = (has as f64 * wanted * (1.0 - reliability) / (reliability * (1.0 - wanted))).ceil();
    (takes <= 100.0).then_some(takes as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spearman_and_brown_by_hand() {
        // Doubling a reliability of 0.5 gives 2 · 0.5 / 1.5 = 0.667; for 0.7 it takes 2.33 times as many.
        assert_eq!(aspects_for(6, 0.5, 0.7), Some(14));
        assert_eq!((aspects_for(6, -0.1, 0.7), aspects_for(6, 0.01, 0.7)), (None, None));
    }
}
