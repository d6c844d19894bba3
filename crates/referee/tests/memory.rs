//! The memory that is promised when rules are loaded, against what a run takes from the allocator.

#![allow(unsafe_code, reason = "an allocator that counts is one")]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Duration;

use common::*;
use kernel::Nanos;
use proptest::prelude::*;
use referee::*;

struct Counting;

thread_local! {
    /// Bytes that this thread has taken and not given back.
    static TAKEN: Cell<i64> = const { Cell::new(0) };
}

fn count(bytes: i64) {
    // A thread that ends gives back after its counter is gone.
    let _ = TAKEN.try_with(|taken| taken.set(taken.get() + bytes));
}

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as i64);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-(layout.size() as i64));
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as i64 - layout.size() as i64);
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const STEP_MS: i64 = 20;

/// Every pattern that keeps something, over windows of this length.
fn rules(over_ms: i64) -> Vec<RuleSpec> {
    let over = format!("{over_ms}ms");
    let window = |statistic| {
        let scale = range("-1", "1");
        let check = CheckSpec::Figure { statistic, of: "x * 2.0".into(), over: over.clone(), scale };
        PatternSpec::On { event: rises("a"), check: Some(check) }
    };
    let phase = |statistic| PatternSpec::Figure { statistic, of: "x".into(), scale: range("-1", "1") };
    let step = |event, within: Option<&str>| StepSpec { event, within: within.map(str::to_owned) };
    let agree = TriggerSpec::Agree {
        witnesses: vec!["a".into(), "b".into(), "c".into()],
        at_least: Some(2),
        within: Some(over.clone()),
    };
    let patterns = vec![
        window(Statistic::Mean),
        window(Statistic::Max),
        window(Statistic::Percentile("90".into())),
        window(Statistic::TimeMean),
        phase(Statistic::Percentile("50".into())),
        phase(Statistic::Integral),
        PatternSpec::Holds { condition: "a && x < 2mm".into(), lasting: over.clone() },
        then("a", "b", &over).pattern,
        PatternSpec::Without { event: rises("a"), without: rises("b"), time: WithoutSpec::Within(over.clone()) },
        PatternSpec::Without { event: rises("a"), without: rises("b"), time: WithoutSpec::Before(over.clone()) },
        PatternSpec::Sequence {
            steps: vec![step(rises("a"), None), step(rises("b"), Some("40ms")), step(rises("c"), None)],
            within: Some(over.clone()),
            each_step: true,
        },
        PatternSpec::Forbidden { first: rises("a"), second: rises("b") },
        PatternSpec::While { condition: "x > 3mm".into(), per: PerSpec::StartedSecond },
        PatternSpec::Count { event: rises("b"), scale: CountScale::Each },
        PatternSpec::On { event: agree, check: None },
    ];
    patterns.into_iter().enumerate().map(|(ix, pattern)| RuleSpec { id: format!("r{ix}"), ..rule(pattern) }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_run_takes_no_more_than_was_said(
        rows in prop::collection::vec((any::<[bool; 4]>(), -40i32..40), 1..600), over_ms in 1i64..8_000,
    ) {
        let rules = set(&rules(over_ms));
        let longest = Duration::from_millis(rows.len() as u64 * STEP_MS as u64);
        let bound = rules.memory_bound().bytes(1_000.0 / STEP_MS as f64, longest) as i64;
        let before = TAKEN.get();
        let mut monitor = Monitor::new(rules.clone(), Nanos(0));
        let mut most = 0;
        for (at, ([a, b, c, fresh], x)) in (0..).zip(&rows) {
            let values = [(0, Value::Bool(*a)), (1, Value::Bool(*b)), (2, Value::Real(f64::from(*x) / 8.0)),
                (3, Value::Bool(*fresh)), (6, Value::Bool(*c))];
            for (signal, value) in values {
                // Now and then one is unknown.
                let quality = if *x == 39 { Quality::Bad } else { Quality::Good };
                let at = Nanos(at * STEP_MS * MS);
                monitor.observe(&Sample { at, signal: SignalIx(signal), value, quality });
            }
            drop(monitor.drain());
            most = most.max(TAKEN.get() - before);
        }
        let taken = most + size_of::<Monitor>() as i64;
        prop_assert!(taken <= bound, "{taken} bytes, at most {bound} were promised");
        drop(monitor);
        prop_assert_eq!(TAKEN.get(), before);
    }
}
