//! An item as XML of QTI 3.0.

use kernel::{Lang, Mark};

use super::exact;
use super::markup::html;
use super::xml::escape;
use crate::item::{Blank, Body, Choice, Item, Question};
use crate::{Credit, Words, markup};

const TEMPLATES: &str = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates";

/// The item's XML, in one language.
pub fn write_item(item: &Item, lang: Lang) -> String {
    let mut writer = Writer { lang, declarations: String::new(), responses: Vec::new() };
    let body = match &item.question.body {
        Body::Case { parts } => {
            let mut body = format!("<div>{}</div>", writer.html(&item.question.stem));
            for part in parts {
                let inner = writer.question(part);
                body.push_str(&format!("\n<div {}=\"{}\">{inner}</div>", exact::PART, part.marks));
            }
            body
        }
        _ => writer.question(&item.question),
    };
    let id = identifier(&item.id);
    let tongue = match lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<qti-assessment-item xmlns=\"http://www.imsglobal.org/xsd/imsqtiasi_v3p0\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"http://www.imsglobal.org/xsd/imsqtiasi_v3p0 \
         https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd\" identifier=\"{id}\" title=\"{id}\" \
         adaptive=\"false\" time-dependent=\"false\" xml:lang=\"{tongue}\">\n{declarations}{score}{most}<qti-item-body>\n{body}\n\
         </qti-item-body>\n{processing}</qti-assessment-item>\n",
        declarations = writer.declarations,
        score = outcome("SCORE", Mark::ZERO),
        most = outcome("MAXSCORE", item.question.marks),
        processing = writer.processing(),
    )
}

/// QTI's identifiers begin with a letter or `_`.
pub(super) fn identifier(id: &str) -> String {
    if id.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') { id.to_owned() } else { format!("i-{id}") }
}

fn outcome(name: &str, value: Mark) -> String {
    format!(
        "<qti-outcome-declaration identifier=\"{name}\" cardinality=\"single\" base-type=\"float\"><qti-default-value>\
         <qti-value>{value}</qti-value></qti-default-value></qti-outcome-declaration>\n"
    )
}

struct Writer {
    lang: Lang,
    declarations: String,
    /// Names of responses, and whether they are mapped to marks.
    responses: Vec<(String, bool)>,
}

/// What is right, and what each value is worth.
struct Key<'a> {
    cardinality: &'a str,
    base_type: &'a str,
    correct: Vec<String>,
    /// `(key, marks in 1/100)`
    mapping: Vec<(String, i64)>,
    minds_case: bool,
}

impl Writer {
    fn html(&self, words: &Words) -> String {
        html(&markup::parse(words.get(self.lang)).unwrap_or_default(), &mut |_| String::new())
    }

    fn declare(&mut self, key: Key<'_>) -> String {
        let name = match self.responses.len() {
            0 => "RESPONSE".to_owned(),
            more => format!("RESPONSE_{}", more + 1),
        };
        self.responses.push((name.clone(), !key.mapping.is_empty()));
        let Key { cardinality, base_type, correct, mapping, minds_case } = key;
        let mut out = format!(
            "<qti-response-declaration identifier=\"{name}\" cardinality=\"{cardinality}\" base-type=\"{base_type}\">"
        );
        if !correct.is_empty() {
            let values: String =
                correct.iter().map(|value| format!("<qti-value>{}</qti-value>", escape(value))).collect();
            out.push_str(&format!("<qti-correct-response>{values}</qti-correct-response>"));
        }
        if !mapping.is_empty() {
            let entry = |(key, marks): &(String, i64)| {
                let (key, marks) = (escape(key), Mark::from_hundredths(*marks));
                format!("<qti-map-entry map-key=\"{key}\" mapped-value=\"{marks}\" case-sensitive=\"{minds_case}\"/>")
            };
            let entries: String = mapping.iter().map(entry).collect();
            out.push_str(&format!("<qti-mapping lower-bound=\"0\" default-value=\"0\">{entries}</qti-mapping>"));
        }
        out.push_str("</qti-response-declaration>\n");
        self.declarations.push_str(&out);
        name
    }

    fn processing(&self) -> String {
        match self.responses.as_slice() {
            [] => String::new(),
            [(_, mapped)] => {
                let template = if *mapped { "map_response" } else { "match_correct" };
                format!("<qti-response-processing template=\"{TEMPLATES}/{template}.xml\"/>\n")
            }
            many => {
                let mapped = many.iter().filter(|(_, mapped)| *mapped);
                let parts: String =
                    mapped.map(|(name, _)| format!("<qti-map-response identifier=\"{name}\"/>")).collect();
                if parts.is_empty() {
                    return String::new();
                }
                format!(
                    "<qti-response-processing><qti-set-outcome-value identifier=\"SCORE\"><qti-sum>{parts}</qti-sum>\
                     </qti-set-outcome-value></qti-response-processing>\n"
                )
            }
        }
    }

    /// Stem and interaction of one question.
    fn question(&mut self, question: &Question) -> String {
        let marks = question.marks.hundredths();
        let stem = self.html(&question.stem);
        match &question.body {
            Body::Single { options, right } => {
                let key = keyed("single", "identifier", vec![name("C", *right)]);
                self.choice(key, options, 1, "", &stem)
            }
            Body::Multiple { options, right, credit } => {
                let correct: Vec<usize> = (0..options.len()).filter(|at| right[*at]).collect();
                let share = marks / correct.len().max(1) as i64;
                let worth = |at: usize| match (right[at], credit) {
                    (true, _) => share,
                    (false, Credit::NoneWrong) => -marks,
                    (false, _) => -share,
                };
                let mut key = keyed("multiple", "identifier", correct.iter().map(|at| name("C", *at)).collect());
                if *credit != Credit::AllOrNothing {
                    key.mapping = (0..options.len()).map(|at| (name("C", at), worth(at))).collect();
                }
                self.choice(key, options, 0, &exact::credit(*credit), &stem)
            }
            Body::Judgement { truth } => {
                let response = self.declare(keyed("single", "identifier", vec![truth.to_string()]));
                let (yes, no) = match self.lang {
                    Lang::Zh => ("正确", "错误"),
                    Lang::En => ("True", "False"),
                };
                format!(
                    "<qti-choice-interaction response-identifier=\"{response}\" shuffle=\"false\" max-choices=\"1\"><qti-prompt>{stem}\
                     </qti-prompt><qti-simple-choice identifier=\"true\">{yes}</qti-simple-choice><qti-simple-choice \
                     identifier=\"false\">{no}</qti-simple-choice></qti-choice-interaction>"
                )
            }
            Body::Blank { blanks, credit } => self.blanks(question, blanks, *credit),
            Body::Order { entries, credit } => {
                let correct = (0..entries.len()).map(|at| name("C", at)).collect();
                let response = self.declare(keyed("ordered", "identifier", correct));
                // What stands first must not be the key: the list is turned around.
                let choices: String = (0..entries.len())
                    .rev()
                    .map(|at| {
                        format!(
                            "<qti-simple-choice identifier=\"{}\">{}</qti-simple-choice>",
                            name("C", at),
                            self.html(&entries[at])
                        )
                    })
                    .collect();
                format!(
                    "<qti-order-interaction response-identifier=\"{response}\" shuffle=\"true\"{}><qti-prompt>{stem}</qti-prompt>\
                     {choices}</qti-order-interaction>",
                    exact::credit(*credit)
                )
            }
            Body::Match { left, right, partner, credit } => {
                let pairs: Vec<String> = partner
                    .iter()
                    .enumerate()
                    .map(|(at, to)| format!("{} {}", name("L", at), name("R", *to)))
                    .collect();
                let mut key = keyed("multiple", "directedPair", pairs.clone());
                if *credit != Credit::AllOrNothing {
                    let share = marks / left.len().max(1) as i64;
                    key.mapping = pairs.into_iter().map(|pair| (pair, share)).collect();
                }
                let response = self.declare(key);
                let set = |prefix: &str, list: &[Words], most: usize| -> String {
                    let one = |(at, words): (usize, &Words)| {
                        format!(
                            "<qti-simple-associable-choice identifier=\"{}\" match-max=\"{most}\">{}</qti-simple-associable-choice>",
                            name(prefix, at),
                            self.html(words)
                        )
                    };
                    let choices: String = list.iter().enumerate().map(one).collect();
                    format!("<qti-simple-match-set>{choices}</qti-simple-match-set>")
                };
                format!(
                    "<qti-match-interaction response-identifier=\"{response}\" shuffle=\"true\" max-associations=\"{}\"{}><qti-prompt>\
                     {stem}</qti-prompt>{}{}</qti-match-interaction>",
                    left.len(),
                    exact::credit(*credit),
                    set("L", left, 1),
                    set("R", right, left.len()),
                )
            }
            Body::Short { rubric, length_most, sample } => {
                let correct = if sample.is_empty() { Vec::new() } else { vec![plain(sample, self.lang)] };
                let response = self.declare(keyed("single", "string", correct));
                let criteria: String = rubric
                    .iter()
                    .map(|criterion| {
                        let levels: String = criterion
                            .levels
                            .iter()
                            .map(|level| format!("<li>{}: {}</li>", level.marks, self.html(&level.words)))
                            .collect();
                        format!("<p>{}</p><ul>{levels}</ul>", self.html(&criterion.name))
                    })
                    .collect();
                format!(
                    "<qti-rubric-block use=\"scoring\" view=\"scorer\"><qti-content-body>{criteria}</qti-content-body></qti-rubric-block>\
                     <qti-extended-text-interaction response-identifier=\"{response}\" expected-length=\"{}\"><qti-prompt>{stem}\
                     </qti-prompt></qti-extended-text-interaction>",
                    length_most.div_ceil(4)
                )
            }
            Body::Numeric(numeric) => {
                let response = self.declare(keyed("single", "float", vec![numeric.value_text.clone()]));
                let unit = numeric
                    .unit
                    .as_ref()
                    .filter(|unit| !unit.asked)
                    .map_or_else(String::new, |unit| exact::shown_unit(&unit.symbol));
                format!(
                    "<p>{stem} <qti-text-entry-interaction response-identifier=\"{response}\"{}/>{unit}</p>",
                    exact::number(numeric)
                )
            }
            // A case stands at the top only.
            Body::Case { .. } => stem,
        }
    }

    fn choice(&mut self, key: Key<'_>, options: &[Choice], most: u32, extra: &str, stem: &str) -> String {
        let response = self.declare(key);
        let choices: String = options
            .iter()
            .enumerate()
            .map(|(at, option)| {
                let fixed = if option.stays { " fixed=\"true\"" } else { "" };
                format!(
                    "<qti-simple-choice identifier=\"{}\"{fixed}>{}</qti-simple-choice>",
                    name("C", at),
                    self.html(&option.words)
                )
            })
            .collect();
        format!(
            "<qti-choice-interaction response-identifier=\"{response}\" shuffle=\"true\" max-choices=\"{most}\"{extra}><qti-prompt>{stem}\
             </qti-prompt>{choices}</qti-choice-interaction>"
        )
    }

    fn blanks(&mut self, question: &Question, blanks: &[Blank], credit: Credit) -> String {
        let share = question.marks.hundredths() / blanks.len().max(1) as i64;
        let mut written = Vec::new();
        for (at, blank) in blanks.iter().enumerate() {
            let extra = if at == 0 { exact::credit(credit) } else { String::new() };
            written.push(match blank {
                Blank::Typed { accepts, fold } => {
                    let mut key = keyed("single", "string", accepts.first().cloned().into_iter().collect());
                    key.mapping = accepts.iter().map(|text| (text.clone(), share)).collect();
                    key.minds_case = !fold.case;
                    let response = self.declare(key);
                    let fold = exact::fold(*fold);
                    format!("<qti-text-entry-interaction response-identifier=\"{response}\"{extra}{fold}/>")
                }
                Blank::Chosen { options, right } => {
                    let mut key = keyed("single", "identifier", vec![name("C", *right)]);
                    key.mapping = vec![(name("C", *right), share)];
                    let response = self.declare(key);
                    let choices: String = options
                        .iter()
                        .enumerate()
                        .map(|(at, option)| format!("<qti-inline-choice identifier=\"{}\">{}</qti-inline-choice>", name("C", at), self.html(&option.words)))
                        .collect();
                    format!("<qti-inline-choice-interaction response-identifier=\"{response}\" shuffle=\"true\"{extra}>{choices}</qti-inline-choice-interaction>")
                }
            });
        }
        let pieces = markup::parse(question.stem.get(self.lang)).unwrap_or_default();
        let stem = html(&pieces, &mut |place| {
            let at = (place as usize).checked_sub(1);
            at.and_then(|at| written.get(at)).cloned().unwrap_or_default()
        });
        format!("<p>{stem}</p>")
    }
}

fn keyed<'a>(cardinality: &'a str, base_type: &'a str, correct: Vec<String>) -> Key<'a> {
    Key { cardinality, base_type, correct, mapping: Vec::new(), minds_case: true }
}

fn name(prefix: &str, at: usize) -> String {
    format!("{prefix}{}", at + 1)
}

fn plain(words: &Words, lang: Lang) -> String {
    markup::plain(&markup::parse(words.get(lang)).unwrap_or_default())
}
