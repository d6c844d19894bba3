//! Data Integrity proofs by `eddsa-rdfc-2022` (W3C Data Integrity EdDSA Cryptosuites 1.0, 3.2): the SHA-256 of the canonical statements of
//! the proof's own options, then that of the document's, signed together.

use kernel::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::canon::canonical;
use crate::contexts::Contexts;
use crate::expand::statements;
use crate::jwt;
use crate::key::{Method, SecretKey};
use crate::refusal::Refusal;

pub(crate) const SUITE: &str = "eddsa-rdfc-2022";
pub(crate) const PROOF_TYPE: &str = "DataIntegrityProof";
pub(crate) const PURPOSE: &str = "assertionMethod";

/// Signs in an issuer's name.
#[derive(Debug)]
pub struct Signer<'s> {
    contexts: &'s Contexts,
    key: &'s SecretKey,
    issuer: String,
    method: String,
}

impl<'s> Signer<'s> {
    /// For an issuer who is his key: `did:key:…`.
    pub fn by_key(contexts: &'s Contexts, key: &'s SecretKey) -> Signer<'s> {
        let issuer = crate::Issuer::by_key(key.public());
        let method = issuer.methods.into_iter().map(|method| method.id).next().unwrap_or_default();
        Signer { contexts, key, issuer: issuer.id, method }
    }

    /// For an issuer with a name of its own, such as `did:web:hall.example`, as [`crate::Issuer::named`] names its keys.
    pub fn named(contexts: &'s Contexts, key: &'s SecretKey, issuer: impl Into<String>) -> Signer<'s> {
        let issuer = issuer.into();
        let method = format!("{issuer}#{}", key.public().multikey());
        Signer { contexts, key, issuer, method }
    }

    /// The issuer's id, which every credential that is signed here must name.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The name of the key, and the public half.
    pub fn method(&self) -> Method {
        Method { id: self.method.clone(), key: self.key.public() }
    }

    /// The credential with its proof. What the signature wouldn't cover is refused, as [`crate::Verifier`] would refuse it.
    pub fn sign(&self, credential: Value, at: Timestamp) -> Result<Value, Refusal> {
        let mut credential = self.own(credential)?;
        if credential.contains_key("proof") {
            return Err(Refusal::malformed("proof", "已有签名", "it is signed already"));
        }
        let mut proof = json!({
            "type": PROOF_TYPE,
            "created": date_time(at),
            "verificationMethod": self.method,
            "cryptosuite": SUITE,
            "proofPurpose": PURPOSE,
        });
        if let Value::Object(options) = &mut proof {
            let hash = hash_data(self.contexts, &credential, options)?;
            let signature = bs58::encode(self.key.sign(&hash)).into_string();
            options.insert("proofValue".to_owned(), format!("z{signature}").into());
        }
        credential.insert("proof".to_owned(), proof);
        Ok(Value::Object(credential))
    }

    /// The credential as a JWT, in the form of Open Badges 3.0 (8.2.4): the payload is the credential, with the claims that repeat it.
    pub fn jwt(&self, credential: Value) -> Result<String, Refusal> {
        let credential = self.own(credential)?;
        // So that whatever is signed can be read by the rule of this crate in either form.
        of_credential(self.contexts, &credential)?;
        jwt::write(credential, &self.method, self.key)
    }

    fn own(&self, credential: Value) -> Result<Map<String, Value>, Refusal> {
        let Value::Object(credential) = credential else {
            return Err(Refusal::malformed("", "应为 JSON 对象", "it must be a JSON object"));
        };
        match issuer_of(&credential) {
            Some(issuer) if issuer == self.issuer => Ok(credential),
            _ => Err(Refusal::malformed("issuer", "应为签名者", "it must be who signs")),
        }
    }
}

/// `issuer`, which is an id or an object with one.
pub(crate) fn issuer_of(credential: &Map<String, Value>) -> Option<&str> {
    let issuer = credential.get("issuer")?;
    issuer.as_str().or_else(|| issuer.get("id")?.as_str())
}

/// Seconds are as fine as a certificate's times are, and every reader of them takes this form.
pub(crate) fn date_time(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_second(at.as_millis().div_euclid(1_000)).unwrap_or_default();
    at.to_string()
}

/// The canonical statements of a document without its proof.
pub(crate) fn of_credential(contexts: &Contexts, document: &Map<String, Value>) -> Result<String, Refusal> {
    let context = document.get("@context").unwrap_or(&Value::Null);
    written(statements(contexts, context, document, "proof")?)
}

fn written(statements: Vec<crate::rdf::Quad<'_>>) -> Result<String, Refusal> {
    canonical(statements).map_err(|_| {
        let en = "too many parts of it look alike and lead to each other";
        Refusal::malformed("", "相同的部分过多且互相指向", en)
    })
}

/// What is signed.
pub(crate) fn hash_data(
    contexts: &Contexts,
    document: &Map<String, Value>,
    proof: &Map<String, Value>,
) -> Result<[u8; 64], Refusal> {
    let context = document.get("@context").unwrap_or(&Value::Null);
    let options = written(statements(contexts, context, proof, "proofValue")?)?;
    let document = of_credential(contexts, document)?;
    let mut hashes = [0; 64];
    hashes[..32].copy_from_slice(&Sha256::digest(options.as_bytes()));
    hashes[32..].copy_from_slice(&Sha256::digest(document.as_bytes()));
    Ok(hashes)
}

/// `z` and base58btc of 64 bytes.
pub(crate) fn signature_of(proof_value: &str) -> Option<[u8; 64]> {
    let digits = proof_value.strip_prefix('z').filter(|digits| (64..=88).contains(&digits.len()))?;
    bs58::decode(digits).into_vec().ok()?.try_into().ok()
}
