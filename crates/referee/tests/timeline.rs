//! Several sources in front of a monitor: the award log is the same to the byte for any order of arrival inside the
//! bounds, any speed, any number of threads and after a crash; what comes later is amended, and in the end there stands
//! what stands when all comes in order.

mod common;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use common::*;
use kernel::{Mark, Nanos};
use proptest::prelude::*;
use referee::*;

/// A word of a source: when it arrives, from whom, its count, and what it says (`None`: a request).
#[derive(Debug, Clone)]
struct Word {
    arrives: i64,
    source: usize,
    count: u64,
    at: Nanos,
    sample: Option<Sample>,
}

fn arrive(timeline: &mut Timeline, word: &Word) -> Arrival {
    match &word.sample {
        Some(sample) => timeline.observe(word.source, word.count, sample),
        None => timeline.request(word.source, word.count, word.at, Some("done")),
    }
}

fn rules() -> Arc<RuleSet> {
    static RULES: LazyLock<Arc<RuleSet>> = LazyLock::new(compiled);
    RULES.clone()
}

/// All kinds of memory that a rule may have.
fn compiled() -> Arc<RuleSet> {
    let named = |id: &str, rule: RuleSpec| RuleSpec { id: id.into(), ..rule };
    let mean = CheckSpec::Figure {
        statistic: Statistic::Mean,
        of: "x * 0.3".into(),
        over: "700ms".into(),
        scale: range("-1", "1"),
    };
    let agree = TriggerSpec::Agree {
        witnesses: vec!["a".into(), "b".into(), "x > 1mm".into()],
        at_least: None,
        within: Some("300ms".into()),
    };
    let request = TriggerSpec::Request(Some("done".into()));
    set(&[
        named("holds", holds("a && x < 2.5mm", "300ms")),
        named("then", then("a", "b", "250ms")),
        named("mean", rule(PatternSpec::On { event: rises("b"), check: Some(mean) })),
        named("fresh", rule(PatternSpec::On { event: rises("fresh"), check: None })),
        RuleSpec {
            at_most: Some(Mark::from_hundredths(300)),
            gate: vec!["holds".into()],
            ..named("agree", rule(PatternSpec::On { event: agree, check: None }))
        },
        RuleSpec {
            during: PhaseSpec::While("a".into()),
            best_of: Some(3),
            ..named("best", rule(PatternSpec::Count { event: rises("b"), scale: CountScale::Each }))
        },
        RuleSpec {
            min_total: Some(Mark::from_hundredths(-200)),
            met: Some(Mark::from_hundredths(-100)),
            ..named("while", rule(PatternSpec::While { condition: "x > 3mm".into(), per: PerSpec::StartedSecond }))
        },
        named(
            "share",
            rule(PatternSpec::Figure {
                statistic: Statistic::ShareInBand { low: Some("-1".into()), high: Some("2mm".into()) },
                of: "x".into(),
                scale: range("30%", "~"),
            }),
        ),
        named("asked", rule(PatternSpec::On { event: request, check: Some(CheckSpec::Is("a".into())) })),
    ])
}

const BOUND_MS: i64 = 500;

fn bounds(sources: usize, amend_within: Option<Duration>) -> Bounds {
    Bounds { amends: amend_within.map_or(Amends::All, Amends::Within), ..Bounds::usual(sources) }
}

/// Up to 60 instants; at each some signals of three sources, one of which speaks of what another speaks of too.
fn words(delay_ms: i64) -> impl Strategy<Value = Vec<Word>> {
    let said = (any::<bool>(), any::<bool>(), -40i32..40, 0u8..32, [0..delay_ms, 0..delay_ms, 0..delay_ms]);
    prop::collection::vec((1i64..300, said), 1..60).prop_map(|steps| {
        let mut words: Vec<Word> = Vec::new();
        let mut counts = [0u64; 3];
        let mut now = 0;
        for (step, (a, b, x, which, delays)) in steps {
            now += step;
            let at = Nanos(now * MS);
            let mut say = |source: usize, signal: u32, value, quality| {
                counts[source] += 1;
                let sample = Some(Sample { at, signal: SignalIx(signal), value, quality });
                words.push(Word { arrives: now + delays[source], source, count: counts[source], at, sample });
            };
            if which & 1 != 0 {
                say(0, 0, Value::Bool(a), Quality::Good);
            }
            if which & 2 != 0 {
                say(1, 1, Value::Bool(b), if which == 3 { Quality::Bad } else { Quality::Good });
            }
            if which & 4 != 0 {
                say(2, 2, Value::Real(f64::from(x) / 8.0), Quality::Good);
            }
            if which & 8 != 0 {
                say(1, 2, Value::Real(f64::from(x) / 4.0), Quality::Good);
            }
            if which & 16 != 0 {
                say(2, 3, Value::Bool(a != b), Quality::Good);
            }
            if which == 0 {
                counts[0] += 1;
                words.push(Word { arrives: now + delays[0], source: 0, count: counts[0], at, sample: None });
            }
        }
        words
    })
}

fn end_of(words: &[Word]) -> Nanos {
    Nanos(words.iter().map(|word| word.at.0).max().unwrap_or(0) + 3_000 * MS)
}

/// In the one order that the timeline makes of them.
fn in_order(words: &[Word]) -> Vec<Word> {
    let mut words = words.to_vec();
    words.sort_by_key(|word| (word.at, word.source, word.count));
    words
}

fn by_arrival(words: &[Word]) -> Vec<Word> {
    let mut words = words.to_vec();
    words.sort_by_key(|word| word.arrives);
    words
}

fn log_of(timeline: &mut Timeline, words: &[Word], end: Nanos) -> Vec<Entry> {
    let mut log = Vec::new();
    for word in words {
        arrive(timeline, word);
        log.extend(timeline.drain());
    }
    timeline.finish(end);
    log.extend(timeline.drain());
    log
}

fn judged_in_order(words: &[Word]) -> Vec<Verdict> {
    let mut monitor = Monitor::new(rules(), Nanos(0));
    for word in in_order(words) {
        match &word.sample {
            Some(sample) => monitor.observe(sample),
            None => monitor.request(word.at, Some("done")),
        };
    }
    monitor.finish(end_of(words));
    monitor.drain()
}

/// What stands after all lines of a log; each number is said once and withdrawn once at most.
fn standing(log: &[Entry]) -> Vec<Verdict> {
    let mut standing: BTreeMap<u32, Verdict> = BTreeMap::new();
    let mut next = 0;
    for entry in log {
        let (number, verdict) = match entry {
            Entry::Said(verdict) | Entry::Added { verdict, .. } => (None, Some(verdict)),
            Entry::Instead { number, verdict, .. } => (Some(*number), Some(verdict)),
            Entry::Withdrawn { number, .. } => (Some(*number), None),
        };
        if let Some(number) = number {
            let old = standing.remove(&number).expect("it stood");
            assert!(verdict.is_none_or(|verdict| verdict.rule == old.rule));
        }
        if let Some(verdict) = verdict {
            assert_eq!(verdict.number, next);
            next += 1;
            standing.insert(verdict.number, verdict.clone());
        }
    }
    alike(standing.into_values().collect())
}

/// In an order and with numbers that say nothing of when they were found.
fn alike(mut verdicts: Vec<Verdict>) -> Vec<Verdict> {
    verdicts.iter_mut().for_each(|verdict| verdict.number = 0);
    verdicts
        .sort_by_key(|verdict| (verdict.decided_at, verdict.rule_ix, verdict.at, format!("{:?}", verdict.evidence)));
    verdicts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_order_inside_the_bounds_gives_the_same_log(
        words in words(BOUND_MS + 1),
        again in prop::collection::vec((any::<prop::sample::Index>(), 0..BOUND_MS), 20),
        looks in prop::collection::vec(any::<u8>(), 20),
    ) {
        let end = end_of(&words);
        let expected: Vec<Entry> = judged_in_order(&words).into_iter().map(Entry::Said).collect();
        let ordered = log_of(&mut Timeline::new(rules(), Nanos(0), &bounds(3, None)), &in_order(&words), end);
        prop_assert_eq!(&ordered, &expected);

        // Some are said twice, by the same count; and somebody looks now and then.
        let mut arriving = by_arrival(&words);
        for (which, later) in again {
            let word = which.get(&words).clone();
            arriving.push(Word { arrives: word.arrives + later, ..word });
        }
        let mut timeline = Timeline::new(rules(), Nanos(0), &bounds(3, None));
        let mut log = Vec::new();
        for (word, look) in by_arrival(&arriving).iter().zip(looks.iter().cycle()) {
            let arrival = arrive(&mut timeline, word);
            prop_assert!(matches!(arrival, Arrival::InTime | Arrival::Duplicate), "{arrival:?} {word:?}");
            if *look < 100 {
                log.extend(timeline.drain());
            }
        }
        timeline.finish(end);
        log.extend(timeline.drain());
        prop_assert_eq!(format!("{log:?}"), format!("{expected:?}"));
        prop_assert_eq!(timeline.arrivals().in_time, words.len() as u64);
        prop_assert_eq!(timeline.arrivals().duplicates, 20);
    }

    /// A reader that polls every 50 ms takes other portions at other speeds, and says how far a source has come.
    #[test]
    fn any_speed_gives_the_same_log(words in words(BOUND_MS + 1)) {
        let end = end_of(&words);
        let arriving = by_arrival(&words);
        let logs = [1, 100, i64::MAX].map(|speed| {
            let mut timeline = Timeline::new(rules(), Nanos(0), &bounds(3, Some(Duration::from_secs(2))));
            let mut log = Vec::new();
            let polls = arriving.chunk_by(|one, other| one.arrives / 50.max(speed) == other.arrives / 50.max(speed));
            for portion in polls {
                for word in portion {
                    arrive(&mut timeline, word);
                }
                let told = portion[portion.len() - 1].arrives - BOUND_MS - 1;
                (0..3).for_each(|source| timeline.told_until(source, Nanos(told * MS)));
                log.extend(timeline.drain());
            }
            timeline.finish(end);
            log.extend(timeline.drain());
            format!("{log:?}")
        });
        prop_assert_eq!(&logs[0], &logs[1]);
        prop_assert_eq!(&logs[0], &logs[2]);
    }

    /// Whatever is late: in the end there stands what stands when all comes in order.
    #[test]
    fn what_is_late_is_amended(words in words(4_000), amend_s in prop::option::of(5u64..20)) {
        let amend_within = amend_s.map(Duration::from_secs);
        let mut timeline = Timeline::new(rules(), Nanos(0), &bounds(3, amend_within));
        let arriving = by_arrival(&words);
        let log = log_of(&mut timeline, &arriving, end_of(&words));
        prop_assert_eq!(timeline.arrivals().too_late, 0);
        prop_assert_eq!(standing(&log), alike(judged_in_order(&words)));

        // Also what comes after the end of the run.
        let (soon, after): (Vec<Word>, Vec<Word>) = arriving.into_iter().partition(|word| word.arrives % 3 > 0);
        let mut timeline = Timeline::new(rules(), Nanos(0), &bounds(3, None));
        let mut log = log_of(&mut timeline, &soon, end_of(&words));
        for word in &after {
            prop_assert_eq!(arrive(&mut timeline, word), Arrival::Late);
        }
        log.extend(timeline.drain());
        prop_assert_eq!(standing(&log), alike(judged_in_order(&words)));
    }

    /// After a crash the same words are read again, and the log goes on where it was; so it does from a copy.
    #[test]
    fn a_crash_changes_nothing(words in words(4_000), crash in any::<prop::sample::Index>()) {
        let end = end_of(&words);
        let arriving = by_arrival(&words);
        let new = || Timeline::new(rules(), Nanos(0), &bounds(3, Some(Duration::from_secs(3))));
        let whole = log_of(&mut new(), &arriving, end);
        let at = crash.index(arriving.len());
        let mut before = new();
        let mut written = Vec::new();
        for word in &arriving[..at] {
            arrive(&mut before, word);
        }
        written.extend(before.drain());
        prop_assert_eq!(&whole[..written.len()], &written[..]);
        prop_assert_eq!(&log_of(&mut new(), &arriving, end), &whole);
        written.extend(log_of(&mut before.clone(), &arriving[at..], end));
        prop_assert_eq!(&written, &whole);
    }

    /// A monitor that is built again from the recording at any point goes on as if nothing had been.
    #[test]
    fn a_monitor_is_built_again_from_the_recording(words in words(1), crash in any::<prop::sample::Index>()) {
        let whole = judged_in_order(&words);
        let ordered = in_order(&words);
        let at = crash.index(ordered.len());
        let feed = |monitor: &mut Monitor, words: &[Word]| {
            for word in words {
                match &word.sample {
                    Some(sample) => monitor.observe(sample),
                    None => monitor.request(word.at, Some("done")),
                };
            }
            monitor.drain()
        };
        let mut first = Monitor::new(rules(), Nanos(0));
        let mut log = feed(&mut first, &ordered[..at]);
        drop(first);
        let mut second = Monitor::new(rules(), Nanos(0));
        let repeated = feed(&mut second, &ordered[..at]);
        prop_assert_eq!(&repeated, &log);
        log.extend(feed(&mut second, &ordered[at..]));
        second.finish(end_of(&words));
        log.extend(second.drain());
        prop_assert_eq!(format!("{log:?}"), format!("{whole:?}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn any_number_of_threads_gives_the_same_log(runs in prop::collection::vec(words(2_000), 1..24)) {
        let rules = rules();
        let judge = |words: &Vec<Word>| {
            let mut timeline = Timeline::new(rules.clone(), Nanos(0), &bounds(3, Some(Duration::from_secs(1))));
            format!("{:?}\n", log_of(&mut timeline, &by_arrival(words), end_of(words)))
        };
        let alone: String = runs.iter().map(judge).collect();
        for threads in [2, 3, 8] {
            let share = runs.len().div_ceil(threads);
            let together: String = std::thread::scope(|scope| {
                let parts: Vec<_> =
                    runs.chunks(share).map(|runs| scope.spawn(|| runs.iter().map(judge).collect::<String>())).collect();
                parts.into_iter().map(|part| part.join().unwrap()).collect()
            });
            prop_assert_eq!(&alone, &together);
        }
    }
}

/// `source count at_ms signal=value` for each word.
fn says(timeline: &mut Timeline, script: &str) -> Vec<Arrival> {
    script
        .split(';')
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [source, count, at, said] = words[..] else { panic!("{line}") };
            let (name, written) = said.split_once('=').unwrap();
            let signal = rules().signal(name).unwrap();
            let value = match signals()[signal.index()].kind {
                SignalKind::Bool => Value::Bool(written == "1"),
                _ => Value::Real(written.parse().unwrap()),
            };
            let at = Nanos(at.parse::<i64>().unwrap() * MS);
            let sample = Sample { at, signal, value, quality: Quality::Good };
            timeline.observe(source.parse().unwrap(), count.parse().unwrap(), &sample)
        })
        .collect()
}

fn lines(timeline: &mut Timeline) -> Vec<String> {
    let shown = |verdict: &Verdict| said(std::slice::from_ref(verdict));
    let one = |entry: Entry| match entry {
        Entry::Said(verdict) => format!("{} {}", verdict.number, shown(&verdict)),
        Entry::Instead { number, verdict, .. } => format!("{} for {number} {}", verdict.number, shown(&verdict)),
        Entry::Withdrawn { number, .. } => format!("not {number}"),
        Entry::Added { verdict, .. } => format!("{} added {}", verdict.number, shown(&verdict)),
    };
    timeline.drain().into_iter().map(one).collect()
}

fn watched(rule: RuleSpec, sources: usize) -> Timeline {
    Timeline::new(set(&[rule]), Nanos(0), &bounds(sources, Some(Duration::from_secs(10))))
}

#[test]
fn late_samples_withdraw_replace_and_add() {
    use Arrival::*;
    let mut timeline = watched(then("a", "b", "2s"), 1);
    let arrivals = says(&mut timeline, "0 1 0 a=0; 0 2 0 b=0; 0 3 1000 a=1; 0 4 3501 a=0");
    assert_eq!(arrivals, [InTime; 4]);
    assert_eq!(lines(&mut timeline), ["0 missed@3000 -0.50"]);
    // The answer was on its way: it is said when the next sample goes on.
    assert_eq!(says(&mut timeline, "0 5 2500 b=1"), [Late]);
    assert_eq!(lines(&mut timeline), [""; 0]);
    says(&mut timeline, "0 6 4100 x=0");
    assert_eq!(lines(&mut timeline), ["1 for 0 met@2500 1.00"]);
    // Two of them, then one that leaves nothing of the question, then one that brings it back.
    assert_eq!(says(&mut timeline, "0 7 3000 b=0; 0 8 999 a=1; 0 9 4700 x=0"), [Late, Late, InTime]);
    assert_eq!(lines(&mut timeline), ["2 for 1 met@2500 1.00"]);
    assert_eq!(says(&mut timeline, "0 10 0 a=1; 0 11 5300 x=0"), [Late, InTime]);
    assert_eq!(lines(&mut timeline), ["not 2"]);
    assert_eq!(says(&mut timeline, "0 12 500 a=0; 0 13 5900 x=0"), [Late, InTime]);
    assert_eq!(lines(&mut timeline), ["3 added met@2500 1.00"]);
    // After the end as well, at once; beyond the end nothing.
    timeline.finish(Nanos(6_000 * MS));
    assert_eq!(says(&mut timeline, "0 15 700 b=0; 0 14 600 b=1; 0 16 6001 b=1"), [Late, Late, AfterEnd]);
    assert_eq!(lines(&mut timeline), [""; 0]);
    assert_eq!(says(&mut timeline, "0 17 2000 b=1"), [Late]);
    assert_eq!(lines(&mut timeline), ["4 for 3 met@2000 1.00"]);
    assert_eq!(timeline.arrivals().late, 8);
    assert_eq!(timeline.arrivals().latest_by_ns, 5_400 * MS);
}

#[test]
fn an_amendment_says_why() {
    let mut timeline = watched(holds("a", "1s"), 1);
    says(&mut timeline, "0 1 0 a=0; 0 2 1000 a=1; 0 3 2600 a=1; 0 4 1500 a=0; 0 5 3200 a=1");
    let because = |timeline: &mut Timeline| match timeline.drain().pop() {
        Some(Entry::Withdrawn { because, .. } | Entry::Added { because, .. }) => because,
        other => panic!("{other:?}"),
    };
    let text = because(&mut timeline);
    assert_eq!(text.en, "`a` of 1.5 s came 0.6 s late; that time was judged again.");
    assert_eq!(text.zh, "1.5 秒 的`a`迟到 0.6 秒，已重新判定。");
    says(&mut timeline, "0 6 3700 a=1; 0 7 2700 a=0; 0 8 1600 a=1; 0 9 4300 a=1");
    let text = because(&mut timeline);
    assert_eq!(text.en, "2 samples came late, the first of them `a` of 2.7 s by 0.5 s; that time was judged again.");
}

#[test]
fn sources_are_waited_for_as_their_bounds_say() {
    use Arrival::*;
    let on = || rule(PatternSpec::On { event: rises("a"), check: None });
    // Exactly as late as allowed is in time.
    let mut timeline = watched(on(), 1);
    assert_eq!(
        says(&mut timeline, "0 1 0 a=0; 0 2 1000 x=0; 0 3 500 a=1; 0 4 499 a=0"),
        [InTime, InTime, InTime, Late]
    );
    // Nobody is judged before the slower source has spoken.
    let mut timeline = watched(on(), 2);
    says(&mut timeline, "0 1 0 a=0; 0 2 100 a=1; 0 3 1900 x=0");
    assert_eq!(timeline.judged_before(), Nanos(-600 * MS));
    assert_eq!(lines(&mut timeline), [""; 0]);
    says(&mut timeline, "1 1 1900 x=0");
    assert_eq!(timeline.judged_before(), Nanos(1_400 * MS));
    assert_eq!(lines(&mut timeline), ["0 met@100 1.00"]);
    // One that says nothing for two seconds is not waited for.
    says(&mut timeline, "0 4 5000 x=0");
    assert_eq!(timeline.judged_before(), Nanos(2_500 * MS));
    // It says how far it has come.
    timeline.told_until(1, Nanos(4_800 * MS));
    assert_eq!(timeline.judged_before(), Nanos(4_500 * MS));
    timeline.told_until(0, Nanos(4_700 * MS));
    assert_eq!(timeline.judged_before(), Nanos(4_700 * MS + 1));
    assert_eq!(says(&mut timeline, "0 5 4700 a=1; 2 1 5000 a=1; 0 1 0 a=0"), [Late, Refused, Duplicate]);
}

#[test]
fn what_lies_too_far_back_changes_nothing_and_is_counted() {
    use Arrival::*;
    let on = rule(PatternSpec::On { event: rises("a"), check: None });
    let mut timeline = watched(on, 1);
    for second in 0..60 {
        says(&mut timeline, &format!("0 {} {} x={second}", second * 2, second * 1_000));
    }
    assert_eq!(
        says(&mut timeline, "0 1 5000 a=0; 0 3 6000 a=1; 0 5 50000 a=0; 0 7 51000 a=1; 0 200 61000 x=0"),
        [TooLate, TooLate, Late, Late, InTime]
    );
    assert_eq!(lines(&mut timeline), ["0 added met@51000 1.00"]);
    assert_eq!(timeline.arrivals().too_late, 2);
}

/// What is found at another time is another matter, though the rule is the same.
#[test]
fn one_verdict_replaces_another_of_its_own_time_only() {
    let mut timeline = watched(rule(PatternSpec::On { event: rises("a"), check: None }), 1);
    says(&mut timeline, "0 1 0 a=0; 0 2 1000 a=1; 0 3 1500 a=0; 0 4 5000 x=0");
    assert_eq!(lines(&mut timeline), ["0 met@1000 1.00"]);
    says(&mut timeline, "0 5 900 a=1; 0 6 950 a=1; 0 7 6000 x=0");
    assert_eq!(lines(&mut timeline), ["not 0", "1 added met@900 1.00"]);
    let mut timeline = watched(holds("a", "1s"), 1);
    says(&mut timeline, "0 1 0 a=0; 0 2 1000 a=1; 0 4 5000 x=0");
    assert_eq!(lines(&mut timeline), ["0 met@2000 1.00"]);
    says(&mut timeline, "0 5 900 a=1; 0 7 6000 x=0");
    assert_eq!(lines(&mut timeline), ["1 for 0 met@1900 1.00"]);
}

/// A cut of ten minutes that is told afterwards is judged as if it had not been.
#[test]
fn a_long_cut_is_made_good() {
    let count = || rule(PatternSpec::Count { event: rises("a"), scale: CountScale::Each });
    let mut timeline = Timeline::new(set(&[count()]), Nanos(0), &bounds(2, None));
    for ix in 0..6_000i64 {
        says(&mut timeline, &format!("0 {ix} {} x=1", ix * 100));
    }
    for ix in 0..6_000i64 {
        says(&mut timeline, &format!("1 {ix} {} a={}", ix * 100, ix % 2));
    }
    timeline.finish(Nanos(600_000 * MS));
    assert_eq!(lines(&mut timeline), ["0 met@600000 3000.00"]);
}
