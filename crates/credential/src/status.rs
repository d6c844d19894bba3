//! What was taken back: W3C Bitstring Status List 1.0. A list is a credential that holds one bit for each certificate; a certificate names the
//! list and its place in it, and whoever checks fetches the whole list, so that nobody learns which certificate is being checked.

use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use kernel::Timestamp;
use serde_json::{Map, Value, json};

use crate::certificate::StatusEntry;
use crate::contexts::CREDENTIALS_V2;
use crate::proof::{date_time, issuer_of};
use crate::refusal::Refusal;
use crate::verify::{time, types};

/// Fewer places would tell who is meant (Bitstring Status List 1.0, 6.1).
const ENTRIES_MIN: usize = 131_072;
/// 16 MiB of bits.
const ENTRIES_MAX: usize = 1 << 27;
/// Entries that one certificate may have.
const STATUSES_MAX: usize = 4;

/// What a set bit means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// For good.
    Revocation,
    /// Until it is taken off again.
    Suspension,
}

impl Purpose {
    pub fn code(self) -> &'static str {
        match self {
            Purpose::Revocation => "revocation",
            Purpose::Suspension => "suspension",
        }
    }

    fn of(code: &str) -> Option<Purpose> {
        [Purpose::Revocation, Purpose::Suspension].into_iter().find(|purpose| purpose.code() == code)
    }
}

/// One bit for each certificate of a series.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusList {
    url: String,
    purpose: Purpose,
    /// The first place is the highest bit of the first byte.
    bits: Vec<u8>,
    /// Whose list it is, and from when to when it may be relied on, where it was read from a credential.
    signed: Option<Signed>,
}

#[derive(Clone, PartialEq, Eq)]
struct Signed {
    issuer: String,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl std::fmt::Debug for StatusList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let set: u32 = self.bits.iter().map(|byte| byte.count_ones()).sum();
        write!(f, "StatusList({}, {}, {set} of {} set)", self.url, self.purpose.code(), self.entries())
    }
}

impl StatusList {
    /// A list with no bit set, with room for 131,072 certificates. `url` is where it will be found, and its credential's id.
    pub fn new(url: impl Into<String>, purpose: Purpose) -> StatusList {
        StatusList { url: url.into(), purpose, bits: vec![0; ENTRIES_MIN / 8], signed: None }
    }

    /// The same with the bits at these places set; it grows by doubling to hold them. `None` if one is beyond 2²⁷.
    pub fn with(mut self, indices: impl IntoIterator<Item = usize>) -> Option<StatusList> {
        for index in indices {
            if index >= ENTRIES_MAX {
                return None;
            }
            while index >= self.entries() {
                self.bits.resize(self.bits.len() * 2, 0);
            }
            self.bits[index / 8] |= 0x80 >> (index % 8);
        }
        Some(self)
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    pub fn entries(&self) -> usize {
        self.bits.len() * 8
    }

    /// `None` beyond the list's end.
    pub fn is_set(&self, index: usize) -> Option<bool> {
        self.bits.get(index / 8).map(|byte| byte & (0x80 >> (index % 8)) != 0)
    }

    /// The list as a credential, to be signed by [`crate::Signer::sign`]. Who has a copy may rely on it until `until`: the sooner that is, the
    /// sooner a revocation is known everywhere, and the oftener the list must be signed anew.
    pub fn credential(&self, issuer: &str, from: Timestamp, until: Timestamp) -> Value {
        json!({
            "@context": [CREDENTIALS_V2],
            "id": self.url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": issuer,
            "validFrom": date_time(from),
            "validUntil": date_time(until),
            "credentialSubject": {
                "id": format!("{}#list", self.url),
                "type": "BitstringStatusList",
                "statusPurpose": self.purpose.code(),
                "encodedList": format!("u{}", URL_SAFE_NO_PAD.encode(zipped(&self.bits))),
            },
        })
    }

    /// From a credential whose signature was checked.
    pub(crate) fn read(credential: &Map<String, Value>) -> Result<StatusList, Refusal> {
        let wrong = |place, zh: &str, en: &str| Refusal::malformed(place, zh, en);
        if !types(credential).any(|name| name == "BitstringStatusListCredential") {
            return Err(wrong("type", "不是状态列表", "it must be a BitstringStatusListCredential"));
        }
        let subject = credential.get("credentialSubject").unwrap_or(&Value::Null);
        let text = |name: &str| subject.get(name).and_then(Value::as_str);
        if text("type") != Some("BitstringStatusList") {
            return Err(wrong("credentialSubject.type", "不是状态列表", "it must be a BitstringStatusList"));
        }
        let purpose = text("statusPurpose").and_then(Purpose::of);
        let purpose = purpose.ok_or_else(|| {
            wrong("credentialSubject.statusPurpose", "应为撤销或暂停", "it must be revocation or suspension")
        })?;
        let bits = text("encodedList").and_then(unzipped).ok_or_else(|| {
            let en = "it must be gzip in base64url after a u, with 131,072 to 2^27 places";
            wrong("credentialSubject.encodedList", "状态列表的内容有误", en)
        })?;
        let url = credential.get("id").and_then(Value::as_str);
        let url = url.ok_or_else(|| wrong("id", "缺少地址", "it must have an id"))?.to_owned();
        let issuer = issuer_of(credential).unwrap_or_default().to_owned();
        let signed = Signed { issuer, from: time(credential, "validFrom")?, until: time(credential, "validUntil")? };
        Ok(StatusList { url, purpose, bits, signed: Some(signed) })
    }

    /// Whether this list speaks of an issuer's certificates now. A list that was never read from a credential is the hall's own, as it stands.
    fn speaks(&self, issuer: &str, now: Timestamp) -> bool {
        self.signed.as_ref().is_none_or(|signed| {
            signed.issuer == issuer
                && signed.from.is_none_or(|from| from <= now)
                && signed.until.is_none_or(|until| now <= until)
        })
    }
}

/// Always the same bytes for the same bits: no time, no name.
fn zipped(bits: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory fails never; what would be lost would be found by whoever reads it.
    let _ = encoder.write_all(bits);
    encoder.finish().unwrap_or_default()
}

fn unzipped(encoded: &str) -> Option<Vec<u8>> {
    let zipped = URL_SAFE_NO_PAD.decode(encoded.strip_prefix('u')?).ok()?;
    let most = ENTRIES_MAX / 8;
    let mut bits = Vec::new();
    GzDecoder::new(zipped.as_slice()).take(most as u64 + 1).read_to_end(&mut bits).ok()?;
    (ENTRIES_MIN / 8..=most).contains(&bits.len()).then_some(bits)
}

/// What `credentialStatus` names.
pub(crate) fn entries_of(credential: &Map<String, Value>) -> Result<Vec<StatusEntry>, Refusal> {
    let Some(status) = credential.get("credentialStatus") else { return Ok(Vec::new()) };
    let entries = status.as_array().map_or(std::slice::from_ref(status), Vec::as_slice);
    let wrong = |name: &str, zh: &str, en: &str| Refusal::malformed(format!("credentialStatus.{name}"), zh, en);
    if entries.len() > STATUSES_MAX {
        return Err(Refusal::malformed("credentialStatus", "状态项过多", "it has too many entries"));
    }
    let read = |entry: &Value| {
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        if text("type") != Some("BitstringStatusListEntry") {
            return Err(wrong("type", "不支持的状态类型", "it must be a BitstringStatusListEntry"));
        }
        if entry.get("statusSize").is_some_and(|size| *size != json!(1)) {
            return Err(wrong("statusSize", "状态应为一位", "an entry must have one bit"));
        }
        let purpose = text("statusPurpose").and_then(Purpose::of);
        let purpose =
            purpose.ok_or_else(|| wrong("statusPurpose", "应为撤销或暂停", "it must be revocation or suspension"))?;
        let digits =
            text("statusListIndex").filter(|text| text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit()));
        let index = digits.and_then(|digits| digits.parse().ok());
        let index =
            index.ok_or_else(|| wrong("statusListIndex", "应为列表中的位置", "it must be a place in the list"))?;
        let list = text("statusListCredential").ok_or_else(|| {
            wrong("statusListCredential", "应为状态列表的地址", "it must be the address of a status list")
        })?;
        Ok(StatusEntry { list: list.to_owned(), purpose, index })
    };
    entries.iter().map(read).collect()
}

/// Refuses what was taken back. What was revoked is revoked, whether it was suspended as well or not.
pub(crate) fn must_stand(
    credential: &Map<String, Value>,
    issuer: &str,
    lists: &[StatusList],
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut taken_back: Vec<Purpose> = Vec::new();
    for entry in entries_of(credential)? {
        let mut named = lists.iter().filter(|list| list.url == entry.list && list.purpose == entry.purpose);
        let list = named.find(|list| list.speaks(issuer, now));
        let list = list.ok_or_else(|| Refusal::StatusUnknown(entry.list.clone()))?;
        let is_set = list.is_set(entry.index).ok_or_else(|| {
            let en = "it lies beyond the end of the status list";
            Refusal::malformed("credentialStatus.statusListIndex", "超出状态列表", en)
        })?;
        if is_set {
            taken_back.push(entry.purpose);
        }
    }
    match taken_back.into_iter().min() {
        Some(Purpose::Revocation) => Err(Refusal::Revoked),
        Some(Purpose::Suspension) => Err(Refusal::Suspended),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_from_the_highest_bit() {
        let list = StatusList::new("https://hall.example/status/1", Purpose::Revocation).with([0, 9, 131_071]).unwrap();
        assert_eq!((list.bits[0], list.bits[1], list.bits[16_383]), (0x80, 0x40, 0x01));
        assert_eq!((list.is_set(9), list.is_set(10), list.is_set(131_072)), (Some(true), Some(false), None));
        let grown = list.with([131_072]).unwrap();
        assert_eq!((grown.entries(), grown.is_set(131_072), grown.is_set(0)), (262_144, Some(true), Some(true)));
        assert!(grown.with([ENTRIES_MAX]).is_none());
    }

    #[test]
    fn a_list_is_unpacked_within_bounds() {
        let encoded = |bits: &[u8]| format!("u{}", URL_SAFE_NO_PAD.encode(zipped(bits)));
        let bits = vec![0x5a; ENTRIES_MIN / 8];
        assert_eq!(unzipped(&encoded(&bits)), Some(bits.clone()));
        assert_eq!(zipped(&bits), zipped(&bits));
        assert_eq!(unzipped(&encoded(&bits)[1..]), None, "no multibase prefix");
        assert_eq!(unzipped(&encoded(&bits[1..])), None, "too few places");
        assert_eq!(unzipped("uAAAA"), None, "no gzip");
        // 64 MiB of zeros in 64 KiB.
        assert_eq!(unzipped(&encoded(&vec![0; 64 << 20])), None, "too much to unpack");
    }
}
