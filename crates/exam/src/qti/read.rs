//! An item's XML → a draft.

use kernel::Mark;

use super::body::Context;
use super::exact::PART;
use super::markup::{pieces, text_of, unknown};
use super::response::{Response, is_all_or_nothing, responses};
use super::xml::{Element, Node, parse};
use crate::draft::{BodyDraft, QuestionDraft};
use crate::exchange::{Defaults, Refused, Taken, question, words};
use crate::markup::{self, Piece};
use crate::{Credit, Words};

const INLINE: [&str; 2] = ["qti-text-entry-interaction", "qti-inline-choice-interaction"];
/// What computes marks in ways that are not known here.
const STRANGE_PROCESSING: [&str; 5] = [
    "qti-custom-operator",
    "qti-map-response-point",
    "qti-response-processing-fragment",
    "qti-lookup-outcome-value",
    "qti-random",
];

/// Reads one item into `taken`, under a place that names its file.
pub fn read_item(source: &str, place: &str, defaults: &Defaults, taken: &mut Taken) {
    match read(source, defaults.marks) {
        Ok(question) => taken.take(place, defaults, question),
        Err(refused) => taken.refuse(place, refused),
    }
}

fn refused<T>(zh: &str, en: &str) -> Result<T, Refused> {
    Err(Refused::new(
        (zh, en),
        ("在原系统中改写，或在这里重新出题", "change it in the system it is from, or write it here"),
    ))
}

fn read(source: &str, marks: Mark) -> Result<QuestionDraft, Refused> {
    let root = parse(source)?;
    if root.name != "qti-assessment-item" {
        let shown: String = root.name.chars().take(60).collect();
        let says = (format!("是 {shown}，不是 QTI 3 试题"), format!("this is a {shown}, not an item of QTI 3"));
        return Err(Refused::new(says, ("导出为 QTI 3.0 试题", "export items as QTI 3.0")));
    }
    if root.attribute("adaptive") == Some("true") {
        return refused("是自适应试题", "the item is adaptive");
    }
    if let Some(template) = root.elements().find(|element| element.name.starts_with("qti-template-")) {
        return Err(unknown(&template.name));
    }
    if let Some(strange) = root.child("qti-response-processing").and_then(strange) {
        return Err(unknown(strange));
    }
    let Some(body) = root.child("qti-item-body") else {
        return refused("没有题目正文", "the item has no body");
    };
    let responses = responses(&root);
    let marks = max_score(&root).unwrap_or(marks);
    let whole = is_all_or_nothing(&root);
    let parts: Vec<&Element> = body.elements().filter(|element| element.attribute(PART).is_some()).collect();
    if parts.is_empty() {
        return one(&body.children, &responses, whole, marks);
    }
    let is_part = |node: &Node| matches!(node, Node::Element(element) if element.attribute(PART).is_some());
    let stem: Vec<Node> = body.children.iter().filter(|node| !is_part(node)).cloned().collect();
    let read_part = |part: &&Element| {
        let marks = part.attribute(PART).and_then(|text| text.parse().ok()).unwrap_or(marks);
        one(&part.children, &responses, whole, marks)
    };
    let parts: Vec<QuestionDraft> = parts.iter().map(read_part).collect::<Result<_, Refused>>()?;
    let sum = parts.iter().map(|part| part.marks).sum();
    Ok(question(words(text_of(&stem)?), sum, BodyDraft::Case { parts }))
}

fn strange(processing: &Element) -> Option<&str> {
    processing.elements().find_map(|element| match STRANGE_PROCESSING.contains(&element.name.as_str()) {
        true => Some(element.name.as_str()),
        false => strange(element),
    })
}

fn max_score(root: &Element) -> Option<Mark> {
    let declared = root.named("qti-outcome-declaration").find(|one| one.attribute("identifier") == Some("MAXSCORE"))?;
    let value = declared.child("qti-default-value")?.child("qti-value")?.text();
    value.trim().parse().ok().filter(|marks| *marks > Mark::ZERO)
}

/// What stands in a body, or in a part of one.
fn one(nodes: &[Node], responses: &[Response], whole: bool, marks: Mark) -> Result<QuestionDraft, Refused> {
    let mut found: Vec<Element> = Vec::new();
    let mut inline = 0;
    let read = pieces(nodes, &mut |element| {
        found.push(element.clone());
        let is_inline = INLINE.contains(&element.name.as_str());
        inline += u32::from(is_inline);
        Ok(is_inline.then_some(Piece::Place(inline)))
    })?;
    let context = |marks| Context { responses, whole, marks };
    let stem = |pieces: &[Piece]| words(markup::write(pieces).trim().to_owned());
    match (found.as_slice(), inline as usize) {
        ([], _) => refused("没有可作答的地方", "there is nothing to answer"),
        ([only], 1) => match context(marks).number(only)? {
            Some(number) => Ok(question(stem(&without_places(read)), marks, number)),
            None => blanks(&context(marks), &found, stem(&read), marks),
        },
        (all, inline) if inline == all.len() => blanks(&context(marks), &found, stem(&read), marks),
        ([only], 0) => {
            let body = context(marks).block(only)?;
            let stem = with_prompt(&markup::write(&read), only)?;
            Ok(question(stem, marks, body))
        }
        (all, 0) => case(&context, all, stem(&read), marks),
        _ => refused("填空与其他交互混在一起", "blanks and other interactions are mixed"),
    }
}

fn blanks(context: &Context<'_>, found: &[Element], stem: Words, marks: Mark) -> Result<QuestionDraft, Refused> {
    let blanks = found.iter().map(|one| context.blank(one)).collect::<Result<_, Refused>>()?;
    let credit = found.first().map_or(Credit::PerPart, |first| context.credit(first, Credit::PerPart));
    Ok(question(stem, marks, BodyDraft::Blank { blanks, credit }))
}

fn without_places(pieces: Vec<Piece>) -> Vec<Piece> {
    let kept = pieces.into_iter().filter(|piece| !matches!(piece, Piece::Place(_)));
    kept.map(|piece| match piece {
        Piece::Strong(inner) => Piece::Strong(without_places(inner)),
        Piece::Raised(inner) => Piece::Raised(without_places(inner)),
        Piece::Lowered(inner) => Piece::Lowered(without_places(inner)),
        other => other,
    })
    .collect()
}

/// The text around an interaction and its own prompt are one stem.
fn with_prompt(text: &str, interaction: &Element) -> Result<Words, Refused> {
    let prompt = match interaction.child("qti-prompt") {
        Some(prompt) => text_of(&prompt.children)?,
        None => String::new(),
    };
    let parts: Vec<&str> = [text.trim(), prompt.trim()].into_iter().filter(|part| !part.is_empty()).collect();
    let joined = parts.join("\n");
    Ok(if joined.is_empty() { Words::new("作答。", "Answer.") } else { words(joined) })
}

/// Several interactions in a row: the body is what they are about, and each prompt a question. Marks are shared equally; what
/// doesn't divide goes to the first.
fn case<'a>(
    context: &dyn Fn(Mark) -> Context<'a>,
    found: &[Element],
    stem: Words,
    marks: Mark,
) -> Result<QuestionDraft, Refused> {
    let count = found.len() as i64;
    let share = marks.hundredths() / count;
    let mut parts = Vec::new();
    for (at, interaction) in found.iter().enumerate() {
        let rest = if at == 0 { marks.hundredths() - share * count } else { 0 };
        let marks = Mark::from_hundredths(share + rest);
        let body = context(marks).block(interaction)?;
        parts.push(question(with_prompt("", interaction)?, marks, body));
    }
    let stem = if stem.is_empty() { Words::new("回答下列各题。", "Answer the following.") } else { stem };
    Ok(question(stem, marks, BodyDraft::Case { parts }))
}
