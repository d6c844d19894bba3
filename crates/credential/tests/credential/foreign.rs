//! Other people's verifiers, who know nothing of this hall: Digital Bazaar's (npm), openvc-core and openbadgeslib (PyPI). Each is given the
//! same certificates, offline, and has to take the good ones and refuse the others, for the reason for which they are to be refused.

use std::path::{Path, PathBuf};
use std::process::Command;

use credential::*;
use kernel::{Mark, Text, Timestamp};
use serde_json::{Map, Value, json};

use crate::fixtures::*;
use crate::verifying::{changes, places};

const WEB: &str = "did:web:hall.example";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn python(script: &str) -> Command {
    let chosen = std::env::var("GUILDHALL_TEST_PYTHON");
    let python = chosen.map_or_else(|_| repository().join("target/python/bin/python"), PathBuf::from);
    assert!(python.is_file(), "{} is not there; run: cargo xtask install", python.display());
    let mut command = Command::new(python);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/credential").join(script));
    command
}

fn node() -> Command {
    let folder = repository().join("e2e");
    assert!(folder.join("node_modules/@digitalbazaar/vc").is_dir(), "the verifier is not there; run: npm ci, in e2e/");
    let mut command = Command::new("node");
    command.arg(folder.join("verifiers/open-badges.mjs"));
    command
}

/// What each verifier's answer must have one of, in small letters.
type Reason = &'static [&'static str];
const REVOKED: Reason = &["is revoked", "'revocation' is set", "status bit is set"];
const SUSPENDED: Reason = &["is suspended", "'suspension' is set", "status bit is set"];
const EXPIRED: Reason = &["expired", "is after \"validuntil\""];
const EARLY: Reason = &["not yet valid", "not valid before", "is before \"validfrom\""];
const FORGED: Reason = &["invalid signature", "signature mismatch", "does not verify"];
const FORGED_LIST: Reason = &["\"bitstringstatuslistcredential\" not verified", "invalid signature", "does not verify"];
/// A changed letter may make an address that is none, or a word that isn't defined.
const ANY: Reason = &[""];

struct Case {
    name: String,
    presented: Value,
    refused_for: Option<Reason>,
}

fn good(name: impl Into<String>, presented: Value) -> Case {
    Case { name: name.into(), presented, refused_for: None }
}

fn bad(name: impl Into<String>, presented: Value, reason: Reason) -> Case {
    Case { name: name.into(), presented, refused_for: Some(reason) }
}

/// Runs a tool on a file with what it is given; what it says.
fn told(mut tool: Command, given: &Value) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("given.json");
    std::fs::write(&file, given.to_string()).unwrap();
    let done = tool.arg(&file).output().unwrap_or_else(|error| panic!("can't run {tool:?}: {error}"));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{tool:?} (is it missing? cargo xtask install, npm ci in e2e/)\n{said}");
    serde_json::from_slice(&done.stdout).unwrap()
}

/// What a verifier says of the cases, which must be what each of them deserves.
fn must_judge(verifier: Command, cases: &[Case], documents: &Map<String, Value>) {
    let form = |case: &Case| if case.presented.is_string() { "jwt" } else { "credential" };
    let given: Vec<Value> = cases.iter().map(|case| json!({"name": case.name, form(case): case.presented})).collect();
    let answers = told(verifier, &json!({"cases": given, "documents": documents}));
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), cases.len());
    let is_as_deserved = |case: &Case, answer: &Value| {
        let says = answer["says"].as_str().unwrap().to_lowercase();
        let verdict = case.refused_for.is_none_or(|reason| reason.iter().any(|word| says.contains(word)));
        answer["name"] == case.name.as_str() && answer["verified"] == case.refused_for.is_none() && verdict
    };
    let wrong: Vec<String> = cases
        .iter()
        .zip(answers)
        .filter(|(case, answer)| !is_as_deserved(case, answer))
        .map(|(case, answer)| format!("{answer} should be refused for {:?}\n{}", case.refused_for, case.presented))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Past any machine's clock: verifiers look at theirs.
fn far_off() -> Timestamp {
    at("2124-01-01T00:00:00Z")
}

/// What a verifier may ask for by its address: the lists, as JSON or as JWT, the document of the hall's name, and the vocabulary of Open Badges,
/// which openvc-core doesn't bring along.
fn documents(as_jwt: bool) -> Map<String, Value> {
    let from = at("2024-01-01T00:00:00Z");
    let mut documents = Map::new();
    for list in lists(&[500, 131_071], &[501]) {
        let credential = list.credential(signer().issuer(), from, far_off());
        let published =
            if as_jwt { signer().jwt(credential).unwrap().into() } else { signer().sign(credential, from).unwrap() };
        documents.insert(list.url().to_owned(), published);
    }
    let issuer = Issuer::named(WEB, &[KEY.public()]);
    let document = issuer.did_document();
    documents.insert("https://hall.example/.well-known/did.json".to_owned(), document.clone());
    documents.insert(issuer.methods[0].id.clone(), issuer.methods[0].document(WEB));
    documents.insert(WEB.to_owned(), document);
    documents.insert(OPEN_BADGES_V3.to_owned(), vocabulary());
    documents
}

fn vocabulary() -> Value {
    let file = repository().join("web/dist/contexts/open-badges-3.0.3.json");
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

fn cases(issue: impl Fn(&Certificate) -> Value, by_other: impl Fn(&Certificate) -> Value) -> Vec<Case> {
    let at_place = |index| Certificate {
        status: vec![entry(REVOCATIONS, Purpose::Revocation, index), entry(SUSPENSIONS, Purpose::Suspension, index)],
        ..full()
    };
    let hours = |hundredths| Certificate { hours: Some(Mark::from_hundredths(hundredths)), ..least() };
    let only_revocable = Certificate { status: vec![entry(REVOCATIONS, Purpose::Revocation, 7)], ..full() };
    let expired = Certificate { valid_until: Some(at("2024-06-01T00:00:00Z")), ..full() };
    let early = Certificate { valid_from: far_off(), ..full() };
    vec![
        good("everything", issue(&full())),
        good("the least", issue(&least())),
        good("one status", issue(&only_revocable)),
        good("whole hours", issue(&hours(1_600))),
        good("an odd fraction", issue(&hours(33))),
        good("many abilities", issue(&many_abilities())),
        good("beside the revoked one", issue(&at_place(499))),
        bad("revoked", issue(&at_place(500)), REVOKED),
        bad("revoked at the end", issue(&at_place(131_071)), REVOKED),
        bad("suspended", issue(&at_place(501)), SUSPENDED),
        bad("expired", issue(&expired), EXPIRED),
        bad("not yet valid", issue(&early), EARLY),
        bad("another's key", by_other(&full()), FORGED),
    ]
}

/// Nameless parts of which several look alike at first sight.
fn many_abilities() -> Certificate {
    let ability = |at: usize| Ability {
        address: format!("https://hall.example/abilities/{at}"),
        name: Text::new("能力", "Ability"),
        code: None,
        framework: None,
    };
    Certificate { abilities: (0..20).map(ability).collect(), ..full() }
}

/// In the hall's name with its method, by a key that isn't the hall's.
fn forged(credential: Value) -> Value {
    let other = SecretKey::from_seed([8; 32]);
    let mut forged = Signer::named(&CONTEXTS, &other, signer().issuer()).sign(credential, now()).unwrap();
    forged["proof"]["verificationMethod"] = signer().method().id.into();
    forged
}

/// The last letter changed in every text of the credential.
fn changed() -> Vec<Case> {
    let original = issued(&full());
    let all = changes(&original).into_iter().filter(|(what, _)| what.ends_with(" last letter"));
    let cases: Vec<Case> = all.map(|(what, changed)| bad(what, changed, ANY)).collect();
    let mut pointers = Vec::new();
    places(&original, "", &mut pointers);
    let texts = pointers.iter().filter(|pointer| original.pointer(pointer).is_some_and(Value::is_string)).count();
    assert!(cases.len() == texts && texts > 70, "{} of {texts}", cases.len());
    cases
}

fn all_cases() -> Vec<Case> {
    let mut all = cases(issued, |certificate| forged(credential(certificate)));
    let by_name = Certificate { status: Vec::new(), ..full() }.credential(WEB).unwrap();
    all.push(good("by a name", Signer::named(&CONTEXTS, &KEY, WEB).sign(by_name, now()).unwrap()));
    all.extend(changed());
    all
}

#[test]
fn digital_bazaars_verifier_agrees() {
    must_judge(node(), &all_cases(), &documents(false));
}

#[test]
fn openvc_core_agrees() {
    must_judge(python("verify_openvc.py"), &all_cases(), &documents(false));
}

#[test]
fn openbadgeslib_agrees() {
    must_judge(python("verify_openbadgeslib.py"), &all_cases(), &documents(true));
}

#[test]
fn openbadgeslib_agrees_about_tokens() {
    let by_other = |certificate: &Certificate| {
        let other = SecretKey::from_seed([8; 32]);
        let forger = Signer::named(&CONTEXTS, &other, signer().issuer());
        forger.jwt(credential(certificate)).unwrap().into()
    };
    let mut all = cases(|certificate| signer().jwt(credential(certificate)).unwrap().into(), by_other);
    let original = signer().jwt(credential(&full())).unwrap();
    for at in (0..original.len()).step_by(97).filter(|at| original.as_bytes()[*at] != b'.') {
        let other = if original.as_bytes()[at] == b'A' { "B" } else { "A" };
        let changed = format!("{}{other}{}", &original[..at], &original[at + 1..]);
        all.push(bad(format!("letter {at}"), changed.into(), ANY));
    }
    must_judge(python("verify_openbadgeslib.py"), &all, &documents(true));
}

/// With the same key another program makes the same signature: the same statements, in the same canonical text.
#[test]
fn openvc_core_signs_the_same() {
    let certificates = [full(), least(), many_abilities()];
    let given = json!({
        "seed": "07".repeat(32),
        "method": signer().method().id,
        "created": "2024-03-01T01:02:03+00:00",
        "credentials": certificates.iter().map(credential).collect::<Vec<_>>(),
        "contexts": {OPEN_BADGES_V3: vocabulary()},
    });
    let signed = told(python("sign_openvc.py"), &given);
    for (theirs, certificate) in signed.as_array().unwrap().iter().zip(certificates) {
        assert_eq!(*theirs, issued(&certificate));
        assert_eq!(verify(&theirs.to_string()).unwrap().certificate().unwrap(), certificate);
    }
}

/// A list that somebody else signed clears nobody.
#[test]
fn a_forged_list_is_refused_by_all() {
    let other = SecretKey::from_seed([8; 32]);
    let forger = Signer::named(&CONTEXTS, &other, signer().issuer());
    let revoked = Certificate { status: vec![entry(REVOCATIONS, Purpose::Revocation, 500)], ..full() };
    let cases = [bad("under a forged list", issued(&revoked), FORGED_LIST)];
    let clean = lists(&[], &[])[0].credential(signer().issuer(), at("2024-01-01T00:00:00Z"), far_off());
    let with = |as_jwt, list| {
        let mut documents = documents(as_jwt);
        documents.insert(REVOCATIONS.to_owned(), list);
        documents
    };
    let as_json = with(false, forged(clean.clone()));
    must_judge(node(), &cases, &as_json);
    must_judge(python("verify_openvc.py"), &cases, &as_json);
    must_judge(python("verify_openbadgeslib.py"), &cases, &with(true, forger.jwt(clean).unwrap().into()));
}
