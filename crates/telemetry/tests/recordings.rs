//! A recording gives back what was written, whole, broken off anywhere, or damaged.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use kernel::Nanos;
use referee::{Quality, SignalDecl, SignalKind, Value};
use telemetry::{Recorder, Recording, RecordingFault, Request, RunMetadata, Tick, series};

const START: i64 = 1_790_000_000_000_000_000;

fn tick(station: &str, step: i64) -> Tick {
    Tick {
        station: station.into(),
        at: Nanos(START + step * 100_000_000),
        readings: vec![
            ("force".into(), Some(Value::Real((step as f64).sin() * 50.0))),
            ("estop".into(), Some(Value::Bool(step % 7 == 0))),
            ("cycle".into(), Some(Value::Integer(step / 10))),
            ("step_name".into(), Some(Value::Text(format!("step \"{step}\"").into()))),
        ],
        quality: if step % 5 == 0 { Quality::Uncertain } else { Quality::Good },
    }
}

fn about() -> RunMetadata {
    RunMetadata {
        contest: Some("con_1".to_owned()),
        station: Some("S01".to_owned()),
        entry_no: Some("017".to_owned()),
        started: Some(Nanos(START)),
        notes: BTreeMap::from([("licence".to_owned(), "CC BY 4.0".to_owned())]),
        ..RunMetadata::default()
    }
}

fn write(path: &Path, steps: i64, flush_every: i64) -> Vec<Tick> {
    let mut recorder = Recorder::create(path, &about()).unwrap();
    let ticks: Vec<Tick> = (1..=steps).map(|step| tick("S01", step)).collect();
    for (ix, tick) in ticks.iter().enumerate() {
        recorder.tick(tick).unwrap();
        if (ix as i64 + 1) % flush_every == 0 {
            recorder.flush().unwrap();
        }
    }
    recorder.request("S01", Nanos(START + 250_000_000), Some("p1")).unwrap();
    recorder.finish(Some(Nanos(START + steps * 100_000_000))).unwrap();
    ticks
}

#[test]
fn what_was_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mcap");
    let ticks = write(&path, 100, 10);
    let recording = Recording::open(&path).unwrap();
    assert_eq!(recording.incomplete(), None);
    assert_eq!(recording.ticks().collect::<Vec<_>>(), ticks);
    assert_eq!((recording.tick_count(), recording.sample_count()), (100, 400));
    assert_eq!(recording.span(), Some((ticks[0].at, ticks[99].at)));
    assert_eq!(recording.about(), &RunMetadata { ended: Some(ticks[99].at), ..about() });
    let request = Request { station: "S01".into(), at: Nanos(START + 250_000_000), checkpoint: Some("p1".to_owned()) };
    assert_eq!(recording.requests(), [request]);
    let kinds: Vec<_> = recording.signals().iter().map(|signal| (&*signal.name, signal.kind.code())).collect();
    assert_eq!(kinds, [("cycle", "integer"), ("estop", "bool"), ("force", "real"), ("step_name", "text")]);
}

#[test]
fn a_file_broken_off_anywhere_keeps_every_whole_chunk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mcap");
    let ticks = write(&path, 20, 5);
    let bytes = std::fs::read(&path).unwrap();
    let mut most = 0;
    for cut in 0..bytes.len() {
        match Recording::from_bytes(bytes[..cut].to_vec()) {
            Ok(recording) => {
                let read: Vec<Tick> = recording.ticks().collect();
                assert!(ticks.starts_with(&read), "cut at {cut}");
                assert!(read.len().is_multiple_of(5), "a part of a chunk was read at {cut}");
                assert!(read.len() >= most, "a whole chunk was lost at {cut}");
                most = read.len();
            }
            Err(error) => assert!(most == 0, "cut at {cut}: {error}"),
        }
    }
    assert_eq!(most, 20);
}

#[test]
fn a_writer_that_dies_after_a_flush_loses_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mcap");
    let mut recorder = Recorder::create(&path, &about()).unwrap();
    for step in 1..=20 {
        recorder.tick(&tick("S01", step)).unwrap();
    }
    recorder.flush().unwrap();
    recorder.tick(&tick("S01", 21)).unwrap();
    // What a killed process leaves: the file as it is now, without what is still in memory.
    let left = std::fs::read(&path).unwrap();
    let recording = Recording::from_bytes(left).unwrap();
    assert_eq!(recording.tick_count(), 20);
    assert!(recording.incomplete().is_some(), "{:?}", recording);
    assert_eq!(recording.about().entry_no.as_deref(), Some("017"));
}

#[test]
fn what_broke_off_is_completed_and_what_is_damaged_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mcap");
    write(&path, 50, 10);
    let (whole, bytes) = (Recording::open(&path).unwrap(), std::fs::read(&path).unwrap());
    assert!(!whole.is_cut() && !telemetry::complete(&path, &whole).unwrap());
    for left in [bytes.len() - 9, bytes.len() / 2, bytes.len() / 3, 40, 8] {
        std::fs::write(&path, &bytes[..left]).unwrap();
        // What a death in the middle of it left behind is no hindrance.
        std::fs::write(folder.path().join("a.mcap.part"), b"half").unwrap();
        let Ok(cut) = Recording::open(&path) else { continue };
        let had = cut.ticks().collect::<Vec<_>>();
        assert_eq!(telemetry::complete(&path, &cut).unwrap(), cut.is_cut() && !had.is_empty(), "{left}");
        let completed = Recording::open(&path).unwrap();
        assert_eq!(completed.incomplete().is_none(), !had.is_empty() || !cut.is_cut(), "{left}");
        assert_eq!(completed.ticks().collect::<Vec<_>>(), had, "{left}");
        assert_eq!(
            (completed.signals(), completed.about()),
            (cut.signals(), &RunMetadata { ended: completed.about().ended, ..cut.about().clone() })
        );
    }
    let mut seen = 0;
    for at in (100..bytes.len()).step_by(31) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        std::fs::write(&path, &damaged).unwrap();
        let Ok(recording) = Recording::open(&path) else { continue };
        if recording.incomplete().is_some() && !recording.is_cut() {
            assert!(!telemetry::complete(&path, &recording).unwrap());
            assert_eq!(std::fs::read(&path).unwrap(), damaged, "left as it was");
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn a_damaged_chunk_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mcap");
    let ticks = write(&path, 50, 10);
    let bytes = std::fs::read(&path).unwrap();
    for at in (100..bytes.len()).step_by(97) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        if let Ok(recording) = Recording::from_bytes(damaged) {
            let read: Vec<Tick> = recording.ticks().collect();
            let same = read.iter().zip(&ticks).all(|(read, written)| read == written || read.at != written.at);
            assert!(same, "a flipped bit at {at} changed a value");
        }
    }
}

#[test]
fn unread_signals_and_changing_kinds_survive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mcap");
    let mut recorder = Recorder::create(&path, &RunMetadata::default()).unwrap();
    let unit = SignalKind::Real { unit: "N".to_owned() };
    recorder.declare("S01", &[SignalDecl { name: "force".to_owned(), kind: unit.clone(), stale_after: None }]).unwrap();
    let rows: Vec<Vec<(&str, Option<Value>)>> = vec![
        vec![("force", Some(Value::Integer(3))), ("n", Some(Value::Integer(1))), ("probe", None)],
        vec![("force", None), ("n", Some(Value::Real(1.5)))],
        vec![("n", Some(Value::Text("off".into()))), ("late", Some(Value::Bool(true)))],
        vec![("force", None)],
    ];
    let ticks: Vec<Tick> = rows
        .into_iter()
        .zip(1..)
        .map(|(row, step)| Tick {
            station: "S01".into(),
            at: Nanos(START + step),
            readings: row.into_iter().map(|(name, reading)| (Arc::from(name), reading)).collect(),
            quality: Quality::Good,
        })
        .collect();
    for tick in &ticks {
        recorder.tick(tick).unwrap();
    }
    recorder.finish(None).unwrap();
    let recording = Recording::open(&path).unwrap();
    let by_name = |mut tick: Tick| {
        tick.readings.sort_by(|a, b| a.0.cmp(&b.0));
        tick
    };
    assert_eq!(recording.ticks().map(by_name).collect::<Vec<_>>(), ticks.into_iter().map(by_name).collect::<Vec<_>>());
    let kind = |name: &str| recording.signals().iter().find(|signal| &*signal.name == name).unwrap().kind.clone();
    assert_eq!((kind("force"), kind("n"), kind("late")), (unit, SignalKind::Text, SignalKind::Bool));
}

#[test]
fn several_stations_are_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mcap");
    let mut recorder = Recorder::create(&path, &RunMetadata::default()).unwrap();
    for step in 1..=10 {
        recorder.tick(&tick("S02", step)).unwrap();
        recorder.tick(&tick("S01", step)).unwrap();
    }
    assert!(matches!(recorder.tick(&tick("S01", 10)), Err(RecordingFault::GoesBack { .. })));
    assert_eq!(recorder.last_at("S02"), Some(tick("S02", 10).at));
    recorder.finish(None).unwrap();
    let recording = Recording::open(&path).unwrap();
    assert_eq!(recording.stations().iter().map(|name| &**name).collect::<Vec<_>>(), ["S01", "S02"]);
    assert!(matches!(recording.station(None), Err(RecordingFault::SeveralStations { .. })));
    assert!(matches!(recording.station(Some("S03")), Err(RecordingFault::NoStation { .. })));
    assert_eq!(&*recording.station(Some("S02")).unwrap(), "S02");
}

/// Another program's file may hold attachments, whole or damaged: they are passed over.
#[test]
fn attachments_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mcap");
    let mut recorder = Recorder::create(&path, &RunMetadata::default()).unwrap();
    recorder.tick(&tick("S01", 1)).unwrap();
    recorder.finish(None).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let (magic, records) = whole.split_at(mcap::MAGIC.len());
    for length in [0u64, 5, 32, 40] {
        // Only lengths of nothing: no name, no type, no data; and too short for its checksum.
        let attachment = [&[0x09][..], &length.to_le_bytes(), &vec![0; length as usize]].concat();
        let recording = Recording::from_bytes([magic, &attachment, records].concat()).unwrap();
        assert_eq!((recording.tick_count(), recording.incomplete()), (1, None), "{length}");
    }
}

#[test]
fn what_is_no_recording_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for bytes in [Vec::new(), b"hello".to_vec(), vec![0; 10_000]] {
        let error = Recording::from_bytes(bytes).unwrap_err();
        assert!(matches!(error, RecordingFault::NoMcap), "{error}");
        assert!(!error.text().zh.is_empty());
    }
    let foreign = folder.path().join("foreign.mcap");
    let mut writer = mcap::Writer::new(std::fs::File::create(&foreign).unwrap()).unwrap();
    writer.finish().unwrap();
    assert!(matches!(Recording::open(&foreign), Err(RecordingFault::Foreign { .. })));
    assert!(matches!(Recording::open(folder.path().join("none.mcap")), Err(RecordingFault::Io { .. })));
    assert!(
        matches!(Recorder::create(&foreign, &RunMetadata::default()), Err(RecordingFault::Io { .. })),
        "overwrote a file"
    );
    let bad = Tick { station: "a/b".into(), ..tick("S01", 1) };
    let mut recorder = Recorder::create(folder.path().join("b.mcap"), &RunMetadata::default()).unwrap();
    assert!(matches!(recorder.tick(&bad), Err(RecordingFault::BadName(_))));
    assert!(matches!(
        recorder.tick(&Tick { at: Nanos(-1), ..tick("S01", 1) }),
        Err(RecordingFault::BeforeEpoch { .. })
    ));
}

#[test]
fn a_plot_keeps_every_spike() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mcap");
    let mut recorder = Recorder::create(&path, &RunMetadata::default()).unwrap();
    for step in 0..10_000 {
        let force = if step == 5_003 { 999.0 } else { 1.0 };
        recorder
            .tick(&Tick {
                station: "S01".into(),
                at: Nanos(START + step * 1_000_000),
                readings: vec![
                    ("force".into(), Some(Value::Real(force))),
                    ("on".into(), (step % 2 == 0).then_some(Value::Bool(true))),
                ],
                quality: if step == 7_000 { Quality::Bad } else { Quality::Good },
            })
            .unwrap();
    }
    recorder.finish(None).unwrap();
    let recording = Recording::open(&path).unwrap();
    for points in [1, 7, 100, 10_000, 20_000] {
        let drawn = series(&recording, None, &["force"], None, None, points).unwrap();
        assert_eq!(drawn.len(), 1);
        assert!(drawn[0].points.len() <= points.min(9_999), "{points}");
        assert_eq!(drawn[0].points.iter().map(|point| point.max).fold(0.0, f64::max), 999.0, "{points}");
        assert!(drawn[0].points.is_sorted_by(|a, b| a.at < b.at));
    }
    let part =
        series(&recording, Some("S01"), &[], Some(Nanos(START + 10_000_000)), Some(Nanos(START + 19_000_000)), 1_000)
            .unwrap();
    assert_eq!(part.iter().map(|one| (&*one.name, one.points.len())).collect::<Vec<_>>(), [("force", 10), ("on", 5)]);
    assert!(series(&recording, Some("S09"), &[], None, None, 10).is_err());
}
