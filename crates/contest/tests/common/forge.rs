//! A pack as somebody forges it who has a key of his own.

use contest::results::pack::{self, File};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// As a forger does it: the log chained anew, the manifest and its signature made anew.
pub fn resealed(mut files: Vec<File>) -> Vec<u8> {
    let seal = web::Seal::from_secret([9; 32]);
    let log = &mut files[4].1;
    let (mut prev, mut chained) = ("0".repeat(64), String::new());
    for line in String::from_utf8(log.clone()).unwrap().lines() {
        let event = line.split_once("\"event\":").unwrap().1.strip_suffix('}').unwrap();
        let hash = hex::encode(Sha256::digest(format!("{prev}{event}")));
        chained.push_str(&format!("{{\"prev\":\"{prev}\",\"hash\":\"{hash}\",\"event\":{event}}}\n"));
        prev = hash;
    }
    *log = chained.into_bytes();
    let mut manifest: Value = serde_json::from_slice(&files[0].1).unwrap();
    manifest["log_head"] = json!(prev);
    manifest["files"] = files[2..].iter().map(|file| serde_json::to_value(pack::listed(file)).unwrap()).collect();
    files[0].1 = format!("{}\n", serde_json::to_string_pretty(&manifest).unwrap()).into_bytes();
    let mut signature: Value = serde_json::from_slice(&files[1].1).unwrap();
    signature["key"] = json!(seal.public_key());
    signature["signature"] = json!(seal.sign(&files[0].1));
    files[1].1 = format!("{}\n", serde_json::to_string_pretty(&signature).unwrap()).into_bytes();
    pack::zipped(&files).unwrap()
}
