//! GIFT is read as Moodle's authors write it; what can't be taken is named with its line.

mod common;

use common::*;
use exam::exchange::{Defaults, Taken};
use exam::*;
use kernel::Lang;
use proptest::prelude::*;

fn read(text: &str) -> Taken {
    gift::read(text, &Defaults { prefix: "imp".into(), marks: mark(200), difficulty: 500, abilities: vec!["a".into()] })
}

fn options(body: &BodyDraft) -> Vec<(String, bool)> {
    let (BodyDraft::Single { options } | BodyDraft::Multiple { options, .. }) = body else { panic!("{body:?}") };
    options.iter().map(|option| (format!("{}{}", option.words.zh, option.words.en), option.right)).collect()
}

#[test]
fn a_file_of_every_kind_is_read() {
    let text = "\u{feff}// a comment\n$CATEGORY: $course$/top\n\n::Q1:: 谁是图灵？ {=英国人#对 ~法国人#不对 ~德国人}\n\n\
        // true or false\n地球是圆的。{T}\n\n\
        Which are primes? {\n  ~%50%2\n  ~%50%3\n  ~%-100%4\n}\n\n\
        Which? {~%50%a ~%-50%b ~%50%c}\n\n\
        水的化学式是 {=H2O =h2o\\: water} 。\n\n\
        配对。{=电压 -> 伏 =电流 -> 安 = -> 欧}\n\n\
        圆周率？{#3.1416:0.0001}\n\n一到五？{#1..5}\n\n写一写。{}\n\nGrant is {~buried =entombed ~living} in the tomb.\n\n\
        3 \\= 3 \\{yes\\} {FALSE#wrong####because}";
    let taken = read(text);
    assert!(taken.faults.is_empty(), "{:?}", taken.faults);
    let kinds: Vec<Kind> = taken.items.iter().map(|item| checked(item.clone()).kind()).collect();
    use Kind::*;
    assert_eq!(kinds, [Single, Judgement, Multiple, Multiple, Blank, Match, Numeric, Numeric, Short, Blank, Judgement]);
    let at = |at: usize| &taken.items[at].question;
    assert_eq!((at(0).stem.zh.as_str(), options(&at(0).body)[0].clone()), ("谁是图灵？", ("英国人".into(), true)));
    assert!(matches!(at(2).body, BodyDraft::Multiple { credit: Credit::NoneWrong, .. }));
    assert!(matches!(at(3).body, BodyDraft::Multiple { credit: Credit::Minus, .. }));
    assert_eq!(at(4).stem.zh, "水的化学式是 [[1]] 。");
    let BodyDraft::Blank { blanks, .. } = &at(4).body else { panic!() };
    assert_eq!(
        blanks[0],
        BlankDraft::Typed { accepts: vec!["H2O".into(), "h2o: water".into()], fold: Fold::default() }
    );
    let BodyDraft::Numeric { value, tolerance, .. } = &at(7).body else { panic!() };
    assert_eq!((value.as_str(), tolerance), ("3", &ToleranceDraft::Absolute("2".into())));
    assert_eq!(at(9).stem.en, "Grant is [[1]] in the tomb.");
    assert_eq!((at(10).stem.en.as_str(), at(10).explanation.en.as_str()), ("3 = 3 {yes}", "because"));
    assert_eq!((taken.items[10].id.as_str(), taken.items[10].question.marks), ("imp-0011", mark(200)));
}

#[test]
fn what_cannot_be_taken_is_named_with_its_line_and_the_rest_is_taken() {
    for (text, wrong) in [
        ("No answer here.", "there is no answer"),
        ("a {=b ~c", "the brace isn't closed"),
        ("::title a {T}", "the title's :: isn't closed"),
        ("a {T} b {F}", "there are several braces"),
        ("a } b {T}", "there is a } in the text"),
        ("[html]<b>a</b> {T}", "the text is HTML"),
        ("a {b =c ~d}", "an answer has no = or ~ before it"),
        ("a {=%50%b =c}", "an accepted answer has partial marks"),
        ("a {=b ~%50%c}", "an option of a single choice has partial marks"),
        ("a {~%50b ~c}", "a percentage isn't closed"),
        ("a {~%x%b ~%50%c}", "a percentage is no number"),
        ("a {~%30%b ~%70%c}", "the right options' percentages differ, or don't make 100"),
        ("a {~b ~c}", "no option is right"),
        ("a {=b ~b}", "it reads like number 1"),
        ("a {#x}", "the number can't be read"),
        ("a {#5..1}", "the range can't be read"),
        ("a {#=1:0.1 =%50%2:0.1}", "a number has several ranges"),
        ("a {#1:-2}", "the tolerance is negative"),
        ("{T}", "the text is missing"),
    ] {
        let taken = read(&format!("fine {{T}}\n\n{text}\n"));
        assert!(
            taken.faults.iter().any(|fault| fault.place == "line 3" && fault.fault.says.en == wrong),
            "{text}: {:?}",
            taken.faults
        );
        assert!(!taken.items.is_empty(), "{text}");
    }
}

#[test]
fn a_file_has_its_bounds() {
    assert_eq!(read(&"x".repeat(gift::BYTES_MOST + 1)).faults.len(), 1);
    let many = read(&"a {T}\n\n".repeat(gift::QUESTIONS_MOST + 5));
    assert_eq!((many.items.len(), many.faults.len()), (gift::QUESTIONS_MOST, 1));
    assert!(read("").items.is_empty());
}

#[test]
fn what_is_written_reads_back() {
    let mut drafts =
        vec![single(), multiple(Credit::NoneWrong), multiple(Credit::Minus), judgement(), matching(Credit::PerPart)];
    let mut plain = numeric();
    if let BodyDraft::Numeric { unit, .. } = &mut plain.question.body {
        *unit = None;
    }
    drafts.push(plain);
    let accepts = vec!["a=b".into(), "~{x}".into(), "1:2\\3#".into()];
    let body = BodyDraft::Blank {
        blanks: vec![BlankDraft::Typed { accepts, fold: Fold::default() }],
        credit: Credit::AllOrNothing,
    };
    drafts.push(item("q-signs", "写 {=~#:} [[1]] 吧", 200, body));
    let items: Vec<Item> = drafts.iter().cloned().map(checked).collect();
    let (text, refused) = gift::write(&items, Lang::Zh);
    assert!(refused.is_empty(), "{refused:?}");
    let taken = read(&text);
    assert!(taken.faults.is_empty(), "{text}\n{:?}", taken.faults);
    for (draft, again) in drafts.iter().zip(&taken.items) {
        assert_eq!(again.question.stem, draft.question.stem);
        match (&draft.question.body, &again.question.body) {
            (BodyDraft::Numeric { value, .. }, BodyDraft::Numeric { value: other, tolerance, .. }) => {
                assert_eq!((value, tolerance), (other, &ToleranceDraft::Absolute("0.38641557".into())));
            }
            (BodyDraft::Single { .. } | BodyDraft::Multiple { .. }, again) => {
                assert_eq!(options(&draft.question.body), options(again));
            }
            (body, again) => assert_eq!(body, again),
        }
    }
}

#[test]
fn what_gift_cannot_say_is_refused_by_name() {
    let picture = item("q-pic", "看图 ![图](fil_1)", 100, BodyDraft::Judgement { truth: true });
    let drafts =
        [order(Credit::PerPart), case(), numeric(), blank(Credit::PerPart), multiple(Credit::PerPart), picture];
    let items: Vec<Item> = drafts.into_iter().map(checked).collect();
    let (text, refused) = gift::write(&items, Lang::Zh);
    assert!(text.is_empty());
    assert_eq!(
        refused.iter().map(|fault| fault.place.as_str()).collect::<Vec<_>>(),
        ["q-order", "q-case", "q-numeric", "q-blank", "q-multiple", "q-pic"]
    );
}

proptest! {
    /// Whatever comes in: an answer, no panic, and every item that is taken is sound.
    #[test]
    fn any_text_is_read_or_refused(text in "[a钢 \\n=~#{}%:>\\-\\\\0-9.\\[\\]_^*`]{0,80}") {
        for item in read(&text).items {
            prop_assert!(item.check().is_ok());
        }
    }
}
