//! Why a presented credential is not to be believed.

use kernel::{Text, Timestamp};

/// Characters of a stranger's text that are said back to him.
const SHOWN_MAX: usize = 120;

/// The first reason that was met, in this order: what it is, who signed it, whether it was changed, when it holds, whether it was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No credential, or one that says something that its signature can't cover.
    Malformed {
        /// Such as `credentialSubject.achievement.name`; empty for the whole.
        place: String,
        text: Text,
    },
    /// A context that the hall doesn't have, and never fetches.
    UnknownContext(String),
    /// Secured in another way than by `eddsa-rdfc-2022` or an `EdDSA` JWT.
    UnsupportedSuite(String),
    /// Nobody whose certificates are checked here.
    UnknownIssuer(String),
    /// Signed with a key that is not the issuer's.
    WrongKey(String),
    /// The signature doesn't fit: something was changed after signing, or it was signed by somebody else.
    Changed,
    NotYetValid {
        from: Timestamp,
    },
    Expired {
        since: Timestamp,
    },
    Revoked,
    Suspended,
    /// It names a status list that is not at hand, or no more valid.
    StatusUnknown(String),
}

impl Refusal {
    pub(crate) fn malformed(place: impl std::fmt::Display, zh: impl Into<String>, en: impl Into<String>) -> Refusal {
        Refusal::Malformed { place: shown(&place.to_string()), text: Text::new(zh, en) }
    }

    /// For programs: stable, never renamed.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Malformed { .. } => "malformed",
            Refusal::UnknownContext(_) => "unknown_context",
            Refusal::UnsupportedSuite(_) => "unsupported_suite",
            Refusal::UnknownIssuer(_) => "unknown_issuer",
            Refusal::WrongKey(_) => "wrong_key",
            Refusal::Changed => "changed",
            Refusal::NotYetValid { .. } => "not_yet_valid",
            Refusal::Expired { .. } => "expired",
            Refusal::Revoked => "revoked",
            Refusal::Suspended => "suspended",
            Refusal::StatusUnknown(_) => "status_unknown",
        }
    }

    /// For people: what is wrong, and what to do.
    pub fn words(&self) -> Text {
        match self {
            Refusal::Malformed { place, text } if place.is_empty() => Text::new(
                format!("不是可以核验的证书：{}", text.zh),
                format!("this is no certificate that can be checked: {}", text.en),
            ),
            Refusal::Malformed { place, text } => Text::new(
                format!("不是可以核验的证书，{place}：{}", text.zh),
                format!("this is no certificate that can be checked, {place}: {}", text.en),
            ),
            Refusal::UnknownContext(context) => Text::new(
                format!("证书使用了未知的词汇表 {}；请向发证单位核实", shown(context)),
                format!("the certificate uses an unknown vocabulary, {}: ask its issuer", shown(context)),
            ),
            Refusal::UnsupportedSuite(suite) => Text::new(
                format!("证书的签名方式 {} 不受支持；请向发证单位核实", shown(suite)),
                format!("the certificate is signed in a way that is not supported, {}: ask its issuer", shown(suite)),
            ),
            Refusal::UnknownIssuer(issuer) => Text::new(
                format!("此处不核验 {} 签发的证书；请向该单位核实", shown(issuer)),
                format!("certificates of {} are not checked here: ask that issuer", shown(issuer)),
            ),
            Refusal::WrongKey(method) => Text::new(
                format!("签名所用的密钥 {} 不属于发证单位，证书不可信", shown(method)),
                format!("the key {} is not the issuer's: don't trust this certificate", shown(method)),
            ),
            Refusal::Changed => Text::new(
                "内容与签名不符，证书签发后被改动过；请向持证人索取原件",
                "the content doesn't fit the signature: it was changed after it was issued. Ask its holder for the original",
            ),
            Refusal::NotYetValid { from } => Text::new(
                format!("证书自 {from} 起生效，目前尚未生效"),
                format!("the certificate is valid from {from}, not yet"),
            ),
            Refusal::Expired { since } => Text::new(
                format!("证书已于 {since} 过期；请持证人换发"),
                format!("the certificate expired at {since}: its holder may have it renewed"),
            ),
            Refusal::Revoked => {
                Text::new("证书已被发证单位撤销", "the certificate was revoked by its issuer: don't trust it")
            }
            Refusal::Suspended => Text::new(
                "证书已被发证单位暂停，请稍后再核验",
                "the certificate is suspended by its issuer: check it again later",
            ),
            Refusal::StatusUnknown(list) => Text::new(
                format!("无法得知证书是否已撤销（状态列表 {}）；请稍后再核验", shown(list)),
                format!(
                    "whether the certificate was revoked can't be told (status list {}): check it again later",
                    shown(list)
                ),
            ),
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words().en)
    }
}

impl std::error::Error for Refusal {}

/// A stranger's text, short and without what can't be seen.
pub(crate) fn shown(text: &str) -> String {
    let mut short: String = text.chars().filter(|letter| !letter.is_control()).take(SHOWN_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
