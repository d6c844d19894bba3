//! Which family answers which scarce question. Source: Kuhn, "The Hungarian method for the assignment problem", Naval
//! Research Logistics Quarterly 2 (1955), in its unweighted form: augmenting paths in a bipartite graph.

use rustc_hash::FxHashMap;

/// Gives each question one of its families, each family to one question at most, as many as can be; `None` for a question
/// that gets none. Families are tried in the order they stand in.
pub(super) fn matched(questions: &[&[u32]]) -> Vec<Option<u32>> {
    let mut taken: FxHashMap<u32, usize> = FxHashMap::default();
    for question in 0..questions.len() {
        let mut seen = FxHashMap::default();
        augment(question, questions, &mut taken, &mut seen);
    }
    let mut given = vec![None; questions.len()];
    for (family, question) in taken {
        given[question] = Some(family);
    }
    given
}

/// Looks, breadth first, for a free family, and moves the questions on the way to it.
fn augment(
    first: usize,
    questions: &[&[u32]],
    taken: &mut FxHashMap<u32, usize>,
    came_from: &mut FxHashMap<u32, usize>,
) -> bool {
    let mut waiting = std::collections::VecDeque::from([first]);
    while let Some(question) = waiting.pop_front() {
        for &family in questions[question] {
            if came_from.contains_key(&family) {
                continue;
            }
            came_from.insert(family, question);
            match taken.get(&family) {
                Some(&holder) => waiting.push_back(holder),
                None => {
                    let mut family = family;
                    loop {
                        let question = came_from[&family];
                        let before = taken.iter().find(|(_, holder)| **holder == question).map(|(family, _)| *family);
                        taken.insert(family, question);
                        match before {
                            Some(left) => {
                                taken.remove(&left);
                                family = left;
                            }
                            None => return true,
                        }
                    }
                }
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By trying everything.
    fn most(questions: &[Vec<u32>], used: u32) -> usize {
        let Some((first, rest)) = questions.split_first() else { return 0 };
        let without = most(rest, used);
        let with = first.iter().filter(|family| used & (1 << **family) == 0);
        with.map(|family| 1 + most(rest, used | (1 << family))).max().unwrap_or(0).max(without)
    }

    proptest! {
        #[test]
        fn as_many_as_can_be_get_one(questions in prop::collection::vec(prop::collection::vec(0u32..6, 0..4), 0..6)) {
            let lists: Vec<&[u32]> = questions.iter().map(Vec::as_slice).collect();
            let given = matched(&lists);
            let mut families: Vec<u32> = given.iter().flatten().copied().collect();
            prop_assert_eq!(families.len(), most(&questions, 0));
            families.sort_unstable();
            families.dedup();
            prop_assert_eq!(families.len(), most(&questions, 0));
            for (question, family) in given.iter().enumerate() {
                prop_assert!(family.is_none_or(|family| questions[question].contains(&family)));
            }
        }
    }
}
