//! XML as a small tree. Document types and entities of their own are refused, and size, depth and number are bounded.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::exchange::Refused;

/// One item's text.
pub const BYTES_MOST: usize = 2 << 20;
const DEPTH_MOST: usize = 64;
const NODES_MOST: usize = 50_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Text(String),
    Element(Element),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Element {
    /// Without a prefix.
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| if let Node::Element(element) = node { Some(element) } else { None })
    }

    pub fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.name == name)
    }

    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements().filter(move |element| element.name == name)
    }

    /// All text below, joined.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for node in &self.children {
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Element(element) => out.push_str(&element.text()),
            }
        }
        out
    }
}

fn broken(detail: impl std::fmt::Display) -> Refused {
    let shown: String = detail.to_string().chars().take(120).collect();
    Refused::new(
        (format!("XML 不可读：{shown}"), format!("the XML can't be read: {shown}")),
        ("重新导出", "export it anew"),
    )
}

fn too_large() -> Refused {
    Refused::new(("XML 太大或嵌套太深", "the XML is too large or too deep"), ("拆成几题", "part it into several items"))
}

/// The document's root.
pub(super) fn parse(text: &str) -> Result<Element, Refused> {
    if text.len() > BYTES_MOST {
        return Err(too_large());
    }
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    let mut nodes = 0;
    loop {
        let event = reader.read_event().map_err(broken)?;
        nodes += 1;
        if nodes > NODES_MOST {
            return Err(too_large());
        }
        match event {
            Event::Start(start) => {
                if open.len() >= DEPTH_MOST {
                    return Err(too_large());
                }
                if open.is_empty() && root.is_some() {
                    return Err(broken("two roots"));
                }
                open.push(element(&start)?);
            }
            Event::Empty(start) => {
                let element = element(&start)?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(Node::Element(element)),
                    None if root.is_none() => root = Some(element),
                    None => return Err(broken("two roots")),
                }
            }
            Event::End(_) => {
                let element = open.pop().ok_or_else(|| broken("an end without a beginning"))?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(Node::Element(element)),
                    None => root = Some(element),
                }
            }
            Event::Text(found) => push_text(&mut open, &found.xml10_content())?,
            Event::CData(found) => push_text(&mut open, &found.xml10_content())?,
            Event::GeneralRef(found) => {
                let c = match found.resolve_char_ref().map_err(broken)? {
                    Some(c) => c,
                    None => named_entity(&found.xml10_content())?,
                };
                push_text(&mut open, c.encode_utf8(&mut [0; 4]))?;
            }
            Event::DocType(_) => {
                let says = ("XML 带有文档类型（DOCTYPE）", "the XML has a document type (DOCTYPE)");
                return Err(Refused::new(says, ("去掉 DOCTYPE", "remove the DOCTYPE")));
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if !open.is_empty() {
        return Err(broken("it ends too early"));
    }
    root.ok_or_else(|| broken("there is no element"))
}

fn element(start: &BytesStart<'_>) -> Result<Element, Refused> {
    let name = start.local_name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(broken)?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(broken)?;
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element { name, attributes, children: Vec::new() })
}

fn named_entity(name: &str) -> Result<char, Refused> {
    match name {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => {
            let shown: String = name.chars().take(40).collect();
            let says = (format!("XML 用了实体 &{shown};"), format!("the XML uses the entity &{shown};"));
            Err(Refused::new(says, ("改写成字符本身", "write the character itself")))
        }
    }
}

fn push_text(open: &mut [Element], text: &str) -> Result<(), Refused> {
    let Some(parent) = open.last_mut() else {
        return if text.trim().is_empty() { Ok(()) } else { Err(broken("text outside the root")) };
    };
    match parent.children.last_mut() {
        Some(Node::Text(before)) => before.push_str(text),
        _ => parent.children.push(Node::Text(text.to_owned())),
    }
    Ok(())
}

/// For text between tags and for values in double quotes. Characters that XML can't hold become spaces.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_references_and_attributes_are_read() {
        let root =
            parse("<?xml version=\"1.0\"?>\n<q:a x:b='1 &lt; 2'>钢 &amp; &#38;&#x94A2;<![CDATA[<i>]]><c/></q:a>")
                .unwrap();
        assert_eq!((root.name.as_str(), root.attribute("b")), ("a", Some("1 < 2")));
        assert_eq!(root.text(), "钢 & &钢<i>");
        assert_eq!(root.children.len(), 2);
    }

    #[test]
    fn what_is_hostile_or_broken_is_refused() {
        let deep = "<a>".repeat(65) + &"</a>".repeat(65);
        let many = format!("<a>{}</a>", "<b/>".repeat(NODES_MOST));
        let laughs = "<!DOCTYPE a [<!ENTITY b \"ha\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>";
        let outside = "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>";
        let long = format!("<a>{}</a>", "x".repeat(BYTES_MOST));
        for text in [
            "",
            "a",
            "<a>",
            "</a>",
            "<a></b>",
            "<a/><a/>",
            "<a></a><b></b>",
            "<a b=c/>",
            "<a b='1' b='2'/>",
            "<a>&nbsp;</a>",
            "<a>&#0;</a>",
            "<a>&#xD800;</a>",
            "<a x='&e;'/>",
            laughs,
            outside,
            &deep,
            &many,
            &long,
        ] {
            assert!(parse(text).is_err(), "{}", text.chars().take(60).collect::<String>());
        }
    }
}
