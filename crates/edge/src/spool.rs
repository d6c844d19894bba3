//! What an edge owes the hall, on disk.
//!
//! Ticks come in frames (what was gathered in one go). A frame is accepted once it is appended to a segment file and
//! synced. A batch is a run of frames; which frames a number covers is decided once, written to the journal and synced
//! *before* the batch is first sent, so that a number never means two contents, whatever is killed in between.
//!
//! ```text
//! refused.ndjson                what the hall does not take, each line with the reason
//! historical.ndjson             what speaks of the past only
//! 00000000000000000001.frames   [length u32][crc u32][header line][tick lines] …     the name is its first frame
//! journal                       [kind u8][a u64][b u64][crc u32] …                   cut, acknowledged, renumbered, set aside
//! ```
//!
//! Invariants: an accepted frame is deleted only after the hall acknowledged it and the recording holds it; a torn last
//! record is cut off (it was never accepted); damage anywhere else stops the edge with the place, because going on would
//! lose samples in silence; acknowledged frames stay for a while, so that a hall that was restored can ask again. What a
//! failed write left is cut off before the next one; a journal that failed is written anew, and until that is done no
//! frame is taken. What lies aside in the two files takes part of the room until somebody takes it away.

mod disk;
mod journal;
mod segment;

use std::collections::{HashMap, HashSet, VecDeque};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use kernel::Timestamp;

use disk::Disk;
use journal::Entry;
pub(crate) use segment::{FrameHeader, Source};

/// What is written to see whether a disk that failed can write again.
const TRIAL_BYTES: usize = 16 << 10;
/// A new segment is begun after this many bytes.
const SEGMENT_BYTES: u64 = 4 << 20;

#[derive(Debug, thiserror::Error)]
pub enum SpoolFault {
    #[error("{doing}")]
    Io {
        doing: String,
        #[source]
        source: io::Error,
    },
    #[error("{} is damaged at byte {at}: move it away to go on without its samples", .file.display())]
    Damaged { file: PathBuf, at: u64 },
    #[error("another edge uses the spool {}", .0.display())]
    InUse(PathBuf),
    #[error("the spool is full: {waiting} bytes wait for the hall{}, at most {most} may", lying(*.aside))]
    Full { waiting: u64, aside: u64, most: u64 },
}

impl SpoolFault {
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| SpoolFault::Io { doing, source }
    }
}

fn lying(aside: u64) -> String {
    match aside {
        0 => String::new(),
        aside => format!(
            " and {aside} lie in {} and {}: move these away",
            Aside::Refused.file_name(),
            Aside::Historical.file_name()
        ),
    }
}

/// What goes to nobody and is kept for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aside {
    /// Lines that the hall refuses, with the reason.
    Refused,
    /// Values of the past.
    Historical,
}

impl Aside {
    fn file_name(self) -> &'static str {
        match self {
            Aside::Refused => "refused.ndjson",
            Aside::Historical => "historical.ndjson",
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes that may wait for the hall or lie aside.
    pub max_bytes: u64,
    /// Bytes of acknowledged frames that stay.
    pub keep_bytes: u64,
    /// Whether frames and cuts are synced to the disk; without it they survive a killed process, not a power cut.
    pub fsync: bool,
}

/// Where a frame stands.
#[derive(Debug, Clone, Copy)]
struct Frame {
    segment: u64,
    offset: u64,
    length: u32,
    ticks: u32,
    samples: u32,
    at: Timestamp,
}

/// A batch that has its number: the frames `first..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    pub seq: u64,
    pub first: u64,
    pub end: u64,
}

/// The lines of a batch.
#[derive(Debug)]
pub(crate) struct Lines {
    pub body: Vec<u8>,
    /// Of each line: its frame, and its place in it.
    pub places: Vec<(u64, u32)>,
    /// When the oldest frame came.
    pub oldest: Option<Timestamp>,
    pub samples: u64,
}

#[derive(Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
    limits: Limits,
    /// Frames on disk, from `first_frame` on.
    frames: VecDeque<Frame>,
    first_frame: u64,
    segments: VecDeque<(u64, u64)>,
    tail: Disk,
    /// What a failed write left at the end could not be cut off yet.
    tail_is_torn: bool,
    journal: journal::Journal,
    cuts: VecDeque<Cut>,
    /// Frames before this have a number.
    cut_end: u64,
    /// Frames before this are acknowledged.
    acked_end: u64,
    next_seq: u64,
    set_aside: HashSet<(u64, u32)>,
    /// Nothing was ever numbered here: the hall has to be asked where it is.
    is_new: bool,
    waiting_bytes: u64,
    waiting_ticks: u64,
    /// The last write failed: whether the disk can write again has to be tried.
    is_failing: bool,
    sources: HashMap<String, Source>,
    last_alive: Option<Timestamp>,
    _lock: File,
}

impl Spool {
    pub fn open(folder: &Path, limits: Limits) -> Result<Spool, SpoolFault> {
        std::fs::create_dir_all(folder).map_err(SpoolFault::io(format!("creating {}", folder.display())))?;
        let lock = File::create(folder.join("lock")).map_err(SpoolFault::io("creating the spool's lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(SpoolFault::InUse(folder.to_owned())),
            Err(std::fs::TryLockError::Error(source)) => return Err(SpoolFault::io("locking the spool")(source)),
        }
        let last_alive = journal::written_at(folder);
        let found = segment::read_all(folder)?;
        let (journal, entries) = journal::Journal::open(folder, limits.fsync)?;
        let first_frame = found.first_frame;
        let mut spool = Spool {
            folder: folder.to_owned(),
            limits,
            frames: found.frames.into(),
            first_frame,
            segments: found.segments.into(),
            tail: found.tail,
            tail_is_torn: false,
            journal,
            cuts: VecDeque::new(),
            cut_end: first_frame,
            acked_end: first_frame,
            next_seq: 1,
            set_aside: HashSet::new(),
            is_new: true,
            waiting_bytes: 0,
            waiting_ticks: 0,
            is_failing: false,
            sources: found.sources,
            last_alive,
            _lock: lock,
        };
        for (ix, entry) in entries.into_iter().enumerate() {
            // Two batches of one number, or a frame in two: sending either would be a guess.
            if let Entry::Cut { seq, end } = entry
                && (seq < spool.next_seq || spool.cuts.back().is_some_and(|last| end < last.end))
            {
                let file = spool.journal.path().to_owned();
                return Err(SpoolFault::Damaged { file, at: (ix * journal::ENTRY_BYTES) as u64 });
            }
            spool.apply(entry);
        }
        // A journal may be newer than the frames when files were moved away: numbers are never used twice.
        spool.acked_end = spool.acked_end.clamp(spool.first_frame, spool.next_frame());
        spool.cut_end = spool.cut_end.clamp(spool.acked_end, spool.next_frame());
        let (first, next) = (spool.first_frame, spool.next_frame());
        spool.cuts.retain(|cut| cut.first >= first);
        spool.cuts.iter_mut().for_each(|cut| (cut.first, cut.end) = (cut.first.min(next), cut.end.min(next)));
        spool.count_waiting();
        spool.last_alive = spool.last_alive.max(spool.frames.back().map(|frame| frame.at));
        if !spool.is_new {
            spool.compact()?;
        }
        Ok(spool)
    }

    pub fn next_frame(&self) -> u64 {
        self.first_frame + self.frames.len() as u64
    }

    pub fn waiting_ticks(&self) -> u64 {
        self.waiting_ticks
    }

    pub fn waiting_bytes(&self) -> u64 {
        self.waiting_bytes
    }

    pub fn next_seq(&self) -> u64 {
        self.next_seq
    }

    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// The hall expects this number from a new spool.
    pub fn begin_at(&mut self, seq: u64) -> Result<(), SpoolFault> {
        self.note(Entry::Renumbered { seq, from: self.cut_end }, self.limits.fsync)
    }

    /// When the edge before this one was surely still there: it had taken something then, or numbered a batch, by which the hall
    /// knows how far it had told everything.
    pub fn last_alive(&self) -> Option<Timestamp> {
        self.last_alive
    }

    pub fn first_frame(&self) -> u64 {
        self.first_frame
    }

    /// When the oldest frame came that the hall has not acknowledged.
    pub fn oldest_waiting(&self) -> Option<Timestamp> {
        self.frame(self.acked_end).map(|frame| frame.at)
    }

    /// The last batch that a source of the HTTP door handed in.
    pub fn source(&self, edge: &str) -> Option<&Source> {
        self.sources.get(edge)
    }

    /// Bytes that lie aside. Looked up each time: people take these files away.
    pub fn aside_bytes(&self) -> u64 {
        let length = |aside: Aside| std::fs::metadata(self.folder.join(aside.file_name())).map_or(0, |file| file.len());
        length(Aside::Refused) + length(Aside::Historical)
    }

    pub fn is_full(&self) -> Result<(), SpoolFault> {
        let aside = self.aside_bytes();
        if self.waiting_bytes + aside >= self.limits.max_bytes {
            return Err(SpoolFault::Full { waiting: self.waiting_bytes, aside, most: self.limits.max_bytes });
        }
        // Acknowledged frames wait too, when they can't be recorded.
        let total: u64 = self.segments.iter().map(|(_, bytes)| bytes).sum();
        let most = self.limits.max_bytes + self.limits.keep_bytes + 2 * SEGMENT_BYTES;
        if total >= most {
            return Err(SpoolFault::Full { waiting: total, aside: 0, most });
        }
        Ok(())
    }

    /// After a failed write: whether the disk can write now.
    pub fn try_disk(&mut self) -> Result<(), SpoolFault> {
        if !self.is_failing {
            return self.mend_journal();
        }
        let doing = || SpoolFault::io("trying the disk again");
        let path = self.folder.join("trial");
        let mut file = File::create(&path).map_err(doing())?;
        let tried = io::Write::write_all(&mut file, &[0; TRIAL_BYTES]).and_then(|()| file.sync_data());
        drop(file);
        let _ = std::fs::remove_file(&path);
        tried.map_err(doing())?;
        self.mend_journal()?;
        self.is_failing = false;
        Ok(())
    }

    /// Keeps lines beside the frames. There is always room for what the hall refuses: it has room among the frames already.
    pub fn keep_aside(&mut self, aside: Aside, lines: &[u8]) -> Result<(), SpoolFault> {
        if aside == Aside::Historical {
            self.is_full()?;
        }
        let doing = || SpoolFault::io(format!("writing {}", aside.file_name()));
        let mut file = Disk::open(&self.folder.join(aside.file_name())).map_err(doing())?;
        let before = file.length().map_err(doing())?;
        segment::write(&mut file, before, lines, self.limits.fsync).map_err(|source| {
            let _ = file.cut(before);
            self.is_failing = true;
            doing()(source)
        })
    }

    /// Takes a frame. When this returns, it is on the disk.
    pub fn append(&mut self, header: FrameHeader, lines: &[u8]) -> Result<u64, SpoolFault> {
        self.is_full()?;
        // What can't be numbered could not be sent.
        self.mend_journal()?;
        if self.segments.back().is_none_or(|(_, bytes)| *bytes >= SEGMENT_BYTES) {
            self.tail = segment::create(&self.folder, self.next_frame()).inspect_err(|_| self.is_failing = true)?;
            self.tail_is_torn = false;
            self.segments.push_back((self.next_frame(), 0));
        }
        let Some((segment, offset)) = self.segments.back().copied() else {
            return Err(SpoolFault::Damaged { file: self.folder.clone(), at: 0 });
        };
        let record = segment::encode(&header, lines);
        let written = match self.tail_is_torn {
            true => self.tail.cut(offset),
            false => Ok(()),
        };
        let written = written.and_then(|()| segment::write(&mut self.tail, offset, &record, self.limits.fsync));
        if let Err(source) = written {
            // Half a record may stand there now; what comes next must not be the beginning of it.
            self.tail_is_torn = self.tail.cut(offset).is_err();
            self.is_failing = true;
            return Err(SpoolFault::io("writing a frame")(source));
        }
        self.tail_is_torn = false;
        self.is_failing = false;
        let number = self.next_frame();
        if let Some((_, bytes)) = self.segments.back_mut() {
            *bytes += record.len() as u64;
        }
        self.frames.push_back(Frame {
            segment,
            offset,
            length: record.len() as u32,
            ticks: header.ticks,
            samples: header.samples,
            at: header.at(),
        });
        self.waiting_bytes += record.len() as u64;
        self.waiting_ticks += u64::from(header.ticks);
        for source in header.sources {
            self.sources.insert(source.edge.clone(), source);
        }
        Ok(number)
    }

    /// The batch to send now: the first that is numbered and not acknowledged.
    pub fn outstanding(&self) -> Option<Cut> {
        self.cuts.iter().find(|cut| cut.seq > self.journal.acked_seq).copied()
    }

    /// Whether frames wait that have no number yet.
    pub fn has_uncut(&self) -> bool {
        self.cut_end < self.next_frame()
    }

    /// Samples that have no number yet, counted up to `most`.
    pub fn uncut_samples(&self, most: usize) -> usize {
        let mut samples = 0;
        let mut frame = self.cut_end;
        while samples < most
            && let Some(found) = self.frame(frame)
        {
            samples += found.samples as usize;
            frame += 1;
        }
        samples
    }

    /// Numbers the next batch: as many frames as stay within both bounds, at least one if there is any. Without frames
    /// it is an empty batch, by which the hall knows that the edge is there.
    pub fn cut(&mut self, samples_max: usize, bytes_max: usize) -> Result<Cut, SpoolFault> {
        let (mut end, mut samples, mut bytes) = (self.cut_end, 0, 0);
        while let Some(frame) = self.frame(end) {
            samples += frame.samples as usize;
            bytes += frame.length as usize;
            if end > self.cut_end && (samples > samples_max || bytes > bytes_max) {
                break;
            }
            end += 1;
        }
        let cut = Cut { seq: self.next_seq, first: self.cut_end, end };
        self.note(Entry::Cut { seq: cut.seq, end }, self.limits.fsync)?;
        Ok(cut)
    }

    /// The lines of a batch, without those that were set aside.
    pub fn lines(&mut self, cut: Cut) -> Result<Lines, SpoolFault> {
        let oldest = self.frame(cut.first).map(|frame| frame.at);
        let samples =
            (cut.first..cut.end).filter_map(|number| self.frame(number)).map(|frame| u64::from(frame.samples));
        let mut lines = Lines { body: Vec::new(), places: Vec::new(), oldest, samples: samples.sum() };
        for number in cut.first..cut.end {
            for (ix, line) in self.frame_lines(number)?.split_inclusive(|byte| *byte == b'\n').enumerate() {
                let place = (number, ix as u32);
                if !self.set_aside.contains(&place) {
                    lines.body.extend_from_slice(line);
                    lines.places.push(place);
                }
            }
        }
        Ok(lines)
    }

    /// One frame's tick lines as they were taken.
    pub fn frame_lines(&self, number: u64) -> Result<Vec<u8>, SpoolFault> {
        let Some(frame) = self.frame(number) else { return Ok(Vec::new()) };
        segment::read(&self.folder, frame.segment, frame.offset, frame.length)
    }

    /// The hall has it.
    pub fn acknowledge(&mut self, cut: Cut) -> Result<(), SpoolFault> {
        // Losing this costs sending once more, which changes nothing: so it is not synced.
        self.note(Entry::Acknowledged { seq: cut.seq, end: cut.end }, false)?;
        self.count_waiting();
        Ok(())
    }

    /// Goes back (or on) to the batch with this number, if it is still here.
    pub fn go_to(&mut self, seq: u64) -> Result<bool, SpoolFault> {
        let Some(cut) = self.cuts.iter().find(|cut| cut.seq == seq).copied() else { return Ok(false) };
        self.note(Entry::Acknowledged { seq: seq.saturating_sub(1), end: cut.first }, self.limits.fsync)?;
        self.count_waiting();
        Ok(true)
    }

    /// The oldest batch that is still here.
    pub fn oldest_cut(&self) -> Option<Cut> {
        self.cuts.front().copied()
    }

    /// Takes the numbers of the batches from this one on back; the next batch will have the number `seq`. Only for
    /// batches that the hall has surely not taken.
    pub fn renumber(&mut self, from: Cut, seq: u64) -> Result<(), SpoolFault> {
        self.note(Entry::Renumbered { seq, from: from.first }, self.limits.fsync)?;
        self.count_waiting();
        Ok(())
    }

    /// Leaves a line out of all batches; the caller has kept it elsewhere.
    pub fn set_aside(&mut self, place: (u64, u32)) -> Result<(), SpoolFault> {
        self.note(Entry::SetAside { frame: place.0, ix: place.1 }, self.limits.fsync)?;
        Ok(())
    }

    /// Deletes segments that are acknowledged, recorded (frames before `recorded_end`), and more than should be kept.
    pub fn prune(&mut self, recorded_end: u64) -> Result<(), SpoolFault> {
        loop {
            let total: u64 = self.segments.iter().map(|(_, bytes)| bytes).sum();
            let (Some((first, bytes)), Some((next, _))) =
                (self.segments.front().copied(), self.segments.get(1).copied())
            else {
                return Ok(());
            };
            if next > self.acked_end.min(recorded_end) || total - bytes < self.limits.keep_bytes + self.waiting_bytes {
                return Ok(());
            }
            segment::delete(&self.folder, first)?;
            self.segments.pop_front();
            while self.first_frame < next {
                self.frames.pop_front();
                self.first_frame += 1;
            }
            self.cuts.retain(|cut| cut.first >= next);
            self.set_aside.retain(|(frame, _)| *frame >= next);
            self.compact()?;
        }
    }

    fn frame(&self, number: u64) -> Option<Frame> {
        number.checked_sub(self.first_frame).and_then(|ix| self.frames.get(ix as usize)).copied()
    }

    /// Writes down what is to be so; then it is so.
    fn note(&mut self, entry: Entry, sync: bool) -> Result<(), SpoolFault> {
        self.mend_journal()?;
        self.journal.write(entry, sync)?;
        self.apply(entry);
        Ok(())
    }

    fn mend_journal(&mut self) -> Result<(), SpoolFault> {
        match self.journal.is_doubtful() {
            true => self.compact().inspect_err(|_| self.is_failing = true),
            false => Ok(()),
        }
    }

    fn apply(&mut self, entry: Entry) {
        self.is_new &= matches!(entry, Entry::SetAside { .. });
        match entry {
            Entry::Cut { seq, end } => {
                self.cuts.push_back(Cut { seq, first: self.cut_end, end });
                self.cut_end = end;
                self.next_seq = seq + 1;
            }
            Entry::Acknowledged { seq, end } => {
                self.journal.acked_seq = seq;
                self.acked_end = end;
            }
            Entry::Renumbered { seq, from } => {
                self.cuts.retain(|cut| cut.end <= from && cut.first < from && cut.seq < seq);
                self.cut_end = from;
                self.acked_end = self.acked_end.min(from);
                self.journal.acked_seq = seq.saturating_sub(1);
                self.next_seq = seq;
            }
            Entry::SetAside { frame, ix } => {
                self.set_aside.insert((frame, ix));
            }
        }
    }

    fn count_waiting(&mut self) {
        let from = self.acked_end.saturating_sub(self.first_frame) as usize;
        self.waiting_bytes =
            self.frames.range(from.min(self.frames.len())..).map(|frame| u64::from(frame.length)).sum();
        self.waiting_ticks = self.frames.range(from.min(self.frames.len())..).map(|frame| u64::from(frame.ticks)).sum();
    }

    /// Writes the journal anew with only what still matters.
    fn compact(&mut self) -> Result<(), SpoolFault> {
        let mut entries = Vec::new();
        if !self.is_new {
            let mut next = None;
            for cut in &self.cuts {
                // Numbers that were jumped over stay so.
                if next != Some(cut.seq) {
                    entries.push(Entry::Renumbered { seq: cut.seq, from: cut.first });
                }
                entries.push(Entry::Cut { seq: cut.seq, end: cut.end });
                next = Some(cut.seq + 1);
            }
            if next != Some(self.next_seq) {
                entries.push(Entry::Renumbered { seq: self.next_seq, from: self.cut_end });
            }
            entries.push(Entry::Acknowledged { seq: self.journal.acked_seq, end: self.acked_end });
        }
        entries.extend(self.set_aside.iter().map(|(frame, ix)| Entry::SetAside { frame: *frame, ix: *ix }));
        self.journal.replace(&entries)
    }
}

#[cfg(test)]
mod tests;
