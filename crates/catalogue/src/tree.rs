//! A YAML document as it stands on the page: every value with its line and column, nothing interpreted yet.
//!
//! Scalars keep their written text (`2.50` stays `2.50`), so that marks and measures are read exactly. Reading the whole
//! page first is what lets an author see all mistakes at once.

use std::cell::Cell;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::NonFiniteFloatPolicy;
use serde_saphyr::{Location, Spanned};

use kernel::Suggestion;

use crate::Diagnostic;
use crate::faults::FAULTS_MOST;
use crate::yaml::{self, Stands, Swallowed};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Place {
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tree {
    pub place: Place,
    pub node: Node,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Nothing,
    Scalar {
        text: String,
        /// How many characters stand before the text on its line: a quotation mark; `None` for a block.
        inset: Option<u32>,
    },
    List(Vec<Tree>),
    Map(Vec<(Tree, Tree)>),
}

impl Tree {
    /// What it is, for messages.
    pub fn shape(&self) -> (&'static str, &'static str) {
        match self.node {
            Node::Nothing => ("空值", "nothing"),
            Node::Scalar { .. } => ("单个值", "a single value"),
            Node::List(_) => ("列表", "a list"),
            Node::Map(_) => ("映射", "a map"),
        }
    }
}

/// A file that is larger than this is neither a scheme nor a rule set.
const LARGEST: usize = 2_000_000;
/// Half as deep as anything that can be written. Each level stands on the stack of whoever reads it.
pub(crate) const DEEPEST: usize = 24;
/// Longer than any name. Paths are made of keys, and looked up part by part.
const KEY_CHARS_MOST: usize = 200;
/// What is referred to by `*name` is read as often as it is referred to; all of it together is still no larger than this.
const TEXT_BYTES_MOST: usize = 4 * LARGEST;
const REPEATED_MOST: usize = 100_000;

thread_local! {
    /// How much text the page that is being read may still hold. It stands beside the reader, which makes its visitors by itself.
    static TEXT_LEFT: Cell<usize> = const { Cell::new(0) };
}

/// Reads the page, with what YAML would make of it silently; or says where it stops to be YAML.
pub(crate) fn read(yaml: &str) -> Result<(Tree, Vec<Diagnostic>), Box<Diagnostic>> {
    if yaml.len() > LARGEST {
        let place = Place { line: 1, column: 1 };
        let advice = Suggestion::advice("只保留一场比赛所用的内容", "keep what a single contest needs");
        let fault = Diagnostic::error(place, "", "文件超过 2 MB", "the file is larger than 2 MB", advice);
        return Err(Box::new(fault));
    }
    // What a number can't be is a fault of its field, not of the page.
    let options = serde_saphyr::options! {
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        budget: serde_saphyr::budget! { max_depth: DEEPEST },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: REPEATED_MOST },
    };
    TEXT_LEFT.set(TEXT_BYTES_MOST);
    let loose: Spanned<Loose> = serde_saphyr::from_str_with_options(yaml, options).map_err(|error| {
        let place = error.location().map(place_of).unwrap_or(Place { line: 1, column: 1 });
        let said = error.without_snippet().to_string();
        let first = said.lines().next().unwrap_or_default();
        // The place stands before each diagnostic already.
        Box::new(yaml::broken(place, first.split(" at line ").next().unwrap_or_default(), yaml))
    })?;
    let mut slips = Vec::new();
    let tree = settle(loose, false, yaml, &mut slips);
    Ok((tree, slips))
}

fn place_of(location: Location) -> Place {
    Place { line: location.line().max(1) as u32, column: location.column().max(1) as u32 }
}

/// A text of the page, counted.
fn taken<E: Error>(text: String) -> Result<Loose, E> {
    let left = TEXT_LEFT.get().checked_sub(text.len()).ok_or_else(|| E::custom("budget breached: text"))?;
    TEXT_LEFT.set(left);
    Ok(Loose::Text(text))
}

/// A value as the parser hands it over.
enum Loose {
    Nothing,
    Text(String),
    List(Vec<Spanned<Loose>>),
    Map(Vec<(Spanned<Loose>, Spanned<Loose>)>),
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Loose, D::Error> {
        deserializer.deserialize_any(LooseVisitor)
    }
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any YAML value")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Loose, E> {
        Ok(Loose::Text(value.to_string()))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Loose, E> {
        Ok(Loose::Text(value.to_string()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Loose, E> {
        Ok(Loose::Text(value.to_string()))
    }
    fn visit_i128<E>(self, value: i128) -> Result<Loose, E> {
        Ok(Loose::Text(value.to_string()))
    }
    fn visit_u128<E>(self, value: u128) -> Result<Loose, E> {
        Ok(Loose::Text(value.to_string()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Loose, E> {
        Ok(Loose::Text(value.to_string()))
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<Loose, E> {
        taken(value.to_owned())
    }
    fn visit_string<E: Error>(self, value: String) -> Result<Loose, E> {
        taken(value)
    }
    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose::Nothing)
    }
    fn visit_none<E>(self) -> Result<Loose, E> {
        Ok(Loose::Nothing)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Loose, D::Error> {
        Loose::deserialize(deserializer)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Loose, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Loose::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Loose, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Loose::Map(map))
    }
}

fn settle(loose: Spanned<Loose>, is_key: bool, yaml: &str, slips: &mut Vec<Diagnostic>) -> Tree {
    let location = loose.referenced;
    let written = location.span().byte_offset().zip(location.span().byte_len()).and_then(|(offset, length)| {
        let from = usize::try_from(offset).ok()?;
        yaml.get(from..from.checked_add(usize::try_from(length).ok()?)?)
    });
    let from = location.span().byte_offset().and_then(|offset| usize::try_from(offset).ok());
    let stands = match loose.value {
        _ if is_key => Stands::Key,
        Loose::Nothing | Loose::Text(_) => Stands::Single,
        Loose::List(_) | Loose::Map(_) => Stands::Several,
    };
    let swallowed = from.filter(|_| slips.len() < FAULTS_MOST);
    let swallowed = swallowed.and_then(|from| yaml::swallowed(stands, place_of(location), from, yaml));
    if let Some(found) = swallowed {
        let Swallowed { fault, begins, place } = found;
        // A map begins where its first key does.
        if slips.last() != Some(&fault) {
            slips.push(fault);
        }
        // A single value is read as it was meant, so that what stands in it is looked at as well.
        let end = from.unwrap_or(begins) + written.map_or(0, str::len);
        if let (Loose::Nothing | Loose::Text(_), Some(text)) = (&loose.value, yaml.get(begins..end)) {
            let inset = if text.contains('\n') { None } else { Some(0) };
            return Tree { place, node: Node::Scalar { text: yaml::on_one_line(text), inset } };
        }
    }
    let node = match loose.value {
        Loose::Nothing => Node::Nothing,
        Loose::Text(text) if is_key && text.chars().nth(KEY_CHARS_MOST).is_some() => {
            slips.push(yaml::long_key(place_of(location), KEY_CHARS_MOST));
            Node::Scalar { text: text.chars().take(KEY_CHARS_MOST).collect(), inset: None }
        }
        Loose::Text(text) => match written.and_then(|written| written.chars().next()) {
            Some('"' | '\'') => Node::Scalar { text, inset: Some(1) },
            Some('|' | '>') => Node::Scalar { text, inset: None },
            // A plain number keeps its digits; an alias has no text of its own here.
            // Nor has a key that `<<` brought here: its place is that of the map it stands in.
            Some(first) if !"*&!{[".contains(first) => {
                let plain = written.unwrap_or_default().trim();
                let text = if plain.contains('\n') || plain.contains(" #") { text } else { plain.to_owned() };
                Node::Scalar { text, inset: Some(0) }
            }
            _ => Node::Scalar { text, inset: None },
        },
        Loose::List(items) => Node::List(items.into_iter().map(|item| settle(item, false, yaml, slips)).collect()),
        Loose::Map(entries) => Node::Map(
            entries
                .into_iter()
                .map(|(key, value)| (settle(key, true, yaml, slips), settle(value, false, yaml, slips)))
                .collect(),
        ),
    };
    Tree { place: place_of(location), node }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(tree: &Tree) -> String {
        let at = format!("{}:{}", tree.place.line, tree.place.column);
        match &tree.node {
            Node::Nothing => format!("{at} ~"),
            Node::Scalar { text, inset } => {
                format!("{at} {text:?}{}", inset.map_or("|".into(), |inset| format!("+{inset}")))
            }
            Node::List(items) => format!("{at} [{}]", items.iter().map(said).collect::<Vec<_>>().join(", ")),
            Node::Map(entries) => {
                format!(
                    "{at} {{{}}}",
                    entries.iter().map(|(k, v)| format!("{}: {}", said(k), said(v))).collect::<Vec<_>>().join(", ")
                )
            }
        }
    }

    #[test]
    fn every_value_has_its_place_and_its_written_text() {
        let (tree, slips) = read("a: 2.50\nb:\n  - {x: \"p && q\", y: 2s}\n  - yes\nc: ~\nd: 汽缸 # note\n").unwrap();
        assert_eq!(slips, []);
        assert_eq!(
            said(&tree),
            "1:1 {1:1 \"a\"+0: 1:4 \"2.50\"+0, 2:1 \"b\"+0: 3:3 [3:5 {3:6 \"x\"+0: 3:9 \"p && q\"+1, 3:19 \"y\"+0: 3:22 \"2s\"+0}, \
             4:5 \"yes\"+0], 5:1 \"c\"+0: 5:4 ~, 6:1 \"d\"+0: 6:4 \"汽缸\"+0}"
        );
    }

    /// Tags and anchors belong to the value that they introduce, on whichever line it stands, and to nothing else.
    #[test]
    fn what_stands_before_a_value_is_looked_for_on_the_lines_above() {
        for (yaml, slips) in [
            ("a: !x &&\n  open\n", vec!["1:4 `\"!x && open\"`"]),
            ("a: !x\n  open\nb: 1\n", vec!["1:4 `\"!x open\"`"]),
            ("a: !x # why\n  # note\n\n  open\nb: 2", vec!["1:4 `\"!x open\"`"]),
            ("a: !x\r\n  open\r\nb: 1\r\n", vec!["1:4 `\"!x open\"`"]),
            ("a:\n  # note\n  !x\n  b\n", vec!["3:3 `\"!x b\"`"]),
            ("a: !x &y\n  \"b # c\"\n", vec!["1:4 `\"!x &y \"b # c\"\"`"]),
            ("- !x\n  b\n- c\n", vec!["1:3 `\"!x b\"`"]),
            ("a: [1, !x\n  b, 2]\n", vec!["1:8 `\"!x b, 2\"`"]),
            ("{\n  a: !x\n  b, c: 1}\n", vec!["2:6 `\"!x b, c: 1\"`"]),
            // A map is a value too, its first key is not.
            ("a: !x\n  b: 1\n", vec!["1:4 remove `!x`"]),
            // An empty value; the next key is no part of it.
            ("a: !x\nb: 1\n", vec!["1:4 `\"!x\"`"]),
            ("- !x\n- b\n", vec!["1:3 `\"!x\"`"]),
            ("- a: !x\n\n\n", vec!["1:6 `\"!x\"`"]),
            ("a: &x\n  b: 1\nc: *x\n", vec![]),
            ("a: &x\nb: 1\n", vec![]),
            ("a: wow !great\nb: 1\n", vec![]),
            ("a: \"!x\n  y\"\nb: z\n", vec![]),
            ("a: |\n  q: !x\nb: z\n", vec![]),
            ("a: b # q: !x\nc: d\n", vec![]),
            ("a:\n  # q: !x\n  b\n", vec![]),
        ] {
            let found = read(yaml).unwrap().1;
            let found = found.iter().map(|slip| {
                let said = slip.suggestion.text().en;
                format!(
                    "{}:{} {}",
                    slip.line,
                    slip.column,
                    said.rsplit_once("such as ").map_or(&*said, |(_, shown)| shown)
                )
            });
            assert_eq!(found.collect::<Vec<_>>(), slips, "{yaml:?}");
        }
    }

    #[test]
    fn what_is_nested_too_deeply_is_refused_at_its_place() {
        let nested = |depth: usize| format!("{}x{}", "{a: ".repeat(depth), "}".repeat(depth));
        assert!(read(&nested(DEEPEST)).is_ok());
        for depth in [DEEPEST + 1, 60, 250, 20_000] {
            let fault = read(&nested(depth)).unwrap_err();
            assert!(fault.text.en.ends_with("more than 24 levels stand within each other"), "{depth}: {fault}");
            assert_eq!(fault.line, 1, "{depth}");
        }
        let below = |depth: usize| (0..depth).map(|level| format!("{}a:\n", " ".repeat(level))).collect::<String>();
        assert!(read(&below(DEEPEST)).is_ok());
        assert!(read(&below(60)).is_err());
    }

    #[test]
    fn what_refers_to_a_long_text_again_and_again_is_refused() {
        let again = |times: usize| format!("a: &x \"{}\"\nb: [{}]\n", "y".repeat(1_000_000), "*x, ".repeat(times));
        assert!(read(&again(3)).is_ok());
        for times in [20, 99] {
            let fault = read(&again(times)).unwrap_err();
            assert!(fault.text.en.ends_with("it repeats too much"), "{times}: {fault}");
        }
    }

    #[test]
    fn a_key_of_a_megabyte_is_a_fault_and_is_cut() {
        let (tree, slips) = read(&format!("{{? {} : 1}}", "a.".repeat(500_000))).unwrap();
        let Node::Map(pairs) = tree.node else { panic!("no map") };
        let Node::Scalar { text, .. } = &pairs[0].0.node else { panic!("no key") };
        assert_eq!((text.len(), slips.len()), (KEY_CHARS_MOST, 1));
    }

    #[test]
    fn what_is_no_yaml_is_refused_at_its_place() {
        for yaml in ["a: [1, 2", "a: 1\na: 2", "a: *nobody", "a: {b", "a: b: c"] {
            let fault = read(yaml).unwrap_err();
            assert!(fault.line >= 1 && fault.text.en.starts_with("this is no valid YAML"), "{yaml:?} {fault:?}");
            assert!(!fault.text.en.contains(" at line "), "the place is said once: {fault}");
        }
    }
}
