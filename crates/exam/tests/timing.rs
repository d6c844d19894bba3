//! Times as a table: minutes from the opening of a window of two hours.

use exam::timing::*;
use kernel::Timestamp;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000 + minutes * 60_000)
}

fn timing(duration: Option<i64>) -> Timing {
    Timing {
        opens: at(0),
        closes: at(120),
        duration_ms: duration.map(|minutes| minutes * 60_000),
        attempts_most: 2,
        grace_ms: 30_000,
    }
}

const NONE: Extra = Extra { per_cent: 0, minutes: 0, past_close: false };

#[test]
fn a_deadline_is_the_earlier_of_duration_and_close() {
    for (duration, extra, started, deadline_at) in [
        (Some(60), NONE, 0, 60),
        (Some(60), NONE, 60, 120),
        (Some(60), NONE, 61, 120),
        (Some(60), Extra { per_cent: 25, ..NONE }, 0, 75),
        (Some(60), Extra { minutes: 10, ..NONE }, 0, 70),
        (Some(60), Extra { per_cent: 25, minutes: 10, past_close: false }, 0, 85),
        (Some(60), Extra { per_cent: 50, ..NONE }, 60, 120),
        (Some(60), Extra { per_cent: 50, past_close: true, ..NONE }, 60, 150),
        (Some(60), Extra { per_cent: 50, past_close: true, ..NONE }, 110, 150),
        (None, NONE, 30, 120),
        (None, Extra { per_cent: 50, ..NONE }, 30, 120),
        (None, Extra { per_cent: 50, past_close: true, ..NONE }, 30, 180),
        (Some(0), NONE, 10, 10),
    ] {
        assert_eq!(
            deadline(&timing(duration), extra, at(started)),
            at(deadline_at),
            "{duration:?} {extra:?} {started}"
        );
    }
    let odd = Timing { duration_ms: Some(1001), ..timing(None) };
    assert_eq!(deadline(&odd, Extra { per_cent: 10, ..NONE }, at(0)), at(0).plus_millis(1001 + 101), "rounded up");
    let endless = Timing { duration_ms: Some(i64::MAX), ..timing(None) };
    assert_eq!(deadline(&endless, Extra { per_cent: u32::MAX, minutes: u32::MAX, past_close: false }, at(0)), at(120));
}

#[test]
fn a_save_is_taken_until_the_deadline_and_within_the_grace() {
    let timing = timing(Some(60));
    let running = Attempt { started: at(10), handed_in: None };
    for (after_ms, save) in [
        (-600_001, Save::Taken),
        (0, Save::Taken),
        (1, Save::TakenInGrace { late_ms: 1 }),
        (30_000, Save::TakenInGrace { late_ms: 30_000 }),
        (30_001, Save::Late { deadline: at(70) }),
        (86_400_000, Save::Late { deadline: at(70) }),
    ] {
        assert_eq!(save_at(&timing, NONE, running, at(70).plus_millis(after_ms)), save, "{after_ms}");
    }
    assert_eq!(save_at(&timing, NONE, running, at(9)), Save::BeforeStart);
    let done = Attempt { handed_in: Some(at(20)), ..running };
    assert_eq!(save_at(&timing, NONE, done, at(30)), Save::HandedIn { at: at(20) });
    // The moment of the hand-in is the first at which nothing is taken any more.
    let moment = hand_in_at(&timing, NONE, at(10));
    assert!(matches!(save_at(&timing, NONE, running, moment), Save::Late { .. }));
    assert!(matches!(save_at(&timing, NONE, running, moment.plus_millis(-1)), Save::TakenInGrace { .. }));
    let strict = Timing { grace_ms: 0, ..timing };
    assert_eq!(save_at(&strict, NONE, running, at(70)), Save::Taken);
    assert_eq!(save_at(&strict, NONE, running, at(70).plus_millis(1)), Save::Late { deadline: at(70) });
}

#[test]
fn an_attempt_begins_within_the_window_once_and_not_too_often() {
    let timing = timing(Some(60));
    let running = |from| Attempt { started: at(from), handed_in: None };
    let done = |from, to| Attempt { started: at(from), handed_in: Some(at(to)) };
    for (attempts, now, may) in [
        (vec![], -1, MayStart::NotYet { opens: at(0) }),
        (vec![], 0, MayStart::Yes { deadline: at(60) }),
        (vec![], 119, MayStart::Yes { deadline: at(120) }),
        (vec![], 120, MayStart::Closed),
        (vec![running(0)], 30, MayStart::Running { deadline: at(60) }),
        (vec![running(0)], 61, MayStart::Yes { deadline: at(120) }),
        (vec![done(0, 10)], 30, MayStart::Yes { deadline: at(90) }),
        (vec![done(0, 10), done(11, 12)], 30, MayStart::NoneLeft { most: 2 }),
        (vec![done(0, 10), running(11)], 30, MayStart::Running { deadline: at(71) }),
        (vec![running(0), running(61)], 119, MayStart::Running { deadline: at(120) }),
        (vec![running(0), done(61, 62)], 100, MayStart::NoneLeft { most: 2 }),
    ] {
        assert_eq!(may_start(&timing, NONE, &attempts, at(now)), may, "{attempts:?} {now}");
    }
    // Who has time beyond the close still goes on, and nobody begins.
    let extra = Extra { per_cent: 100, minutes: 0, past_close: true };
    assert_eq!(may_start(&timing, extra, &[running(100)], at(150)), MayStart::Running { deadline: at(180) });
    assert_eq!(may_start(&timing, extra, &[], at(150)), MayStart::Closed);
}
