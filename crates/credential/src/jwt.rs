//! The other form: a JWT (RFC 7519) signed with `EdDSA` (RFC 8037), whose payload is the credential itself and repeats in its claims who issued
//! it, what it is called, about whom, and from when to when (Open Badges 3.0, 8.2.4).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Timestamp;
use serde_json::{Map, Value, json};

use crate::json;
use crate::key::SecretKey;
use crate::proof::issuer_of;
use crate::refusal::Refusal;
use crate::verify::time;

const CLAIMS: [&str; 5] = ["iss", "jti", "sub", "nbf", "exp"];

pub(crate) fn write(credential: Map<String, Value>, method: &str, key: &SecretKey) -> Result<String, Refusal> {
    let claims = claims_of(&credential)?;
    let mut payload = credential;
    payload.extend(claims);
    let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": method});
    let encode = |value: String| URL_SAFE_NO_PAD.encode(value);
    let message = format!("{}.{}", encode(header.to_string()), encode(Value::Object(payload).to_string()));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()));
    Ok(format!("{message}.{signature}"))
}

/// A token taken apart; nothing of it is believed yet.
pub(crate) struct Token<'t> {
    pub kid: String,
    /// The credential, without the claims that repeat it.
    pub credential: Map<String, Value>,
    /// What is signed, and by what.
    pub message: &'t str,
    pub signature: [u8; 64],
}

/// Whether a text could be a token rather than JSON.
pub(crate) fn is_token(text: &str) -> bool {
    text.starts_with("ey")
}

pub(crate) fn read(text: &str, limits: json::Limits) -> Result<Token<'_>, Refusal> {
    let wrong = |en: &str| Refusal::malformed("", "JWT 有误", format!("its JWT is wrong: {en}"));
    // Base64 has four letters for three bytes.
    if text.len() > limits.bytes_max * 2 {
        return Err(wrong("it is too long"));
    }
    let (message, signature) = text.rsplit_once('.').ok_or_else(|| wrong("it has no three parts"))?;
    let (header, payload) = message.split_once('.').ok_or_else(|| wrong("it has no three parts"))?;
    let object = |part: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| wrong("a part is not base64url"))?;
        let text = String::from_utf8(bytes).map_err(|_| wrong("a part is not UTF-8"))?;
        json::read(&text, limits)
    };
    let header = object(header)?;
    let said = |name: &str| header.get(name).and_then(Value::as_str).unwrap_or_default();
    if said("alg") != "EdDSA" {
        return Err(Refusal::UnsupportedSuite(format!("JWT {}", said("alg"))));
    }
    // A header may ask the reader to understand more than this one does, or bring a key of its own.
    if let Some(unread) = header.keys().find(|name| !["alg", "typ", "kid", "cty"].contains(&name.as_str())) {
        let unread = format!("JWT {unread}");
        return Err(Refusal::UnsupportedSuite(unread));
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).ok().and_then(|bytes| bytes.try_into().ok());
    let signature = signature.ok_or(Refusal::Changed)?;
    let mut credential = object(payload)?;
    let mut claims = Map::new();
    for name in CLAIMS {
        if let Some(claim) = credential.shift_remove(name) {
            claims.insert(name.to_owned(), claim);
        }
    }
    if claims != claims_of(&credential)? {
        let en = "iss, jti, sub, nbf and exp must say what the credential says";
        return Err(Refusal::malformed("", "JWT 各项声明与证书内容不一致", en));
    }
    Ok(Token { kid: said("kid").to_owned(), credential, message, signature })
}

/// What the claims must say of a credential.
fn claims_of(credential: &Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(Value::from);
    let seconds = |name: &str| -> Result<Option<Value>, Refusal> {
        let at: Option<Timestamp> = time(credential, name)?;
        Ok(at.map(|at| at.as_millis().div_euclid(1_000).into()))
    };
    let all = [
        ("iss", issuer_of(credential).map(Value::from)),
        ("jti", text(credential.get("id"))),
        ("sub", text(credential.get("credentialSubject").and_then(|subject| subject.get("id")))),
        ("nbf", seconds("validFrom")?),
        ("exp", seconds("validUntil")?),
    ];
    Ok(all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}
