use proptest::prelude::*;

use super::disk::faults::{self, Plan};
use super::journal::ENTRY_BYTES;
use super::*;

const LIMITS: Limits = Limits { max_bytes: 1 << 20, keep_bytes: 0, fsync: false };

fn frame(number: u64) -> (FrameHeader, Vec<u8>) {
    let lines = format!("{{\"line\":{number},\"a\":1}}\n{{\"line\":{number},\"b\":2}}\n");
    (FrameHeader { at_ms: 1_000 + number as i64, ticks: 2, samples: 2, sources: Vec::new() }, lines.into_bytes())
}

fn push(spool: &mut Spool, number: u64) {
    let (header, lines) = frame(number);
    assert_eq!(spool.append(header, &lines).unwrap(), number);
}

fn text(spool: &mut Spool, cut: Cut) -> String {
    String::from_utf8(spool.lines(cut).unwrap().body).unwrap()
}

#[test]
fn a_number_keeps_its_content_over_a_death() {
    let folder = testkit::temp_dir();
    let mut spool = Spool::open(folder.path(), LIMITS).unwrap();
    for number in 1..=3 {
        push(&mut spool, number);
    }
    let cut = spool.cut(4, usize::MAX).unwrap();
    assert_eq!(cut, Cut { seq: 1, first: 1, end: 3 });
    let before = text(&mut spool, cut);
    drop(spool);
    let mut spool = Spool::open(folder.path(), LIMITS).unwrap();
    push(&mut spool, 4);
    assert_eq!(spool.outstanding(), Some(cut));
    assert_eq!(text(&mut spool, cut), before);
    spool.acknowledge(cut).unwrap();
    assert_eq!((spool.outstanding(), spool.waiting_ticks()), (None, 4));
    assert_eq!(spool.oldest_waiting(), Some(Timestamp::from_millis(1_003)));
    assert_eq!(spool.cut(100, usize::MAX).unwrap(), Cut { seq: 2, first: 3, end: 5 });
    assert_eq!(spool.cut(100, usize::MAX).unwrap(), Cut { seq: 3, first: 5, end: 5 });
}

#[test]
fn a_torn_end_is_cut_off_and_damage_before_it_is_named() {
    let folder = testkit::temp_dir();
    let mut spool = Spool::open(folder.path(), LIMITS).unwrap();
    for number in 1..=3 {
        push(&mut spool, number);
    }
    drop(spool);
    let path = folder.path().join(format!("{:020}.frames", 1));
    let whole = std::fs::read(&path).unwrap();
    let third = whole.len() / 3 * 2;
    for cut in third..whole.len() {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let mut spool = Spool::open(folder.path(), LIMITS).unwrap();
        assert_eq!(spool.next_frame(), 3, "cut at {cut}");
        push(&mut spool, 3);
        drop(spool);
        assert_eq!(std::fs::read(&path).unwrap(), whole, "cut at {cut}");
    }
    std::fs::write(&path, [&whole[..third], &[0; 64]].concat()).unwrap();
    assert_eq!(Spool::open(folder.path(), LIMITS).unwrap().next_frame(), 3);
    let mut damaged = whole.clone();
    damaged[20] ^= 1;
    std::fs::write(&path, &damaged).unwrap();
    let fault = Spool::open(folder.path(), LIMITS).unwrap_err();
    assert!(matches!(fault, SpoolFault::Damaged { at: 0, .. }), "{fault}");
}

#[test]
fn a_full_spool_refuses_and_takes_again_when_there_is_room() {
    let folder = testkit::temp_dir();
    let mut spool = Spool::open(folder.path(), Limits { max_bytes: 200, ..LIMITS }).unwrap();
    let mut taken = 0;
    let fault = loop {
        let (header, lines) = frame(taken + 1);
        match spool.append(header, &lines) {
            Ok(number) => taken = number,
            Err(fault) => break fault,
        }
    };
    assert!(matches!(fault, SpoolFault::Full { .. }) && taken >= 2, "{fault}");
    let cut = spool.cut(1_000, usize::MAX).unwrap();
    assert_eq!(cut.end, taken + 1);
    spool.acknowledge(cut).unwrap();
    push(&mut spool, taken + 1);
}

#[test]
fn a_spool_says_when_its_edge_was_alive() {
    let folder = testkit::temp_dir();
    let mut spool = Spool::open(folder.path(), LIMITS).unwrap();
    assert_eq!(spool.last_alive(), None, "nobody was there before");
    let written = std::fs::metadata(folder.path().join("journal")).unwrap().modified().unwrap();
    let written_ms = written.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    // Frames are newer, or the journal is.
    for (number, at_ms) in [(1, written_ms + 60_000), (2, 1_000)] {
        let (header, lines) = frame(number);
        spool.append(FrameHeader { at_ms, ..header }, &lines).unwrap();
        drop(spool);
        spool = Spool::open(folder.path(), LIMITS).unwrap();
        let alive_ms = spool.last_alive().unwrap().as_millis();
        match number {
            1 => assert_eq!(alive_ms, at_ms),
            _ => assert!((written_ms..written_ms + 60_000).contains(&alive_ms), "{alive_ms}, {written_ms}"),
        }
    }
}

#[test]
fn what_lies_aside_takes_room_until_somebody_moves_it_away() {
    let folder = testkit::temp_dir();
    let mut spool = Spool::open(folder.path(), Limits { max_bytes: 300, ..LIMITS }).unwrap();
    let line = [&[b'x'; 99][..], b"\n"].concat();
    for (aside, lying) in [(Aside::Historical, 100), (Aside::Historical, 200), (Aside::Refused, 300)] {
        spool.keep_aside(aside, &line).unwrap();
        assert_eq!(spool.aside_bytes(), lying);
    }
    let (header, lines) = frame(1);
    let fault = spool.append(header, &lines).unwrap_err();
    assert!(fault.to_string().contains("0 bytes wait for the hall and 300 lie in refused.ndjson"), "{fault}");
    assert!(spool.keep_aside(Aside::Historical, &line).is_err(), "nobody waits for it");
    // It had its room among the frames before.
    spool.keep_aside(Aside::Refused, &line).unwrap();
    assert_eq!(std::fs::read(folder.path().join("refused.ndjson")).unwrap(), [&line[..], &line].concat());
    std::fs::rename(folder.path().join("refused.ndjson"), folder.path().join("mine")).unwrap();
    push(&mut spool, 1);
}

#[test]
fn only_what_is_acknowledged_and_recorded_is_deleted() {
    let folder = testkit::temp_dir();
    let mut spool = Spool::open(folder.path(), Limits { max_bytes: 1 << 30, ..LIMITS }).unwrap();
    let lines = vec![b'x'; 1 << 20];
    for _ in 0..12 {
        let header = FrameHeader { at_ms: 1, ticks: 1, samples: 1, sources: Vec::new() };
        spool.append(header, &[&lines[..], b"\n"].concat()).unwrap();
    }
    let first = spool.cut(6, usize::MAX).unwrap();
    spool.prune(u64::MAX).unwrap();
    assert_eq!(spool.first_frame(), 1, "nothing is acknowledged");
    spool.acknowledge(first).unwrap();
    spool.prune(0).unwrap();
    assert_eq!(spool.first_frame(), 1, "nothing is recorded");
    spool.prune(u64::MAX).unwrap();
    assert!(spool.first_frame() > 1 && spool.first_frame() <= first.end, "{}", spool.first_frame());
    drop(spool);
    let spool = Spool::open(folder.path(), LIMITS).unwrap();
    assert_eq!((spool.next_frame(), spool.waiting_ticks(), spool.next_seq()), (13, 6, 2));
}

#[test]
fn going_back_and_renumbering() {
    let folder = testkit::temp_dir();
    let mut spool = Spool::open(folder.path(), LIMITS).unwrap();
    for number in 1..=4 {
        push(&mut spool, number);
        let cut = spool.cut(1, usize::MAX).unwrap();
        spool.acknowledge(cut).unwrap();
    }
    assert!(spool.go_to(3).unwrap());
    assert_eq!(spool.outstanding(), Some(Cut { seq: 3, first: 3, end: 4 }));
    assert!(!spool.go_to(9).unwrap());
    let cut = spool.outstanding().unwrap();
    spool.renumber(cut, 70).unwrap();
    drop(spool);
    // Every start writes the journal anew: the number is kept by each.
    for _ in 0..3 {
        let spool = Spool::open(folder.path(), LIMITS).unwrap();
        assert_eq!((spool.outstanding(), spool.next_seq()), (None, 70));
    }
    let mut spool = Spool::open(folder.path(), LIMITS).unwrap();
    assert_eq!(spool.cut(100, usize::MAX).unwrap(), Cut { seq: 70, first: 3, end: 5 });
    drop(spool);
    for _ in 0..3 {
        let mut spool = Spool::open(folder.path(), LIMITS).unwrap();
        assert_eq!(spool.outstanding(), Some(Cut { seq: 70, first: 3, end: 5 }));
        assert!(spool.go_to(2).unwrap() && spool.go_to(70).unwrap());
    }
}

#[test]
fn a_line_set_aside_stays_aside() {
    let folder = testkit::temp_dir();
    let mut spool = Spool::open(folder.path(), LIMITS).unwrap();
    push(&mut spool, 1);
    let cut = spool.cut(100, usize::MAX).unwrap();
    spool.set_aside((1, 0)).unwrap();
    drop(spool);
    let mut spool = Spool::open(folder.path(), LIMITS).unwrap();
    assert_eq!(text(&mut spool, cut), "{\"line\":1,\"b\":2}\n");
}

#[test]
fn one_spool_has_one_edge() {
    let folder = testkit::temp_dir();
    let _spool = Spool::open(folder.path(), LIMITS).unwrap();
    assert!(matches!(Spool::open(folder.path(), LIMITS), Err(SpoolFault::InUse(_))));
}

const SAFE: Limits = Limits { fsync: true, ..LIMITS };

/// What of an entry that failed may stand in the journal, whether it can be cut off, and whether the edge dies then.
#[test]
fn a_journal_that_failed_anywhere_gives_no_number_twice() {
    let writing = (0..=ENTRY_BYTES).map(|kept| Plan { sound: 0, failing: 1, kept });
    let syncing = Plan { sound: 1, failing: 1, kept: 0 };
    for plan in writing.chain([syncing]) {
        for (failing, dies) in [(1, false), (1, true), (2, false), (2, true)] {
            let plan = Plan { failing, ..plan };
            let folder = testkit::temp_dir();
            let mut spool = Spool::open(folder.path(), SAFE).unwrap();
            spool.begin_at(7).unwrap();
            push(&mut spool, 1);
            faults::plan(plan);
            let fault = spool.cut(100, usize::MAX).unwrap_err();
            assert!(fault.to_string().contains("writing the journal"), "{fault}");
            faults::end();
            if dies {
                drop(spool);
                spool = Spool::open(folder.path(), SAFE).unwrap_or_else(|fault| panic!("{plan:?}: {fault}"));
            }
            push(&mut spool, 2);
            let sent = match spool.outstanding() {
                Some(cut) => cut,
                None => spool.cut(100, usize::MAX).unwrap(),
            };
            let before = text(&mut spool, sent);
            drop(spool);
            let mut spool = Spool::open(folder.path(), SAFE).unwrap_or_else(|fault| panic!("{plan:?}: {fault}"));
            assert_eq!((sent.seq, spool.outstanding()), (7, Some(sent)), "{plan:?}");
            assert_eq!(text(&mut spool, sent), before, "{plan:?}");
            spool.acknowledge(sent).unwrap();
            if spool.has_uncut() {
                assert_eq!(spool.cut(100, usize::MAX).unwrap(), Cut { seq: 8, first: 2, end: 3 });
            }
        }
    }
}

#[test]
fn without_a_journal_no_frame_is_taken_and_it_is_mended_by_itself() {
    let folder = testkit::temp_dir();
    let mut spool = Spool::open(folder.path(), SAFE).unwrap();
    spool.begin_at(7).unwrap();
    push(&mut spool, 1);
    faults::plan(Plan { sound: 0, failing: u32::MAX, kept: 9 });
    spool.cut(100, usize::MAX).unwrap_err();
    let (header, lines) = frame(2);
    let fault = spool.append(header, &lines).unwrap_err();
    assert!(fault.to_string().contains("the journal anew"), "{fault}");
    assert!(spool.try_disk().is_err());
    faults::end();
    spool.try_disk().unwrap();
    push(&mut spool, 2);
    assert_eq!(spool.cut(100, usize::MAX).unwrap(), Cut { seq: 7, first: 1, end: 3 });
}

/// A spool that nobody has numbered still asks the hall where to begin.
#[test]
fn a_new_spool_stays_new_over_a_failed_beginning() {
    let folder = testkit::temp_dir();
    let mut spool = Spool::open(folder.path(), SAFE).unwrap();
    push(&mut spool, 1);
    faults::plan(Plan { sound: 0, failing: 2, kept: 5 });
    spool.begin_at(7).unwrap_err();
    faults::end();
    spool.try_disk().unwrap();
    assert!(spool.is_new());
    push(&mut spool, 2);
    drop(spool);
    let mut spool = Spool::open(folder.path(), SAFE).unwrap();
    assert!(spool.is_new());
    spool.begin_at(9).unwrap();
    assert_eq!(spool.cut(100, usize::MAX).unwrap(), Cut { seq: 9, first: 1, end: 3 });
}

#[test]
fn a_journal_with_one_number_for_two_batches_is_damaged() {
    let begin = Entry::Renumbered { seq: 7, from: 1 };
    let table = [
        (vec![begin, Entry::Cut { seq: 7, end: 2 }, Entry::Cut { seq: 7, end: 3 }], 2),
        (vec![begin, Entry::Cut { seq: 7, end: 2 }, Entry::Cut { seq: 6, end: 3 }], 2),
        (vec![begin, Entry::Cut { seq: 7, end: 3 }, Entry::Cut { seq: 8, end: 2 }], 2),
        (vec![begin, Entry::Cut { seq: 1, end: 3 }], 1),
    ];
    for (entries, place) in table {
        let folder = testkit::temp_dir();
        let mut spool = Spool::open(folder.path(), LIMITS).unwrap();
        push(&mut spool, 1);
        push(&mut spool, 2);
        drop(spool);
        let bytes: Vec<u8> = entries.iter().flat_map(|entry| entry.encode()).collect();
        std::fs::write(folder.path().join("journal"), &bytes).unwrap();
        let fault = Spool::open(folder.path(), LIMITS).unwrap_err();
        let is_it = matches!(fault, SpoolFault::Damaged { at, .. } if at == (place * ENTRY_BYTES) as u64);
        assert!(is_it, "{entries:?}: {fault}");
        assert_eq!(std::fs::read(folder.path().join("journal")).unwrap(), bytes, "it is left as it was");
    }
}

/// Half an entry, or room that the disk made for some, is no entry; also where nothing was numbered yet.
#[test]
fn a_torn_end_of_the_journal_is_cut_off() {
    let aside = Entry::SetAside { frame: 1, ix: 0 }.encode();
    for torn in [&aside[..1], &aside[..ENTRY_BYTES - 1], &[0; 3 * ENTRY_BYTES + 2][..]] {
        let folder = testkit::temp_dir();
        let mut spool = Spool::open(folder.path(), LIMITS).unwrap();
        push(&mut spool, 1);
        drop(spool);
        let path = folder.path().join("journal");
        std::fs::write(&path, [&aside[..], torn].concat()).unwrap();
        let mut spool = Spool::open(folder.path(), LIMITS).unwrap();
        assert!(spool.is_new());
        assert_eq!(std::fs::read(&path).unwrap(), aside);
        spool.begin_at(1).unwrap();
        let cut = spool.cut(100, usize::MAX).unwrap();
        assert_eq!(text(&mut spool, cut), "{\"line\":1,\"b\":2}\n");
    }
}

#[derive(Debug, Clone)]
enum Act {
    Push,
    Cut(usize),
    Acknowledge,
    Die,
    DieWriting(u8),
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever happens, every frame is in the acknowledged batches once, in order, or still waits.
    #[test]
    fn nothing_is_lost_or_doubled(acts in proptest::collection::vec(prop_oneof![
        4 => Just(Act::Push),
        2 => (1..6usize).prop_map(Act::Cut),
        2 => Just(Act::Acknowledge),
        1 => Just(Act::Die),
        1 => any::<u8>().prop_map(Act::DieWriting),
    ], 0..60)) {
        let folder = testkit::temp_dir();
        let mut spool = Spool::open(folder.path(), LIMITS).unwrap();
        let (mut accepted, mut taken) = (0, String::new());
        for act in acts {
            match act {
                Act::Push => {
                    accepted += 1;
                    push(&mut spool, accepted);
                }
                Act::Cut(most) => {
                    if spool.has_uncut() {
                        spool.cut(most, usize::MAX).unwrap();
                    }
                }
                Act::Acknowledge => {
                    if let Some(cut) = spool.outstanding() {
                        taken.push_str(&text(&mut spool, cut));
                        spool.acknowledge(cut).unwrap();
                    }
                }
                Act::Die => {
                    drop(spool);
                    spool = Spool::open(folder.path(), LIMITS).unwrap();
                }
                Act::DieWriting(bytes) => {
                    drop(spool);
                    let (header, lines) = frame(accepted + 1);
                    let record = segment::encode(&header, &lines);
                    let half = &record[..usize::from(bytes) % record.len()];
                    let path = folder.path().join(format!("{:020}.frames", 1));
                    let mut file = File::options().append(true).open(path).unwrap();
                    std::io::Write::write_all(&mut file, half).unwrap();
                    spool = Spool::open(folder.path(), LIMITS).unwrap();
                }
            }
        }
        while spool.outstanding().is_some() || spool.has_uncut() {
            if spool.outstanding().is_none() {
                spool.cut(3, usize::MAX).unwrap();
            }
            let cut = spool.outstanding().unwrap();
            taken.push_str(&text(&mut spool, cut));
            spool.acknowledge(cut).unwrap();
        }
        let expected: String = (1..=accepted).map(|number| String::from_utf8(frame(number).1).unwrap()).collect();
        prop_assert_eq!(taken, expected);
    }
}

#[derive(Debug, Clone)]
enum Try {
    Push,
    /// To the hall, whose answer may get lost.
    Send {
        most: usize,
        is_heard: bool,
    },
    WriteAnew,
    Look,
    Die,
    Fail(Plan),
    Recover,
}

/// A hall that takes each number once, in order, and remembers what it meant.
#[derive(Default)]
struct Hall {
    bodies: Vec<String>,
}

impl Hall {
    fn take(&mut self, cut: Cut, body: String) -> Result<(), TestCaseError> {
        match self.bodies.get(cut.seq as usize - 1) {
            Some(before) => prop_assert_eq!(before, &body, "number {} came with two contents", cut.seq),
            None => {
                prop_assert_eq!(cut.seq as usize, self.bodies.len() + 1, "a number was left out");
                self.bodies.push(body);
            }
        }
        Ok(())
    }
}

/// A start that fails for the disk's sake succeeds later; damage never comes of it.
fn reopened(folder: &Path) -> Result<Spool, TestCaseError> {
    match Spool::open(folder, SAFE) {
        Ok(spool) => Ok(spool),
        Err(SpoolFault::Io { .. }) => {
            faults::end();
            Spool::open(folder, SAFE).map_err(|fault| TestCaseError::fail(fault.to_string()))
        }
        Err(fault) => Err(TestCaseError::fail(fault.to_string())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    /// Whatever the disk refuses, at whatever byte: each frame that was taken reaches the hall once and in order, no
    /// number means two contents, and the edge starts again.
    #[test]
    fn a_disk_that_fails_loses_nothing_and_gives_no_number_twice(acts in proptest::collection::vec(prop_oneof![
        4 => Just(Try::Push),
        4 => (1..6usize, any::<bool>()).prop_map(|(most, is_heard)| Try::Send { most, is_heard }),
        1 => Just(Try::WriteAnew),
        1 => Just(Try::Look),
        2 => Just(Try::Die),
        4 => (0..8u32, 1..5u32, 0..200usize)
            .prop_map(|(sound, failing, kept)| Try::Fail(Plan { sound, failing, kept })),
        1 => Just(Try::Recover),
    ], 0..60)) {
        faults::end();
        let folder = testkit::temp_dir();
        let mut spool = Spool::open(folder.path(), SAFE).unwrap();
        spool.begin_at(1).unwrap();
        let (mut tried, mut taken, mut hall) = (0, Vec::new(), Hall::default());
        for act in acts {
            match act {
                Try::Push => {
                    tried += 1;
                    let (header, lines) = frame(tried);
                    if spool.append(header, &lines).is_ok() {
                        taken.push(tried);
                    }
                }
                Try::Send { most, is_heard } => {
                    let cut = match spool.outstanding() {
                        Some(cut) => Ok(cut),
                        // Without frames it is a heartbeat.
                        None => spool.cut(most, usize::MAX),
                    };
                    let Ok(cut) = cut else { continue };
                    hall.take(cut, text(&mut spool, cut))?;
                    if is_heard {
                        let _ = spool.acknowledge(cut);
                    }
                }
                Try::WriteAnew => drop(spool.compact()),
                Try::Look => drop(spool.try_disk()),
                Try::Die => {
                    drop(spool);
                    spool = reopened(folder.path())?;
                }
                Try::Fail(plan) => faults::plan(plan),
                Try::Recover => faults::end(),
            }
        }
        faults::end();
        drop(spool);
        let mut spool = reopened(folder.path())?;
        while spool.outstanding().is_some() || spool.has_uncut() {
            let cut = match spool.outstanding() {
                Some(cut) => cut,
                None => spool.cut(3, usize::MAX).unwrap(),
            };
            hall.take(cut, text(&mut spool, cut))?;
            spool.acknowledge(cut).unwrap();
        }
        // A frame that was refused may have reached the disk; it comes once then, too.
        let got = hall.bodies.concat();
        let came: Vec<u64> = (1..=tried).filter(|number| got.contains(&format!("{{\"line\":{number},"))).collect();
        let lines: Vec<u8> = came.iter().flat_map(|number| frame(*number).1).collect();
        prop_assert_eq!(got, String::from_utf8(lines).unwrap());
        prop_assert!(taken.iter().all(|number| came.contains(number)), "{:?} of {:?}", came, taken);
    }
}
