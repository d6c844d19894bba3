//! Papers as a PDF reader that knows nothing of this house finds them: poppler's `pdftotext`, `pdfinfo` and `pdffonts`.

#[path = "../examples/samples/paper.rs"]
mod paper;

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use kernel::{Lang, Mark, Text};
use print::{
    AbilityReport, AdmissionLetter, CertificateOfAward, Fonts, FontsRefused, Languages, Refusal, Wrong, ability_report,
    admission_letter, certificate_of_award,
};
use proptest::prelude::*;

static FONTS: LazyLock<Fonts> = LazyLock::new(|| Fonts::new(paper::fonts().unwrap()).unwrap());
const EACH: [Languages; 3] = [Languages::One(Lang::Zh), Languages::One(Lang::En), Languages::Both];

/// What a program of poppler says of a file.
fn poppler(program: &str, options: &[&str], pdf: &[u8], output: &[&str]) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(pdf).unwrap();
    let mut command = Command::new(program);
    command.args(options).arg(file.path()).args(output).stderr(Stdio::null());
    let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}; run `cargo xtask install`"));
    assert!(output.status.success(), "{program} can't read it");
    String::from_utf8(output.stdout).unwrap()
}

/// The text in the order of the paper, without white space, for where lines break says nothing.
fn text(pdf: &[u8]) -> String {
    squeezed(&poppler("pdftotext", &["-raw", "-enc", "UTF-8"], pdf, &["-"]))
}

fn squeezed(text: &str) -> String {
    text.split(|one: char| one.is_whitespace() || one == '\u{c}').collect()
}

fn line_of(pdf: &[u8], key: &str) -> String {
    let said = poppler("pdfinfo", &[], pdf, &[]);
    let line = said.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    line.unwrap_or_else(|| panic!("no {key} in:\n{said}")).trim().to_owned()
}

fn pages(pdf: &[u8]) -> u32 {
    line_of(pdf, "Pages").parse().unwrap()
}

#[track_caller]
fn says(pdf: &[u8], expected: &[&str]) {
    let found = text(pdf);
    for words in expected {
        assert!(found.contains(&squeezed(words)), "{words:?} is not in {found}");
    }
}

#[track_caller]
fn faults<T: std::fmt::Debug>(refused: Result<T, Refusal>) -> Vec<(String, Wrong)> {
    match refused {
        Err(Refusal::Faults(faults)) => faults.into_iter().map(|fault| (fault.place, fault.wrong)).collect(),
        other => panic!("not refused for faults: {other:?}"),
    }
}

fn certificate(certificate: &CertificateOfAward) -> Vec<u8> {
    certificate_of_award(&FONTS, certificate).unwrap()
}

fn letter(letter: &AdmissionLetter) -> Vec<u8> {
    admission_letter(&FONTS, letter).unwrap()
}

fn report(report: &AbilityReport) -> Vec<u8> {
    ability_report(&FONTS, report).unwrap()
}

#[test]
fn a_certificate_says_everything_in_both_languages_on_one_page() {
    let pdf = certificate(&paper::certificate());
    assert_eq!(pages(&pdf), 1);
    says(
        &pdf,
        &[
            "获奖证书",
            "CERTIFICATE OF AWARD",
            "欧阳明远",
            "江北智能装备有限公司",
            "Jiangbei Intelligent Equipment Co., Ltd.",
            "2026年江北市工业机器人系统操作员职业技能竞赛（职工组）",
            "2026 Jiangbei Skills Contest for Industrial Robot System Operators",
            "(Workers)",
            "一等奖",
            "First Prize",
            "第 1 名",
            "Rank 1",
            "GH-2026-000127",
            "周建国",
            "监督仲裁组组长",
            "Head of Supervision",
            "江北市总工会",
            "2026年12月6日",
            "6 December 2026",
        ],
    );
}

#[test]
fn a_certificate_needs_no_organisation_group_or_rank_and_says_once_what_is_the_same_in_both_languages() {
    let mut bare = paper::certificate();
    (bare.organisation, bare.group, bare.rank) = (None, None, None);
    bare.hall = Text::new("Guildhall 匠家", "");
    let found = text(&certificate(&bare));
    assert!(!found.contains("Rank") && !found.contains("（") && !found.contains("江北智能"), "{found}");
    assert_eq!(found.matches("Guildhall匠家").count(), 1, "{found}");
}

#[test]
fn a_letter_says_when_to_be_where_in_the_languages_asked_for() {
    let chinese =
        ["参赛通知书", "2026年12月5日（星期六）", "报到检录、抽签", "检录码", "本人有效身份证件原件", "工位号"];
    let english = [
        "Admission Letter",
        "Saturday, 5 December 2026",
        "Check-in and draw",
        "Identity document (original)",
        "Station",
    ];
    let always = ["欧阳明远", "08:00", "08:30", "B-07", "7K4M-92QX"];
    for languages in EACH {
        let pdf = letter(&paper::letter(languages));
        assert_eq!(pages(&pdf), 1, "{languages:?}");
        says(&pdf, &always);
        let found = text(&pdf);
        let has = |words: &[&str]| words.iter().filter(|words| found.contains(&squeezed(words))).count();
        let expected = match languages {
            Languages::One(Lang::Zh) => (chinese.len(), 0),
            Languages::One(Lang::En) => (0, english.len()),
            Languages::Both => (chinese.len(), english.len()),
        };
        assert_eq!((has(&chinese), has(&english)), expected, "{languages:?}: {found}");
    }
}

#[test]
fn a_letter_leaves_out_what_may_not_be_told_yet() {
    let mut early = paper::letter(Languages::Both);
    (early.station, early.check_in_code, early.group, early.address) = (None, None, None, None);
    (early.appointments, early.bring, early.notes) = (vec![], vec![], vec![]);
    let found = text(&letter(&early));
    for words in ["工位号", "时间与地点", "请携带", "注意事项"] {
        assert!(!found.contains(words), "{words} in {found}");
    }
}

#[test]
fn a_report_has_four_pages_with_figures_and_how_to_read_them() {
    for languages in EACH {
        let pdf = report(&paper::report(languages, 8));
        assert_eq!(pages(&pdf), 4, "{languages:?}");
        says(
            &pdf,
            &["欧阳明远", "87.35", "/ 100.00", "/ 48", "44 (40–48)", "8.80 / 20.00", "30.15 / 35.00", "33.40 / 35.00"],
        );
        if languages != Languages::One(Lang::En) {
            says(&pdf, &["能力报告", "视觉系统调试", "怎样读这份报告", "误差范围", "第 4 页，共 4 页", "列第 3 名"]);
        }
        if languages != Languages::One(Lang::Zh) {
            says(&pdf, &["Ability Report", "Fault diagnosis", "How to read the figures", "Page 4 of 4"]);
        }
    }
}

#[test]
fn a_report_takes_one_ability_and_forty() {
    for (count, most) in [(1, 4), (14, 4), (24, 4), (40, 4), (60, 5)] {
        let pdf = report(&paper::report(Languages::Both, count));
        assert!((3..=most).contains(&pages(&pdf)), "{count} abilities on {} pages", pages(&pdf));
        let found = text(&pdf);
        assert_eq!(found.matches("/20.00").count(), count + 4, "{count} abilities and two modules of two bars");
    }
}

#[test]
fn a_winner_is_not_compared_with_himself_and_no_point_is_said_to_be_none() {
    let mut winner = paper::report(Languages::Both, 3);
    winner.modules.iter_mut().for_each(|module| module.winner = None);
    (winner.strong, winner.weak) = (vec![], vec![]);
    let pdf = report(&winner);
    says(&pdf, &["没有显示出明显突出的能力", "no ability that clearly falls behind"]);
    assert!(!text(&pdf).contains("与第一名对照"));
}

#[test]
fn the_same_data_give_the_same_bytes_and_another_date_others() {
    let all = || {
        let both = Languages::Both;
        [certificate(&paper::certificate()), letter(&paper::letter(both)), report(&paper::report(both, 8))]
    };
    let at_once: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(all)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(at_once.iter().all(|papers| *papers == at_once[0]));
    assert_eq!(all(), at_once[0]);
    let mut later = paper::certificate();
    later.on = later.on.tomorrow().unwrap();
    assert_ne!(certificate(&later), at_once[0][0]);
}

#[test]
fn papers_are_for_archives_and_for_screen_readers_and_carry_only_the_letters_they_use() {
    for pdf in [
        certificate(&paper::certificate()),
        letter(&paper::letter(Languages::Both)),
        report(&paper::report(Languages::Both, 8)),
    ] {
        assert_eq!(line_of(&pdf, "Tagged"), "yes");
        assert_eq!(line_of(&pdf, "Creator"), "Guildhall");
        assert!(pdf.len() < 200_000, "{} bytes", pdf.len());
        let metadata = poppler("pdfinfo", &["-meta"], &pdf, &[]);
        assert!(metadata.contains("pdfaid:part") && metadata.contains("pdfuaid:part"), "{metadata}");
        let fonts = poppler("pdffonts", &[], &pdf, &[]);
        let listed: Vec<&str> = fonts.lines().skip(2).collect();
        assert_eq!(listed.len(), 2, "{fonts}");
        for font in listed {
            // Embedded, a subset, with a map to Unicode.
            assert!(font.contains("+NotoSansSC-") && font.contains("yes yes yes"), "{font}");
        }
    }
}

#[test]
fn markup_in_a_name_is_text() {
    for name in [
        "#set page(width: 1cm)",
        "#import \"common.typ\": *",
        "#read(\"/etc/passwd\")",
        "*bold* _emph_ `raw`",
        "$x^2$ <label> @ref",
        "= Heading",
        "a \\ b \\u{41} // c /* d */",
        "--- ... -- ~ 'q' \"q\"",
        "]}) #panic()",
        "https://evil.example",
        "{\"zh\": null}",
    ] {
        let mut hostile = paper::certificate();
        hostile.name = name.to_owned();
        hostile.prize = Text::new(name, name);
        let pdf = certificate(&hostile);
        assert_eq!(pages(&pdf), 1);
        says(&pdf, &[name]);
        let mut hostile = paper::letter(Languages::Both);
        hostile.name = name.to_owned();
        hostile.notes = vec![Text::new(name, name)];
        says(&letter(&hostile), &[name]);
        let mut hostile = paper::report(Languages::Both, 1);
        hostile.name = name.to_owned();
        hostile.strong = vec![Text::new(name, name)];
        says(&report(&hostile), &[name]);
    }
}

#[test]
fn long_names_are_printed_whole() {
    let word = "Wolfeschlegelsteinhausenbergerdorff".repeat(3)[..100].to_owned();
    let spaced = "Maria del Carmen Fernandez de la Vega ".repeat(3)[..100].trim().to_owned();
    let chinese = "阿不都热合曼买买提".repeat(12).chars().take(100).collect::<String>();
    for name in [word, spaced, chinese] {
        let mut long = paper::certificate();
        long.name.clone_from(&name);
        long.signers[0].name.clone_from(&name);
        let pdf = certificate(&long);
        assert_eq!(pages(&pdf), 1);
        let found = text(&pdf);
        assert_eq!(found.matches(&squeezed(&name)).count(), 2, "{name} in {found}");
        let mut long = paper::letter(Languages::Both);
        long.name.clone_from(&name);
        says(&letter(&long), &[&name]);
        let mut long = paper::report(Languages::Both, 3);
        long.name.clone_from(&name);
        says(&report(&long), &[&name]);
    }
}

#[test]
fn a_certificate_whose_texts_are_all_as_long_as_may_be_still_has_one_page() {
    let zh = |count| "工业机器人系统操作".chars().cycle().take(count).collect::<String>();
    let en = |count| "Wide Manufacturing ".chars().cycle().take(count).collect::<String>().trim().replace(' ', "m");
    let both = |count| Text::new(zh(count), en(count));
    let mut long = paper::certificate();
    long.name = zh(100);
    (long.organisation, long.contest, long.hall) = (Some(both(200)), both(200), both(200));
    (long.group, long.prize) = (Some(both(60)), both(60));
    long.number = en(40);
    for signer in &mut long.signers {
        (signer.name, signer.role) = (zh(100), both(60));
    }
    let pdf = certificate(&long);
    assert_eq!(pages(&pdf), 1);
    says(&pdf, &[&zh(200), &en(200), &en(40)]);
}

#[test]
fn texts_that_together_need_a_second_page_are_refused_not_cut() {
    let wide = |count| Text::new("匠".repeat(count), "W".repeat(count));
    let mut long = paper::certificate();
    long.name = "W".repeat(100);
    (long.organisation, long.contest, long.hall) = (Some(wide(200)), wide(200), wide(200));
    (long.group, long.prize) = (Some(wide(60)), wide(60));
    assert_eq!(faults(certificate_of_award(&FONTS, &long)), [(String::new(), Wrong::DoesNotFit)]);
}

#[test]
fn what_cannot_be_printed_is_named_with_its_place_all_at_once() {
    let mut bad = paper::certificate();
    bad.name = "李𠮷𠮷🙂".to_owned();
    bad.organisation = Some(Text::new("甲\u{202e}乙", "x".repeat(201)));
    bad.contest = Text::new(" ", "\u{3000}");
    bad.rank = Some(0);
    bad.check_address = "javascript:alert(1)".to_owned();
    bad.signers[1].name = "  ".to_owned();
    let mut found = faults(certificate_of_award(&FONTS, &bad));
    found.sort_by(|one, other| one.0.cmp(&other.0));
    let expected = [
        ("check_address", Wrong::NoAddress),
        ("contest", Wrong::Empty),
        ("name", Wrong::NoGlyph(vec!['🙂', '𠮷'])),
        ("organisation.en", Wrong::TooLong { max: 200 }),
        ("organisation.zh", Wrong::Invisible(vec!['\u{202e}'])),
        ("rank", Wrong::Figure),
        ("signers[1].name", Wrong::Empty),
    ];
    assert_eq!(found, expected.map(|(place, wrong)| (place.to_owned(), wrong)));
    let Err(Refusal::Faults(said)) = certificate_of_award(&FONTS, &bad) else { panic!("not refused") };
    let name = said.iter().find(|fault| fault.place == "name").unwrap().words();
    assert!(name.zh.contains("“𠮷”(U+20BB7)") && name.en.contains("(U+1F642)"), "{name:?}");
}

#[test]
fn only_the_languages_of_the_paper_need_letters() {
    let mut letter = paper::letter(Languages::One(Lang::En));
    letter.contest.zh = "𠮷".to_owned();
    assert!(admission_letter(&FONTS, &letter).is_ok());
    letter.languages = Languages::Both;
    assert_eq!(faults(admission_letter(&FONTS, &letter)), [("contest.zh".to_owned(), Wrong::NoGlyph(vec!['𠮷']))]);
    // The other language stands in, and is looked at for that.
    letter.languages = Languages::One(Lang::En);
    letter.contest.en.clear();
    assert_eq!(faults(admission_letter(&FONTS, &letter)), [("contest.zh".to_owned(), Wrong::NoGlyph(vec!['𠮷']))]);
}

#[test]
fn a_teams_certificate_names_its_members() {
    let mut team = paper::certificate();
    (team.name, team.organisation) = ("北区代表队".to_owned(), None);
    team.members = ["王海燕", "欧阳明远", "李国强"].map(str::to_owned).into();
    let pdf = certificate(&team);
    assert_eq!(pages(&pdf), 1);
    says(&pdf, &["北区代表队", "王海燕", "欧阳明远", "李国强"]);
    team.members[1].clear();
    assert_eq!(faults(certificate_of_award(&FONTS, &team)), [("members[1]".to_owned(), Wrong::Empty)]);
}

#[test]
fn figures_out_of_range_are_refused() {
    let good = paper::report(Languages::Both, 2);
    let refused = |change: fn(&mut AbilityReport)| {
        let mut bad = good.clone();
        change(&mut bad);
        let places: Vec<String> = faults(ability_report(&FONTS, &bad)).into_iter().map(|(place, _)| place).collect();
        places
    };
    assert_eq!(refused(|bad| bad.total_max = Mark::ZERO), ["total"]);
    assert_eq!(refused(|bad| bad.total = Mark::from_hundredths(10_001)), ["total"]);
    assert_eq!(refused(|bad| bad.rank = 0), ["rank"]);
    assert_eq!(refused(|bad| bad.rank = 49), ["rank"]);
    assert_eq!(refused(|bad| bad.abilities.clear()), ["abilities"]);
    assert_eq!(refused(|bad| bad.modules.clear()), ["modules"]);
    assert_eq!(refused(|bad| bad.abilities[1].mark = Mark::from_hundredths(-1)), ["abilities[1]"]);
    assert_eq!(
        refused(|bad| bad.abilities[0].interval = Some([f64::NAN, 0.5])).last().unwrap(),
        "abilities[0].interval"
    );
    assert_eq!(refused(|bad| bad.abilities[0].interval = Some([0.6, 0.5])), ["abilities[0].interval"]);
    assert_eq!(refused(|bad| bad.in_group = Some((3, 2))), ["in_group"]);
    assert_eq!(refused(|bad| bad.abilities[0].quartiles = [0.3, 0.2, 0.4]), ["abilities[0].quartiles"]);
    assert_eq!(refused(|bad| bad.abilities[0].quartiles[2] = 1.1), ["abilities[0].quartiles"]);
    assert_eq!(refused(|bad| bad.modules[0].winner = Some(Mark::from_hundredths(2_001))), ["modules[0].winner"]);
    assert_eq!(refused(|bad| bad.strong = vec![Text::default(); 61])[0], "strong");
}

#[test]
fn codes_hold_what_a_phone_can_read() {
    let mut long = paper::letter(Languages::Both);
    long.check_in = "7".repeat(3_000);
    assert_eq!(faults(admission_letter(&FONTS, &long)), [("check_in".to_owned(), Wrong::TooLongForCode)]);
    long.check_in.clear();
    assert_eq!(faults(admission_letter(&FONTS, &long)), [("check_in".to_owned(), Wrong::Empty)]);
}

#[test]
fn fonts_that_cannot_print_are_refused_clearly() {
    let refused = |files| Fonts::new(files).err().unwrap();
    assert_eq!(refused(vec![b"no font".to_vec(), vec![]]), FontsRefused::Unreadable(vec![0, 1]));
    let lacking = refused(vec![]);
    assert!(matches!(&lacking, FontsRefused::Lack(letters) if letters.contains(&'匠')), "{lacking}");
    assert!(lacking.to_string().contains("no font has"), "{lacking}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever stands on a keyboard is printed as it is.
    #[test]
    fn any_name_of_printable_characters_is_found_as_it_was_written(name in "[!-~]{1,18}") {
        let mut any = paper::certificate();
        any.name.clone_from(&name);
        prop_assert!(text(&certificate(&any)).contains(&name));
    }

    /// Whatever comes in is printed or refused for its faults; nothing breaks a template.
    #[test]
    fn no_text_breaks_a_template(name in "\\PC{0,120}", note in ".{0,80}") {
        let mut any = paper::letter(Languages::Both);
        any.name = name;
        any.notes = vec![Text::new(note.clone(), note)];
        let printed = admission_letter(&FONTS, &any);
        prop_assert!(matches!(printed, Ok(_) | Err(Refusal::Faults(_))), "{printed:?}");
    }
}
