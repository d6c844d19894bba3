//! The journal: small records of fixed length, each with its checksum.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::SpoolFault;

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

const ENTRY_BYTES: usize = 1 + 8 + 8 + 4;

impl Entry {
    fn encode(self) -> [u8; ENTRY_BYTES] {
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

#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    /// Up to where whole entries stand.
    length: u64,
    fsync: bool,
    pub acked_seq: u64,
}

impl Journal {
    pub fn open(folder: &Path, fsync: bool) -> Result<(Journal, Vec<Entry>), SpoolFault> {
        let path = folder.join("journal");
        let doing = || SpoolFault::io(format!("opening {}", path.display()));
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(doing()(error)),
        };
        let mut entries = Vec::new();
        for (ix, record) in bytes.chunks(ENTRY_BYTES).enumerate() {
            match Entry::decode(record) {
                Some(entry) => entries.push(entry),
                // The last one was being written when the edge died: nothing was sent on the strength of it.
                None if (ix + 1) * ENTRY_BYTES >= bytes.len() => break,
                None => return Err(SpoolFault::Damaged { file: path, at: (ix * ENTRY_BYTES) as u64 }),
            }
        }
        let file = File::options().create(true).append(true).open(&path).map_err(doing())?;
        let length = (entries.len() * ENTRY_BYTES) as u64;
        // Half an entry must not stand before the next one.
        file.set_len(length).map_err(doing())?;
        Ok((Journal { path, file, length, fsync, acked_seq: 0 }, entries))
    }

    pub fn write(&mut self, entry: Entry, sync: bool) -> Result<(), SpoolFault> {
        let doing = || SpoolFault::io("writing the journal");
        let mut written = self.file.write_all(&entry.encode());
        if sync && written.is_ok() {
            written = self.file.sync_data();
        }
        if let Err(source) = written {
            let _ = self.file.set_len(self.length);
            return Err(doing()(source));
        }
        self.length += ENTRY_BYTES as u64;
        Ok(())
    }

    /// All at once or not at all.
    pub fn replace(&mut self, entries: &[Entry]) -> Result<(), SpoolFault> {
        let doing = || SpoolFault::io("writing the journal anew");
        let beside = self.path.with_extension("new");
        let mut file = File::create(&beside).map_err(doing())?;
        let bytes: Vec<u8> = entries.iter().flat_map(|entry| entry.encode()).collect();
        file.write_all(&bytes).map_err(doing())?;
        if self.fsync {
            file.sync_data().map_err(doing())?;
        }
        std::fs::rename(&beside, &self.path).map_err(doing())?;
        if self.fsync
            && let Some(folder) = self.path.parent()
        {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(doing())?;
        }
        self.file = File::options().append(true).open(&self.path).map_err(doing())?;
        self.length = bytes.len() as u64;
        Ok(())
    }
}
