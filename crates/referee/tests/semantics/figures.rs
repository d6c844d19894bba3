//! Statistics: what counts at the edges of a window and of a phase.

use kernel::{Mark, Nanos};
use referee::*;

use crate::common::*;

fn band(low: &str, high: &str) -> (Option<String>, Option<String>) {
    let bound = |text: &str| (text != "~").then(|| text.to_owned());
    (bound(low), bound(high))
}

fn time_in(low: &str, high: &str) -> Statistic {
    let (low, high) = band(low, high);
    Statistic::TimeInBand { low, high }
}

fn share_in(low: &str, high: &str) -> Statistic {
    let (low, high) = band(low, high);
    Statistic::ShareInBand { low, high }
}

/// Met when the statistic over the second before `a` rises is exactly this.
fn before(statistic: Statistic, figure: &str) -> RuleSpec {
    let check = CheckSpec::Figure { statistic, of: "x".into(), over: "1s".into(), scale: range(figure, figure) };
    rule(PatternSpec::On { event: rises("a"), check: Some(check) })
}

fn over(during: PhaseSpec, statistic: Statistic, figure: &str) -> RuleSpec {
    RuleSpec { during, ..rule(PatternSpec::Figure { statistic, of: "x".into(), scale: range(figure, figure) }) }
}

#[test]
fn windows_before_an_event() {
    use Statistic::*;
    let steps = "0 a=0 x=2; 500 x=4; 1000 x=100 a=1";
    let bands = "0 a=0 x=2; 250 x=4; 500 x=4.001; 750 x=3; 1000 a=1";
    let four = "0 a=0 x=100; 250 x=1; 500 x=2; 750 x=4; 1000 x=8 a=1";
    let percentile = |text: &str| Percentile(text.into());
    for (statistic, figure, script, expected) in [
        // A sample holds until the next one: the one at t − T fills its beginning, the one at t has no time.
        (TimeMean, "3", steps, "met@1000 1.00"),
        (Integral, "3", steps, "met@1000 1.00"),
        (Last, "100", steps, "met@1000 1.00"),
        (Mean, "52", steps, "met@1000 1.00"),
        // The sample before the window counts for what is held.
        (TimeMean, "2.6", "0 a=0 x=2; 1700 x=4; 2000 a=1", "met@2000 1.00"),
        (TimeMean, "2", "0 a=0 x=2; 5000 a=1", "met@5000 1.00"),
        (Last, "2", "0 a=0 x=2; 5000 a=1", "met@5000 1.00"),
        (Mean, "2", "0 a=0 x=2; 5000 a=1", "undecided@5000"),
        (percentile("50"), "2", "0 a=0 x=2; 5000 a=1", "undecided@5000"),
        // Nobody knows what was so before the first sample.
        (TimeMean, "2", "0 a=0; 100 x=2; 1000 a=1", "undecided@1000"),
        (TimeMean, "2", "0 a=0; 100 x=2; 1100 a=1", "met@1100 1.00"),
        // A gap inside, and one that has just left.
        (TimeMean, "1", "0 a=0 x=1; 500 x=?; 600 x=1; 1599.999999 a=1", "undecided@1599.999999"),
        (TimeMean, "1", "0 a=0 x=1; 500 x=?; 600 x=1; 1600 a=1", "met@1600 1.00"),
        (Last, "1", "0 a=0 x=1; 500 x=?; 600 x=1; 1500 a=1", "undecided@1500"),
        // Bands are closed.
        (time_in("2", "4"), "750ms", bands, "met@1000 1.00"),
        (share_in("2", "4"), "75%", bands, "met@1000 1.00"),
        (share_in("~", "4mm"), "75", bands, "met@1000 1.00"),
        (share_in("4.001", "~"), "25", bands, "met@1000 1.00"),
        // (t − T, t], straight between two samples.
        (percentile("50"), "3", four, "met@1000 1.00"),
        (percentile("95"), "7.4", four, "met@1000 1.00"),
        (percentile("0"), "1", four, "met@1000 1.00"),
        (percentile("100"), "8", four, "met@1000 1.00"),
    ] {
        assert_eq!(verdicts(before(statistic.clone(), figure), script, 6_000), expected, "{statistic:?} {script}");
    }
}

#[test]
fn phases_as_a_whole() {
    use Statistic::*;
    let during = || PhaseSpec::While("a".into());
    let between = || PhaseSpec::Between { from: rises("a"), to: rises("b") };
    for (phase, statistic, figure, script, expected) in [
        // What was held at the beginning counts, the instant of a `while`'s end does not.
        (during(), TimeMean, "3", "0 a=0 x=2; 1000 a=1; 1500 x=4; 2000 a=0 x=100", "met@2000 1.00"),
        (during(), TimeMean, "3", "0 a=0 x=9; 1000 a=1 x=2; 1500 x=4; 2000 a=0", "met@2000 1.00"),
        (during(), Last, "2", "0 a=0 x=2; 1000 a=1; 2000 a=0 x=100", "met@2000 1.00"),
        // From one event to another both instants are inside; an instant has no time.
        (between(), Last, "100", "0 a=0 b=0 x=2; 1000 a=1; 2000 b=1 x=100", "met@2000 1.00"),
        (between(), TimeMean, "2", "0 a=0 b=0 x=2; 1000 a=1; 2000 b=1 x=100", "met@2000 1.00"),
        (between(), time_in("2", "2"), "1s", "0 a=0 b=0 x=2; 1000 a=1; 2000 b=1 x=100", "met@2000 1.00"),
        // Over the run time counts from the first sample on.
        (PhaseSpec::Run, Integral, "8", "500 x=2; 1000 x=4", "missed@6000"),
        (PhaseSpec::Run, Integral, "21", "500 x=2; 1000 x=4", "met@6000 1.00"),
        (PhaseSpec::Run, TimeMean, "3", "500 x=3", "met@6000 1.00"),
        // A phase without time says what is so at its instant.
        (during(), TimeMean, "2", "0 a=0 x=2; 6000 a=1", "met@6000 1.00"),
        (during(), share_in("2", "3"), "100%", "0 a=0 x=2; 6000 a=1", "met@6000 1.00"),
        (during(), TimeMean, "1", "0 a=0 x=1; 1000 a=1; 1200 x=?; 1300 x=1; 2000 a=0", "undecided@2000"),
        (during(), share_in("0", "9"), "100%", "0 a=0 x=?; 1000 a=1; 1300 x=1; 2000 a=0", "undecided@2000"),
        (
            during(),
            Percentile("50".into()),
            "3",
            "0 a=0 x=5; 1000 a=1; 1100 x=1; 1200 x=2; 1300 x=4; 1400 x=8; 2000 a=0 x=99",
            "met@2000 1.00",
        ),
        (during(), Percentile("50".into()), "5", "0 a=0 x=5; 1000 a=1; 2000 a=0 x=99", "undecided@2000"),
        (PhaseSpec::Run, Last, "1", "0 a=0", "undecided@6000"),
    ] {
        assert_eq!(verdicts(over(phase, statistic.clone(), figure), script, 6_000), expected, "{statistic:?} {script}");
    }
}

#[test]
fn their_sentences_say_figure_and_unit() {
    let said = |statistic, scale, script: &str| {
        let figure = RuleSpec {
            met: Some(Mark::from_hundredths(100)),
            ..rule(PatternSpec::Figure { statistic, of: "x".into(), scale })
        };
        let mut monitor = Monitor::new(set(&[figure]), Nanos(0));
        play(&mut monitor, script);
        monitor.finish(Nanos(1_000 * MS));
        monitor.drain().remove(0).evidence.sentence
    };
    let script = "0 x=2; 250 x=4; 500 x=4.001; 750 x=3";
    let text = said(time_in("2", "4"), range("0.5s", "~"), script);
    assert_eq!(
        text.en,
        "rule: from 0 s to 1 s the time in 2 mm to 4 mm of `x` was 0.75 s (4 samples), wanted at least 0.5 s. 1.00 marks."
    );
    assert_eq!(
        text.zh,
        "规则：0 秒至 1 秒，`x` 的在 2 mm至 4 mm之间的时间为 0.75 秒（4 个样本），应不小于 0.5 秒。得 1.00 分。"
    );
    let text = said(share_in("2", "~"), range("50%", "90%"), script);
    assert!(
        text.en.contains("the share of the time at or above 2 mm of `x` was 100 % (4 samples), wanted 50 % to 90 %")
    );
    let text = said(Statistic::Integral, range("~", "3mm·s"), script);
    assert!(text.en.contains("the integral of `x` was 3.25 mm·s (4 samples), wanted at most 3 mm·s"), "{}", text.en);
    let text = said(Statistic::Percentile("99.5".into()), range("~", "5"), script);
    assert!(text.zh.contains("`x` 的99.5% 分位数为 4.001 mm"), "{}", text.zh);
}
