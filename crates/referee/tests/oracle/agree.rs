//! Witnesses, with all that they ever said in view.

use proptest::prelude::*;
use referee::*;

use crate::common::*;
use crate::{found, risings, rows};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_500))]

    #[test]
    fn so_many_of_three(rows in rows(), within in 1i64..900, needed in 2usize..=3) {
        let end = rows[rows.len() - 1].0 + 5;
        let words = [risings(&rows, |row| row.1), risings(&rows, |row| row.2), risings(&rows, |row| row.3 > 8)];
        // Each word is free, or belongs to an agreement. In the order of time an agreement takes the newest free words
        // of all witnesses, and then one word of each that was silent, until the time of its first word is over.
        let mut free: Vec<(i64, usize)> = Vec::new();
        let (mut open_until, mut silent) = (i64::MIN, Vec::new());
        let mut expected = Vec::new();
        for (t, ..) in &rows {
            for (witness, _) in words.iter().enumerate().filter(|(_, said)| said.contains(t)) {
                if *t <= open_until && silent.contains(&witness) {
                    silent.retain(|other| *other != witness);
                } else {
                    free.push((*t, witness));
                }
            }
            let newest = |witness| free.iter().rev().find(|(said, who)| *who == witness && *said >= t - within);
            let together: Vec<(i64, usize)> = (0..3).filter_map(newest).copied().collect();
            if free.last().is_some_and(|(said, _)| said == t) && together.len() >= needed {
                expected.push((*t, Outcome::Met));
                open_until = together.iter().map(|(said, _)| *said).min().unwrap_or(*t) + within;
                silent = (0..3).filter(|witness| together.iter().all(|(_, who)| who != witness)).collect();
                free.retain(|(_, who)| silent.contains(who));
            }
        }
        // All are connected all the time: a majority of three are two.
        let at_least = [Some(needed as u32), None];
        for at_least in at_least.into_iter().take(if needed == 2 { 2 } else { 1 }) {
            let event = TriggerSpec::Agree {
                witnesses: vec!["a".into(), "b".into(), "x > 1mm".into()], at_least, within: Some(format!("{within}ms")),
            };
            prop_assert_eq!(found(rule(PatternSpec::On { event, check: None }), &rows, end), &expected[..]);
        }
    }
}
