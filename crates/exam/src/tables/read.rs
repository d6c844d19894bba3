//! A table → items. What is said of a path of an item is said here of the cell that the path was made of.

use kernel::{Mark, Suggestion, Text};

use super::answer::{blanks, criterion, letters, number, truth};
use super::cells::{Tongue, split, tongue, words};
use super::{COLUMNS, LETTERS, Row, TableFault, column_at};
use crate::draft::{
    BodyDraft, CriterionDraft, Fault, ITEM_FORMAT, ItemDraft, LevelDraft, OptionDraft, PairDraft, QuestionDraft,
    UnitDraft,
};
use crate::exchange::Defaults;
use crate::fold::narrow;
use crate::{Credit, Fold, Kind, Words};

/// A table may have so many rows.
pub const ROWS_MOST: usize = 20_000;
/// An answer to a text may get so long.
const LENGTH_MOST: u32 = 5_000;

#[derive(Debug, Clone, Default)]
pub struct FromTable {
    /// Those that are sound.
    pub items: Vec<ItemDraft>,
    /// In the order of the rows.
    pub faults: Vec<TableFault>,
}

const KINDS: [(Kind, &str); 9] = [
    (Kind::Single, "单选题"),
    (Kind::Multiple, "多选题"),
    (Kind::Judgement, "判断题"),
    (Kind::Blank, "填空题"),
    (Kind::Order, "排序题"),
    (Kind::Match, "配对题"),
    (Kind::Short, "简答题"),
    (Kind::Case, "案例题"),
    (Kind::Numeric, "计算题"),
];

pub(super) const PART: &str = "是";

struct Reader {
    faults: Vec<TableFault>,
}

/// A row under its headings.
#[derive(Clone, Copy)]
struct Line<'a>(&'a Row);

impl<'a> Line<'a> {
    fn cell(self, code: &str) -> &'a str {
        column_at(code).and_then(|at| self.0.cells.get(at)).map_or("", |cell| cell.trim())
    }

    fn is_empty(self) -> bool {
        self.0.cells.iter().all(|cell| cell.trim().is_empty())
    }

    fn is_part(self) -> bool {
        !matches!(self.cell("part"), "" | "否" | "no")
    }
}

impl Reader {
    fn add(&mut self, line: Line<'_>, column: &'static str, says: (&str, &str), advice: (&str, &str)) {
        self.faults.push(TableFault {
            row: line.0.number,
            column: Some(column),
            says: Text::new(says.0, says.1),
            suggestion: Suggestion::advice(advice.0, advice.1),
        });
    }

    fn whole<T: std::str::FromStr>(&mut self, line: Line<'_>, column: &'static str, otherwise: T) -> T {
        let written = narrow(line.cell(column));
        if written.is_empty() {
            return otherwise;
        }
        written.trim().parse().unwrap_or_else(|_| {
            self.add(line, column, ("不是整数", "that is no whole number"), ("写整数", "write a whole number"));
            otherwise
        })
    }

    fn marks(&mut self, line: Line<'_>, column: &'static str, written: &str) -> Mark {
        narrow(written).trim().parse().unwrap_or_else(|_| {
            self.add(line, column, ("不是分值", "those are no marks"), ("写作 2 或 2.5", "write 2 or 2.5"));
            Mark::ZERO
        })
    }
}

/// Reads a table. Ids, difficulty and abilities that are not written are those of `defaults`.
pub fn items_of(rows: &[Row], defaults: &Defaults) -> FromTable {
    let mut reader = Reader { faults: Vec::new() };
    let mut items: Vec<ItemDraft> = Vec::new();
    let lines: Vec<Line<'_>> = rows.iter().map(Line).filter(|line| !line.is_empty()).collect();
    if let Some(line) = lines.get(ROWS_MOST) {
        reader.add(
            *line,
            "kind",
            ("行数太多", "there are too many rows"),
            ("分成几个表", "part it into several tables"),
        );
    }
    let mut rest = &lines[..lines.len().min(ROWS_MOST)];
    while let Some((first, more)) = rest.split_first() {
        let parts = more.iter().take_while(|line| line.is_part()).count();
        let (parts, behind) = more.split_at(parts);
        rest = behind;
        reader.item(*first, parts, defaults, &mut items);
    }
    let mut faults = reader.faults;
    faults.sort_by_key(|fault| (fault.row, fault.column.and_then(column_at)));
    FromTable { items, faults }
}

impl Reader {
    fn item(&mut self, line: Line<'_>, parts: &[Line<'_>], defaults: &Defaults, items: &mut Vec<ItemDraft>) {
        let kind = self.kind(line);
        if let (Some(part), Some(_)) = (parts.first(), kind.filter(|kind| *kind != Kind::Case)) {
            let advice = ("上面的题型改成案例题", "make the row above a case");
            self.add(*part, "part", ("上面不是案例题", "the row above is no case"), advice);
        }
        // What is wrong with the row itself counts from here.
        let before = self.faults.len();
        if line.is_part() {
            let advice = ("把案例题写在小题上面", "write the case above its parts");
            self.add(line, "part", ("小题上面没有案例题", "there is no case above this part"), advice);
        }
        let tongue = tongue(line.cell("stem"));
        let question = match kind {
            None => None,
            Some(Kind::Case) => {
                let parts: Vec<Option<QuestionDraft>> = parts.iter().map(|part| self.part(*part)).collect();
                let marks = self.marks(line, "marks", line.cell("marks"));
                let body = parts.into_iter().collect::<Option<Vec<_>>>().map(|parts| BodyDraft::Case { parts });
                body.map(|body| self.question(line, tongue, marks, body))
            }
            Some(kind) => self.plain(line, kind, tongue),
        };
        let number = items.len() + 1;
        let written = |column: &str| Some(line.cell(column)).filter(|cell| !cell.is_empty()).map(str::to_owned);
        let level = self.whole(line, "level", 0_u8);
        let version = self.whole(line, "version", 1);
        let difficulty = self.difficulty(line, defaults.difficulty);
        let Some(question) = question else { return };
        let abilities =
            split(line.cell("abilities"), &[',', '，', '、', ' ']).into_iter().filter(|one| !one.is_empty());
        let abilities: Vec<String> = abilities.collect();
        let draft = ItemDraft {
            format: ITEM_FORMAT,
            id: written("id").unwrap_or_else(|| format!("{}-{number:04}", defaults.prefix)),
            version,
            trade: written("trade"),
            level: written("level").map(|_| level),
            abilities: if abilities.is_empty() { defaults.abilities.clone() } else { abilities },
            difficulty,
            measured: None,
            variant_of: written("variant_of"),
            question,
        };
        if items.iter().any(|other| other.id == draft.id && other.version == draft.version) {
            self.add(
                line,
                "id",
                ("编号已用过", "the id is used twice"),
                ("另取一个，或改版本", "take another one, or another version"),
            );
        }
        if self.faults.len() > before {
            return;
        }
        match draft.clone().check() {
            Ok(_) => items.push(draft),
            Err(faults) => faults.into_iter().for_each(|fault| self.place(line, parts, fault)),
        }
    }

    fn part(&mut self, line: Line<'_>) -> Option<QuestionDraft> {
        let kind = self.kind(line)?;
        if kind == Kind::Case {
            let advice = ("拆成小题", "make it parts of its own");
            self.add(line, "kind", ("案例题的小题不能再是案例题", "a part of a case can't be a case"), advice);
            return None;
        }
        self.plain(line, kind, tongue(line.cell("stem")))
    }

    fn kind(&mut self, line: Line<'_>) -> Option<Kind> {
        let written = line.cell("kind");
        let bare = written.trim_end_matches('题');
        let known = KINDS.iter().find(|(kind, zh)| written == kind.code() || zh.trim_end_matches('题') == bare);
        if known.is_none() {
            let names = KINDS.iter().map(|(_, zh)| *zh).chain(Kind::ALL.iter().map(|kind| kind.code()));
            self.faults.push(TableFault {
                row: line.0.number,
                column: Some("kind"),
                says: Text::new("没有这种题型", "there is no such kind"),
                suggestion: Suggestion::among(written, names.collect::<Vec<_>>()),
            });
        }
        known.map(|(kind, _)| *kind)
    }

    /// 0 to 1000; or 难度系数 as a share with a point, which is what is got and not what is lost.
    fn difficulty(&mut self, line: Line<'_>, otherwise: u16) -> u16 {
        let written = narrow(line.cell("difficulty"));
        match written.parse::<Mark>() {
            Ok(share) if written.contains('.') && share >= Mark::ZERO && share.hundredths() <= 100 => {
                1000 - share.hundredths() as u16 * 10
            }
            _ => self.whole(line, "difficulty", otherwise),
        }
    }

    fn credit(&mut self, line: Line<'_>, otherwise: Credit) -> Credit {
        let written = line.cell("credit");
        if written.is_empty() {
            return otherwise;
        }
        let known = [
            (Credit::AllOrNothing, "全对得分"),
            (Credit::NoneWrong, "少选得分"),
            (Credit::PerPart, "分项得分"),
            (Credit::Minus, "答错倒扣"),
        ];
        let found = known.iter().find(|(credit, zh)| written == credit.code() || written == *zh);
        if found.is_none() {
            let advice =
                ("写 全对得分、少选得分、分项得分 或 答错倒扣", "write all_or_nothing, none_wrong, per_part or minus");
            self.add(line, "credit", ("没有这种计分方式", "there is no such credit"), advice);
        }
        found.map_or(otherwise, |(credit, _)| *credit)
    }

    fn question(&mut self, line: Line<'_>, tongue: Tongue, marks: Mark, body: BodyDraft) -> QuestionDraft {
        let stem = words(line.cell("stem"), tongue);
        QuestionDraft { stem, marks, explanation: words(line.cell("explanation"), tongue), body }
    }

    fn plain(&mut self, line: Line<'_>, kind: Kind, tongue: Tongue) -> Option<QuestionDraft> {
        let marks = self.marks(line, "marks", line.cell("marks"));
        let body = self.body(line, kind, tongue)?;
        Some(self.question(line, tongue, marks, body))
    }

    fn lettered(&mut self, line: Line<'_>, column: &'static str, options: usize) -> Option<Vec<usize>> {
        let found = letters(line.cell(column)).filter(|found| found.iter().all(|at| *at < options));
        if found.is_none() {
            let advice = ("写选项的字母，例如 B 或 ACD", "write the options' letters, such as B or ACD");
            self.add(line, column, ("不是选项的字母", "those are no letters of options"), advice);
        }
        found
    }

    fn body(&mut self, line: Line<'_>, kind: Kind, tongue: Tongue) -> Option<BodyDraft> {
        // Up to the last that is written: an empty one between others is named as a fault.
        let count = LETTERS.iter().rposition(|letter| !line.cell(letter).is_empty()).map_or(0, |last| last + 1);
        let cells: Vec<&str> = LETTERS[..count].iter().map(|letter| line.cell(letter)).collect();
        let answer = line.cell("answer");
        Some(match kind {
            Kind::Single | Kind::Multiple => {
                let right = self.lettered(line, "answer", count)?;
                let stays = self.lettered(line, "stays", count)?;
                let option = |(at, text): (usize, &&str)| OptionDraft {
                    words: words(text, tongue),
                    right: right.contains(&at),
                    stays: stays.contains(&at),
                    feedback: Words::default(),
                };
                let options = cells.iter().enumerate().map(option).collect();
                match kind {
                    Kind::Single => BodyDraft::Single { options },
                    _ => BodyDraft::Multiple { options, credit: self.credit(line, Credit::AllOrNothing) },
                }
            }
            Kind::Judgement => match truth(answer) {
                Some(truth) => BodyDraft::Judgement { truth },
                None => {
                    let advice = ("写 正确 或 错误", "write true or false");
                    self.add(line, "answer", ("不是判断题的答案", "that is neither true nor false"), advice);
                    return None;
                }
            },
            Kind::Blank => {
                let fold = self.fold(line);
                BodyDraft::Blank { blanks: blanks(answer, fold, tongue), credit: self.credit(line, Credit::PerPart) }
            }
            Kind::Order => {
                let right = self.lettered(line, "answer", count)?;
                let mut sorted = right.clone();
                sorted.sort_unstable();
                if !sorted.into_iter().eq(0..count) {
                    let advice = ("每个选项写一次", "write each option once");
                    self.add(line, "answer", ("没有排出全部选项", "the options are not all put in order"), advice);
                    return None;
                }
                let entries = right.iter().map(|at| words(cells[*at], tongue)).collect();
                BodyDraft::Order { entries, credit: self.credit(line, Credit::PerPart) }
            }
            Kind::Match => {
                let (mut pairs, mut distractors) = (Vec::new(), Vec::new());
                for cell in &cells {
                    let sides = split(cell, &['=', '＝']);
                    match sides.as_slice() {
                        [left, right] if left.is_empty() => distractors.push(words(right, tongue)),
                        [left, right] => {
                            pairs.push(PairDraft { left: words(left, tongue), right: words(right, tongue) })
                        }
                        _ => pairs.push(PairDraft { left: words(cell, tongue), right: Words::default() }),
                    }
                }
                BodyDraft::Match { pairs, distractors, credit: self.credit(line, Credit::PerPart) }
            }
            Kind::Numeric => {
                let (value, tolerance) = number(answer);
                let symbol = line.cell("unit");
                let unit = (!symbol.is_empty()).then(|| match symbol.strip_prefix('?') {
                    Some(asked) => UnitDraft { symbol: asked.trim().to_owned(), asked: true },
                    None => UnitDraft { symbol: symbol.to_owned(), asked: false },
                });
                let figures = (!line.cell("figures").is_empty()).then(|| self.whole(line, "figures", 1));
                BodyDraft::Numeric { value, tolerance, unit, figures }
            }
            Kind::Short => {
                let mut rubric = Vec::new();
                for (at, cell) in cells.iter().enumerate() {
                    let (name, levels) = criterion(cell, tongue);
                    let mut read = Vec::new();
                    for (marks, words) in levels {
                        read.push(LevelDraft { marks: self.marks(line, LETTERS[at], &marks), words });
                    }
                    rubric.push(CriterionDraft { name, levels: read });
                }
                BodyDraft::Short { rubric, length_most: LENGTH_MOST, sample: words(answer, tongue) }
            }
            Kind::Case => return None,
        })
    }

    /// Empty is all; `-` is nothing.
    fn fold(&mut self, line: Line<'_>) -> Fold {
        let written = line.cell("fold");
        if written.is_empty() {
            return Fold::default();
        }
        let mut fold = Fold { case: false, width: false, spaces: false };
        for word in written.split([' ', ',', '，', '、']).filter(|word| !word.is_empty()) {
            match word {
                "大小写" | "case" => fold.case = true,
                "全半角" | "width" => fold.width = true,
                "空格" | "spaces" => fold.spaces = true,
                "-" => {}
                _ => {
                    let advice = ("写 大小写、全半角、空格，或 -", "write case, width, spaces, or -");
                    self.add(line, "fold", ("不认识的忽略项", "that can't be ignored"), advice);
                }
            }
        }
        fold
    }

    /// A fault of the item, at the cell that it was made of.
    fn place(&mut self, line: Line<'_>, parts: &[Line<'_>], fault: Fault) {
        let path = fault.path.strip_prefix("question.").unwrap_or(&fault.path);
        let in_part = path.strip_prefix("body.parts[").and_then(|rest| rest.split_once(']'));
        let part = in_part.and_then(|(at, rest)| {
            let line = parts.get(at.parse::<usize>().ok()?)?;
            Some((*line, rest.trim_start_matches('.')))
        });
        let (line, path) = part.unwrap_or((line, path));
        let row = line.0.number;
        self.faults.push(TableFault { row, column: column_of(path), says: fault.says, suggestion: fault.suggestion });
    }
}

/// Of which cell a path was made.
fn column_of(path: &str) -> Option<&'static str> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let first = first.split('[').next().unwrap_or(first);
    if first != "body" {
        return COLUMNS.iter().map(|column| column.code).find(|code| *code == first);
    }
    let list = rest.split(['.', '[']).next().unwrap_or(rest);
    let at: Option<usize> = rest.split_once('[').and_then(|(_, rest)| rest.split_once(']')?.0.parse().ok());
    match (list, at) {
        ("options" | "pairs" | "rubric", Some(at)) => LETTERS.get(at).copied().or(Some("answer")),
        ("options" | "blanks" | "value" | "tolerance" | "entries", _) => Some("answer"),
        ("unit", _) => Some("unit"),
        ("figures", _) => Some("figures"),
        ("parts", _) => Some("marks"),
        ("pairs" | "distractors" | "rubric", _) => Some("A"),
        _ => None,
    }
}
