//! Ed25519 keys (RFC 8032), and how the world of credentials writes them: Multikey, `did:key`, and the document of a `did:web`.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use kernel::Rng;
use serde_json::{Value, json};

/// `ed25519-pub` of the multicodec table, as a varint.
const ED25519_PUBLIC: [u8; 2] = [0xed, 0x01];
const MULTIKEY_CONTEXT: &str = "https://w3id.org/security/multikey/v1";
const DID_CONTEXT: &str = "https://www.w3.org/ns/did/v1";

/// What an issuer signs with.
pub struct SecretKey(SigningKey);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SecretKey(of {})", self.public().multikey())
    }
}

impl SecretKey {
    /// The 32 bytes that RFC 8032 calls the private key.
    pub fn from_seed(seed: [u8; 32]) -> SecretKey {
        SecretKey(SigningKey::from_bytes(&seed))
    }

    pub fn draw(rng: &mut Rng) -> SecretKey {
        let mut seed = [0; 32];
        rng.fill(&mut seed);
        SecretKey::from_seed(seed)
    }

    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

/// What everybody may know of an issuer's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// `None` for bytes that are no point of the curve, or one of the few by which anything verifies.
    pub fn from_bytes(bytes: [u8; 32]) -> Option<PublicKey> {
        VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak()).map(PublicKey)
    }

    pub fn as_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// `z6Mk…`: multibase base58btc of the multicodec and the key.
    pub fn multikey(&self) -> String {
        format!("z{}", bs58::encode([&ED25519_PUBLIC[..], self.0.as_bytes()].concat()).into_string())
    }

    pub fn from_multikey(text: &str) -> Option<PublicKey> {
        let written = text.strip_prefix('z').filter(|digits| digits.len() <= 64)?;
        let bytes = bs58::decode(written).into_vec().ok()?;
        PublicKey::from_bytes(bytes.strip_prefix(&ED25519_PUBLIC)?.try_into().ok()?)
    }

    /// `did:key:z6Mk…`: a name that is the key itself.
    pub fn did_key(&self) -> String {
        format!("did:key:{}", self.multikey())
    }

    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

/// One of an issuer's keys, under the name by which proofs call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// Such as `did:key:z6Mk…#z6Mk…` or `did:web:hall.example#key-1`.
    pub id: String,
    pub key: PublicKey,
}

impl Method {
    /// The Multikey document (W3C Controlled Identifiers 1.0, 2.2.2).
    pub fn document(&self, controller: &str) -> Value {
        let mut document = self.entry(controller);
        document["@context"] = MULTIKEY_CONTEXT.into();
        document
    }

    fn entry(&self, controller: &str) -> Value {
        json!({
            "id": self.id,
            "type": "Multikey",
            "controller": controller,
            "publicKeyMultibase": self.key.multikey(),
        })
    }
}

/// Who issues, with all keys by which what he issued can be checked: the one he signs with now, and those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// A DID: `did:key:…`, `did:web:…`.
    pub id: String,
    pub methods: Vec<Method>,
}

impl Issuer {
    /// By the key alone: the name is the key, and needs no document anywhere.
    pub fn by_key(key: PublicKey) -> Issuer {
        let id = key.did_key();
        let method = format!("{id}#{}", key.multikey());
        Issuer { id, methods: vec![Method { id: method, key }] }
    }

    /// By a name that can outlive a key, such as `did:web:hall.example`. The method is named by its key, so that no two are called the same.
    pub fn named(id: impl Into<String>, keys: &[PublicKey]) -> Issuer {
        let id = id.into();
        let method = |key: &PublicKey| Method { id: format!("{id}#{}", key.multikey()), key: *key };
        let methods = keys.iter().map(method).collect();
        Issuer { id, methods }
    }

    pub(crate) fn method(&self, id: &str) -> Option<&Method> {
        self.methods.iter().find(|method| method.id == id)
    }

    /// What a `did:web` answers at `/.well-known/did.json` (W3C DID 1.0): all keys, each allowed to sign statements.
    pub fn did_document(&self) -> Value {
        let entries: Vec<Value> = self.methods.iter().map(|method| method.entry(&self.id)).collect();
        let names: Vec<&str> = self.methods.iter().map(|method| method.id.as_str()).collect();
        json!({
            "@context": [DID_CONTEXT, MULTIKEY_CONTEXT],
            "id": self.id,
            "verificationMethod": entries,
            "assertionMethod": names,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, section 7.1, test 1; the did:key is that of the specification's own examples for this kind of key.
    #[test]
    fn a_key_is_written_and_read() {
        let key = SecretKey::from_seed([7; 32]).public();
        assert!(key.multikey().starts_with("z6Mk"), "{}", key.multikey());
        assert_eq!(PublicKey::from_multikey(&key.multikey()), Some(key));
        assert_eq!(PublicKey::from_bytes(key.as_bytes()), Some(key));
        let known = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
        assert_eq!(PublicKey::from_multikey(known).unwrap().multikey(), known);
        for wrong in [
            "",
            "z",
            "z6Mk",
            "u7QEJX5oaWV3edJAG6VeIbE0ntybuPZOeoDi8wbrS7aq6Dg",
            "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
        ] {
            assert_eq!(PublicKey::from_multikey(wrong), None, "{wrong}");
        }
        assert_eq!(PublicKey::from_multikey(&format!("z{}", "1".repeat(100_000))), None);
        let mut neutral = [0; 32];
        neutral[0] = 1;
        assert_eq!(PublicKey::from_bytes(neutral), None, "the point by which anything verifies");
    }

    #[test]
    fn an_issuer_says_his_keys() {
        let keys = [1, 2].map(|seed| SecretKey::from_seed([seed; 32]).public());
        let issuer = Issuer::named("did:web:hall.example", &keys);
        let document = issuer.did_document();
        assert_eq!(document["verificationMethod"][1]["publicKeyMultibase"], keys[1].multikey());
        assert_eq!(document["assertionMethod"].as_array().unwrap().len(), 2);
        assert_eq!(issuer.method(&issuer.methods[1].id).unwrap().key, keys[1]);
        assert_eq!(issuer.methods[0].document(&issuer.id)["@context"], MULTIKEY_CONTEXT);
        let by_key = Issuer::by_key(keys[0]);
        assert_eq!(by_key.methods[0].id, format!("{}#{}", by_key.id, keys[0].multikey()));
    }

    #[test]
    fn a_drawn_key_is_the_seeds() {
        let drawn = |seed| SecretKey::draw(&mut Rng::from_seed(seed)).public();
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        assert!(!format!("{:?}", SecretKey::from_seed([7; 32])).contains("07070707"));
    }
}
