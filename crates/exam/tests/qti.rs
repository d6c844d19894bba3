//! QTI 3.0: our items survive it, others' items are read or refused by name, and a hostile package does no harm.

mod common;

use std::io::{Cursor, Write};

use common::*;
use exam::exchange::{Defaults, Taken};
use exam::qti::*;
use exam::*;
use kernel::Lang;
use zip::write::SimpleFileOptions;

fn defaults() -> Defaults {
    Defaults { prefix: "imp".into(), marks: mark(100), difficulty: 500, abilities: vec![] }
}

fn read(xml: &str) -> Taken {
    let mut taken = Taken::default();
    read_item(xml, "a.xml", &defaults(), &mut taken);
    taken
}

fn wrong(xml: &str) -> String {
    let taken = read(xml);
    assert!(taken.items.is_empty(), "{xml}");
    taken.faults[0].fault.says.en.clone()
}

/// What QTI keeps: feedback, explanation and a rubric's levels it does not.
fn kept(question: &QuestionDraft) -> QuestionDraft {
    let mut kept = question.clone();
    kept.explanation = Words::default();
    match &mut kept.body {
        BodyDraft::Single { options } | BodyDraft::Multiple { options, .. } => {
            options.iter_mut().for_each(|option| option.feedback = Words::default());
        }
        BodyDraft::Blank { blanks, .. } => {
            for blank in blanks {
                if let BlankDraft::Chosen { options } = blank {
                    options.iter_mut().for_each(|option| option.feedback = Words::default());
                }
            }
        }
        BodyDraft::Short { rubric, .. } => {
            let level = |zh: &str, en: &str, marks| LevelDraft { words: Words::new(zh, en), marks };
            let levels = vec![level("未达到要求", "not met", mark(0)), level("达到要求", "met", question.marks)];
            *rubric = vec![CriterionDraft { name: Words::new("内容", "Content"), levels }];
        }
        BodyDraft::Case { parts } => *parts = parts.iter().map(self::kept).collect(),
        _ => {}
    }
    kept
}

#[test]
fn our_items_survive() {
    let mut drafts = every_kind();
    drafts.extend([
        multiple(Credit::AllOrNothing),
        multiple(Credit::Minus),
        order(Credit::AllOrNothing),
        blank(Credit::Minus),
    ]);
    let mut marked = single();
    marked.question.stem = Words::zh("**按** m^{2} CO_{2} `a<b` & \"x\"\n第二行 ![图](fil_1) \\*");
    drafts.push(marked);
    let mut given = numeric();
    let BodyDraft::Numeric { unit, figures, .. } = &mut given.question.body else { panic!() };
    *unit = Some(UnitDraft { symbol: "kWh".into(), asked: false });
    *figures = Some(6);
    drafts.push(given);
    let mut staying = single();
    let BodyDraft::Single { options } = &mut staying.question.body else { panic!() };
    options[3].stays = true;
    drafts.push(staying);
    for draft in drafts {
        let xml = write_item(&checked(draft.clone()), Lang::Zh);
        let taken = read(&xml);
        assert!(taken.faults.is_empty(), "{xml}\n{:?}", taken.faults);
        let (found, wanted) = (&taken.items[0].question, kept(&draft.question));
        assert_eq!(*found, wanted, "{xml}");
    }
}

fn item_xml(declarations: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><qti-assessment-item xmlns=\"http://www.imsglobal.org/xsd/imsqtiasi_v3p0\" identifier=\"i\" title=\"t\" \
         adaptive=\"false\" time-dependent=\"false\">{declarations}<qti-item-body>{body}</qti-item-body></qti-assessment-item>"
    )
}

fn declared(values: &str) -> String {
    format!(
        "<qti-response-declaration identifier=\"R\" cardinality=\"single\" base-type=\"identifier\"><qti-correct-response>{values}\
         </qti-correct-response></qti-response-declaration>"
    )
}

const CHOICE: &str = "<qti-choice-interaction response-identifier=\"R\" max-choices=\"1\"><qti-prompt>Which?</qti-prompt>\
    <qti-simple-choice identifier=\"A\">one</qti-simple-choice><qti-simple-choice identifier=\"B\">two</qti-simple-choice></qti-choice-interaction>";

#[test]
fn others_items_are_read() {
    let one = read(&item_xml(
        &declared("<qti-value>B</qti-value>"),
        &format!("<p>Look at <em>this</em>.</p><div>{CHOICE}</div>"),
    ));
    let question = &one.items[0].question;
    assert_eq!(question.stem.en, "Look at this.\nWhich?");
    let BodyDraft::Single { options } = &question.body else { panic!() };
    assert_eq!(options.iter().map(|option| option.right).collect::<Vec<_>>(), [false, true]);
    // Two interactions in a row are a case; marks are shared.
    let two = CHOICE.replace("\"R\"", "\"S\"");
    let declarations =
        declared("<qti-value>B</qti-value>") + &declared("<qti-value>A</qti-value>").replace("\"R\"", "\"S\"");
    let case = read(&item_xml(&declarations, &format!("<p>About this.</p>{CHOICE}{two}")));
    let BodyDraft::Case { parts } = &case.items[0].question.body else { panic!() };
    assert_eq!(parts.iter().map(|part| part.marks).collect::<Vec<_>>(), [mark(50), mark(50)]);
    // A mapping instead of a correct response, and case that doesn't matter.
    let mapped = "<qti-response-declaration identifier=\"R\" cardinality=\"single\" base-type=\"string\"><qti-mapping default-value=\"0\">\
        <qti-map-entry map-key=\"York\" mapped-value=\"1\" case-sensitive=\"false\"/><qti-map-entry map-key=\"york city\" mapped-value=\"0.5\" \
        case-sensitive=\"false\"/></qti-mapping></qti-response-declaration>";
    let blank = read(&item_xml(mapped, "<p>Son of <qti-text-entry-interaction response-identifier=\"R\"/>.</p>"));
    assert_eq!(blank.items[0].question.stem.en, "Son of [[1]].");
    let BodyDraft::Blank { blanks, .. } = &blank.items[0].question.body else { panic!() };
    assert_eq!(
        blanks[0],
        BlankDraft::Typed { accepts: vec!["York".into(), "york city".into()], fold: Fold::default() }
    );
}

#[test]
fn what_is_not_known_is_refused_by_its_name() {
    let right = declared("<qti-value>A</qti-value>");
    for name in [
        "hotspot",
        "graphic-order",
        "gap-match",
        "hottext",
        "slider",
        "upload",
        "drawing",
        "media",
        "portable-custom",
        "end-attempt",
        "associate",
    ] {
        let body = format!("<qti-{name}-interaction response-identifier=\"R\"/>");
        assert_eq!(wrong(&item_xml(&right, &body)), format!("qti-{name}-interaction isn't known here"));
    }
    for (body, says) in [
        ("<p>text only</p>", "there is nothing to answer"),
        ("<math/>", "math isn't known here"),
        ("<script>x</script>", "script isn't known here"),
        ("<object data='x'/>", "object isn't known here"),
        ("<iframe src='x'/>", "iframe isn't known here"),
        ("<img src='http://x/y.png'/>", "the picture \"http://x/y.png\" isn't in the package"),
        ("<img src='/etc/passwd'/>", "the picture \"/etc/passwd\" isn't in the package"),
        ("<qti-choice-interaction response-identifier='X'/>", "an interaction has no response declaration"),
        (
            "<p><qti-text-entry-interaction response-identifier='R'/></p><qti-order-interaction response-identifier='R'/>",
            "blanks and other interactions are mixed",
        ),
    ] {
        assert_eq!(wrong(&item_xml(&right, body)), says, "{body}");
    }
    assert_eq!(wrong(&item_xml(&declared(""), CHOICE)), "there is no correct response");
    assert_eq!(wrong(&item_xml(&declared("<qti-value>Z</qti-value>"), CHOICE)), "no option is right");
    assert_eq!(
        wrong(&item_xml(&right, CHOICE).replace("adaptive=\"false\"", "adaptive=\"true\"")),
        "the item is adaptive"
    );
    assert_eq!(wrong("<assessmentItem/>"), "this is a assessmentItem, not an item of QTI 3");
    let template = format!("{right}<qti-template-declaration identifier='T'/>");
    assert_eq!(wrong(&item_xml(&template, CHOICE)), "qti-template-declaration isn't known here");
    let laughs = "<!DOCTYPE x [<!ENTITY a \"ha\">]>".to_owned()
        + &item_xml(&right, CHOICE).replace("<?xml version=\"1.0\"?>", "");
    assert_eq!(wrong(&laughs), "the XML has a document type (DOCTYPE)");
    assert_eq!(wrong(&item_xml(&right, "&xxe;")), "the XML uses the entity &xxe;");
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn manifest(hrefs: &[&str]) -> String {
    let resource = |href: &&str| format!("<resource identifier='r' type='imsqti_item_xmlv3p0' href='{href}'/>");
    format!("<manifest><resources>{}</resources></manifest>", hrefs.iter().map(resource).collect::<String>())
}

#[test]
fn a_package_survives() {
    let mut drafts = every_kind();
    drafts[0].question.stem = Words::zh("看图 ![图](fil_1)");
    let items: Vec<Item> = drafts.iter().cloned().map(checked).collect();
    let bytes = write_package(&items, Lang::Zh, |id| (id == "fil_1").then(|| b"png".to_vec())).unwrap();
    let found = read_package(&bytes, &defaults());
    assert!(found.faults.is_empty(), "{:?}", found.faults);
    assert_eq!(found.items.len(), drafts.len());
    for (item, draft) in found.items.iter().zip(&drafts) {
        assert_eq!(item.question, kept(&draft.question));
    }
    assert_eq!(found.files, [PackageFile { id: "fil_1".into(), path: "fil_1".into(), bytes: b"png".to_vec() }]);
    let twice = [items[0].clone(), items[0].clone()];
    assert!(write_package(&twice, Lang::Zh, |_| None).is_err());
}

#[test]
fn a_hostile_package_is_refused_and_a_bad_item_leaves_the_others() {
    let good = item_xml(&declared("<qti-value>B</qti-value>"), CHOICE);
    let refused = |bytes: &[u8]| {
        let found = read_package(bytes, &defaults());
        assert!(found.items.is_empty() && found.files.is_empty());
        found.faults[0].fault.says.en.clone()
    };
    for bytes in [&b""[..], b"PK", &[0; 100], &zip(&[("imsmanifest.xml", b"x")])[..60]] {
        assert_eq!(refused(bytes), "this is no zip, or it is damaged");
    }
    for name in ["../evil.xml", "a/../../evil.xml", "/etc/passwd", "..\\evil.xml", "C:/x"] {
        let bytes = zip(&[("imsmanifest.xml", manifest(&["a.xml"]).as_bytes()), (name, b"x")]);
        assert_eq!(refused(&bytes), format!("the path {name:?} in the package isn't acceptable"), "{name}");
    }
    assert_eq!(refused(&zip(&[("a.xml", good.as_bytes())])), "the package has no \"imsmanifest.xml\"");
    assert_eq!(refused(&zip(&[("imsmanifest.xml", b"<manifest/>")])), "the manifest names no items of QTI 3");
    let doctype = b"<!DOCTYPE m SYSTEM 'file:///etc/passwd'><manifest/>";
    assert_eq!(refused(&zip(&[("imsmanifest.xml", doctype)])), "the XML has a document type (DOCTYPE)");

    // A bomb by size and by ratio: three megabytes of blanks in a few kilobytes.
    let bomb = format!("<qti-assessment-item>{}</qti-assessment-item>", " ".repeat(3 << 20));
    let names = manifest(&["bomb.xml", "good.xml", "missing.xml", "latin.xml", "../out.xml"]);
    let bytes = zip(&[
        ("imsmanifest.xml", names.as_bytes()),
        ("bomb.xml", bomb.as_bytes()),
        ("good.xml", good.as_bytes()),
        ("latin.xml", b"<a>\xe9</a>"),
    ]);
    let found = read_package(&bytes, &defaults());
    assert_eq!(found.items.len(), 1);
    let says: Vec<(&str, &str)> =
        found.faults.iter().map(|one| (one.place.as_str(), one.fault.says.en.as_str())).collect();
    assert_eq!(
        says,
        [
            ("bomb.xml", "the file is too large when it is unpacked"),
            ("missing.xml", "the package has no \"missing.xml\""),
            ("latin.xml", "the text isn't UTF-8"),
            ("../out.xml", "the package has no \"../out.xml\""),
        ]
    );
}

/// Every prefix and many mutations of a package: an answer, no panic.
#[test]
fn a_damaged_package_never_panics() {
    let items: Vec<Item> = every_kind().into_iter().map(checked).collect();
    let bytes = write_package(&items, Lang::En, |_| None).unwrap();
    for length in (0..bytes.len()).step_by(97) {
        read_package(&bytes[..length], &defaults());
    }
    let mut rng = kernel::Rng::from_seed(5);
    for _ in 0..300 {
        let mut broken = bytes.clone();
        for _ in 0..4 {
            let at = rng.below(broken.len() as u64) as usize;
            broken[at] = rng.next_u64() as u8;
        }
        for item in read_package(&broken, &defaults()).items {
            assert!(item.check().is_ok());
        }
    }
    let xml = write_item(&items[3], Lang::Zh);
    for _ in 0..500 {
        let mut broken: Vec<char> = xml.chars().collect();
        let at = rng.below(broken.len() as u64) as usize;
        broken[at] = ['<', '>', '&', '"', '\u{0}', ' '][rng.below(6) as usize];
        for item in read(&broken.into_iter().collect::<String>()).items {
            assert!(item.check().is_ok());
        }
    }
}
