//! Items → a table. What a table can't say is refused by name.

use super::answer::{written_blanks, written_number};
use super::cells::{escape, tongue_of, written};
use super::read::PART;
use super::{COLUMNS, LETTERS, Row, column_at};
use crate::draft::{BlankDraft, BodyDraft, CriterionDraft, ItemDraft, PairDraft, QuestionDraft};
use crate::exchange::{Refused, SourceFault};
use crate::{Credit, Fold, Item};

/// The row below the headings.
const FIRST_ROW: u32 = 2;

/// Rows for all items that fit into a table, and those that don't.
pub fn table_of(items: &[Item]) -> (Vec<Row>, Vec<SourceFault>) {
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for item in items {
        match item_rows(item) {
            Ok(found) => rows.extend(found),
            Err(refused) => faults.push(SourceFault { place: item.id.clone(), fault: refused.at("question") }),
        }
    }
    let number = |(at, cells): (usize, Vec<String>)| Row { number: FIRST_ROW + at as u32, cells };
    (rows.into_iter().enumerate().map(number).collect(), faults)
}

fn cannot<T>(zh: &str, en: &str) -> Result<T, Refused> {
    Err(Refused::new((zh, en), ("用 QTI 导出", "export it as QTI")))
}

type Cells = Vec<String>;

fn put(cells: &mut Cells, code: &str, text: impl Into<String>) {
    if let Some(at) = column_at(code) {
        cells[at] = text.into();
    }
}

fn item_rows(item: &Item) -> Result<Vec<Cells>, Refused> {
    let draft = ItemDraft::from(item);
    let mut cells = question_row(&draft.question)?;
    put(&mut cells, "id", draft.id);
    put(&mut cells, "version", draft.version.to_string());
    put(&mut cells, "difficulty", draft.difficulty.to_string());
    put(&mut cells, "abilities", draft.abilities.join(" "));
    put(&mut cells, "level", draft.level.map_or_else(String::new, |level| level.to_string()));
    put(&mut cells, "trade", draft.trade.unwrap_or_default());
    put(&mut cells, "variant_of", draft.variant_of.unwrap_or_default());
    let mut rows = vec![cells];
    if let BodyDraft::Case { parts } = &draft.question.body {
        for part in parts {
            let mut cells = question_row(part)?;
            put(&mut cells, "part", PART);
            rows.push(cells);
        }
    }
    Ok(rows)
}

fn question_row(question: &QuestionDraft) -> Result<Cells, Refused> {
    let mut cells = vec![String::new(); COLUMNS.len()];
    let tongue = tongue_of(&question.stem);
    put(&mut cells, "stem", written(&question.stem, tongue));
    put(&mut cells, "marks", question.marks.to_string());
    put(&mut cells, "explanation", written(&question.explanation, tongue));
    let mut credit_of = None;
    let letters = |cells: &mut Cells, texts: Vec<String>| {
        if texts.len() > LETTERS.len() {
            return cannot("选项多于表格的列", "there are more options than columns");
        }
        for (letter, text) in LETTERS.iter().zip(texts) {
            put(cells, letter, text);
        }
        Ok(())
    };
    let named = |places: Vec<usize>| places.into_iter().map(|at| LETTERS[at]).collect::<String>();
    let kind = match &question.body {
        BodyDraft::Single { options } | BodyDraft::Multiple { options, .. } => {
            letters(&mut cells, options.iter().map(|option| written(&option.words, tongue)).collect())?;
            let places = |is: &dyn Fn(usize) -> bool| named((0..options.len()).filter(|at| is(*at)).collect());
            put(&mut cells, "answer", places(&|at| options[at].right));
            put(&mut cells, "stays", places(&|at| options[at].stays));
            match &question.body {
                BodyDraft::Multiple { credit, .. } => {
                    credit_of = Some(*credit);
                    "multiple"
                }
                _ => "single",
            }
        }
        BodyDraft::Judgement { truth } => {
            put(&mut cells, "answer", if *truth { "正确" } else { "错误" });
            "judgement"
        }
        BodyDraft::Blank { blanks, credit } => {
            let folds: Vec<Fold> = blanks
                .iter()
                .filter_map(|blank| if let BlankDraft::Typed { fold, .. } = blank { Some(*fold) } else { None })
                .collect();
            if folds.windows(2).any(|two| two[0] != two[1]) {
                return cannot("各空忽略的内容不同", "the blanks ignore different things");
            }
            let starts = |blank: &BlankDraft| matches!(blank, BlankDraft::Typed { accepts, .. } if accepts[0].starts_with(['?', '？']));
            if blanks.iter().any(starts) {
                return cannot("答案以问号开头", "an answer begins with a question mark");
            }
            credit_of = Some(*credit);
            put(&mut cells, "answer", written_blanks(blanks, tongue));
            put(&mut cells, "fold", folds.first().map_or_else(String::new, |fold| written_fold(*fold)));
            "blank"
        }
        BodyDraft::Order { entries, credit } => {
            // In their right order: the one who reads the answer column knows it anyway.
            letters(&mut cells, entries.iter().map(|words| written(words, tongue)).collect())?;
            put(&mut cells, "answer", named((0..entries.len()).collect()));
            credit_of = Some(*credit);
            "order"
        }
        BodyDraft::Match { pairs, distractors, credit } => {
            let side = |words: &crate::Words| escape(&written(words, tongue), &['=', '＝']);
            let pair = |pair: &PairDraft| format!("{}={}", side(&pair.left), side(&pair.right));
            let texts = pairs.iter().map(pair).chain(distractors.iter().map(|words| format!("={}", side(words))));
            letters(&mut cells, texts.collect())?;
            credit_of = Some(*credit);
            "match"
        }
        BodyDraft::Short { rubric, sample, .. } => {
            let criterion = |criterion: &CriterionDraft| {
                let levels =
                    criterion.levels.iter().map(|level| format!("{} {}", level.marks, written(&level.words, tongue)));
                let parts: Vec<String> = std::iter::once(written(&criterion.name, tongue)).chain(levels).collect();
                parts.iter().map(|part| escape(part, &['|'])).collect::<Vec<_>>().join("|")
            };
            letters(&mut cells, rubric.iter().map(criterion).collect())?;
            put(&mut cells, "answer", written(sample, tongue));
            "short"
        }
        BodyDraft::Case { .. } => "case",
        BodyDraft::Numeric { value, tolerance, unit, figures } => {
            let Some(number) = written_number(value, tolerance) else {
                return cannot("误差写不进表格", "the tolerance can't be written in a table");
            };
            put(&mut cells, "answer", number);
            let unit = unit.as_ref().map(|unit| format!("{}{}", if unit.asked { "?" } else { "" }, unit.symbol));
            put(&mut cells, "unit", unit.unwrap_or_default());
            put(&mut cells, "figures", figures.map_or_else(String::new, |figures| figures.to_string()));
            "numeric"
        }
    };
    put(&mut cells, "kind", kind);
    put(&mut cells, "credit", credit_of.map_or("", Credit::code));
    Ok(cells)
}

fn written_fold(fold: Fold) -> String {
    if fold == Fold::default() {
        return String::new();
    }
    let words = [(fold.case, "case"), (fold.width, "width"), (fold.spaces, "spaces")];
    let words: Vec<&str> = words.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
    if words.is_empty() { "-".to_owned() } else { words.join(" ") }
}
