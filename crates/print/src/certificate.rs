//! The certificate of award: one sheet, A4 landscape, in Chinese and English.

use jiff::civil::Date;
use kernel::text::Text;
use serde_json::{Value, json};

use crate::fault::{Refusal, Wrong};
use crate::fonts::Fonts;
use crate::press::{Template, print};
use crate::reader::{ITEMS_MAX, NAME_MAX, NUMBER_MAX, Reader, TITLE_MAX};
use crate::{Languages, date};

/// Characters in the name of a prize or of a group.
const LABEL_MAX: usize = 60;
const SIGNERS_MAX: usize = 3;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateOfAward {
    pub name: String,
    /// Who they are, where it is a team's.
    pub members: Vec<String>,
    pub organisation: Option<Text>,
    pub contest: Text,
    /// Such as 职工组.
    pub group: Option<Text>,
    pub prize: Text,
    pub rank: Option<u32>,
    /// By which the certificate is found again.
    pub number: String,
    /// What the QR code opens: an `https://` address at which the number can be checked.
    pub check_address: String,
    /// In the order in which they stand on the sheet; three at most.
    pub signers: Vec<Signer>,
    /// Who issues it.
    pub hall: Text,
    /// The day on the certificate, and the date of the file.
    pub on: Date,
}

/// Who signed the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    pub name: String,
    pub role: Text,
}

pub fn certificate_of_award(fonts: &Fonts, certificate: &CertificateOfAward) -> Result<Vec<u8>, Refusal> {
    let mut reader = Reader::new(fonts, Languages::Both);
    let name = reader.line("name", &certificate.name, NAME_MAX);
    let number = reader.line("number", &certificate.number, NUMBER_MAX);
    let address = &certificate.check_address;
    if !(address.starts_with("https://") || address.starts_with("http://")) {
        reader.fault("check_address", Wrong::NoAddress);
    }
    if certificate.rank == Some(0) {
        reader.fault("rank", Wrong::Figure);
    }
    if certificate.signers.len() > SIGNERS_MAX {
        reader.fault("signers", Wrong::TooMany { max: SIGNERS_MAX });
    }
    reader.count("members", certificate.members.len());
    let members: Value = (certificate.members.iter().enumerate().take(ITEMS_MAX))
        .map(|(at, member)| reader.line(&format!("members[{at}]"), member, NAME_MAX))
        .collect();
    let signers = certificate.signers.iter().enumerate().take(SIGNERS_MAX).map(|(at, signer)| {
        let place = |what| format!("signers[{at}].{what}");
        json!({
            "name": reader.line(&place("name"), &signer.name, NAME_MAX),
            "role": reader.both(&place("role"), &signer.role, LABEL_MAX),
        })
    });
    let signers: Value = signers.collect();
    let data = json!({
        "languages": Languages::Both.codes(),
        "families": fonts.families(),
        "title": format!("获奖证书 Certificate of Award {number} {name}"),
        "name": name,
        "members": members,
        "organisation": reader.both_if_any("organisation", certificate.organisation.as_ref(), TITLE_MAX),
        "contest": reader.both("contest", &certificate.contest, TITLE_MAX),
        "group": reader.both_if_any("group", certificate.group.as_ref(), LABEL_MAX),
        "prize": reader.both("prize", &certificate.prize, LABEL_MAX),
        "rank": certificate.rank,
        "number": number,
        "address": address,
        "qr": reader.code("check_address", address),
        "signers": signers,
        "hall": reader.both("hall", &certificate.hall, TITLE_MAX),
        "on": date::parts(certificate.on),
        "date": date::both(date::day(certificate.on)),
    });
    reader.finish()?;
    print(fonts, Template::Certificate, data)
}
