//! The journal: small records of fixed length, each with its checksum.
//!
//! After a write or a sync that failed nobody can say what the disk holds. It is cut back, so that a start finds whole
//! entries; and before anything more is written the journal is written anew, as a whole, beside the old one.

use std::path::{Path, PathBuf};

use kernel::Timestamp;

use super::SpoolFault;
use super::disk::{self, Disk};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// The frames from the last cut to `end` are batch `seq`.
    Cut { seq: u64, end: u64 },
    /// The hall has everything up to batch `seq`, which is the frames before `end`.
    Acknowledged { seq: u64, end: u64 },
    /// The frames from `from` on have no number yet; the next batch is `seq`.
    Renumbered { seq: u64, from: u64 },
    /// A line that goes into no batch.
    SetAside { frame: u64, ix: u32 },
}

const FILE_NAME: &str = "journal";
pub(super) const ENTRY_BYTES: usize = 1 + 8 + 8 + 4;

impl Entry {
    pub(super) fn encode(self) -> [u8; ENTRY_BYTES] {
        let (kind, a, b) = match self {
            Entry::Cut { seq, end } => (1u8, seq, end),
            Entry::Acknowledged { seq, end } => (2, seq, end),
            Entry::Renumbered { seq, from } => (3, seq, from),
            Entry::SetAside { frame, ix } => (4, frame, u64::from(ix)),
        };
        let mut bytes = [0; ENTRY_BYTES];
        bytes[0] = kind;
        bytes[1..9].copy_from_slice(&a.to_le_bytes());
        bytes[9..17].copy_from_slice(&b.to_le_bytes());
        let crc = crc32fast::hash(&bytes[..17]);
        bytes[17..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Entry> {
        let crc = u32::from_le_bytes(bytes.get(17..ENTRY_BYTES)?.try_into().ok()?);
        if crc32fast::hash(&bytes[..17]) != crc {
            return None;
        }
        let a = u64::from_le_bytes(bytes[1..9].try_into().ok()?);
        let b = u64::from_le_bytes(bytes[9..17].try_into().ok()?);
        match bytes[0] {
            1 => Some(Entry::Cut { seq: a, end: b }),
            2 => Some(Entry::Acknowledged { seq: a, end: b }),
            3 => Some(Entry::Renumbered { seq: a, from: b }),
            4 => Some(Entry::SetAside { frame: a, ix: u32::try_from(b).ok()? }),
            _ => None,
        }
    }
}

/// When something was written to the journal of a folder last, by the file's own time.
pub(super) fn written_at(folder: &Path) -> Option<Timestamp> {
    let changed = std::fs::metadata(folder.join(FILE_NAME)).and_then(|file| file.modified()).ok()?;
    let since = changed.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Timestamp::from_millis)
}

#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    disk: Disk,
    /// Up to where whole entries stand.
    length: u64,
    fsync: bool,
    /// Something failed: it has to be written anew before it takes an entry.
    is_doubtful: bool,
    pub acked_seq: u64,
}

impl Journal {
    pub fn open(folder: &Path, fsync: bool) -> Result<(Journal, Vec<Entry>), SpoolFault> {
        let path = folder.join(FILE_NAME);
        let doing = || SpoolFault::io(format!("opening {}", path.display()));
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(doing()(error)),
        };
        let mut entries = Vec::new();
        for (ix, record) in bytes.chunks(ENTRY_BYTES).enumerate() {
            let at = ix * ENTRY_BYTES;
            // The last one was being written when the edge died, or the disk only made room: nothing was sent on the
            // strength of it.
            let is_torn = || at + ENTRY_BYTES >= bytes.len() || bytes[at..].iter().all(|byte| *byte == 0);
            match Entry::decode(record) {
                Some(entry) => entries.push(entry),
                None if is_torn() => break,
                None => return Err(SpoolFault::Damaged { file: path, at: at as u64 }),
            }
        }
        let disk = Disk::open(&path).map_err(doing())?;
        let length = (entries.len() * ENTRY_BYTES) as u64;
        // Half an entry must not stand before the next one.
        disk.cut(length).map_err(doing())?;
        if fsync {
            disk::sync_folder(folder).map_err(doing())?;
        }
        Ok((Journal { path, disk, length, fsync, is_doubtful: false, acked_seq: 0 }, entries))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn is_doubtful(&self) -> bool {
        self.is_doubtful
    }

    /// Only while the journal is not doubtful.
    pub fn write(&mut self, entry: Entry, sync: bool) -> Result<(), SpoolFault> {
        let mut written = self.disk.write_at(self.length, &entry.encode());
        if sync && written.is_ok() {
            written = self.disk.sync();
        }
        if let Err(source) = written {
            self.is_doubtful = true;
            // Where this fails too, a start finds half an entry at the end, or one that nobody acted on.
            let _ = self.disk.cut(self.length);
            return Err(SpoolFault::io("writing the journal")(source));
        }
        self.length += ENTRY_BYTES as u64;
        Ok(())
    }

    /// All at once or not at all.
    pub fn replace(&mut self, entries: &[Entry]) -> Result<(), SpoolFault> {
        let doing = || SpoolFault::io("writing the journal anew");
        let beside = self.path.with_extension("new");
        let mut disk = Disk::create(&beside).map_err(doing())?;
        let bytes: Vec<u8> = entries.iter().flat_map(|entry| entry.encode()).collect();
        disk.write_at(0, &bytes).map_err(doing())?;
        if self.fsync {
            disk.sync().map_err(doing())?;
        }
        disk::rename(&beside, &self.path).map_err(doing())?;
        // From here on this is the journal, whatever comes: an entry in the old file would be lost with it.
        self.disk = disk;
        self.length = bytes.len() as u64;
        if self.fsync
            && let Some(folder) = self.path.parent()
        {
            // Until its name is durable, a power cut brings the old one back.
            self.is_doubtful = true;
            disk::sync_folder(folder).map_err(doing())?;
        }
        self.is_doubtful = false;
        Ok(())
    }
}
