//! The hall, its key, its contexts, and two certificates: one with everything that a certificate may have, one with the least.

use std::path::Path;
use std::sync::LazyLock;

use credential::*;
use kernel::{Mark, Text, Timestamp};
use serde_json::Value;

pub const REVOCATIONS: &str = "https://hall.example/status/revocation/1";
pub const SUSPENSIONS: &str = "https://hall.example/status/suspension/1";
pub const DAY_MS: i64 = 86_400_000;

/// From where the program finds them, as the web build left them.
pub static CONTEXTS: LazyLock<Contexts> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist/contexts");
    let contexts = Contexts::read(|name| std::fs::read(folder.join(name)).ok());
    contexts.unwrap_or_else(|error| panic!("{error}"))
});
pub static KEY: LazyLock<SecretKey> = LazyLock::new(|| SecretKey::from_seed([7; 32]));

pub fn signer() -> Signer<'static> {
    Signer::by_key(&CONTEXTS, &KEY)
}

pub fn issuers() -> Vec<Issuer> {
    vec![Issuer::by_key(KEY.public())]
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Within the time of both certificates, and for other people's verifiers, who look at the machine's clock, long before today.
pub fn now() -> Timestamp {
    at("2026-11-27T08:00:00Z")
}

pub fn full() -> Certificate {
    let ability = |code: &str, zh: &str, en: &str| Ability {
        address: format!("https://hall.example/abilities/{code}"),
        name: Text::new(zh, en),
        code: Some(code.to_owned()),
        framework: Some("工业机器人系统操作员 国家职业技能标准".to_owned()),
    };
    Certificate {
        address: "https://hall.example/certificates/ZGX-2025-000123".to_owned(),
        number: "ZGX-2025-000123".to_owned(),
        holder: Holder {
            // A character outside the basic plane, as in many a name.
            name: Some("王𠮷安 “小王”\\".to_owned()),
            id: Some("urn:uuid:6f1ed002-ab5f-4a71-8c3c-5b0e0a8e2f10".to_owned()),
        },
        kind: Kind::Skill,
        achievement: "https://hall.example/exams/robot-operator-3".to_owned(),
        title: Text::new("工业机器人系统操作员（三级）", "Industrial robot system operator (level 3)"),
        criteria: "理论与实操均不低于 60 分。\n\nAt least 60 points in theory and in practice.".to_owned(),
        level: Some(Text::new("三级/高级工", "Level 3, senior")),
        hours: Some(Mark::from_hundredths(4_250)),
        score: Some(Score { value: Mark::from_hundredths(9_250), max: Mark::from_hundredths(10_000) }),
        abilities: vec![
            ability("electrical", "电气接线", "Electrical wiring"),
            ability("teaching", "示教编程", "Teach programming"),
        ],
        issuer: Profile {
            name: "示范区总工会".to_owned(),
            url: Some("https://hall.example/".to_owned()),
            image: Some("https://hall.example/emblem.svg".to_owned()),
        },
        valid_from: at("2024-03-01T01:02:03Z"),
        valid_until: Some(at("2124-03-01T01:02:03Z")),
        status: vec![entry(REVOCATIONS, Purpose::Revocation, 94_567), entry(SUSPENSIONS, Purpose::Suspension, 94_567)],
    }
}

pub fn entry(list: &str, purpose: Purpose, index: usize) -> StatusEntry {
    StatusEntry { list: list.to_owned(), purpose, index }
}

pub fn least() -> Certificate {
    Certificate {
        holder: Holder { name: Some("李四".to_owned()), id: None },
        kind: Kind::Course,
        level: None,
        hours: None,
        score: None,
        abilities: Vec::new(),
        issuer: Profile { name: "示范区总工会".to_owned(), url: None, image: None },
        valid_until: None,
        status: Vec::new(),
        ..full()
    }
}

/// The credential of a certificate in the hall's name, not yet signed.
pub fn credential(certificate: &Certificate) -> Value {
    certificate.credential(signer().issuer()).unwrap()
}

pub fn issued(certificate: &Certificate) -> Value {
    signer().sign(credential(certificate), certificate.valid_from).unwrap()
}

/// The hall's lists, with these places set.
pub fn lists(revoked: &[usize], suspended: &[usize]) -> Vec<StatusList> {
    [(REVOCATIONS, Purpose::Revocation, revoked), (SUSPENSIONS, Purpose::Suspension, suspended)]
        .into_iter()
        .map(|(url, purpose, set)| StatusList::new(url, purpose).with(set.iter().copied()).unwrap())
        .collect()
}

pub fn verify(presented: &str) -> Result<Verified, Refusal> {
    let (issuers, lists) = (issuers(), lists(&[], &[]));
    Verifier { contexts: &CONTEXTS, issuers: &issuers, lists: &lists }.verify(presented, now())
}
