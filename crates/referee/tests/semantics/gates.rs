//! Gates, attempts, floors, and phases that the competitor opens and closes.

use kernel::{Mark, Nanos};
use referee::*;

use crate::common::*;

fn marks(hundredths: i64) -> Option<Mark> {
    Some(Mark::from_hundredths(hundredths))
}

fn on(id: &str, event: TriggerSpec, met: i64, gate: &[&str]) -> RuleSpec {
    RuleSpec {
        id: id.into(),
        met: marks(met),
        gate: gate.iter().map(|id| (*id).to_owned()).collect(),
        ..rule(PatternSpec::On { event, check: None })
    }
}

/// `id:outcome@at→decided marks` of each verdict.
fn all(rules: &[RuleSpec], script: &str) -> String {
    let mut monitor = Monitor::new(set(rules), Nanos(0));
    play(&mut monitor, script);
    monitor.finish(Nanos(1_000 * MS));
    let one = |verdict: &Verdict| {
        let marks = if verdict.marks == Mark::ZERO { String::new() } else { format!(" {}", verdict.marks) };
        let (at, decided) = (verdict.at.0 / MS, verdict.decided_at.0 / MS);
        format!("{}:{}@{at}→{decided}{marks}", verdict.rule, verdict.outcome.code())
    };
    monitor.drain().iter().map(one).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_rule_counts_only_behind_its_gate() {
    let tier = |once| RuleSpec { once, ..on("one", rises("a"), 100, &[]) };
    let rules = |once| [tier(once), on("two", rises("b"), 200, &["one"]), on("three", rises("c"), 300, &["two"])];
    for (script, expected) in [
        // What was found first waits until the gate is met, and counts from then on at once.
        ("100 b=1; 200 a=1; 300 b=0; 400 b=1", "one:met@200→200 1.00, two:met@100→200 2.00, two:met@400→400 2.00"),
        // A chain opens as far as it is met.
        ("100 c=1; 200 b=1; 300 a=1", "one:met@300→300 1.00, two:met@200→300 2.00, three:met@100→300 3.00"),
        ("100 c=1; 300 a=1", "one:met@300→300 1.00, three:missed@100→1000"),
        // At the end of the run a gate that was not met is shut.
        ("100 b=1; 200 c=1", "two:missed@100→1000, three:missed@200→1000"),
        // One that nobody saw is neither.
        ("50 a=?; 60 a=0; 100 b=1; 200 c=1", "one:undecided@50→1000, two:undecided@100→1000, three:undecided@200→1000"),
        // An undecided finding behind a shut gate is worth nothing for certain.
        ("100 b=?; 200 b=1", "two:missed@100→1000"),
        ("100 b=?; 200 b=1; 300 a=1", "one:met@300→300 1.00, two:undecided@100→300"),
    ] {
        assert_eq!(all(&rules(false), &format!("0 a=0 b=0 c=0; {script}")), expected, "{script}");
    }
    // All rules of a gate are needed; one that is certainly not met decides, whatever the others are.
    let both = [tier(false), on("two", rises("b"), 200, &[]), on("last", rises("c"), 300, &["one", "two"])];
    let script = "0 a=0 b=0 c=0; 100 c=1; 200 a=1; 300 b=1";
    assert_eq!(all(&both, script), "one:met@200→200 1.00, two:met@300→300 2.00, last:met@100→300 3.00");
    let script = "0 a=0 b=0 c=0; 100 c=1; 200 a=?; 300 a=0";
    assert_eq!(all(&both, script), "one:undecided@200→1000, last:missed@100→1000");
    // A rule that is judged once and was missed shuts its gate at once.
    let asked = RuleSpec {
        id: "one".into(),
        once: true,
        ..rule(PatternSpec::On {
            event: TriggerSpec::Request(Some("done".into())),
            check: Some(CheckSpec::Is("a".into())),
        })
    };
    let script = "0 a=0 b=0; 100 b=1; 200 !done; 300 b=0; 400 b=1";
    let rules = [asked, on("two", rises("b"), 200, &["one"])];
    assert_eq!(all(&rules, script), "one:missed@200→200, two:missed@100→200, two:missed@400→400");
    // Caps count what was said, in the order in which it was said.
    let capped = [RuleSpec { at_most: marks(300), ..on("two", rises("b"), 200, &["one"]) }, tier(true)];
    let script = "0 a=0 b=0; 100 b=1; 150 b=0; 200 b=1; 300 a=1";
    assert_eq!(all(&capped, script), "one:met@300→300 1.00, two:met@100→300 2.00, two:met@200→300 1.00");
}

#[test]
fn a_gate_says_why() {
    let rules = [on("one", rises("a"), 100, &[]), on("two", rises("b"), 200, &["one"])];
    let sentence = |script: &str| {
        let mut monitor = Monitor::new(set(&rules), Nanos(0));
        play(&mut monitor, script);
        monitor.finish(Nanos(1_000 * MS));
        monitor.drain().pop().unwrap().evidence.sentence
    };
    let text = sentence("0 a=0 b=0; 100 b=1");
    assert_eq!(text.en, "rule: `b` became true at 0.1 s. It doesn't count: one was not met.");
    assert_eq!(text.zh, "规则：0.1 秒时 `b` 变为真。前置规则 one 未达成，不计分。");
    let text = sentence("0 a=0 b=0; 50 a=?; 60 a=0; 100 b=1");
    assert_eq!(text.en, "rule: `b` became true at 0.1 s. Whether one was met is undecided: a judge is asked.");
}

fn best(of: u32, during: PhaseSpec) -> RuleSpec {
    let curve = [("100ms", 300), ("200ms", 200), ("300ms", 0)];
    let curve = curve.iter().map(|(x, marks)| ((*x).into(), Mark::from_hundredths(*marks))).collect();
    RuleSpec {
        id: "best".into(),
        met: None,
        during,
        best_of: Some(of),
        ..rule(PatternSpec::Measure {
            from: TriggerSpec::Begins,
            to: TriggerSpec::Ends,
            scale: ScaleSpec::Curve(curve),
        })
    }
}

#[test]
fn the_best_attempt_counts() {
    let asked = |name: &str| TriggerSpec::Request(Some(name.into()));
    let during = || PhaseSpec::Between { from: asked("start"), to: asked("stop") };
    for (script, expected) in [
        // Decided when the last attempt is over; what comes after is not judged.
        (
            "100 !start; 300 !stop; 400 !start; 500 !stop; 600 !start; 650 !stop",
            "best:met@300→500, best:met@500→500 3.00",
        ),
        // Of equal ones the first.
        ("100 !start; 200 !stop; 300 !start; 400 !stop", "best:met@200→400 3.00, best:met@400→400"),
        // Fewer attempts than allowed: at the end of the run.
        ("100 !start; 300 !stop", "best:met@300→1000 2.00"),
        ("100 x=1", ""),
        // One that was broken off may be better.
        ("100 !start; 300 !stop; 900 !start", "best:undecided@300→1000, best:undecided@1000→1000"),
    ] {
        assert_eq!(all(&[best(2, during())], script), expected, "{script}");
    }
    // Attempts without a finding are worth nothing, which is the best where marks are taken.
    let never = RuleSpec {
        id: "stop".into(),
        best_of: Some(3),
        during: PhaseSpec::While("a".into()),
        ..on("stop", rises("b"), -100, &[])
    };
    let script = "0 a=0 b=0; 100 a=1; 150 b=1; 200 a=0 b=0; 300 a=1; 400 a=0";
    assert_eq!(all(std::slice::from_ref(&never), script), "stop:met@150→1000");
    let script = "0 a=0 b=0; 100 a=1; 150 b=1; 200 a=0";
    assert_eq!(all(&[never], script), "stop:met@150→1000 -1.00");
    // Through a gate as well.
    let rules = [RuleSpec { gate: vec!["one".into()], ..best(2, during()) }, on("one", rises("a"), 100, &[])];
    let script = "0 a=0; 100 !start; 300 !stop; 400 !start; 500 !stop; 800 a=1";
    assert_eq!(all(&rules, script), "one:met@800→800 1.00, best:met@300→800, best:met@500→800 3.00");
}

#[test]
fn the_competitor_opens_and_closes_a_phase() {
    let asked = |name: &str| TriggerSpec::Request(Some(name.into()));
    let count = RuleSpec {
        during: PhaseSpec::Between { from: asked("start"), to: asked("stop") },
        ..rule(PatternSpec::Count { event: rises("a"), scale: CountScale::Each })
    };
    for (script, expected) in [
        ("0 a=0; 50 a=1; 60 a=0; 100 !start; 150 a=1; 160 a=0; 200 a=1 !stop; 250 a=0; 300 a=1", "r:met@200→200 2.00"),
        // Both at one instant: a phase ends later than it begins.
        ("0 a=0; 100 !start !stop; 150 a=1; 200 !stop", "r:met@200→200 1.00"),
        // A request for all checkpoints is one for this one.
        ("0 a=0; 100 !; 150 a=1; 200 !stop", "r:met@200→200 1.00"),
        ("0 a=0; 100 !start; 150 a=1", "r:undecided@1000→1000"),
    ] {
        assert_eq!(all(std::slice::from_ref(&count), script), expected, "{script}");
    }
    assert_eq!(set(&[count]).checkpoints(), ["start", "stop"]);
}

#[test]
fn a_floor_under_the_total() {
    let floored = RuleSpec {
        missed: marks(-100),
        min_total: marks(-50),
        ..rule(PatternSpec::On { event: rises("a"), check: Some(CheckSpec::Is("b".into())) })
    };
    let script = "0 a=0 b=0; 1 a=1; 2 a=0; 3 a=1; 4 a=0 b=1; 5 a=1; 6 a=0 b=0; 7 a=1; 8 a=0; 9 a=1";
    assert_eq!(verdicts(floored, script, 10), "missed@1 -0.50, missed@3, met@5 1.00, missed@7 -1.00, missed@9");
}

/// A chain as long as no file has: each rule waits for the one before it, and the first comes last. What is still to do must not lie on the
/// call stack, so it is given a small one.
#[test]
fn a_chain_of_ten_thousand_gates_opens_in_its_order() {
    const RULES: usize = 10_000;
    let chain = || {
        let link = |nth: usize| {
            let before = format!("r{}", nth.max(1) - 1);
            let gate: &[&str] = if nth == 0 { &[] } else { &[before.as_str()] };
            on(&format!("r{nth}"), rises(if nth == 0 { "a" } else { "b" }), 1, gate)
        };
        let rules: Vec<RuleSpec> = (0..RULES).map(link).collect();
        let set = set(&rules);
        let run = |script: &str| {
            let mut monitor = Monitor::new(set.clone(), Nanos(0));
            play(&mut monitor, script);
            monitor.finish(Nanos(1_000 * MS));
            monitor.drain()
        };
        let opened = run("0 a=0 b=0; 100 b=1; 200 a=1; 300 b=0; 400 b=1");
        let (first, again) = opened.split_at(RULES);
        for (nth, verdict) in first.iter().enumerate() {
            let told = (&*verdict.rule, verdict.outcome, verdict.decided_at, verdict.number);
            assert_eq!(told, (format!("r{nth}").as_str(), Outcome::Met, Nanos(200 * MS), nth as u32));
        }
        assert_eq!(again.len(), RULES - 1, "open gates stay open");
        let shut = run("0 a=0 b=0; 100 b=1");
        assert_eq!(shut.len(), RULES - 1);
        assert!(
            shut.iter().all(|verdict| verdict.outcome == Outcome::Missed && verdict.decided_at == Nanos(1_000 * MS))
        );
    };
    let small = std::thread::Builder::new().stack_size(1 << 20).spawn(chain);
    small.unwrap().join().unwrap();
}
