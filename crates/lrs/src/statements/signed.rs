//! Signed statements (1.0.3, Data 2.6): a JSON Web Signature over the statement, as an attachment of it.
//!
//! Its payload must tell the same as the statement. Where the signature names its certificate (`x5c`) it is checked with it; whether that
//! certificate is to be trusted is for the readers of the statement to say.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::multipart::Part;
use crate::refusal::{Done, Refusal};

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    x5c: Vec<String>,
}

fn wrong(zh: &str, en: &str) -> Refusal {
    Refusal::bad_in("attachments", zh, en)
}

/// `at`: which statement of a list it is.
pub fn check(json: &[u8], at: Option<usize>, content_type: &str, file: &Part) -> Done<()> {
    if content_type != "application/octet-stream" {
        return Err(wrong(
            "签名附件的类型应为 application/octet-stream",
            "has a signature that is not application/octet-stream",
        ));
    }
    let no_jws = || wrong("签名附件不是 JWS 紧凑序列化", "has a signature that is no JWS in compact serialization");
    let text = std::str::from_utf8(&file.bytes).map_err(|_| no_jws())?.trim();
    let mut parts = text.split('.');
    let (Some(header), Some(payload), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(no_jws());
    };
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).map_err(|_| no_jws());
    let (head, signed, given) = (decoded(header)?, decoded(payload)?, decoded(signature)?);
    let head: Header = serde_json::from_slice(&head).map_err(|_| no_jws())?;
    let algorithm = match head.alg.as_str() {
        "RS256" => &RSA_PKCS1_2048_8192_SHA256,
        "RS384" => &RSA_PKCS1_2048_8192_SHA384,
        "RS512" => &RSA_PKCS1_2048_8192_SHA512,
        _ => {
            return Err(wrong(
                "签名算法应为 RS256、RS384 或 RS512",
                "has a signature that is not RS256, RS384 or RS512",
            ));
        }
    };
    let signed = std::str::from_utf8(&signed).map_err(|_| no_jws())?;
    let statement = picked(json, at).ok_or_else(no_jws)?;
    if !xapi::same(signed, statement) {
        return Err(wrong("签名所签的不是这条陈述", "has a signature over another statement"));
    }
    let Some(certificate) = head.x5c.first() else { return Ok(()) };
    let der = STANDARD
        .decode(certificate)
        .map_err(|_| wrong("x5c 不是有效的证书", "names a certificate that can't be read"))?;
    let key = public_key(&der).ok_or_else(|| wrong("x5c 不是有效的证书", "names a certificate that can't be read"))?;
    let message = format!("{header}.{payload}");
    UnparsedPublicKey::new(algorithm, key)
        .verify(message.as_bytes(), &given)
        .map_err(|_| wrong("签名与证书不符", "has a signature that its certificate doesn't bear out"))
}

/// The statement's own text.
fn picked(json: &[u8], at: Option<usize>) -> Option<&str> {
    match at {
        None => std::str::from_utf8(json).ok(),
        Some(at) => serde_json::from_slice::<Vec<&RawValue>>(json).ok()?.get(at).map(|raw| raw.get()),
    }
}

/// The public key of an X.509 certificate (RFC 5280, 4.1): the seventh part of its first part, or the sixth where no version stands.
fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    const SEQUENCE: u8 = 0x30;
    const VERSION: u8 = 0xa0;
    const BIT_STRING: u8 = 0x03;
    let (_, whole, _) = der(certificate, Some(SEQUENCE))?;
    let (_, mut body, _) = der(whole, Some(SEQUENCE))?;
    if body.first() == Some(&VERSION) {
        body = der(body, None)?.2;
    }
    // Serial number, algorithm, issuer, validity, subject.
    for _ in 0..5 {
        body = der(body, None)?.2;
    }
    let (_, info, _) = der(body, Some(SEQUENCE))?;
    let (_, _, rest) = der(info, Some(SEQUENCE))?;
    let (_, bits, _) = der(rest, Some(BIT_STRING))?;
    // The first byte counts unused bits.
    bits.split_first().map(|(_, key)| key)
}

/// Takes one element apart: its tag, its content, and what follows it.
fn der(bytes: &[u8], wanted: Option<u8>) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    if wanted.is_some_and(|wanted| wanted != *tag) {
        return None;
    }
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 4 {
            return None;
        }
        let (digits, rest) = rest.split_at_checked(count)?;
        (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}
