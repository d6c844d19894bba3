//! The workshop: everything that is done to this repository, as `cargo xtask …`. Each command has `--help`.
//!
//! CI, the README and the maintainers call the same commands, so that what works for one works for all.

// This is a program for a terminal.
#![allow(clippy::print_stdout)]

mod bench;
mod demo;
mod dist;
mod fuzz;
mod gallery;
mod generate;
mod install;
mod rust;
mod shell;
mod test;
mod tidy;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The workshop of Guildhall.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Demo),
    Test(test::Test),
    Generate(generate::Generate),
    Bench(bench::Bench),
    Tidy(tidy::Tidy),
    Install(install::Install),
    Dist(dist::Dist),
    Fuzz(fuzz::Fuzz),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Demo(demo) => demo.run(),
        Command::Test(test) => test.run(),
        Command::Generate(generate) => generate.run(),
        Command::Bench(bench) => bench.run(),
        Command::Tidy(tidy) => tidy.run(),
        Command::Install(install) => install.run(),
        Command::Dist(dist) => dist.run(),
        Command::Fuzz(fuzz) => fuzz.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
