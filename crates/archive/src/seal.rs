//! Sealed payloads: AES-256-GCM with a key for each agent and year. Whoever is erased loses his keys, and what they sealed can't be read
//! again, in no copy and no backup; the chain of hashes goes over what is sealed and stays whole.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};

/// 256 bits.
#[derive(Clone)]
pub(crate) struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// A key made ready. Making it ready costs as much as sealing a short text.
#[derive(Debug)]
pub(crate) struct SealKey(LessSafeKey);

/// Chance from the operating system: keys, their numbers and nonces are for nobody to guess or repeat.
pub(crate) fn chance<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // The system's source fails only before it is seeded, at the machine's start.
    while SystemRandom::new().fill(&mut bytes).is_err() {
        std::hint::spin_loop();
    }
    bytes
}

impl Secret {
    pub(crate) fn fresh() -> Secret {
        Secret(chance::<32>().to_vec())
    }

    pub(crate) fn stored(bytes: Vec<u8>) -> Secret {
        Secret(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// `None` if it isn't 256 bits.
    pub(crate) fn key(&self) -> Option<SealKey> {
        UnboundKey::new(&AES_256_GCM, &self.0).ok().map(|key| SealKey(LessSafeKey::new(key)))
    }
}

impl SealKey {
    /// Nonce, what was sealed, and the tag, in place: `front` has room for the nonce before the plain text. `place` is bound: a payload
    /// that is moved elsewhere can't be opened.
    pub(crate) fn seal(&self, nonce: [u8; NONCE_LEN], place: i64, mut front: Vec<u8>) -> Vec<u8> {
        let bound = Aad::from(place.to_be_bytes());
        let Some((room, plain)) = front.split_at_mut_checked(NONCE_LEN) else { return Vec::new() };
        room.copy_from_slice(&nonce);
        match self.0.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), bound, plain) {
            Ok(tag) => front.extend(tag.as_ref()),
            // Only beyond 64 GiB.
            Err(_) => front.clear(),
        }
        front
    }

    /// `None` if the payload was changed, moved, or sealed with another key.
    pub(crate) fn open(&self, place: i64, mut sealed: Vec<u8>) -> Option<Vec<u8>> {
        let nonce: [u8; NONCE_LEN] = sealed.get(..NONCE_LEN)?.try_into().ok()?;
        let bound = Aad::from(place.to_be_bytes());
        let opened =
            self.0.open_within(Nonce::assume_unique_for_key(nonce), bound, &mut sealed, NONCE_LEN..).ok()?.len();
        sealed.truncate(opened);
        Some(sealed)
    }
}

/// Nonces for many payloads from one draw of the system's chance: 96 bits each, and each used once.
pub(crate) fn nonces(count: usize) -> Vec<[u8; NONCE_LEN]> {
    let mut bytes = vec![0; count * NONCE_LEN];
    while SystemRandom::new().fill(&mut bytes).is_err() {
        std::hint::spin_loop();
    }
    bytes.chunks_exact(NONCE_LEN).filter_map(|nonce| nonce.try_into().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_opened_only_by_its_key_at_its_place_unchanged() {
        let (secret, other) = (Secret::fresh(), Secret::fresh());
        let (key, nonce) = (secret.key().unwrap(), nonces(1)[0]);
        let sealed = key.seal(nonce, 7, [&[0; NONCE_LEN], "张三 passed".as_bytes()].concat());
        assert_eq!(key.open(7, sealed.clone()).unwrap(), "张三 passed".as_bytes());
        assert!(key.open(8, sealed.clone()).is_none());
        assert!(other.key().unwrap().open(7, sealed.clone()).is_none());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open(7, changed).is_none(), "byte {at}");
        }
        assert!(key.open(7, Vec::new()).is_none());
        assert!(Secret::stored(vec![1; 31]).key().is_none());
    }
}
