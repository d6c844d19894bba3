//! What is issued, and what is not.

use credential::*;
use kernel::{Mark, Text};
use proptest::prelude::*;
use serde_json::json;

use crate::fixtures::*;

#[test]
fn what_was_issued_says_what_the_certificate_says() {
    for certificate in [full(), least()] {
        let credential = issued(&certificate);
        let verified = verify(&credential.to_string()).unwrap();
        assert_eq!((verified.form, verified.certificate().unwrap()), (Form::Proof, certificate.clone()));
        let jwt = signer().jwt(self::credential(&certificate)).unwrap();
        let verified = verify(&jwt).unwrap();
        assert_eq!((verified.form, verified.certificate().unwrap()), (Form::Jwt, certificate));
    }
}

#[test]
fn values_stand_under_the_standards_terms() {
    let credential = issued(&full());
    let subject = &credential["credentialSubject"];
    assert_eq!(credential["@context"], json!([CREDENTIALS_V2, OPEN_BADGES_V3]));
    assert_eq!(credential["issuer"]["id"], KEY.public().did_key());
    assert_eq!(credential["validFrom"], "2024-03-01T01:02:03Z");
    assert_eq!((&subject["licenseNumber"], &subject["creditsEarned"]), (&json!("ZGX-2025-000123"), &json!(42.5)));
    assert_eq!(subject["achievement"]["achievementType"], "Certification");
    assert_eq!(subject["achievement"]["alignment"][1]["targetCode"], "teaching");
    assert_eq!(subject["result"][0]["value"], "92.50");
    assert_eq!(credential["credentialStatus"][0]["statusListIndex"], "94567");
    assert_eq!(credential["proof"]["cryptosuite"], "eddsa-rdfc-2022");
    assert_eq!(credential["proof"]["verificationMethod"], signer().method().id);
}

#[test]
fn the_same_values_give_the_same_bytes() {
    assert_eq!(issued(&full()).to_string(), issued(&full()).to_string());
    assert_eq!(signer().jwt(credential(&full())).unwrap(), signer().jwt(credential(&full())).unwrap());
}

/// What was published once verifies for ever.
#[test]
fn old_certificates_still_verify() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire/certificate");
    let mut seen = 0;
    for version in std::fs::read_dir(folder).unwrap() {
        for file in std::fs::read_dir(version.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let verified = verify(&text).unwrap_or_else(|refused| panic!("{}: {refused}", path.display()));
            verified.certificate().unwrap();
            seen += 1;
        }
    }
    assert!(seen >= 3, "{seen}");
}

#[test]
fn all_faults_are_named_at_once() {
    let wrong = Certificate {
        address: "certificates/1".to_owned(),
        number: " ".to_owned(),
        holder: Holder::default(),
        achievement: "https://hall.example/考试".to_owned(),
        title: Text::new("题", ""),
        criteria: "x".repeat(5_000),
        level: Some(Text::new("a\u{0}b", "b")),
        hours: Some(Mark::ZERO),
        score: Some(Score { value: Mark::from_hundredths(101), max: Mark::from_hundredths(100) }),
        abilities: vec![full().abilities[0].clone(), full().abilities[0].clone()],
        valid_until: Some(full().valid_from),
        status: vec![entry("nowhere", Purpose::Revocation, 1), entry("nowhere", Purpose::Suspension, 1)],
        ..full()
    };
    let faults = wrong.credential(signer().issuer()).unwrap_err();
    let places: Vec<&str> = faults.iter().map(|fault| fault.place.as_str()).collect();
    assert_eq!(
        places,
        [
            "address",
            "number",
            "achievement",
            "title.en",
            "criteria",
            "holder",
            "level.zh",
            "hours",
            "score",
            "abilities[1]",
            "valid_until",
            "status[0].list",
            "status[1].list",
            "status[1].list"
        ]
    );
    assert!(faults.iter().all(|fault| !fault.text.zh.is_empty() && !fault.text.en.is_empty()));
}

#[test]
fn nothing_is_signed_in_anothers_name_or_twice_or_uncovered() {
    let good = credential(&full());
    let altered = |name: &str, value: serde_json::Value| {
        let mut credential = good.clone();
        credential[name] = value;
        credential
    };
    for (credential, place) in [
        (altered("issuer", json!("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK")), "issuer"),
        (issued(&full()), "proof"),
        (altered("unheardOf", json!("x")), "unheardOf"),
        (altered("description", json!(null)), "description"),
        (altered("evidence", json!([])), "evidence"),
    ] {
        match signer().sign(credential, now()).unwrap_err() {
            Refusal::Malformed { place: at, .. } => assert_eq!(at, place),
            other => panic!("{other}"),
        }
    }
    let jwt = signer().jwt(altered("unheardOf", json!("x"))).unwrap_err();
    assert_eq!(jwt.code(), "malformed");
}

fn words() -> impl Strategy<Value = String> {
    "[a-zA-Z\u{4e00}-\u{9fff}\u{20bb7}\u{ff01}\"\\\\<>&é\u{301}]{1,20}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_it_says_it_comes_back(
        (name, zh, en, criteria) in (words(), words(), words(), "[a-z\u{4e00}-\u{9fff} \n\t]{1,80}x"),
        hours in proptest::option::of(1i64..100_000),
        score in proptest::option::of(0i64..=10_000),
        abilities in proptest::collection::btree_set("[a-z]{1,8}", 0..8),
        kind in 0usize..5,
    ) {
        let certificate = Certificate {
            holder: Holder { name: Some(name), id: None },
            title: Text::new(zh.clone(), en.clone()),
            criteria,
            hours: hours.map(Mark::from_hundredths),
            score: score.map(|value| Score { value: Mark::from_hundredths(value), max: Mark::from_hundredths(10_000) }),
            abilities: abilities.into_iter().map(|code| Ability {
                address: format!("https://hall.example/abilities/{code}"),
                name: Text::new(zh.clone(), en.clone()),
                code: None,
                framework: None,
            }).collect(),
            kind: Kind::ALL[kind],
            ..full()
        };
        let verified = verify(&issued(&certificate).to_string()).unwrap();
        prop_assert_eq!(verified.certificate().unwrap(), certificate.clone());
        let verified = verify(&signer().jwt(credential(&certificate)).unwrap()).unwrap();
        prop_assert_eq!(verified.certificate().unwrap(), certificate);
    }
}
