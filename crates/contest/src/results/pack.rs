//! The results pack: one ZIP with everything that a result follows from, and the result.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `manifest.json` | the name, size and SHA-256 of each other file but the signature, and the last hash of the log |
//! | `signature.json` | the hall's Ed25519 signature of `manifest.json`, with its public key |
//! | `results.json` | the [`Standing`]: marks, totals, ranks with their reasons, prizes |
//! | `field.json` | who took part, by number; by name where the contest shows names |
//! | `log.ndjson` | every mark, verdict with its evidence, decision, correction, clock and signature, in order, each line bound to those before |
//! | `scheme.yaml`, `rule-set.yaml` | by which is judged and by which prizes are given; versions that were published later stand in the log |
//! | `README.txt` | how to check it |
//!
//! The archive is written in one way only (nothing packed, no times, this order), so that a changed byte shows wherever it is.

use std::io::{Cursor, Read, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use web::Seal;
use web::wire::{ContestId, Timestamp};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::arena::{Arena, Logged};

use super::chain;
use super::field::Field;
use super::standing::Standing;
use super::verify::Difference;

/// The shape and its version.
pub const FORMAT: &str = "guildhall/results-pack/1";

const README: &str = "\
这是一场比赛的成绩包，任何人都可以核验。\n\
  guildhall verify 本文件.zip\n\
程序从评分方案、规则集和日志重新计算每一项得分、总分、名次和奖项，与 results.json 比对，并核对签名和每一个字节。\n\
\n\
This is the results pack of a contest, which anybody can check:\n\
  guildhall verify THIS-FILE.zip\n\
The program works out every mark, total, rank and prize anew from the scheme, the rule set and the log, compares them with\n\
results.json, and checks the signature and every byte. What the files hold: docs/results-pack.md of Guildhall.\n";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: String,
    pub contest: ContestId,
    /// When the result became final.
    pub published_at: Timestamp,
    /// The hash of the log's last line.
    pub log_head: String,
    pub files: Vec<Listed>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// `Ed25519`.
    pub algorithm: String,
    /// The file that is signed.
    pub over: String,
    /// The hall's public key, in hexadecimal.
    pub key: String,
    pub signature: String,
}

/// A file of a pack by its name.
pub type File = (String, Vec<u8>);

/// Why a pack can't be made.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error("a file of the pack can't be written")]
    Json(#[from] serde_json::Error),
    #[error("the archive can't be written")]
    Zip(#[from] zip::result::ZipError),
    #[error("the archive can't be written")]
    Io(#[from] std::io::Error),
}

/// The whole pack. `log` is all of the log that the arena was folded from.
pub fn write(
    arena: &Arena,
    log: &[Logged],
    published_at: kernel::Timestamp,
    seal: &Seal,
) -> Result<Vec<u8>, PackError> {
    let plan = &arena.plan;
    let (chain, log_head) = chain::write(log, plan.blind)?;
    let mut files: Vec<File> = vec![
        ("results.json".into(), Standing::of(arena).to_bytes()),
        ("field.json".into(), lines(&Field::of(plan))?),
        ("log.ndjson".into(), chain),
        ("scheme.yaml".into(), plan.scheme.source.as_bytes().to_vec()),
    ];
    if let Some(rule_set) = &plan.rule_set {
        files.push(("rule-set.yaml".into(), rule_set.source.as_bytes().to_vec()));
    }
    files.push(("README.txt".into(), README.as_bytes().to_vec()));
    let manifest = lines(&Manifest {
        format: FORMAT.to_owned(),
        contest: plan.id.clone().into(),
        published_at: published_at.into(),
        log_head,
        files: files.iter().map(listed).collect(),
    })?;
    let signature = lines(&Signature {
        algorithm: "Ed25519".to_owned(),
        over: "manifest.json".to_owned(),
        key: seal.public_key(),
        signature: seal.sign(&manifest),
    })?;
    files.splice(0..0, [("manifest.json".to_owned(), manifest), ("signature.json".to_owned(), signature)]);
    zipped(&files)
}

pub fn lines(shape: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = serde_json::to_vec_pretty(shape)?;
    bytes.push(b'\n');
    Ok(bytes)
}

pub fn listed((name, bytes): &File) -> Listed {
    Listed { name: name.clone(), bytes: bytes.len() as u64, sha256: hex::encode(Sha256::digest(bytes)) }
}

/// The one way in which the archive is written.
pub fn zipped(files: &[File]) -> Result<Vec<u8>, PackError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Stored).unix_permissions(0o644);
    for (name, bytes) in files {
        archive.start_file(name.as_str(), options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// The files of an archive that was written in that way; whatever else is the first difference.
pub fn unzipped(archive: &[u8]) -> Result<Vec<File>, Difference> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Difference::new("ZIP", format!("无法读取：{error}"), format!("it can't be read: {error}"))
    };
    let mut read = ZipArchive::new(Cursor::new(archive)).map_err(|error| unreadable(&error))?;
    must_hold_these(&mut read, archive.len() as u64)?;
    let mut files = Vec::new();
    for at in 0..read.len() {
        let mut file = read.by_index(at).map_err(|error| unreadable(&error))?;
        let name = file.name().map_err(|error| unreadable(&error))?.into_owned();
        if file.compression() != CompressionMethod::Stored || file.size() > archive.len() as u64 {
            return Err(Difference::new(name, "压缩方式不对", "it isn't stored as a pack's files are"));
        }
        let mut bytes = Vec::with_capacity(file.size() as usize);
        file.read_to_end(&mut bytes).map_err(|error| {
            Difference::new(name.clone(), format!("无法读取：{error}"), format!("it can't be read: {error}"))
        })?;
        files.push((name, bytes));
    }
    Ok(files)
}

/// What a pack holds, in this order; the rule set where the contest has one.
const NAMES: [&str; 8] = [
    "manifest.json",
    "signature.json",
    "results.json",
    "field.json",
    "log.ndjson",
    "scheme.yaml",
    "rule-set.yaml",
    "README.txt",
];

/// The files of a pack and no others, each in a place of its own: before any is read, so that none is unpacked into more than the archive.
fn must_hold_these(read: &mut ZipArchive<Cursor<&[u8]>>, bytes: u64) -> Result<(), Difference> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Difference::new("ZIP", format!("无法读取：{error}"), format!("it can't be read: {error}"))
    };
    let mut wanted = NAMES.iter().filter(|name| **name != "rule-set.yaml" || read.index_for_name(name).is_some());
    let wanted: Vec<&str> = wanted.by_ref().copied().collect();
    let mut total = 0_u64;
    for at in 0..read.len() {
        let file = read.by_index_raw(at).map_err(|error| unreadable(&error))?;
        let name = file.name().map_err(|error| unreadable(&error))?.into_owned();
        if wanted.get(at) != Some(&name.as_str()) {
            return Err(Difference::new(name, "成绩包中此处没有这个文件", "a pack has no such file in this place"));
        }
        total = total.saturating_add(file.size());
    }
    if let Some(missing) = wanted.get(read.len()) {
        return Err(Difference::new(*missing, "缺少此文件", "the file is missing"));
    }
    if total > bytes || read.has_overlapping_entries().map_err(|error| unreadable(&error))? {
        return Err(Difference::new("ZIP", "文件互相重叠", "its files overlap"));
    }
    Ok(())
}

/// An archive that is not, byte for byte, what its files give was packed by somebody else, or changed between its files.
pub fn must_be_as_written(archive: &[u8], files: &[File]) -> Result<(), Difference> {
    let again = zipped(files).map_err(|error| Difference::new("ZIP", error.to_string(), error.to_string()))?;
    if again == archive {
        return Ok(());
    }
    let at = again.iter().zip(archive).position(|(one, other)| one != other);
    let at = at.unwrap_or_else(|| again.len().min(archive.len()));
    Err(Difference::new(
        "ZIP",
        format!("第 {at} 字节起与成绩包的写法不同：文件之间被改动，或已被重新打包"),
        format!("from byte {at} on it isn't as a pack is written: it was changed between its files, or packed again"),
    ))
}
