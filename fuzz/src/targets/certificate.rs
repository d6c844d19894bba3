//! Nothing is taken for a certificate of the hall but what it signed; and whatever it would sign, it also reads.

use std::path::Path;
use std::sync::LazyLock;

use credential::{Contexts, Issuer, Purpose, Refusal, SecretKey, Signer, StatusList, Verifier};
use kernel::Timestamp;
use serde_json::Value;

pub const WORDS: &[&str] = &[
    "\"@context\":[\"https://www.w3.org/ns/credentials/v2\",\"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json\"]",
    "\"type\":[\"VerifiableCredential\",\"OpenBadgeCredential\"]",
    "\"type\":[\"AchievementSubject\"]",
    "\"type\":\"Achievement\"",
    "\"credentialSubject\":{",
    "\"achievement\":{",
    "\"related\":[",
    "\"id\":\"urn:x:1\"",
    "\"@id\":",
    "\"@value\":\"x\",\"@language\":\"en\"",
    "\"creditsEarned\":2.5",
    "\"hashed\":false",
    "\"validUntil\":\"2020-01-01T00:00:00Z\"",
    "\"statusListIndex\":\"1\"",
    "\"statusPurpose\":\"suspension\"",
    "\"encodedList\":\"uH4sIA",
    "\"proof\":{",
    "null",
    "[]",
    "{}",
    "},",
    "],",
    "eyJhbGciOiJFZERTQSJ9.",
];

/// Within the time of the seeds, which `crates/credential` made with this key: `fixtures/wire/certificate`.
const NOW: Timestamp = Timestamp::from_millis(1_795_334_400_000);
static KEY: LazyLock<SecretKey> = LazyLock::new(|| SecretKey::from_seed([7; 32]));
static ISSUERS: LazyLock<Vec<Issuer>> = LazyLock::new(|| vec![Issuer::by_key(KEY.public())]);
static LISTS: LazyLock<Vec<StatusList>> = LazyLock::new(|| {
    let list = |name: &str, purpose| StatusList::new(format!("https://hall.example/status/{name}/1"), purpose);
    vec![list("revocation", Purpose::Revocation), list("suspension", Purpose::Suspension)]
});
static CONTEXTS: LazyLock<Contexts> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/dist/contexts");
    Contexts::read(|name| std::fs::read(folder.join(name)).ok()).unwrap_or_else(|refused| panic!("{refused}"))
});

pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let verifier = Verifier { contexts: &CONTEXTS, issuers: &ISSUERS, lists: &LISTS };
    match verifier.verify(text, NOW) {
        // No seed has another number, and nobody else has the key.
        Ok(verified) => {
            if let Ok(certificate) = verified.certificate() {
                assert_eq!(certificate.number, "ZGX-2025-000123");
            }
        }
        Err(refused) => {
            let words = refused.words();
            assert!(!words.zh.is_empty() && !words.en.is_empty() && words.en.len() < 2_000, "{words:?}");
        }
    }
    if let Ok(list) = verifier.status_list(text, NOW) {
        assert_eq!(list.is_set(list.entries()), None);
    }
    let Ok(Value::Object(mut credential)) = serde_json::from_str(text) else { return };
    credential.remove("proof");
    let signer = Signer::by_key(&CONTEXTS, &KEY);
    credential.insert("issuer".to_owned(), signer.issuer().into());
    let Ok(signed) = signer.sign(Value::Object(credential), NOW) else { return };
    if let Err(refused) = verifier.verify(&signed.to_string(), NOW) {
        let is_of_policy = !matches!(
            refused,
            Refusal::Changed
                | Refusal::WrongKey(_)
                | Refusal::UnknownIssuer(_)
                | Refusal::UnknownContext(_)
                | Refusal::UnsupportedSuite(_)
        );
        assert!(is_of_policy, "{refused}: {signed}");
    }
}
