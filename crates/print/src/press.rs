//! Typst at work: a template and data in, PDF out. Its world holds the templates and the fonts, and nothing more.

use std::sync::LazyLock;

use serde_json::Value;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Dict, Duration, IntoValue, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::fault::{Fault, Refusal, Wrong};
use crate::fonts::Fonts;

/// By name. The first three are papers.
pub(crate) static TEMPLATES: [(&str, &str); 4] = [
    ("certificate.typ", include_str!("../templates/certificate.typ")),
    ("admission.typ", include_str!("../templates/admission.typ")),
    ("report.typ", include_str!("../templates/report.typ")),
    ("common.typ", include_str!("../templates/common.typ")),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Template {
    Certificate,
    Admission,
    Report,
}

impl Template {
    /// A certificate is a sheet.
    fn pages_max(self) -> usize {
        match self {
            Template::Certificate => 1,
            Template::Admission | Template::Report => usize::MAX,
        }
    }
}

/// Parsed once.
static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let source = |(name, text): &(&str, &str)| {
        let path = VirtualPath::new(name).ok()?;
        Some(Source::new(FileId::new(RootedPath::new(VirtualRoot::Project, path)), (*text).to_owned()))
    };
    TEMPLATES.iter().filter_map(source).collect()
});

struct Desk<'f> {
    library: LazyHash<Library>,
    fonts: &'f Fonts,
    main: FileId,
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        SOURCES.iter().find(|source| source.id() == id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    /// A paper's date is handed in.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// The paper. `data` is what the template reads; it has the keys `families` and `languages` from here.
pub(crate) fn print(fonts: &Fonts, template: Template, data: Value) -> Result<Vec<u8>, Refusal> {
    let data = data.to_string();
    let mut inputs = Dict::new();
    inputs.insert("data".into(), data.as_str().into_value());
    let main = SOURCES.get(template as usize).ok_or_else(|| Refusal::Broken("no such template".to_owned()))?;
    let desk = Desk { library: LazyHash::new(Library::builder().with_inputs(inputs).build()), fonts, main: main.id() };
    let printed = set(&desk, template, data);
    // Nothing of one paper is of use to the next, and typst would keep it.
    typst::comemo::evict(0);
    printed
}

fn set(desk: &Desk<'_>, template: Template, ident: String) -> Result<Vec<u8>, Refusal> {
    let document = typst::compile::<PagedDocument>(desk).output.map_err(|errors| broken(&errors))?;
    if document.pages().len() > template.pages_max() {
        return Err(Refusal::Faults(vec![Fault { place: String::new(), wrong: Wrong::DoesNotFit }]));
    }
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|error| Refusal::Broken(error.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(ident),
        creator: Smart::Custom(Some("Guildhall".to_owned())),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|errors| broken(&errors))
}

fn broken(errors: &[SourceDiagnostic]) -> Refusal {
    let said: Vec<String> = errors.iter().map(|error| error.message.to_string()).collect();
    Refusal::Broken(said.join("; "))
}
