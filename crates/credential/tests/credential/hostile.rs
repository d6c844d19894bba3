//! What strangers may send to exhaust or deceive whoever reads it.

use std::time::{Duration, Instant};

use credential::*;
use serde_json::{Value, json};

use crate::fixtures::*;

/// With the hall's issuer and a proof in its form, so that the reader goes as far as to the statements.
fn presented(subject: Value) -> String {
    let mut credential = issued(&full());
    credential["credentialSubject"] = subject;
    credential.to_string()
}

/// Nameless ones that look alike and lead to each other: the time to tell them apart grows with the factorial of their number.
fn alike(parents: usize, children: usize) -> Value {
    let child = json!({"type": ["Related"], "name": "x"});
    let parent = json!({"type": ["Achievement"], "name": "y", "related": vec![child; children]});
    json!({"type": ["AchievementSubject"], "achievement": {"type": ["Achievement"], "related": vec![parent; parents]}})
}

#[test]
#[allow(clippy::disallowed_methods, reason = "it is the machine's time that is bounded")]
fn look_alikes_are_refused_in_bounded_time() {
    for (parents, children) in [(2, 12), (12, 2), (30, 12), (2, 400), (2, 2)] {
        let text = presented(alike(parents, children));
        let begun = Instant::now();
        let refused = verify(&text).unwrap_err();
        assert!(begun.elapsed() < Duration::from_secs(5), "{parents} × {children}: {:?}", begun.elapsed());
        // Few can be told apart, and then it is the signature that is wrong.
        let code = if children > 2 { "malformed" } else { "changed" };
        assert_eq!(refused.code(), code, "{parents} × {children}: {refused}");
    }
}

/// The standard would drop or reinterpret each of these in silence; here it is refused, with its place.
#[test]
fn what_a_signature_would_not_cover_is_refused() {
    let good = issued(&full());
    let subject = |name: &str, value: Value| {
        let mut changed = good.clone();
        changed["credentialSubject"][name] = value;
        changed.to_string()
    };
    for (presented, place) in [
        (subject("unheardOf", json!("x")), "credentialSubject.unheardOf"),
        (subject("https://elsewhere.example/term", json!("x")), "credentialSubject.https://elsewhere.example/term"),
        (subject("@graph", json!([])), "credentialSubject.@graph"),
        (subject("@reverse", json!({})), "credentialSubject.@reverse"),
        (subject("@included", json!([{"id": "urn:x:1", "name": "x"}])), "credentialSubject.@included"),
        (subject("@context", json!({"name": "urn:x:name"})), "credentialSubject.@context"),
        (subject("@id", json!("urn:x:another")), "credentialSubject.@id"),
        (subject("id", json!("relative/path")), "credentialSubject.id"),
        (subject("id", json!("_:b0")), "credentialSubject.id"),
        (subject("type", json!(["AchievementSubject", "Unheard"])), "credentialSubject"),
        (subject("type", json!([])), "credentialSubject.type"),
        (subject("role", json!(null)), "credentialSubject.role"),
        (subject("role", json!([])), "credentialSubject.role"),
        (subject("role", json!([["x"]])), "credentialSubject.role[0]"),
        (subject("role", json!(["x", "x"])), "credentialSubject.role[1]"),
        (subject("role", json!("x\u{7}")), "credentialSubject.role"),
        (subject("role", json!({"@value": "x"})), "credentialSubject.role"),
        (subject("role", json!({"@value": "x", "@language": "zh-CN"})), "credentialSubject.role"),
        (subject("role", json!({"@value": "x", "@language": "zh", "@direction": "rtl"})), "credentialSubject.role"),
        (subject("role", json!({})), "credentialSubject.role"),
        (subject("creditsEarned", json!(42.0)), "credentialSubject.creditsEarned"),
        (subject("creditsEarned", json!(1e300)), "credentialSubject.creditsEarned"),
        (subject("source", json!("not an address")), "credentialSubject.source"),
        (
            subject(
                "achievement",
                json!({"type": "Achievement", "resultDescription": {"type": "ResultDescription", "allowedValue": ["a"]}}),
            ),
            "credentialSubject.achievement.resultDescription.allowedValue",
        ),
    ] {
        match verify(&presented).unwrap_err() {
            Refusal::Malformed { place: at, .. } => assert_eq!(at, place),
            other => panic!("{place}: {other}"),
        }
    }
}

/// A text in small letters in two languages is fine: nothing but the signature is wrong with it.
#[test]
fn what_the_contexts_define_is_read() {
    let mut changed = issued(&full());
    changed["credentialSubject"]["role"] =
        json!([{"@value": "组长", "@language": "zh-cn"}, {"@value": "head", "@language": "en"}]);
    assert_eq!(verify(&changed.to_string()), Err(Refusal::Changed));
}

#[test]
fn size_and_depth_are_bounded() {
    let mut deep = json!("x");
    for _ in 0..40 {
        deep = json!({"type": "Achievement", "related": deep});
    }
    let long = "x".repeat(70_000);
    for text in [
        presented(deep),
        presented(json!({"licenseNumber": long})),
        format!("ey{}", "A".repeat(1 << 20)),
        "{".repeat(1 << 20),
    ] {
        assert_eq!(verify(&text).unwrap_err().code(), "malformed");
    }
}

/// Bytes of a good credential, changed, cut and doubled by a seeded chance: never a panic, never accepted unless it says the same.
#[test]
fn no_noise_is_taken_for_a_certificate() {
    let mut rng = kernel::Rng::from_seed(1);
    let good = [issued(&full()).to_string(), signer().jwt(credential(&full())).unwrap()];
    for round in 0..2_000 {
        let mut bytes = good[round % 2].clone().into_bytes();
        for _ in 0..=rng.below(3) {
            let at = rng.below(bytes.len() as u64) as usize;
            match rng.below(4) {
                0 => bytes[at] ^= 1 << rng.below(7),
                1 => bytes.truncate(at.max(1)),
                2 => bytes.insert(at, b"{}[],:\"\\ 0e-"[rng.below(12) as usize]),
                _ => {
                    let piece = bytes[at..bytes.len().min(at + 40)].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(verified) = verify(&text) {
            assert_eq!(verified.certificate().unwrap(), full(), "{text}");
        }
    }
}
