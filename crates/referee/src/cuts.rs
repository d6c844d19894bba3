//! Where a signal's values begin to matter: the values at which some comparison turns.
//!
//! Most conditions compare one signal with a constant, so most samples change nothing: the value moved, but stayed on
//! the same side of every constant. A signal therefore knows the stretch of values around its present one in which no
//! condition turns; a sample inside costs one comparison, however many rules there are, and one outside marks just the
//! conditions whose constants it passed.
//!
//! Values are compared by their key, an integer in the order of the values: an integer is its own key, a real's bits
//! are turned so that they ascend.

use crate::code::{Comparison, Leaf};
use crate::rules::{Kind, Readers};

/// A stretch of keys, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    low: i64,
    width: u64,
}

impl Stretch {
    fn between(low: i64, high: i64) -> Stretch {
        Stretch { low, width: high.wrapping_sub(low) as u64 }
    }

    pub fn only(key: i64) -> Stretch {
        Stretch { low: key, width: 0 }
    }

    #[inline(always)]
    pub fn holds(self, key: i64) -> bool {
        key.wrapping_sub(self.low) as u64 <= self.width
    }
}

/// The key of a value by its bits.
#[inline(always)]
pub(crate) fn key_of(kind: Kind, bits: u64) -> i64 {
    match kind {
        Kind::Real => real_key(bits),
        Kind::Bool | Kind::Integer | Kind::Text => bits as i64,
    }
}

/// Negative reals have their order turned round by their sign; all other bits are turned back.
#[inline(always)]
fn real_key(bits: u64) -> i64 {
    let bits = bits as i64;
    bits ^ ((bits >> 63) as u64 >> 1) as i64
}

/// One comparison turns where keys become at least this.
#[derive(Debug)]
struct Cut {
    key: i64,
    turns: Readers,
}

/// What of a signal's values the conditions can tell apart.
#[derive(Debug)]
pub(crate) struct Cuts {
    /// Some reader wants every change: the conditions to be marked then.
    any: Option<Readers>,
    cuts: Box<[Cut]>,
    low: i64,
    high: i64,
}

impl Cuts {
    /// `leaves` are comparisons of this signal with the place of their condition; `changes` are the places of
    /// conditions that read it otherwise; `watched`: its changes are events.
    pub fn new(kind: Kind, leaves: &[(Leaf, u32)], changes: &[u32], watched: bool) -> Cuts {
        let (low, high) = match kind {
            // What is no finite number lies outside.
            Kind::Real => (real_key(f64::MIN.to_bits()), real_key(f64::MAX.to_bits())),
            Kind::Bool | Kind::Integer | Kind::Text => (i64::MIN, i64::MAX),
        };
        let mut places: Vec<(i64, u32)> = Vec::new();
        let mut any: Vec<u32> = changes.to_vec();
        for (leaf, place) in leaves {
            match leaf.cuts() {
                // A text's number says nothing about order.
                _ if kind == Kind::Text => any.push(*place),
                Some(keys) => places.extend(keys.into_iter().flatten().map(|key| (key, *place))),
                None => any.push(*place),
            }
        }
        places.sort_unstable();
        let cuts = places
            .chunk_by(|one, other| one.0 == other.0)
            .map(|same| Cut { key: same[0].0, turns: Readers::of(same.iter().map(|(_, place)| *place)) })
            .collect();
        let any = (watched || !any.is_empty()).then(|| Readers::of(any));
        Cuts { any, cuts, low, high }
    }

    /// The stretch around a key in which nothing turns.
    pub fn around(&self, key: i64) -> Stretch {
        if self.any.is_some() {
            return Stretch::only(key);
        }
        let above = self.cuts.partition_point(|cut| cut.key <= key);
        let low = above.checked_sub(1).map_or(self.low, |below| self.cuts[below].key);
        let high = self.cuts.get(above).map_or(self.high, |cut| cut.key - 1);
        Stretch::between(low, high)
    }

    /// Marks every condition that may have turned between two keys.
    pub fn mark(&self, from: i64, to: i64, dirty: &mut [u64]) {
        if let Some(any) = &self.any {
            any.mark(dirty);
        }
        let (low, high) = if from < to { (from, to) } else { (to, from) };
        let passed = self.cuts.partition_point(|cut| cut.key <= low);
        for cut in self.cuts[passed..].iter().take_while(|cut| cut.key <= high) {
            cut.turns.mark(dirty);
        }
    }
}

impl Leaf {
    /// The keys from which on the comparison has turned. `None`: it turns with any value.
    fn cuts(&self) -> Option<[Option<i64>; 2]> {
        let (at_least, more) = if self.real {
            let constant = f64::from_bits(self.constant);
            if !constant.is_finite() {
                return None;
            }
            // Zero has two spellings that compare as equal: the negative one is the lower key.
            let least = if constant == 0.0 { -0.0 } else { constant };
            let most = if constant == 0.0 { 0.0 } else { constant };
            (Some(real_key(least.to_bits())), real_key(most.to_bits()).checked_add(1))
        } else {
            let constant = self.constant as i64;
            (Some(constant), constant.checked_add(1))
        };
        Some(match self.comparison {
            Comparison::Less | Comparison::GreaterEqual => [at_least, None],
            Comparison::LessEqual | Comparison::Greater => [more, None],
            Comparison::Equal | Comparison::Unequal => [at_least, more],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Comparison; 6] = [
        Comparison::Equal,
        Comparison::Unequal,
        Comparison::Less,
        Comparison::LessEqual,
        Comparison::Greater,
        Comparison::GreaterEqual,
    ];

    fn reals() -> impl Strategy<Value = f64> {
        prop_oneof![
            (-3i32..4).prop_map(f64::from),
            (-3i32..4).prop_map(|near| f64::from(near).next_up()),
            (-3i32..4).prop_map(|near| f64::from(near).next_down()),
            prop::sample::select(vec![-0.0, f64::MIN, f64::MAX, f64::MIN_POSITIVE, 5e-324, -5e-324]),
            prop::num::f64::NORMAL,
        ]
    }

    fn integers() -> impl Strategy<Value = i64> {
        prop_oneof![-4i64..5, prop::sample::select(vec![i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX]), any::<i64>()]
    }

    /// Inside the stretch nothing turns, and on the way from one value to another all that turned is marked.
    fn law(kind: Kind, leaves: &[Leaf], from: u64, to: u64) {
        let placed: Vec<(Leaf, u32)> = leaves.iter().copied().zip(0..).collect();
        let cuts = Cuts::new(kind, &placed, &[], false);
        let (old, new) = (key_of(kind, from), key_of(kind, to));
        let mut dirty = vec![0u64; leaves.len().div_ceil(64)];
        cuts.mark(old, new, &mut dirty);
        for (leaf, place) in &placed {
            let turned = leaf.holds(from) != leaf.holds(to);
            let marked = dirty[*place as usize / 64] >> (place % 64) & 1 == 1;
            assert!(marked || !turned, "{leaf:?} turned between {from:x} and {to:x} and wasn't marked");
            assert!(!(turned && cuts.around(old).holds(new)), "{leaf:?} turned inside the stretch");
        }
        assert!(cuts.around(old).holds(old));
        if leaves.iter().all(|leaf| leaf.holds(from) == leaf.holds(to)) && leaves.len() == 1 {
            // With one constant the stretch is as wide as can be, except around an equality.
            let equality = matches!(leaves[0].comparison, Comparison::Equal | Comparison::Unequal);
            assert!(equality || cuts.around(old).holds(new));
        }
    }

    proptest! {
        #[test]
        fn reals_turn_only_at_cuts(
            constants in prop::collection::vec((0usize..6, reals()), 1..70), from in reals(), to in reals(),
        ) {
            let leaf = |(which, constant): &(usize, f64)| Leaf {
                signal: 0, comparison: ALL[*which], real: true, constant: constant.to_bits(),
            };
            law(Kind::Real, &constants.iter().map(leaf).collect::<Vec<_>>(), from.to_bits(), to.to_bits());
        }

        #[test]
        fn integers_turn_only_at_cuts(
            constants in prop::collection::vec((0usize..6, integers()), 1..70), from in integers(), to in integers(),
        ) {
            let leaf = |(which, constant): &(usize, i64)| Leaf {
                signal: 0, comparison: ALL[*which], real: false, constant: *constant as u64,
            };
            law(Kind::Integer, &constants.iter().map(leaf).collect::<Vec<_>>(), from as u64, to as u64);
        }
    }

    #[test]
    fn what_is_no_finite_number_is_never_inside() {
        let cuts = Cuts::new(Kind::Real, &[], &[], false);
        for real in [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(!cuts.around(real_key(1.0f64.to_bits())).holds(real_key(real.to_bits())), "{real}");
        }
    }
}
