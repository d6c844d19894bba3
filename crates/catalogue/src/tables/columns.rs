//! Which tables a scheme has, and what stands in their columns.

/// One table.
#[derive(Debug, PartialEq, Eq)]
pub struct TableKind {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// Without it there is no scheme.
    pub needed: bool,
    pub columns: &'static [ColumnKind],
    /// What it is for.
    pub help_zh: &'static str,
    pub help_en: &'static str,
}

#[derive(Debug, PartialEq, Eq)]
pub struct ColumnKind {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub needed: bool,
    /// The words that may stand in it; empty where anything may.
    pub words: &'static [&'static str],
    /// Nothing else is written in it.
    pub numeric: bool,
}

impl TableKind {
    pub fn column(&self, code: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.code == code)
    }
}

const fn needed(code: &'static str, zh: &'static str, en: &'static str) -> ColumnKind {
    ColumnKind { code, zh, en, needed: true, words: &[], numeric: false }
}
const fn free(code: &'static str, zh: &'static str, en: &'static str) -> ColumnKind {
    ColumnKind { code, zh, en, needed: false, words: &[], numeric: false }
}
const fn number(code: &'static str, zh: &'static str, en: &'static str) -> ColumnKind {
    ColumnKind { code, zh, en, needed: false, words: &[], numeric: true }
}
const fn word(code: &'static str, zh: &'static str, en: &'static str, words: &'static [&'static str]) -> ColumnKind {
    ColumnKind { code, zh, en, needed: false, words, numeric: false }
}

const ZH: ColumnKind = needed("zh", "中文", "Chinese");
const EN: ColumnKind = needed("en", "英文", "English");
const CODE: ColumnKind = needed("code", "编号", "Code");
const ASPECT: ColumnKind = needed("aspect", "评分项", "Aspect");
const MARKS: ColumnKind = ColumnKind { needed: true, ..number("marks", "分值", "Marks") };

pub(super) const CONTEST: &str = "contest";
pub(super) const MODULES: &str = "modules";
pub(super) const ASPECTS: &str = "aspects";
pub(super) const LEVELS: &str = "levels";
pub(super) const STEPS: &str = "steps";
pub(super) const DEDUCTIONS: &str = "deductions";
pub(super) const ABILITIES: &str = "abilities";
pub(super) const GROUPS: &str = "groups";
pub(super) const TIES: &str = "ties";
pub(super) const SIGNALS: &str = "signals";
pub(super) const PHASES: &str = "phases";
pub(super) const RULES: &str = "rules";

/// The fields of the first table, each with its path in the text.
pub(super) static CONTEST_FIELDS: [(&str, &str, &str); 7] = [
    ("id", "方案标识", "id of the scheme"),
    ("version", "版本", "version"),
    ("title.zh", "名称（中文）", "title in Chinese"),
    ("title.en", "名称（英文）", "title in English"),
    ("ranking.shared", "名次可并列", "ranks may be shared"),
    ("teams.total", "团体总分", "total of a team"),
    ("teams.then", "团体同分时", "teams with equal totals"),
];

/// In the order of a workbook.
pub static TABLES: [TableKind; 12] = [
    TableKind {
        code: CONTEST,
        zh: "赛事",
        en: "Contest",
        needed: true,
        columns: &[needed("field", "字段", "Field"), free("value", "值", "Value")],
        help_zh: "每行一个字段。团体总分写 sum 或 mean；团体同分时写 time 或留空；名次可并列写 true 或 false。",
        help_en: "A field in each row. The total of a team is sum or mean; teams with equal totals: time, or nothing; shared ranks: true or false.",
    },
    TableKind {
        code: MODULES,
        zh: "模块",
        en: "Modules",
        needed: true,
        columns: &[CODE, ZH, EN, number("minutes", "时限（分钟）", "Minutes")],
        help_zh: "每行一个模块，按比赛顺序。",
        help_en: "A module in each row, in the order of the contest.",
    },
    TableKind {
        code: ASPECTS,
        zh: "评分项",
        en: "Aspects",
        needed: true,
        columns: &[
            needed("module", "模块", "Module"),
            needed("criterion", "评分单元", "Criterion"),
            free("criterion_zh", "评分单元（中文）", "Criterion in Chinese"),
            free("criterion_en", "评分单元（英文）", "Criterion in English"),
            free("sub_criterion", "评分子单元", "Sub-criterion"),
            free("sub_criterion_zh", "评分子单元（中文）", "Sub-criterion in Chinese"),
            free("sub_criterion_en", "评分子单元（英文）", "Sub-criterion in English"),
            CODE,
            ZH,
            EN,
            ColumnKind {
                needed: true,
                ..word("type", "类型", "Type", &["measurement", "judgement", "automatic", "theory"])
            },
            ColumnKind { needed: true, ..number("max", "满分", "Max") },
            needed("abilities", "能力", "Abilities"),
            free("unit", "单位", "Unit"),
            number("target", "目标值", "Target"),
            number("full", "满分偏差", "Full within"),
            number("zero", "零分偏差", "Zero from"),
            number("judges", "裁判人数", "Judges"),
            number("spread_max", "最大极差", "Spread max"),
            number("rounds_most", "最多轮次", "Rounds most"),
            word("drop_extremes", "去掉最高最低", "Drop extremes", &["true", "false"]),
            number("step", "打分步长", "Step"),
            word("policy", "判定效力", "Policy", &["automatic", "confirm", "shadow", "off"]),
            word("starts_at", "起评", "Starts at", &["zero", "full"]),
        ],
        help_zh: "每行一个评分项，模块和评分单元每行都写；评分单元的名称写在它的第一行即可。评分单元分成子单元的，每行都写评分子单元；不分的，这三列留空。能力写编号，用空格分开。测量项：填单位、目标值、满分偏差、零分偏差的按公差；在“步骤”或“扣分”表里有行的按步骤或扣分；都没有的按是否。评判项：在“等级”表里有四行的按等级，没有的按评委打分。",
        help_en: "An aspect in each row, with its module and criterion; the criterion's name is needed in its first row only. Where a criterion is divided, each of its rows has a sub-criterion, named in the same way; elsewhere these three columns are empty. Abilities by code, parted by blanks. A measurement with unit, target, full and zero goes by tolerance; one with rows in Steps or Deductions by those; any other is yes or no. A judgement with four rows in Levels goes by levels, any other by a panel's marks.",
    },
    TableKind {
        code: LEVELS,
        zh: "等级",
        en: "Levels",
        needed: false,
        columns: &[ASPECT, ColumnKind { needed: true, ..number("level", "等级", "Level") }, ZH, EN],
        help_zh: "每个按等级的评分项四行：等级 0 至 3 的描述。",
        help_en: "Four rows for each aspect with levels: what 0 to 3 mean.",
    },
    TableKind {
        code: STEPS,
        zh: "步骤",
        en: "Steps",
        needed: false,
        columns: &[ASPECT, CODE, ZH, EN, MARKS],
        help_zh: "按步骤得分的评分项，每步一行。",
        help_en: "A row for each step of an aspect that is marked by steps.",
    },
    TableKind {
        code: DEDUCTIONS,
        zh: "扣分",
        en: "Deductions",
        needed: false,
        columns: &[ASPECT, CODE, ZH, EN, MARKS],
        help_zh: "从满分扣起的评分项，每种扣分一行，分值写正数。",
        help_en: "A row for each deduction of an aspect that begins at its maximum; marks are positive.",
    },
    TableKind {
        code: ABILITIES,
        zh: "能力",
        en: "Abilities",
        needed: true,
        columns: &[CODE, ZH, EN],
        help_zh: "单项能力。",
        help_en: "The single abilities.",
    },
    TableKind {
        code: GROUPS,
        zh: "组别",
        en: "Groups",
        needed: false,
        columns: &[CODE, ZH, EN],
        help_zh: "分别排名的组别；没有就留空。",
        help_en: "Groups that are ranked apart; empty where there are none.",
    },
    TableKind {
        code: TIES,
        zh: "同分",
        en: "Ties",
        needed: true,
        columns: &[
            ColumnKind { needed: true, ..word("by", "依据", "By", &["practice", "theory", "module", "time"]) },
            free("module", "模块", "Module"),
        ],
        help_zh: "总分相同时依次比什么；依据写 module 时填模块编号。",
        help_en: "What parts equal totals, in order; with module its code.",
    },
    TableKind {
        code: SIGNALS,
        zh: "信号",
        en: "Signals",
        needed: false,
        columns: &[
            needed("name", "名称", "Name"),
            ColumnKind { needed: true, ..word("type", "类型", "Type", &["bool", "integer", "real", "text"]) },
            free("unit", "单位", "Unit"),
            free("stale_after", "失效时间", "Stale after"),
        ],
        help_zh: "规则读取的设备信号。",
        help_en: "The signals of the equipment that rules read.",
    },
    TableKind {
        code: PHASES,
        zh: "阶段",
        en: "Phases",
        needed: false,
        columns: &[needed("name", "名称", "Name"), needed("how", "定义（YAML）", "How (YAML)")],
        help_zh: "有名称的阶段，定义按 docs/referee.md 写成 YAML。",
        help_en: "Named phases, written as YAML by docs/referee.md.",
    },
    TableKind {
        code: RULES,
        zh: "规则",
        en: "Rules",
        needed: false,
        columns: &[needed("id", "标识", "Id"), ASPECT, ZH, EN, needed("how", "规则（YAML）", "How (YAML)")],
        help_zh: "智能裁判的规则。条件和分值按 docs/referee.md 写成 YAML。",
        help_en: "Rules of the smart referee. Conditions and marks are YAML by docs/referee.md.",
    },
];

pub(super) fn kind(code: &str) -> &'static TableKind {
    TABLES.iter().find(|table| table.code == code).unwrap_or(&TABLES[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_and_column_has_one_name() {
        for table in &TABLES {
            assert_eq!(kind(table.code), table);
            assert!(format!("{} {}", table.zh, table.en).chars().count() <= 31, "a sheet's name is short");
            for column in table.columns {
                let alike =
                    |other: &&ColumnKind| other.code == column.code || other.zh == column.zh || other.en == column.en;
                assert_eq!(table.columns.iter().filter(alike).count(), 1, "{} {}", table.code, column.code);
            }
        }
    }
}
