//! Throws mutated inputs at whatever reads what strangers wrote, and keeps those that reach new code.
//!
//! `cargo xtask fuzz TARGET --seconds 600` builds this with coverage counters and runs it; without them it mutates
//! blindly. A target is a function of bytes that panics when something is wrong ([`targets::ALL`]). Seeds lie in
//! `corpus/TARGET`, what was found on the way in `work/TARGET`, what breaks in `broken/TARGET`. An input that kills the
//! process (a stack overflow, an abort) is the one in `work/TARGET.last`, and the next run begins with it.

mod coverage;
mod mutate;
mod targets;

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use mutate::{Dice, mutated};
use targets::{ALL, Target};

/// One input may take so long, and the process so much memory.
const SLOWEST: Duration = Duration::from_secs(10);
const MEMORY_MAX: u64 = 3 << 30;
/// Longer inputs find nothing that shorter ones don't.
const LONGEST: usize = 16 << 10;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    let names: Vec<&str> = ALL.iter().map(|target| target.name).collect();
    let usage = || format!("fuzz TARGET [--seconds N] [--seed N], or fuzz TARGET FILE…; targets: {}", names.join(", "));
    let [name, rest @ ..] = arguments else { return Err(usage()) };
    let target = ALL.iter().find(|target| target.name == *name).ok_or_else(usage)?;
    let (mut seconds, mut seed, mut files) = (60, 1, Vec::new());
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        let mut number = || rest.next().and_then(|text| text.parse().ok()).ok_or_else(usage);
        match word.as_str() {
            "--seconds" => seconds = number()?,
            "--seed" => seed = number()?,
            file => files.push(PathBuf::from(file)),
        }
    }
    if !files.is_empty() {
        for file in files {
            (target.run)(&fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?);
        }
        return Ok(());
    }
    Fuzzer::new(target, seed)?.run(Duration::from_secs(seconds))
}

struct Fuzzer {
    target: &'static Target,
    dice: Dice,
    corpus: Vec<Vec<u8>>,
    folder: PathBuf,
    last: File,
}

fn folder(kind: &str, target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(kind).join(target.name)
}

fn name_of(input: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    input.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

impl Fuzzer {
    fn new(target: &'static Target, seed: u64) -> Result<Fuzzer, String> {
        let said = |error: std::io::Error| format!("{}: {error}", target.name);
        let work = folder("work", target);
        fs::create_dir_all(&work).map_err(said)?;
        let mut paths = Vec::new();
        for kind in ["corpus", "work"] {
            let entries =
                fs::read_dir(folder(kind, target)).map_err(|error| format!("{kind}/{}: {error}", target.name))?;
            paths.extend(entries.filter_map(|entry| Some(entry.ok()?.path())));
        }
        paths.sort();
        let last = work.with_extension("last");
        if last.exists() {
            println!("{} ran when the process ended, and is tried first", last.display());
            paths.insert(0, last.clone());
        }
        let corpus: Vec<Vec<u8>> = paths.iter().filter_map(|path| fs::read(path).ok()).collect();
        let last = File::create(last).map_err(said)?;
        Ok(Fuzzer { target, dice: Dice(seed), corpus, folder: work, last })
    }

    fn run(mut self, time: Duration) -> Result<(), String> {
        std::panic::set_hook(Box::new(|_| {}));
        let began = Instant::now();
        watch(began);
        let seeds = std::mem::take(&mut self.corpus);
        let (mut runs, mut told) = (0u64, Duration::ZERO);
        for seed in seeds {
            self.try_input(&seed, began, true)?;
            runs += 1;
        }
        if self.corpus.is_empty() {
            self.corpus.push(Vec::new());
        }
        while began.elapsed() < time {
            let input = {
                let base = self.dice.below(self.corpus.len());
                let other = self.dice.below(self.corpus.len());
                mutated(&self.corpus[base], &self.corpus[other], self.target.words, LONGEST, &mut self.dice)
            };
            self.try_input(&input, began, false)?;
            runs += 1;
            if began.elapsed() > told + Duration::from_secs(10) {
                told = began.elapsed();
                println!(
                    "{:>4} s {runs} runs, {} kept, {} counters",
                    told.as_secs(),
                    self.corpus.len(),
                    coverage::seen()
                );
            }
        }
        let name = self.target.name;
        fs::remove_file(self.folder.with_extension("last")).map_err(|error| format!("{name}: {error}"))?;
        println!(
            "{{\"fuzz\": \"{name}\", \"seconds\": {}, \"runs\": {runs}, \"kept\": {}, \"counters\": {}}}",
            began.elapsed().as_secs(),
            self.corpus.len(),
            coverage::seen()
        );
        Ok(())
    }

    fn try_input(&mut self, input: &[u8], began: Instant, is_seed: bool) -> Result<(), String> {
        let noted = self.last.set_len(input.len() as u64).and_then(|()| self.last.write_all_at(input, 0));
        noted.map_err(|error| format!("{}: {error}", self.target.name))?;
        coverage::clear();
        BUSY_SINCE.store(began.elapsed().as_millis() as u64 + 1, Ordering::Relaxed);
        let run = self.target.run;
        let done = catch_unwind(AssertUnwindSafe(|| run(input)));
        BUSY_SINCE.store(0, Ordering::Relaxed);
        if let Err(panic) = done {
            let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            let broken = folder("broken", self.target);
            let path = broken.join(name_of(input));
            let kept =
                fs::create_dir_all(&broken).and_then(|()| File::create(&path)).and_then(|mut f| f.write_all(input));
            let _ = fs::remove_file(self.folder.with_extension("last"));
            kept.map_err(|error| format!("{}: {error}", path.display()))?;
            return Err(format!("{}: {}", path.display(), text.unwrap_or("a panic")));
        }
        if coverage::is_new() || (is_seed && coverage::seen() == 0) {
            if !is_seed {
                let _ = fs::write(self.folder.join(name_of(input)), input);
            }
            self.corpus.push(input.to_vec());
        }
        Ok(())
    }
}

/// Milliseconds after the start, plus one, at which the running input began; 0: none.
static BUSY_SINCE: AtomicU64 = AtomicU64::new(0);

/// Ends the process when an input takes too long or too much: it then is the last one.
fn watch(began: Instant) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_millis(200));
            let since = BUSY_SINCE.load(Ordering::Relaxed);
            let now = began.elapsed().as_millis() as u64;
            if since > 0 && now.saturating_sub(since) > SLOWEST.as_millis() as u64 {
                eprintln!("an input takes longer than {SLOWEST:?}");
                std::process::abort();
            }
            let pages = fs::read_to_string("/proc/self/statm").ok();
            let resident = pages.and_then(|text| text.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0);
            if resident * 4096 > MEMORY_MAX {
                eprintln!("an input takes more than {MEMORY_MAX} bytes");
                std::process::abort();
            }
        }
    });
}
