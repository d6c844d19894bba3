use proptest::prelude::*;

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
    let mut spool = Spool::open(folder.path(), LIMITS).unwrap();
    assert_eq!(spool.outstanding(), None);
    assert_eq!(spool.cut(100, usize::MAX).unwrap(), Cut { seq: 70, first: 3, end: 5 });
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
