//! What is fuzzed. To add a target: a file here with a function of bytes that panics when something is wrong, a line in
//! [`ALL`], and some seeds in `corpus/NAME`. Whatever crate it needs becomes a dependency of `fuzz/Cargo.toml`.

mod batch;
mod certificate;
mod condition;
mod questions;
mod recording;
mod resume;
mod rule_set;
mod scheme;
mod season;
mod sparkplug;
mod statements;
mod tables;
mod yaml;

pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
    /// Words that mean something to the target.
    pub words: &'static [&'static str],
}

pub static ALL: &[Target] = &[
    Target { name: "condition", run: condition::run, words: condition::WORDS },
    Target { name: "scheme", run: scheme::run, words: scheme::WORDS },
    Target { name: "rule-set", run: rule_set::run, words: rule_set::WORDS },
    Target { name: "season", run: season::run, words: season::WORDS },
    Target { name: "tables", run: tables::run, words: tables::WORDS },
    Target { name: "recording", run: recording::run, words: recording::WORDS },
    Target { name: "batch", run: batch::run, words: batch::WORDS },
    Target { name: "sparkplug", run: sparkplug::run, words: sparkplug::WORDS },
    Target { name: "statements", run: statements::run, words: statements::WORDS },
    Target { name: "certificate", run: certificate::run, words: certificate::WORDS },
    Target { name: "questions", run: questions::run, words: questions::WORDS },
    Target { name: "resume", run: resume::run, words: resume::WORDS },
];
