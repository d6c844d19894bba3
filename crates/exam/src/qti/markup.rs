//! HTML of an item's body → our markup, and back. Elements that are not in the list are refused by name.

use super::exact::SHOWN;
use super::xml::{Element, Node, escape};
use crate::exchange::Refused;
use crate::markup::{self, Piece};

/// Begin and end a line of their own.
const BLOCKS: [&str; 26] = [
    "p",
    "div",
    "ul",
    "ol",
    "li",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "caption",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "dl",
    "dt",
    "dd",
    "hr",
    "section",
    "figure",
    "qti-prompt",
];
/// Say nothing that text doesn't.
const INLINE: [&str; 22] = [
    "span",
    "i",
    "em",
    "u",
    "small",
    "a",
    "abbr",
    "cite",
    "dfn",
    "q",
    "tt",
    "big",
    "td",
    "th",
    "label",
    "kbd",
    "samp",
    "var",
    "figcaption",
    "article",
    "qti-content-body",
    "colgroup",
];
/// Not for those who answer, or about looks.
const PASSED_OVER: [&str; 9] = [
    "qti-stylesheet",
    "qti-rubric-block",
    "qti-feedback-block",
    "qti-feedback-inline",
    "qti-modal-feedback",
    "qti-catalog-info",
    "style",
    "col",
    "qti-companion-materials-info",
];

pub(super) fn unknown(name: &str) -> Refused {
    let shown: String = name.chars().take(60).collect();
    Refused::new(
        (format!("不支持 {shown}"), format!("{shown} isn't known here")),
        (
            "在原系统中改成选择、填空、排序、配对或简答",
            "make it a choice, blank, order, match or text in the system it is from",
        ),
    )
}

/// Text, with places where interactions stand; those are found by `interaction`.
pub(super) fn pieces(
    nodes: &[Node],
    interaction: &mut dyn FnMut(&Element) -> Result<Option<Piece>, Refused>,
) -> Result<Vec<Piece>, Refused> {
    let mut out = Vec::new();
    into(nodes, interaction, &mut out)?;
    Ok(tidy(out))
}

fn into(
    nodes: &[Node],
    interaction: &mut dyn FnMut(&Element) -> Result<Option<Piece>, Refused>,
    out: &mut Vec<Piece>,
) -> Result<(), Refused> {
    for node in nodes {
        let element = match node {
            Node::Text(text) => {
                out.push(Piece::Text(collapsed(text)));
                continue;
            }
            Node::Element(element) => element,
        };
        let mut inner = |element: &Element| -> Result<Vec<Piece>, Refused> {
            let mut inner = Vec::new();
            into(&element.children, interaction, &mut inner)?;
            Ok(inner)
        };
        match element.name.as_str() {
            name if name.starts_with("qti-") && name.ends_with("-interaction") => out.extend(interaction(element)?),
            "strong" | "b" => {
                let inner = inner(element)?;
                out.push(Piece::Strong(inner));
            }
            "sup" => {
                let inner = inner(element)?;
                out.push(Piece::Raised(inner));
            }
            "sub" => {
                let inner = inner(element)?;
                out.push(Piece::Lowered(inner));
            }
            "code" => {
                let text = element.text();
                // A grave accent can't stand in code.
                out.push(if text.contains('`') || text.is_empty() { Piece::Text(text) } else { Piece::Code(text) });
            }
            "br" => out.push(Piece::Break),
            "img" => out.push(picture(element)?),
            _ if element.attribute(SHOWN).is_some() => {}
            name if PASSED_OVER.contains(&name) => {}
            name if BLOCKS.contains(&name) => {
                out.push(Piece::Break);
                into(&element.children, interaction, out)?;
                out.push(Piece::Break);
            }
            name if INLINE.contains(&name) => {
                into(&element.children, interaction, out)?;
                if matches!(name, "td" | "th") {
                    out.push(Piece::Text(" ".to_owned()));
                }
            }
            name => return Err(unknown(name)),
        }
    }
    Ok(())
}

fn picture(element: &Element) -> Result<Piece, Refused> {
    let source = element.attribute("src").unwrap_or_default();
    let words: String =
        element.attribute("alt").unwrap_or_default().chars().filter(|c| !matches!(c, '[' | ']' | '\n')).collect();
    match file_id(source) {
        Some(file) => Ok(Piece::Picture { words, file }),
        None => {
            let shown: String = source.chars().take(60).collect();
            let says = (format!("图片 {shown:?} 不在包内"), format!("the picture {shown:?} isn't in the package"));
            Err(Refused::new(says, ("把图片放进包里", "put the picture into the package")))
        }
    }
}

/// The id under which a picture of a package is known: its name in the alphabet of ids. `None` for an address outside.
pub(super) fn file_id(source: &str) -> Option<String> {
    if source.is_empty() || source.contains(':') || source.starts_with('/') {
        return None;
    }
    let fits = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' };
    let id: String = source.chars().map(fits).collect();
    let trimmed = id.trim_matches('-');
    // The end of a path tells files apart.
    let cut = &trimmed[trimmed.len().saturating_sub(kernel::id::ID_LEN_MAX)..];
    (!cut.is_empty()).then(|| cut.to_owned())
}

/// Runs of white space are one space, as a browser shows them.
fn collapsed(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let is_space = c.is_ascii_whitespace();
        if !is_space {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

/// Joins neighbours, drops what shows nothing, and keeps one line's end where several met.
fn tidy(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => match out.last_mut() {
                Some(Piece::Text(before)) => {
                    let rest = if before.ends_with(' ') { text.trim_start_matches(' ') } else { &text };
                    before.push_str(rest);
                }
                Some(Piece::Break) | None => {
                    let rest = text.trim_start_matches(' ');
                    if !rest.is_empty() {
                        out.push(Piece::Text(rest.to_owned()));
                    }
                }
                Some(_) => out.push(Piece::Text(text)),
            },
            Piece::Break => {
                if let Some(Piece::Text(before)) = out.last_mut() {
                    before.truncate(before.trim_end_matches(' ').len());
                    if before.is_empty() {
                        out.pop();
                    }
                }
                if !matches!(out.last(), None | Some(Piece::Break)) {
                    out.push(Piece::Break);
                }
            }
            Piece::Strong(inner) => push_inner(&mut out, Piece::Strong, tidy(inner)),
            Piece::Raised(inner) => push_inner(&mut out, Piece::Raised, tidy(inner)),
            Piece::Lowered(inner) => push_inner(&mut out, Piece::Lowered, tidy(inner)),
            other => out.push(other),
        }
    }
    while matches!(out.last(), Some(Piece::Break)) {
        out.pop();
    }
    if let Some(Piece::Text(last)) = out.last_mut() {
        last.truncate(last.trim_end_matches(' ').len());
        if last.is_empty() {
            out.pop();
        }
    }
    out
}

fn push_inner(out: &mut Vec<Piece>, make: fn(Vec<Piece>) -> Piece, inner: Vec<Piece>) {
    if !inner.is_empty() {
        out.push(make(inner));
    }
}

/// Markup of an element that holds no interaction.
pub(super) fn text_of(nodes: &[Node]) -> Result<String, Refused> {
    let pieces = pieces(nodes, &mut |element| Err(unknown(&element.name)))?;
    Ok(markup::write(&pieces))
}

/// Pieces as XHTML. `place` writes what stands at a blank; `path` says where a picture lies.
pub(super) fn html(pieces: &[Piece], place: &mut dyn FnMut(u32) -> String) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(&escape(text)),
            Piece::Code(text) => out.push_str(&format!("<code>{}</code>", escape(text))),
            Piece::Strong(inner) => out.push_str(&format!("<strong>{}</strong>", html(inner, place))),
            Piece::Raised(inner) => out.push_str(&format!("<sup>{}</sup>", html(inner, place))),
            Piece::Lowered(inner) => out.push_str(&format!("<sub>{}</sub>", html(inner, place))),
            Piece::Picture { words, file } => {
                out.push_str(&format!("<img src=\"{}\" alt=\"{}\"/>", escape(file), escape(words)));
            }
            Piece::Place(number) => out.push_str(&place(*number)),
            Piece::Break => out.push_str("<br/>"),
        }
    }
    out
}
