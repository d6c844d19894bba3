//! Papers that people take home, as PDF: the certificate of award, the admission letter, the ability report.
//!
//! Who acts: organisers print certificates and letters of a contest, competitors fetch their own. Who asks may see what
//! is on the paper is settled before: this crate knows what it is handed, and nothing else.
//!
//! Flow: a struct of texts and figures → every text is read ([`Fault`]s all at once: empty, too long, without a letter in
//! the [`Fonts`]) → JSON in `sys.inputs` → a template of `templates/` set by typst → PDF/A-2a and PDF/UA-1, with the
//! fonts' letters that occur.
//!
//! Invariants:
//! - The same data, fonts and date give the same bytes. No clock, no chance, no file, no network, no package.
//! - What a person wrote is never part of a template's source: a name that looks like markup is printed as it is written.
//! - A text is never cut. What is long gets two lines, then smaller letters; what doesn't fit even so is refused.
//! - No paper has a box or a blank for a letter that the fonts lack.
//! - Only this crate knows typst.

mod admission;
mod certificate;
mod date;
mod fault;
mod fonts;
mod press;
mod qr;
mod reader;
mod report;

pub use admission::{AdmissionLetter, Appointment, admission_letter};
pub use certificate::{CertificateOfAward, Signer, certificate_of_award};
pub use fault::{Fault, Refusal, Wrong};
pub use fonts::{Fonts, FontsRefused};
pub use report::{Ability, AbilityReport, Module, ability_report};

use kernel::text::Lang;

/// In which languages a paper speaks; with both, the second stands smaller beside or below the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Languages {
    One(Lang),
    Both,
}

impl Languages {
    fn codes(self) -> &'static [&'static str] {
        match self {
            Languages::One(Lang::Zh) => &["zh"],
            Languages::One(Lang::En) => &["en"],
            Languages::Both => &["zh", "en"],
        }
    }

    fn contains(self, lang: Lang) -> bool {
        match self {
            Languages::One(one) => one == lang,
            Languages::Both => true,
        }
    }
}
