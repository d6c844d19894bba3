//! Files that are made to cost: up to two megabytes that anybody with an account may send. Each is read in a moment, or refused, and what is
//! said of it stays small. What takes time by the square of such a file takes minutes here.

use std::fmt::Write;

use catalogue::{Diagnostic, load_rule_set, load_scheme, load_season};

const HEAD: &str = "format: guildhall/scheme/1\nid: x\nversion: 1\ntitle: {zh: 一, en: One}\n";

/// Of errors as of warnings no more than anybody mends at once, and no more text than a page shows.
fn bounded(what: &str, faults: &[Diagnostic]) {
    assert!(!faults.is_empty() && faults.len() <= 1_000, "{what}: {} faults", faults.len());
    let said = |fault: &Diagnostic| fault.path.len() + fault.text.en.len() + fault.suggestion.text().en.len();
    let said: usize = faults.iter().map(said).sum();
    assert!(said < 8 << 20, "{what}: {said} bytes are said");
}

fn many(times: usize, one: impl Fn(usize) -> String) -> String {
    (0..times).fold(String::new(), |mut text, at| {
        let _ = write!(text, "{}", one(at));
        text
    })
}

#[test]
fn a_file_with_tens_of_thousands_of_faults_is_read_in_a_moment() {
    let aspects = |abilities: &str| {
        format!(
            "{HEAD}abilities: [{{code: hand, name: {{zh: 手, en: Hand}}}}]\nmodules:\n  - code: A\n    name: {{zh: 一, en: One}}\n    criteria:\n      \
             - code: A1\n        name: {{zh: 一, en: One}}\n        aspects:\n          \
             - {{code: A1.1, name: {{zh: 一, en: One}}, type: measurement, max: 1, abilities: [{abilities}]}}\n"
        )
    };
    for (what, text) in [
        ("unknown abilities", aspects(&many(30_000, |at| format!("q{at}, ")))),
        ("faulty parts", format!("{HEAD}modules: [{}]\n", many(40_000, |_| "1, ".into()))),
        ("unknown keys", format!("{HEAD}{}", many(20_000, |at| format!("key{at}: 1\n")))),
        ("a number parted by commas", format!("{HEAD}teams: {{total: 1,{}}}\n", many(20_000, |at| format!("{at},")))),
        ("empty rules", format!("{HEAD}rules: [{}]\n", many(20_000, |_| "{}, ".into()))),
        ("signals of no type", format!("{HEAD}signals:\n{}", many(12_000, |at| format!("  s{at}: {{type: x}}\n")))),
        ("marks of YAML", format!("{HEAD}rules: [{}]\n", many(20_000, |_| "!x a, ".into()))),
    ] {
        let (loaded, faults) = load_scheme(&text);
        assert!(loaded.is_none(), "{what}");
        bounded(what, &faults);
    }
}

#[test]
fn words_of_a_megabyte_are_not_compared_letter_by_letter() {
    let long = |letter: &str| letter.repeat(400_000);
    let text = format!(
        "{HEAD}abilities: [{{code: {}, name: {{zh: 手, en: Hand}}}}]\nranking: {{shared: {}}}\nrules: [{{aspect: {}}}]\n",
        long("a"),
        long("b"),
        long("c")
    );
    let (loaded, faults) = load_scheme(&text);
    assert!(loaded.is_none());
    bounded("long words", &faults);
    let (loaded, faults) = load_scheme(&format!("{HEAD}{{? {} : 1}}", "a.".repeat(900_000)));
    assert!(loaded.is_none());
    bounded("a long key", &faults);
}

#[test]
fn what_is_nested_deeply_overflows_nobodys_stack() {
    // As a thread of the server has it.
    let read = || {
        for depth in [60, 250, 100_000] {
            for (open, close) in [("{a: ", "}"), ("[", "]"), ("- ", "")] {
                let text = format!("{HEAD}rules: \n {}x{}\n", open.repeat(depth), close.repeat(depth));
                let (loaded, faults) = load_scheme(&text);
                assert!(loaded.is_none());
                assert_eq!(faults.len(), 1, "{open}{depth}");
                let says = &faults[0].text.en;
                assert!(says.ends_with("more than 24 levels stand within each other"), "{open}{depth}: {says}");
            }
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(read).unwrap().join().unwrap();
}

#[test]
fn what_refers_to_a_long_text_again_and_again_is_refused() {
    for times in [20, 99] {
        let again = format!("{HEAD}a: &x \"{}\"\nb: [{}]\n", "y".repeat(1_000_000), "*x, ".repeat(times));
        let (loaded, faults) = load_scheme(&again);
        assert!(loaded.is_none());
        assert!(faults[0].text.en.ends_with("it repeats too much"), "{times}: {}", faults[0]);
    }
}

#[test]
fn what_is_said_of_rule_sets_and_seasons_is_bounded_as_well() {
    let text = format!("format: guildhall/rule-set/1\n{}", many(10_000, |at| format!("key{at}: 1\n")));
    bounded("a rule set", &load_rule_set(&text).1);
    bounded("a season", &load_season(&text).1);
}
