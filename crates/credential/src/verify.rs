//! Whether a presented credential is to be believed, and what it says.

use kernel::Timestamp;
use serde_json::{Map, Value};

use crate::certificate::Certificate;
use crate::contexts::Contexts;
use crate::json::{self, Limits};
use crate::key::{Issuer, Method};
use crate::proof::{PROOF_TYPE, PURPOSE, SUITE, hash_data, issuer_of, of_credential, signature_of};
use crate::refusal::Refusal;
use crate::status::{StatusList, must_stand};
use crate::{certificate, jwt};

/// What of a proof is understood. Others bind it to an occasion (`challenge`, `domain`), which isn't one here.
const PROOF_ENTRIES: [&str; 8] =
    ["type", "id", "cryptosuite", "created", "expires", "verificationMethod", "proofPurpose", "proofValue"];

/// How a credential was secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON with a Data Integrity proof.
    Proof,
    Jwt,
}

/// Checks credentials of these issuers, by what is handed in and nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Verifier<'v> {
    pub contexts: &'v Contexts,
    /// Everybody else is refused.
    pub issuers: &'v [Issuer],
    /// The hall's own as they stand, and others' as [`Verifier::status_list`] read them.
    pub lists: &'v [StatusList],
}

/// A credential that holds: signed by its issuer, unchanged, within its time, not taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// As it was presented, with its proof; from a JWT without the claims that repeat it.
    pub credential: Map<String, Value>,
    pub form: Form,
    pub issuer: String,
    /// The name of the key.
    pub method: String,
}

impl Verified {
    /// What it says, if it has the very form in which this crate writes certificates. The signature covers statements, and JSON has more than
    /// one way to say the same: here there is one, so that a certificate is what was issued, to the letter.
    pub fn certificate(&self) -> Result<Certificate, Refusal> {
        let certificate = certificate::read(&self.credential)?;
        let other = || {
            let en = "it is valid, and not of the form that certificates here have";
            Refusal::malformed("", "签名有效，但不是此处证书的格式", en)
        };
        let Ok(Value::Object(mut issued)) = certificate.credential(&self.issuer) else { return Err(other()) };
        if let Some(proof) = self.credential.get("proof") {
            issued.insert("proof".to_owned(), proof.clone());
        }
        if issued == self.credential { Ok(certificate) } else { Err(other()) }
    }
}

impl Verifier<'_> {
    /// A credential as JSON or as JWT, at a moment. An allowed issuer's certificate that names a status list is refused unless that list is at
    /// hand.
    pub fn verify(&self, presented: &str, now: Timestamp) -> Result<Verified, Refusal> {
        let verified = self.authentic(presented, json::CERTIFICATE, now)?;
        let credential = &verified.credential;
        let has = |name: &str| types(credential).any(|one| one == name);
        if !has("VerifiableCredential") || !(has("OpenBadgeCredential") || has("AchievementCredential")) {
            let en = "it must be a VerifiableCredential and an OpenBadgeCredential";
            return Err(Refusal::malformed("type", "不是 Open Badges 证书", en));
        }
        must_stand(credential, &verified.issuer, self.lists, now)?;
        Ok(verified)
    }

    /// A status list as it was published, by one of the issuers. It is good for the times that it names.
    pub fn status_list(&self, presented: &str, now: Timestamp) -> Result<StatusList, Refusal> {
        StatusList::read(&self.authentic(presented, json::STATUS_LIST, now)?.credential)
    }

    /// Signed by one of the issuers, unchanged, and within its time.
    fn authentic(&self, presented: &str, limits: Limits, now: Timestamp) -> Result<Verified, Refusal> {
        let presented = presented.trim();
        let verified = if jwt::is_token(presented) {
            self.token(presented, limits)?
        } else {
            self.document(presented, limits, now)?
        };
        let credential = &verified.credential;
        if let Some(from) = time(credential, "validFrom")?.filter(|from| now < *from) {
            return Err(Refusal::NotYetValid { from });
        }
        if let Some(since) = time(credential, "validUntil")?.filter(|until| *until < now) {
            return Err(Refusal::Expired { since });
        }
        Ok(verified)
    }

    fn document(&self, presented: &str, limits: Limits, now: Timestamp) -> Result<Verified, Refusal> {
        let credential = json::read(presented, limits)?;
        let proof = credential
            .get("proof")
            .and_then(Value::as_object)
            .ok_or_else(|| Refusal::malformed("proof", "没有签名，或签名不止一个", "it must have one proof"))?;
        // One way to say it here as well: texts, and no lists or nodes of the same meaning.
        if let Some((name, _)) = proof.iter().find(|(_, value)| !value.is_string()) {
            return Err(Refusal::malformed(format!("proof.{name}"), "应为文字", "it must be a text"));
        }
        let said = |name: &str| proof.get(name).and_then(Value::as_str).unwrap_or_default();
        if (said("type"), said("cryptosuite")) != (PROOF_TYPE, SUITE) {
            return Err(Refusal::UnsupportedSuite(format!("{} {}", said("type"), said("cryptosuite"))));
        }
        if let Some(unread) = proof.keys().find(|name| !PROOF_ENTRIES.contains(&name.as_str())) {
            return Err(Refusal::malformed(format!("proof.{unread}"), "不支持此项", "it is not supported"));
        }
        if said("proofPurpose") != PURPOSE {
            return Err(Refusal::malformed("proof.proofPurpose", "签名用途不符", "it must be assertionMethod"));
        }
        let (issuer, method) = self.key(&credential, said("verificationMethod"))?;
        let hash = hash_data(self.contexts, &credential, proof)?;
        let signature = signature_of(said("proofValue")).ok_or(Refusal::Changed)?;
        if !method.key.verifies(&hash, &signature) {
            return Err(Refusal::Changed);
        }
        if let Some(since) = time(proof, "expires")?.filter(|until| *until < now) {
            return Err(Refusal::Expired { since });
        }
        let (issuer, method) = (issuer.id.clone(), method.id.clone());
        Ok(Verified { credential, form: Form::Proof, issuer, method })
    }

    fn token(&self, presented: &str, limits: Limits) -> Result<Verified, Refusal> {
        let token = jwt::read(presented, limits)?;
        if token.credential.contains_key("proof") {
            return Err(Refusal::malformed("proof", "JWT 内不应再有签名", "a JWT must have no proof beside its own"));
        }
        let (issuer, method) = self.key(&token.credential, &token.kid)?;
        if !method.key.verifies(token.message.as_bytes(), &token.signature) {
            return Err(Refusal::Changed);
        }
        of_credential(self.contexts, &token.credential)?;
        let (issuer, method) = (issuer.id.clone(), method.id.clone());
        Ok(Verified { credential: token.credential, form: Form::Jwt, issuer, method })
    }

    fn key(&self, credential: &Map<String, Value>, method: &str) -> Result<(&Issuer, &Method), Refusal> {
        let named = issuer_of(credential)
            .ok_or_else(|| Refusal::malformed("issuer", "没有发证单位", "it must name its issuer"))?;
        let issuer = self.issuers.iter().find(|issuer| issuer.id == named);
        let issuer = issuer.ok_or_else(|| Refusal::UnknownIssuer(named.to_owned()))?;
        let method = issuer.method(method).ok_or_else(|| Refusal::WrongKey(method.to_owned()))?;
        Ok((issuer, method))
    }
}

pub(crate) fn types(credential: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let types = credential
        .get("type")
        .map_or(&[][..], |types| types.as_array().map_or(std::slice::from_ref(types), Vec::as_slice));
    types.iter().filter_map(Value::as_str)
}

/// A time of a credential: `None` if it isn't there, an error if it is none.
pub(crate) fn time(of: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>, Refusal> {
    let Some(written) = of.get(name) else { return Ok(None) };
    let at = written.as_str().and_then(|text| text.parse().ok());
    at.map(Some).ok_or_else(|| {
        Refusal::malformed(
            name,
            "应为带时区的时间，如 2026-11-22T08:00:00Z",
            "it must be a time such as 2026-11-22T08:00:00Z",
        )
    })
}
