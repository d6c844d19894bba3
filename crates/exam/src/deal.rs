//! In which order the options of one attempt stand, and under which names: names that tell nothing.

use crate::Seed;
use crate::item::Choice;

/// Crockford's base 32 in lower case.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 40 bits of chance each.
const NAME_LEN: usize = 8;

/// Things of a question as one attempt sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    /// Places in the item's list, in the order shown.
    pub order: Vec<usize>,
    /// A name for each, in the order shown.
    pub names: Vec<String>,
}

impl Deal {
    /// Deals so many things. `whose` says which question and which of its lists; `stays` are the places that are not moved.
    pub(crate) fn new(seed: &Seed, whose: &[&str], count: usize, shuffle: bool, stays: impl Fn(usize) -> bool) -> Deal {
        let mut rng = seed.rng(whose);
        let mut order: Vec<usize> = (0..count).collect();
        if shuffle {
            let free: Vec<usize> = (0..count).filter(|at| !stays(*at)).collect();
            let mut moved = free.clone();
            rng.shuffle(&mut moved);
            for (place, thing) in free.into_iter().zip(moved) {
                order[place] = thing;
            }
        }
        let mut names: Vec<String> = Vec::with_capacity(count);
        while names.len() < count {
            let drawn = rng.next_u64();
            let letter = |place: usize| ALPHABET[((drawn >> (5 * place)) & 31) as usize] as char;
            let name: String = (0..NAME_LEN).map(letter).collect();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Deal { order, names }
    }

    /// The place in the item's list of what was shown under a name.
    pub fn thing(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name).map(|at| self.order[at])
    }
}

/// Which lists a question has, for the seed's purposes.
#[derive(Clone, Copy)]
pub(crate) enum List {
    Options,
    Entries,
    Left,
    Right,
    Blank(usize),
    /// The question itself has a name as well.
    Question,
}

impl List {
    fn purpose(self) -> String {
        match self {
            List::Options => "options".to_owned(),
            List::Entries => "entries".to_owned(),
            List::Left => "left".to_owned(),
            List::Right => "right".to_owned(),
            List::Blank(at) => format!("blank {at}"),
            List::Question => "question".to_owned(),
        }
    }
}

/// A question's address: its item, the item's version, and the place in a case.
#[derive(Debug, Clone)]
pub(crate) struct Address<'a> {
    pub seed: &'a Seed,
    pub item: &'a str,
    pub version: u32,
    pub part: Option<usize>,
    /// Whether options are shuffled. What would show the key in its own order (order, right side of a match) always is.
    pub shuffle: bool,
}

impl Address<'_> {
    pub fn deal(&self, list: List, count: usize) -> Deal {
        let always = matches!(list, List::Entries | List::Right);
        self.deal_with(list, count, self.shuffle || always, |_| false)
    }

    pub fn options(&self, list: List, options: &[Choice]) -> Deal {
        self.deal_with(list, options.len(), self.shuffle, |at| options[at].stays)
    }

    pub fn name(&self) -> String {
        self.deal_with(List::Question, 1, false, |_| false).names.swap_remove(0)
    }

    fn deal_with(&self, list: List, count: usize, shuffle: bool, stays: impl Fn(usize) -> bool) -> Deal {
        let part = self.part.map_or_else(String::new, |part| part.to_string());
        let whose = ["deal 1", self.item, &self.version.to_string(), &part, &list.purpose()];
        Deal::new(self.seed, &whose, count, shuffle, stays)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_thing_is_dealt_once_and_found_by_its_name(attempt in "[a-z0-9]{1,8}", count in 1usize..26, shuffle: bool) {
            let seed = Seed::of(&[3; 32], "p", &attempt);
            let deal = Deal::new(&seed, &["x"], count, shuffle, |at| at == count - 1);
            let mut sorted = deal.order.clone();
            sorted.sort_unstable();
            prop_assert!(sorted.into_iter().eq(0..count));
            prop_assert_eq!(deal.order[count - 1], count - 1);
            for (at, name) in deal.names.iter().enumerate() {
                prop_assert_eq!(deal.thing(name), Some(deal.order[at]));
            }
            prop_assert_eq!(deal.thing("0"), None);
        }
    }

    /// Over many attempts each option stands in each place about as often, and its name's first letter tells nothing.
    #[test]
    fn neither_place_nor_name_tells_the_option() {
        let (mut first, mut low) = (0, 0);
        for attempt in 0..2000 {
            let seed = Seed::of(&[9; 32], "p", &attempt.to_string());
            let deal = Deal::new(&seed, &["x"], 4, true, |_| false);
            let at = deal.order.iter().position(|thing| *thing == 0).unwrap();
            first += u32::from(at == 0);
            low += u32::from(deal.names.iter().all(|name| deal.names[at] <= *name));
        }
        // 500 expected, deviation 19.4.
        assert!((420..580).contains(&first) && (420..580).contains(&low), "{first} {low}");
    }
}
