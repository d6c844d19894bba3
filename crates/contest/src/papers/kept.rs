//! Reports that were set lately. The same words give the same paper, so what is kept is asked for by what it says: a correction, another day or
//! another language is another paper, and one link that many follow at once is set once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::OnceCell;

/// Of some 100 KiB each.
const PAPERS_KEPT: usize = 32;

/// Empty as long as it is being set.
pub type Paper = Arc<OnceCell<Bytes>>;

/// The newest last.
pub struct Kept<T>(Mutex<VecDeque<(T, Paper)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: PartialEq + Clone> Kept<T> {
    pub fn place(&self, says: &T) -> Paper {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let there = kept.iter().position(|(known, _)| known == says).and_then(|at| kept.remove(at));
        let (says, paper) = there.unwrap_or_else(|| (says.clone(), Paper::default()));
        kept.push_back((says, paper.clone()));
        if kept.len() > PAPERS_KEPT {
            kept.pop_front();
        }
        paper
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_are_one_paper_and_the_oldest_goes_first() {
        let kept: Kept<usize> = Kept::default();
        let first = kept.place(&0);
        assert!(Arc::ptr_eq(&first, &kept.place(&0)));
        assert!(!Arc::ptr_eq(&first, &kept.place(&1)));
        for other in 1..PAPERS_KEPT {
            kept.place(&other);
        }
        assert!(Arc::ptr_eq(&first, &kept.place(&0)), "as many are kept, and this one is the newest now");
        let second = kept.place(&1);
        for other in PAPERS_KEPT..2 * PAPERS_KEPT - 1 {
            kept.place(&other);
        }
        assert!(Arc::ptr_eq(&second, &kept.place(&1)));
        assert!(!Arc::ptr_eq(&first, &kept.place(&0)), "it was the oldest");
    }
}
