//! What holds, and why the rest doesn't.

use credential::*;
use serde_json::{Value, json};

use crate::fixtures::*;

/// Every place in a document, as JSON pointers: objects and lists before what is in them.
pub fn places(value: &Value, pointer: &str, found: &mut Vec<String>) {
    found.push(pointer.to_owned());
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| {
            places(value, &format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")), found);
        }),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| places(item, &format!("{pointer}/{at}"), found));
        }
        _ => {}
    }
}

/// All that one could do to one place of a document and it would still be JSON.
pub fn changes(good: &Value) -> Vec<(String, Value)> {
    let mut pointers = Vec::new();
    places(good, "", &mut pointers);
    let mut all = Vec::new();
    for pointer in pointers.iter().filter(|pointer| !pointer.is_empty()) {
        let mut change = |what: &str, to: Value| {
            let mut changed = good.clone();
            *changed.pointer_mut(pointer).unwrap() = to;
            all.push((format!("{pointer} {what}"), changed));
        };
        match good.pointer(pointer).unwrap() {
            Value::String(text) => {
                // One letter changed, wherever it stands, one more, and one less.
                let last = text.chars().count() - 1;
                for (which, at) in [("first letter", 0), ("middle letter", last / 2), ("last letter", last)] {
                    let other = |letter| if letter == 'x' { 'y' } else { 'x' };
                    let changed =
                        text.chars().enumerate().map(|(i, letter)| if i == at { other(letter) } else { letter });
                    change(which, changed.collect::<String>().into());
                }
                change("longer", format!("{text} ").into());
                change("shorter", text.chars().skip(1).collect::<String>().into());
                change("a number", json!(1));
            }
            Value::Number(_) => {
                change("more", json!(43.5));
                change("as text", json!("42.5"));
            }
            Value::Bool(is_so) => change("opposite", json!(!is_so)),
            Value::Array(items) => {
                let mut more = items.clone();
                more.push(items[0].clone());
                change("an item twice", more.into());
                change("without the first", items[1..].to_vec().into());
                change("empty", json!([]));
            }
            Value::Object(map) => {
                let mut more = map.clone();
                more.insert("unheardOf".to_owned(), json!("x"));
                change("with more", more.into());
                let mut more = map.clone();
                more.insert("description".to_owned(), json!("another word"));
                change("with a known word more", more.into());
                let mut more = map.clone();
                more.insert("related".to_owned(), json!(null));
                change("with nothing more", more.into());
                for name in map.keys() {
                    let mut less = map.clone();
                    less.shift_remove(name);
                    change(&format!("without {name}"), less.into());
                }
            }
            Value::Null => {}
        }
        change("nothing", Value::Null);
        let value = good.pointer(pointer).unwrap();
        change("in a list", json!([value]));
        if value.is_string() {
            // To the standard, an address and a node that has nothing else are the same.
            change("as a node", json!({"id": value}));
        }
        if let Some([only]) = value.as_array().map(Vec::as_slice) {
            change("out of its list", only.clone());
        }
    }
    for name in good.as_object().unwrap().keys() {
        let mut less = good.clone();
        less.as_object_mut().unwrap().shift_remove(name);
        all.push((format!("without {name}"), less));
    }
    for (name, value) in
        [("unheardOf", json!("x")), ("evidence", json!([])), ("expirationDate", json!("2020-01-01T00:00:00Z"))]
    {
        let mut more = good.clone();
        more[name] = value;
        all.push((format!("with {name}"), more));
    }
    all
}

#[test]
fn nothing_can_be_changed() {
    let good = issued(&full());
    assert!(verify(&good.to_string()).is_ok());
    let changes = changes(&good);
    assert!(changes.len() > 500, "{}", changes.len());
    let mut by_code = std::collections::BTreeMap::new();
    for (what, changed) in changes {
        if changed == good {
            continue;
        }
        let is_said_otherwise = [" in a list", " as a node", " out of its list"].iter().any(|end| what.ends_with(end));
        let refused = match verify(&changed.to_string()) {
            Err(refused) => refused,
            Ok(verified) if is_said_otherwise => {
                // It says the same, so the signature fits; it is no certificate of this hall all the same.
                verified.certificate().err().unwrap_or_else(|| panic!("{what} was accepted: {changed}"))
            }
            Ok(_) => panic!("{what} was accepted: {changed}"),
        };
        *by_code.entry(refused.code()).or_insert(0) += 1;
    }
    // Most of them are texts: read, understood, and not what was signed.
    assert!(by_code["changed"] > 200, "{by_code:?}");
}

/// By the standard these are the same statements as before, with the end and the status where nobody looks for them.
#[test]
fn an_end_can_not_be_moved_out_of_sight() {
    let mut credential = credential(&Certificate { valid_until: Some(at("2025-01-01T00:00:00Z")), ..full() });
    credential["credentialSubject"]["source"] = full().address.into();
    let expired = signer().sign(credential, now()).unwrap();
    assert_eq!(verify(&expired.to_string()).unwrap_err().code(), "expired");
    let mut moved = expired.clone();
    let until = moved.as_object_mut().unwrap().shift_remove("validUntil").unwrap();
    let types = moved["type"].clone();
    moved["credentialSubject"]["source"] = json!({"id": full().address, "type": types, "validUntil": until});
    match verify(&moved.to_string()).unwrap_err() {
        Refusal::Malformed { place, .. } => assert_eq!(place, "credentialSubject.source.id"),
        other => panic!("{other}"),
    }
}

#[test]
fn white_space_and_the_order_of_entries_are_not_content() {
    let good = issued(&full());
    let mut turned = serde_json::Map::new();
    let entries: Vec<_> = good.as_object().unwrap().iter().collect();
    for (name, value) in entries.into_iter().rev() {
        turned.insert(name.clone(), value.clone());
    }
    let text = serde_json::to_string_pretty(&turned).unwrap();
    assert_ne!(text, good.to_string());
    assert_eq!(verify(&format!("\n {text}\n")).unwrap().certificate().unwrap(), full());
}

#[test]
fn every_reason_is_told() {
    let (issuers, other) = (issuers(), SecretKey::from_seed([8; 32]));
    let good = issued(&full());
    let altered = |pointer: &str, value: Value| {
        let mut changed = good.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed.to_string()
    };
    let by_other = Signer::by_key(&CONTEXTS, &other);
    let foreign = by_other.sign(full().credential(by_other.issuer()).unwrap(), now()).unwrap();
    // In the hall's name, with a key that is not the hall's.
    let named_other = Signer::named(&CONTEXTS, &other, signer().issuer());
    let wrong_key = named_other.sign(credential(&full()), now()).unwrap();
    // The hall's method named, another's signature.
    let mut forged = good.clone();
    forged["proof"]["proofValue"] = foreign["proof"]["proofValue"].clone();
    let expired = issued(&Certificate { valid_until: Some(at("2025-01-01T00:00:00Z")), ..full() });
    let early = issued(&Certificate { valid_from: at("2026-11-27T08:00:01Z"), ..full() });
    let set = lists(&[94_567], &[]);
    let paused = lists(&[], &[94_567]);
    let both = lists(&[94_567], &[94_567]);
    let none = lists(&[], &[]);
    let far = Certificate { status: vec![entry(REVOCATIONS, Purpose::Revocation, 200_000)], ..full() };
    let unlisted =
        Certificate { status: vec![entry("https://hall.example/status/9", Purpose::Revocation, 1)], ..full() };
    let cases: Vec<(&str, String, &[StatusList])> = vec![
        ("changed", altered("/credentialSubject/licenseNumber", json!("ZGX-2025-000124")), &none),
        ("changed", altered("/proof/created", json!("2024-03-01T01:02:04Z")), &none),
        ("changed", forged.to_string(), &none),
        ("changed", altered("/proof/proofValue", json!("z1")), &none),
        ("wrong_key", wrong_key.to_string(), &none),
        ("wrong_key", altered("/proof/verificationMethod", json!("did:web:elsewhere.example#key-1")), &none),
        ("unknown_issuer", foreign.to_string(), &none),
        (
            "unknown_context",
            altered("/@context/1", json!("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.9.json")),
            &none,
        ),
        ("unknown_context", altered("/@context/1", json!({"name": "https://elsewhere.example/name"})), &none),
        ("unsupported_suite", altered("/proof/cryptosuite", json!("ecdsa-rdfc-2019")), &none),
        ("unsupported_suite", altered("/proof/type", json!("Ed25519Signature2020")), &none),
        ("malformed", altered("/proof", json!([good["proof"], good["proof"]])), &none),
        ("malformed", altered("/proof/proofPurpose", json!("authentication")), &none),
        ("malformed", "{}".to_owned(), &none),
        ("malformed", "no JSON".to_owned(), &none),
        ("malformed", String::new(), &none),
        ("malformed", issued(&far).to_string(), &none),
        ("expired", expired.to_string(), &none),
        ("not_yet_valid", early.to_string(), &none),
        ("revoked", good.to_string(), &set),
        ("suspended", good.to_string(), &paused),
        ("revoked", good.to_string(), &both),
        ("status_unknown", good.to_string(), &[]),
        ("status_unknown", good.to_string(), &none[..1]),
        ("status_unknown", issued(&unlisted).to_string(), &none),
    ];
    for (code, presented, lists) in cases {
        let refused = Verifier { contexts: &CONTEXTS, issuers: &issuers, lists }.verify(&presented, now()).unwrap_err();
        assert_eq!(refused.code(), code, "{refused}\n{presented}");
        let words = refused.words();
        assert!(!words.zh.is_empty() && !words.en.is_empty() && words.en.len() < 700, "{words:?}");
    }
}

#[test]
fn a_certificate_holds_to_the_last_second() {
    let (issuers, lists) = (issuers(), lists(&[], &[]));
    let verifier = Verifier { contexts: &CONTEXTS, issuers: &issuers, lists: &lists };
    let certificate = full();
    let (from, until) = (certificate.valid_from, certificate.valid_until.unwrap());
    let jwt = signer().jwt(credential(&certificate)).unwrap();
    for presented in [issued(&certificate).to_string(), jwt] {
        let at = |moment| verifier.verify(&presented, moment).map(|_| ());
        assert_eq!(at(from.plus_millis(-1)), Err(Refusal::NotYetValid { from }));
        assert_eq!((at(from), at(until)), (Ok(()), Ok(())));
        assert_eq!(at(until.plus_millis(1)), Err(Refusal::Expired { since: until }));
    }
}

#[test]
fn a_name_outlives_its_keys() {
    let (old, new) = (SecretKey::from_seed([1; 32]), SecretKey::from_seed([2; 32]));
    let name = "did:web:hall.example";
    let issuers = [Issuer::named(name, &[new.public(), old.public()])];
    let verifier = Verifier { contexts: &CONTEXTS, issuers: &issuers, lists: &[] };
    for key in [&old, &new] {
        let signer = Signer::named(&CONTEXTS, key, name);
        let credential = signer.sign(least().credential(name).unwrap(), now()).unwrap();
        let verified = verifier.verify(&credential.to_string(), now()).unwrap();
        assert_eq!((verified.issuer.as_str(), verified.method), (name, signer.method().id));
    }
    let retired = [Issuer::named(name, &[new.public()])];
    let signer = Signer::named(&CONTEXTS, &old, name);
    let credential = signer.sign(least().credential(name).unwrap(), now()).unwrap();
    let refused = Verifier { issuers: &retired, ..verifier }.verify(&credential.to_string(), now()).unwrap_err();
    assert_eq!(refused.code(), "wrong_key");
}

#[test]
fn no_letter_of_a_token_can_be_changed() {
    let token = signer().jwt(credential(&full())).unwrap();
    assert!(verify(&token).is_ok());
    for at in 0..token.len() {
        let letter = token.as_bytes()[at];
        for other in [letter ^ 1, b'A', b'.', b'='] {
            if other == letter || !other.is_ascii() {
                continue;
            }
            let mut changed = token.clone().into_bytes();
            changed[at] = other;
            let changed = String::from_utf8(changed).unwrap();
            assert!(verify(&changed).is_err(), "{at}: {changed}");
        }
    }
    for changed in [&token[1..], &token[..token.len() - 1], &format!("{token}.{token}"), &format!("{token}A")] {
        assert!(verify(changed).is_err());
    }
}

/// Signed properly, and still not what a token may be.
#[test]
fn a_token_says_the_same_twice_or_is_refused() {
    use base64::Engine;
    let encode = |value: &Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let signed = |header: &Value, payload: &Value| {
        let message = format!("{}.{}", encode(header), encode(payload));
        let signature = ed25519_dalek::Signer::sign(&key, message.as_bytes()).to_bytes();
        format!("{message}.{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(signature))
    };
    let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": signer().method().id});
    let mut payload = credential(&full());
    for (name, claim) in [
        ("iss", json!(signer().issuer())),
        ("jti", json!(full().address)),
        ("sub", json!(full().holder.id)),
        ("nbf", json!(1_709_254_923)),
        ("exp", json!(at("2124-03-01T01:02:03Z").as_millis() / 1_000)),
    ] {
        payload[name] = claim;
    }
    assert_eq!(verify(&signed(&header, &payload)).map(|_| ()), Ok(()));
    let altered = |of: &Value, name: &str, to: Value| {
        let mut changed = of.clone();
        changed[name] = to;
        changed
    };
    for (header, payload, code) in [
        (altered(&header, "alg", json!("none")), payload.clone(), "unsupported_suite"),
        (altered(&header, "alg", json!("HS256")), payload.clone(), "unsupported_suite"),
        (altered(&header, "crit", json!(["b64"])), payload.clone(), "unsupported_suite"),
        (altered(&header, "jwk", json!({})), payload.clone(), "unsupported_suite"),
        (altered(&header, "kid", json!("did:web:elsewhere.example#1")), payload.clone(), "wrong_key"),
        (header.clone(), altered(&payload, "sub", json!("urn:x:another")), "malformed"),
        (header.clone(), altered(&payload, "exp", json!(4_865_000_000i64)), "malformed"),
        (header.clone(), altered(&payload, "nbf", json!("1709254923")), "malformed"),
        (header.clone(), altered(&payload, "vc", json!({})), "malformed"),
        (header.clone(), altered(&payload, "proof", issued(&full())["proof"].clone()), "malformed"),
    ] {
        let refused = verify(&signed(&header, &payload)).unwrap_err();
        assert_eq!(refused.code(), code, "{refused}");
    }
}

#[test]
fn a_published_list_is_read_for_its_time_and_its_issuer() {
    let (issuers, key) = (issuers(), SecretKey::from_seed([8; 32]));
    let verifier = Verifier { contexts: &CONTEXTS, issuers: &issuers, lists: &[] };
    let (from, until) = (now(), now().plus_millis(DAY_MS));
    let own = lists(&[94_567], &[]);
    let published = |list: &StatusList| signer().sign(list.credential(signer().issuer(), from, until), now()).unwrap();
    let (revocations, suspensions) = (published(&own[0]), published(&own[1]));
    let token = signer().jwt(own[0].credential(signer().issuer(), from, until)).unwrap();
    let read = [
        verifier.status_list(&revocations.to_string(), now()).unwrap(),
        verifier.status_list(&suspensions.to_string(), now()).unwrap(),
    ];
    assert_eq!(
        (read[0].is_set(94_567), read[0].is_set(94_568), read[1].is_set(94_567)),
        (Some(true), Some(false), Some(false))
    );
    assert_eq!(verifier.status_list(&token, now()).unwrap(), read[0]);
    let with_lists = Verifier { lists: &read, ..verifier };
    let good = issued(&full()).to_string();
    assert_eq!(with_lists.verify(&good, now()), Err(Refusal::Revoked));
    let later = until.plus_millis(1);
    assert_eq!(
        with_lists.verify(&good, later),
        Err(Refusal::StatusUnknown(REVOCATIONS.to_owned())),
        "the list is too old"
    );
    assert_eq!(verifier.status_list(&revocations.to_string(), later).unwrap_err().code(), "expired");

    let mut changed = revocations.clone();
    changed["credentialSubject"]["encodedList"] = suspensions["credentialSubject"]["encodedList"].clone();
    assert_eq!(verifier.status_list(&changed.to_string(), now()), Err(Refusal::Changed));
    assert_eq!(verifier.status_list(&good, now()).unwrap_err().code(), "malformed");
    assert_eq!(
        verifier.verify(&revocations.to_string(), now()).unwrap_err().code(),
        "malformed",
        "a list is no certificate"
    );

    // Another issuer who is allowed here says nothing about the hall's certificates.
    let other = Signer::by_key(&CONTEXTS, &key);
    let theirs = other.sign(lists(&[], &[])[0].credential(other.issuer(), from, until), now()).unwrap();
    let both = [issuers[0].clone(), Issuer::by_key(key.public())];
    let verifier = Verifier { issuers: &both, ..verifier };
    let mixed = [verifier.status_list(&theirs.to_string(), now()).unwrap(), read[1].clone()];
    let refused = Verifier { lists: &mixed, ..verifier }.verify(&good, now());
    assert_eq!(refused, Err(Refusal::StatusUnknown(REVOCATIONS.to_owned())));
}
