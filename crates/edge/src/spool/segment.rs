//! Segment files: frames one after the other, each with its length and checksum.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use kernel::Timestamp;
use serde::{Deserialize, Serialize};

use super::disk::{self, Disk};
use super::{Frame, SpoolFault};

/// The last batch of somebody who uses the HTTP door, so that sending it again does nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Source {
    pub edge: String,
    pub seq: u64,
    pub crc: u32,
}

/// The first line of a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FrameHeader {
    pub at_ms: i64,
    pub ticks: u32,
    pub samples: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
}

impl FrameHeader {
    pub fn at(&self) -> Timestamp {
        Timestamp::from_millis(self.at_ms)
    }
}

/// Length and checksum.
const HEAD_BYTES: usize = 8;

pub(super) fn encode(header: &FrameHeader, lines: &[u8]) -> Vec<u8> {
    let mut record = vec![0; HEAD_BYTES];
    // A struct of numbers and texts always becomes JSON.
    let _ = serde_json::to_writer(&mut record, header);
    record.push(b'\n');
    record.extend_from_slice(lines);
    let length = (record.len() - HEAD_BYTES) as u32;
    let crc = crc32fast::hash(&record[HEAD_BYTES..]);
    record[..4].copy_from_slice(&length.to_le_bytes());
    record[4..8].copy_from_slice(&crc.to_le_bytes());
    record
}

/// The header and the lines of the record that `bytes` begin with, and its length.
fn decode(bytes: &[u8]) -> Option<(FrameHeader, &[u8], usize)> {
    let (head, rest) = bytes.split_at_checked(HEAD_BYTES)?;
    let length = u32::from_le_bytes(head[..4].try_into().ok()?) as usize;
    let crc = u32::from_le_bytes(head[4..].try_into().ok()?);
    let payload = rest.get(..length)?;
    if crc32fast::hash(payload) != crc {
        return None;
    }
    let end = payload.iter().position(|byte| *byte == b'\n')?;
    let header = serde_json::from_slice(&payload[..end]).ok()?;
    Some((header, &payload[end + 1..], HEAD_BYTES + length))
}

/// Whether this is a record that was being written when the power went: it reaches to the end of the file or beyond, or
/// the disk only made room for it.
fn is_torn(rest: &[u8]) -> bool {
    let length = rest.get(..4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    length.is_none_or(|length| length as usize + HEAD_BYTES >= rest.len()) || rest.iter().all(|byte| *byte == 0)
}

fn path(folder: &Path, first: u64) -> PathBuf {
    folder.join(format!("{first:020}.frames"))
}

pub(super) fn create(folder: &Path, first: u64) -> Result<Disk, SpoolFault> {
    let path = path(folder, first);
    let doing = || SpoolFault::io(format!("creating {}", path.display()));
    let disk = Disk::create(&path).map_err(doing())?;
    disk::sync_folder(folder).map_err(doing())?;
    Ok(disk)
}

pub(super) fn write(disk: &mut Disk, from: u64, record: &[u8], fsync: bool) -> io::Result<()> {
    disk.write_at(from, record)?;
    if fsync { disk.sync() } else { Ok(()) }
}

pub(super) fn read(folder: &Path, segment: u64, offset: u64, length: u32) -> Result<Vec<u8>, SpoolFault> {
    let path = path(folder, segment);
    let doing = || SpoolFault::io(format!("reading {}", path.display()));
    let mut file = File::open(&path).map_err(doing())?;
    file.seek(SeekFrom::Start(offset)).map_err(doing())?;
    let mut record = vec![0; length as usize];
    file.read_exact(&mut record).map_err(doing())?;
    match decode(&record) {
        Some((_, lines, _)) => Ok(lines.to_vec()),
        None => Err(SpoolFault::Damaged { file: path, at: offset }),
    }
}

pub(super) fn delete(folder: &Path, segment: u64) -> Result<(), SpoolFault> {
    let path = path(folder, segment);
    std::fs::remove_file(&path).map_err(SpoolFault::io(format!("deleting {}", path.display())))
}

/// All segments as they were left.
pub(super) struct Found {
    pub first_frame: u64,
    pub frames: Vec<Frame>,
    /// First frame and bytes of each segment.
    pub segments: Vec<(u64, u64)>,
    pub sources: HashMap<String, Source>,
    pub tail: Disk,
}

pub(super) fn read_all(folder: &Path) -> Result<Found, SpoolFault> {
    let mut firsts = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(SpoolFault::io(format!("listing {}", folder.display())))? {
        let entry = entry.map_err(SpoolFault::io(format!("listing {}", folder.display())))?;
        let name = entry.file_name();
        if let Some(first) =
            name.to_str().and_then(|name| name.strip_suffix(".frames")).and_then(|name| name.parse().ok())
        {
            firsts.push(first);
        }
    }
    firsts.sort_unstable();
    if firsts.is_empty() {
        firsts.push(1);
        create(folder, 1)?;
    }
    let (mut frames, mut segments, mut sources) = (Vec::new(), Vec::new(), HashMap::new());
    let first_frame = firsts[0];
    let last = firsts.len() - 1;
    for (ix, first) in firsts.iter().copied().enumerate() {
        let path = path(folder, first);
        let doing = || SpoolFault::io(format!("reading {}", path.display()));
        // A segment that was moved away leaves a hole in the numbers.
        if first != first_frame + frames.len() as u64 {
            return Err(SpoolFault::Damaged { file: path, at: 0 });
        }
        let bytes = std::fs::read(&path).map_err(doing())?;
        let mut offset = 0;
        while let Some((header, _, length)) = bytes.get(offset..).and_then(decode) {
            frames.push(Frame {
                segment: first,
                offset: offset as u64,
                length: length as u32,
                ticks: header.ticks,
                samples: header.samples,
                at: header.at(),
            });
            for source in header.sources {
                sources.insert(source.edge.clone(), source);
            }
            offset += length;
        }
        if offset < bytes.len() && (ix < last || !is_torn(&bytes[offset..])) {
            return Err(SpoolFault::Damaged { file: path, at: offset as u64 });
        }
        segments.push((first, offset as u64));
    }
    let (first, bytes) = segments[last];
    let path = path(folder, first);
    let doing = || SpoolFault::io(format!("opening {}", path.display()));
    let tail = Disk::open(&path).map_err(doing())?;
    // Half a record was never accepted.
    tail.cut(bytes).map_err(doing())?;
    Ok(Found { first_frame, frames, segments, sources, tail })
}
