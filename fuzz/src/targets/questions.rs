//! Questions from elsewhere, as GIFT, as an item or a package of QTI, or as a row of a table: each is taken sound or refused
//! with words in both languages. The first byte chooses.

use exam::exchange::{Defaults, SourceFault, Taken};
use exam::tables::{COLUMNS, Row};
use exam::{ItemDraft, gift, qti, tables};
use kernel::Mark;

pub const WORDS: &[&str] = &[
    "::t::",
    "{=a ~b}",
    "{~%50%a ~%50%b ~%-100%c}",
    "{=l -> r =m -> s}",
    "{#1:0.1}",
    "{#1..5}",
    "{T}",
    "{}",
    "####",
    "\\=",
    "[html]",
    "<qti-assessment-item>",
    "</qti-assessment-item>",
    "<qti-item-body>",
    "</qti-item-body>",
    "<qti-choice-interaction response-identifier=\"R\">",
    "</qti-choice-interaction>",
    "<qti-simple-choice identifier=\"A\">",
    "<qti-text-entry-interaction response-identifier=\"R\"/>",
    "<qti-response-declaration identifier=\"R\" base-type=\"identifier\"><qti-correct-response><qti-value>A</qti-value></qti-correct-response></qti-response-declaration>",
    "&lt;",
    "&#x94A2;",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE a>",
    "PK\u{3}\u{4}",
    "imsmanifest.xml",
    "\t单选题\t",
    "\t计算题\t",
    "±",
    "||",
    "；",
    "[[1]]",
    "**",
    "_{",
    "^{",
    "![a](b)",
];

pub fn run(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let defaults = Defaults {
        prefix: "imp".to_owned(),
        marks: Mark::from_hundredths(100),
        difficulty: 500,
        abilities: Vec::new(),
    };
    let text = String::from_utf8_lossy(rest);
    let (items, faults) = match first % 4 {
        0 => {
            let taken = gift::read(&text, &defaults);
            (taken.items, taken.faults)
        }
        1 => {
            let mut taken = Taken::default();
            qti::read_item(&text, "a.xml", &defaults, &mut taken);
            (taken.items, taken.faults)
        }
        2 => {
            let found = qti::read_package(rest, &defaults);
            (found.items, found.faults)
        }
        _ => {
            let line = |(at, line): (usize, &str)| Row {
                number: at as u32 + 2,
                cells: line.split('\t').take(COLUMNS.len() + 2).map(str::to_owned).collect(),
            };
            let rows: Vec<Row> = text.lines().enumerate().map(line).collect();
            (tables::items_of(&rows, &defaults).items, Vec::new())
        }
    };
    items.into_iter().for_each(sound);
    faults.iter().for_each(worded);
}

fn sound(draft: ItemDraft) {
    let item = draft.clone().check().unwrap_or_else(|faults| panic!("taken with faults: {faults:?}"));
    assert_eq!(ItemDraft::from(&item), draft);
}

fn worded(fault: &SourceFault) {
    assert!(!fault.fault.says.zh.is_empty() && !fault.fault.says.en.is_empty() && !fault.place.is_empty());
}
