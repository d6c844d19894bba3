//! Running other programs, from the root of the repository.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// The repository, wherever the command was called.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}

/// A program to be run in a folder of the repository, as if it were called from a shell. (What cargo tells this program about its own
/// package must not reach a cargo that it calls: some build scripts look at it, and their crates would be compiled anew each time.)
pub fn command(folder: &str, program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root().join(folder)).stdin(Stdio::null());
    let own = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_"];
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| own.iter().any(|prefix| name.starts_with(prefix))) {
            command.env_remove(name);
        }
    }
    command
}

pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Runs to the end, and fails if the program does.
pub fn run(mut command: Command) -> anyhow::Result<()> {
    println!("$ {}", shown(&command));
    let status = command.status().with_context(|| format!("can't run {}", shown(&command)))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(&command));
    }
    Ok(())
}

/// What the program prints, for commands that are asked something.
pub fn output(mut command: Command) -> anyhow::Result<String> {
    let done = command.output().with_context(|| format!("can't run {}", shown(&command)))?;
    if !done.status.success() {
        bail!("{} failed ({}): {}", shown(&command), done.status, String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Runs to the end, shows everything as it comes, and keeps the lines by which a test runner closes.
pub fn run_keeping(mut command: Command, closes: fn(&str) -> bool, kept: &mut Vec<String>) -> anyhow::Result<()> {
    println!("$ {}", shown(&command));
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("can't run {}", shown(&command)))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let (from_out, from_err) = std::thread::scope(|scope| {
        let out = scope.spawn(|| out.map(|out| pass_on(out, std::io::stdout(), closes)).unwrap_or_default());
        let err = scope.spawn(|| err.map(|err| pass_on(err, std::io::stderr(), closes)).unwrap_or_default());
        (out.join().unwrap_or_default(), err.join().unwrap_or_default())
    });
    kept.extend(from_out.into_iter().chain(from_err));
    let status = child.wait()?;
    if !status.success() {
        bail!("{} failed ({status})", shown(&command));
    }
    Ok(())
}

fn pass_on(from: impl Read, mut to: impl Write, closes: fn(&str) -> bool) -> Vec<String> {
    let mut kept = Vec::new();
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).into_owned();
        // A closed terminal must not stop the tests.
        let _ = writeln!(to, "{line}");
        if closes(&line) {
            kept.push(line.trim().to_owned());
        }
    }
    kept
}

/// Whether a program can be found.
pub fn has(program: &str) -> bool {
    let places = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&places)
        .chain([PathBuf::from("/usr/sbin"), PathBuf::from("/sbin")])
        .any(|place| place.join(program).is_file())
}
