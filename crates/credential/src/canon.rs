//! RDF Dataset Canonicalization (RDFC-1.0, W3C Recommendation of 2024-05-21) with SHA-256: the same statements give the same text, however
//! those without a name were counted.
//!
//! Its running time grows with the factorial of how many nameless ones look alike, and a stranger can send many. So the steps are counted, and
//! what takes too many is refused (section 7.1 of the recommendation asks for it). A certificate of ours takes none: all its nameless ones differ.

use std::collections::BTreeMap;
use std::rc::Rc;

use sha2::{Digest, Sha256};

use crate::rdf::Quad;

/// Look-alikes that are looked at, in all orders that are tried.
const STEPS_MAX: usize = 20_000;

/// More look-alikes than are worth telling apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooIntricate;

/// The canonical text of a set of statements.
pub(crate) fn canonical(mut quads: Vec<Quad<'_>>) -> Result<String, TooIntricate> {
    quads.sort_unstable();
    quads.dedup();
    let labels = Labelling::new(&quads).run()?;
    let mut lines: Vec<String> = Vec::with_capacity(quads.len());
    for quad in &quads {
        let mut line = String::with_capacity(160);
        quad.write(&mut line, |blank, line| line.push_str(&labels[blank as usize]));
        lines.push(line);
    }
    lines.sort_unstable();
    Ok(lines.concat())
}

struct Labelling<'q, 'a> {
    quads: &'q [Quad<'a>],
    /// By blank node: the statements that it stands in.
    of: Vec<Vec<usize>>,
    first_degree: Vec<Rc<str>>,
    /// By blank node: its canonical label.
    issued: Vec<Option<String>>,
    issued_count: usize,
    steps: usize,
}

/// Labels given for the time of an attempt, in the order in which they were given.
#[derive(Clone, Default)]
struct Attempt(Vec<u32>);

impl Attempt {
    fn label(&self, blank: u32) -> Option<String> {
        self.0.iter().position(|one| *one == blank).map(|at| format!("b{at}"))
    }

    fn issue(&mut self, blank: u32) -> String {
        self.label(blank).unwrap_or_else(|| {
            self.0.push(blank);
            format!("b{}", self.0.len() - 1)
        })
    }
}

impl<'q, 'a> Labelling<'q, 'a> {
    fn new(quads: &'q [Quad<'a>]) -> Self {
        let mut of: Vec<Vec<usize>> = Vec::new();
        for (at, quad) in quads.iter().enumerate() {
            for (blank, _) in quad.blanks() {
                let blank = blank as usize;
                if of.len() <= blank {
                    of.resize(blank + 1, Vec::new());
                }
                if of[blank].last() != Some(&at) {
                    of[blank].push(at);
                }
            }
        }
        let issued = vec![None; of.len()];
        let mut labelling = Self { quads, of, first_degree: Vec::new(), issued, issued_count: 0, steps: 0 };
        labelling.first_degree =
            (0..labelling.of.len()).map(|blank| labelling.hash_first_degree(blank as u32)).collect();
        labelling
    }

    /// Section 4.4.3 of the recommendation.
    fn run(mut self) -> Result<Vec<String>, TooIntricate> {
        let mut alike: BTreeMap<Rc<str>, Vec<u32>> = BTreeMap::new();
        for (blank, hash) in self.first_degree.iter().enumerate() {
            if !self.of[blank].is_empty() {
                alike.entry(hash.clone()).or_default().push(blank as u32);
            }
        }
        alike.retain(|_, blanks| {
            if let [only] = blanks[..] {
                self.issue(only);
                return false;
            }
            true
        });
        for blanks in alike.into_values() {
            let mut paths: Vec<(String, Attempt)> = Vec::new();
            for blank in blanks {
                if self.issued[blank as usize].is_some() {
                    continue;
                }
                let mut attempt = Attempt::default();
                attempt.issue(blank);
                paths.push(self.hash_n_degree(blank, attempt)?);
            }
            paths.sort_by(|one, other| one.0.cmp(&other.0));
            for (_, attempt) in paths {
                attempt.0.into_iter().for_each(|blank| self.issue(blank));
            }
        }
        Ok(self.issued.into_iter().map(Option::unwrap_or_default).collect())
    }

    fn issue(&mut self, blank: u32) {
        let label = &mut self.issued[blank as usize];
        if label.is_none() {
            *label = Some(format!("c14n{}", self.issued_count));
            self.issued_count += 1;
        }
    }

    fn count(&mut self, steps: usize) -> Result<(), TooIntricate> {
        self.steps += steps;
        if self.steps > STEPS_MAX { Err(TooIntricate) } else { Ok(()) }
    }

    /// Section 4.6: what is said of a blank node, with itself called `a` and every other one `z`.
    fn hash_first_degree(&self, blank: u32) -> Rc<str> {
        let mut lines: Vec<String> = Vec::with_capacity(self.of[blank as usize].len());
        for at in &self.of[blank as usize] {
            let mut line = String::with_capacity(160);
            self.quads[*at].write(&mut line, |one, line| line.push(if one == blank { 'a' } else { 'z' }));
            lines.push(line);
        }
        lines.sort_unstable();
        hash(&lines.concat()).into()
    }

    /// Section 4.7: how another one stands to the one looked at.
    fn hash_related(&self, related: u32, quad: &Quad<'_>, attempt: &Attempt, place: char) -> String {
        let name = match self.issued[related as usize].clone().or_else(|| attempt.label(related)) {
            Some(label) => format!("_:{label}"),
            None => self.first_degree[related as usize].to_string(),
        };
        hash(&format!("{place}<{}>{name}", quad.predicate))
    }

    /// Section 4.8: what is said of a blank node and of those it leads to, in the order of all that gives the least text.
    fn hash_n_degree(&mut self, blank: u32, mut attempt: Attempt) -> Result<(String, Attempt), TooIntricate> {
        self.count(self.of[blank as usize].len())?;
        let mut groups: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for at in &self.of[blank as usize] {
            let quad = &self.quads[*at];
            for (related, place) in quad.blanks().filter(|(related, _)| *related != blank) {
                groups.entry(self.hash_related(related, quad, &attempt, place)).or_default().push(related);
            }
        }
        let mut text = String::new();
        for (group, members) in groups {
            text.push_str(&group);
            let mut chosen: Option<(String, Attempt)> = None;
            let mut order: Vec<usize> = (0..members.len()).collect();
            loop {
                self.count(members.len())?;
                let path = self.path(order.iter().map(|at| members[*at]), attempt.clone(), chosen.as_ref())?;
                if let Some(path) = path {
                    chosen = Some(path);
                }
                if !next_order(&mut order) {
                    break;
                }
            }
            let Some((path, chosen)) = chosen else { return Err(TooIntricate) };
            text.push_str(&path);
            attempt = chosen;
        }
        Ok((hash(&text), attempt))
    }

    /// The text of one order, if it is less than the least so far.
    fn path(
        &mut self,
        order: impl Iterator<Item = u32>,
        mut attempt: Attempt,
        least: Option<&(String, Attempt)>,
    ) -> Result<Option<(String, Attempt)>, TooIntricate> {
        let is_more = |path: &str| least.is_some_and(|(least, _)| path.len() >= least.len() && path > least.as_str());
        let (mut path, mut deeper) = (String::new(), Vec::new());
        for related in order {
            path.push_str("_:");
            if let Some(label) = &self.issued[related as usize] {
                path.push_str(label);
            } else {
                if attempt.label(related).is_none() {
                    deeper.push(related);
                }
                path.push_str(&attempt.issue(related));
            }
            if is_more(&path) {
                return Ok(None);
            }
        }
        for related in deeper {
            let (hash, after) = self.hash_n_degree(related, attempt.clone())?;
            path.push_str("_:");
            path.push_str(&attempt.issue(related));
            path.push('<');
            path.push_str(&hash);
            path.push('>');
            attempt = after;
            if is_more(&path) {
                return Ok(None);
            }
        }
        let is_least = least.is_none_or(|(least, _)| path < *least);
        Ok(is_least.then_some((path, attempt)))
    }
}

/// The next order after this one by the alphabet, until there is none.
fn next_order(order: &mut [usize]) -> bool {
    let Some(falls) = (1..order.len()).rev().find(|at| order[at - 1] < order[*at]) else { return false };
    let swap = (falls..order.len()).rev().find(|at| order[*at] > order[falls - 1]).unwrap_or(falls);
    order.swap(falls - 1, swap);
    order[falls..].reverse();
    true
}

fn hash(text: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        for half in [byte >> 4, byte & 15] {
            hex.push(char::from(b"0123456789abcdef"[usize::from(half)]));
        }
    }
    hex
}
