//! `cargo xtask test`: everything that must hold before a change lands, in one command, on a bare machine too.
//!
//! Steps run in the order of [`Step::ALL`]; one that fails doesn't keep the others from running, so that one run
//! shows all that is wrong.

use std::time::{Duration, Instant};

use anyhow::bail;
use clap::{Args, ValueEnum};

use crate::shell::{command, has, run, run_keeping};
use crate::{generate, install, rust, tidy, web};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Install the Debian packages that are missing.
    Install,
    /// The rules of the house that no compiler checks.
    Tidy,
    Fmt,
    /// The pages, which the hall's program carries.
    WebBuild,
    /// Everything that the Rust tests need is built, linted with warnings denied.
    Clippy,
    /// All Rust tests, by nextest where it is there.
    Rust,
    Doc,
    WebCheck,
    WebTest,
    /// A browser against the real program.
    E2e,
    /// Whether what is generated and committed is fresh.
    Generate,
}

impl Step {
    const ALL: [Step; 11] = [
        Step::Install,
        Step::Tidy,
        Step::Fmt,
        Step::WebBuild,
        Step::Clippy,
        Step::Rust,
        Step::Doc,
        Step::WebCheck,
        Step::WebTest,
        Step::E2e,
        Step::Generate,
    ];

    fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// Run all checks and tests, and print a table of how long each step took.
#[derive(Args)]
pub struct Test {
    /// Run only these steps.
    #[arg(long, value_enum)]
    only: Vec<Step>,
    /// Leave these steps out.
    #[arg(long, value_enum)]
    skip: Vec<Step>,
    /// Stop at the first step that fails.
    #[arg(long)]
    fail_fast: bool,
}

struct Done {
    step: Step,
    took: Duration,
    failure: Option<String>,
    closing: Vec<String>,
}

impl Test {
    pub fn run(self) -> anyhow::Result<()> {
        let chosen = Step::ALL
            .into_iter()
            .filter(|step| (self.only.is_empty() || self.only.contains(step)) && !self.skip.contains(step));
        let mut all = Vec::new();
        for step in chosen {
            println!("\n== {} ==", step.name());
            let done = carry_out(step);
            if let Some(failure) = &done.failure {
                println!("{}: {failure}", step.name());
            }
            let failed = done.failure.is_some();
            all.push(done);
            if failed && self.fail_fast {
                break;
            }
        }
        report(&all)
    }
}

// How long a step takes is for the person who waits, and decides nothing.
#[allow(clippy::disallowed_methods)]
fn carry_out(step: Step) -> Done {
    let begun = Instant::now();
    let mut closing = Vec::new();
    let result = work(step, &mut closing);
    Done { step, took: begun.elapsed(), failure: result.err().map(|error| format!("{error:#}")), closing }
}

fn work(step: Step, closing: &mut Vec<String>) -> anyhow::Result<()> {
    let cargo = |args: &[&str]| command("", "cargo", args);
    match step {
        Step::Install => install::install_missing(),
        Step::Tidy => tidy::check(),
        Step::Fmt => run(cargo(&["fmt", "--all", "--check"])),
        Step::WebBuild => {
            web::build()?;
            run(command("web", "npm", &["run", "size"]))
        }
        Step::Clippy => run(rust::linted(&["test", "--workspace", "--no-run", "--lib", "--bins", "--tests"])),
        Step::Rust if has_nextest() => {
            tools()?;
            let threads = tests_at_once().to_string();
            let all = ["nextest", "run", "--workspace", "--no-fail-fast", "--test-threads", &threads];
            run_keeping(rust::linted(&all), closes, closing)
        }
        Step::Rust => {
            tools()?;
            let all = ["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"];
            run_keeping(rust::linted(&all), closes, closing)
        }
        Step::Doc => run_keeping(rust::linted(&["test", "--workspace", "--doc"]), closes, closing),
        Step::WebCheck => {
            web::install("web")?;
            run(command("web", "npm", &["run", "check"]))
        }
        Step::WebTest => {
            web::install("web")?;
            run_keeping(command("web", "npm", &["run", "test"]), closes, closing)
        }
        Step::E2e => {
            web::install("e2e")?;
            let built = rust::program()?;
            let mut playwright = command("e2e", "npx", &["playwright", "test"]);
            playwright.env("GUILDHALL_BIN", built).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
            run_keeping(playwright, closes, closing)
        }
        Step::Generate => generate::check(),
    }
}

/// What Rust tests run beside Debian's packages and Python's: a verifier of certificates lies with the browser tests.
fn tools() -> anyhow::Result<()> {
    web::install("e2e")
}

/// Half of the long tests' time is waiting, for a clock or a process that was killed: half as many tests again as there are processors keep
/// those busy.
fn tests_at_once() -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    processors + processors.div_ceil(2)
}

fn has_nextest() -> bool {
    has("cargo-nextest")
}

/// The lines by which cargo test, nextest, vitest and Playwright say how it went.
fn closes(line: &str) -> bool {
    let line = line.trim_start();
    let playwright = ["passed", "failed", "flaky"].iter().any(|word| {
        line.split_once(' ').is_some_and(|(count, rest)| count.parse::<u32>().is_ok() && rest.starts_with(word))
    });
    line.starts_with("test result:") || line.starts_with("Summary [") || line.starts_with("Tests ") || playwright
}

fn report(all: &[Done]) -> anyhow::Result<()> {
    println!("\n{:<10} {:>8}  result", "step", "seconds");
    for done in all {
        let result = if done.failure.is_some() { "FAILED" } else { "ok" };
        println!("{:<10} {:>8.1}  {result}", done.step.name(), done.took.as_secs_f64());
    }
    let total: Duration = all.iter().map(|done| done.took).sum();
    println!("{:<10} {:>8.1}", "all", total.as_secs_f64());
    for done in all {
        // One line for each runner; `cargo test` closes once for every binary, and those were shown above.
        if let Some(last) = done.closing.last() {
            println!("{}: {last}", done.step.name());
        }
    }
    let failed: Vec<String> = all.iter().filter(|done| done.failure.is_some()).map(|done| done.step.name()).collect();
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_known() {
        for line in [
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "     Summary [   8.866s] 30 tests run: 30 passed, 0 skipped",
            "      Tests  12 passed (12)",
            "  4 passed (12.3s)",
            "  1 failed",
        ] {
            assert!(closes(line), "{line}");
        }
        for line in ["running 3 tests", "test a ... ok", "3 tests", "passed"] {
            assert!(!closes(line), "{line}");
        }
    }
}
