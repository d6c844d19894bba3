//! One item of every kind. Keys are words that occur nowhere else, so that a test can look for them.
#![allow(dead_code, reason = "each test file takes what it needs")]

use exam::*;
use kernel::Mark;

pub fn mark(hundredths: i64) -> Mark {
    Mark::from_hundredths(hundredths)
}

pub fn option(words: &str, right: bool) -> OptionDraft {
    OptionDraft {
        words: Words::zh(words),
        right,
        feedback: Words::zh(format!("反馈-{words}")),
        ..OptionDraft::default()
    }
}

pub fn item(id: &str, stem: &str, marks: i64, body: BodyDraft) -> ItemDraft {
    ItemDraft {
        format: ITEM_FORMAT,
        id: id.into(),
        version: 1,
        trade: Some("electrician".into()),
        level: Some(4),
        abilities: vec!["electrical".into()],
        difficulty: 400,
        measured: None,
        variant_of: None,
        question: QuestionDraft {
            stem: Words::zh(stem),
            marks: mark(marks),
            explanation: Words::new("解析秘密", "secret explanation"),
            body,
        },
    }
}

pub fn single() -> ItemDraft {
    let options = vec![option("红", false), option("绿", true), option("蓝", false), option("黄", false)];
    item("q-single", "按下哪个按钮？", 200, BodyDraft::Single { options })
}

pub fn multiple(credit: Credit) -> ItemDraft {
    let options = vec![
        option("螺丝刀", true),
        option("锤子", false),
        option("扳手", true),
        option("尺", true),
        option("笔", false),
    ];
    item("q-multiple", "用哪些工具？", 300, BodyDraft::Multiple { options, credit })
}

pub fn judgement() -> ItemDraft {
    item("q-judgement", "断电后可以立即触摸电容。", 100, BodyDraft::Judgement { truth: false })
}

pub fn blank(credit: Credit) -> ItemDraft {
    let typed = |accepts: &[&str]| BlankDraft::Typed {
        accepts: accepts.iter().map(|text| (*text).to_owned()).collect(),
        fold: Fold::default(),
    };
    let blanks = vec![
        typed(&["220V", "二百二十伏"]),
        typed(&["零线keyword"]),
        BlankDraft::Chosen { options: vec![option("串联", false), option("并联", true)] },
    ];
    item("q-blank", "电压是 [[1]]，蓝线是 [[2]]，负载 [[3]]。", 300, BodyDraft::Blank { blanks, credit })
}

pub fn order(credit: Credit) -> ItemDraft {
    let entries = ["停电", "验电", "接地", "挂牌"].map(Words::zh).to_vec();
    item("q-order", "按顺序排列。", 400, BodyDraft::Order { entries, credit })
}

pub fn matching(credit: Credit) -> ItemDraft {
    let pair = |left: &str, right: &str| PairDraft { left: Words::zh(left), right: Words::zh(right) };
    let pairs = vec![pair("电压", "伏"), pair("电流", "安"), pair("电动势", "伏")];
    item("q-match", "配对。", 300, BodyDraft::Match { pairs, distractors: vec![Words::zh("欧")], credit })
}

pub fn short() -> ItemDraft {
    let level = |words: &str, marks| LevelDraft { words: Words::zh(words), marks: mark(marks) };
    let criterion = |name: &str| CriterionDraft {
        name: Words::zh(name),
        levels: vec![level("没有写", 0), level("部分", 200), level("等级秘密", 500)],
    };
    let rubric = vec![criterion("评分项甲"), criterion("评分项乙")];
    let body = BodyDraft::Short { rubric, length_most: 200, sample: Words::zh("范文秘密") };
    item("q-short", "说明步骤。", 1000, body)
}

pub fn numeric() -> ItemDraft {
    let body = BodyDraft::Numeric {
        value: "31.4159".into(),
        tolerance: ToleranceDraft::Relative("0.0123".into()),
        unit: Some(UnitDraft { symbol: "kWh".into(), asked: true }),
        figures: None,
    };
    item("q-numeric", "用电量是多少？", 200, body)
}

pub fn case() -> ItemDraft {
    let parts: Vec<QuestionDraft> =
        [single(), numeric(), short(), matching(Credit::PerPart)].into_iter().map(|item| item.question).collect();
    item("q-case", "阅读下面的材料。", 1700, BodyDraft::Case { parts })
}

pub fn every_kind() -> Vec<ItemDraft> {
    vec![
        single(),
        multiple(Credit::NoneWrong),
        judgement(),
        blank(Credit::PerPart),
        order(Credit::PerPart),
        matching(Credit::PerPart),
        short(),
        case(),
        numeric(),
    ]
}

pub fn checked(draft: ItemDraft) -> Item {
    let id = draft.id.clone();
    draft.check().unwrap_or_else(|faults| panic!("{id}: {faults:#?}"))
}

pub fn seed(attempt: &str) -> Seed {
    Seed::of(&[7; 32], "paper", attempt)
}

/// The right answer, under the names of an attempt: found by trying what the item itself says, as nobody outside can.
pub fn right_answer(item: &Item, shuffle: Shuffle<'_>) -> RawAnswer {
    right(&item.question, &item.shown(shuffle))
}

fn named(list: &[ShownOption], words: &Words) -> String {
    list.iter().find(|one| one.words == *words).unwrap().id.clone()
}

fn right(question: &Question, shown: &ShownItem) -> RawAnswer {
    match (&question.body, &shown.body) {
        (Body::Single { options, right }, ShownBody::Single { options: list }) => {
            RawAnswer::Single { option: named(list, &options[*right].words) }
        }
        (Body::Multiple { options, right, .. }, ShownBody::Multiple { options: list }) => {
            let keys = options.iter().zip(right).filter(|(_, right)| **right);
            RawAnswer::Multiple { options: keys.map(|(option, _)| named(list, &option.words)).collect() }
        }
        (Body::Judgement { truth }, ShownBody::Judgement) => RawAnswer::Judgement { truth: *truth },
        (Body::Blank { blanks, .. }, ShownBody::Blank { blanks: list }) => RawAnswer::Blank {
            blanks: blanks
                .iter()
                .zip(list)
                .map(|(blank, shown)| match (blank, shown) {
                    (item::Blank::Typed { accepts, .. }, ShownBlank::Typed) => accepts[0].clone(),
                    (item::Blank::Chosen { options, right }, ShownBlank::Chosen { options: list }) => {
                        named(list, &options[*right].words)
                    }
                    _ => unreachable!(),
                })
                .collect(),
        },
        (Body::Order { entries, .. }, ShownBody::Order { entries: list }) => {
            RawAnswer::Order { entries: entries.iter().map(|words| named(list, words)).collect() }
        }
        (Body::Match { left, right, partner, .. }, ShownBody::Match { left: lefts, right: rights }) => {
            let pair = |(words, partner): (&Words, &usize)| RawPair {
                left: named(lefts, words),
                right: named(rights, &right[*partner]),
            };
            RawAnswer::Match { pairs: left.iter().zip(partner).map(pair).collect() }
        }
        (Body::Short { .. }, ShownBody::Short { .. }) => RawAnswer::Short { text: "先停电，再验电。".into() },
        (Body::Numeric(numeric), ShownBody::Numeric { .. }) => RawAnswer::Numeric {
            value: numeric.value_text.clone(),
            unit: numeric.unit.as_ref().filter(|unit| unit.asked).map(|unit| unit.symbol.clone()),
        },
        (Body::Case { parts }, ShownBody::Case { parts: list }) => {
            RawAnswer::Case { parts: parts.iter().zip(list).map(|(part, shown)| Some(right(part, shown))).collect() }
        }
        _ => unreachable!(),
    }
}
