//! Blind numbers in layers (加密): entry → draw number → seat number.
//!
//! Who acts: the organiser publishes the commitment of a seed and of the list of entries, whose ids here are those that stand since the draw
//! ([`kernel::Seed::id_after`]); shortly before the start the draw
//! follows from the seed. Each layer gives the holders of the layer before (first the entries) numbers of its own, so that whoever knows
//! one layer doesn't know the next. The layers are undone in reverse order, under supervision, when the checked results are
//! in ([`Drawn::entry_of`]); then the seed is published, and anybody draws again (`docs/draw.py`).
//!
//! A layer, exactly: the holders stand in order (entries by the bytes of their ids, numbers by what they count); the lots of the
//! layer ([`kernel::Lots`], by the layer's code) shuffle the numbers from 1 to the number of places; the first holder gets the first number, and so on.
//! In the last layer there may be more places than holders, and then chance also decides which seats stay empty. Where groups are drawn apart, each
//! group has lots of its own (the layer's code, `/`, the group's code, or nothing behind the stroke for those without a group) and
//! its own block of numbers, one after the other in the order of the groups.
//!
//! Invariants: a layer is a one-to-one map; it depends on the seed, the ids and the rule alone.

use std::collections::HashMap;
use std::str::FromStr;

use kernel::{EntryId, Lots, Seed, Text};

use crate::Over;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawRule {
    pub over: Over,
    /// In the order in which they are drawn.
    pub layers: Vec<LayerRule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerRule {
    pub code: String,
    pub name: Text,
    pub number: NumberForm,
}

/// How a number is written: `C##` is `C01`, `C02`, …
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NumberForm {
    before: String,
    digits: u32,
    after: String,
}

impl NumberForm {
    pub const DIGITS_MOST: u32 = 6;
    pub const LEN_MOST: usize = 20;

    /// None for 0 and for a number that has more digits than the form.
    pub fn write(&self, number: u32) -> Option<String> {
        let (before, after, width) = (&self.before, &self.after, self.digits as usize);
        (1..=self.greatest()).contains(&number).then(|| format!("{before}{number:0width$}{after}"))
    }

    pub const fn greatest(&self) -> u32 {
        10u32.pow(self.digits) - 1
    }
}

impl FromStr for NumberForm {
    type Err = String;
    fn from_str(text: &str) -> Result<NumberForm, String> {
        let wrong = || {
            format!(
                "{text:?} is no form of a number: write one run of 1 to {} # for the digits, such as C##",
                Self::DIGITS_MOST
            )
        };
        let first = text.find('#').ok_or_else(wrong)?;
        let after = text[first..].trim_start_matches('#');
        let digits = (text.len() - first - after.len()) as u32;
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        let sound = digits <= Self::DIGITS_MOST
            && text.chars().count() <= Self::LEN_MOST
            && text[..first].chars().chain(after.chars()).all(plain)
            // A digit beside the digits would be read as one of them.
            && !text[..first].ends_with(|c: char| c.is_numeric())
            && !after.starts_with(|c: char| c.is_numeric());
        if !sound {
            return Err(wrong());
        }
        Ok(NumberForm { before: text[..first].to_owned(), digits, after: after.to_owned() })
    }
}

impl std::fmt::Display for NumberForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}{}", self.before, "#".repeat(self.digits as usize), self.after)
    }
}

/// Entries of one group, and how many seats there are for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawGroup {
    /// The group's code; none for those without a group.
    pub group: Option<String>,
    pub entries: Vec<EntryId>,
    pub seats: u32,
}

/// One layer, in the order of its holders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnLayer {
    pub code: String,
    pub lots: Vec<DrawnLot>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnLot {
    /// An entry's id in the first layer, a number of the layer before in the others.
    pub holder: String,
    pub number: String,
}

/// All layers, the first one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    pub layers: Vec<DrawnLayer>,
}

/// Why nothing was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DrawFault {
    EntryTwice(EntryId),
    SeatsTooFew { group: Option<String>, entries: u32, seats: u32 },
    NumberTooShort { layer: String, form: NumberForm, places: u64 },
}

impl DrawFault {
    pub fn says(&self) -> Text {
        match self {
            DrawFault::EntryTwice(entry) => {
                Text::new(format!("参赛编号 {entry} 出现了两次"), format!("entry {entry} stands here twice"))
            }
            DrawFault::SeatsTooFew { group, entries, seats } => {
                let (zh, en) = match group {
                    Some(group) => (format!("{group} 组"), format!("group {group}: ")),
                    None => (String::new(), String::new()),
                };
                Text::new(
                    format!("{zh}有 {entries} 人参赛，只有 {seats} 个赛位"),
                    format!("{en}{seats} seats are too few for {entries} entries"),
                )
            }
            DrawFault::NumberTooShort { layer, form, places } => Text::new(
                format!("抽签层 {layer} 的编号格式 {form} 容不下 {places} 个号"),
                format!("layer {layer}: the form {form} is too short for {places} numbers"),
            ),
        }
    }
}

impl std::fmt::Display for DrawFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.says().en)
    }
}
impl std::error::Error for DrawFault {}

/// Those who draw from one block of numbers.
struct Pool {
    /// What the layer's name ends with.
    ending: String,
    /// What each holds, in order.
    holders: Vec<String>,
    seats: u32,
}

impl DrawRule {
    /// Draws all layers; or says everything that prevents it.
    pub fn draw(&self, seed: &Seed, groups: &[DrawGroup]) -> Result<Drawn, Vec<DrawFault>> {
        let mut pools = self.pools(groups);
        let faults = self.faults(groups, &pools);
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut layers = Vec::with_capacity(self.layers.len());
        for (at, layer) in self.layers.iter().enumerate() {
            let last = at + 1 == self.layers.len();
            let (mut lots, mut before) = (Vec::new(), 0);
            for pool in &mut pools {
                let places = if last { pool.seats } else { pool.holders.len() as u32 };
                let numbers = Lots::new(seed, &format!("{}{}", layer.code, pool.ending)).numbers(places);
                let drawn = numbers.iter().zip(&pool.holders).map(|(number, holder)| (before + number, holder.clone()));
                // The form was found long enough for all places.
                let mut drawn: Vec<(u32, String, String)> =
                    drawn.filter_map(|(number, holder)| Some((number, holder, layer.number.write(number)?))).collect();
                lots.extend(
                    drawn.iter().map(|(_, holder, number)| DrawnLot { holder: holder.clone(), number: number.clone() }),
                );
                drawn.sort_unstable_by_key(|(number, ..)| *number);
                pool.holders = drawn.into_iter().map(|(.., number)| number).collect();
                before += places;
            }
            layers.push(DrawnLayer { code: layer.code.clone(), lots });
        }
        Ok(Drawn { layers })
    }

    fn pools(&self, groups: &[DrawGroup]) -> Vec<Pool> {
        let ids = |entries: &[EntryId]| entries.iter().map(|entry| entry.as_str().to_owned()).collect::<Vec<_>>();
        let mut pools: Vec<Pool> = match self.over {
            Over::WholeField => vec![Pool {
                ending: String::new(),
                holders: groups.iter().flat_map(|group| ids(&group.entries)).collect(),
                seats: groups.iter().fold(0, |seats: u32, group| seats.saturating_add(group.seats)),
            }],
            Over::EachGroup => groups
                .iter()
                .map(|group| Pool {
                    ending: format!("/{}", group.group.as_deref().unwrap_or_default()),
                    holders: ids(&group.entries),
                    seats: group.seats,
                })
                .collect(),
        };
        for pool in &mut pools {
            pool.holders.sort_unstable();
        }
        pools
    }

    fn faults(&self, groups: &[DrawGroup], pools: &[Pool]) -> Vec<DrawFault> {
        let mut faults = Vec::new();
        let mut entries: Vec<&EntryId> = groups.iter().flat_map(|group| &group.entries).collect();
        entries.sort_unstable();
        let twice = entries.chunk_by(|one, other| one == other).filter(|same| same.len() > 1);
        faults.extend(twice.map(|same| DrawFault::EntryTwice(same[0].clone())));
        for pool in pools {
            let count = pool.holders.len() as u32;
            if pool.seats < count {
                let group = pool.ending.strip_prefix('/').filter(|group| !group.is_empty()).map(str::to_owned);
                faults.push(DrawFault::SeatsTooFew { group, entries: count, seats: pool.seats });
            }
        }
        for (at, layer) in self.layers.iter().enumerate() {
            let last = at + 1 == self.layers.len();
            let places =
                pools.iter().map(|pool| if last { u64::from(pool.seats) } else { pool.holders.len() as u64 }).sum();
            if places > u64::from(layer.number.greatest()) {
                let (layer, form) = (layer.code.clone(), layer.number.clone());
                faults.push(DrawFault::NumberTooShort { layer, form, places });
            }
        }
        faults
    }
}

impl Drawn {
    /// Everybody's number of each layer, by the ids of the entries.
    pub fn numbers(&self) -> HashMap<&str, Vec<&str>> {
        let Some((first, others)) = self.layers.split_first() else { return HashMap::new() };
        let mut numbers: HashMap<&str, Vec<&str>> =
            first.lots.iter().map(|lot| (lot.holder.as_str(), vec![lot.number.as_str()])).collect();
        for layer in others {
            let number_of: HashMap<&str, &str> =
                layer.lots.iter().map(|lot| (lot.holder.as_str(), lot.number.as_str())).collect();
            for held in numbers.values_mut() {
                held.extend(held.last().and_then(|last| number_of.get(last)).copied());
            }
        }
        numbers
    }

    /// An entry's number of the last layer.
    pub fn number_of<'d>(&'d self, entry: &'d EntryId) -> Option<&'d str> {
        self.layers.iter().try_fold(entry.as_str(), |held, layer| {
            layer.lots.iter().find(|lot| lot.holder == held).map(|lot| lot.number.as_str())
        })
    }

    /// Undoes the layers in reverse order.
    pub fn entry_of(&self, number: &str) -> Option<EntryId> {
        let entry = self.layers.iter().rev().try_fold(number, |number, layer| {
            layer.lots.iter().find(|lot| lot.number == number).map(|lot| lot.holder.as_str())
        });
        entry?.parse().ok()
    }
}
