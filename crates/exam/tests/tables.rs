//! A bank as a table, and back; what is wrong is said of its cell.

mod common;

use common::*;
use exam::exchange::Defaults;
use exam::tables::*;
use exam::*;

fn defaults() -> Defaults {
    Defaults { prefix: "imp".into(), marks: mark(100), difficulty: 500, abilities: vec!["all".into()] }
}

/// Rows from `column=text` pairs, numbered from 2.
fn rows(lines: &[&[(&str, &str)]]) -> Vec<Row> {
    let row = |(at, line): (usize, &&[(&str, &str)])| {
        let mut cells = vec![String::new(); COLUMNS.len()];
        for (column, text) in *line {
            cells[column_at(column).unwrap_or_else(|| panic!("{column}"))] = (*text).to_owned();
        }
        Row { number: at as u32 + 2, cells }
    };
    lines.iter().enumerate().map(row).collect()
}

/// What a table keeps.
fn kept(draft: &ItemDraft) -> ItemDraft {
    fn question(one: &mut QuestionDraft) {
        match &mut one.body {
            BodyDraft::Single { options } | BodyDraft::Multiple { options, .. } => {
                options.iter_mut().for_each(|option| option.feedback = Words::default());
            }
            BodyDraft::Blank { blanks, .. } => {
                for blank in blanks {
                    if let BlankDraft::Chosen { options } = blank {
                        options.iter_mut().for_each(|option| option.feedback = Words::default());
                    }
                }
            }
            BodyDraft::Short { length_most, .. } => *length_most = 5000,
            BodyDraft::Case { parts } => parts.iter_mut().for_each(question),
            _ => {}
        }
    }
    let mut kept = draft.clone();
    question(&mut kept.question);
    kept
}

#[test]
fn a_bank_survives_its_table() {
    let mut drafts = every_kind();
    drafts[0].question.stem = Words::new("按哪个？", "Which one?");
    let BodyDraft::Single { options } = &mut drafts[0].question.body else { panic!() };
    options[0].words = Words::new("220V", "");
    options[1].words = Words::new("绿", "green");
    options[3].stays = true;
    let accepts = vec!["a|b".into(), "c；d".into(), "\\".into()];
    let fold = Fold { case: false, width: true, spaces: false };
    let body = BodyDraft::Blank { blanks: vec![BlankDraft::Typed { accepts, fold }], credit: Credit::Minus };
    drafts.push(item("q-signs", "写 [[1]]", 200, body));
    let mut variant = judgement();
    variant.id = "q-judgement-2".into();
    variant.variant_of = Some("q-judgement".into());
    drafts.push(variant);
    let items: Vec<Item> = drafts.iter().cloned().map(checked).collect();
    let (table, refused) = table_of(&items);
    assert!(refused.is_empty(), "{refused:?}");
    let found = items_of(&table, &defaults());
    assert!(found.faults.is_empty(), "{:#?}", found.faults);
    for (found, draft) in found.items.iter().zip(&drafts) {
        assert_eq!(*found, kept(draft));
    }
}

#[test]
fn a_table_as_teachers_write_it_is_read() {
    let table = rows(&[
        &[
            ("kind", "单选题"),
            ("stem", "哪个？"),
            ("A", "220V"),
            ("B", "红"),
            ("answer", "Ｂ"),
            ("marks", "２"),
            ("difficulty", "0.7"),
        ],
        &[
            ("kind", "多选"),
            ("stem", "哪些？"),
            ("A", "1"),
            ("B", "2"),
            ("C", "3"),
            ("answer", "A、C"),
            ("marks", "3"),
            ("credit", "少选得分"),
        ],
        &[],
        &[
            ("kind", "判断题"),
            ("stem", "对吗？"),
            ("answer", "×"),
            ("marks", "1"),
            ("level", "3"),
            ("abilities", "a，b"),
        ],
        &[("kind", "填空题"), ("stem", "[[1]] 和 [[2]]"), ("answer", "甲|乙；?丙|*丁"), ("marks", "2")],
        &[("kind", "案例题"), ("stem", "材料。"), ("marks", "3")],
        &[("kind", "判断题"), ("part", "是"), ("stem", "对？"), ("answer", "对"), ("marks", "1")],
        &[
            ("kind", "计算题"),
            ("part", "是"),
            ("stem", "多少？"),
            ("answer", "12.5±2%"),
            ("marks", "2"),
            ("unit", "?mm"),
        ],
        &[("kind", "short"), ("stem", "Why?"), ("A", "content|0 none|2 part|5 full"), ("marks", "5")],
    ]);
    let found = items_of(&table, &defaults());
    assert!(found.faults.is_empty(), "{:#?}", found.faults);
    assert_eq!(found.items.len(), 6);
    let first = &found.items[0];
    assert_eq!(
        (first.difficulty, first.id.as_str(), first.abilities.as_slice()),
        (300, "imp-0001", &["all".to_owned()][..])
    );
    let BodyDraft::Single { options } = &first.question.body else { panic!() };
    assert_eq!(
        (options[0].words.zh.as_str(), options[1].right),
        ("220V", true),
        "words are in the language of the stem"
    );
    let BodyDraft::Multiple { credit, .. } = found.items[1].question.body else { panic!() };
    assert_eq!(credit, Credit::NoneWrong);
    let BodyDraft::Case { parts } = &found.items[4].question.body else { panic!() };
    assert!(
        matches!(&parts[1].body, BodyDraft::Numeric { tolerance: ToleranceDraft::Relative(share), unit: Some(unit), .. } if share == "0.02" && unit.asked)
    );
    assert_eq!(found.items[5].question.stem.en, "Why?");
}

#[test]
fn every_fault_is_at_its_cell_and_sound_rows_are_taken() {
    let table = rows(&[
        &[("kind", "单选"), ("stem", "好"), ("A", "1"), ("B", "2"), ("answer", "A"), ("marks", "1"), ("id", "x")],
        &[("kind", "选择"), ("stem", "好"), ("marks", "1")],
        &[("kind", "单选题"), ("stem", ""), ("A", "1"), ("C", "3"), ("answer", "AB"), ("marks", "0")],
        &[("kind", "单选题"), ("stem", "好"), ("A", "1"), ("B", "2"), ("answer", "C"), ("marks", "两分")],
        &[("kind", "判断题"), ("stem", "好"), ("answer", "也许"), ("marks", "1"), ("level", "高")],
        &[
            ("kind", "填空题"),
            ("stem", "没有空"),
            ("answer", "a|Ａ"),
            ("marks", "1"),
            ("fold", "颜色"),
            ("credit", "随便"),
        ],
        &[("kind", "排序题"), ("stem", "排"), ("A", "1"), ("B", "2"), ("answer", "AA"), ("marks", "1")],
        &[("kind", "计算题"), ("stem", "算"), ("answer", "NaN±-1"), ("marks", "1"), ("figures", "两位")],
        &[("kind", "计算题"), ("stem", "算"), ("answer", "NaN±-1"), ("marks", "1")],
        &[("kind", "判断题"), ("part", "是"), ("stem", "小题"), ("answer", "对"), ("marks", "1")],
        &[("kind", "案例题"), ("stem", "材料"), ("marks", "5")],
        &[("kind", "单选题"), ("part", "是"), ("stem", "小"), ("A", "1"), ("B", "1"), ("answer", "A"), ("marks", "1")],
        &[("kind", "判断题"), ("stem", "好"), ("answer", "对"), ("marks", "1"), ("id", "x")],
        &[("kind", "配对题"), ("stem", "配"), ("A", "甲=1"), ("B", "乙"), ("marks", "1")],
    ]);
    let found = items_of(&table, &defaults());
    let places: Vec<(u32, &str)> = found.faults.iter().map(|fault| (fault.row, fault.column.unwrap_or("-"))).collect();
    assert_eq!(
        places,
        [
            (3, "kind"),
            (4, "stem"),
            (4, "B"),
            (4, "answer"),
            (4, "marks"),
            (5, "answer"),
            (5, "marks"),
            (6, "answer"),
            (6, "level"),
            (7, "credit"),
            (7, "fold"),
            (8, "answer"),
            (9, "figures"),
            (10, "answer"),
            (10, "answer"),
            (11, "part"),
            (12, "marks"),
            (13, "B"),
            (14, "id"),
            (15, "B"),
        ]
    );
    assert_eq!(found.items.len(), 1);
}

#[test]
fn what_a_table_cannot_say_is_refused_by_name() {
    let options = (0..12).map(|at| option(&format!("项{at}"), at == 0)).collect();
    let many = item("q-many", "选", 100, BodyDraft::Single { options });
    let (rows, refused) = table_of(&[checked(many), checked(judgement())]);
    assert_eq!((rows.len(), refused[0].place.as_str()), (1, "q-many"));
}

#[test]
fn strange_tables_are_read_without_panic() {
    let mut rng = kernel::Rng::from_seed(1);
    let pieces =
        ["单选题", "case", "是", "A", "|", "；", "?", "*", "\\", "±", "%", "=", "||", "1", "-", "[[1]]", "钢", ""];
    for _ in 0..3000 {
        let cells = (0..rng.below(40))
            .map(|_| (0..rng.below(3)).map(|_| pieces[rng.below(pieces.len() as u64) as usize]).collect::<String>());
        let rows: Vec<Row> = vec![Row { number: 2, cells: cells.collect() }];
        for item in items_of(&rows, &defaults()).items {
            assert!(item.check().is_ok());
        }
    }
}
