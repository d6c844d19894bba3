//! A published result is worked out again from what it was published with.
//!
//! Who acts: anybody with the pack and the program, no hall. Checked in this order, so that the first difference says the most:
//! the archive and its list of files, the signature, the chain of the log, every event where it stands, the draw, the caps of the rules, the whole
//! result, and who signed it.

use std::collections::HashSet;
use std::sync::Arc;

use kernel::{Role, Text};
use serde_json::Value;

use crate::arena::{Arena, Logged, Touched};
use crate::event::{ContestState, Happened};

use super::after::Follows;
use super::draws::{self, Bound};
use super::field::Field;
use super::pack::{self, File, Manifest, Signature};
use super::standing::Standing;
use super::{chain, drawn, refereed};

/// Where a pack first differs from what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// A file, with the line or the field in it.
    pub place: String,
    pub what: Text,
}

impl Difference {
    pub fn new(place: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Difference {
        Difference { place: place.into(), what: Text::new(zh, en) }
    }
}

impl Difference {
    /// At the line of an event.
    pub fn in_log(logged: &Logged, zh: impl Into<String>, en: impl Into<String>) -> Difference {
        Difference::new(format!("log.ndjson:{}", logged.position), zh, en)
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.what.en)
    }
}
impl std::error::Error for Difference {}

/// What was found in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub contest: Text,
    pub entries: usize,
    pub events: usize,
    pub marks: usize,
    pub verdicts: usize,
    pub prizes: usize,
    /// Marks that were looked at once more, and corrected.
    pub rechecked: u32,
    pub corrected: usize,
    /// Photographs whose digests the log holds, without those that were withdrawn; the pictures are not in a pack.
    pub photos: usize,
    /// How the draw was bound before it was drawn.
    pub drawn: Bound,
    /// The public key of the hall that sealed it, in hexadecimal.
    pub key: String,
    /// Who signed this very result.
    pub signed: Vec<Role>,
}

/// Checks a pack. `key` is the public key that it must be sealed with; without it any hall's seal will do.
pub fn verify(archive: &[u8], key: Option<&str>) -> Result<Verified, Difference> {
    let files = pack::unzipped(archive)?;
    let manifest: Manifest = json(&files, "manifest.json")?;
    if manifest.format != pack::FORMAT {
        let format = &manifest.format;
        return Err(Difference::new(
            "manifest.json: format",
            format!("不认识的格式 {format}"),
            format!("the format {format} is unknown"),
        ));
    }
    must_be_listed(&files, &manifest)?;
    let key = must_be_sealed(&files, key)?;
    must_be_canonical("manifest.json", &manifest, &files)?;
    pack::must_be_as_written(archive, &files)?;

    let (log, head) = chain::read(text(&files, "log.ndjson")?)?;
    if head != manifest.log_head {
        return Err(Difference::new(
            "manifest.json: log_head",
            "与日志末行不符",
            "it is not the hash of the log's last line",
        ));
    }
    let arena = folded(&files, &log)?;
    if arena.plan.id != manifest.contest.0 {
        return Err(Difference::new(
            "manifest.json: contest",
            "与 field.json 不符",
            "it is not the contest of field.json",
        ));
    }
    drawn::must_be_drawn(&arena, &log)?;
    let drawn = draws::must_follow(&arena, &log)?;
    refereed::must_keep_caps(&arena, &log)?;
    let standing = Standing::of(&arena);
    must_be_the_result(bytes(&files, "results.json")?, &standing)?;
    let signed = must_be_signed(&arena, &standing, &log, &manifest)?;
    let count = |is: fn(&Happened) -> bool| log.iter().filter(|logged| is(&logged.happened)).count();
    Ok(Verified {
        contest: arena.plan.name.clone().into(),
        entries: arena.plan.entries.len(),
        events: log.len(),
        marks: count(|happened| matches!(happened, Happened::Mark { .. } | Happened::Imported { .. })),
        verdicts: count(|happened| matches!(happened, Happened::Verdict { .. })),
        prizes: standing.prizes.len(),
        rechecked: standing.recheck.as_ref().map_or(0, |recheck| recheck.marks),
        corrected: standing.corrections.len(),
        photos: arena.photos.all().iter().filter(|photo| photo.is_shown()).count(),
        drawn,
        key,
        signed,
    })
}

fn bytes<'f>(files: &'f [File], name: &str) -> Result<&'f [u8], Difference> {
    let found = files.iter().find(|(known, _)| known == name);
    found.map(|(_, bytes)| bytes.as_slice()).ok_or_else(|| Difference::new(name, "缺少此文件", "the file is missing"))
}

fn text<'f>(files: &'f [File], name: &str) -> Result<&'f str, Difference> {
    std::str::from_utf8(bytes(files, name)?).map_err(|error| {
        let at = error.valid_up_to();
        Difference::new(name, format!("第 {at} 字节不是 UTF-8"), format!("byte {at} is no UTF-8"))
    })
}

fn json<T: serde::de::DeserializeOwned>(files: &[File], name: &str) -> Result<T, Difference> {
    serde_json::from_slice(bytes(files, name)?)
        .map_err(|error| Difference::new(name, format!("无法读取：{error}"), format!("it can't be read: {error}")))
}

/// A file says what it was read as and nothing more, in the one way in which it is written.
fn must_be_canonical(name: &str, read: &impl serde::Serialize, files: &[File]) -> Result<(), Difference> {
    match pack::lines(read).is_ok_and(|again| bytes(files, name) == Ok(again.as_slice())) {
        true => Ok(()),
        false => Err(Difference::new(name, "写法与成绩包的不同", "it isn't written as a pack writes it")),
    }
}

/// Each file but manifest and signature is listed with its size and hash, in order, and no other is there.
fn must_be_listed(files: &[File], manifest: &Manifest) -> Result<(), Difference> {
    let listed: Vec<_> = files.iter().skip(2).map(pack::listed).collect();
    for (found, said) in listed.iter().zip(&manifest.files) {
        if found.name != said.name {
            let (found, said) = (&found.name, &said.name);
            return Err(Difference::new(
                found.clone(),
                format!("清单中此处为 {said}"),
                format!("the manifest has {said} in this place"),
            ));
        }
        if found != said {
            return Err(Difference::new(
                found.name.clone(),
                "内容与清单不符",
                "its content is not what the manifest says",
            ));
        }
    }
    match (listed.get(manifest.files.len()), manifest.files.get(listed.len())) {
        (Some(more), _) => Err(Difference::new(more.name.clone(), "清单中没有此文件", "the manifest doesn't list it")),
        (None, Some(missing)) => Err(Difference::new(missing.name.clone(), "缺少此文件", "the file is missing")),
        (None, None) => Ok(()),
    }
}

/// The hall's signature of the manifest; gives the key.
fn must_be_sealed(files: &[File], wanted: Option<&str>) -> Result<String, Difference> {
    let sealed: Signature = json(files, "signature.json")?;
    must_be_canonical("signature.json", &sealed, files)?;
    let Signature { algorithm, over, key, signature } = sealed;
    let wrong = |zh: &str, en: &str| Err(Difference::new("signature.json", zh, en));
    if algorithm != "Ed25519" || over != "manifest.json" {
        return wrong("不认识的签名方式", "the way of signing is unknown");
    }
    if !web::is_sealed(&key, bytes(files, "manifest.json")?, &signature) {
        return wrong("签名与 manifest.json 不符", "it is no signature of manifest.json by this key");
    }
    if wanted.is_some_and(|wanted| !wanted.trim().eq_ignore_ascii_case(&key)) {
        return wrong("不是指定大厅的密钥", "it is not by the key that was asked for");
    }
    Ok(key)
}

/// The contest as it stands at the end of the log, each of whose events may stand where it does ([`Follows`]).
fn folded(files: &[File], log: &[Logged]) -> Result<Arena, Difference> {
    let sources = (text(files, "scheme.yaml")?, files.iter().any(|(name, _)| name == "rule-set.yaml"));
    let first = |name: &str, faults: Vec<catalogue::Diagnostic>| {
        let fault = faults.into_iter().next();
        let place =
            fault.as_ref().map_or_else(|| name.to_owned(), |fault| format!("{name}:{}:{}", fault.line, fault.column));
        let what = fault.map(|fault| fault.text).unwrap_or_default();
        Difference { place, what }
    };
    let (scheme, faults) = catalogue::load_scheme(sources.0);
    let scheme = scheme.ok_or_else(|| first("scheme.yaml", faults))?;
    let rule_set = match sources.1 {
        true => {
            let (rule_set, faults) = catalogue::load_rule_set(text(files, "rule-set.yaml")?);
            Some(rule_set.ok_or_else(|| first("rule-set.yaml", faults))?)
        }
        false => None,
    };
    let field: Field = json(files, "field.json")?;
    must_be_canonical("field.json", &field, files)?;
    let plan = field.into_plan(scheme, rule_set)?;
    let mut arena = Arena::new(Arc::new(plan)).map_err(|faults| {
        let said = faults.first().map(ToString::to_string).unwrap_or_default();
        Difference::new("field.json", said.clone(), said)
    })?;
    let mut touched = Touched::default();
    let mut follows = Follows::default();
    for logged in log {
        follows.next(&arena, logged)?;
        arena.fold(logged, &mut touched);
    }
    follows.end()?;
    Ok(arena)
}

fn must_be_the_result(published: &[u8], standing: &Standing) -> Result<(), Difference> {
    let again = standing.to_bytes();
    if again == published {
        return Ok(());
    }
    let said: Value = serde_json::from_slice(published).map_err(|error| {
        Difference::new("results.json", format!("无法读取：{error}"), format!("it can't be read: {error}"))
    })?;
    let follows: Value = serde_json::from_slice(&again).unwrap_or_default();
    Err(first_difference("", &said, &follows).map_or_else(
        || Difference::new("results.json", "写法与重新计算的不同", "it isn't written as it follows"),
        |(path, said, follows)| {
            Difference::new(
                format!("results.json: {path}"),
                format!("公布为 {said}，重新计算为 {follows}"),
                format!("published is {said}, what follows is {follows}"),
            )
        },
    ))
}

/// The path of the first value that differs, with both values.
fn first_difference(path: &str, said: &Value, follows: &Value) -> Option<(String, Value, Value)> {
    match (said, follows) {
        (Value::Object(one), Value::Object(other)) => {
            let keys = one.keys().chain(other.keys().filter(|key| !one.contains_key(*key)));
            let at = |key: &String| if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let none = &Value::Null;
            keys.into_iter().find_map(|key| {
                first_difference(&at(key), one.get(key).unwrap_or(none), other.get(key).unwrap_or(none))
            })
        }
        (Value::Array(one), Value::Array(other)) => {
            let none = &Value::Null;
            (0..one.len().max(other.len())).find_map(|at| {
                let path = format!("{path}[{at}]");
                first_difference(&path, one.get(at).unwrap_or(none), other.get(at).unwrap_or(none))
            })
        }
        _ if said == follows => None,
        _ => Some((path.to_owned(), said.clone(), follows.clone())),
    }
}

/// The contest is final, and whoever has to sign its result has signed this one.
fn must_be_signed(
    arena: &Arena,
    standing: &Standing,
    log: &[Logged],
    manifest: &Manifest,
) -> Result<Vec<Role>, Difference> {
    let is_end = |logged: &&Logged| matches!(logged.happened, Happened::State { to: ContestState::Final, .. });
    let end = log.iter().rfind(is_end);
    let after = log.last().filter(|last| !is_end(last) && arena.state == ContestState::Final);
    if let Some(after) = after {
        return Err(Difference::in_log(
            after,
            "成绩公布之后不应再有事件",
            "the log ends with the result that is published, and nothing comes after it",
        ));
    }
    if arena.state != ContestState::Final || end.map(|logged| logged.at) != Some(manifest.published_at.0) {
        return Err(Difference::new(
            "manifest.json: published_at",
            "日志中成绩没有在此时公布",
            "by the log no result became final then",
        ));
    }
    let digest = standing.digest();
    let signed: Vec<_> = arena.signatures.iter().filter(|signature| signature.digest == digest).collect();
    let wanted = arena.plan.rule_set.iter().flat_map(|loaded| loaded.rules.signatures.iter().copied());
    let mut accounts = HashSet::new();
    for role in wanted {
        let by = signed.iter().find(|signature| signature.role == role);
        if !by.is_some_and(|signature| accounts.insert(&signature.account)) {
            let role = role.code();
            return Err(Difference::new(
                "log.ndjson",
                format!("此成绩没有 {role} 的签字"),
                format!("no {role} has signed this result"),
            ));
        }
    }
    Ok(signed.iter().map(|signature| signature.role).collect())
}
