//! Why there is no figure. A statistic that can't be computed says so by name; it is never NaN and never a guess.

use kernel::Text;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// So many competitors with all the marks that the figure needs.
    Competitors {
        has: usize,
        needs: usize,
    },
    Aspects {
        has: usize,
        needs: usize,
    },
    Judges {
        has: usize,
        needs: usize,
    },
    /// Marks, or pairs of marks, that can be compared.
    Marks {
        has: usize,
        needs: usize,
    },
    /// All values are the same, so nothing can be told apart.
    NoVariance,
    /// All marks were given at the same time.
    NoTime,
    /// All marks were given within so many minutes: what happens in an hour can't be told from them.
    TooShort {
        minutes: usize,
        needs: usize,
    },
    /// The ratio metric is for values from zero up.
    BelowZero,
    /// Every competitor, aspect or judge has only full marks or only zeros.
    OnlyExtremes,
    /// Some part of the data is separated perfectly from the rest: the likelihood has no maximum at finite measures.
    Separated,
    /// The search for the maximum took more steps than are allowed.
    NotConverged,
}

/// So many, by the word that goes with the number.
fn counted(n: usize, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}

impl Lack {
    /// `Ok` when there are enough.
    pub(crate) fn unless(enough: bool, lack: Lack) -> Result<(), Lack> {
        if enough { Ok(()) } else { Err(lack) }
    }

    pub fn text(&self) -> Text {
        match *self {
            Lack::Competitors { has, needs } => Text::new(
                format!("成绩齐全的选手只有 {has} 名，至少需要 {needs} 名"),
                format!(
                    "only {} all marks; it takes {needs} or more",
                    counted(has, "competitor has", "competitors have")
                ),
            ),
            Lack::Aspects { has, needs } => Text::new(
                format!("可用的评分项只有 {has} 个，至少需要 {needs} 个"),
                format!("only {} can be used; it takes {needs} or more", counted(has, "aspect", "aspects")),
            ),
            Lack::Judges { has, needs } => Text::new(
                format!("可比较的裁判只有 {has} 名，至少需要 {needs} 名"),
                format!("only {} can be compared; it takes {needs} or more", counted(has, "judge", "judges")),
            ),
            Lack::Marks { has, needs } => Text::new(
                format!("可比较的分数只有 {has} 个，至少需要 {needs} 个"),
                format!("only {} can be compared; it takes {needs} or more", counted(has, "mark", "marks")),
            ),
            Lack::NoVariance => {
                Text::new("所有分数都相同，无法区分", "all marks are the same, so nothing can be told apart")
            }
            Lack::NoTime => Text::new("所有分数都在同一时刻给出", "all marks were given at the same time"),
            Lack::TooShort { minutes, needs } => Text::new(
                format!("所有分数都在 {minutes} 分钟之内给出，至少需要 {needs} 分钟"),
                format!(
                    "all marks were given within {}; it takes {needs} or more",
                    counted(minutes, "minute", "minutes")
                ),
            ),
            Lack::BelowZero => Text::new("比率尺度只适用于不小于零的值", "the ratio metric is for values from zero up"),
            Lack::OnlyExtremes => Text::new(
                "剩下的只有满分或零分，无法估计",
                "only full marks or zeros are left, from which nothing can be estimated",
            ),
            Lack::Separated => Text::new(
                "数据被完全分隔成互不交叠的部分，估计值会趋于无穷",
                "the marks fall apart into perfectly separated parts, so that estimates would grow without end",
            ),
            Lack::NotConverged => {
                Text::new("迭代未在限定步数内收敛", "the estimates did not settle within the allowed steps")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_said_as_one() {
        let said = |lack: Lack| lack.text().en;
        assert_eq!(said(Lack::Competitors { has: 1, needs: 4 }), "only 1 competitor has all marks; it takes 4 or more");
        assert_eq!(
            said(Lack::Competitors { has: 0, needs: 4 }),
            "only 0 competitors have all marks; it takes 4 or more"
        );
        assert_eq!(said(Lack::Judges { has: 1, needs: 2 }), "only 1 judge can be compared; it takes 2 or more");
        assert_eq!(said(Lack::Marks { has: 7, needs: 9 }), "only 7 marks can be compared; it takes 9 or more");
    }
}
