//! The hall's own key, by which it seals what leaves it: whoever holds the public half can tell that a document is this hall's and was
//! not changed. Ed25519 (RFC 8032).
//!
//! The key is made when it is first needed and kept in the database, so all nodes of a hall seal alike, and a restored hall is the same
//! hall. Whoever has the database has the key: `docs/security.md`.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use store::args;

use crate::hall::Hall;
use crate::problem::{ApiResult, Problem};
use crate::sql;

/// Signs in the hall's name.
pub struct Seal(SigningKey);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Seal({})", self.public_key())
    }
}

impl Seal {
    /// The hall's seal; made now, if it has none.
    pub async fn of(hall: &Hall) -> ApiResult<Seal> {
        let kept = match hall.db.opt(sql::HALL_KEY, &[]).await.map_err(Problem::internal)? {
            Some(row) => row.get::<String>("secret").map_err(Problem::internal)?,
            None => Seal::made(hall).await?,
        };
        let bytes = hex::decode(kept).ok().and_then(|bytes| bytes.try_into().ok());
        let bytes = bytes.ok_or_else(|| Problem::internal(std::io::Error::other("the hall's key is damaged")))?;
        Ok(Seal::from_secret(bytes))
    }

    /// The secret of a hall that had none: the first one's, where several make one at once.
    async fn made(hall: &Hall) -> ApiResult<String> {
        let fresh = hall.secret();
        hall.db
            .write::<_, store::StoreError, _>(|tx| {
                let (fresh, now) = (&fresh, hall.now());
                Box::pin(async move {
                    if let Some(row) = tx.all(sql::HALL_KEY, &[]).await?.first() {
                        return row.get("secret");
                    }
                    tx.exec(sql::KEEP_HALL_KEY, &args![fresh, now]).await?;
                    Ok(fresh.clone())
                })
            })
            .await
            .map_err(Problem::internal)
    }

    pub fn from_secret(secret: [u8; 32]) -> Seal {
        Seal(SigningKey::from_bytes(&secret))
    }

    /// In hexadecimal.
    pub fn public_key(&self) -> String {
        hex::encode(self.0.verifying_key().as_bytes())
    }

    /// In hexadecimal.
    pub fn sign(&self, document: &[u8]) -> String {
        hex::encode(self.0.sign(document).to_bytes())
    }
}

/// Whether this is the signature of a document by the key, both in hexadecimal as [`Seal`] writes them.
pub fn is_sealed(key: &str, document: &[u8], signature: &str) -> bool {
    // One text for one key: another writing of the same bytes is a changed file.
    if [key, signature].iter().any(|text| text.bytes().any(|byte| byte.is_ascii_uppercase())) {
        return false;
    }
    let read = || {
        let key = VerifyingKey::from_bytes(&hex::decode(key).ok()?.try_into().ok()?).ok()?;
        let signature = Signature::from_bytes(&hex::decode(signature).ok()?.try_into().ok()?);
        Some((key, signature))
    };
    read().is_some_and(|(key, signature)| key.verify_strict(document, &signature).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, section 7.1, test 2.
    #[test]
    fn the_published_vector() {
        let secret = hex::decode("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").unwrap();
        let seal = Seal::from_secret(secret.try_into().unwrap());
        assert_eq!(seal.public_key(), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        let signature = seal.sign(&[0x72]);
        assert!(signature.starts_with("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"));
        assert!(is_sealed(&seal.public_key(), &[0x72], &signature));
    }

    #[test]
    fn nothing_else_is_sealed() {
        let (seal, other) = (Seal::from_secret([7; 32]), Seal::from_secret([8; 32]));
        let (key, signature) = (seal.public_key(), seal.sign(b"results"));
        assert!(is_sealed(&key, b"results", &signature));
        for (key, document, signature) in [
            (key.clone(), &b"result"[..], signature.clone()),
            (other.public_key(), b"results", signature.clone()),
            (key.clone(), b"results", other.sign(b"results")),
            (key.to_uppercase(), b"results", signature.clone()),
            (key.clone(), b"results", signature[1..].to_owned()),
            ("00".repeat(32), b"results", "00".repeat(64)),
            (String::new(), b"results", String::new()),
        ] {
            assert!(!is_sealed(&key, document, &signature), "{key} {signature}");
        }
    }
}
