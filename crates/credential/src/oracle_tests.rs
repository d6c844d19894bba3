//! The statements and their canonical text, against a second reader: `oxjsonld` and `oxrdf`.

use std::error::Error;
use std::path::Path;
use std::sync::LazyLock;

use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf::dataset::{CanonicalizationAlgorithm, CanonicalizationHashAlgorithm};
use oxrdf::{Dataset, Quad};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::proof::of_credential;
use crate::{CREDENTIALS_V2, Contexts, OPEN_BADGES_V3};

fn file(name: &str) -> Option<Vec<u8>> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist/contexts").join(name)).ok()
}

static CONTEXTS: LazyLock<Contexts> =
    LazyLock::new(|| Contexts::read(file).unwrap_or_else(|refused| panic!("{refused}")));

fn by_the_other(document: &Value) -> Result<String, Box<dyn Error>> {
    let text = document.to_string();
    let parser = JsonLdParser::new().for_slice(&text).with_load_document_callback(|url, _| {
        let name = match url {
            CREDENTIALS_V2 => "credentials-v2.json",
            OPEN_BADGES_V3 => "open-badges-3.0.3.json",
            other => return Err(other.into()),
        };
        let document = file(name).ok_or(name)?;
        Ok(JsonLdRemoteDocument { document, document_url: url.to_owned() })
    });
    let quads: Vec<Quad> = parser.collect::<Result<_, _>>()?;
    let mut dataset: Dataset = quads.into_iter().collect();
    dataset.canonicalize(CanonicalizationAlgorithm::Rdfc10 { hash_algorithm: CanonicalizationHashAlgorithm::Sha256 });
    let mut lines: Vec<String> = dataset.iter().map(|quad| format!("{quad} .\n")).collect();
    lines.sort_unstable();
    Ok(lines.concat())
}

fn agree(document: &Value) -> Result<(), TestCaseError> {
    let ours = of_credential(&CONTEXTS, document.as_object().expect("an object"));
    // The other takes what is said twice as said once.
    if ours.as_ref().is_err_and(|refused| refused.to_string().contains("stands twice")) {
        return Err(TestCaseError::reject("it says a thing twice"));
    }
    let theirs = by_the_other(document);
    prop_assert!(ours.is_ok() && theirs.is_ok(), "{ours:?} {theirs:?} {document}");
    prop_assert_eq!(ours.unwrap_or_default(), theirs.unwrap_or_default());
    Ok(())
}

fn credential(subject: Value) -> Value {
    json!({
        "@context": [CREDENTIALS_V2, OPEN_BADGES_V3],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:web:hall.example", "type": ["Profile"], "name": "总工会"},
        "credentialSubject": subject,
    })
}

/// Nodes with few names, so that many look alike, and with words whose meaning depends on the type around them.
fn node() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec!["a", "b", "中\"文\\\n"]);
    let leaf = (name.clone(), prop::option::of(0u32..3)).prop_map(|(name, id)| {
        let mut leaf = json!({"type": ["Achievement"], "name": name});
        if let Some(id) = id {
            leaf["id"] = format!("urn:x:{id}").into();
        }
        leaf
    });
    leaf.prop_recursive(3, 12, 3, move |inner| {
        let inner = prop::collection::vec(inner, 1..3);
        (inner.clone(), prop::option::of(inner), name.clone(), any::<bool>(), 1u32..2_000).prop_map(
            |(related, creator, name, has_criteria, hundredths)| {
                let mut node = json!({"type": ["Achievement"], "related": related, "creditsAvailable": f64::from(hundredths) + 0.25});
                if let Some(creator) = creator {
                    node["creator"] = creator.into();
                }
                if has_criteria {
                    node["criteria"] = json!({"narrative": {"@value": name, "@language": "zh-cn"}});
                }
                node
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn two_readers_agree(achievement in prop::collection::vec(node(), 1..3)) {
        agree(&credential(json!({"type": ["AchievementSubject"], "achievement": achievement})))?;
    }
}

#[test]
fn two_readers_agree_about_what_is_typed() {
    for subject in [
        json!({"id": "urn:x:1", "type": "AchievementSubject", "creditsEarned": 16, "source": "did:web:elsewhere.example"}),
        json!({"type": "AchievementSubject", "result": [{"type": ["Result"], "achievedLevel": "urn:x:level", "value": "1"}]}),
        json!({"type": "AchievementSubject", "identifier": {"type": "IdentityObject", "hashed": false, "identityHash": "王𠮷安"}}),
        json!({"type": ["Profile"], "dateOfBirth": "1990-01-01", "image": {"id": "urn:x:image"}}),
        json!({"type": "AchievementSubject", "image": {"id": "https://hall.example/i.svg", "type": "Image", "caption": "c"}}),
        json!({"type": "AchievementSubject", "image": "https://hall.example/i.svg", "activityEndDate": "2025-01-01"}),
        json!({"type": "BitstringStatusList", "encodedList": "uH4sI", "statusPurpose": "revocation", "ttl": 300_000}),
    ] {
        let document = credential(subject);
        agree(&document).unwrap_or_else(|difference| panic!("{difference}"));
    }
    let proof = json!({
        "@context": [CREDENTIALS_V2],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2025-01-01T00:00:00Z",
        "verificationMethod": "did:web:hall.example#1",
        "proofPurpose": "assertionMethod",
    });
    agree(&proof).unwrap_or_else(|difference| panic!("{difference}"));
}

/// As `jsonld.js` 9 writes it. (`oxjsonld` 0.2.7 keeps the context of one of several types only, and drops what the others define.)
#[test]
fn contexts_of_several_types_lie_over_each_other() {
    let types = json!(["AchievementSubject", "Achievement", "Profile"]);
    let document = credential(json!({"type": types, "dateOfBirth": "1990-01-01", "tag": ["a", "b"], "role": "r"}));
    let text = of_credential(&CONTEXTS, document.as_object().unwrap()).unwrap();
    for line in [
        "_:c14n0 <https://purl.imsglobal.org/spec/vc/ob/vocab.html#dateOfBirth> \"1990-01-01\"^^<https://www.w3.org/2001/XMLSchema#date> .\n",
        "_:c14n0 <https://purl.imsglobal.org/spec/vc/ob/vocab.html#role> \"r\" .\n",
        "_:c14n0 <https://schema.org/keywords> \"a\" .\n_:c14n0 <https://schema.org/keywords> \"b\" .\n",
        "_:c14n1 <https://www.w3.org/2018/credentials#credentialSubject> _:c14n0 .\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
    assert_eq!(text.lines().count(), 13);
}

/// Two rings of nameless ones: nothing but the way around tells them apart. (W3C test `test044c` and its kin have this shape.)
#[test]
fn the_same_statements_in_another_order_give_the_same_text() {
    let child = |name: &str| json!({"type": ["Achievement"], "related": [{"type": ["Achievement"], "name": name}]});
    let one = credential(json!({"type": "AchievementSubject", "achievement": [child("a"), child("b"), child("a")]}));
    let other = credential(json!({"achievement": [child("a"), child("a"), child("b")], "type": "AchievementSubject"}));
    let text = |document: &Value| of_credential(&CONTEXTS, document.as_object().unwrap()).unwrap();
    assert_eq!(text(&one), text(&other));
    agree(&one).unwrap_or_else(|difference| panic!("{difference}"));
}
